from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import InputError
from kg.core.resources import ontology_dir
from kg.loaders import Origin, load_ontology, load_rdf

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders import Vocabulary

PREFIX = "@prefix : <http://example.org/> .\n"
GENID = "https://w3id.org/motkg/.well-known/genid/"


def test_blank_nodes_become_iris_numbered_in_order_of_appearance(tmp_path: Path) -> None:
    (tmp_path / "schemes").mkdir()
    (tmp_path / "motkg.ttl").write_text(PREFIX + ":a :p [ :q 1 ] .\n:b :p [ :q 2 ] , _:x .\n_:x :p :a .\n")
    (tmp_path / "schemes" / "stage.ttl").write_text(PREFIX + ":c :p [] .\n")
    quads = load_ontology(tmp_path).quads
    assert not any(isinstance(term, BlankNode) for quad in quads for term in (quad.subject, quad.object))
    found = [
        (quad.subject.value.removeprefix(GENID), quad.object.value.removeprefix(GENID))
        for quad in quads
        if GENID in str(quad)
    ]
    a = "http://example.org/a"
    b = "http://example.org/b"
    assert sorted(found) == sorted(
        [
            ("motkg/1", "1"),
            (a, "motkg/1"),
            ("motkg/2", "2"),
            (b, "motkg/2"),
            (b, "motkg/3"),
            ("motkg/3", a),
            ("http://example.org/c", "stage/1"),
        ]
    )


def test_two_loads_give_the_same_statements(tmp_path: Path) -> None:
    (tmp_path / "motkg.ttl").write_text(PREFIX + ":a :p ( 1 [ :q 2 ] ) .\n")
    assert load_ontology(tmp_path) == load_ontology(tmp_path)


def test_statements_lie_in_the_graph_of_the_ontology_and_know_their_file(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    folder.mkdir()
    (folder / "motkg.ttl").write_text(PREFIX + ":a :p 0.10 .\n")
    statements = load_ontology(folder)
    (quad,) = statements
    assert quad.graph_name == NamedNode("https://w3id.org/motkg/graph/ontology")
    assert quad.object == Literal("0.10", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    assert statements.origins[quad] == Origin("ontology/motkg.ttl")


def test_syntax_errors_of_all_files_come_with_line_and_column(tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    (folder / "schemes").mkdir(parents=True)
    (folder / "motkg.ttl").write_text(PREFIX + ":a :p other:b .\n")
    (folder / "schemes" / "stage.ttl").write_bytes(b"# caf\xe9\n")
    with pytest.raises(InputError) as caught:
        load_ontology(folder)
    problems = caught.value.problems
    assert [(problem.file, problem.line, problem.column) for problem in problems] == [
        ("ontology/motkg.ttl", 2, 7),
        ("ontology/schemes/stage.ttl", 1, 6),
    ]
    assert "The prefix other: has not been declared" in problems[0].message


def test_a_missing_ontology_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"motkg.ttl: the file cannot be read"):
        load_ontology(tmp_path)


def test_the_vocabulary_holds_what_the_ontology_declares(vocabulary: Vocabulary) -> None:
    motkg = "https://w3id.org/motkg/ontology/"
    assert f"{motkg}Alliance" in vocabulary.classes
    assert vocabulary.object_properties[f"{motkg}participation"] == (f"{motkg}AllianceParticipation",)
    assert f"{motkg}sampleSize" in vocabulary.datatype_properties
    research = NamedNode("https://w3id.org/motkg/concept/stage/basic-research")
    assert vocabulary.concepts["stage"]["basic-research"] == research
    assert vocabulary.labels["stage"]["basic research"] == vocabulary.labels["stage"]["Basic Research"] == (research,)
    assert "基礎研究" not in vocabulary.labels["stage"]
    assert "concept:role/partner" in vocabulary.concept_names()


def test_every_word_of_the_shipped_context_is_declared_in_the_shipped_ontology() -> None:
    from kg.loaders.cases.context import shipped_context

    resources = {quad.subject.value for quad in load_ontology(ontology_dir())} | {
        "http://www.w3.org/2000/01/rdf-schema#label"
    }
    assert shipped_context().words
    assert [word.name for word in shipped_context().words.values() if word.iri.value not in resources] == []


def test_rdf_files_are_read_as_written_and_their_blank_nodes_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(PREFIX + "_:x :p 01 .\n")
    (tmp_path / "b.nq").write_text(
        '_:x <http://example.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <http://example.org/g> .\n'
    )
    quads = load_rdf([tmp_path / "a.ttl", tmp_path / "b.nq"]).quads
    assert [quad.object.value for quad in quads] == ["01", "01"]
    assert quads[0].subject != quads[1].subject
    assert quads[1].graph_name == NamedNode("http://example.org/g")


def test_rdf_files_that_cannot_be_read_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://example.org/a> <p .\n")
    (tmp_path / "b.tll").write_text("")
    with pytest.raises(InputError) as caught:
        load_rdf([tmp_path / "a.ttl", tmp_path / "b.tll", tmp_path / "gone.nt"])
    problems = {problem.file.rsplit("/", 1)[-1]: problem for problem in caught.value.problems}
    assert problems["a.ttl"].line == 1
    assert ".ttl" in problems["b.tll"].near
    assert "cannot be read" in problems["gone.nt"].message
