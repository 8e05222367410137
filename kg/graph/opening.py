"""Open a graph: a build, a loaded store, the shipped graph, RDF files, statements in memory, or an endpoint."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from kg.core import cache
from kg.core.errors import InputError, Problem, QueryError, StoreError, near_names
from kg.core.inputs import is_path, quads_of
from kg.core.terms import BASE, base_of_file
from kg.graph.graph import Graph
from kg.graph.index import digest_of_inputs, existing_index, indexed, read_shipped
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TypeAlias

    from pyoxigraph import Store

    from kg.core.inputs import HasQuads, HeldStatements
    from kg.graph.index import Read
    from kg.pipeline.building import Build
    from kg.store.protocol import QuadStore

    GraphSource: TypeAlias = "Path | str | Build | Graph | HasQuads | HeldStatements"

STORES: Final = ("oxigraph", "rdflib")
# Files below this size are read in less time than it takes to look them over twice; above, an index is made once and
# kept.
LARGEST_IN_MEMORY: Final = 50_000_000


def open_graph(  # noqa: PLR0913 - one for each thing that can be chosen, most by name
    source: GraphSource | None = None,
    *,
    data: Sequence[Path | str] | Path | str = (),
    store: str = STORES[0],
    endpoint: str | None = None,
    timeout: float | None = None,
    memory: int | None = None,
) -> Graph:
    """Open the shipped graph, a build, a loaded store, RDF files, statements in memory, or a SPARQL endpoint.

    With Oxigraph an index for queries is made once and kept in the user's cache; rdflib, the reference, holds the
    statements in memory. At a prompt and in notebooks queries run in a process of their own, so that Ctrl-C or the stop
    button ends them.

    Args:
        source: the folder of a build or a loaded store; the shipped graph where it is left out. Also an RDF file, what
            ``kg.build`` returns, a graph of rdflib, a store of pyoxigraph, or an iterable of quads or triples. A graph
            that is open already is returned as it is.
        data: RDF files instead; small ones are held in memory, large ones in an index in the user's cache.
        store: ``oxigraph``, or ``rdflib``, the slower reference.
        endpoint: the address of a SPARQL endpoint, instead of ``source`` and ``data``.
        timeout: seconds after which a query is ended, above 0.
        memory: bytes that a query may take beyond the store before it is ended, at least 1,000,000; on Linux.

    Raises:
        QueryError: no store has that name, two sources are named, or a limit is out of range or cannot be kept there.
        StoreError: the folder holds neither build nor store, or a build that was changed after it was written.
        InputError: a file cannot be read, or ``source`` is neither a path nor statements.

    Example:
        >>> graph = kg.open()
        >>> graph.query("factors-at-stage", {"stage": "commercialization"})[0]["factor"]
        'human resources'

    """
    if isinstance(source, Graph):
        if data or endpoint is not None or store != STORES[0] or timeout is not None or memory is not None:
            raise QueryError("the graph is open already", hint="choose store and limits where it is opened")
        return source
    if (memory is not None and endpoint is not None) or (
        store != STORES[0] and (timeout is not None or memory is not None)
    ):
        raise QueryError("only oxigraph has this limit", hint="an endpoint has a limit of time; rdflib has none")
    if store not in STORES:
        raise QueryError(
            f"no store is called '{store}'", hint=f"stores: {', '.join(STORES)}", near=near_names(store, STORES)
        )
    if endpoint is not None:
        if source is not None or data or store != STORES[0]:
            raise QueryError(
                "an endpoint holds its own graph in its own store", hint="leave out the folder, data and the store"
            )
        return _remote(endpoint, timeout)
    if data:
        if source is not None or store != STORES[0]:
            raise QueryError(
                "files of data are a graph of their own, held by oxigraph", hint="leave out folder, endpoint and store"
            )
        from kg.core.inputs import rdf_files

        graph = Graph(open_files(rdf_files([data] if isinstance(data, (str, os.PathLike)) else data)))
    else:
        graph = _local(source, store)
    graph.store = _limited(graph.store, timeout, memory)
    return graph


def _remote(endpoint: str, timeout: float | None) -> Graph:
    from kg.store.remote.store import EndpointStore

    return Graph(EndpointStore(endpoint) if timeout is None else EndpointStore(endpoint, timeout=timeout))


def _local(source: GraphSource | None, store: str) -> Graph:
    if source is None:
        base, digest, read = _shipped()
        return Graph(_held(store, digest, read), base, shipped=True)
    if not is_path(source):
        statements = quads_of(source)
        return Graph(_held(store, "", lambda: (statements, {})), str(getattr(source, "base", BASE)))
    if _names_files(source):
        if store != STORES[0]:
            raise QueryError("files of data are held by oxigraph", hint="leave out the store")
        from kg.core.inputs import rdf_files

        return Graph(open_files(rdf_files([source])))
    if is_loaded_store(source):
        return _loaded(source, store)
    base, digest, read = _built(source)
    return Graph(_held(store, digest, read), base, folder=_folder(source))


def _held(store: str, digest: str, read: Read) -> QuadStore:
    """Return a store with quads: an index in the user's cache where their digest is known, or in memory."""
    if store == "rdflib":
        from kg.store.memory_rdflib import RdflibStore

        return RdflibStore.of(read()[0])
    return indexed(digest, read) if digest else EmbeddedStore.of(read()[0])


def _folder(path: Path | str) -> Path:
    from pathlib import Path

    return Path(path)


