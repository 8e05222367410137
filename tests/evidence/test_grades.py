"""Grades follow from the printed tables by the definitions of the grades, and never rise when evidence gets weaker."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad
from scipy.stats import false_discovery_control, pearsonr, t

from kg.commands.explain import explainer
from kg.core.resources import cases_dir, ontology_dir, rule_layers
from kg.core.terms import BASE, expand, term
from kg.explanation import Kind
from kg.loaders import load_ontology
from kg.reason.rules import apply_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph.graph import Graph

RANKS = {"strong": 5, "moderate": 4, "weak": 3, "very-weak": 2, "doubtful": 1, "none": 0, "against": -1}
TABLE = cases_dir() / "kirihata-mot" / "tables" / "correlation.csv"
STAGES = ("basic-research", "product-development", "commercialization")
# The rows of the table in their printed order, as concepts.
ITEMS = (
    *(
        f"practice/{name}"
        for name in (
            "importance-of-ips",
            "top-down-management",
            "creation-of-roadmap",
            "market-needs",
            "speedy-management",
        )
    ),
    *(
        f"counterpart/{name}"
        for name in ("customer", "partner", "other-industry-company", "government-agency", "competitor")
    ),
    *(f"specialist/{name}" for name in ("patent-attorney", "bank", "lawyer", "cpa", "management-consultant")),
    *(f"specialist/{name}" for name in ("temporary-staffing-agency", "venture-capital")),
)
# What the author concludes or recommends of an item at a stage, read in section 10.
CLAIMED = {
    ("practice/market-needs", "basic-research"),
    ("practice/top-down-management", "product-development"),
    ("practice/market-needs", "product-development"),
    ("specialist/cpa", "commercialization"),
    ("specialist/venture-capital", "commercialization"),
    ("specialist/lawyer", "commercialization"),
}
N = 47
DECIMAL = expand("xsd:decimal")
TYPE = expand("rdf:type")


def two_sided(r: float, n: int) -> float:
    """The p of the t-test of a correlation, from the survival function of Student's distribution."""
    return float(2 * t.sf(abs(r) * ((n - 2) / (1 - r * r)) ** 0.5, n - 2))


def graded_by_hand(r: float, p: float, corrected: float, *, stars: str, claimed: bool) -> str:
    """The definitions in evidence-grade.ttl, for one figure of a table that the audit doubts as a whole and not in this cell."""
    if r > 0 and p <= 0.05:
        return "weak" if corrected <= 0.05 and r >= 0.3 else "very-weak"
    return "doubtful" if (r > 0 and stars) or claimed else "none"


def supports(graph: Graph) -> dict[tuple[str, str], list[str]]:
    answer = graph.query("""SELECT ?item ?stage ?grade WHERE {
        ?support a motkg:GradedSupport ; motkg:supportedItem ?item ; motkg:evidenceGrade ?grade
        OPTIONAL { ?support motkg:supportedStage ?stage } }""")
    found: dict[tuple[str, str], list[str]] = {}
    for row in answer.rows:
        item, stage, grade = (str(getattr(each, "value", "")) for each in row)
        key = (item.removeprefix(f"{BASE}concept/"), stage.rpartition("/")[2])
        found.setdefault(key, []).append(grade.rpartition("/")[2])
    return found


def test_the_p_of_the_test_is_that_of_scipy() -> None:
    x, y = [1.0, 2.0, 4.0, 3.0, 6.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0, 6.5]
    assert two_sided(pearsonr(x, y).statistic, 6) == pytest.approx(pearsonr(x, y).pvalue)


def test_every_item_at_every_stage_has_the_grade_that_the_printed_table_gives_it(graph: Graph) -> None:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [row[2:] for row in csv.reader(lines)][1:]
    cells = {
        (item, stage): cell
        for item, row in zip(ITEMS, rows, strict=True)
        for stage, cell in zip(STAGES, row, strict=True)
    }
    r = {key: float(re.sub(r"\*", "", cell)) for key, cell in cells.items()}
    p = {key: two_sided(value, N) for key, value in r.items()}
    corrected = dict(zip(p, false_discovery_control(list(p.values())), strict=True))
    expected = {
        key: [
            graded_by_hand(
                r[key], p[key], corrected[key], stars=cells[key].lstrip("-.0123456789"), claimed=key in CLAIMED
            )
        ]
        for key in cells
    }
    found = supports(graph)
    assert len(expected) == 51
    assert {key: grades for key, grades in found.items() if key[1]} == expected


def test_nothing_is_strong_or_moderate_on_one_doubted_survey(graph: Graph) -> None:
    assert {grade for grades in supports(graph).values() for grade in grades} == {
        "weak",
        "very-weak",
        "doubtful",
        "none",
        "against",
    }


