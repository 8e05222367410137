"""The ontology and the shapes say the same of what a property belongs to and points to, in both directions."""

from __future__ import annotations

import pyoxigraph
from planted import data_shapes, good_graph
from pyoxigraph import NamedNode, Quad

from kg.core.resources import ontology_dir
from kg.core.terms import ONTOLOGY, RDF_TYPE, compact, prefixes
from kg.shacl import validate
from kg.shacl.nodes import DataGraph

TERMS = DataGraph(pyoxigraph.parse(path=ontology_dir() / "motkg.ttl"))
MIRRORS = [shape for shape in data_shapes().by_node.values() if compact(shape.node.value).startswith("shape:Having")]
VALUES = {"Class", "Datatype", "Node", "In", "NodeKind", "Or", "Xone"}
MEND = "run python docs/generate.py, which writes ontology/shapes/domains.ttl"


def stated(local: str) -> set[tuple[str, str]]:
    """Return the properties of ours with what the ontology states of them by a predicate of RDFS."""
    table = TERMS.forward(NamedNode(prefixes()["rdfs"] + local))
    return {
        (compact(term.value), compact(value.value))
        for term, values in table.items()
        for value in values
        if isinstance(term, NamedNode) and isinstance(value, NamedNode) and term.value.startswith(ONTOLOGY)
    }


def test_each_domain_has_a_shape_and_each_shape_of_a_domain_is_stated() -> None:
    mirrored = {
        (compact(target.term.value), compact(constraint.terms[0].value))
        for shape in MIRRORS
        for target in shape.targets
        for constraint in shape.constraints
        if constraint.component == "Class"
    }
    assert len(mirrored) > 100
    assert mirrored == stated("domain"), MEND


def test_each_range_is_looked_at_by_a_shape() -> None:
    looked_at = {
        compact(shape.path.value)
        for shape in data_shapes().by_node.values()
        if isinstance(shape.path, NamedNode) and VALUES & {constraint.component for constraint in shape.constraints}
    }
    assert {term for term, _ in stated("range")} - looked_at == set(), MEND


def test_each_class_and_datatype_of_a_mirrored_range_is_stated() -> None:
    mirrored = {
        (compact(shape.path.value), compact(constraint.terms[0].value))
        for shape in MIRRORS
        if isinstance(shape.path, NamedNode)
        for constraint in shape.constraints
        if constraint.component in {"Class", "Datatype"}
    }
    assert mirrored
    assert mirrored <= stated("range"), MEND


def test_the_degree_of_a_thing_without_one_is_told_with_what_to_do() -> None:
    stranger = NamedNode("https://example.org/stranger")
    data = [
        *good_graph(),
        Quad(stranger, RDF_TYPE, NamedNode(f"{ONTOLOGY}Region")),
        Quad(stranger, NamedNode(f"{ONTOLOGY}degree"), NamedNode("https://example.org/nobody")),
    ]
    told = [r for r in validate(data, data_shapes()).results if r.shape.value.endswith("/HavingDegree")]
    assert [result.focus for result in told] == [stranger]
    assert {message.language for message in told[0].messages} == {"en", "ja"}
    assert all("motkg:degree" in message.value for message in told[0].messages)
