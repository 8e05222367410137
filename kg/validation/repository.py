"""Places of a report as code hosts name them: from the root of the repository."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.loaders import Origin

if TYPE_CHECKING:
    from kg.validate import Report
    from kg.validate.report import Origin as Place


def from_root(report: Report) -> Report:
    """Gives the report with its files named from the root of the git repository around the working folder, if there is one.

    Files outside the repository keep their names.
    """
    top = _root()
    if top is None:
        return report
    moved: dict[str, str] = {}

    def renamed(place: Place | None) -> Place | None:
        if place is None:
            return None
        file = str(place.file)
        if file not in moved:
            path = Path(file).resolve()
            moved[file] = path.relative_to(top).as_posix() if path.is_relative_to(top) and path.exists() else file
        return Origin(moved[file], place.line, place.column, place.cell)

    results = tuple(replace(result, origin=renamed(result.origin)) for result in report.results)
    return replace(report, results=results, concerns=tuple(replace(each, origin=renamed(each.origin)) for each in report.concerns))


def _root() -> Path | None:
    try:
        command = ["git", "rev-parse", "--show-toplevel"]
        done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - no shell
    except OSError:
        return None
    return Path(done.stdout.rstrip("\n")).resolve() if done.returncode == 0 and done.stdout.strip() else None
