"""The tables of docs/explanation/scale.md, from the measured curve that ``kg plan`` carries on."""

from __future__ import annotations

import re
from typing import Final

from kg.planning import estimate, read_curve
from kg.planning.words import megabytes, needs, seconds

_TABLE: Final = re.compile(r"(<!-- (measured|\S+ statements) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return the page with the tables between its marks made anew."""
    return _TABLE.sub(
        lambda found: (
            found[1] + (_measured() if found[2] == "measured" else _estimated(float(found[2].split()[0]))) + found[3]
        ),
        page,
    )


def _measured() -> str:
    curve = read_curve()
    sizes = sorted({each.triples for each in curve})
    by_place = {(each.engine, each.triples): each for each in curve}
    rows = []
    for engine in dict.fromkeys(each.engine for each in curve):
        cells = []
        for size in sizes:
            if each := by_place.get((engine, size)):
                disk = f", {megabytes(each.disk_mb)}" if each.disk_mb else ""
                cells.append(f"{seconds(each.load_seconds)}, {megabytes(each.memory_mb)}{disk}")
            else:
                cells.append("")
        rows.append([engine, *cells])
    return _table(["engine", *(f"{size:,}" for size in sizes)], rows)


def _estimated(triples: float) -> str:
    rows = [[each.engine, *needs(each)] for each in estimate(triples, read_curve())]
    return _table(["engine", "load time", "memory", "disk"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))
