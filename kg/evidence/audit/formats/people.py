"""An audit for readers: as text, and as one self-contained HTML page.

The page can be read without colour, scripts or a mouse.
"""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kg.core.text import markup, printable_lines
from kg.evidence.audit.model import Certainty, anomaly_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.evidence.audit.model import Audit, Finding

WIDTH: Final = 120
_STYLE: Final = """\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; }
article { border-inline-start: .3rem solid; padding-inline-start: 1rem; margin-block: 1.5rem; }
article.possible { border-inline-start-style: dotted; }
article.probable { border-inline-start-style: dashed; }
h3 { margin-block: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin-block: .5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }"""
_WORDS: Final = {"certain": "確実", "probable": "おそらく", "possible": "可能性あり"}


def as_text(outcome: Audit) -> str:
    """Write the text."""
    lines: list[str] = []
    for document, found in groupby(outcome.findings, key=lambda one: one.document):
        lines += [document or "(no document)", ""]
        for kind, several in groupby(found, key=lambda one: (one.certainty.value, one.kind)):
            lines.append(f"  {kind[0]}: {kind[1].replace('-', ' ')}")
            lines += [line for one in several for line in _text_of_finding(one)]
            lines.append("")
    lines += [*_remarks(outcome), *_notes(outcome), summary(outcome)]
    return printable_lines("\n".join(lines)) + "\n"


def _text_of_finding(found: Finding) -> Iterator[str]:
    yield f"    {found.name}"
    texts = [
        ("where", _location(found)),
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


def _location(finding: Finding) -> str:
    """Join the name, the section and the place in a file of what a finding is about."""
    section = f"section {finding.section}" if finding.section else ""
    return "; ".join(part for part in (finding.where, section, str(finding.place)) if part)


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
    looked = (
        f"{outcome.tables} table{'s' * (outcome.tables != 1)} with {outcome.numbers} "
        f"number{'s' * (outcome.numbers != 1)}"
    )
    found = f"{len(outcome.findings)} finding{'s' * (len(outcome.findings) != 1)}"
    text = f"{looked}: {found} ({', '.join(counts)})" if counts else f"{looked}: nothing found"
    return text + (f", {len(outcome.remarks)} noted by hand" if outcome.remarks else "")


def as_page(outcome: Audit) -> str:
    """Write the page: the outcome and the findings of each document.

    What was noted by hand comes after them, and then what follows without being wrong.
    """
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>Audit of printed evidence</title>",
        f"<style>\n{_STYLE}\n</style>",
        "</head>",
        "<body>",
        "<header>",
        '<h1>Audit of printed evidence <span lang="ja">/ 記載値の監査</span></h1>',
        f"<p>{markup(summary(outcome))}</p>",
        "</header>",
        "<main>",
    ]
    for document, found in groupby(outcome.findings, key=lambda one: one.document):
        parts += [
            f"<section>\n<h2>{markup(document)}</h2>",
            *(line for one in found for line in _html_of_finding(one)),
            "</section>",
        ]
    parts += _list(
        "Noted by hand, by readers of the documents",
        (f"{one.document}: {one.name}. {one.text}" for one in outcome.remarks),
    )
    parts += _list("Computed besides", (note.text for note in outcome.notes))
    return "\n".join([*parts, "</main>", "</body>", "</html>"]) + "\n"


def _html_of_finding(found: Finding) -> Iterator[str]:
    sure = found.certainty.value
    yield f'<article class="{sure}" id="{markup(anomaly_node(found).value)}">'
    yield f"<h3>{markup(found.name)}</h3>"
    yield "<dl>"
    rows = [
        ("Kind", found.kind.replace("-", " ")),
        ("Where", _location(found)),
        ("Printed", found.printed),
        ("Expected", found.expected),
        ("How", found.how),
    ]
    for name, text in rows:
        yield f"<dt>{name}</dt><dd>{markup(text)}</dd>"
    japanese = f'<span lang="ja">({_WORDS[sure]})</span>'
    yield f"<dt>How sure</dt><dd><strong>{sure}</strong> {japanese}: {markup(found.reason)}</dd>"
    yield "</dl>"
    yield "</article>"


def _list(heading: str, texts: Iterable[str]) -> list[str]:
    items = [f"<li>{markup(text)}</li>" for text in texts]
    return [f"<section>\n<h2>{heading}</h2>\n<ul>", *items, "</ul>\n</section>"] if items else []
