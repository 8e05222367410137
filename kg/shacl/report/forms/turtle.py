"""Write a report as the graph that the standard defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal

from kg.core.terms import SH, XSD, as_turtle, prefixes
from kg.shacl.nodes import path_turtle
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Quad

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write a ``sh:ValidationReport`` in Turtle (W3C SHACL section 3.6), with concerns as comments.

    The statements about nodes without names stand behind the report, so that it says what they are.
    """
    lines = [
        f"# {concern.kind}: {' '.join(concern.message.split())}" for concern in report.concerns if not concern.allowed
    ]
    lines += [f"@prefix {prefix}: <{iri}> ." for prefix, iri in prefixes().items() if iri in {SH, XSD}]
    lines += ["", "[] a sh:ValidationReport ;", f"    sh:conforms {str(report.conforms).lower()}"]
    adviser = Adviser(shapes)
    for result in report.results:
        lines[-1] += " ;"
        lines += ["    sh:result [", *_result(result, adviser, "        "), "    ]"]
    lines[-1] += " ."
    lines += (f"{subject} {predicate} {as_turtle(value)} ." for subject, predicate, value in report.about)
    lines += (f"{quad.subject} {quad.predicate} {as_turtle(quad.object)} ." for quad in _of_shapes(report, shapes))
    return "\n".join(lines) + "\n"


def _result(result: Result, adviser: Adviser, indent: str) -> Iterator[str]:
    yield f"{indent}a sh:ValidationResult ;"
    yield f"{indent}sh:focusNode {result.focus} ;"
    if result.path is not None:
        yield f"{indent}sh:resultPath {path_turtle(result.path)} ;"
    if result.value is not None:
        yield f"{indent}sh:value {as_turtle(result.value)} ;"
    if result.constraint is not None:
        yield f"{indent}sh:sourceConstraint {result.constraint} ;"
    for text in result.messages or (_default(result, adviser),):
        yield f"{indent}sh:resultMessage {text} ;"
    for branch in result.hint.branches if result.hint else ():
        for inner in branch.results:
            yield f"{indent}sh:detail ["
            yield from _result(inner, adviser, indent + "    ")
            yield f"{indent}] ;"
    yield f"{indent}sh:sourceConstraintComponent {result.component} ;"
    yield f"{indent}sh:sourceShape {result.shape} ;"
    yield f"{indent}sh:resultSeverity {result.severity}"


def _default(result: Result, adviser: Adviser) -> Literal:
    """Return a message for a result of a shape without any."""
    advice = adviser.advice(result)
    return Literal(f"{message(result)}: {advice}" if advice else message(result), language="en")


def _of_shapes(report: Report, shapes: Shapes | None) -> Iterator[Quad]:
    """Yield the statements of the shapes graph about shapes and constraints without names, and what they lead to."""
    waiting = [node for result in _all(report.results) for node in (result.shape, result.constraint)]
    wanted = dict.fromkeys(node for node in waiting if isinstance(node, BlankNode))
    if not wanted or shapes is None:
        return
    stated: dict[BlankNode, list[Quad]] = {}
    for quad in shapes.quads:
        if isinstance(quad.subject, BlankNode):
            stated.setdefault(quad.subject, []).append(quad)
    pending = list(wanted)
    while pending:
        for quad in dict.fromkeys(stated.get(pending.pop(0), ())):
            yield quad
            if isinstance(quad.object, BlankNode) and quad.object not in wanted:
                wanted[quad.object] = None
                pending.append(quad.object)


def _all(results: Iterable[Result]) -> Iterator[Result]:
    for result in results:
        yield result
        for branch in result.hint.branches if result.hint else ():
            yield from _all(branch.results)
