"""Graphs as files: which of them, in which order, each statement once."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.core.errors import QueryError
from kg.publishing.answers import FORMATS, dump

BASE = "https://example.org/graph/"
STATEMENT = "<https://example.org/s> <https://example.org/p> <https://example.org/o>"
QUADS = list(
    parse(
        f"{STATEMENT} <{BASE}one-more> .\n{STATEMENT} <{BASE}more> .\n{STATEMENT.replace('/o', '/a')} <{BASE}more> .\n",
        format=RdfFormat.N_QUADS,
    )
)

OF_DATA = [form for form in FORMATS if form != "owl"]  # which is of the ontology alone


def test_a_statement_of_two_graphs_stands_once_where_graphs_are_left_out() -> None:
    expected = sorted(f"{STATEMENT.replace('/o', end)} .\n" for end in ("/o", "/a"))
    assert dump(QUADS, "nt").decode() == "".join(expected)


@pytest.mark.parametrize("form", OF_DATA)
def test_every_format_is_read_back(form: str) -> None:
    read = list(parse(dump(QUADS, form), format=FORMATS[form]))
    assert len(read) == len(set(read)) == (3 if FORMATS[form].supports_datasets else 2)
    assert {quad.triple for quad in read} == {quad.triple for quad in QUADS}


def test_equal_graphs_give_equal_files_whatever_the_order_of_their_statements() -> None:
    assert [dump(QUADS, form) for form in OF_DATA] == [dump(reversed(QUADS), form) for form in OF_DATA]


def test_a_graph_is_named_by_its_iri_or_all_of_its_slug() -> None:
    expected = sorted(f"{quad} .\n" for quad in QUADS if quad.graph_name.value == f"{BASE}more")
    assert dump(QUADS, "nq", ["more"]).decode() == "".join(expected)
    assert dump(QUADS, "nq", [f"{BASE}more"]).decode() == "".join(expected)
    assert dump(QUADS, "nq", ["more", "one-more"]) == dump(QUADS, "nq")


@pytest.mark.parametrize(
    ("form", "graphs", "message"),
    [("nq", ["mor"], "no graph is called 'mor'"), ("nqq", [], "no format is called 'nqq'")],
)
def test_a_format_or_graph_that_is_not_there_is_answered_with_the_nearest(
    form: str, graphs: list[str], message: str
) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        dump(QUADS, form, graphs)
    assert caught.value.near[0] in {"more", "nq"}


def test_prefixes_are_below_the_base_of_the_graph() -> None:
    quads = [Quad(NamedNode("https://example.org/kg/id/a"), NamedNode("urn:p"), Literal("x"))]
    assert "\nid:a " in dump(quads, "ttl", base="https://example.org/kg/").decode()
