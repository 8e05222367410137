"""What ``kg load`` does: loads tables with a map, or RDF files, into a store folder.

``load`` takes a ``LoadRequest`` and returns what was ``Loaded``.

Example:
    >>> from pathlib import Path
    >>> request = LoadRequest(("firms.csv",), Path("store"), map_file=Path("map.yaml"))
    >>> load(request).rows  # doctest: +SKIP
    12000

"""

from __future__ import annotations

from kg.commands.load.run import load
from kg.commands.load.workplace import Loaded, LoadRequest

__all__ = ["LoadRequest", "Loaded", "load"]