def _names_files(name: Path | str) -> bool:
    """Return whether a name is meant as RDF files: a file, a pattern, or nothing that is there and has an ending.

    Raises:
        QueryError: it is the address of an endpoint.

    """
    from glob import has_magic

    from kg.core.inputs import is_address

    path, text = _folder(name), os.fspath(name)
    if is_address(text):
        raise QueryError(
            f"{text} is an address, and no file", hint=f'an endpoint is opened by kg.open(endpoint="{text}")'
        )
    return not path.is_dir() and (path.exists() or bool(path.suffix) or has_magic(text))


def is_loaded_store(folder: Path | str) -> bool:
    """Return whether a folder is a store that ``kg load`` filled."""
    from kg.core.inputs import folder_kind

    return folder_kind(folder) == "store"


def _loaded(folder: Path | str, store: str) -> Graph:
    from kg.pipeline.reading import read_store_manifest

    path = _folder(folder)
    base = str(read_store_manifest(path)["base"])
    embedded = EmbeddedStore.read_only(path / "store")
    return Graph(
        embedded if store == STORES[0] else _held(store, "", lambda: (embedded.quads(), {})), base, folder=path
    )


def _built(folder: Path | str) -> tuple[str, str, Read]:
    from kg.pipeline.reading import read_manifest, read_quads

    path = _folder(folder)
    manifest = read_manifest(path)
    return manifest.base, manifest.digest, lambda: (read_quads(path, manifest), {})


def _shipped() -> tuple[str, str, Read]:
    return BASE, digest_of_inputs(), read_shipped


def cached_graph(folder: Path | str | None = None) -> Graph | None:
    """Open a graph whose index is in the user's cache already, for answers that must come at once, or return None.

    Raises:
        StoreError: the folder holds no build, or the index cannot be read.

    """
    if folder is not None and is_loaded_store(folder):
        return _loaded(folder, STORES[0])
    base, digest, _ = _shipped() if folder is None else _built(folder)
    index = existing_index(digest)
    path = None if folder is None else _folder(folder)
    return Graph(index, base, folder=path, shipped=folder is None) if index is not None else None


def interactive() -> bool:
    """Return whether a person sits at this process: a prompt of Python or IPython, a notebook.

    There Ctrl-C must end a query.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return os.name == "posix" and (hasattr(sys, "ps1") or (shell is not None and shell() is not None))


def _limited(store: QuadStore, timeout: float | None, memory: int | None) -> QuadStore:
    if timeout is None and memory is None and not interactive():
        return store
    from kg.store.embedded.limited import LimitedStore

    return LimitedStore(store, timeout, memory) if isinstance(store, EmbeddedStore) else store


def open_files(paths: Sequence[Path | str]) -> EmbeddedStore:
    """Open RDF files: small ones in memory, large ones as an index in the user's cache.

    The index is made once for files that do not change. The statements of a file without named graphs are in one graph
    named by the address of the file.

    Raises:
        InputError: a file cannot be read, or is in no syntax of RDF.
        StoreError: the index cannot be written.

    """
    from pathlib import Path

    from pyoxigraph import Store

    files = [Path(path) for path in paths]
    size = sum(_size(file) for file in files)
    if size <= LARGEST_IN_MEMORY or cache.switched_off():
        store = Store()
        for file in files:
            _load(store, file)
        return EmbeddedStore(store)
    from kg.core.atomic import whole_folder
    from kg.core.contexts import contexts_key

    stats = [(file.resolve(), file.stat()) for file in files]
    states = (f"{path} {base_of_file(path)} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}" for path, stat in stats)
    name = cache.key(*states, *filter(None, [contexts_key()]))
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
    from pyoxigraph import DefaultGraph, NamedNode, Quad

    from kg.core.inputs import syntax_of_file, unwrapped
    from kg.core.rdfreading import naming_long_tokens, parse_rdf, problem_of, rdf_stream, refuse_bombs_in
    from kg.loaders.rdf.reading import KeepingLabels, blank_prefix

    syntax = syntax_of_file(file)
    if syntax is None:
        raise InputError(
            [
                Problem(
                    str(file), 0, 0, "no syntax of RDF has this ending", ".ttl, .nt, .nq, .trig, .rdf, .owl or .jsonld"
                )
            ]
        )
    base = base_of_file(file)
    graph = None if syntax.supports_datasets else NamedNode(base)
    refuse_bombs_in(file, syntax)
    try:
        prefix = ""
        if file.is_file():  # what is read from a pipe is read once
            with unwrapped(file.open("rb")) as content:
                prefix = blank_prefix(file.name, content, syntax)
        with naming_long_tokens(str(file)), unwrapped(file.open("rb")) as content:
            if not prefix:
                store.bulk_load(rdf_stream(content, syntax), syntax, base_iri=base, to_graph=graph)
                return
            # Blank nodes have the same names in every reading, so that equal files give equal answers and exports.
            renaming = KeepingLabels(lambda: prefix)
            quads = map(renaming.quad, parse_rdf(content, syntax, base))
            store.bulk_extend(
                Quad(quad.subject, quad.predicate, quad.object, graph)
                if graph is not None and isinstance(quad.graph_name, DefaultGraph)
                else quad
                for quad in quads
            )
    except SyntaxError as error:
        raise InputError([problem_of(str(file), syntax, error)]) from error
    except (OSError, EOFError) as error:
        raise InputError([Problem(str(file), 0, 0, f"cannot be read: {error}")]) from error
