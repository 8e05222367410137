"""Reads the results of a standard validation report (W3C SHACL section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.core.errors import InputError, Problem
from kg.shacl.nodes import TYPE, sh
from kg.shacl.report.report import Result
from kg.shacl.shapes.reading import read_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.shacl.columnar.data import DataGraph
    from kg.shacl.nodes import Node


def read_results(graph: DataGraph) -> Iterator[Result]:
    """Yield every ``sh:ValidationResult`` of a graph that is no detail of another one.

    Raises:
        InputError: a result lacks one of the parts that SHACL requires.

    """
    details = graph.backward(sh("detail"))
    for node in graph.backward(TYPE).get(sh("ValidationResult"), ()):
        if node not in details:
            yield read_result(graph, node)


def read_result(graph: DataGraph, node: Node) -> Result:
    """Return the result that a node describes.

    Raises:
        InputError: a part that SHACL requires is missing, or the component or severity is no IRI.

    """

    def part(local: str) -> Node:
        found = graph.objects(node, sh(local))
        if len(found) != 1:
            raise InputError(
                [Problem("validation report", 0, 0, f"{node} has {len(found)} values of sh:{local}", "exactly one")]
            )
        return found[0]

    component, severity = part("sourceConstraintComponent"), part("resultSeverity")
    if not (isinstance(component, NamedNode) and isinstance(severity, NamedNode)):
        raise InputError([Problem("validation report", 0, 0, f"{node} has a component or severity that is no IRI")])
    paths = graph.objects(node, sh("resultPath"))
    return Result(
        focus=part("focusNode"),
        path=read_path(graph, paths[0]) if paths else None,
        value=next(iter(graph.objects(node, sh("value"))), None),
        component=component,
        shape=part("sourceShape"),
        severity=severity,
        constraint=next(iter(graph.objects(node, sh("sourceConstraint"))), None),
        messages=tuple(text for text in graph.objects(node, sh("resultMessage")) if isinstance(text, Literal)),
    )
