"""The ontology's Turtle files: their statements, and the names that they declare for case files and tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from kg.core.errors import InputError, Problem
from kg.core.origin import Origin, Statements
from kg.core.resources import ontology_dir
from kg.core.terms import BASE, ONTOLOGY_GRAPH, OWL, OWL_IMPORTS, RDF, RDFS, SKOS
from kg.loaders.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CONCEPT: Final = f"{BASE}concept/"

_RDF_TYPE: Final = f"{RDF}type"
_ONTOLOGY_TYPE: Final = NamedNode(f"{OWL}Ontology")
_LABELS: Final = frozenset(f"{SKOS}{name}" for name in ("prefLabel", "altLabel", "hiddenLabel"))
GENID: Final = f"{BASE}.well-known/genid/"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Declared classes, properties with their ranges, and concepts with their labels; all by IRI.

    ``concepts`` maps a scheme's slug to its concepts by slug, ``labels`` a scheme's slug to its concepts by English
    preferred, alternative or hidden label; ``resources`` is everything that the ontology says something about.
    """

    classes: frozenset[str]
    object_properties: Mapping[str, tuple[str, ...]]
    datatype_properties: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, Mapping[str, NamedNode]]
    labels: Mapping[str, Mapping[str, tuple[NamedNode, ...]]]
    resources: frozenset[str]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Read the ontology's quads, as ``load_ontology`` gives them."""
        types: dict[str, set[str]] = defaultdict(set)
        ranges: dict[str, list[str]] = defaultdict(list)
        schemes: dict[NamedNode, list[str]] = defaultdict(list)
        labels: dict[NamedNode, list[str]] = defaultdict(list)
        resources: set[str] = set()
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, NamedNode):
                continue
            resources.add(subject.value)
            if isinstance(value, NamedNode):
                if predicate == _RDF_TYPE:
                    types[value.value].add(subject.value)
                elif predicate == f"{RDFS}range":
                    ranges[subject.value].append(value.value)
                elif predicate == f"{SKOS}inScheme":
                    schemes[subject].append(slug(value.value))
            elif predicate in _LABELS and isinstance(value, Literal) and value.language == "en":
                labels[subject].append(value.value)
        return cls(
            classes=frozenset(types[f"{OWL}Class"]),
            object_properties={iri: tuple(ranges[iri]) for iri in types[f"{OWL}ObjectProperty"]},
            datatype_properties={iri: tuple(ranges[iri]) for iri in types[f"{OWL}DatatypeProperty"]},
            concepts=_by_scheme(schemes),
            labels=_by_label(schemes, labels),
            resources=frozenset(resources),
        )

    def concept_names(self) -> list[str]:
        """Return every concept as case files write it where no scheme is implied.

        An example is ``concept:stage/commercialization``.
        """
        return [
            f"concept:{node.value.removeprefix(CONCEPT)}"
            for members in self.concepts.values()
            for node in members.values()
        ]


def slug(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rsplit("/", 1)[-1]


def _by_scheme(schemes: Mapping[NamedNode, list[str]]) -> dict[str, dict[str, NamedNode]]:
    found: dict[str, dict[str, NamedNode]] = defaultdict(dict)
    for concept, names in schemes.items():
        for name in names:
            found[name][slug(concept.value)] = concept
    return dict(found)


def _by_label(
    schemes: Mapping[NamedNode, list[str]], labels: Mapping[NamedNode, list[str]]
) -> dict[str, dict[str, tuple[NamedNode, ...]]]:
    found: dict[str, dict[str, tuple[NamedNode, ...]]] = defaultdict(dict)
    for concept, names in schemes.items():
        for name in names:
            for label in dict.fromkeys(labels[concept]):
                found[name][label] = (*found[name].get(label, ()), concept)
    return dict(found)


def load_ontology(folder: Path) -> Statements:
    """Read ``motkg.ttl``, ``schemes/*.ttl``, and ``cubes.ttl`` and ``alignments.ttl`` where they exist.

    Blank nodes become IRIs ``…/.well-known/genid/<file stem>/<n>``, numbered in order of appearance (RDF 1.1 Concepts,
    3.5). Headers of files other than ``motkg.ttl`` are left out: they tell editors which file to open with them, and
    say nothing of the one ontology that the files make up.

    Raises:
        InputError: a file is missing or is not Turtle; one problem for each such file.

    """
    optional = [path for path in (folder / "cubes.ttl", folder / "alignments.ttl") if path.exists()]
    statements = Statements()
    problems: list[Problem] = []
    for path in (folder / "motkg.ttl", *sorted((folder / "schemes").glob("*.ttl")), *optional):
        name = path.relative_to(folder.parent).as_posix()
        try:
            _load_file(path, name, statements, header=path.parent == folder and path.stem == "motkg")
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return statements


@cache
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary of the ontology that motkg ships."""
    return Vocabulary.of(load_ontology(ontology_dir()))


def _load_file(path: Path, name: str, statements: Statements, *, header: bool) -> None:
    origin = Origin(name)
    genids: dict[str, NamedNode] = {}

    def skolem(node: BlankNode) -> NamedNode:
        return genids.setdefault(node.value, NamedNode(f"{GENID}{path.stem}/{len(genids) + 1}"))

    try:
        for quad in parse(read_text(path, name), RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if not header and (value == _ONTOLOGY_TYPE or quad.predicate == OWL_IMPORTS):
                continue
            if isinstance(subject, BlankNode):
                subject = skolem(subject)
            if isinstance(value, BlankNode):
                value = skolem(value)
            statements.add(Quad(subject, quad.predicate, value, ONTOLOGY_GRAPH), origin)
    except SyntaxError as error:
        message = f"not Turtle: {error.msg}"
        raise InputError([Problem(name, error.lineno or 0, error.offset or 0, message)]) from error
