"""The ontology's Turtle files to statements in the graph ``graph/ontology``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse

from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.core.resources import ontology_dir
from kg.core.terms import BASE
from kg.loaders.cases.text import read_text
from kg.loaders.cases.vocabulary import Vocabulary
from kg.loaders.statements import Statements

if TYPE_CHECKING:
    from pathlib import Path

ONTOLOGY_GRAPH: Final = NamedNode(f"{BASE}graph/ontology")
GENID: Final = f"{BASE}.well-known/genid/"


def load_ontology(folder: Path) -> Statements:
    """Read ``motkg.ttl``, ``schemes/*.ttl``, and ``cubes.ttl`` and ``alignments.ttl`` where they exist.

    Blank nodes become IRIs ``…/.well-known/genid/<file stem>/<n>``, numbered in order of appearance (RDF 1.1 Concepts,
    3.5).

    Raises:
        InputError: a file is missing or is not Turtle; one problem for each such file.

    """
    optional = [path for path in (folder / "cubes.ttl", folder / "alignments.ttl") if path.exists()]
    statements = Statements()
    problems: list[Problem] = []
    for path in (folder / "motkg.ttl", *sorted((folder / "schemes").glob("*.ttl")), *optional):
        name = path.relative_to(folder.parent).as_posix()
        try:
            _load_file(path, name, statements)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return statements


@cache
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary of the ontology that motkg ships."""
    return Vocabulary.of(load_ontology(ontology_dir()))


def _load_file(path: Path, name: str, statements: Statements) -> None:
    origin = Origin(name)
    genids: dict[str, NamedNode] = {}

    def skolem(node: BlankNode) -> NamedNode:
        return genids.setdefault(node.value, NamedNode(f"{GENID}{path.stem}/{len(genids) + 1}"))

    try:
        for quad in parse(read_text(path, name), RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, BlankNode):
                subject = skolem(subject)
            if isinstance(value, BlankNode):
                value = skolem(value)
            statements.add(Quad(subject, quad.predicate, value, ONTOLOGY_GRAPH), origin)
    except SyntaxError as error:
        message = f"not Turtle: {error.msg}"
        raise InputError([Problem(name, error.lineno or 0, error.offset or 0, message)]) from error
