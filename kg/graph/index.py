"""The index of a graph for queries.

It is made once and kept in the user's cache under the hash of what the graph was made from.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Final

from kg.core import cache
from kg.core.errors import StoreError
from kg.core.resources import building_code, data_file, file_hashes, graph_inputs, input_files, shipped_documents
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.pipeline.reading import OriginTable
    from kg.store.protocol import QuadStore

    Read = Callable[[], tuple[Iterable[Quad], Mapping[Quad, Origin]]]  # statements, and where they were read

_INDEX: Final = "[0-9a-f]{32}"
_KEPT: Final = 12
_ORIGINS: Final = "origins"  # a file in the folder of the engine, which leaves alone what it does not know


class _Opening(Thread):
    """A thread that opens an index; the engine lets other threads run meanwhile."""

    def __init__(self, folder: str) -> None:
        super().__init__(name="opening the index")
        self._folder = folder
        self._store: EmbeddedStore | None = None

    def run(self) -> None:
        self._store = _readable(self._folder)

    def opened(self) -> EmbeddedStore | None:
        """Return the index when it is open; None where it cannot be read."""
        self.join()
        return self._store


_AHEAD: Final[dict[str, _Opening]] = {}  # by digest; at most one, which the first to ask for it takes


def open_ahead() -> None:
    """Begin to open the index of the shipped graph, if the cache holds it, for a command that probably asks it.

    Meanwhile the command line can be read and modules be imported, which takes as long. What fails here fails again,
    with a message, where the graph is asked for.
    """
    if cache.switched_off():
        return
    with suppress(StoreError, OSError):
        digest = digest_of_inputs()
        folder = _folder(digest)
        if os.path.isdir(folder):
            _AHEAD[digest] = _Opening(folder)
            _AHEAD[digest].start()


def digest_of_inputs() -> str:
    """Return the SHA-256 of what the shipped graph is built from.

    The files are not read again where a fingerprint shows no change.
    """
    if _AHEAD:
        return next(iter(_AHEAD))
    fingerprint = cache.fingerprint(graph_inputs())
    known = cache.read("inputs", fingerprint) if fingerprint else None
    if known:
        return known.decode()
    import hashlib
    import json

    inputs = file_hashes({**building_code(), **input_files(shipped_documents())})
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if fingerprint:
        cache.write("inputs", fingerprint, digest.encode())
    return digest


def existing_index(digest: str) -> EmbeddedStore | None:
    """Open the index of a graph if the cache holds it and it can be read."""
    if digest in _AHEAD:
        return _AHEAD.pop(digest).opened()
    folder = _folder(digest)
    return _readable(folder) if os.path.isdir(folder) and not cache.switched_off() else None


def _readable(folder: str) -> EmbeddedStore | None:
    try:
        return EmbeddedStore.read_only(folder)
    except StoreError:
        return None


def read_shipped() -> tuple[list[Quad], Mapping[Quad, Origin]]:
    """Build the shipped graph and return its statements with their origins."""
    from kg.pipeline.building import build
    from kg.query.catalogue.catalogue import Catalogue

    Catalogue(data_file("queries")).keep_headers()
    built = build(shipped_documents())
    return built.quads, built.origins


def shipped_index() -> EmbeddedStore:
    """Open the index of the shipped graph, which is built where the cache does not hold it.

    Raises:
        InputError: the shipped sources cannot be read.
        StoreError: the index cannot be written.

    """
    return indexed(digest_of_inputs(), read_shipped)


def indexed(digest: str, read: Read) -> EmbeddedStore:
    """Open the index of a graph, and make it first if there is none.

    It is kept in memory where the cache cannot be written or is switched off. One that cannot be read is made anew:
    damage in the cache costs time only.
    """
    if cache.switched_off():
        return EmbeddedStore.of(read()[0])
    folder = _folder(digest)
    if os.path.isdir(folder):
        held = existing_index(digest)
        if held is not None:
            return held
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
    return _made(folder, *read())


def _made(folder: str, statements: Iterable[Quad], origins: Mapping[Quad, Origin]) -> EmbeddedStore:
    """Make an index that appears whole; of several processes that make the same one, the first to finish wins."""
    quads = list(statements)
    from pathlib import Path

    from kg.core.atomic import whole_folder

    try:
        with whole_folder(Path(folder)) as building:
            EmbeddedStore.write(building, quads)
            if origins:
                from kg.pipeline.reading import write_origins

                write_origins(building / _ORIGINS, origins)
        _forget_old(Path(folder).parent)
        return EmbeddedStore.read_only(folder)
    except StoreError:
        return EmbeddedStore.of(quads)


def indexed_origins(store: QuadStore) -> OriginTable | None:
    """Return where the statements of a store were read, if its index says so."""
    from kg.pipeline.reading import OriginTable

    folder = getattr(store, "folder", None)
    try:
        return OriginTable(os.path.join(folder, _ORIGINS)) if folder else None
    except StoreError:
        return None


def _forget_old(held: Path) -> None:
    """Remove all but the newest indexes, and the answers that earlier versions kept.

    Whatever else lies in the cache stays.
    """
    import shutil

    shutil.rmtree(held / "answers", ignore_errors=True)
    indexes = [path for path in held.iterdir() if path.is_dir() and re.fullmatch(_INDEX, path.name)]
    for path in sorted(indexes, key=lambda index: index.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _folder(digest: str) -> str:
    try:
        return os.path.join(cache.folder(), digest[:32])
    except RuntimeError as error:
        raise StoreError(f"the user's cache cannot be found: {error}") from error
