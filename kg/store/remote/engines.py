"""Which engine answers at an address, told by what it says of itself, and where it takes updates and graphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVER: Final = re.compile(r"(?:Apache Jena )?(Virtuoso|Fuseki|GraphDB)\b[ /(]*v?([\d.]*\d)?", re.IGNORECASE)
_NAMES: Final = {"virtuoso": "Virtuoso", "fuseki": "Fuseki", "graphdb": "GraphDB"}
# Graphs that Virtuoso holds for itself and answers from like from the others, unless those are named.
VIRTUOSO_GRAPHS: Final = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.openlinksw.com/schemas/oplweb#",
        "http://www.w3.org/ns/ldp#",
        "http://www.w3.org/2002/07/owl#",
        "http://localuriqaserver/sparql",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: its name, empty if unknown, and its version."""

    name: str = ""
    version: str = ""

    @property
    def title(self) -> str:
        """Name and version."""
        return " ".join(filter(None, (self.name or "unknown", self.version)))


def engine_of(headers: Mapping[str, str]) -> Engine:
    """Tell the engine by its header ``Server``, or by one that only Fuseki sends."""
    match = _SERVER.match(headers.get("Server", ""))
    if match is None:
        return Engine("Fuseki") if "Fuseki-Request-Id" in headers else Engine()
    return Engine(_NAMES[match[1].lower()], match[2] or "")


def update_address(engine: Engine, endpoint: str, *, known: bool) -> str:
    """Return where an engine takes updates to what it answers queries about.

    ``known`` says whether there are credentials.
    """
    if engine.name == "Virtuoso":
        return endpoint.removesuffix("-auth") + "-auth" if known else endpoint
    if engine.name == "GraphDB":
        return endpoint.rstrip("/") + "/statements"
    base, _, last = endpoint.rpartition("/")
    return f"{base}/update" if engine.name == "Fuseki" and last in {"query", "sparql"} else endpoint


def graph_store_address(engine: Engine, endpoint: str, *, known: bool) -> str:
    """Return where an engine speaks the graph store protocol."""
    base, _, last = endpoint.rpartition("/")
    if engine.name == "Virtuoso":
        return f"{base}/sparql-graph-crud{'-auth' if known else ''}"
    if engine.name == "GraphDB":
        return endpoint.rstrip("/") + "/rdf-graphs/service"
    return f"{base}/data" if engine.name == "Fuseki" and last in {"query", "sparql"} else endpoint
