"""motkg: a knowledge graph of the management of technology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph

__version__ = VERSION
__all__ = ["__version__", "open"]


def open(folder: Path | str | None = None) -> Graph:  # noqa: A001 - reads as kg.open(), like gzip.open()
    """Opens the shipped graph, or the one that ``kg build -o FOLDER`` wrote.

    Raises:
        StoreError: the folder holds no build.

    """
    from kg.graph import open_graph  # noqa: PLC0415 - importing the package costs nothing

    return open_graph(folder)
