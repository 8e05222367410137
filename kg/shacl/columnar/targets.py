"""Run the SPARQL-based targets of shapes, so that every engine knows their focus nodes (SHACL-AF section 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.nodes import CannotSelectError
from kg.shacl.report.report import LeftOut

if TYPE_CHECKING:
    from kg.columns import Columns
    from kg.shacl.columnar.select import QueryRunner
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Shape, Shapes, Target


def select_targets(columns: Columns, shapes: Shapes) -> tuple[Shapes, tuple[LeftOut, ...]]:
    """Return shapes whose SPARQL-based targets hold the nodes that they select, and those whose query cannot run.

    Shapes without such a target are returned as they are.
    """
    asking = [
        shape
        for shape in shapes.with_targets()
        if not shape.deactivated and any(target.select is not None for target in shape.targets)
    ]
    if not asking:
        return shapes, ()
    from kg.shacl.columnar.executor import terms_of
    from kg.shacl.columnar.select import QueryRunner

    runner = QueryRunner(ColumnGraph(columns, terms_of(shapes)), shapes.quads)
    left_out: list[LeftOut] = []
    by_node: dict[Node, Shape] = dict(shapes.by_node)
    for shape in asking:
        try:
            targets = tuple(_selected(runner, target) for target in shape.targets)
        except CannotSelectError as error:
            left_out.append(LeftOut(shape.node, f"its sh:target cannot be evaluated: {error}"))
            targets = shape.targets
        by_node[shape.node] = replace(shape, targets=targets)
    return replace(shapes, by_node=by_node), tuple(left_out)


def _selected(runner: QueryRunner, target: Target) -> Target:
    return target if target.select is None else replace(target, nodes=runner.selected(target.select))
