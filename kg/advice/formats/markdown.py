"""Advice as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.advice.formats.parts import parts, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.advice.model import Advice


def write(several: Sequence[Advice], most: int) -> str:
    """Write a heading for each firm and each part, with up to ``most`` things in a part."""
    return "\n".join("\n".join(_firm(advice, most)) + "\n" for advice in several)


def _firm(advice: Advice, most: int) -> Iterator[str]:
    yield f"# {_plain(title(advice))}"
    for heading, pointers, left_out in parts(advice, most):
        yield from ("", f"## {_plain(heading)}", "")
        for pointer in pointers:
            yield f"- **{_plain(pointer.name)}** ({pointer.grade}): {_plain(pointer.why())}"
            yield from (
                f"  - {_plain(each.sentence())}; {_plain(' and '.join(each.places))}" for each in pointer.evidence
            )
            yield from (f"  - *but* {_plain(caveat)}" for caveat in pointer.caveats())
        if left_out:
            yield f"- and {left_out} more"
    for on in advice.on_factors:
        yield from ("", f"## Printed and said of {_plain(on.factor)} at {_plain(on.stage)}", "")
        for each in on.evidence:
            doubts = "".join(f"; *doubted*: {_plain(doubt)}" for doubt in each.doubts)
            yield f"- {_plain(each.sentence())}; {_plain(' and '.join(each.places))}{doubts}"
    if advice.silent:
        yield from ("", "## The evidence says nothing here", "")
        yield from (f"- {_plain(sentence)}" for sentence in advice.silent)


def _plain(text: str) -> str:
    """Return a text in which no character is taken for mark-up; stars of significance stand in every table."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
