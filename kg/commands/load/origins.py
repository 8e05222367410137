"""From a thing of a loaded graph back to the rows that speak of it: looked up, not stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.core.errors import StoreError
from kg.loaders.tables.readers import ROW
from kg.loaders.tables.tracing import rows_with, tables_of, wanted_ids
from kg.pipeline.reading import read_store_manifest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from kg.loaders.tables.tracing import LoadedTable


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A row of a table, counted from 1, the heading left out.

    ``changed`` says that the file is no longer the one that was loaded.
    """

    file: str
    table: str
    row: int
    changed: bool = False


def rows_of(store: Path, iris: Collection[str]) -> dict[str, list[Row]]:
    """Return the rows that speak of things, by the IRIs of the things.

    A thing inside a thing has the rows of the outer one.

    Raises:
        StoreError: the folder holds no store.
        InputError: a table is no longer there.

    """
    manifest = read_store_manifest(store)
    base = str(manifest["base"])
    found: dict[str, dict[Row, None]] = {iri: {} for iri in iris}
    for load in manifest["loads"]:
        wanted = wanted_ids(load, base, iris, base) if load["map"] else {}
        for table in tables_of(load, base) if wanted else ():
            changed = _has_changed(table)
            for _, hits in rows_with(table, wanted, table.converter.id_columns()):
                for row, name in hits.select(ROW, "id").iter_rows():
                    for iri in wanted[name]:
                        found[iri][Row(table.source.location, table.source.name, row, changed)] = None
    return {iri: list(rows) for iri, rows in found.items()}


def _has_changed(table: LoadedTable) -> bool:
    path = table.source.path
    if path is None or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != table.digest
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
