"""Reads the queries of SPARQL-based constraints and of constraint components from a shapes graph (W3C SHACL sections 5 and 6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from kg import sparql
from kg.core.errors import QueryError
from kg.shacl.nodes import IMPORTS, ForbiddenQueryError, ShapeSyntaxError, sh
from kg.shacl.shapes import prebinding
from kg.shacl.shapes.paths import path_sparql
from kg.shacl.shapes.shapes import Constraint, Select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.shacl.columnar.data import DataGraph
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.components import Component
    from kg.shacl.shapes.paths import Path

_PATH: Final = re.compile(
    r"""(?P<other>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|<[^<>"{}|^`\\\s]*>|\#[^\n]*)|[?$]PATH\b""",
    re.DOTALL,
)
"""The placeholder of a path, or what stands between marks and may look like one: texts, IRIs, comments."""
_OWN: Final = frozenset({"this", "shapesGraph", "currentShape"})


def read_sparql(graph: DataGraph, node: Node, constraint: Node, path: Path | None) -> Iterator[Constraint]:
    """Yield the constraint that a value of ``sh:sparql`` stands for, if it is active.

    Raises:
        ShapeSyntaxError: it has not one query, or a query that must not be run.

    """
    if any(isinstance(term, Literal) and term.value == "true" for term in graph.objects(constraint, sh("deactivated"))):
        return
    select = _read_query(graph, node, constraint, "select", path, _OWN)
    yield Constraint("SPARQL", select=select)


def read_custom(graph: DataGraph, node: Node, component: Component, path: Path | None) -> Iterator[Constraint]:
    """Yield the constraints of a shape for a component of the shapes graph: one for each value of its only parameter, or one in all.

    Raises:
        ShapeSyntaxError: several values for one of several parameters, or a query that must not be run.

    """
    values = {name: graph.objects(node, predicate) for predicate, name, _ in component.parameters}
    if not all(values[name] for _, name, optional in component.parameters if not optional):
        return
    if len(component.parameters) > 1 and any(len(found) > 1 for found in values.values()):
        raise ShapeSyntaxError(
            node, f"has several values for a parameter of {component.node}, which has more than one parameter"
        )
    validator = _validator(graph, component.node, path)
    if validator is None:
        return
    kind = "ask" if graph.objects(validator, sh("ask")) else "select"
    names = _OWN | values.keys() | ({"value"} if kind == "ask" else set())
    select = _read_query(graph, node, validator, kind, path, frozenset(names))
    if not select.messages:
        messages = tuple(term for term in graph.objects(component.node, sh("message")) if isinstance(term, Literal))
        select = Select(select.node, select.query, messages, select.tree)
    only = next(iter(values)) if len(values) == 1 else None
    for term in values[only] if only else (None,):
        bound = (
            {only: term} if only and term is not None else {name: found[0] for name, found in values.items() if found}
        )
        parameters = tuple(bound.items())
        yield Constraint(
            "Custom",
            select=Select(select.node, select.query, select.messages, select.tree, parameters, node),
            custom=component.node,
        )


def with_path(text: str, path: str) -> str:
    """Return a query with a path in the place of each ``$PATH`` outside texts, IRIs and comments."""
    return _PATH.sub(lambda found: found["other"] or path, text)


def _validator(graph: DataGraph, component: Node, path: Path | None) -> Node | None:
    """Choose the validator of a component for a shape, in the order of W3C SHACL section 6.2.3."""
    own = "nodeValidator" if path is None else "propertyValidator"
    return next((node for local in (own, "validator") for node in graph.objects(component, sh(local))), None)


def _read_query(  # noqa: PLR0913, PLR0917 (each says another thing about the one query)
    graph: DataGraph, node: Node, holder: Node, kind: str, path: Path | None, names: frozenset[str]
) -> Select:
    queries = [term.value for term in graph.objects(holder, sh(kind)) if isinstance(term, Literal)]
    if len(queries) != 1:
        raise ShapeSyntaxError(node, f"has an sh:sparql without exactly one sh:{kind}")
    text = queries[0]
    if path is not None:
        text = with_path(text, path_sparql(path))
    elif any(not found["other"] for found in _PATH.finditer(text)):
        raise ShapeSyntaxError(node, "has a query with $PATH, but no path")
    text = "".join(prologue(graph, holder)) + text
    try:
        tree = sparql.parse(text, known={})
        prebinding.check(tree, names)
    except QueryError as error:
        raise ShapeSyntaxError(node, f"has a SPARQL query that cannot be read: {error}") from error
    except prebinding.ForbiddenError as error:
        raise ForbiddenQueryError(node, f"has a SPARQL query with {error}, which SHACL forbids") from error
    if not isinstance(tree, sparql.SelectQuery if kind == "select" else sparql.AskQuery):
        raise ShapeSyntaxError(node, f"has an sh:{kind} that is another kind of query")
    if isinstance(tree, sparql.SelectQuery) and "this" not in sparql.selected(tree):
        raise ShapeSyntaxError(node, "has a SPARQL query that does not select $this")
    if reason := _other_graphs(tree):
        raise ShapeSyntaxError(node, f"has a SPARQL query with {reason}")
    messages = tuple(term for term in graph.objects(holder, sh("message")) if isinstance(term, Literal))
    return Select(holder, text, messages, tree, (), node)


def _other_graphs(tree: sparql.SelectQuery | sparql.AskQuery) -> str:
    """Describe which graph a query asks that is neither the data graph nor ``$shapesGraph``: it would find nothing there."""
    if tree.dataset:
        return "FROM, but what it asks is the data graph"
    names = (node.name for node in sparql.walk(tree) if isinstance(node, sparql.GraphPattern))
    if all(isinstance(name, sparql.Variable) and name.name == "shapesGraph" for name in names):
        return ""
    return "GRAPH, but data is validated as one graph, beside which there is $shapesGraph alone"


def prologue(graph: DataGraph, holder: Node) -> Iterator[str]:
    """Return the prefixes that a query may use: those its ontologies declare, and the ontologies that these import."""
    waiting, seen = [*graph.objects(holder, sh("prefixes"))], set()
    declared: dict[str, str] = {}
    while waiting:
        ontology = waiting.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        waiting.extend(graph.objects(ontology, IMPORTS))
        for declaration in graph.objects(ontology, sh("declare")):
            prefix, namespace = graph.objects(declaration, sh("prefix")), graph.objects(declaration, sh("namespace"))
            if (
                len(prefix) != 1
                or len(namespace) != 1
                or not isinstance(prefix[0], Literal)
                or not isinstance(namespace[0], Literal)
            ):
                raise ShapeSyntaxError(
                    holder, "uses a prefix declaration without exactly one sh:prefix and sh:namespace"
                )
            if declared.setdefault(prefix[0].value, namespace[0].value) != namespace[0].value:
                raise ShapeSyntaxError(holder, f"uses two namespaces for the prefix {prefix[0].value}:")
    return (f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())
