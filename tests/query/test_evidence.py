"""The places behind rows: worked out from the documents' tables, and checked against what stands at each place."""

from __future__ import annotations

import csv
from operator import attrgetter
from typing import TYPE_CHECKING

import pytest
from nightly import sample
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import QueryError
from kg.core.resources import cases_dir
from kg.query.matches import revealed
from kg.query.sources import RowEvidence, evidence_of_rows, with_evidence
from kg.sparql import SelectQuery, parse, write
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.graph import Graph

ONTOLOGY = "https://w3id.org/motkg/ontology/"


def asked(graph: Graph, query: str, **parameters: str) -> tuple[Solutions, list[RowEvidence]]:
    text = graph.text(query, parameters)
    solutions = graph.store.query(text)
    assert isinstance(solutions, Solutions)
    return solutions, evidence_of_rows(text, solutions, graph.store, graph.base)


def rows_of(graph: Graph, query: str, **parameters: str) -> list[tuple[dict[str, str], list[str]]]:
    """Each row as text, with its cells by table, row and column or its spans by their offsets."""
    solutions, evidence = asked(graph, query, **parameters)
    return [
        (
            {name: str(getattr(term, "value", "")) for name, term in row.items() if term is not None},
            [f"{p.table} r{p.row}c{p.column}" if p.table else f"{p.start}-{p.end}" for p in places],
        )
        for row, places in zip(Solutions.__iter__(solutions), evidence, strict=True)
    ]


