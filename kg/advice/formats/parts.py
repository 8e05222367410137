"""What text and Markdown have in common: the headings of the parts of advice, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.advice.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.advice.model import Advice, Pointer

HEADINGS: Final = {
    Status.ADVISED: "the evidence points to",
    Status.CONFIRMED: "the firm does it, and the evidence speaks for it",
    Status.UNCONFIRMED: "the firm does it, and the evidence does not bear out that it helps",
    Status.DOUBTFUL: "not advised, since a source says that it helps and its figure does not bear that out",
}


def title(advice: Advice) -> str:
    """Name the firm, its stages and the factors that hamper it."""
    stages = f", at {' and '.join(advice.stages)}" if advice.stages else ""
    factors = f", hampered by {' and '.join(advice.factors)}" if advice.factors else ""
    return f"{advice.name}{stages}{factors}"


def parts(advice: Advice, most: int) -> Iterator[tuple[str, list[Pointer], int]]:
    """Yield each part that has something in it: its heading, up to ``most`` pointers, and how many are left out."""
    for status, heading in HEADINGS.items():
        for pointers, where in _split(advice.of(status)):
            if pointers:
                yield f"{where}, {heading}", pointers[:most], max(0, len(pointers) - most)


def _split(pointers: tuple[Pointer, ...]) -> Iterator[tuple[list[Pointer], str]]:
    for stage in dict.fromkeys(each.stage for each in pointers):
        yield [each for each in pointers if each.stage == stage], f"At {stage}" if stage else "In working with partners"
