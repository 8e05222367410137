"""A text with the place of everything in it, and findings about its passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.origin import Origin
from kg.core.terms import BASE
from kg.evidence.audit.model import Certainty, Finding, Target, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADING: Final = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<title>.*\S)", re.MULTILINE)
REFERENCES: Final = re.compile(
    r"^(?:#{1,6}[ \t]*)?(?:[0-9IVX]+\.?[ \t]*)?(?:references?|bibliography|works cited|literature(?: cited)?|参考文献|文献)[ \t]*:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Text:
    """A document's text: the slug of the document, the name of the file, and the characters."""

    document: str
    file: str
    content: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\n", self.content))]

    def place(self, offset: int) -> Origin:
        """Return line and column of an offset, from 1."""
        line = bisect_right(self._starts, offset)
        return Origin(self.file, line, offset - self._starts[line - 1] + 1)

    def section(self, offset: int) -> str:
        """Return the last heading before an offset."""
        title = ""
        for match in HEADING.finditer(self.content, 0, offset):
            title = match["title"].strip("*# ")
        return title

    @cached_property
    def references(self) -> tuple[int, int] | None:
        """Return where the list of references stands: from its heading to the next one, or to the end."""
        found = list(REFERENCES.finditer(self.content))
        if not found:
            return None
        start = found[-1].end()
        after = HEADING.search(self.content, start)
        return start, after.start() if after else len(self.content)

    def paragraphs(self) -> Iterator[tuple[int, str]]:
        """Yield the paragraphs outside the list of references, each with its offset: stretches between empty lines."""
        for match in re.finditer(r"\S(?:.|\n(?![ \t]*\n))*", self.content):
            if self.references is None or not self.references[0] <= match.start() < self.references[1]:
                yield match.start(), match[0]

    def finding(  # noqa: PLR0913 - the parts of a finding that differ
        self,
        *,
        kind: str,
        check: str,
        sure: Certainty,
        at: tuple[int, int],
        name: str,
        printed: str,
        expected: str,
        how: str,
        reason: str,
    ) -> Finding:
        """Make a finding about a stretch of the text."""
        start = at[0]
        return Finding(
            kind=kind,
            check=check,
            certainty=sure,
            target=Target(
                document=self.document,
                subjects=(NamedNode(f"{BASE}id/{self.document}/document"),),
                place=self.place(start),
                section=self.section(start),
            ),
            slug=f"text/{slug_of(name)[:60]}/{start}",
            name=name,
            printed=printed,
            expected=expected,
            how=how,
            reason=reason,
            span=at,
        )
