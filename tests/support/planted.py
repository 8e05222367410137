"""Faults that are planted in a good graph, one at a time, each with the one result that a validator must report for it.

``tests/shacl/faulty/<module>.trig`` holds the result in its default graph, and the change in the graphs
``removed:<fault>`` and ``added:<fault>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad

from kg.core.resources import ontology_dir
from kg.core.terms import RDF_TYPE
from kg.shacl import Result, Shapes, load_shapes
from kg.shacl.nodes import SUBCLASS, DataGraph, sh
from kg.shacl.pyshacl_engine import read_result

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent.parent / "shacl"
SHAPES = ontology_dir() / "shapes"
MODULES = ("actors", "alliances", "claims", "concepts", "events", "evidence", "firms", "policy", "sources")


@dataclass(frozen=True)
class Fault:
    """One change to the good graph and what must be found."""

    name: str
    module: str
    removed: frozenset[Quad]
    added: tuple[Quad, ...]
    expected: Result

    def applied(self) -> list[Quad]:
        """Gives the good graph with the fault in it."""
        good = good_graph()
        assert self.removed <= set(good), "the fault removes what the good graph does not state"
        return [*(quad for quad in good if quad not in self.removed), *self.added]


@cache
def good_graph() -> tuple[Quad, ...]:
    """Gives the good graph together with the class hierarchy of the ontology."""
    hierarchy = (quad for quad in pyoxigraph.parse(path=ontology_dir() / "motkg.ttl") if quad.predicate == SUBCLASS)
    return (*pyoxigraph.parse(path=HERE / "good.ttl"), *hierarchy)


@cache
def module_shapes(module: str) -> Shapes:
    """Gives the shapes of one module, with the kinds of value that they refer to."""
    return load_shapes([SHAPES / f"{module}.ttl", SHAPES / "values.ttl"])


@cache
def data_shapes() -> Shapes:
    """Gives all shapes for data."""
    return load_shapes(path for path in sorted(SHAPES.glob("*.ttl")) if path.stem != "ontology")


def read_faults(module: str) -> list[Fault]:
    quads = list(pyoxigraph.parse(path=HERE / "faulty" / f"{module}.trig"))
    expected = DataGraph(quad for quad in quads if quad.graph_name == DefaultGraph())
    faults = []
    for node in expected.backward(RDF_TYPE)[sh("ValidationResult")]:
        name = node.value.rsplit("/", 1)[1]
        change = {
            kind: [
                Quad(*quad.triple)
                for quad in quads
                if quad.graph_name == NamedNode(f"https://example.org/{kind}/{name}")
            ]
            for kind in ("removed", "added")
        }
        assert change["removed"] or change["added"], f"fault {name} changes nothing"
        faults.append(
            Fault(name, module, frozenset(change["removed"]), tuple(change["added"]), read_result(expected, node))
        )
    return faults


def domain_faults() -> Iterator[Fault]:
    """Yield a fault for each constraint of the shapes that mirror domains and ranges: a stranger, or a strange value."""
    shapes = module_shapes("domains").by_node.values()
    targets = {
        node: target.term
        for shape in shapes
        for node in (shape.node, *(inner for constraint in shape.constraints for inner in constraint.shapes))
        for target in shape.targets
    }
    nobody = NamedNode("https://example.org/nobody")
    for shape in shapes:
        for constraint in shape.constraints:
            if constraint.component == "Property" or shape.node not in targets:
                continue
            blank = shape.path is None and constraint.component == "NodeKind"
            focus = BlankNode("stranger") if blank else NamedNode("https://example.org/stranger")
            name = f"{shape.node.value.rpartition('/')[2]}-{constraint.component}"
            component = sh(f"{constraint.component}ConstraintComponent")
            value = focus if shape.path is None else nobody
            expected = Result(focus, shape.path, value, component, shape.node, sh("Violation"))
            predicate = targets[shape.node]
            assert isinstance(predicate, NamedNode)
            yield Fault(name, "domains", frozenset(), (Quad(focus, predicate, nobody),), expected)


FAULTS = [*(fault for module in MODULES for fault in read_faults(module)), *domain_faults()]
