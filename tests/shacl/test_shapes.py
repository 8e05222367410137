"""The shipped shapes keep their own rules: names, messages, known terms, and a shape for every class."""

from __future__ import annotations

import re

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.resources import ontology_dir
from kg.core.terms import ONTOLOGY, RDF_TYPE, compact, expand, prefixes
from kg.shacl import load_shapes
from kg.shacl.nodes import FIRST, REST, DataGraph, sh

FILES = sorted(path for path in (ontology_dir() / "shapes").glob("*.ttl") if path.stem != "ontology")
SHAPES = load_shapes(FILES)
ALL = list(SHAPES.by_node.values())
OWL_CLASS = NamedNode("http://www.w3.org/2002/07/owl#Class")


def ontology() -> DataGraph:
    files = [ontology_dir() / "motkg.ttl", ontology_dir() / "cubes.ttl"]
    return DataGraph(quad for file in files for quad in pyoxigraph.parse(path=file))


@pytest.mark.parametrize("shape", ALL, ids=lambda shape: compact(shape.node.value))
def test_a_shape_has_a_speaking_name_a_severity_and_a_message_in_two_languages(shape: object) -> None:
    assert isinstance(shape.node, NamedNode), "a shape has an IRI"
    pattern = r"shape:[A-Z]\w*-[a-z]\w*" if shape.path is not None else r"shape:[A-Z]\w*"
    assert re.fullmatch(pattern, compact(shape.node.value))
    assert shape.severity == sh("Violation")
    assert sorted(message.language or "" for message in shape.messages) == ["en", "ja"]
    assert all(message.value[-1] in ".。" for message in shape.messages)


def test_each_property_shape_belongs_to_the_node_shape_that_it_is_named_after() -> None:
    properties = [(shape, each) for shape in ALL for each in shape.constraints if each.component == "Property"]
    assert properties
    for shape, constraint in properties:
        (inner,) = constraint.shapes
        assert inner.value.startswith(f"{shape.node.value}-")
    referred = {inner for shape in ALL for constraint in shape.constraints for inner in constraint.shapes}
    assert {shape.node for shape in ALL if shape.path is not None} <= referred


def test_blank_nodes_stand_only_for_lists_and_paths() -> None:
    allowed = {sh("inversePath"), sh("alternativePath"), FIRST, REST}
    assert {quad.predicate for quad in SHAPES.quads if isinstance(quad.subject, BlankNode)} <= allowed


def test_shapes_speak_only_of_terms_that_the_ontology_declares() -> None:
    graph = ontology()
    known = {node for node in graph.forward(RDF_TYPE) if isinstance(node, NamedNode)} | set(graph.backward(RDF_TYPE))
    reused = (
        "org",
        "foaf",
        "prov",
        "qb",
        "oa",
        "cito",
        "fabio",
        "sdmx-measure",
        "sdmx-attribute",
        "dc",
        "dcterms",
        "skos",
    )
    ours = (ONTOLOGY, *(prefixes()[prefix] for prefix in reused))
    used = {
        quad.object
        for quad in SHAPES.quads
        if isinstance(quad.object, NamedNode) and quad.object.value.startswith(ours)
    }
    assert used
    undeclared = {compact(node.value) for node in used - known}
    assert undeclared == set()


def test_schemes_that_shapes_name_exist() -> None:
    files = (ontology_dir() / "schemes").glob("*.ttl")
    schemes = {
        quad.subject
        for path in files
        for quad in pyoxigraph.parse(path=path)
        if quad.object == expand("skos:ConceptScheme")
    }
    objects = {quad.object for quad in SHAPES.quads if isinstance(quad.object, NamedNode)}
    used = {node for node in objects if node.value.startswith(prefixes()["scheme"])}
    assert used
    assert {compact(node.value) for node in used - schemes} == set()


def test_every_class_of_the_ontology_is_the_target_of_a_shape_or_has_a_superclass_that_is() -> None:
    graph = ontology()
    targeted = {
        target.term for shape in SHAPES.with_targets() for target in shape.targets if target.kind == "targetClass"
    }
    covered = {sub for cls in targeted for sub in graph.subclasses(cls)}
    classes = {
        node
        for node in graph.backward(RDF_TYPE)[OWL_CLASS]
        if isinstance(node, NamedNode) and node.value.startswith(ONTOLOGY)
    }
    assert {compact(node.value) for node in classes - covered} == {"motkg:JointVentureAlliance", "motkg:Topic"}, (
        "one is defined by its form, the other is stated by a rule of whatever something is said of"
    )


def test_queries_of_constraints_are_select_queries_that_parse() -> None:
    selects = [constraint.select for shape in ALL for constraint in shape.constraints if constraint.select]
    assert len(selects) == 2
    for select in selects:
        answer = pyoxigraph.Store().query(select.query)
        assert "this" in [variable.value for variable in answer.variables]


def test_messages_of_a_language_are_literals_of_that_language() -> None:
    messages = [quad.object for quad in SHAPES.quads if quad.predicate == sh("message")]
    japanese = [m.value for m in messages if isinstance(m, Literal) and m.language == "ja"]
    assert japanese
    assert [text for text in japanese if not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text)] == []
