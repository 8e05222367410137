"""Pre-bound variables go into the syntax tree of a query, and what a query can reach is read off it."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg import sparql
from kg.shacl.shapes import queries

EX = "https://example.org/"


def query(text: str) -> sparql.Query:
    return sparql.parse(text, known={"ex": EX})


def bound(text: str) -> str:
    block = queries.data_block(("this",), (sparql.Row(sparql.NOWHERE, (queries.as_node(NamedNode(f"{EX}a")),)),))
    return " ".join(sparql.write(queries.bound(query(text), ("this",), block)).split())


def test_focus_nodes_are_bound_in_every_group_that_mentions_them_but_not_inside_exists() -> None:
    text = bound(
        "SELECT $this WHERE { ?x ?p 'a { $this' { $this ?p ?x } { ?y ?p ?x } FILTER EXISTS { $this ?p ?y { $this ?q ?y } } }"
    )
    assert text.count("VALUES ?this") == 2
    assert "EXISTS { ?this" in text


def test_a_subquery_is_bound_inside() -> None:
    assert (
        bound("SELECT $this WHERE { { SELECT $this (COUNT(?x) AS ?n) WHERE { $this ?p ?x } GROUP BY $this } }").count(
            "VALUES ?this"
        )
        == 3
    )


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("SELECT $this WHERE { $this ?p ?x }", True),
        ("SELECT $this WHERE { $this ?p ?x } ORDER BY ?x LIMIT 1", False),
        ("SELECT $this WHERE { { SELECT $this WHERE { $this ?p ?x } OFFSET 1 } }", False),
        ("SELECT $this WHERE { $this ?p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)", True),
        ("SELECT (COUNT(?x) AS ?n) WHERE { $this ?p ?x }", False),
        ("SELECT $this WHERE { { SELECT ?x (MAX(?y) AS ?m) WHERE { ?x ?p ?y } GROUP BY ?x } $this ?p ?m }", False),
    ],
)
def test_a_query_is_run_for_sets_only_where_that_changes_nothing(text: str, together: bool) -> None:  # noqa: FBT001
    assert queries.runs_for_sets(query(text)) is together


@pytest.mark.parametrize(
    ("text", "predicates"),
    [
        (
            "ASK { $this ex:p/^ex:q ?x ; a ex:C }",
            {f"{EX}p", f"{EX}q", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"},
        ),
        ("ASK { FILTER NOT EXISTS { $this ex:p|ex:q ?x } }", {f"{EX}p", f"{EX}q"}),
        ("ASK { $this a/ex:p* ?x }", {f"{EX}p", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}),
        ("ASK { $this ex:p+ ?x }", {f"{EX}p"}),
        ("ASK { $this ex:p* ?x }", None),
        ("ASK { $this ex:q|ex:p? ?x }", None),
        ("ASK { $this ?p ?x }", None),
        ("ASK { $this !ex:p ?x }", None),
    ],
)
def test_the_predicates_that_a_query_can_follow(text: str, predicates: set[str] | None) -> None:
    assert queries.predicates_of(query(text)) == predicates


def test_a_parameter_is_put_in_place_and_keeps_its_name_in_the_selection() -> None:
    tree = query("SELECT $this ?least WHERE { $this ex:p ?x FILTER (bound(?least) && ?x < ?least) }")
    text = sparql.write(queries.substituted(tree, {"least": Literal(2)}))
    assert "AS ?least" in text
    assert "BOUND" not in text.upper()


def test_a_blank_node_goes_by_an_iri_and_comes_back() -> None:
    node = queries.as_node(BlankNode("b1"))
    assert isinstance(node, sparql.Iri)
    assert queries.original(NamedNode(node.value)) == BlankNode("b1")
    assert queries.named(b"_:b1") == f"<{node.value}>".encode()
