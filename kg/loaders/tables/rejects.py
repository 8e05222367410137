"""Rows that are not loaded, each with its reason, and the file that lists them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.core.errors import Problem, StoreError

if TYPE_CHECKING:
    from pathlib import Path

HEADER: Final = ("table", "row", "column", "value", "reason", "expected", "near")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class Reject:
    """One fault of one row; a row may have several.

    Rows count from 1, the heading left out; 0 means the whole table.
    """

    table: str
    row: int
    column: str
    value: str
    reason: str
    expected: str = ""
    near: tuple[str, ...] = ()

    def problem(self) -> Problem:
        """Return the fault as a problem whose address is the row."""
        shown = self.value if len(self.value) <= _LONGEST else f"{self.value[:_LONGEST]}…"
        place = f"{self.table}: row {self.row}" + (f", column '{self.column}'" if self.column else "")
        return Problem(place, 0, 0, self.reason.replace("{}", f"'{shown}'"), self.expected, self.near)


@dataclass
class Rejects:
    """The faults found so far: their number, the first of them, and how often each unknown value was met.

    When a ``file`` is given every fault is written to it as CSV as it is found, so that millions of them need no
    memory.
    """

    file: Path | None = None
    kept: int = 20
    first: list[Reject] = field(default_factory=list)
    count: int = 0
    rows: int = 0
    unmatched: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin the file.

        Raises:
            StoreError: it cannot be written.

        """
        try:
            self._stream = self.file.open("w", encoding="utf-8", newline="") if self.file else None
        except OSError as error:
            raise StoreError(f"{self.file}: {error.strerror}") from error
        self._writer = csv.writer(self._stream) if self._stream else None
        if self._writer:
            self._writer.writerow(HEADER)

    def add(self, found: list[Reject], rows: int) -> None:
        """Add faults of ``rows`` further rows."""
        self.count += len(found)
        self.unmatched.update(
            (reject.column, reject.value) for reject in found if reject.near or "concept" in reject.reason
        )
        self.rows += rows
        self.first += found[: max(0, self.kept - len(self.first))]
        if self._writer:
            self._writer.writerows(
                (
                    r.table,
                    r.row,
                    r.column,
                    r.value,
                    r.reason.replace("{}", f"'{r.value}'"),
                    r.expected,
                    " ".join(r.near),
                )
                for r in found
            )

    def close(self) -> None:
        """End the file."""
        if self._stream:
            self._stream.close()
