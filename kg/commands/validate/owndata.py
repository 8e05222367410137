"""How much of a run is about the data that was given, and not about the ontology that was read beside it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import BlankNode

from kg.columns import columns_of_quads
from kg.columns.arrays import unique
from kg.commands.validate.places import place_of_use
from kg.core.resources import ontology_dir
from kg.loaders import load_ontology
from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.columnar.executor import Executor, make_plan, terms_of
from kg.shacl.nodes import TYPE, sh
from kg.shacl.report.report import Concern
from kg.shacl.shapes.shapes import DELEGATED, TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.columns import Columns
    from kg.columns.arrays import Ids
    from kg.commands.validate.data import Data
    from kg.shacl import Report, Shapes
    from kg.shacl.nodes import Node

_KINDS: Final = (sh("NodeShape"), sh("PropertyShape"))
_OF_SHAPES: Final = (*(sh(local) for local in (*TARGETS, *DELEGATED)), sh("property"))


@cache
def ontology_columns() -> Columns:
    """Return the statements of the ontology that data is read with."""
    return columns_of_quads(load_ontology(ontology_dir()).quads)


def focus_nodes_of_ontology(shapes: Shapes, columns: Columns) -> int:
    """Count the focus nodes that the ontology has by itself and about which the data around it says nothing more.

    Data that says nothing but what the ontology says is the ontology: there are none beside it then.
    """
    ontology = ontology_columns()
    if columns.size == ontology.size:
        return 0
    graph = ColumnGraph(ontology, terms_of(shapes))
    executor = Executor(shapes, graph)
    found = [executor.focus(shape) for shape in make_plan(shapes).native]
    focus = unique(np.concatenate(found)) if found else np.empty(0, np.int32)
    focus = focus[focus < graph.data_size]
    nodes = graph.terms.nodes(focus.tolist())
    before = _statements_about(ontology, focus).tolist()
    now = _statements_of_nodes(columns, nodes)
    return sum(isinstance(node, BlankNode) or now[node] == count for node, count in zip(nodes, before, strict=True))


def _statements_of_nodes(columns: Columns, nodes: list[Node]) -> dict[Node, int]:
    named = [node for node in nodes if not isinstance(node, BlankNode)]
    places = {position: node for node in named if (position := columns.terms.find(node)) is not None}
    ids = np.array(sorted(places), np.int32)
    counts: dict[Node, int] = dict.fromkeys(named, 0)
    counts |= {
        places[position]: count
        for position, count in zip(ids.tolist(), _statements_about(columns, ids).tolist(), strict=True)
    }
    return counts


def _statements_about(columns: Columns, subjects: Ids) -> Ids:
    """Count the statements about each of some subjects."""
    counts = np.zeros(len(subjects), np.int32)
    for predicate in columns.predicates():
        table = columns.forward(predicate)[0]
        counts += (np.searchsorted(table, subjects, "right") - np.searchsorted(table, subjects, "left")).astype(
            np.int32
        )
    return counts


def concerns_of_unchecked(report: Report, data: Data) -> Iterator[Concern]:
    """Tell of a run with motkg's own shapes that the given data is not what these are about, or holds shapes of its own."""
    if not data.given or data.empty:
        return
    if not report.own_focus_nodes:
        text = "no node of it is a focus node of motkg's own shapes, which are used where no others are named: name yours with --shapes FILE"
        yield Concern("unchecked-data", text)
    used = [name for name in _OF_SHAPES if len(_subjects(data.columns, name))]
    shapes = [_instances(data.columns, kind) for kind in _KINDS] + [_subjects(data.columns, name) for name in used]
    number = len(unique(np.concatenate(shapes)))
    if number:
        kinds = [kind for kind in _KINDS if len(_instances(data.columns, kind))]
        several = (
            "a shape, which was not used: name its file"
            if number == 1
            else f"{number:,} shapes, which were not used: name their files"
        )
        origin = next((origin for node in (*kinds, *used) if (origin := place_of_use(node, data)) is not None), None)
        yield Concern("unchecked-data", f"it holds {several} with --shapes FILE", origin=origin)


def _subjects(columns: Columns, predicate: NamedNode) -> Ids:
    position = columns.terms.find(predicate)
    return np.empty(0, np.int32) if position is None else unique(columns.forward(position)[0])


def _instances(columns: Columns, kind: NamedNode) -> Ids:
    types, position = columns.terms.find(TYPE), columns.terms.find(kind)
    if types is None or position is None:
        return np.empty(0, np.int32)
    subjects, objects = columns.forward(types)
    return unique(subjects[objects == position])
