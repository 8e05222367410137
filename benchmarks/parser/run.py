"""How fast the SPARQL parser starts and reads, beside rdflib's and pyoxigraph's own, in one run.

    python benchmarks/parser/run.py

Prints a table: the milliseconds that an import adds to a process that has imported pyoxigraph and kg.core.terms, and
those that reading takes: the longest query of the catalogue, and all of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pyoxigraph
from rdflib.plugins.sparql.parser import parseQuery

from kg.core.resources import queries_dir
from kg.sparql import parse

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 7
IMPORTS = {"kg.sparql": "kg.sparql", "rdflib": "rdflib.plugins.sparql.parser", "pyoxigraph": "pyoxigraph"}
CODE = (
    "import pyoxigraph, kg.core.terms, time; t = time.perf_counter(); import {}; print(1000 * (time.perf_counter() - "
    "t))"
)


def importing(module: str, cache: str) -> float:
    """Return the least milliseconds that an import takes in a process of its own, its bytecode made before."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", CODE.format(module)]
    environment["PYTHONPYCACHEPREFIX"] = cache
    runs = [
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        for _ in range(REPEATS + 1)
    ]
    return min(map(float, runs[1:]))


def reading(read: Callable[[str], object], queries: list[str]) -> float:
    """Return the least milliseconds that reading some queries takes."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for query in queries:
            read(query)
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def main() -> None:
    """Measure the three and print the table."""
    queries = [path.read_text(encoding="utf-8") for path in sorted(queries_dir().rglob("*.rq"))]
    bodies = {
        query: sum(1 for line in query.splitlines() if line.strip() and not line.startswith("#")) for query in queries
    }
    longest = max(queries, key=bodies.__getitem__)
    readers: dict[str, Callable[[str], object]] = {
        "kg.sparql": parse,
        "rdflib": parseQuery,
        "pyoxigraph": pyoxigraph.Store().query,
    }
    print(f"| parser | import ms | a query of {bodies[longest]} lines ms | the catalogue, {len(queries)} queries, ms |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as cache:
        for name, read in readers.items():
            started = importing(IMPORTS[name], cache)
            print(f"| {name} | {started:.1f} | {reading(read, [longest]):.2f} | {reading(read, queries):.0f} |")


if __name__ == "__main__":
    main()
