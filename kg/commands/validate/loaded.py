"""What ``kg load`` put into a store, as data to validate."""

from __future__ import annotations

import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.columns import columns_of_files
from kg.commands.validate.data import Data
from kg.commands.validate.run import check
from kg.commands.validate.shapes import shipped_shapes
from kg.core.errors import StoreError
from kg.core.names import CLOSURE
from kg.core.terms import BASE, rebase
from kg.loaders.rdf.addresses import Places
from kg.pipeline.reading import read_store_manifest

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.shacl import Report
    from kg.shacl.nodes import Node

_BLOCK: Final = 1 << 24


def read_loaded(folder: Path) -> Data:
    """Return what a store holds, without what was derived by closing, under motkg's own base.

    Results are placed at the cells of tables, by the manifest and the tables as they are now. The engine keeps the
    values of numbers and dates, not how they were written; the loader has checked the latter.

    Raises:
        StoreError: the folder holds no store, or it cannot be read.

    """
    manifest = read_store_manifest(folder)
    base = str(manifest["base"])
    with tempfile.TemporaryDirectory() as name:
        parts: list[Path] = []
        try:
            store = Store.read_only(str(folder / "store"))
            closure = NamedNode(rebase(CLOSURE.value, base))
            for number, graph in enumerate(store.named_graphs()):
                if graph != closure:
                    parts.append(Path(name) / f"{number}.nt")
                    store.dump(str(parts[-1]), RdfFormat.N_TRIPLES, from_graph=graph)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{folder}: {error}") from error
        if base != BASE:
            parts = [_moved(part, base) for part in parts]
        columns = columns_of_files(parts)
    return Data(columns, base=base, empty=not columns.size, places=partial(_cells, manifest["loads"], base))


def validate_loaded(folder: Path) -> Report:
    """Validate a store against the shipped shapes."""
    return check(read_loaded(folder), shipped_shapes())


def _cells(loads: list[dict[str, Any]], base: str, about: Collection[Node]) -> Places:
    """Find the cells of the tables that were loaded; none where what reads tables is not installed."""
    if find_spec("polars") is None:
        return Places()
    from kg.loaders.tables.tracing import cells_of

    return cells_of(loads, base, about)


def _moved(part: Path, base: str) -> Path:
    """Put the IRIs of a file of lines under motkg's own base."""
    moved = part.with_suffix(".moved.nt")
    with part.open("rb") as lines, moved.open("wb") as file:
        while block := lines.readlines(_BLOCK):
            file.write(b"".join(block).replace(f"<{base}".encode(), f"<{BASE}".encode()))
    return moved
