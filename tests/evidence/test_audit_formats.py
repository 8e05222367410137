"""Each form of an audit, from one finding, one remark and one note whose parts are all different."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from kg.core.origin import Origin
from kg.core.terms import expand, term
from kg.evidence.audit.formats import FORMS, render
from kg.evidence.audit.model import (
    Audit,
    Certainty,
    Finding,
    Note,
    Remark,
    Statistic,
    Target,
    anomaly_node,
    listed,
    slug_of,
)

ID = "https://w3id.org/motkg/id/"
CELL, OTHER, SPAN = (NamedNode(f"{ID}paper/{name}") for name in ("cell", "other", "span"))
FIGURE = Statistic("figure", "sum-of-figures", "the sum", Decimal("12.3456789"), (CELL, OTHER, CELL))
FOUND = Finding(
    kind="sum-mismatch",
    check="sum-of-figures",
    certainty=Certainty.PROBABLE,
    target=Target(
        document="paper",
        subjects=(CELL, OTHER, CELL),
        place=Origin("t.csv", 3, 4, "r2c1"),
        section="4.1",
        where="row 'a'",
        stated_at=(SPAN, SPAN),
    ),
    slug="sum/t",
    name="The answers add up",
    printed="12 & more",
    expected="100",
    how="5 + 7 = 12.",
    reason="one <answer> each",
    statistics=(FIGURE,),
    doubted=(CELL,),
)
NOTED = NamedNode(f"{ID}paper/anomaly/by-hand")
REMARK = Remark(
    node=NamedNode(f"{ID}paper/anomaly/slip"),
    kind="typographical-slip",
    document="paper",
    name="A slip",
    text="A word is missing.",
    section="5",
    place=Origin("claims.yaml", 7, 1),
)
NOTE = Note(
    "paper", "Rates are as printed (質).", (Statistic("rate", "share-of-count", "the rate", Decimal(51), (OTHER,)),)
)
OUTCOME = Audit((FOUND,), (REMARK,), (NOTE,), tables=1, numbers=2)
CONFIRMED = Audit((FOUND.at(confirms=NOTED, certainty=Certainty.CERTAIN),), tables=2, numbers=1)
EMPTY = Audit(())


def test_json_names_every_part() -> None:
    text = render(OUTCOME, "json")
    place = {"file": "t.csv", "line": 3, "column": 4, "cell": "r2c1"}
    figure = {
        "id": f"{ID}derived/audit/paper/figure",
        "name": "the sum",
        "method": "sum-of-figures",
        "value": 12.3456789,
        "inputs": [CELL.value, OTHER.value, CELL.value],
    }
    rate = {
        "id": f"{ID}derived/audit/paper/rate",
        "name": "the rate",
        "method": "share-of-count",
        "value": 51.0,
        "inputs": [OTHER.value],
    }
    assert json.loads(text) == {
        "tables": 1,
        "numbers": 2,
        "findings": [
            {
                "id": f"{ID}paper/audit/sum-mismatch/sum/t",
                "document": "paper",
                "kind": "sum-mismatch",
                "check": "sum-of-figures",
                "certainty": "probable",
                "name": "The answers add up",
                "printed": "12 & more",
                "expected": "100",
                "how": "5 + 7 = 12.",
                "reason": "one <answer> each",
                "section": "4.1",
                "where": "row 'a'",
                "place": place,
                "subjects": [CELL.value, OTHER.value, CELL.value],
                "statistics": [figure],
                "notedByHand": False,
            }
        ],
        "notedByHand": [
            {
                "id": REMARK.node.value,
                "document": "paper",
                "kind": "typographical-slip",
                "name": "A slip",
                "text": "A word is missing.",
                "section": "5",
                "place": {"file": "claims.yaml", "line": 7, "column": 1, "cell": ""},
            }
        ],
        "notes": [{"document": "paper", "text": "Rates are as printed (質).", "statistics": [rate]}],
    }
    assert "質" in text
    assert text.endswith("}\n")
    (confirmed,) = json.loads(render(CONFIRMED, "json"))["findings"]
    assert (confirmed["id"], confirmed["notedByHand"]) == (NOTED.value, True)


def test_the_comma_separated_form_has_a_column_for_every_part() -> None:
    found, remark = csv.DictReader(io.StringIO(render(OUTCOME, "csv")))
    assert found == {
        "document": "paper",
        "kind": "sum-mismatch",
        "certainty": "probable",
        "name": "The answers add up",
        "printed": "12 & more",
        "expected": "100",
        "how": "5 + 7 = 12.",
        "reason": "one <answer> each",
        "section": "4.1",
        "where": "row 'a'",
        "file": "t.csv",
        "line": "3",
        "column": "4",
        "cell": "r2c1",
        "check": "sum-of-figures",
        "noted_by_hand": "no",
        "anomaly": f"{ID}paper/audit/sum-mismatch/sum/t",
    }
    assert remark == dict.fromkeys(found, "") | {
        "document": "paper",
        "kind": "typographical-slip",
        "name": "A slip",
        "how": "A word is missing.",
        "section": "5",
        "file": "claims.yaml",
        "line": "7",
        "column": "1",
        "noted_by_hand": "yes",
        "anomaly": REMARK.node.value,
    }
    (confirmed,) = csv.DictReader(io.StringIO(render(CONFIRMED, "csv")))
    assert (confirmed["noted_by_hand"], confirmed["anomaly"]) == ("yes", NOTED.value)
    assert "\r" not in render(OUTCOME, "csv")


def test_a_place_without_a_line_has_empty_columns() -> None:
    whole = FOUND.at(target=FOUND.target.at(place=Origin("t.csv")))
    (row,) = csv.DictReader(io.StringIO(render(Audit((whole,)), "csv")))
    assert (row["file"], row["line"], row["column"], row["cell"]) == ("t.csv", "", "", "")


def test_sarif_has_a_result_for_each_finding() -> None:
    (run,) = json.loads(render(OUTCOME, "sarif"))["runs"]
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert (run["tool"]["driver"]["name"], rule["id"]) == ("kg audit", "sum-mismatch")
    assert rule["shortDescription"]["text"] == "sum mismatch"
    assert result["ruleId"] == "sum-mismatch"
    assert result["level"] == "warning"
    assert result["message"]["text"] == (
        "The answers add up. Printed: 12 & more. Expected: 100. 5 + 7 = 12. Probable: one <answer> each."
    )
    assert result["partialFingerprints"] == {"anomaly/v1": f"{ID}paper/audit/sum-mismatch/sum/t"}
    assert result["properties"] == {"certainty": "probable", "check": "sum-of-figures"}
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 4}


@pytest.mark.parametrize(
    ("certainty", "level"),
    [(Certainty.CERTAIN, "error"), (Certainty.PROBABLE, "warning"), (Certainty.POSSIBLE, "note")],
)
def test_the_level_in_sarif_is_how_sure_a_finding_is(certainty: Certainty, level: str) -> None:
    content = json.loads(render(Audit((FOUND.at(certainty=certainty),)), "sarif"))
    assert content["runs"][0]["results"][0]["level"] == level


def test_text_has_a_block_for_each_finding_and_ends_in_a_summary() -> None:
    assert render(OUTCOME, "text").splitlines() == [
        "paper",
        "",
        "  probable: sum mismatch",
        "    The answers add up",
        "      where: row 'a'; section 4.1; t.csv:3:4 (r2c1)",
        "      printed: 12 & more",
        "      expected: 100",
        "      how: 5 + 7 = 12.",
        "      how sure: one <answer> each",
        "",
        "noted by hand, by readers of the documents; no check speaks to them",
        "",
        "    paper: typographical slip: A slip",
        "",
        "computed besides",
        "",
        "    Rates are as printed (質).",
        "",
        "1 table with 2 numbers: 1 finding (1 probable), 1 noted by hand",
    ]
    assert render(CONFIRMED, "text").splitlines()[8:] == [
        "      how sure: one <answer> each",
        "      noted by hand as: by-hand",
        "",
        "2 tables with 1 number: 1 finding (1 certain)",
    ]
    assert render(EMPTY, "text") == "0 tables with 0 numbers: nothing found\n"


def test_text_groups_findings_by_document_certainty_and_kind() -> None:
    several = [
        FOUND,
        FOUND.at(slug="2", name="Another"),
        FOUND.at(kind="date-conflict", name="A date"),
        FOUND.at(certainty=Certainty.POSSIBLE, name="Odd"),
        FOUND.at(target=FOUND.target.at(document="", section=""), name="Of no document"),
    ]
    lines = render(Audit(tuple(several), tables=1, numbers=1), "text").splitlines()
    assert [line for line in lines if line[:4].count(" ") < 4 or line[4:5] != " "] == [
        "paper",
        "",
        "  probable: sum mismatch",
        "    The answers add up",
        "    Another",
        "",
        "  probable: date conflict",
        "    A date",
        "",
        "  possible: sum mismatch",
        "    Odd",
        "",
        "(no document)",
        "",
        "  probable: sum mismatch",
        "    Of no document",
        "",
        "1 table with 1 number: 5 findings (4 probable, 1 possible)",
    ]
    assert "      where: row 'a'; t.csv:3:4 (r2c1)" in lines


def test_long_texts_are_broken_at_words_only() -> None:
    long = f"{'word ' * 30}{'a-b' * 50} https://example.org/{'x' * 150} end"
    lines = render(Audit((FOUND.at(how=long),), notes=(Note("paper", long),)), "text").splitlines()
    words = [line for line in lines if "word" in line or "a-b" in line or "xxx" in line or "end" in line]
    assert [len(line) <= 120 for line in words if "xxx" not in line and "a-b" not in line] != []
    assert all(len(line) <= 120 or len(line.split()) == 1 for line in words)
    assert f"        {'a-b' * 50}" in lines
    assert f"      {'a-b' * 50}" in lines
    assert "      how: word word" in next(line for line in lines if "how: " in line)
    assert any(line.startswith("    word word") for line in lines)


def test_the_page_has_the_same_in_its_elements() -> None:
    page = render(OUTCOME, "html")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    body = page[page.index("</style>") :]
    assert body == (
        "</style>\n</head>\n<body>\n<header>\n"
        '<h1>Audit of printed evidence <span lang="ja">/ 記載値の監査</span></h1>\n'
        "<p>1 table with 2 numbers: 1 finding (1 probable), 1 noted by hand</p>\n"
        "</header>\n<main>\n"
        "<section>\n<h2>paper</h2>\n"
        f'<article class="probable" id="{ID}paper/audit/sum-mismatch/sum/t">\n'
        "<h3>The answers add up</h3>\n<dl>\n"
        "<dt>Kind</dt><dd>sum mismatch</dd>\n"
        "<dt>Where</dt><dd>row &#x27;a&#x27;; section 4.1; t.csv:3:4 (r2c1)</dd>\n"
        "<dt>Printed</dt><dd>12 &amp; more</dd>\n"
        "<dt>Expected</dt><dd>100</dd>\n"
        "<dt>How</dt><dd>5 + 7 = 12.</dd>\n"
        '<dt>How sure</dt><dd><strong>probable</strong> <span lang="ja">(おそらく)</span>: one &lt;answer&gt; each</dd>\n'
        "</dl>\n</article>\n</section>\n"
        "<section>\n<h2>Noted by hand, by readers of the documents</h2>\n<ul>\n"
        "<li>paper: A slip. A word is missing.</li>\n</ul>\n</section>\n"
        "<section>\n<h2>Computed besides</h2>\n<ul>\n<li>Rates are as printed (質).</li>\n</ul>\n</section>\n"
        "</main>\n</body>\n</html>\n"
    )
    assert "確実" in render(CONFIRMED, "html")
    assert "可能性あり" in render(Audit((FOUND.at(certainty=Certainty.POSSIBLE),)), "html")
    assert "<h2>" not in render(EMPTY, "html")


def stated(outcome: Audit) -> set[tuple[str, str, str]]:
    """Return what is stated in Turtle, by the ends of the IRIs."""

    def short(value: str) -> str:
        return value.removeprefix(ID).removeprefix("https://w3id.org/motkg/ontology/").rpartition("#")[2]

    triples = parse(render(outcome, "turtle").encode(), format=RdfFormat.TURTLE)
    return {(short(t.subject.value), short(t.predicate.value), short(t.object.value)) for t in triples}


def test_turtle_states_every_part() -> None:
    node, figure, rate = "paper/audit/sum-mismatch/sum/t", "derived/audit/paper/figure", "derived/audit/paper/rate"
    assert {(s, p.rpartition("/")[2], o) for s, p, o in stated(OUTCOME)} == {
        (node, "type", "SourceAnomaly"),
        (node, "type", "QualityAnnotation"),
        (node, "label", "The answers add up"),
        (node, "description", "Printed: 12 & more. Expected: 100. 5 + 7 = 12."),
        (node, "anomalyKind", "https://w3id.org/motkg/concept/anomaly-kind/sum-mismatch"),
        (node, "anomalyOf", "paper/cell"),
        (node, "anomalyOf", "paper/other"),
        (node, "hasTarget", "paper/cell"),
        (node, "hasTarget", "paper/other"),
        (node, "statedAt", "paper/span"),
        (node, "wasDerivedFrom", figure),
        (node, "checkedBy", "https://w3id.org/motkg/concept/method/sum-of-figures"),
        (node, "certainty", "https://w3id.org/motkg/concept/certainty/probable"),
        (node, "asPrinted", "12 & more"),
        (node, "asExpected", "100"),
        (node, "computation", "5 + 7 = 12."),
        (node, "caveat", "one <answer> each"),
        *(
            triple
            for name, label, value, method, inputs in (
                (figure, "the sum", "12.345679", "sum-of-figures", ("cell", "other")),
                (rate, "the rate", "51", "share-of-count", ("other",)),
            )
            for triple in (
                (name, "type", "DerivedStatistic"),
                (name, "label", label),
                (name, "statisticValue", value),
                (name, "method", f"https://w3id.org/motkg/concept/method/{method}"),
                *((name, "wasDerivedFrom", f"paper/{each}") for each in inputs),
            )
        ),
    }


def test_a_finding_that_confirms_a_note_adds_its_evidence_to_it() -> None:
    said = {p.rpartition("/")[2] for s, p, _ in stated(CONFIRMED) if s == "paper/anomaly/by-hand"}
    assert said == {
        "type", "hasTarget", "wasDerivedFrom", "checkedBy", "certainty", "asPrinted", "asExpected", "computation", "caveat",
    }  # fmt: skip
    assert ("paper/anomaly/by-hand", "type", "SourceAnomaly") not in stated(CONFIRMED)


def test_several_findings_behind_one_note_are_told_together() -> None:
    one = FOUND.at(confirms=NOTED, printed="one", reason="same")
    two = FOUND.at(confirms=NOTED, printed="two", reason="same", certainty=Certainty.CERTAIN, check="range-check")
    said = {(p.rpartition("/")[2], o) for s, p, o in stated(Audit((one, two))) if s == "paper/anomaly/by-hand"}
    assert {("asPrinted", "one; two"), ("caveat", "same"), ("computation", "5 + 7 = 12.")} <= said
    methods = {o.rpartition("/")[2] for p, o in said if p == "checkedBy"}
    assert methods == {"sum-of-figures", "range-check"}
    assert {o.rpartition("/")[2] for p, o in said if p == "certainty"} == {"certain"}


def test_turtle_declares_the_prefixes_that_it_uses_and_says_english_texts_are_english() -> None:
    text = render(OUTCOME, "turtle")
    declared = {line.split()[1] for line in text.splitlines() if line.startswith("@prefix")}
    assert "motkg:" in declared
    assert "foaf:" not in declared
    store = Store()
    store.load(text.encode(), format=RdfFormat.TURTLE)
    for predicate in (expand("rdfs:label"), expand("dcterms:description"), term("asPrinted"), term("caveat")):
        assert {quad.object.language for quad in store.quads_for_pattern(None, predicate, None)} == {"en"}
    assert render(EMPTY, "turtle").strip() == ""


def test_a_finding_of_no_document_has_an_iri_below_what_is_derived() -> None:
    assert anomaly_node(FOUND.at(target=FOUND.target.at(document=""))).value == f"{ID}derived/audit/sum-mismatch/sum/t"


def test_every_form_ends_in_a_line_break() -> None:
    assert {form: render(OUTCOME, form)[-1] for form in FORMS} == dict.fromkeys(FORMS, "\n")


# Findings, and the words for them


def test_a_finding_has_the_parts_of_its_target() -> None:
    assert (FOUND.document, FOUND.section, FOUND.where) == ("paper", "4.1", "row 'a'")
    assert (FOUND.subjects, FOUND.place, FOUND.stated_at) == (
        FOUND.target.subjects,
        FOUND.target.place,
        FOUND.target.stated_at,
    )


def test_findings_are_chosen_by_certainty_and_by_document() -> None:
    several = tuple(FOUND.at(certainty=sure) for sure in Certainty)
    outcome = Audit(several, tables=1)
    assert [len(outcome.at_least(sure)) for sure in Certainty] == [1, 2, 3]
    assert outcome.at_least(Certainty.CERTAIN) == several[:1]
    other = FOUND.at(target=FOUND.target.at(document="other"))
    both = Audit((FOUND, other), (REMARK,), (NOTE, Note("other", "more")), 3, 4)
    assert both.only("other") == Audit((other,), (), (Note("other", "more"),), 3, 4)
    assert both.only("paper") == Audit((FOUND,), (REMARK,), (NOTE,), 3, 4)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Cost", "cost"),
        ("More than 10 %", "more-than-10"),
        ("  a -- b ", "a-b"),
        ("費用", "費用"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("%", "x"),
        ("", "x"),
    ],
)
def test_a_slug_keeps_letters_and_digits_of_any_script(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 8, ""),
        (["a"], 8, "a"),
        (["a", "b"], 8, "a and b"),
        (["a", "b", "c"], 8, "a, b and c"),
        (list("abcdefgh"), 8, "a, b, c, d, e, f, g and h"),
        (list("abcdefghi"), 8, "a, b, c, d, e, f, g, h and 1 more"),
        (list("abcde"), 3, "a, b, c and 2 more"),
    ],
)
def test_names_are_listed_up_to_a_number(names: list[str], most: int, text: str) -> None:
    assert listed(names, most) == text
    if most == 8:
        assert listed(names) == text
