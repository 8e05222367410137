"""Queries [1-16]: the entry to the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core import terms
from kg.core.text import is_shallow
from kg.sparql.nodes import (
    AskQuery,
    BaseDeclaration,
    BuiltInCall,
    ConstructQuery,
    DatasetClause,
    Declaration,
    DescribeQuery,
    Group,
    Iri,
    Literal,
    PrefixDeclaration,
    Query,
    SelectQuery,
    TriplesBlock,
    TriplesSameSubject,
    TripleTerm,
    Variable,
    VersionDeclaration,
    walk,
)
from kg.sparql.patterns import ModifierParser
from kg.sparql.terms import IRI_STARTS
from kg.sparql.tokens import Source, error
from kg.sparql.triples import SUBJECT_STARTS
from kg.sparql.variables import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.sparql.nodes import Node

Prologue = tuple[Declaration, ...]
AFTER_QUERY: Final = "the end of the query, or a modifier such as ORDER BY or LIMIT"


def parse(text: str, *, base: str | None = None, known: Mapping[str, str] | None = None) -> Query:
    """Return the syntax tree of a query in SPARQL 1.1 or 1.2.

    Args:
        text: the query.
        base: what relative IRIs are resolved against until the query says BASE.
        known: prefixes that need no declaration, with their namespaces; those of ``ontology/prefixes.ttl`` unless
            given.

    Raises:
        QueryError: the text is no query, with the line, the column, what was expected there, and the likely slip.

    """
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        source = Source(text)
        raise error(source, source.span(fault.start, fault.end), "half a surrogate pair is no character") from None
    if not is_shallow(text):
        from kg.sparql.size import refuse_large

        refuse_large(text)
    parser = QueryParser(text, base, terms.prefixes if known is None else lambda: known)
    query = parser.query()
    check(query, parser.source)
    return query


class QueryParser(ModifierParser):
    """Reads a whole query."""

    def query(self) -> Query:
        """Read a query to the end of the text [1, 2]."""
        start = self.token.start
        prologue = self._prologue()
        readers: dict[str, Callable[[int, Prologue], Query]] = {
            "SELECT": self._select,
            "CONSTRUCT": self._construct,
            "DESCRIBE": self._describe,
            "ASK": self._ask,
        }
        reader = readers.get(self.kind)
        if reader is None:
            raise self.unexpected("SELECT, CONSTRUCT, DESCRIBE or ASK")
        query = reader(start, prologue)
        if self.kind != "END":
            raise self.unexpected(AFTER_QUERY)
        return query

    def _prologue(self) -> Prologue:
        """Read BASE and PREFIX declarations, which hold from where they stand [4]."""
        found: list[Declaration] = []
        while self.kind in {"BASE", "PREFIX", "VERSION"}:
            start = self.token.start
            word = self.advance().kind
            if word == "VERSION":
                found.append(self._version(start))
            elif word == "BASE":
                iri = self._iri_in_brackets("an IRI in angle brackets after BASE")
                self.base = iri.value
                self._names.clear()
                found.append(BaseDeclaration(self.since(start), iri))
            else:
                prefix = self.prefix_name()
                iri = self._iri_in_brackets("an IRI in angle brackets after the prefix")
                self.prefixes[prefix] = iri.value
                found.append(PrefixDeclaration(self.since(start), prefix, iri))
        return tuple(found)

    def _version(self, start: int) -> VersionDeclaration:
        expected = 'a version in quotes after VERSION, such as "1.2"'
        token = self.expect("STRING", expected)
        if token.text[:3] in {'"""', "'''"}:
            raise self.wrong("a version stands in single or double quotes, not in three", self.since(token.start))
        return VersionDeclaration(self.since(start), self.text_of(token))

    def _iri_in_brackets(self, expected: str) -> Iri:
        if self.kind != "IRIREF":
            raise self.unexpected(expected)
        return self.iri()

    def _select(self, start: int, prologue: Prologue) -> SelectQuery:
        selection = self.selection()
        dataset = self._dataset()
        where = self.where()
        modifiers = self.modifiers()
        values = self.trailing_values()
        return SelectQuery(self.since(start), prologue, selection, dataset, where, modifiers, values)

    def _construct(self, start: int, prologue: Prologue) -> ConstructQuery:
        self.advance()
        template: tuple[TriplesSameSubject, ...] | None = None
        if self.kind == "{":
            template = self._template()[1]
            dataset = self._dataset()
            where = self.where()
        else:
            dataset = self._dataset()
            self.expect("WHERE", "'{' with a template, or WHERE, after CONSTRUCT")
            opening = self.token.start
            block, triples = self._template()
            where = Group(self.since(opening), (block,) if triples else ())
        modifiers = self.modifiers()
        values = self.trailing_values()
        return ConstructQuery(self.since(start), prologue, template, dataset, where, modifiers, values)

    def _template(self) -> tuple[TriplesBlock, tuple[TriplesSameSubject, ...]]:
        """Read triples in braces, without paths [73, 74]."""
        self.expect("{", "'{'")
        start = self.token.start
        triples: list[TriplesSameSubject] = []
        while self.kind in SUBJECT_STARTS:
            triples += self.stated_triples(paths=False)
            if not self.accept("."):
                break
        block = TriplesBlock(self.since(start), tuple(triples))
        self.expect("}", "'.' or ';' after the object, or '}'" if triples else "a triple or '}'")
        return block, block.triples

    def _describe(self, start: int, prologue: Prologue) -> DescribeQuery:
        self.advance()
        targets: list[Variable | Iri] = []
        if not self.accept("*"):
            while not targets or self.kind == "VAR" or self.kind in IRI_STARTS:
                targets.append(self.variable_or_iri("a variable, an IRI or '*' after DESCRIBE"))
        dataset = self._dataset()
        where = self.where() if self.kind in {"WHERE", "{"} else None
        modifiers = self.modifiers()
        values = self.trailing_values()
        return DescribeQuery(self.since(start), prologue, tuple(targets), dataset, where, modifiers, values)

    def _ask(self, start: int, prologue: Prologue) -> AskQuery:
        self.advance()
        dataset = self._dataset()
        where = self.where()
        modifiers = self.modifiers()
        values = self.trailing_values()
        return AskQuery(self.since(start), prologue, dataset, where, modifiers, values)

    def _dataset(self) -> tuple[DatasetClause, ...]:
        found: list[DatasetClause] = []
        while self.kind == "FROM":
            start = self.advance().start
            named = self.accept("NAMED")
            iri = self.iri("the IRI of a graph after FROM")
            found.append(DatasetClause(self.since(start), named, iri))
        return tuple(found)


FUNCTIONS_OF_1_2: Final = frozenset(
    ("ISTRIPLE", "TRIPLE", "SUBJECT", "PREDICATE", "OBJECT", "LANGDIR", "HASLANG", "HASLANGDIR", "STRLANGDIR")
)
"""The functions that SPARQL 1.2 adds."""


def beyond_1_1(query: Node) -> Node | None:
    """Return the first node of a query that only SPARQL 1.2 has: a triple term, a base direction, a function, VERSION.

    Reified triples and annotations are triple terms in the tree.
    """
    return next(filter(_is_beyond, walk(query)), None)


def _is_beyond(node: Node) -> bool:
    match node:
        case TripleTerm():
            return True
        case VersionDeclaration(_, label):
            return label != "1.1"
        case Literal(_, _, _, language):
            return "--" in language
        case BuiltInCall(_, name, _):
            return name in FUNCTIONS_OF_1_2
    return False