def printed(table: str) -> list[list[str]]:
    """The table as the document prints it: rows below the head, cells after the headings of the row."""
    with (cases_dir() / "kirihata-mot" / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    headings = 2 if table == "correlation" else 1
    return [row[headings : len(head)] for row in rows]


def value_at(cell: str) -> str:
    table, _, place = cell.partition(" ")
    row, column = place.removeprefix("r").split("c")
    return printed(table)[int(row) - 1][int(column) - 1].removesuffix(" (Yes)").rstrip("*%")


def test_factors_at_stage_rest_on_their_cell_and_the_size_of_the_sample(graph: Graph) -> None:
    for stage, column in (("basic research", 1), ("product development", 2), ("commercialization", 3)):
        rows = rows_of(graph, "factors-at-stage", stage=stage)
        assert len(rows) == 7
        for row, places in rows:
            (cell,) = [place for place in places if place.startswith("factors ")]
            assert cell.endswith(f"c{column}")
            assert value_at(cell) == row["share"]
    sizes = {place for _, places in rows for place in places if not place.startswith("factors ")}
    assert sizes == {"7233-7256", "7631-7653"}  # the size of the sample stands under both tables of the troubled firms


def test_specialists_rest_on_coefficient_and_shares(graph: Graph) -> None:
    rows = rows_of(graph, "specialists-by-stage")
    assert len(rows) == 21
    for row, places in rows:
        (coefficient,) = [place for place in places if place.startswith("correlation ")]
        assert value_at(coefficient) == row["coefficient"].rstrip("*")
        for table, column in (("specialist-necessity", "necessary"), ("specialist-practice", "engaged")):
            shares = [place for place in places if place.startswith(f"{table} ")]
            assert len(shares) == 2
            assert sum(int(value_at(share)) for share in shares) == int(row[column])
        spans = [place for place in places if " r" not in place]
        spans.remove("6149-6285")  # where the sample is described
        assert bool(spans) == bool(row.keys() & {"conclusion", "recommendation"})


def test_the_coefficient_of_venture_capital_is_found_where_it_is_printed(graph: Graph) -> None:
    solutions, evidence = asked(graph, "specialists-by-stage")
    at = [solutions.variables.index(name) for name in ("stage", "specialist")]
    named = {
        tuple(str(getattr(row[i], "value", "")) for i in at): places
        for row, places in zip(solutions.rows, evidence, strict=True)
    }
    told = [str(place) for place in named["commercialization", "venture capital"]]
    assert [place for place in told if "correlation" in place] == [
        "kirihata-mot, table correlation r17c3 (10767–10775)"  # noqa: RUF001
    ]


def test_a_sum_rests_on_its_summands(graph: Graph) -> None:
    rows = rows_of(graph, "necessity-practice-gap")
    assert rows
    for row, places in rows:
        sums = {"necessity": 0, "practice": 0}
        for place in set(places) - {"6149-6285"}:  # where the sample is described
            sums["necessity" if "necessity" in place else "practice"] += int(value_at(place))
        assert sums == {"necessity": int(row["necessary"]), "practice": int(row["engaged"])}


def test_a_change_rests_on_both_of_its_shares(graph: Graph) -> None:
    rows = rows_of(graph, "factors-across-stages")
    assert rows
    for row, places in rows:
        assert sorted(value_at(place) for place in places) == sorted([row["share"], row["next_share"]])


# Queries each of whose rows shows a number of one cell: the column of the number and the table of the cell.
ONE_CELL = {
    "factors-above-share": ("share", "factors"),
    "largest-coefficient": ("coefficient", "correlation"),
    "negative-coefficients": ("coefficient", "correlation"),
    "practices-supported-at-stage": ("coefficient", "correlation"),
    "recomputed-significance": ("coefficient", "correlation"),
    "sample-sizes-for-stars": ("coefficient", "correlation"),
    "significant-correlations": ("coefficient", "correlation"),
    "significant-when-recomputed": ("coefficient", "correlation"),
    "stage-issues": ("share", "existence"),
    "unanswered-items": ("share", ""),
    "used-but-uncorrelated": ("strongest", "correlation"),
}


@pytest.mark.parametrize(
    ("query", "column", "table"), [(query, *about) for query, about in ONE_CELL.items()], ids=ONE_CELL
)
def test_a_printed_number_rests_on_the_one_cell_that_prints_it(
    query: str, column: str, table: str, graph: Graph
) -> None:
    rows = rows_of(graph, query)
    assert rows
    for row, places in rows:
        (cell,) = [place for place in places if " r" in place and place.startswith(table)]
        assert float(value_at(cell)) == float(row[column])


def test_a_total_rests_on_all_that_it_adds_up(graph: Graph) -> None:
    rows = rows_of(graph, "most-serious-stage")
    assert rows
    for row, places in rows:
        shares = [int(value_at(place)) for place in places if place.startswith("severity ")]
        assert sum(shares) == int(row["printed_total"])


def test_a_span_rests_on_itself(graph: Graph) -> None:
    solutions, evidence = asked(graph, "spans-of-document")
    at = [solutions.variables.index(name) for name in ("start", "end")]
    for row, places in zip(solutions.rows, evidence, strict=True):
        own = tuple(int(str(getattr(row[index], "value", "0"))) for index in at)
        assert own in {(place.start, place.end) for place in places}


@pytest.mark.sources
@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("arrangement-effectiveness", ["lower", "upper", "shared_lower", "shared_upper"]),
        ("external-dependence", ["lower", "upper"]),
        ("stage-issues", ["share", "n"]),
        ("unanswered-items", ["share"]),
        ("search-space", ["printed"]),
        ("factors-at-stage", ["share", "n"]),
        ("alliance-evidence", ["printed_date"]),
        ("works-of-author", ["title"]),
    ],
)
def test_what_a_row_shows_stands_at_its_places(query: str, columns: list[str], graph: Graph, sources: Path) -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sources.glob("*.txt")}
    solutions, evidence = asked(graph, query)
    assert len(solutions)
    for row, places in zip(Solutions.__iter__(solutions), evidence, strict=True):
        passages = " ".join(
            next(text for stem, text in texts.items() if p.document in stem)[p.start : p.end] for p in places
        )
        for name in columns:
            shown = str(getattr(row[name], "value", ""))
            assert squeezed(shown) in squeezed(passages), (name, shown, passages)


def squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def test_attendance_rests_on_the_latest_event_before_and_no_earlier(graph: Graph) -> None:
    places = {row["year"]: set(found) for row, found in rows_of(graph, "event-attendance")}
    assert places.keys() == {"1985", "1986", "1987", "1988", "1989"}
    attendance = {"1985": "33663-33709", "1986": "34054-34122", "1988": "34229-34239"}
    assert attendance["1985"] in places["1985"]
    assert attendance["1985"] in places["1986"]
    assert attendance["1985"] not in places["1988"] | places["1989"]
    assert attendance["1986"] in places["1986"] & places["1987"]
    assert attendance["1986"] not in places["1989"]


