"""Tables and files into a remote engine: read and checked as for a store, then sent whole.

And what is there after a failure.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store

from kg.commands.load.run import load
from kg.core import cache
from kg.core.errors import KGError, LimitError, StoreError
from kg.core.text import counted
from kg.store.remote.load import STAGED, STAGING, load_remote
from kg.store.remote.writing import WritableEndpointStore
from kg.store.statements import is_blank_line
from kg.store.virtuoso.bulk import SQL, load_in_bulk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.commands.load.workplace import Loaded, LoadRequest
    from kg.store.remote.load import Progress


def load_to_endpoint(
    request: LoadRequest,
    endpoint: str,
    tell: Callable[[str], None] = lambda _: None,
    *,
    bulk: Path | None = None,
    sql: str = SQL,
) -> Loaded:
    """Load into a temporary store first, then add its graphs to those of the engine.

    Faults are thus found before anything is sent. Who may not write learns it before the tables are read. Links to
    things that only the engine knows need ``dangling: keep`` in the map. Nothing is closed.

    A load that may resume leaves what has arrived beside the graphs when it breaks off, and a journal in the user's
    cache: the same load goes on from there. Any other removes it.

    Args:
        request: what to load; its target does not count.
        endpoint: the address of the engine.
        tell: is told how far the load is.
        bulk: a folder that the engine, a Virtuoso on this machine, may read: it loads files there by its own bulk
            loader.
        sql: host and port of that Virtuoso for SQL.

    Raises:
        InputError: a map, a table or a file is wrong.
        StoreError, LimitError: the engine refuses, dies or holds another number of statements in the end, or the load
        is interrupted
            while it sends. The message says what each graph holds then, if the engine still answers.

    """

    def sent(progress: Progress) -> None:
        done = "written for the engine, which loads them then" if bulk else "sent"
        tell(f"{progress.sent:,} statements {done}, {progress.rate:,.0f} a second")

    if request.resume and cache.switched_off():
        raise StoreError("a load that may resume keeps its journal in the cache, which MOTKG_NO_CACHE switches off")
    store = WritableEndpointStore(endpoint)
    store.try_updating()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = load(
            replace(request, target=folder / "store", alone=True, close=False, resume=False, replace=False), tell
        )
        if loaded.statements:
            local = Store.read_only(str(folder / "store" / "store"))
            quads = folder / "loaded.nq"
            local.dump(str(quads), RdfFormat.N_QUADS)
            before = _held(store, [graph.value for graph in local.named_graphs()])
            identity = _digest(quads) if request.resume and not bulk else ""
            journal = _journal(endpoint, before, identity)
            try:
                if bulk:
                    load_in_bulk(store, [quads], folder=bulk, sql=sql, add=not request.replace, tell=sent)
                else:
                    load_remote(store, [quads], add=not request.replace, journal=journal, identity=identity, tell=sent)
            except (KGError, KeyboardInterrupt) as error:
                raise _with_aftermath(error, store, before, journal) from error
    return loaded


def _digest(quads: Path) -> str:
    """Return a digest of the statements of a file, except those with blank nodes.

    The names of blank nodes differ each time the file is read.
    """
    found = hashlib.sha256()
    with quads.open("rb") as lines:
        for line in lines:
            if not is_blank_line(line):
                found.update(line)
    return found.hexdigest()


def _journal(endpoint: str, graphs: Iterable[str], identity: str) -> Path | None:
    """Return the file that records how much of some statements has arrived beside their graphs.

    Statements without identity have no such file. What arrives there now replaces what an earlier load of other
    statements left, so its journal is removed.
    """
    folder, place = Path(cache.folder()) / "loads", cache.key(endpoint, *sorted(graphs))
    journal = folder / f"{place}-{identity}.json"
    with suppress(OSError):  # where nothing can be removed, nothing was kept
        for other in set(folder.glob(f"{place}-*.json")) - {journal}:
            other.unlink()
    if not identity:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror or error}") from error
    return journal


def _with_aftermath(
    error: BaseException, store: WritableEndpointStore, before: dict[str, int], journal: Path | None
) -> KGError:
    """Return a failure that states what the graphs hold now.

    Remove what lies beside the graphs, unless the load can be resumed there.
    """
    said = str(error).partition("\n")[0] or "interrupted"
    goes_on = journal is not None and journal.exists()
    try:
        now = _held(store, before)
        told = [_told(graph, before[graph], count) for graph, count in now.items()]
        if journal and goes_on and now != before:  # the last step was carried out, and its answer lost
            journal.unlink(missing_ok=True)
            goes_on = False
        for graph in () if goes_on else before:
            for end in STAGED:
                store.delete(graph + end)
    except KGError:
        graphs = ", ".join(f"<{graph}>" for graph in before)
        left = "" if goes_on else f"; {graphs} may have a neighbour that ends in {STAGING}, which may be dropped"
        told = [f"the engine does not say what it holds now{left}"]
    if goes_on:
        told.append(
            f"what has arrived waits in neighbours that end in {STAGING}; the same with --resume goes on, without it "
            "begins anew"
        )
    message = "\n".join([said, *told])
    if isinstance(error, LimitError):
        return LimitError(message)
    if isinstance(error, StoreError):
        return StoreError(message, endpoint=error.endpoint, status=error.status, answer=error.answer)
    return StoreError(message, endpoint=store.endpoint)


def _told(graph: str, before: int, now: int) -> str:
    if now == before:
        return f"<{graph}> is as it was: {counted(now, 'statement')}"
    return f"<{graph}> holds {counted(now, 'statement')}, {before:,} before the load"


def _held(store: WritableEndpointStore, graphs: Iterable[str]) -> dict[str, int]:
    found = {}
    for graph in graphs:
        (row,) = store.select(f"SELECT (COUNT(*) AS ?count) FROM <{graph}> WHERE {{ ?s ?p ?o }}").rows  # noqa: S608 - SPARQL; of an IRI
        found[graph] = int(getattr(row[0], "value", 0))
    return found
