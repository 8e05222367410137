"""Measure the validation of a change against a full run.

The graph of ``generate.py`` is in many files, of which one changes by 100 statements.

Called by ``run.py``. Every run is the command ``kg validate`` as people call it, a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from generate import BASE, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES: Final = 24
CHANGED: Final = 100
FULL: Final = 3
TIMES: Final = 9


def table(size: int, shapes: Path, folder: Path) -> list[str]:
    """Return the lines of a table: a full run, one that keeps its state, and the two ways to validate a change."""
    files = _files(size, folder)
    state, patterns = folder / "state", [str(folder / "part-*.nt")]
    keeping = _run(shapes, patterns, "--save-state", str(state))
    added, removed = _change(files[len(files) // 3], folder)
    os.sync()  # what is still on its way to the disk would be in the way of what follows
    full = _median(lambda: _run(shapes, patterns), FULL)
    changed = _median(lambda: _run(shapes, patterns, "--since", str(state)), TIMES)
    given = _median(
        lambda: _run(shapes, [], "--since", str(state), "--added", str(added), "--removed", str(removed)), TIMES
    )
    rows = {
        "everything": full,
        "everything, and keep it (`--save-state`)": keeping,
        "what changed in the files (`--since`)": changed,
        "a change that is given (`--added`, `--removed`)": given,
    }
    lines = [
        (
            f"| {size:,} statements in {FILES} files, {CHANGED} changed | load s | validate s | part of full | command "
            "s | part | results |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, run in rows.items():
        work, base = run["load"] + run["validate"], full["load"] + full["validate"]
        same = "" if run["digest"] == full["digest"] or run is keeping else " (others)"
        lines.append(
            f"| {name} | {run['load']:.2f} | {run['validate']:.2f} | {work / base:.2%} | {run['wall']:.2f} "
            f"| {run['wall'] / full['wall']:.1%} | {run['results']:,}{same} |"
        )
    return lines


def _median(run: Callable[[], dict[str, float]], times: int) -> dict[str, float]:
    """Return the run whose work took longer than that of half of the others."""
    return sorted((run() for _ in range(times)), key=lambda one: one["load"] + one["validate"])[times // 2]


def _files(size: int, folder: Path) -> list[Path]:
    whole = folder / "whole.nt"
    write(size, whole)
    paths = [folder / f"part-{number:02}.nt" for number in range(FILES)]
    with whole.open("rb") as lines:
        for number, path in enumerate(paths):
            with path.open("wb") as file:
                for _ in range(size * (number + 1) // FILES - size * number // FILES):
                    file.write(lines.readline())
    whole.unlink()
    return paths


def _change(path: Path, folder: Path) -> tuple[Path, Path]:
    """Take some statements out of a file and put others in; gives both sets as files."""
    pick = random.Random(7)  # noqa: S311 (a benchmark that repeats)
    lines = path.read_text(encoding="utf-8").splitlines()
    gone = {pick.randrange(len(lines)) for _ in range(CHANGED // 2)}
    come = [
        f'<{BASE}firm/{pick.randrange(100_000)}> <{BASE}code> "changed {number}" .'
        for number in range(CHANGED - len(gone))
    ]
    added, removed = folder / "added.nt", folder / "removed.nt"
    removed.write_text("".join(f"{lines[number]}\n" for number in sorted(gone)), encoding="utf-8")
    added.write_text("".join(f"{line}\n" for line in come), encoding="utf-8")
    kept = [line for number, line in enumerate(lines) if number not in gone]
    for line in come:
        kept.insert(pick.randrange(len(kept)), line)
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return added, removed


def _run(shapes: Path, data: list[str], *options: str) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "kg",
        "validate",
        *data,
        "--shapes",
        str(shapes),
        "--format",
        "json",
        "--allow-unknown-names",
        *options,
    ]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    report = json.loads(done.stdout)
    found = sorted(
        json.dumps([result.get(part) for part in ("focusNode", "path", "value", "shape", "component")])
        for result in report["results"]
    )
    figures = report["run"]
    return {
        "load": figures["loadSeconds"],
        "validate": figures["validationSeconds"],
        "wall": wall,
        "results": len(found),
        "digest": hash(tuple(found)),
    }