def test_elements_rest_on_their_own_passages(graph: Graph) -> None:
    passages = {row["technology"]: set(found) for row, found in rows_of(graph, "product-elements")}
    assert "39049-39620" in passages["VME bus"]
    assert "37723-38320" in passages["UNIX operating system"]
    assert "38322-39047" in passages["TCP/IP"]
    for own in ("39049-39620", "37723-38320", "38322-39047"):
        assert sum(own in found for found in passages.values()) == 1


# Queries about concepts, documents or the build, of which no document states anything at a place.
WITHOUT_PLACES = {
    "concepts-by-kind", "documents", "economies", "factor-correspondences", "forms-of-alliance", "graph-inputs", "mode-characteristics",
    "mode-pitfalls", "same-concepts", "success-factors",
}  # fmt: skip


def test_every_row_of_every_other_query_has_evidence(graph: Graph) -> None:
    others = [
        query
        for query in graph.catalogue
        if query.topic != "firms" and query.name not in WITHOUT_PLACES | {"things-by-kind"}
    ]
    assert len(others) > 50
    found = {}
    for query in sample(others, 25, attrgetter("topic")):
        solutions, evidence = asked(graph, query.name)
        assert len(evidence) == len(solutions.rows)
        found[query.name] = all(evidence)
    assert [name for name, complete in found.items() if not complete] == []


def test_every_place_is_one_that_the_graph_knows(graph: Graph) -> None:
    known = graph.store.query("SELECT ?p ?s ?e { ?p oa:hasSelector ?selector . ?selector oa:start ?s ; oa:end ?e }")
    assert isinstance(known, Solutions)
    offsets = {tuple(str(getattr(term, "value", "")) for term in row) for row in known.rows}
    _, evidence = asked(graph, "voices")
    assert {(place.iri, str(place.start), str(place.end)) for places in evidence for place in places} <= offsets


def store_of(*lines: tuple[str, str, str]) -> EmbeddedStore:
    return EmbeddedStore.of(Quad(*(NamedNode(f"http://e.org/{name}") for name in line)) for line in lines)


def test_nodes_without_a_name_get_one_and_nothing_else_changes() -> None:
    text = "SELECT ?a ?c { ?a <http://e.org/p>/^<http://e.org/q>/<http://e.org/r>* ?c ; <http://e.org/s> [ <http://e.org/t> _:x ] . _:x ?y 1 }"
    query = parse(text)
    assert isinstance(query, SelectQuery)
    named = write(revealed(query))
    assert "_:" not in named
    assert "[" not in named
    assert {"?node1", "?node2", "?node3", "?node4"} <= set(named.replace(",", " ").split())


def test_a_revealed_query_gives_the_same_rows() -> None:
    store = store_of(("a", "p", "m"), ("m", "q", "c"), ("a", "p", "n"), ("n", "q", "c"), ("n", "q", "d"))
    text = "SELECT ?x ?y { ?x <http://e.org/p>/<http://e.org/q> ?y }"
    query = parse(text)
    assert isinstance(query, SelectQuery)
    before, after = store.query(text), store.query(write(revealed(query)))
    assert isinstance(before, Solutions)
    assert isinstance(after, Solutions)
    assert sorted(map(str, before.rows)) == sorted(map(str, after.rows))
    assert len(before) == 3


def test_the_column_of_evidence_takes_a_free_name(graph: Graph) -> None:
    solutions = Solutions(("evidence",), ((Literal("x"),), (Literal("y"),)))
    _, evidence = asked(graph, "stage-issues")
    widened = with_evidence(solutions, [evidence[0], RowEvidence(())])
    assert widened.variables == ("evidence", "evidence_")
    assert widened.rows[0][1] == Literal("; ".join(map(str, evidence[0])))
    assert widened.rows[1] == (Literal("y"), Literal(str(RowEvidence(()))))


