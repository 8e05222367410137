"""Measure how long the commands take beside a bare Python process that imports pyoxigraph, in one run.

    python benchmarks/commands/run.py > benchmarks/commands/results.md

Run the ``kg`` beside the Python that runs this, as installed from its wheel, with a cache of its own. Print two tables
of wall-clock times of whole processes: short commands in turns with the peer, and other commands one by one.
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

REPEATS = 7
TURNS = 60
SETTLING = 2.1  # seconds after which files that were just installed count as unchanged
PEER = {"python -c 'import pyoxigraph' (peer)": [sys.executable, "-c", "import pyoxigraph"]}
SHORT = (
    ("--version",),
    ("query", "specialists-by-stage"),
    ("query", "factors-at-stage", "--stage", "commercialization"),
    ("query", "stage-issues", "-f", "csv"),
    ("query", "factors-above-share", "--minimum", "99"),  # no rows, and why
    ("explain", "stage:commercialization", "skos:notation"),
)
LONG = (
    ("query", "tidy-observations", "--format", "csv"),
    ("describe", "stage:commercialization"),
    ("validate",),
)


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Return the wall-clock seconds of one run of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def repeated(command: list[str], environment: dict[str, str]) -> list[float]:
    """Return the seconds of each run of a command, after one run that warms the caches."""
    return [seconds(command, environment) for _ in range(REPEATS + 1)][1:]


def in_turns(commands: dict[str, list[str]], environment: dict[str, str]) -> dict[str, list[float]]:
    """Return the seconds of every command, each run once per round.

    Rounds spread whatever else the machine does over all commands alike.
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, command in commands.items():
            taken[name].append(seconds(command, environment))
    return taken


def table(measured: dict[str, list[float]]) -> str:
    """Return a table of the milliseconds of each command, and of their ratio to those of the first, the peer."""
    peer = next(iter(measured.values()))
    lines = [
        "| command | min ms | median ms | max ms | min, times the peer | median, times the peer |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, taken in measured.items():
        figures = [1000 * figure for figure in (min(taken), statistics.median(taken), max(taken))]
        ratios = [min(taken) / min(peer), statistics.median(taken) / statistics.median(peer)]
        cells = [*(f"{figure:.1f}" for figure in figures), *(f"{ratio:.2f}" for ratio in ratios)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Run every command and print the tables."""
    kg = shutil.which("kg", path=Path(sys.executable).parent) or "kg"
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment["XDG_CACHE_HOME"] = folder
        subprocess.run([kg, "query", "documents"], check=True, capture_output=True, env=environment)  # makes the index
        time.sleep(SETTLING)
        short = in_turns(PEER | {f"kg {' '.join(words)}": [kg, *words] for words in SHORT}, environment)
        commands = PEER | {f"kg {' '.join(words)}": [kg, *words] for words in LONG}
        commands["kg build"] = [kg, "build", "-q", "-o", f"{folder}/graph"]
        long = {name: repeated(command, environment) for name, command in commands.items()}
        query = [kg, "query", "stage-issues", "-f", "csv"]
        long["kg query stage-issues -f csv, MOTKG_NO_CACHE=1"] = repeated(query, {**environment, "MOTKG_NO_CACHE": "1"})
    print(HEAD.format(python=platform.python_version(), processors=os.cpu_count(), turns=TURNS))
    print(f"{table(short)}\n{OTHERS.format(repeats=REPEATS)}\n{table(long)}")


HEAD = """# How long the commands take

`make bench` on {processors} processors, Python {python}, in one run, from the installed wheel; whole processes.
Trust the ratios.

## Short commands

{turns} turns; in each turn every row is run once. The index of the graph is in the cache; no answer is.
The aims: `kg query specialists-by-stage` takes at most 5 times as long as the peer, `kg --version` at most twice as
long.
"""

OTHERS = """
## Other commands

{repeats} runs of each, one after the other, after one that warms the caches.
"""

if __name__ == "__main__":
    main()
