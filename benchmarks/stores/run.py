"""How stores load an innovation network and answer twelve questions, side by side; writes ``results.md`` and the curve of ``kg plan``.

    python benchmarks/stores/run.py [--sizes 10000 100000 1000000 10000000] [--deadline 60] [--python maplib=/path/to/python]

Each engine has a process of its own, which is ended where a question takes longer than the deadline. Oxigraph is asked directly and
by motkg in turn, on the same open store. rdflib answers the small sizes only. maplib may have its own interpreter, with maplib in it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import selectors
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from generate import write

from queries import QUERIES

HERE: Final = Path(__file__).parent
CURVE: Final = HERE.parent.parent / "kg" / "planning" / "curve.csv"
ENGINES: Final = {"oxigraph disk": 10**10, "oxigraph memory": 10**10, "rdflib": 100_000, "owlready2": 10**10, "maplib": 10**10,
                  "Virtuoso": 10**10}  # fmt: skip
LONGEST_LOAD: Final = 900
LONGEST_RELOAD: Final = 60  # what took longer to load is not loaded again after a question that came to no end
PAIR: Final = ["direct", "motkg"]


class Run(NamedTuple):
    """What one engine did at one size."""

    triples: int
    engine: str
    load: float
    peak: float
    disk: float
    answers: dict[str, dict[str, Any]]


class Process:
    """An engine in its own process."""

    def __init__(self, engine: str, file: Path, folder: Path, python: str) -> None:
        command = [python, str(HERE / "engines.py"), engine, str(file), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = selectors.DefaultSelector()
        self._reader.register(self._process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]

    def line(self, seconds: float) -> dict[str, Any] | None:
        """Gives what the process says next; None if it says nothing in time, and an error if it ended."""
        if not self._reader.select(seconds):
            return None
        said = self._process.stdout.readline()  # type: ignore[union-attr]
        return json.loads(said) if said else {"error": f"ended with status {self._process.wait()}"}

    def ask(self, name: str, ways: list[str], seconds: float) -> dict[str, Any] | None:
        """Asks a question; None if the answer does not come in time."""
        try:
            print(json.dumps([name, ways]), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            return {"error": "ended before"}
        return self.line(seconds)

    def end(self) -> None:
        """Ends the process, by force if it is busy."""
        try:
            self._process.stdin.close()  # type: ignore[union-attr]
        except BrokenPipeError:
            return
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.close()


def run(  # noqa: PLR0913, PLR0917 - what is measured, on what, and how
    engine: str, size: int, file: Path, folder: Path, deadline: float, python: str
) -> Run:
    """Loads and asks; a question that takes too long costs the process, and the next one starts another."""
    triples = sum(1 for _ in file.open("rb"))
    process = Process(engine, file, folder, python)
    loaded = process.line(LONGEST_LOAD) or {"error": "no time"}
    if "error" in loaded:
        process.end()
        return Run(triples, engine, float("nan"), float("nan"), float("nan"), {"load": loaded})
    answers: dict[str, dict[str, Any]] = {}
    disk = _size(folder)
    pair = engine.startswith("oxigraph")
    peak = _peak_of_server(folder) or loaded["peak"]
    for name, ways in _order(pair=pair):
        limit = deadline * (2 if len(ways) > 1 else 1)
        answer = process.ask(name, ways, limit)
        if answer is None:
            _kill(process, folder)
            if engine != "oxigraph disk":
                folder = folder.with_name(f"{folder.name}-again")
            if engine != "oxigraph disk" and loaded["load"] > LONGEST_RELOAD:
                answers.setdefault(name, {})["late"] = limit
                break
            if (name, ways) != _order(pair=pair)[-1]:
                process = Process(engine, file, folder, python)
                process.line(LONGEST_LOAD)
            answer = {"late": limit}
        answers.setdefault(name, {}).update(answer)
    process.end()
    _kill_server(folder)
    print(f"{size} {engine}: {loaded}", {name: {k: round(v["least"], 2) if isinstance(v, dict) else v for k, v in a.items()}
                                         for name, a in answers.items()}, file=sys.stderr)  # fmt: skip
    return Run(triples, engine, loaded["load"], peak, disk, answers)


def _size(folder: Path) -> float:
    """Gives the megabytes that a store has on disk."""
    return sum(path.stat().st_size for path in (folder.rglob("*") if folder.is_dir() else [folder]) if path.is_file()) / 1e6


def _order(*, pair: bool) -> list[tuple[str, list[str]]]:
    """Gives the questions and how to ask them, the one that may run past the deadline last, since that costs the process."""
    endless = "negation" if pair else "path through gatekeepers"
    first = [(name, PAIR if pair and name != endless else ["motkg" if pair else "direct"]) for name in QUERIES if pair or name != endless]
    return [*first, (endless, ["direct"])]


def _peak_of_server(folder: Path) -> float:
    """Gives the peak of memory of a server that the engine's process started, in megabytes; 0 if it started none."""
    number = folder / "process"
    if not number.is_file():
        return 0
    status = Path(f"/proc/{number.read_text(encoding='utf-8')}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _kill(process: Process, folder: Path) -> None:
    process._process.kill()  # noqa: SLF001 - the two belong together
    process.end()
    _kill_server(folder)


def _kill_server(folder: Path) -> None:
    number = folder / "process"
    if number.is_file():
        try:
            os.kill(int(number.read_text(encoding="utf-8")), 9)
        except ProcessLookupError:
            return


def write_curve(runs: list[Run]) -> None:
    """Writes what ``kg plan`` fits its estimates to."""
    CURVE.parent.mkdir(exist_ok=True)
    with CURVE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["engine", "triples", "load_seconds", "memory_mb", "disk_mb"])
        for each in runs:
            if each.load == each.load:
                rows.writerow([each.engine, each.triples, f"{each.load:.3f}", f"{each.peak:.1f}", f"{each.disk:.1f}"])


def main() -> None:
    """Measures, and writes the page and the curve."""
    from page import page  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--deadline", type=float, default=60, help="seconds for one question")
    parser.add_argument("--python", nargs="*", default=[], help="ENGINE=INTERPRETER")
    parser.add_argument("--folder", help="where data and stores are kept meanwhile")
    parser.add_argument("--results", type=Path, default=HERE / "results.md")
    arguments = parser.parse_args()
    pythons = dict(each.split("=", 1) for each in arguments.python)
    runs = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for size in arguments.sizes:
            file = Path(folder) / f"{size}.nq"
            start = time.perf_counter()
            write(size, file)
            print(f"{size} generated in {time.perf_counter() - start:.1f} s", file=sys.stderr)
            for engine in arguments.engines:
                if size <= ENGINES[engine]:
                    place = Path(folder) / f"{engine.replace(' ', '-')}-{size}"
                    runs.append(run(engine, size, file, place, arguments.deadline, pythons.get(engine, sys.executable)))
            file.unlink()
    machine = f"{platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}"
    arguments.results.write_text(page(runs, machine), encoding="utf-8")
    if arguments.results.parent == HERE:
        write_curve(runs)


if __name__ == "__main__":
    main()