def test_what_no_figure_tests_is_very_weak(graph: Graph) -> None:
    general = {key: grades for key, grades in supports(graph).items() if not key[1]}
    assert ("tie-mode/network-of-networks", "") in general
    assert ("alliance-factor/patience", "") in general
    against = {key[0] for key, grades in general.items() if grades == ["against"]}
    routes = ("bank", "government-agency", "government-pressure", "overseas-subsidiary", "state-tokyo-office")
    assert against == {f"tie-mode/{route}-route" for route in (*routes, "trading-company")}, (
        "section V denies that they help"
    )
    assert all(grades == ["very-weak"] for key, grades in general.items() if key[0] not in against)


def test_a_grade_is_explained_down_to_the_printed_cell(graph: Graph) -> None:
    support = NamedNode(f"{BASE}id/derived/support/specialist/venture-capital/stage/commercialization")
    explaining = explainer(graph)
    found = explaining.explain(explaining.statements(support, term("evidenceGrade"))[0])
    assert (found.kind, found.rule) == (Kind.DERIVED, "grade-by-figures")
    used = {each.rule for each in found.walk()}
    assert {
        "grade-of-coefficient",
        "support-by-figure",
        "doubted-figure",
        "method:benjamini-hochberg-procedure",
    } <= used
    assert "kirihata-mot/tables/correlation.csv:18" in {
        f"{leaf.place.file}:{leaf.place.line}" for leaf in found.leaves() if leaf.place
    }


def test_every_rule_begins_with_a_sentence_that_says_what_it_derives() -> None:
    rules = list((ontology_dir() / "rules").glob("*/*.rq"))
    assert rules
    for path in rules:
        assert re.match(r"# [A-Z][^\n]*\.\n", path.read_text(encoding="utf-8")), path.name


# Evidence made up


@dataclass(frozen=True)
class Figure:
    """A coefficient with its statistics, and what is doubted: nothing, its table or itself."""

    r: float = 0.5
    n: int = 100
    p: float = 0.001
    corrected: float = 0.01
    marked: bool = False
    doubt: str = "nothing"
    document: str = "a"


