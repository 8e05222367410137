"""Validation as one call: quads and shapes in, a report out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Literal as Choice

from pyoxigraph import NamedNode, Quad

from kg.validate.data import DataGraph
from kg.validate.executor import Executor
from kg.validate.paths import InversePath, path_text
from kg.validate.plan import empty_targets, focus_nodes, make_plan
from kg.validate.report import Delegation, Report, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.validate.nodes import Node
    from kg.validate.report import Origin
    from kg.validate.shapes import Shapes

Engine = Choice["auto", "native", "pyshacl"]


def validate(quads: Iterable[Quad], shapes: Shapes, *, engine: Engine = "auto", origins: Mapping[Quad, Origin] | None = None) -> Report:
    """Validates the union of the graphs of some quads, literals as written.

    ``auto`` and ``native`` run the set-at-a-time executor and hand to pySHACL the shapes that it cannot do, which the report lists;
    ``pyshacl`` leaves everything to pySHACL. ``origins`` maps quads to the places they were written at.

    Raises:
        InputError: the shapes have no target, or an engine refuses them.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    kept = tuple(quads)
    data = DataGraph(kept)
    plan = make_plan(shapes)
    if engine == "pyshacl":
        from kg.validate.pyshacl_engine import run_pyshacl  # noqa: PLC0415 (needs rdflib and pySHACL)

        results: list[Result] = run_pyshacl(data, shapes)
        delegated: list[Delegation] = []
        active = (shape for shape in shapes.with_targets() if not shape.deactivated)
        count = len({node for shape in active for target in shape.targets for node in focus_nodes(data, target)})
    else:
        results, found_out, count = Executor(shapes, data).run(plan)
        delegated = [*plan.delegated, *found_out]
        if delegated:
            from kg.validate.pyshacl_engine import run_pyshacl  # noqa: PLC0415 (needs rdflib and pySHACL)

            results.extend(run_pyshacl(data, shapes, {delegation.shape for delegation in delegated}))
    if origins:
        results = _with_origins(results, kept, origins)
    return Report(
        conforms=not results,
        results=tuple(sorted(results, key=_order)),
        empty_targets=tuple(empty_targets(shapes, data)),
        delegated=tuple(delegated),
        engine="pyshacl" if engine == "pyshacl" else "native",
        focus_nodes=count,
    )


def _order(result: Result) -> tuple[str, ...]:
    path = path_text(result.path) if result.path is not None else ""
    return str(result.focus), path, str(result.component), str(result.shape), str(result.value or "")


def _with_origins(results: Iterable[Result], quads: Iterable[Quad], origins: Mapping[Quad, Origin]) -> list[Result]:
    """Adds to each result where its statement was written: the quad at fault, else the first statement about the focus node."""
    kept = list(results)
    statements = {_statement(result) for result in kept}
    focus = {result.focus for result in kept}
    written: dict[tuple[Node, Node, Node], Origin] = {}
    started: dict[Node, Origin] = {}
    for quad in quads:
        statement = (quad.subject, quad.predicate, quad.object)
        if (quad.subject in focus or statement in statements) and (origin := origins.get(quad)) is not None:
            started.setdefault(quad.subject, origin)
            written.setdefault(statement, origin)

    def origin_of(result: Result) -> Origin | None:
        statement = _statement(result)
        return (written.get(statement) if statement else None) or started.get(result.focus)

    return [replace(result, origin=origin_of(result)) for result in kept]


def _statement(result: Result) -> tuple[Node, Node, Node] | None:
    if result.value is None:
        return None
    match result.path:
        case NamedNode() as predicate:
            return result.focus, predicate, result.value
        case InversePath(NamedNode() as predicate):
            return result.value, predicate, result.focus
        case _:
            return None
