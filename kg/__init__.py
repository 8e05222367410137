"""motkg: a knowledge graph of the management of technology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph

__version__ = VERSION
__all__ = ["__version__", "open"]


def open(folder: Path | str | None = None, *, store: str = "oxigraph", endpoint: str | None = None) -> Graph:  # noqa: A001 - like gzip.open()
    """Opens the shipped graph, the one that ``kg build -o FOLDER`` wrote, or what a SPARQL endpoint holds.

    Args:
        folder: of a build; the shipped graph where it is left out.
        store: ``oxigraph``, or ``rdflib``, the slower reference.
        endpoint: the address of a SPARQL endpoint, instead of both.

    Raises:
        QueryError: the store or the address is none.
        StoreError: the folder holds no build.

    """
    from kg.graph import open_graph  # noqa: PLC0415 - importing the package costs nothing

    return open_graph(folder, store=store, endpoint=endpoint)
