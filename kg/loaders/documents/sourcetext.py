"""The text of a source document: where printed things stand in it, and which of its numerals are accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.loaders.files import position, read_rows, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.loaders.cases.draft import Transcript

_VALUE: Final = re.compile(r"(?:\s|</?[A-Za-z][A-Za-z0-9]*>)*(.*?)(?:\s|</?[A-Za-z][A-Za-z0-9]*>)*")
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


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference between case files and their document: a statement without support in the text, or the reverse."""

    place: Origin
    message: str

    def __str__(self) -> str:
        """Return the place and what is wrong there."""
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document's text file. Offsets count code points of the file as it is, line ends included."""

    name: str
    text: str
    sha256: str

    def place(self, offset: int) -> Origin:
        """Return line and column of an offset."""
        return Origin(self.name, *position(self.text, offset))


def read_source(path: Path) -> SourceText:
    """Read a document's text file.

    Raises:
        InputError: the file is not there or is not UTF-8.

    """
    try:
        raw = path.read_bytes()
        return SourceText(path.name, raw.decode("utf-8"), sha256(raw).hexdigest())
    except OSError as error:
        raise InputError([Problem(path.name, 0, 0, f"the document's text cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem(path.name, 0, 0, f"byte 0x{error.object[error.start]:02X} at offset {error.start} is not UTF-8")]
        ) from error


def printed_pattern(printed: str) -> re.Pattern[str]:
    """Return a pattern that finds printed characters in a text.

    White space stands for any white space (a line of the file may end there), and a number or word is found whole only:
    ``15`` not in ``150``, ``1.5`` or ``1,590``.
    """
    body = r"\s+".join(re.escape(part) for part in printed.split())
    before = r"(?<![0-9])(?<![0-9][.,])" if printed[:1].isdigit() else r"(?<![^\W\d_])" if printed[:1].isalpha() else ""
    after = r"(?![0-9]|[.,][0-9])" if printed[-1:].isdigit() else r"(?![^\W\d_])" if printed[-1:].isalpha() else ""
    return re.compile(before + body + after)


def locate_cells(transcript: Transcript, source: SourceText) -> tuple[dict[str, tuple[int, int]], list[Finding]]:
    """Find every filled cell of a table in the document: offsets by cell id, and where the two differ.

    The table is looked for in the places that its description names: tab-separated lines, with or without a line of
    headings, mark-up such as ``<b>`` around a value left out.
    """
    width = len(transcript.rows[0])
    lines = [line for start, end in transcript.places for line in _lines(source.text, start, end)]
    headings = [field.text for field in transcript.rows[0] if field.text]
    if lines and [text for text, _ in lines[0] if text] == headings:
        lines.pop(0)
    found: dict[str, tuple[int, int]] = {}
    findings: list[Finding] = []
    if len(lines) != len(transcript.rows) - 1:
        message = (
            f"the table has {len(transcript.rows) - 1} rows, the place in the document that its description names "
            f"{len(lines)}"
        )
        return found, [Finding(Origin(transcript.file), message)]
    for number, (row, line) in enumerate(zip(transcript.rows[1:], lines, strict=True), 1):
        if len(line) > width:
            findings.append(
                Finding(
                    Origin(transcript.file, row[0].line, 1),
                    f"the document has {len(line)} values in this row, the table {width}",
                )
            )
        for column, field in enumerate(row):
            text, offset = line[column] if column < len(line) else ("", 0)
            data_column = column - transcript.stub_columns + 1
            if text != field.text:
                cell = f"r{number}c{data_column}" if data_column > 0 else ""
                findings.append(
                    Finding(
                        Origin(transcript.file, field.line, field.column, cell),
                        f"the table has '{field.text}', the document '{text}'",
                    )
                )
            elif data_column > 0 and text.strip():
                found[f"cell/{transcript.slug}/r{number}c{data_column}"] = (offset, offset + len(text))
    return found, findings


def _lines(text: str, start: int, end: int) -> list[list[tuple[str, int]]]:
    """Split the lines of a stretch of text at tabs.

    Return the text of each value, without white space and markup around it, and its offset.
    """
    found = []
    for line in re.finditer(r"[^\r\n]+", text[start:end]):
        values, at = [], start + line.start()
        for value in line[0].split("\t"):
            inner = _VALUE.fullmatch(value)
            values.append((inner[1], at + inner.start(1)) if inner else (value, at))
            at += len(value) + 1
        if any(value for value, _ in values):
            found.append(values)
    return found


def numerals(text: str) -> list[tuple[int, int]]:
    """Return start and end of every number in digits and every cardinal number in English words.

    An example of the latter is *one hundred fifty*. Ordinals in words (*second*) are not numerals here; in digits
    (*29th*) their digits are.
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
