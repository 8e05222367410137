"""Trace five commands through the package: the modules that each has imported when it ends.

The ``__init__`` of a package, which only lists the names that the package gives, does not count. Running this file
writes the table into docs/architecture.md, and ``tests/test_walks.py`` holds each trace to its bound.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "architecture.md"
TABLES: Final = ROOT / "tests" / "data" / "firm-tables"
# Runs the command line in this process and prints the modules of kg that it leaves behind, packages aside.
PROGRAM: Final = """
import os, sys
from kg.__main__ import main
sys.argv[0] = "kg"
try:
    main()
except SystemExit:
    pass
modules = (name for name, module in sys.modules.items() if name.startswith("kg."))
entered = sorted(name for name in modules if not hasattr(sys.modules[name], "__path__"))
print(*entered, file=open(os.environ["WALK"], "w"))
"""
SHAPES: Final = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Firm a sh:NodeShape ; sh:targetClass ex:Firm ;
  sh:property [ sh:path ex:employees ; sh:datatype xsd:integer ; sh:minCount 1 ] .
"""
DATA: Final = """
@prefix ex: <https://example.org/> .
ex:one a ex:Firm ; ex:employees 12 . ex:two a ex:Firm ; ex:employees 40 .
"""


class Walk(NamedTuple):
    """One way through the house: what is followed, the command, and the most modules that it may enter."""

    name: str
    command: tuple[str, ...]
    most: int
    cold: bool = False


# Before the house was redrawn the ways entered 118, 50, 160, 74 and 98 modules; 60 per cent are 70, 30, 96, 44, 58.
WALKS: Final = (
    Walk("a number, from its cell to the build", ("build", "-q", "-o", "graph"), 70),
    Walk("a validation", ("validate", "firms.ttl", "--shapes", "shapes.ttl"), 30),
    Walk(
        "an empty answer, the index not built yet",
        ("query", "SELECT * WHERE { ?claim motkg:stgae ?stage }"),
        96,
        cold=True,
    ),
    Walk(
        "a load",
        ("load", *map(str, sorted(TABLES.glob("*.csv"))), "--map", str(TABLES / "map.yaml"), "-o", "firms"),
        44,
    ),
    Walk("an explanation", ("explain", "--query", "specialists-by-stage"), 58),
)


def entered(walk: Walk, cache: Path) -> list[str]:
    """Return the full names of the modules that a walk enters, sorted; ``cache`` is the folder of the user's cache."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "firms.ttl").write_text(DATA, encoding="utf-8")
        (folder / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
        own = folder / "cache" if walk.cold else cache
        environment = os.environ | {
            "XDG_CACHE_HOME": str(own),
            "WALK": str(folder / "walk"),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        ended = subprocess.run(  # noqa: S603 - the program above, with commands of this file
            [sys.executable, "-c", PROGRAM, *walk.command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if not (folder / "walk").is_file():
            raise RuntimeError(f"kg {' '.join(walk.command)}: {ended.stderr}")
        return (folder / "walk").read_text(encoding="utf-8").split()


def table(cache: Path) -> str:
    """Return the table of walks in Markdown: what is followed, its command, the modules entered room by room."""
    lines = ["| followed | command | modules | by room |", "|---|---|---|---|"]
    for walk in WALKS:
        modules = entered(walk, cache)
        rooms: dict[str, int] = {}
        for name in modules:
            room = name.split(".")[1]
            rooms[room] = rooms.get(room, 0) + 1
        words = [
            Path(word).name if word.startswith(str(TABLES)) else f"'{word}'" if " " in word else word
            for word in walk.command
        ]
        command = " ".join(words)
        counts = ", ".join(f"{room} {count}" for room, count in sorted(rooms.items()))
        lines.append(f"| {walk.name} | `kg {command}` | {len(modules)} | {counts} |")
    return "\n".join(lines)


def main() -> None:
    """Write the table into docs/architecture.md."""
    with tempfile.TemporaryDirectory() as cache:
        entered(WALKS[-1], Path(cache))  # the index is built before what is asked with it
        start, end = "<!-- walks -->\n", "<!-- /walks -->"
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(start)
        _, _, after = rest.partition(end)
        PAGE.write_text(f"{before}{start}\n{table(Path(cache))}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
