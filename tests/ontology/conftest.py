"""The ontology as its files say it, and the statements of the shipped documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Quad, Store, parse

from kg.core.resources import ontology_dir, shipped_documents
from kg.core.terms import OWL, OWL_IMPORTS
from kg.loaders import load_cases, load_ontology, shipped_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def ontology_files() -> list[Path]:
    """What the ontology consists of: terms, schemes, structures, links to other vocabularies."""
    folder = ontology_dir()
    return [
        folder / "motkg.ttl",
        folder / "cubes.ttl",
        folder / "alignments.ttl",
        *sorted((folder / "schemes").glob("*.ttl")),
    ]


@pytest.fixture(scope="session")
def ontology_triples() -> list[Quad]:
    """The ontology with its blank nodes, which the loader would give names."""
    found = []
    for path in ontology_files():
        nodes: dict[str, BlankNode] = {}
        for quad in parse(path=str(path)):
            if path.stem != "motkg" and (
                quad.predicate == OWL_IMPORTS or getattr(quad.object, "value", "") == f"{OWL}Ontology"
            ):
                continue  # the header that opens a part in an editor, which the loader leaves out
            ends = [
                nodes.setdefault(end.value, BlankNode()) if isinstance(end, BlankNode) else end
                for end in (quad.subject, quad.object)
            ]
            found.append(Quad(ends[0], quad.predicate, ends[1], DefaultGraph()))
    return found


@pytest.fixture(scope="session")
def loaded_ontology() -> list[Quad]:
    """The ontology as the loader gives it."""
    return load_ontology(ontology_dir()).quads


@pytest.fixture(scope="session")
def case_quads() -> list[Quad]:
    """What the shipped documents state."""
    return load_cases(shipped_documents(), shipped_vocabulary()).quads


@pytest.fixture
def store_of() -> Callable[[list[Quad]], Store]:
    """Makes a store whose default graph holds the statements given."""

    def fill(quads: list[Quad]) -> Store:
        store = Store()
        store.extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
        return store

    return fill
