"""motkg: a knowledge graph of the management of technology."""

from __future__ import annotations

from kg.core.version import VERSION

TYPE_CHECKING = False  # as typing has it; importing the package costs nothing
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.graph.graph import Graph

__version__ = VERSION
__all__ = ["__version__", "open"]


def open(  # noqa: A001, PLR0913 - like gzip.open(); one for each thing that can be chosen, most by name
    folder: Path | str | None = None,
    *,
    data: Sequence[Path | str] = (),
    store: str = "oxigraph",
    endpoint: str | None = None,
    timeout: float | None = None,
    memory: int | None = None,
) -> Graph:
    """Open the shipped graph, the one that ``kg build -o FOLDER`` wrote, RDF files, or what a SPARQL endpoint holds.

    At a prompt and in notebooks queries run in a process of their own, so that Ctrl-C or the stop button ends them.

    Args:
        folder: of a build or a loaded store; the shipped graph where it is left out.
        data: RDF files to ask instead; small ones are held in memory, large ones in an index in the user's cache.
        store: ``oxigraph``, or ``rdflib``, the slower reference.
        endpoint: the address of a SPARQL endpoint, instead of both.
        timeout: seconds after which a query is ended.
        memory: bytes that a query may take beyond the store before it is ended; on Linux.

    Raises:
        QueryError: the store, the address or a limit is none.
        StoreError: the folder holds no build.
        InputError: a file cannot be read.

    """
    from kg.graph.opening import open_with

    return open_with(folder, data=data, store=store, endpoint=endpoint, timeout=timeout, memory=memory)
