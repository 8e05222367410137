"""A table drawn for the terminal.

Where the terminal is too narrow for it, its texts are wrapped, or each row is one short block.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.query.results.cells import numeric_columns, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from kg.store.protocol import Solutions, Term

NARROWEST_COLUMN: Final = 11  # average, separator included; in narrower columns words fall apart
_GAP: Final = "   "
_FIRST_COMBINING: Final = "\u0300"  # all printable characters before it take one column
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def to_table(solutions: Solutions, width: int = 0, labels: Mapping[str, str] | None = None) -> str:
    """Draw a table with lines.

    Args:
        solutions: what to draw.
        width: how many columns the terminal has, 0 for as wide as the table needs. Too long values are wrapped.
        labels: what to write before the CURIE of an IRI, by IRI.

    """
    if not solutions.variables:
        return f"({len(solutions.rows)} rows without columns)\n"
    cells = [[_cell(term, labels or {}) for term in row] for row in solutions.rows]
    rows = [[text.split("\n") for text in row] for row in (solutions.variables, *cells)]
    widths = [max(_columns(line) for row in rows for line in row[column]) for column in range(len(solutions.variables))]
    if not width or sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
        return _unwrapped(rows, widths, numeric_columns(solutions))
    if width < NARROWEST_COLUMN * len(widths):
        return _blocks(solutions.variables, cells, width)
    table = _empty_table()
    for name, numeric in zip(solutions.variables, numeric_columns(solutions), strict=True):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    return _drawn(table, width)


def _cell(term: Term | None, labels: Mapping[str, str]) -> str:
    text = readable(term).expandtabs()
    if isinstance(term, NamedNode) and term.value in labels:
        text = f"{labels[term.value]} ({text})"
    return _CONTROL.sub(_picture, text.replace("\r\n", "\n"))


def _picture(match: re.Match[str]) -> str:
    """Return a character that stands for a control character, which could command the terminal."""
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"  # noqa: PLR2004 - Control Pictures


def _columns(line: str) -> int:
    """Return the number of columns of a terminal that a line takes."""
    if max(line, default="") < _FIRST_COMBINING:
        return len(line)
    from rich.cells import cell_len

    return cell_len(line)


def _unwrapped(rows: list[list[list[str]]], widths: list[int], numeric: list[bool]) -> str:
    """Draw the table that rich draws where nothing needs to be wrapped, without waiting for it.

    Each cell is a list of lines.
    """
    lines = []
    for row in rows:
        for height in range(max(map(len, row))):
            texts = [cell[height] if height < len(cell) else "" for cell in row]
            blanks = [" " * (width - _columns(text)) for text, width in zip(texts, widths, strict=True)]
            lines.append(
                _GAP.join(
                    b + t if right else t + b for t, b, right in zip(texts, blanks, numeric, strict=True)
                ).rstrip()
            )
    lines.insert(1, "─" * (sum(widths) + len(_GAP) * (len(widths) - 1)))
    return "".join(f"{line}\n" for line in lines)


def _blocks(names: tuple[str, ...], cells: list[list[str]], width: int) -> str:
    """Return each row as a block of names and values; unbound values are left out."""
    blocks = []
    for number, row in enumerate(cells, 1):
        table = _empty_table(head=False)
        table.add_column(no_wrap=True, min_width=max(map(len, names)))
        table.add_column(overflow="fold")
        for name, text in zip(names, row, strict=True):
            if text:
                table.add_row(name, text)
        blocks.append(f"row {number}\n{_drawn(table, width)}")
    return "\n".join(blocks) or f"{', '.join(names)}\n"


def _empty_table(*, head: bool = True) -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD if head else None, show_edge=False, pad_edge=not head, show_header=head)


def _drawn(table: Table, width: int) -> str:
    from rich.console import Console

    out = io.StringIO()
    Console(
        force_jupyter=False, file=out, width=width, highlight=False, markup=False, emoji=False, color_system=None
    ).print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])
