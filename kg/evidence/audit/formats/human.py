"""An audit as text: by document, the surest findings first, then what was noted by hand, then what follows without being wrong."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.evidence.audit.model import Audit, Finding

WIDTH: Final = 120


def write(outcome: Audit) -> str:
    """Write the text."""
    lines: list[str] = []
    for document, found in groupby(outcome.findings, key=lambda one: one.document):
        lines += [document or "(no document)", ""]
        for kind, several in groupby(found, key=lambda one: (one.certainty.value, one.kind)):
            lines.append(f"  {kind[0]}: {kind[1].replace('-', ' ')}")
            lines += [line for one in several for line in _finding(one)]
            lines.append("")
    lines += [*_remarks(outcome), *_notes(outcome), summary(outcome)]
    return "\n".join(lines) + "\n"


def _finding(found: Finding) -> Iterator[str]:
    yield f"    {found.name}"
    place = "; ".join(
        part for part in (found.where, f"section {found.section}" if found.section else "", str(found.place)) if part
    )
    texts = [
        ("where", place),
        ("printed", found.printed),
        ("expected", found.expected),
        ("how", found.how),
        ("how sure", found.reason),
    ]
    if found.confirms is not None:
        texts.append(("noted by hand as", found.confirms.value.rpartition("/anomaly/")[2]))
    for name, text in texts:
        yield from wrap(
            f"{name}: {text}",
            WIDTH,
            initial_indent="      ",
            subsequent_indent="        ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _remarks(outcome: Audit) -> Iterator[str]:
    if outcome.remarks:
        yield "noted by hand, by readers of the documents; no check speaks to them"
        yield ""
        for remark in outcome.remarks:
            yield f"    {remark.document}: {remark.kind.replace('-', ' ')}: {remark.name}"
        yield ""


def _notes(outcome: Audit) -> Iterator[str]:
    if outcome.notes:
        yield "computed besides"
        yield ""
        for note in outcome.notes:
            yield from wrap(
                note.text,
                WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        yield ""


def summary(outcome: Audit) -> str:
    """Say in one line what was looked at and what was found."""
    counts = [
        f"{count} {sure.value}"
        for sure in Certainty
        if (count := sum(found.certainty is sure for found in outcome.findings))
    ]
    looked = f"{outcome.tables} table{'s' * (outcome.tables != 1)} with {outcome.numbers} number{'s' * (outcome.numbers != 1)}"
    found = f"{len(outcome.findings)} finding{'s' * (len(outcome.findings) != 1)}"
    text = f"{looked}: {found} ({', '.join(counts)})" if counts else f"{looked}: nothing found"
    return text + (f", {len(outcome.remarks)} noted by hand" if outcome.remarks else "")
