"""What the engines did, kept beside the page, so that one engine can be measured anew without the others."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Run(NamedTuple):
    """What one engine did with statements of one number.

    ``load`` and ``optimised`` are seconds, ``reading`` the milliseconds in which motkg makes its parser ready, ``peak``
    and ``disk`` megabytes; ``answers`` has what each question took.
    """

    triples: int
    engine: str
    day: str
    machine: str
    load: float
    optimised: float
    reading: float
    peak: float
    disk: float
    answers: dict[str, dict[str, Any]]


def read(path: Path) -> list[Run]:
    """Return the runs of a file; none where there is no such file."""
    return [Run(**each) for each in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def merged(known: list[Run], new: Run, order: list[str]) -> list[Run]:
    """Put a run in the place of the one of the same engine and number; one that could not load takes no place."""
    if math.isnan(new.load):
        return known
    others = [run for run in known if (run.triples, run.engine) != (new.triples, new.engine)]
    return sorted([*others, new], key=lambda run: (run.triples, order.index(run.engine)))


def write(path: Path, runs: list[Run]) -> None:
    """Write runs, one a line."""
    lines = ",\n".join(json.dumps(run._asdict(), ensure_ascii=False) for run in runs)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
