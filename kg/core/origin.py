"""Where something was read: a file, a line and a column in it, a cell of a table."""

from __future__ import annotations

from dataclasses import dataclass


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
