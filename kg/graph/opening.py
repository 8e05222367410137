"""Graphs opened with more than a place: from RDF files as they lie, and with limits on what a query may take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.core import cache
from kg.core.errors import InputError, Problem, QueryError, StoreError
from kg.graph.graph import STORES, Graph, open_graph
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.store.protocol import QuadStore

# Files below this size are read in less time than it takes to look them over twice; above, an index is made once and
# kept.
LARGEST_IN_MEMORY: Final = 50_000_000


def open_with(  # noqa: PLR0913 - one for each thing that can be chosen, most by name
    folder: Path | str | None = None,
    *,
    data: Sequence[Path | str] = (),
    store: str = STORES[0],
    endpoint: str | None = None,
    timeout: float | None = None,
    memory: int | None = None,
) -> Graph:
    """Open a graph as ``open_graph`` does, or RDF files, with limits in seconds and bytes on each query.

    Raises:
        QueryError: two places are named, a limit is none, or what was opened has no such limit.
        StoreError: the place holds no graph.
        InputError: a file cannot be read.

    """
    if (memory is not None and endpoint is not None) or (
        store != STORES[0] and (timeout is not None or memory is not None)
    ):
        raise QueryError("only oxigraph has this limit", hint="an endpoint has a limit of time; rdflib has none")
    if data:
        if folder is not None or endpoint is not None or store != STORES[0]:
            raise QueryError(
                "files of data are a graph of their own, held by oxigraph", hint="leave out folder, endpoint and store"
            )
        graph = Graph(open_files([Path(each) for each in data]))
    elif endpoint is not None and timeout is not None and folder is None and store == STORES[0]:
        from kg.store.remote.store import EndpointStore

        graph, timeout = Graph(EndpointStore(endpoint, timeout=timeout)), None
    else:
        graph = open_graph(folder, store=store, endpoint=endpoint)
    graph.store = _limited(graph.store, timeout, memory)
    return graph


def _limited(store: QuadStore, timeout: float | None, memory: int | None) -> QuadStore:
    from kg.store.embedded.limited import LimitedStore, interactive

    limits = timeout is not None or memory is not None or interactive()
    return LimitedStore(store, timeout, memory) if limits and isinstance(store, EmbeddedStore) else store


def open_files(files: Sequence[Path]) -> EmbeddedStore:
    """Open RDF files: small ones in memory, large ones as an index in the user's cache, made once for files that do not change.

    The statements of a file without named graphs are in one graph named by the address of the file.

    Raises:
        InputError: a file cannot be read, or is in no syntax of RDF.
        StoreError: the index cannot be written.

    """
    size = sum(_size(file) for file in files)
    if size <= LARGEST_IN_MEMORY or cache.switched_off():
        store = Store()
        for file in files:
            _load(store, file)
        return EmbeddedStore(store)
    from kg.core.atomic import whole_folder

    stats = [(file.resolve(), file.stat()) for file in files]
    name = cache.key(*(f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}" for path, stat in stats))
    folder = Path(cache.folder()) / "files" / name
    if folder.is_dir():
        return EmbeddedStore.read_only(folder)
    with whole_folder(folder) as building:
        try:
            made = Store(str(building))
            for file in files:
                _load(made, file)
            made.flush()
        except OSError as error:
            raise StoreError(f"{building}: {error}") from error
        del made
    return EmbeddedStore.read_only(folder)


def where(store: QuadStore) -> str:
    """Say in words where a store holds its statements."""
    folder = getattr(store, "folder", None)
    return f"an index on disk, {folder}" if folder else "memory of a process"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise InputError([Problem(str(file), 0, 0, f"cannot be read: {error.strerror}")]) from error


def _load(store: Store, file: Path) -> None:
    syntax = RdfFormat.from_extension(file.suffix.removeprefix("."))
    if syntax is None:
        raise InputError(
            [Problem(str(file), 0, 0, "no syntax of RDF has this ending", ".ttl, .nt, .nq, .trig, .rdf or .jsonld")]
        )
    graph = None if syntax.supports_datasets else NamedNode(file.resolve().as_uri())
    try:
        store.bulk_load(path=str(file), format=syntax, base_iri=file.resolve().as_uri(), to_graph=graph)
    except SyntaxError as error:
        raise InputError([Problem(str(file), error.lineno or 0, error.offset or 0, str(error.msg))]) from error
    except OSError as error:
        raise InputError([Problem(str(file), 0, 0, f"cannot be read: {error}")]) from error
