"""Where the rows of an answer come from: the places in the documents at which what they rest on is stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal

from kg.core.terms import BASE
from kg.query.matches import hidden_keys, matched_things
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.store.protocol import QuadStore, Term

_AT_ONCE: Final = 200
# A thing is stated at a place itself (a cited work is listed there) or through what it was derived from; a place that a
# query matched stands for itself. Three queries, because Oxigraph takes the alternatives of a UNION for all things
# before it looks which are wanted.
_PLACES: Final = tuple(
    "PREFIX motkg: <%(base)sontology/> SELECT DISTINCT ?thing ?place WHERE { VALUES ?thing { %(things)s } "
    + pattern
    + " }"
    for pattern in (
        "?thing motkg:statedAt|motkg:listedAt ?place",
        "?thing prov:wasDerivedFrom+ ?origin . ?origin motkg:statedAt ?place",
        "?thing oa:hasSelector ?selector BIND(?thing AS ?place)",
    )
)
_DETAILS: Final = """
PREFIX motkg: <%(base)sontology/>
SELECT DISTINCT ?place ?document ?start ?end ?section ?table ?row ?column WHERE {
  VALUES ?place { %(things)s }
  ?place oa:hasSource ?document ; oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  OPTIONAL { ?place motkg:section ?section }
  OPTIONAL { ?place motkg:inTable ?table ; motkg:rowNumber ?row ; motkg:columnNumber ?column }
}
"""
_WHOLES: Final = """
PREFIX motkg: <%sontology/>
SELECT DISTINCT ?whole WHERE { VALUES ?class { motkg:SourceDocument qb:DataSet } ?whole a ?class }
"""


class Place(NamedTuple):
    """A place in a document: its first and last offsets, its section, and its cell if it lies in a table.

    The last offset is the one past the last character.

    ``document`` and ``table`` are the slugs of their IRIs, ``iri`` is that of the place.
    """

    document: str
    start: int
    end: int
    section: str
    table: str
    row: int
    column: int
    iri: str

    def __str__(self) -> str:
        """Return the place in words: the document, the cell or section, and the offsets."""
        where = f", section {self.section}" if self.section else ""
        if self.table:
            where = f", table {self.table} r{self.row}c{self.column}"
        return f"{self.document}{where} ({self.start}–{self.end})"  # noqa: RUF001 - a range is written with an en dash


@dataclass(frozen=True, slots=True)
class RowEvidence:
    """The evidence of one row: the places in documents, and the IRIs of the things that the query matched for the row.

    Iteration, length and indexing are those of the places. A row without places says in words why it has none.
    """

    places: tuple[Place, ...]
    things: frozenset[str] = frozenset()
    remark: str = ""

    @property
    def documents(self) -> tuple[str, ...]:
        """The slugs of the documents."""
        return tuple(dict.fromkeys(place.document for place in self.places))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that cells are from, as ``document/table``."""
        return tuple(dict.fromkeys(f"{place.document}/{place.table}" for place in self.cells))

    @property
    def cells(self) -> tuple[Place, ...]:
        """The places that are cells of tables."""
        return tuple(place for place in self.places if place.table)

    def __iter__(self) -> Iterator[Place]:
        """Return each place."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.places)

    def __getitem__(self, index: int) -> Place:
        """Return one place."""
        return self.places[index]

    def __str__(self) -> str:
        """Return the places in words, or why there are none."""
        if self.places:
            return "; ".join(map(str, self.places))
        if self.remark:
            return f"none: {self.remark}"
        if self.things:
            return "none: no document states at a place what this row is made of"
        return "none: the query matched nothing that has a name for this row"


def evidence_of_rows(text: str, solutions: Solutions, store: QuadStore, base: str = BASE) -> list[RowEvidence]:
    """Return for each row the places that state what the query matched for it, in document order.

    Args:
        text: the SELECT query that the solutions answer, parameters bound.
        solutions: the answer.
        store: the graph that gave it.
        base: the base of the graph's IRIs.

    Raises:
        QueryError: the text is no SELECT query.

    """
    things = matched_things(text, solutions, store)
    hidden, unknown = hidden_keys(text, solutions)
    places = places_of_things(set().union(*things), store, base)
    found = [
        RowEvidence(tuple(sorted({place for thing in each for place in places.get(thing, ())})), each)
        for each in things
    ]
    remark = f"the query groups by {hidden} and does not select it, so that the row does not tell its group"
    return [RowEvidence((), frozenset(), remark) if number in unknown else each for number, each in enumerate(found)]


def with_evidence(solutions: Solutions, evidence: Sequence[RowEvidence]) -> Solutions:
    """Return the solutions with one more column that tells the places in words, or why there are none."""
    name = "evidence"
    while name in solutions.variables:
        name += "_"
    rows = tuple((*row, Literal(str(each))) for row, each in zip(solutions.rows, evidence, strict=True))
    return Solutions((*solutions.variables, name), rows)


def places_of_things(things: set[str], store: QuadStore, base: str = BASE) -> dict[str, list[Place]]:
    """Return the places of each thing, by IRI.

    Where a whole document or table is introduced is no evidence for what stands in it.
    """
    parts = things - {_value(row[0]) for row in _rows(store, _WHOLES % base)}
    links = [(_value(thing), _value(place)) for rule in _PLACES for thing, place in _asked(rule, parts, store, base)]
    details = {row[0]: row for row in map(_place, _asked(_DETAILS, {place for _, place in links}, store, base))}
    found: dict[str, list[Place]] = {}
    for thing, place in links:
        if place in details:
            found.setdefault(thing, []).append(details[place][1])
    return found


def _place(row: Sequence[Term | None]) -> tuple[str, Place]:
    iri, document, start, end, section, table, line, column = map(_value, row)
    slug = document.rstrip("/").rsplit("/", 2)[-2 if document.endswith("/document") else -1]
    return iri, Place(
        slug, int(start), int(end), section, table.rsplit("/", 1)[-1], int(line or 0), int(column or 0), iri
    )


def _asked(query: str, iris: Iterable[str], store: QuadStore, base: str) -> Iterator[Sequence[Term | None]]:
    waiting = sorted(iris)
    for start in range(0, len(waiting), _AT_ONCE):
        things = " ".join(f"<{iri}>" for iri in waiting[start : start + _AT_ONCE])
        yield from _rows(store, query % {"base": base, "things": things})


def _rows(store: QuadStore, text: str) -> Sequence[Sequence[Term | None]]:
    answer = store.query(text)
    return answer.rows if isinstance(answer, Solutions) else ()


def _value(term: Term | None) -> str:
    return "" if term is None else str(getattr(term, "value", term))
