"""The graph as owlready2 objects: read, changed, saved, and in step with the store."""

from __future__ import annotations

import warnings

import owlready2
import pytest
from pyoxigraph import NamedNode

import kg
from kg.core.errors import QueryError
from kg.core.terms import BASE
from kg.graph.graph import Graph
from kg.store.embedded.writable import WritableEmbeddedStore

ALTOS = f"{BASE}id/kanai-hara-1992/org/altos-computer-systems"


@pytest.fixture(scope="module")
def ontology() -> owlready2.Ontology:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Binding .* is a named parameter")  # owlready2 on Python 3.12
        return kg.open().ontology()


def test_classes_know_their_members_and_members_their_properties(ontology: owlready2.Ontology) -> None:
    altos = ontology.world[ALTOS]
    assert altos in ontology.Firm.instances()
    assert altos.label.en == ["Altos Computer Systems"]
    assert [partner.label.en for partner in altos.alliedWith] == [["Tau Giken"]]
    assert ontology.SmallFirm in ontology.Firm.descendants()


def test_every_class_of_the_ontology_has_as_many_members_as_in_the_store(ontology: owlready2.Ontology) -> None:
    graph = kg.open()
    rows = graph.query(
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?class a owl:Class . ?thing a ?class } GROUP BY ?class"
    ).rows
    counts = {cls.value: int(number.value) for cls, number in rows if cls.value.startswith(f"{BASE}ontology/")}
    assert counts
    assert counts == {iri: len(set(ontology.world[iri].instances())) for iri in counts}


@pytest.fixture
def graph() -> Graph:
    """The ontology and one document, which are as much as these tests look at."""
    store = WritableEmbeddedStore.in_memory()
    names = {f"{BASE}graph/ontology", f"{BASE}graph/kanai-hara-1992"}
    store.load(quad for quad in kg.open().store.quads() if quad.graph_name.value in names)
    return Graph(store)


def test_changes_of_objects_are_saved_into_the_store(graph: Graph) -> None:
    ontology = graph.ontology()
    assert graph.objects.changes() == ([], [])
    with ontology:
        firm = ontology.SmallFirm("newcomer")
    firm.isAtStage = [ontology.world[f"{BASE}concept/stage/commercialization"]]
    ontology.world[ALTOS].label.remove(owlready2.locstr("Altos Computer Systems", "en"))
    added, removed = graph.objects.changes()
    assert [triple.object.value for triple in removed] == ["Altos Computer Systems"]
    assert graph.objects.save(f"{BASE}graph/mine") == len(added) + 1
    assert graph.objects.changes() == ([], [])
    assert graph.ask(
        f"ASK {{ GRAPH <{BASE}graph/mine> {{ ?firm a motkg:SmallFirm ; motkg:isAtStage stage:commercialization }} }}"
    )
    assert not graph.ask(f'ASK {{ <{ALTOS}> rdfs:label "Altos Computer Systems"@en }}')
    assert graph.ontology() is ontology


def test_changes_of_the_store_are_in_the_next_ontology_and_unsaved_ones_are_kept(graph: Graph) -> None:
    first = graph.ontology()
    with first:
        first.LargeFirm("unsaved")
    graph.store.update(f"INSERT DATA {{ GRAPH <{BASE}graph/mine> {{ <{BASE}id/x/org/other> a motkg:SmallFirm }} }}")
    second = graph.ontology()
    assert second is not first
    assert second.world[f"{BASE}id/x/org/other"] in second.SmallFirm.instances()
    assert second.unsaved in second.LargeFirm.instances()
    added, removed = graph.objects.changes()
    assert {triple.subject for triple in added} == {NamedNode(f"{BASE}ontology/unsaved")}
    assert removed == []


def test_a_store_for_reading_takes_no_changes() -> None:
    with pytest.raises(QueryError, match="for reading only"):
        kg.open().objects.save(f"{BASE}graph/mine")
