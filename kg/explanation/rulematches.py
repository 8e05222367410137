"""Which rule of ``ontology/rules`` made a statement, and from what: the rules read backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kg.core.namespaces import BASE
from kg.explanation.patterns import matches
from kg.query.catalogue.binding import moved
from kg.sparql import NOWHERE, ConstructQuery, Modifiers, Selection, SelectQuery, Variable, parse
from kg.sparql import Iri as IriNode
from kg.sparql import Literal as LiteralNode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyoxigraph import Triple

    from kg.explanation.patterns import Lookup
    from kg.sparql import Node, TriplesSameSubject
    from kg.store.protocol import QuadStore, Term

    Bindings: TypeAlias = dict[str, Term]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by the name of its file, with what its first comment says."""

    name: str
    words: str
    query: ConstructQuery


def read_rules(folder: Path, base: str = BASE) -> list[Rule]:
    """Read the rules of a folder and of the folders in it, for a graph below ``base``.

    Raises:
        QueryError: a rule is no SPARQL.

    """
    texts = ((path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.rq")))
    read = ((name, text, moved(parse(text), base)) for name, text in texts)
    return [Rule(name, _first_comment(text), query) for name, text, query in read if isinstance(query, ConstructQuery)]


def made_by(
    rules: list[Rule], statement: Triple, store: QuadStore, lookup: Lookup
) -> Iterator[tuple[Rule, tuple[Triple, ...]]]:
    """Yield each rule that makes a statement, with the statements that it made it from."""
    for rule in rules:
        query = rule.query
        everything, unmodified = Selection(NOWHERE, "", ()), Modifiers(NOWHERE, (), (), (), None, None)
        pattern = SelectQuery(NOWHERE, query.prologue, everything, query.dataset, query.where, unmodified, query.values)
        for triples in query.template or ():
            for bindings in _unified(triples, statement):
                for found in matches(pattern, bindings, store, lookup):
                    if found:
                        yield rule, found


def _unified(triples: TriplesSameSubject, statement: Triple) -> Iterator[Bindings]:
    """Yield the values of variables under which a template of a rule makes the statement."""
    for each in triples.properties:
        for written in each.objects:
            bindings: Bindings = {}
            parts = (
                (triples.subject, statement.subject),
                (each.verb, statement.predicate),
                (written, statement.object),
            )
            if all(_fits(node, term, bindings) for node, term in parts):
                yield bindings


def _fits(node: Node, term: Term, bindings: Bindings) -> bool:
    if isinstance(node, Variable):
        return bindings.setdefault(node.name, term) == term
    if isinstance(node, IriNode):
        return getattr(term, "value", "") == node.value
    return isinstance(node, LiteralNode) and getattr(term, "value", "") == node.value


def _first_comment(text: str) -> str:
    lines = (line.lstrip("#+ ").strip() for line in text.splitlines() if line.startswith("#"))
    return next((line for line in lines if line), "")
