from __future__ import annotations

import copy
import pickle

import pytest

from kg.sparql import NOWHERE, Group, Iri, Node, SelectQuery, Variable, children, parse, replace, transform, walk
from kg.sparql import nodes as node_module
from kg.sparql.nodes import Aggregate

QUERY = """PREFIX ex: <http://example.org/>
SELECT ?x (COUNT(DISTINCT ?y) AS ?n) WHERE {
  ?x a ex:A ; ex:p/^ex:q* [ ex:r (1 2.5 "a"@en) ] .
  OPTIONAL { ?x ex:s ?y FILTER(?y > 3 && NOT EXISTS { ?y ex:t _:b }) }
  { VALUES (?x ?z) { (ex:a UNDEF) } } UNION { GRAPH ?g { ?x !(ex:p|^ex:q) ?z } }
}
GROUP BY ?x HAVING (COUNT(?y) > 1) ORDER BY DESC(?n) LIMIT 3
"""


def test_nodes_are_equal_wherever_they_stand() -> None:
    assert parse(QUERY) == parse(QUERY.replace("\n", "\n\n  "))
    assert hash(parse(QUERY)) == hash(parse(QUERY.replace("\n", "\n\n  ")))


def test_the_spelling_of_an_iri_makes_no_difference() -> None:
    assert parse("ASK { ?x rdf:type ?y }") == parse("ASK { ?x a ?y }")


@pytest.mark.parametrize(
    ("old", "new"),
    [("?n) LIMIT", "?x) LIMIT"), ("^ex:q*", "^ex:q+"), ("3 &&", "4 &&"), ("DISTINCT ?y", "?y"), ('"a"@en', '"a"')],
)
def test_what_a_query_says_makes_a_difference(old: str, new: str) -> None:
    changed = QUERY.replace(old, new)
    assert changed != QUERY
    assert parse(QUERY) != parse(changed)


def test_nodes_of_different_classes_differ() -> None:
    assert Variable(NOWHERE, "a") != Iri(NOWHERE, "a", "a")


def test_nodes_never_change() -> None:
    node = Variable(NOWHERE, "a")
    with pytest.raises(AttributeError, match="frozen"):
        node.name = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del node.name
    with pytest.raises(AttributeError):
        node.other = 1  # type: ignore[attr-defined]
    assert not hasattr(node, "__dict__")


def test_a_node_takes_exactly_its_fields() -> None:
    assert Variable(span=NOWHERE, name="a") == Variable(NOWHERE, "a")
    for values, named in [
        ((NOWHERE,), {}),
        ((NOWHERE, "a", "b"), {}),
        ((NOWHERE,), {"nam": "a"}),
        ((NOWHERE, "a"), {"name": "b"}),
    ]:
        with pytest.raises(TypeError, match="Variable takes span, name"):
            Variable(*values, **named)  # type: ignore[arg-type]


def test_a_tree_survives_copies() -> None:
    tree = parse(QUERY)
    for other in (pickle.loads(pickle.dumps(tree)), copy.deepcopy(tree)):  # noqa: S301 - made right here
        assert other == tree
        assert [node.span for node in walk(other)] == [node.span for node in walk(tree)]


def test_every_node_lies_inside_its_parent_and_after_its_elder_sibling() -> None:
    parents = [node for node in walk(parse(QUERY)) if node.span != NOWHERE]
    assert len(parents) > 10
    for parent in parents:
        reached = parent.span.start
        for child in children(parent):
            if child.span != NOWHERE:
                assert reached <= child.span.start <= child.span.end <= parent.span.end, (parent, child)
                reached = child.span.end


def test_the_span_of_a_node_is_its_text() -> None:
    texts = [QUERY[node.span.start : node.span.end] for node in walk(parse(QUERY)) if not isinstance(node, SelectQuery)]
    expected = [
        "?x",
        "ex:p/^ex:q*",
        "^ex:q*",
        "ex:q*",
        '[ ex:r (1 2.5 "a"@en) ]',
        '(1 2.5 "a"@en)',
        '"a"@en',
        "COUNT(DISTINCT ?y)",
        "_:b",
        "UNDEF",
    ]
    expected += [
        "(COUNT(DISTINCT ?y) AS ?n)",
        "?y > 3 && NOT EXISTS { ?y ex:t _:b }",
        "NOT EXISTS { ?y ex:t _:b }",
        "(ex:a UNDEF)",
        "!(ex:p|^ex:q)",
    ]
    expected += [
        "GRAPH ?g { ?x !(ex:p|^ex:q) ?z }",
        "DESC(?n)",
        "PREFIX ex: <http://example.org/>",
        "FILTER(?y > 3 && NOT EXISTS { ?y ex:t _:b })",
    ]
    assert [text for text in expected if text not in texts] == []


def test_variables_know_their_line_and_column() -> None:
    lines = QUERY.splitlines()
    variables = [node for node in walk(parse(QUERY)) if isinstance(node, Variable)]
    assert len(variables) == QUERY.count("?")
    for variable in variables:
        assert lines[variable.span.line - 1][variable.span.column - 1 :].startswith(f"?{variable.name}")


def test_a_tree_can_be_transformed_from_below() -> None:
    def renamed(node: Node) -> Node:
        return replace(node, name="other") if isinstance(node, Variable) and node.name == "x" else node

    tree = parse(QUERY)
    changed = transform(tree, renamed)
    assert changed == parse(QUERY.replace("?x", "?other"))
    assert transform(tree, lambda node: node) is tree


def test_replace_refuses_a_field_that_is_not_there() -> None:
    with pytest.raises(TypeError, match="Group takes"):
        replace(Group(NOWHERE, ()), element=())


def test_every_node_class_says_what_it_is_and_cites_the_grammar() -> None:
    classes = [
        value
        for value in vars(node_module).values()
        if isinstance(value, type) and issubclass(value, Node) and value is not Node
    ]
    assert Aggregate in classes
    assert [cls.__name__ for cls in classes if not cls.__doc__] == []
