"""What a store holds before the user's data comes: the shipped graph, or what an earlier load put there."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, serialize

from kg.commands.load.workplace import LOADED
from kg.core.errors import StoreError
from kg.core.terms import BASE
from kg.graph import open_graph
from kg.pipeline.reading import is_store, read_store_manifest
from kg.store.embedded.bulk import BulkStore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad

_BATCH = 1 << 16


def check_target(target: Path, *, alone: bool, base: str) -> dict[str, Any]:
    """Return the manifest of the store that is loaded into, or an empty one for a new store.

    Raises:
        StoreError: the folder holds something else, or was made under another base.

    """
    LOADED.refuse_foreign(target)
    if not is_store(target):
        return {}
    manifest = read_store_manifest(target)
    if base not in {BASE, manifest["base"]}:
        raise StoreError(f"{target} was made under the base {manifest['base']}; --base cannot change it")
    if alone and not manifest["alone"]:
        raise StoreError(f"{target} holds the shipped graph already; --alone is for a new store")
    return manifest


def prepare(target: Path, store: Path, manifest: dict[str, Any], *, alone: bool, base: str) -> None:
    """Make the store to work on: a copy of the old one, or a new one with the shipped graph unless ``alone``."""
    if manifest:
        with BulkStore(target / "store") as old:
            old.backup(store)
    elif not alone:
        quads = open_graph().store.quads()
        with BulkStore(store) as new:
            for lines in _written(quads, base):
                new.load_stream(io.BytesIO(lines), RdfFormat.N_QUADS, "the shipped graph")


def _written(quads: Iterable[Quad], base: str) -> Iterable[bytes]:
    waiting = iter(quads)
    while lines := serialize(itertools.islice(waiting, _BATCH), format=RdfFormat.N_QUADS):
        yield lines if base == BASE else lines.replace(f"<{BASE}".encode(), f"<{base}".encode())
