"""Advice as text."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kg.advice.formats.parts import parts, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.advice.model import Advice, Evidence, Pointer

WIDTH: Final = 120


def write(several: Sequence[Advice], most: int) -> str:
    """Write the text, with up to ``most`` things in a part."""
    return "\n".join("\n".join(_firm(advice, most)) + "\n" for advice in several)


def _firm(advice: Advice, most: int) -> Iterator[str]:
    yield title(advice)
    for heading, pointers, left_out in parts(advice, most):
        yield from ("", f"  {heading}:")
        for pointer in pointers:
            yield from _pointer(pointer)
        if left_out:
            yield f"    and {left_out} more; --all shows them"
    for on in advice.on_factors:
        yield from ("", f"  Printed and said of {on.factor} at {on.stage}:")
        for each in on.evidence:
            yield from _evidence(each, 4)
            yield from (line for doubt in each.doubts for line in _wrapped(f"doubted: {doubt}", 6))
    if advice.silent:
        yield from ("", "  The evidence says nothing here:")
        yield from (line for sentence in advice.silent for line in _wrapped(sentence, 4))


def _pointer(pointer: Pointer) -> Iterator[str]:
    yield f"    {pointer.name} ({pointer.grade})"
    yield from _wrapped(f"why: {pointer.why()}", 6)
    for each in pointer.evidence:
        yield from _evidence(each, 6)
    yield from (line for caveat in pointer.caveats() for line in _wrapped(f"but: {caveat}", 6))


def _evidence(each: Evidence, indent: int) -> Iterator[str]:
    yield from _wrapped(f"{each.sentence()}; {' and '.join(each.places)}", indent)


def _wrapped(text: str, indent: int) -> list[str]:
    before = " " * indent
    return wrap(
        text,
        WIDTH,
        initial_indent=before,
        subsequent_indent=before + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
