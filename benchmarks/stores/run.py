"""How stores load an innovation network and answer twelve questions, side by side.

Writes ``results.md`` and its figures, from which ``estimates.py`` makes the tables of ``docs/explanation/scale.md``.

    python benchmarks/stores/run.py [--sizes 10000 100000 1000000 10000000] [--engines "oxigraph disk" …] [--deadline
    60]
                                    [--python maplib=/path/to/python]

Each engine has a process of its own, which is ended where an answer takes longer than the deadline. Oxigraph is asked
directly and by motkg in turn, on the same open store. rdflib answers the small sizes only. maplib may have its own
interpreter, with maplib in it. After each engine, what it did takes the place of what it did before in
``results.json``, and the page is written from
there: a run of some engines or sizes leaves the others as they were, and the page says of each when it was measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import records
from generate import write
from page import page
from records import Run

from queries import QUERIES

HERE: Final = Path(__file__).parent
ENGINES: Final = {
    "oxigraph disk": 10**10,
    "oxigraph memory": 10**10,
    "rdflib": 100_000,
    "owlready2": 10**10,
    "maplib": 10**10,
    "Virtuoso": 10**10,
}
LONGEST_LOAD: Final = 900
LONGEST_RELOAD: Final = 60  # seconds; what took longer to load is not loaded again after a question that came to no end
PAIR: Final = ["direct", "motkg"]


class Process:
    """An engine in its own process."""

    def __init__(self, engine: str, file: Path, folder: Path, python: str) -> None:
        command = [python, str(HERE / "engines.py"), engine, str(file), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = selectors.DefaultSelector()
        self._reader.register(self._process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]

    def line(self, seconds: float) -> dict[str, Any] | None:
        """Return what the process says next; None if it says nothing in time, and an error if it ended."""
        if not self._reader.select(seconds):
            return None
        said = self._process.stdout.readline()  # type: ignore[union-attr]
        return json.loads(said) if said else {"error": f"ended with status {self._process.wait()}"}

    def ask(self, name: str, ways: list[str], seconds: float) -> dict[str, Any] | None:
        """Ask a question; None if one answer of those that make up the figures does not come in time."""
        try:
            print(json.dumps([name, ways]), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            return {"error": "ended before"}
        while (said := self.line(seconds)) is not None and "answered" in said:
            pass
        return said

    def end(self) -> None:
        """End the process, by force if it is busy."""
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


def run(engine: str, file: Path, folder: Path, deadline: float, python: str) -> Run:
    """Load and ask; a question that takes too long costs the process, and the next one starts another."""
    triples = sum(1 for _ in file.open("rb"))
    machine = (
        f"{platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}, load average "
        f"{os.getloadavg()[0]:.1f}"
    )
    process = Process(engine, file, folder, python)
    loaded = process.line(LONGEST_LOAD) or {"error": "no time"}
    if "error" in loaded:
        process.end()
        sys.stderr.write(f"{triples} {engine}: {loaded['error']}\n")
        return Run(triples, engine, "", machine, math.nan, 0, 0, 0, 0, {})
    disk = loaded["disk"] or _size(folder)
    peak = _peak_of_server(folder) or loaded["peak"]
    answers: dict[str, dict[str, Any]] = {}
    waiting = _order(pair=engine.startswith("oxigraph"))
    while waiting:
        name, ways = waiting.pop(0)
        answer = process.ask(name, ways, deadline)
        if answer is None:
            answer = {"late": 1000 * deadline}
            _kill(process, folder)
            if engine != "oxigraph disk":
                folder = folder.with_name(f"{folder.name}-again")
                if loaded["load"] > LONGEST_RELOAD:
                    reason = (
                        f"not asked, since the store would have been loaded again after {name} ran past the deadline"
                    )
                    answers |= {left: {"error": reason} for left, _ in waiting if left not in answers}
                    waiting = []
            if ways == PAIR and name not in answers:
                waiting.insert(0, (name, ["motkg"]))
            if waiting:
                process = Process(engine, file, folder, python)
                process.line(LONGEST_LOAD)
        answers.setdefault(name, {}).update(answer)
        sys.stderr.write(f"{triples} {engine}, {name}: {_in_short(answer)}\n")
    process.end()
    _kill_server(folder)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return Run(
        triples, engine, today, machine, loaded["load"], loaded["optimised"], loaded["reading"], peak, disk, answers
    )


def _in_short(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value["median"], 2) if isinstance(value, dict) else value for key, value in answer.items()}


def _size(folder: Path) -> float:
    """Return the megabytes that a store has on disk."""
    return (
        sum(path.stat().st_size for path in (folder.rglob("*") if folder.is_dir() else [folder]) if path.is_file())
        / 1e6
    )


def _order(*, pair: bool) -> list[tuple[str, list[str]]]:
    """Return the queries and the ways to run them.

    The one that may run past the deadline comes last, since that costs the process.
    """
    ways = PAIR if pair else ["direct"]
    endless = "negation" if pair else "path through gatekeepers"
    before = [(endless, ["motkg"])] if pair else []
    return [*((name, ways) for name in QUERIES if name != endless), *before, (endless, ways)]


def _peak_of_server(folder: Path) -> float:
    """Return the peak of memory of a server that the engine's process started, in megabytes; 0 if it started none."""
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


def main() -> None:
    """Measure, and write the page and its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--deadline", type=float, default=60, help="seconds for one answer")
    parser.add_argument("--python", nargs="*", default=[], help="ENGINE=INTERPRETER")
    parser.add_argument("--folder", help="where data and stores are kept meanwhile")
    parser.add_argument(
        "--results", type=Path, default=HERE / "results.md", help="the page; its figures are kept beside it, in JSON"
    )
    parser.add_argument("--page-only", action="store_true", help="write the page from figures that are there")
    arguments = parser.parse_args()
    figures = arguments.results.with_suffix(".json")
    pythons = dict(each.split("=", 1) for each in arguments.python)
    if arguments.page_only:
        arguments.results.write_text(page(records.read(figures)), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for size in arguments.sizes:
            file = Path(folder) / f"{size}.nq"
            start = time.perf_counter()
            write(size, file)
            sys.stderr.write(f"{size} generated in {time.perf_counter() - start:.1f} s\n")
            for engine in arguments.engines:
                if size <= ENGINES[engine]:
                    place = Path(folder) / f"{engine.replace(' ', '-')}-{size}"
                    done = run(engine, file, place, arguments.deadline, pythons.get(engine, sys.executable))
                    runs = records.merged(records.read(figures), done, list(ENGINES))
                    records.write(figures, runs)
                    arguments.results.write_text(page(runs), encoding="utf-8")
                    shutil.rmtree(place, ignore_errors=True)
            file.unlink()


if __name__ == "__main__":
    main()
