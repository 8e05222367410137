"""Places of a report as code hosts name them: from the root of the repository."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.core.inputs import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.core.origin import Origin
    from kg.shacl import Report


def from_root(report: Report, documents: Iterable[Path] = ()) -> Report:
    """Return the report with file names relative to the root of the git repository around the working folder.

    The names stay as they are where there is no repository. ``documents`` are folders of case files, whose files go by
    the name of the folder. Files outside the repository keep their names.
    """
    top = _root()
    if top is None:
        return report
    homes = {folder.name: folder.parent for folder in (document.resolve() for document in documents)}
    moved: dict[str, str] = {}

    def renamed(place: Origin | None) -> Origin | None:
        if place is None:
            return None
        if place.file not in moved:
            path = (homes.get(place.file.partition("/")[0], Path()) / place.file).resolve()
            moved[place.file] = (
                path.relative_to(top).as_posix() if path.is_relative_to(top) and path.exists() else place.file
            )
        return replace(place, file=moved[place.file])

    results = tuple(replace(result, origin=renamed(result.origin)) for result in report.results)
    return replace(
        report,
        results=results,
        concerns=tuple(replace(concern, origin=renamed(concern.origin)) for concern in report.concerns),
    )


def document_folders(named: Sequence[str]) -> tuple[Path, ...]:
    """Return the folders of case files that are named, or that lie in folders that are."""
    paths = (path for name in named for path in (Path(name), *Path(name).glob("*")) if name != "-")
    return tuple(path for path in paths if (path / DOCUMENT).is_file())


def _root() -> Path | None:
    try:
        command = ["git", "rev-parse", "--show-toplevel"]
        done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - no shell
    except OSError:
        return None
    return Path(done.stdout.rstrip("\n")).resolve() if done.returncode == 0 and done.stdout.strip() else None
