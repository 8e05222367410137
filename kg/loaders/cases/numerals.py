"""Numerals of a document: where they stand and which of them are accounted for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.loaders.cases.csvrows import read_rows
from kg.loaders.cases.text import read_text
from kg.loaders.documents.sourcetext import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.loaders.documents.sourcetext import SourceText

NOT_FIGURES: Final = "not-figures.csv"
_OFFSET: Final = re.compile(r"[0-9]{1,12}")
HEADER: Final = ("start", "end", "printed", "reason")

_WORD: Final = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|halves)(?![A-Za-z])"
)
_NUMERAL: Final = re.compile(
    rf"[0-9]+(?:[.,][0-9]+)*|(?<![A-Za-z]){_WORD}(?:(?:\s+|-|\s+and\s+){_WORD})*",
    re.IGNORECASE,
)


def numerals(text: str) -> list[tuple[int, int]]:
    """Return start and end of every number in digits, and of every cardinal number in English words such as *one hundred fifty*.

    Ordinals in words (*second*) are not numerals here; in digits (*29th*) their digits are.
    """
    return [hit.span() for hit in _NUMERAL.finditer(text)]


def uncovered(source: SourceText, covered: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the numerals of a document that lie in none of the covered stretches."""
    marks = bytearray(len(source.text) + 1)
    for start, end in covered:
        marks[start:end] = b"\x01" * (min(end, len(source.text)) - start)
    return [(start, end) for start, end in numerals(source.text) if not all(marks[start:end])]


def read_not_figures(path: Path, name: str, source: SourceText) -> tuple[list[tuple[int, int]], list[Finding]]:
    """Read ``not-figures.csv``: the numerals that are no figures (dates, section numbers, idioms), each with a reason.

    Gives the stretches that stand as printed, and a finding for each entry that does not.

    Raises:
        InputError: the file is not such a table.

    """
    rows = read_rows(read_text(path, name), name)
    if not rows or tuple(field.text for field in rows[0]) != HEADER:
        raise InputError([Problem(name, 1, 1, "the first line is not the header", expected=",".join(HEADER))])
    stretches: list[tuple[int, int]] = []
    findings: list[Finding] = []
    problems: list[Problem] = []
    for row in rows[1:]:
        texts = [field.text for field in row]
        if len(texts) != len(HEADER) or not all(map(_OFFSET.fullmatch, texts[:2])) or not texts[-1].strip():
            problems.append(
                Problem(
                    name,
                    row[0].line,
                    row[0].column,
                    "the line cannot be read",
                    expected="start, end, printed characters and a reason",
                )
            )
            continue
        start, end = int(texts[0]), int(texts[1])
        if source.text[start:end].split() == texts[2].split() and start < end:
            stretches.append((start, end))
        else:
            findings.append(
                Finding(
                    Origin(name, row[0].line, row[0].column),
                    f"'{texts[2]}' does not stand at {start} to {end} of {source.name}",
                )
            )
    if problems:
        raise InputError(problems)
    return stretches, findings
