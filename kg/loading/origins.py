"""From a thing of a loaded graph back to the rows that speak of it: looked up, not stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from kg.builds import read_store_manifest
from kg.errors import StoreError
from kg.loaders.firms.cells import CellReader, Faults
from kg.loaders.firms.mapfile import parse_map
from kg.loaders.firms.tables import TableSource
from kg.loaders.firms.texts import ROW
from kg.terms import BASE, rebase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kg.loaders.firms.model import FirmMap, TableMap


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A row of a table, counted from 1, the heading left out; ``changed`` says that the file is no longer the one that was loaded."""

    file: str
    table: str
    row: int
    changed: bool = False


def rows_of(store: Path, iris: Collection[str]) -> dict[str, list[Row]]:
    """Gives the rows that speak of things, by the IRIs of the things; a thing inside a thing has the rows of the outer one.

    Raises:
        StoreError: the folder holds no store.
        InputError: a table is no longer there.

    """
    manifest = read_store_manifest(store)
    found: dict[str, list[Row]] = {iri: [] for iri in iris}
    for load in manifest["loads"]:
        if load["map"] is None:
            continue
        graph = rebase(load["graph"], BASE, manifest["base"]).removeprefix(f"{BASE}graph/")
        begin = rebase(f"{BASE}id/{graph.replace('/', '-')}/", manifest["base"])
        wanted = {iri: iri.removeprefix(begin) for iri in iris if iri.startswith(begin)}
        firm_map = parse_map(load["map"]["text"], load["map"]["name"], load["as"])
        for source, table, changed in _tables(load, firm_map) if wanted else ():
            for iri, row in _rows(source, table, wanted):
                found[iri].append(Row(source.location, source.name, row, changed))
    return found


def _tables(load: dict[str, Any], firm_map: FirmMap) -> Iterator[tuple[TableSource, TableMap, bool]]:
    for given in load["inputs"]:
        name = TableSource(given["name"]).name
        for table in firm_map.tables:
            if len(firm_map.tables) > 1 and table.table != name:
                continue
            path = Path(given.get("path", ""))
            written = (
                given["name"]
                if "path" not in given
                else str(path) + given["name"].removeprefix(given["name"].rpartition("::")[0] or given["name"])
            )
            changed = path.is_file() and _digest(path) != given["sha256"]
            yield TableSource(written, table.delimiter, table.encoding, table.sheet, table.empty), table, changed


def _rows(source: TableSource, table: TableMap, wanted: dict[str, str]) -> Iterator[tuple[str, int]]:
    if table.thing.id is None:
        return
    columns = tuple(dict.fromkeys(cell.column for cell in table.thing.id.cells))
    cells = CellReader()
    # The id of a thing inside another begins with that of the outer one, so every beginning of it may be a row's.
    beginnings: dict[str, list[str]] = {}
    for iri, local in wanted.items():
        parts = local.split("/")
        for end in range(1, len(parts) + 1):
            beginnings.setdefault("/".join(parts[:end]), []).append(iri)
    names = pl.Series(list(beginnings))
    for frame in source.batches(columns):
        ids = cells.reference(table.thing.id, frame, Faults())
        hits = ids.is_in(names.implode()).fill_null(value=False)
        for name, row in zip(ids.filter(hits), frame[ROW].filter(hits), strict=True):
            for iri in beginnings[name]:
                yield iri, int(row)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
