"""How long the commands take beside a bare Python process that imports pyoxigraph, in one run.

    python benchmarks/commands/run.py

Prints a table: minimum, median and maximum of the wall-clock seconds of whole processes, and the ratio of medians.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7


def seconds(command: list[str]) -> list[float]:
    """Gives the wall-clock seconds of each run of a command, after one run that warms the caches."""
    taken = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return taken[1:]


def main() -> None:
    """Runs every command and prints the table."""
    kg = shutil.which("kg", path=Path(sys.executable).parent) or "kg"
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "python -c 'import pyoxigraph' (peer)": [sys.executable, "-c", "import pyoxigraph"],
            "kg build": [kg, "build", "-q", "-o", f"{folder}/graph"],
            "kg query specialists-by-stage": [kg, "query", "specialists-by-stage"],
            "kg query tidy-observations --format csv": [kg, "query", "tidy-observations", "--format", "csv"],
            "kg query factors-at-stage --stage commercialization": [kg, "query", "factors-at-stage", "--stage", "commercialization"],
            "kg validate": [kg, "validate"],
        }
        measured = {name: seconds(command) for name, command in commands.items()}
    peer = statistics.median(next(iter(measured.values())))
    print("| command | min s | median s | max s | times the peer |")
    print("|---|---:|---:|---:|---:|")
    for name, taken in measured.items():
        median = statistics.median(taken)
        print(f"| `{name}` | {min(taken):.2f} | {median:.2f} | {max(taken):.2f} | {median / peer:.1f} |")


if __name__ == "__main__":
    main()
