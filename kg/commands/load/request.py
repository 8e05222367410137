"""What a load is asked for, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.core.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.tables.rejects import Rejects


@dataclass(frozen=True)
class Request:
    """A load: tables with a map, or RDF files without one, into the store folder ``target``.

    Each of ``sources`` is a file, a table in one (``register.sqlite::firms``) or the address of one in a database.
    ``graph`` is the slug of the graph that takes the statements, or its IRI. ``on_error`` is ``stop`` or ``continue``.
    ``close`` says whether what follows from the statements is added; nothing means: up to ``CLOSED_UP_TO`` statements.
    """

    sources: tuple[str, ...]
    target: Path
    map_file: Path | None = None
    kind: str = ""
    graph: str = ""
    rejects: Path | None = None
    on_error: str = "stop"
    alone: bool = False
    base: str = BASE
    resume: bool = False
    close: bool | None = None
    syntax: str = ""


@dataclass
class Loaded:
    """What a load did: rows read and left out, statements stated and derived, the faults, and why it was not closed if it could not be.

    ``again`` says that the store held all of it from an earlier load of the same files in the same way.
    """

    graph: str
    rows: int = 0
    statements: int = 0
    derived: int = 0
    closed: bool = False
    left_open: str = ""
    rejects: Rejects | None = None
    inputs: list[dict[str, object]] = field(default_factory=list)
    seconds: float = 0.0
    again: bool = False
