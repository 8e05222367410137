"""How long the commands take beside a bare Python process that imports pyoxigraph, in one run.

    python benchmarks/commands/run.py > benchmarks/commands/results.md

Runs the ``kg`` beside the Python that runs this, as installed from its wheel, with a cache of its own. Prints two tables of
wall-clock times of whole processes: the cold start of ``kg query`` in turns with its peer, and other commands one by one.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 7
PAIRS = 60
PEER = [sys.executable, "-c", "import pyoxigraph"]
ASKED = {
    "specialists-by-stage": ["specialists-by-stage"],
    "factors-at-stage --stage commercialization": ["factors-at-stage", "--stage", "commercialization"],
    "stage-issues -f csv": ["stage-issues", "-f", "csv"],
}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Gives the wall-clock seconds of one run of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def repeated(command: list[str], environment: dict[str, str]) -> list[float]:
    """Gives the seconds of each run of a command, after one run that warms the caches."""
    return [seconds(command, environment) for _ in range(REPEATS + 1)][1:]


def in_turns(runs: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Gives the seconds of every run, each taken once in every turn, so that whatever else the machine does meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(PAIRS):
        for name, run in runs.items():
            taken[name].append(run())
    return taken


def cold_starts(kg: str, environment: dict[str, str]) -> dict[str, list[float]]:
    """Gives the seconds of the peer, and of queries whose answer is kept, and whose answer is new while the index is there."""
    answers = Path(environment["XDG_CACHE_HOME"], "motkg", "answers")

    def kept(query: list[str]) -> float:
        """Gives the seconds of a query that was asked before."""
        if not answers.is_dir():
            raise SystemExit("no answer was kept; run this again two seconds after the installation")
        return seconds([kg, "query", *query], environment)

    def new(query: list[str]) -> float:
        """Gives the seconds of a query when no answer is kept."""
        shutil.rmtree(answers)
        return seconds([kg, "query", *query], environment)  # which keeps its answer for the next

    runs: dict[str, Callable[[], float]] = {"python -c 'import pyoxigraph' (peer)": lambda: seconds(PEER, environment)}
    for name, query in ASKED.items():
        runs[f"kg query {name}: first answer"] = lambda query=query: new(query)
        runs[f"kg query {name}: again"] = lambda query=query: kept(query)
    return in_turns(runs)


def table(measured: dict[str, list[float]]) -> str:
    """Gives the milliseconds of each command and how often they hold those of the first, the peer."""
    peer = next(iter(measured.values()))
    lines = ["| command | min ms | median ms | max ms | min, times the peer | median, times the peer |", "|---|---:|---:|---:|---:|---:|"]
    for name, taken in measured.items():
        figures = [1000 * figure for figure in (min(taken), statistics.median(taken), max(taken))]
        ratios = [min(taken) / min(peer), statistics.median(taken) / statistics.median(peer)]
        cells = [*(f"{figure:.1f}" for figure in figures), *(f"{ratio:.2f}" for ratio in ratios)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Runs every command and prints the tables."""
    kg = shutil.which("kg", path=Path(sys.executable).parent) or "kg"
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment["XDG_CACHE_HOME"] = folder
        switched_off = {**environment, "MOTKG_NO_CACHE": "1"}
        subprocess.run([kg, "query", "stage-issues"], check=True, capture_output=True, env=environment)  # makes the index
        starts = cold_starts(kg, environment)
        commands = {
            "kg build": [kg, "build", "-q", "-o", f"{folder}/graph"],
            "kg query tidy-observations --format csv": [kg, "query", "tidy-observations", "--format", "csv"],
            "kg validate": [kg, "validate"],
            "kg describe stage:commercialization": [kg, "describe", "stage:commercialization"],
            "kg --version": [kg, "--version"],
        }
        measured = {"python -c 'import pyoxigraph' (peer)": repeated(PEER, environment)}
        measured |= {name: repeated(command, environment) for name, command in commands.items()}
        query = [kg, "query", "stage-issues", "-f", "csv"]
        measured["kg query stage-issues -f csv, MOTKG_NO_CACHE=1"] = repeated(query, switched_off)
    print(HEAD.format(python=platform.python_version(), processors=os.cpu_count(), pairs=PAIRS))
    print(f"{table(starts)}\n{OTHERS.format(repeats=REPEATS)}\n{table(measured)}")


HEAD = """# How long the commands take

`make bench` on {processors} processors, Python {python}, in one run, from the installed wheel; whole processes. Trust the ratios.

## Cold start of a query

{pairs} turns; in each turn every row is run once. The index of the graph is there. Before a first answer all kept answers are
removed; *again* is the same command line asked once more, which is answered from what it printed before
(`docs/decisions/answers-in-the-cache.md`).
"""

OTHERS = """
## Other commands

{repeats} runs of each, one after the other, after one that warms the caches.
"""

if __name__ == "__main__":
    main()
