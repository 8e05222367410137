"""The index of a graph for queries: made once, kept in the user's cache under the hash of what the graph was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg import cache
from kg.errors import StoreError
from kg.resources import building_code, file_hashes, input_files, shipped_documents
from kg.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyoxigraph import Quad


def digest_of_inputs() -> str:
    """Gives the SHA-256 of what the shipped graph is built from; where a fingerprint tells that nothing has changed, without reading it."""
    fingerprint = cache.fingerprint()
    known = cache.read("inputs", fingerprint) if fingerprint else None
    if known:
        return known.decode()
    import hashlib  # noqa: PLC0415 - loads all of OpenSSL
    import json  # noqa: PLC0415

    inputs = file_hashes({**building_code(), **input_files(shipped_documents())})
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    if fingerprint:
        cache.write("inputs", fingerprint, digest.encode())
    return digest


def existing_index(digest: str) -> EmbeddedStore | None:
    """Opens the index of a graph if the cache holds it.

    Raises:
        StoreError: the index cannot be read.

    """
    folder = _folder(digest)
    return EmbeddedStore.read_only(folder) if folder.is_dir() and not cache.switched_off() else None


def indexed(digest: str, quads: Callable[[], Iterable[Quad]]) -> EmbeddedStore:
    """Opens the index of a graph; makes it first, or keeps it in memory where the cache cannot be written or is switched off.

    Raises:
        StoreError: the index cannot be read.

    """
    if cache.switched_off():
        return EmbeddedStore.of(quads())
    folder = _folder(digest)
    if not folder.is_dir():
        from kg.publish.atomic import whole_folder  # noqa: PLC0415 - needed only the first time

        held = list(quads())
        try:
            with whole_folder(folder, keep_existing=True) as building:
                EmbeddedStore.write(building, held)
        except StoreError:
            if not folder.is_dir():
                return EmbeddedStore.of(held)
    return EmbeddedStore.read_only(folder)


def _folder(digest: str) -> Path:
    try:
        return Path(cache.folder()) / digest[:32]
    except RuntimeError as error:
        raise StoreError(f"the user's cache cannot be found: {error}") from error
