"""From things of a loaded graph back to rows and cells of the tables that they came from: looked up, not stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from kg.core.errors import InputError, StoreError
from kg.core.origin import Origin
from kg.core.terms import BASE, GRAPH, rebase
from kg.loaders.rdf.addresses import Places
from kg.loaders.tables.cells import Faults
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.readers import ROW
from kg.loaders.tables.rows import KnownIds, TableConverter, spread
from kg.loaders.tables.tables import TableSource, source_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pyoxigraph import Quad

    from kg.loaders.tables.cells import Lines


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """A table of a load.

    It records where the table was read, how its rows become statements, and the SHA-256 of the file at that time.
    """

    source: TableSource
    converter: TableConverter
    digest: str

    def ids(self, frame: pl.DataFrame) -> Iterator[tuple[pl.Series, pl.Series]]:
        """Yield the ids that rows define, each with the numbers of the rows."""
        for thing in self.converter.table.thing.walk():
            if thing.id is not None:
                rows = spread(frame, thing.id.cells)
                yield self.converter.cells.reference(thing.id, rows, Faults()), rows[ROW]


def tables_of(load: dict[str, Any], base: str) -> Iterator[LoadedTable]:
    """Yield the tables of a load, by its record in the manifest of a store that was made under a base."""
    if load["map"] is None:
        return
    document = _document(load, base)
    firm_map = parse_map(load["map"]["text"], load["map"]["name"], load["as"])
    known = KnownIds(lambda _: True, f"{BASE}id/{document}/")
    known.close()
    for given in load["inputs"]:
        name = TableSource(given["name"]).name
        for table in firm_map.tables:
            if len(firm_map.tables) > 1 and table.table != name:
                continue
            inside = given["name"].removeprefix(TableSource(given["name"]).location)
            written = given["path"] + inside if "path" in given else given["name"]
            source = source_of(table, written)
            yield LoadedTable(source, TableConverter(table, source.name, document, known), given.get("sha256", ""))


def wanted_ids(load: dict[str, Any], base: str, iris: Iterable[str], under: str) -> dict[str, list[str]]:
    """Return those of some IRIs that a load may have stated something of, by each id that a row may have.

    The IRIs are written ``under`` a base. The id of a thing inside another begins with that of the outer one, so every
    beginning of it may be a row's.
    """
    begin = rebase(f"{BASE}id/{_document(load, base)}/", under)
    found: dict[str, list[str]] = {}
    for iri in iris:
        if iri.startswith(begin):
            parts = iri.removeprefix(begin).split("/")
            for end in range(1, len(parts) + 1):
                found.setdefault("/".join(parts[:end]), []).append(iri)
    return found


def rows_with(
    table: LoadedTable, wanted: dict[str, list[str]], columns: Collection[str]
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield batches of a table, each with the rows of it that define a wanted id: ``ROW`` and ``id``.

    Raises:
        InputError: the table is no longer there, has lost a column, or cannot be read.

    """
    table.converter.check_columns(table.source.open())
    names = pl.Series(list(wanted), dtype=pl.String).implode()
    for frame in table.source.batches(columns):
        hits = [
            pl.DataFrame({ROW: rows, "id": ids}).filter(pl.col("id").is_in(names)) for ids, rows in table.ids(frame)
        ]
        yield frame, pl.concat(hits) if hits else pl.DataFrame(schema={ROW: pl.UInt32, "id": pl.String})


def cells_of(loads: Iterable[dict[str, Any]], base: str, about: Collection[Any]) -> Places:
    """Find the cells that state something of some nodes, whose IRIs are under motkg's own base.

    A cell is named as in ``Origin``; in text files it has line and column too. A statement that no column alone makes,
    such as a constant of the map, is at the cell that names the thing. Tables that are no longer there, or cannot be
    read, give nothing.
    """
    found = Places()
    nodes = {node for node in about if isinstance(node, NamedNode)}
    for load in loads:
        wanted = wanted_ids(load, base, (node.value for node in nodes), BASE) if load["map"] else {}
        for table in tables_of(load, base) if wanted else ():
            try:
                _note_table(table, wanted, nodes, found)
            except (InputError, StoreError):
                continue
    return found


def _document(load: dict[str, Any], base: str) -> str:
    return rebase(load["graph"], BASE, base).removeprefix(GRAPH).replace("/", "-")


def _note_table(table: LoadedTable, wanted: dict[str, list[str]], nodes: set[NamedNode], found: Places) -> None:
    columns = table.source.open().columns
    stated: list[tuple[Quad, int, str]] = []
    for frame, hits in rows_with(table, wanted, table.converter.columns):
        if len(hits):
            lines = table.converter.stated(frame.filter(pl.col(ROW).is_in(hits[ROW].implode())))
            stated += [
                (quad, row, part.column)
                for part in lines
                for quad, row in _quads(part, table.converter.ids)
                if quad.subject in nodes
            ]
    places = table.source.places({(row, _index(columns, column)) for _, row, column in stated})
    for quad, row, column in stated:
        cell = (row, _index(columns, column))
        line, position = places.get(cell, (0, 0))
        origin = Origin(str(table.source.location), line, position, f"r{row}c{cell[1]}")
        found.triples.setdefault((quad.subject, quad.predicate, quad.object), origin)
        found.predicates[quad.subject, quad.predicate] = origin
        found.subjects.setdefault(quad.subject, origin)


def _index(columns: tuple[str, ...], column: str) -> int:
    return columns.index(column) + 1


def _quads(part: Lines, ids: str) -> Iterator[tuple[Quad, int]]:
    """Yield the statements of some lines as a store gives them back, each with its row."""
    kept = part.without(pl.Series(dtype=pl.UInt32))
    for quad, row in zip(
        parse(bytes(kept.written(ids, BASE)), RdfFormat.N_TRIPLES, lenient=True), kept.rows, strict=True
    ):
        store = Store()
        store.add(quad)
        yield next(iter(store)), int(row)
