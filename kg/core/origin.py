"""Where statements were read: a place in a file, and statements each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """The place in a file that something comes from; without a file the place is not known.

    Lines and columns count from 1, columns in characters; 0 means the whole file. ``cell`` names a table cell
    such as ``r3c2``: third row and second column of the data, headings not counted.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    cell: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column``, as compilers do, and the cell of a table."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place} ({self.cell})" if self.cell else place


@dataclass(slots=True)
class Statements:
    """Quads in load order, each once, with the first place that states it."""

    quads: list[Quad] = field(default_factory=list)
    origins: dict[Quad, Origin] = field(default_factory=dict)

    def add(self, quad: Quad, origin: Origin) -> None:
        """Add a quad; one that is already there keeps its first origin."""
        if quad not in self.origins:
            self.origins[quad] = origin
            self.quads.append(quad)

    def merge(self, other: Statements) -> None:
        """Add all quads of ``other`` behind the present ones."""
        for quad in other.quads:
            self.add(quad, other.origins[quad])

    @classmethod
    def merged(cls, parts: Iterable[Statements]) -> Statements:
        """Return the statements of all parts, in their order."""
        whole = cls()
        for part in parts:
            whole.merge(part)
        return whole

    def __len__(self) -> int:
        """Count the quads."""
        return len(self.quads)

    def __iter__(self) -> Iterator[Quad]:
        """Go through the quads in load order."""
        return iter(self.quads)
