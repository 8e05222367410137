"""Write docs/reference/coverage.md: what of each document the graph holds, section by section, and what it does not.

python docs/coverage.py SOURCES          writes the page; SOURCES is the folder with the texts of the documents
python docs/coverage.py SOURCES --check  exits with 1 when it is not what would be written
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.resources import shipped_documents
from kg.core.terms import BASE, RDF_TYPE, expand, term
from kg.loaders.cases.draft import read_spans
from kg.pipeline.building import state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import Quad

PAGE: Final = Path(__file__).resolve().parent / "reference" / "coverage.md"
_PARAGRAPH: Final = re.compile(r"\S(?:.|\n(?![ \t]*\n))*")
_SENTENCE: Final = re.compile(r"\S.*?(?:[.!?][\"”’)\]]*(?=\s+[A-Z“\"(•\[*0-9]|$)|$)", re.DOTALL)  # noqa: RUF001 - as printed
_HELD: Final = 0.25
"""The part of a sentence that spans must cover for it to count as held."""
_WHOLE: Final = 5000
"""Spans longer than this are of whole sections, and hold no single sentence."""
_SHORT: Final = 14
_REASONS: Final = (
    (re.compile(r"[\W\d_]+$"), "a rule or a number"),
    (re.compile(r"[#*【]|[IVX]+\s*\.|[0-9]+\s*\.|\([a-z0-9]\)"), "a heading, a caption or the number of a note"),
    (re.compile(r".*:\s*$", re.DOTALL), "leads over to what follows"),
    (re.compile(r"There are some|This section is divided|The questionnaire survey of"), "leads over to what follows"),
    (re.compile(r"\\\*"), "the legend of a table, which is the description of the table"),
)
_CLAIM: Final = re.compile(r"(?:Claim|Recommendation)$")
_OBSERVATION: Final = re.compile(r"(?:Observation|Estimate)$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the sentences, headings and items of lists of a text."""
    for paragraph in _PARAGRAPH.finditer(text):
        for match in _SENTENCE.finditer(paragraph[0]):
            yield paragraph.start() + match.start(), paragraph.start() + match.end()


def reason(text: str) -> str:
    """Say why nothing rests on a stretch of text, or that nothing says why."""
    shown = " ".join(text.split())
    found = next((words for pattern, words in _REASONS if pattern.match(shown)), "")
    return found or ("a heading" if len(shown.split()) <= _SHORT else "not held")


def held(document: Path, text: str) -> list[tuple[int, int]]:
    """Return the sentences on which no span lies."""
    covered = bytearray(len(text))
    for entry in read_spans(document / "spans.csv", "spans.csv").values():
        if entry.end - entry.start < _WHOLE:
            covered[entry.start : entry.end] = b"\1" * (entry.end - entry.start)
    return [(start, end) for start, end in sentences(text) if sum(covered[start:end]) < _HELD * (end - start)]


def sections(document: str, quads: Sequence[Quad]) -> list[tuple[str, Counter[str]]]:
    """Return, for each section in the order of the text, how many things of each sort rest on it."""
    section, start, kinds = {}, {}, {}
    places: dict[NamedNode, set[NamedNode]] = {}
    base = f"{BASE}id/{document}/"
    for quad in quads:
        subject, value = quad.subject, quad.object
        if not isinstance(subject, NamedNode) or not subject.value.startswith(base):
            continue
        if quad.predicate == term("section"):
            section[subject] = value.value  # type: ignore[union-attr]
        elif quad.predicate == expand("oa:start"):
            start[NamedNode(subject.value.removesuffix("/position"))] = int(value.value)  # type: ignore[union-attr]
        elif quad.predicate == term("statedAt") and isinstance(value, NamedNode):
            places.setdefault(subject, set()).add(value)
        elif quad.predicate == RDF_TYPE and isinstance(value, NamedNode):
            kinds.setdefault(subject, value.value)
    counts: dict[str, Counter[str]] = {}
    first: dict[str, int] = {}
    for thing, spans in places.items():
        kind = kinds.get(thing, "")
        sort = "claims" if _CLAIM.search(kind) else "figures" if _OBSERVATION.search(kind) else "things"
        for name in {section.get(span, "") for span in spans}:
            counts.setdefault(name, Counter())[sort] += 1
        for span in spans:
            name = section.get(span, "")
            first[name] = min(first.get(name, sys.maxsize), start.get(span, sys.maxsize))
    return sorted(counts.items(), key=lambda item: (first.get(item[0], 0), item[0]))


def page(sources: Path) -> str:
    """Return the page."""
    documents = shipped_documents()
    quads = state(documents).quads
    files = {
        quad.subject.value.removeprefix(f"{BASE}id/").partition("/")[0]: quad.object.value  # type: ignore[union-attr]
        for quad in quads
        if quad.predicate == term("fileName") and quad.subject.value.endswith("/document")  # type: ignore[union-attr]
    }
    lines = [
        "# Coverage",
        "",
        "Made by `docs/coverage.py` from the case files and the texts of the documents. A sentence is held when",
        "statements rest on a quarter of it or more. Offsets count characters from 0; the texts are not part of motkg.",
        "",
    ]
    for document in documents:
        text = (sources / files[document.name]).read_text(encoding="utf-8")
        missing = held(document, text)
        number = sum(1 for _ in sentences(text))
        lines += [
            f"## {document.name}",
            "",
            f"{number - len(missing)} of {number} sentences, headings and items are held.",
            "",
        ]
        lines += ["| section | claims | figures | other things |", "|---|---|---|---|"]
        lines += [
            f"| {name or 'none'} | {count['claims']} | {count['figures']} | {count['things']} |"
            for name, count in sections(document.name, quads)
        ]
        lines += ["", "Not held:", "", "| offsets | why |", "|---|---|"]
        lines += [f"| {start}–{end} | {reason(text[start:end])} |" for start, end in missing]  # noqa: RUF001 - a range
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write or check the page."""
    wanted = page(Path(sys.argv[1]))
    if "--check" in sys.argv[1:]:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
