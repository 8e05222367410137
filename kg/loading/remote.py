"""Tables and files into a remote engine: read and checked as for a store, then sent whole."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store

from kg.loading.run import load
from kg.store.endpoint_writing import WritableEndpointStore
from kg.store.remoteload import load_remote

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.loading.request import Loaded, Request
    from kg.store.remoteload import Progress


def load_to_endpoint(request: Request, endpoint: str, tell: Callable[[str], None] = lambda _: None) -> Loaded:
    """Loads into a temporary store first, so that faults are found before anything is sent, and then adds its graphs to the engine's.

    Links to things that only the engine knows need ``dangling: keep`` in the map. Nothing is closed.

    Raises:
        InputError: a map, a table or a file is wrong.
        StoreError, LimitError: the engine refuses, dies or holds another number of statements in the end; its graphs are as they were.

    """

    def sent(progress: Progress) -> None:
        tell(f"{progress.sent:,} statements sent, {progress.rate:,.0f} a second")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = load(replace(request, target=folder / "store", alone=True, close=False, resume=False), tell)
        quads = folder / "loaded.nq"
        Store.read_only(str(folder / "store" / "store")).dump(str(quads), RdfFormat.N_QUADS)
        if loaded.statements:
            load_remote(WritableEndpointStore(endpoint), [quads], add=True, tell=sent)
    return loaded