def test_only_rows_have_evidence(graph: Graph) -> None:
    with pytest.raises(QueryError, match="SELECT"):
        evidence_of_rows("ASK { ?s ?p ?o }", Solutions((), ()), graph.store)


CELLS = "?o a motkg:CorrelationObservation ; motkg:stage ?s ; sdmx-measure:obsValue ?r"


def cells(graph: Graph, text: str) -> list[list[str]]:
    return [[f"r{place.row}c{place.column}" for place in each.cells] for each in graph.query(text).evidence()]


def test_a_largest_value_rests_on_its_cell_and_beside_a_mean_on_all(graph: Graph) -> None:
    assert cells(graph, f"SELECT (MAX(?r) AS ?m) {{ {CELLS} }}") == [["r17c3"]]
    for also in ("AVG(?r)", "MIN(?r)", "COUNT(*)"):
        (all_of_them,) = cells(graph, f"SELECT ({also} AS ?a) (MAX(?r) AS ?m) {{ {CELLS} }}")
        assert len(all_of_them) == 51


@pytest.mark.parametrize(
    "pattern",
    [
        f"{{ SELECT ?s (MAX(?r) AS ?m) {{ {CELLS} }} GROUP BY ?s }}",
        f"{{ SELECT ?s (MAX(?r) AS ?m) {{ {{ {CELLS} }} UNION {{ ?none motkg:nothing ?r }} }} GROUP BY ?s }}",
        f"?s a motkg:Stage ; skos:inScheme scheme:stage OPTIONAL {{ SELECT ?s (MAX(?r) AS ?m) {{ {CELLS} }} GROUP BY ?s }}",
        f"{{ SELECT ?s (MAX(?r) AS ?m) {{ {CELLS} }} GROUP BY ?s }} ?s ^motkg:stage/^prov:wasDerivedFrom? ?x FILTER EXISTS {{ ?x ?p ?m }}",
    ],
    ids=["subquery", "union", "optional", "path"],
)
def test_the_cell_is_found_through_every_kind_of_pattern(pattern: str, graph: Graph) -> None:
    result = graph.query(f"SELECT DISTINCT ?s ?m WHERE {{ {pattern} }} ORDER BY ?m")
    largest = [{"r4c1"}, {"r2c2"}, {"r17c3"}]
    found = [{f"r{place.row}c{place.column}" for place in each.cells} for each in result.evidence()]
    assert [cell <= held for cell, held in zip(largest, found, strict=True)] == [True] * 3


def test_a_thing_that_the_query_names_is_evidence_too(graph: Graph) -> None:
    alliance = "<https://w3id.org/motkg/id/kanai-hara-1992/alliance/mycogen-kubota>"
    (row,) = graph.query(f'SELECT ?l {{ {alliance} rdfs:label ?l FILTER(LANG(?l) = "en") }}').evidence()
    assert row.documents == ("kanai-hara-1992",)
    assert (row.tables, row.cells) == ((), ())


def test_a_row_whose_group_cannot_be_told_says_so(graph: Graph) -> None:
    for key in ("?s", "(STR(?s))"):
        rows = graph.query(f"SELECT (COUNT(*) AS ?n) {{ {CELLS} }} GROUP BY {key}").evidence()
        assert [len(row) for row in rows] == [0, 0, 0]
        assert all("does not select it" in str(row) for row in rows)
    assert [len(row) for row in graph.query(f"SELECT ?s (COUNT(*) AS ?n) {{ {CELLS} }} GROUP BY ?s").evidence()] == [
        17,
        17,
        17,
    ]


def test_values_that_change_each_time_do_not_hide_the_evidence(graph: Graph) -> None:
    rows = graph.query(f"SELECT ?r (RAND() AS ?x) {{ {CELLS} }}").evidence()
    assert len(rows) == 51
    assert all(rows)


def test_a_row_of_nothing_in_the_documents_says_so(graph: Graph) -> None:
    texts = ("SELECT (1 + 1 AS ?two) {}", "SELECT ?l { stage:commercialization skos:prefLabel ?l }")
    for text in texts:
        result = graph.query(text).with_evidence()
        assert result.variables[-1] == "evidence"
        assert len(result) > 0
        assert all(str(row["evidence"]).startswith("none: ") for row in result)