def node(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def stated(number: int, figures: Iterable[Figure], *, claim: bool = False) -> list[Quad]:
    """States the figures and the claim of one item, at one stage."""
    item = NamedNode(f"{BASE}concept/practice/made-up-{number}")
    stage = expand("stage:commercialization")
    triples = [
        (item, TYPE, term("ManagementPractice")),
        (item, expand("skos:prefLabel"), Literal(f"item {number}", language="en")),
    ]
    for place, figure in enumerate(figures):
        name = f"{number}/{place}"
        observation, sample, table, span = (node(f"{kind}/{name}") for kind in ("figure", "sample", "table", "span"))
        mark = "five-percent" if figure.marked else "not-marked"
        triples += [
            (observation, TYPE, term("CorrelationObservation")),
            (observation, term("surveyItem"), item),
            (observation, term("stage"), stage),
            (observation, expand("sdmx-measure:obsValue"), Literal(f"{figure.r:.6f}", datatype=DECIMAL)),
            (observation, term("significance"), expand(f"significance:{mark}")),
            (observation, term("sample"), sample),
            (sample, term("sampleSize"), Literal(figure.n)),
            (observation, expand("qb:dataSet"), table),
            (observation, term("statedAt"), span),
            (span, expand("oa:hasSource"), node(f"document/{figure.document}")),
        ]
        for kind, value, source, method in (
            ("p", figure.p, observation, "t-test-of-correlation"),
            ("corrected", figure.corrected, node(f"p/{name}"), "benjamini-hochberg-procedure"),
        ):
            statistic = node(f"{kind}/{name}")
            triples += [
                (statistic, expand("prov:wasDerivedFrom"), source),
                (statistic, term("method"), expand(f"method:{method}")),
                (statistic, term("statisticValue"), Literal(f"{value:.6f}", datatype=DECIMAL)),
            ]
        if figure.doubt != "nothing":
            anomaly = node(f"anomaly/{name}")
            triples += [
                (anomaly, term("anomalyKind"), expand("anomaly-kind:conflicting-figures")),
                (anomaly, term("anomalyOf"), table if figure.doubt == "table" else observation),
            ]
    if claim:
        said = node(f"claim/{number}")
        triples += [
            (said, TYPE, term("Recommendation")),
            (said, term("stage"), stage),
            (said, term("recommends"), item),
            (said, term("advancedBy"), node("author")),
        ]
    return [Quad(*triple) for triple in triples]


NEEDED = re.compile("/concept/(claim-relation|evidence-grade|significance|stage)/")
SCHEMES = [quad for quad in load_ontology(ontology_dir()).quads if NEEDED.search(quad.subject.value)]


def ranks(*items: tuple[tuple[Figure, ...], bool]) -> list[int]:
    """Gives the rank of the grade of each item, from its figures and whether a claim is made.

    -1 where nothing is graded.
    """
    quads = [quad for number, (figures, claim) in enumerate(items) for quad in stated(number, figures, claim=claim)]
    derived = apply_rules([*SCHEMES, *quads], rule_layers()[1:])
    found = {key: [] for key in range(len(items))}
    for triple in derived:
        if triple.predicate == term("evidenceGrade") and "/support/" in str(triple.subject):
            found[int(re.search(r"made-up-(\d+)/", str(triple.subject))[1])].append(
                RANKS[triple.object.value.rpartition("/")[2]]
            )
    assert all(len(grades) <= 1 for grades in found.values())
    return [grades[0] if grades else -1 for grades in found.values()]


@pytest.mark.parametrize(
    ("figures", "claim", "grade"),
    [
        ((Figure(),), False, "moderate"),
        ((Figure(), Figure(document="b")), False, "strong"),
        ((Figure(), Figure()), False, "moderate"),  # two figures of one document
        ((Figure(doubt="table"),), False, "weak"),
        ((Figure(doubt="table"), Figure(document="b")), False, "moderate"),
        ((Figure(r=0.29),), False, "weak"),
        ((Figure(n=29),), False, "weak"),
        ((Figure(corrected=0.06),), True, "weak"),
        ((Figure(corrected=0.06, doubt="table"),), False, "very-weak"),
        ((Figure(doubt="figure"),), True, "doubtful"),
        ((Figure(p=0.06, corrected=0.5, marked=True),), False, "doubtful"),
        ((Figure(p=0.06, corrected=0.5),), True, "doubtful"),
        ((Figure(p=0.06, corrected=0.5),), False, "none"),
        ((Figure(r=-0.5, marked=True),), False, "against"),
        ((Figure(r=-0.5, p=0.06, marked=True),), False, "none"),
        ((Figure(r=-0.5), Figure(p=0.5)), False, "against"),
        ((Figure(r=-0.5),), True, "doubtful"),
        ((Figure(), Figure(r=-0.5, document="b")), False, "doubtful"),  # one figure points the other way
        ((Figure(), Figure(document="b"), Figure(r=-0.5, document="c")), True, "doubtful"),
        ((), True, "very-weak"),
    ],
)
def test_a_grade_is_what_its_definition_says(figures: tuple[Figure, ...], claim: bool, grade: str) -> None:  # noqa: FBT001 - a case
    assert ranks((figures, claim)) == [RANKS[grade]]


def test_of_what_nobody_measures_or_claims_nothing_is_graded() -> None:
    assert ranks(((), False)) == [-1]


positive = st.builds(
    Figure,
    r=st.floats(0.01, 0.9),
    n=st.integers(5, 400),
    p=st.floats(0, 0.2),
    corrected=st.floats(0, 0.5),
    marked=st.booleans(),
    doubt=st.sampled_from(("nothing", "table", "figure")),
    document=st.sampled_from(("a", "b")),
)


def weaker(figure: Figure, way: str, by: float) -> Figure:
    """Gives a figure that is weaker in one way."""
    match way:
        case "size":
            return replace(figure, r=max(-0.9, figure.r - by))
        case "chance":
            return replace(figure, p=min(1, figure.p + by), corrected=min(1, figure.corrected + by))
        case "correction":
            return replace(figure, corrected=min(1, figure.corrected + by))
        case "respondents":
            return replace(figure, n=max(4, int(figure.n * (1 - by))))
        case "mark":
            return replace(figure, marked=False)
        case _:
            return replace(figure, doubt={"nothing": "table", "table": "figure", "figure": "figure"}[figure.doubt])


WAYS = ("size", "chance", "correction", "respondents", "mark", "doubt")


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(positive, st.sampled_from(WAYS), st.floats(0.01, 0.9), st.booleans()), min_size=1, max_size=12)
)
def test_a_weaker_figure_never_has_a_higher_grade(cases: list[tuple[Figure, str, float, bool]]) -> None:
    before = ranks(*[((figure,), claim) for figure, _, _, claim in cases])
    after = ranks(*[((weaker(figure, way, by),), claim) for figure, way, by, claim in cases])
    assert [pair for pair in zip(before, after, cases, strict=True) if pair[1] > pair[0]] == []


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(st.lists(positive, min_size=2, max_size=3), st.booleans()), min_size=1, max_size=8))
def test_fewer_figures_and_no_claim_never_have_a_higher_grade(cases: list[tuple[list[Figure], bool]]) -> None:
    whole = ranks(*[(tuple(figures), claim) for figures, claim in cases])
    fewer = ranks(*[(tuple(figures[1:]), claim) for figures, claim in cases])
    unclaimed = ranks(*[(tuple(figures), False) for figures, _ in cases])
    assert [found for found in zip(whole, fewer, unclaimed, strict=True) if max(found[1:]) > found[0]] == []
