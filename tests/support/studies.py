"""Studies that nobody made: the items and scales of the shipped survey, with other figures, samples and conclusions."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from kg.core.resources import shipped_documents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SURVEY = "kirihata-mot"
STAGES = ("Basic Research", "Product Development", "Commercialization")
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+|[0-9]+(?=%)")
_SAMPLE = re.compile(r"sample/[a-z-]+")
_SOURCE = re.compile(r"^source: .*$", re.MULTILINE)


def write_study(  # noqa: PLR0913 - what a study differs in, by name
    folder: Path, tables: Sequence[str], *, seed: int, year: int, size: int, stages: Sequence[str] = STAGES
) -> Path:
    """Write a study with some tables of the shipped survey, each figure drawn anew.

    Args:
        folder: the folder to write; its name is the study's slug.
        tables: names of tables of the shipped survey.
        seed: what the figures are drawn from.
        year: when the study was published.
        size: how many firms each sample has.
        stages: the columns that tables with a column for each stage keep.

    """
    shipped = next(path for path in shipped_documents() if path.name == SURVEY) / "tables"
    draw = random.Random(seed)  # noqa: S311 - figures of a test
    (folder / "tables").mkdir(parents=True)
    samples: set[str] = set()
    for name in tables:
        description = (shipped / f"{name}.yaml").read_text(encoding="utf-8")
        lines = [line.split(",") for line in (shipped / f"{name}.csv").read_text(encoding="utf-8").splitlines()]
        if set(STAGES) & set(lines[0]):
            dropped = [place for place, label in enumerate(lines[0]) if label in set(STAGES) - set(stages)]
            lines = [[cell for place, cell in enumerate(line) if place not in dropped] for line in lines]
            for stage in set(STAGES) - set(stages):
                description = re.sub(rf"^  {stage}: .*\n", "", description, flags=re.MULTILINE)
        description = _SOURCE.sub("source: {section: Results, span: [10, 20]}", description)
        samples |= set(_SAMPLE.findall(description))
        rows = [",".join(lines[0]), *(",".join(_drawn(cell, draw) for cell in line) for line in lines[1:])]
        (folder / "tables" / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (folder / "tables" / f"{name}.yaml").write_text(description, encoding="utf-8")
    (folder / "document.yaml").write_text(_document(folder.name, sorted(samples), year, size), encoding="utf-8")
    return folder


def _drawn(cell: str, draw: random.Random) -> str:
    """Return a cell with another figure in the same form; stars go with large coefficients, right or not."""
    match = _NUMBER.search(cell)
    if match is None:
        return cell
    if match[0].count("."):
        value = draw.uniform(-0.4, 0.7)
        return f"{value:.3f}{'***' if value > 0.5 else '**' if value > 0.35 else ''}"
    return cell[: match.start()] + str(draw.randrange(1, 95)) + cell[match.end() :]


def _document(slug: str, samples: Sequence[str], year: int, size: int) -> str:
    things = [
        (
            f"- {{id: document, type: SourceDocument, name: {slug.title()} {year}, title: {slug.title()}, issued: {year}, "
            f"creator: person/author, fileName: {slug}.txt}}"
        ),
        f"- {{id: person/author, type: Person, name: {slug.title()} Author}}",
        (
            f"- {{id: study/survey, type: Survey, name: Survey of {slug}, sample: [{', '.join(samples)}], reportedIn: document, "
            f"year: {year}}}"
        ),
        *(
            f"- {{id: {sample}, type: Sample, name: {sample.removeprefix('sample/')} of {slug}, sampleSize: {size}}}"
            for sample in samples
        ),
        (
            "- id: claim/lawyers-help\n  type: AssociationClaim\n  name: Lawyers go with success\n  text: Working with lawyers goes "
            "with success.\n  subject: concept:specialist/lawyer\n  object: concept:gap/information-and-trust-gap\n  specialist: lawyer\n"
            "  stage: commercialization\n  advancedBy: person/author\n  source: {section: Results, span: [10, 20]}"
        ),
    ]
    return "\n".join(things) + "\n"
