"""Advice and its forms: text, Markdown and JSON.

All of its content comes from rows of the queries under ``queries/advice``.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from enum import Enum
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from kg.core.text import TextInNotebooks, printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Status(Enum):
    """How a thing that evidence speaks of stands to what the firm does."""

    ADVISED = "advised"  # the evidence speaks for it, and the firm does not say that it does it
    CONFIRMED = "confirmed"  # the evidence speaks for it, and the firm does it
    UNCONFIRMED = "unconfirmed"  # the firm does it, and the evidence does not show that it helps here
    DOUBTFUL = "doubtful"  # a source says that it helps, and a printed figure or another source does not bear that out
    AGAINST = "against"  # as much speaks against it as for it, or more


@dataclass(frozen=True, slots=True)
class Evidence:
    """A printed figure or a claim, with where documents state it and what is doubted about it.

    ``says`` is the figure as printed or the claim in a few words, ``voices`` who advances the claim. ``p`` is the
    recomputed two-sided p of a figure, ``corrected`` that p for all tests of its table, ``respondents`` the sample size
    that the source states. ``readings`` say why a claim is taken to be about the stage where its source names none.
    """

    iri: str
    says: str
    voices: tuple[str, ...] = ()
    p: str = ""
    corrected: str = ""
    respondents: str = ""
    doubts: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return the evidence as a sentence: the figure or claim, who advances it, and for a figure its p-values."""
        if self.p:
            chance = f"p = {self.p} by itself, {self.corrected} after correction for all tests of its table"
            return f"{self.says}: {chance}, N = {self.respondents} as stated"
        if self.respondents:
            return f"{self.says} of {self.respondents} respondents"
        return f"{self.says} ({', '.join(self.voices)})" if self.voices else self.says


@dataclass(frozen=True, slots=True)
class Pointer:
    """A thing that the evidence is about, at a stage or in general, with its grade.

    It also has its relation to what the firm does. ``evidence`` is what speaks for it or shows nothing, ``against``
    what denies or contradicts that, or tells of harm.
    """

    item: str
    name: str
    kind: str
    stage: str
    rank: int
    grade: str
    status: Status
    evidence: tuple[Evidence, ...]
    pitfalls: tuple[str, ...] = ()
    against: tuple[Evidence, ...] = ()

    def why(self) -> str:
        """Return why the pointer is shown to the firm."""
        where = (
            f"for {self.stage}, the firm's stage"
            if self.stage
            else "whatever the stage, and the firm has or seeks partners"
        )
        done = {
            Status.ADVISED: "the firm does not say that it does it",
            Status.CONFIRMED: "the firm does it already",
            Status.UNCONFIRMED: "the firm does it",
            Status.DOUBTFUL: "the firm does not say that it does it",
            Status.AGAINST: "the firm does not say that it does it",
        }[self.status]
        return f"{where}; {done}"

    def caveats(self) -> tuple[str, ...]:
        """Describe what limits the evidence, each once: too few sources, words without figures, association, doubts."""
        documents = {place.partition(",")[0].partition(" ")[0] for item in self.evidence for place in item.places}
        figures = [item for item in self.evidence if item.p]
        found = [f"one document only: {documents.copy().pop()}"] if len(documents) == 1 else []
        if figures:
            found.append("a coefficient tells what goes together, not what brings about what")
        elif self.evidence:
            found.append("a source's word; no printed figure tests it")
        found += [f"the stage is a reading of the source: {text}" for item in self.evidence for text in item.readings]
        found += [f"pitfall: {pitfall}" for pitfall in self.pitfalls]
        doubts = (f"doubted: {doubt}" for item in (*self.evidence, *self.against) for doubt in item.doubts)
        return tuple(dict.fromkeys([*found, *doubts]))


@dataclass(frozen=True, slots=True)
class OnFactor:
    """What sources print and say of a factor that hampers the firm, at one stage."""

    factor: str
    stage: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Advice(TextInNotebooks):
    """What the evidence of a graph points one firm to, the best grade first, and what it says nothing of."""

    firm: str
    name: str
    stages: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    on_factors: tuple[OnFactor, ...] = ()
    silent: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """Return the advice as text, with everything in it."""
        return as_text([self], len(self.pointers))

    def of(self, status: Status) -> tuple[Pointer, ...]:
        """Return the pointers of a status, the best grade first."""
        return tuple(pointer for pointer in self.pointers if pointer.status is status)


HEADINGS: Final = {
    Status.ADVISED: "the evidence points to",
    Status.CONFIRMED: "the firm does it, and the evidence speaks for it",
    Status.UNCONFIRMED: "the firm does it, and the evidence does not show that it helps",
    Status.DOUBTFUL: "not advised, since a source says that it helps and a figure or another source does not",
    Status.AGAINST: "not advised, since as much speaks against it as for it, or more",
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
    for stage in dict.fromkeys(pointer.stage for pointer in pointers):
        yield (
            [pointer for pointer in pointers if pointer.stage == stage],
            f"At {stage}" if stage else "In working with partners",
        )


WIDTH: Final = 120


def as_text(several: Sequence[Advice], most: int) -> str:
    """Return the text, with up to ``most`` things in a part."""
    return printable_lines("\n".join("\n".join(_text_of(advice, most)) + "\n" for advice in several))


def _text_of(advice: Advice, most: int) -> Iterator[str]:
    yield title(advice)
    for heading, pointers, left_out in parts(advice, most):
        yield from ("", f"  {heading}:")
        for pointer in pointers:
            yield from _pointer(pointer)
        if left_out:
            yield f"    and {left_out} more; --all shows them"
    for on in advice.on_factors:
        yield from ("", f"  Printed and said of {on.factor} at {on.stage}:")
        for item in on.evidence:
            yield from _evidence(item, 4)
            yield from (line for doubt in item.doubts for line in _wrapped(f"doubted: {doubt}", 6))
    if advice.silent:
        yield from ("", "  The evidence says nothing here:")
        yield from (line for sentence in advice.silent for line in _wrapped(sentence, 4))


def _pointer(pointer: Pointer) -> Iterator[str]:
    yield f"    {pointer.name} ({pointer.grade})"
    yield from _wrapped(f"why: {pointer.why()}", 6)
    for item in pointer.evidence:
        yield from _evidence(item, 6)
    for item in pointer.against:
        yield from _evidence(item, 6, "against: ")
    yield from (line for caveat in pointer.caveats() for line in _wrapped(f"but: {caveat}", 6))


def _evidence(evidence: Evidence, indent: int, before: str = "") -> Iterator[str]:
    yield from _wrapped(f"{before}{evidence.sentence()}; {' and '.join(evidence.places)}", indent)


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


def as_markdown(several: Sequence[Advice], most: int) -> str:
    """Return a heading for each firm and each part, with up to ``most`` things in a part."""
    return "\n".join("\n".join(_markdown_of(advice, most)) + "\n" for advice in several)


def _markdown_of(advice: Advice, most: int) -> Iterator[str]:
    yield f"# {_plain(title(advice))}"
    for heading, pointers, left_out in parts(advice, most):
        yield from ("", f"## {_plain(heading)}", "")
        for pointer in pointers:
            yield f"- **{_plain(pointer.name)}** ({pointer.grade}): {_plain(pointer.why())}"
            yield from (
                f"  - {_plain(item.sentence())}; {_plain(' and '.join(item.places))}" for item in pointer.evidence
            )
            yield from (
                f"  - *against* {_plain(item.sentence())}; {_plain(' and '.join(item.places))}"
                for item in pointer.against
            )
            yield from (f"  - *but* {_plain(caveat)}" for caveat in pointer.caveats())
        if left_out:
            yield f"- and {left_out} more"
    for on in advice.on_factors:
        yield from ("", f"## Printed and said of {_plain(on.factor)} at {_plain(on.stage)}", "")
        for item in on.evidence:
            doubts = "".join(f"; *doubted*: {_plain(doubt)}" for doubt in item.doubts)
            yield f"- {_plain(item.sentence())}; {_plain(' and '.join(item.places))}{doubts}"
    if advice.silent:
        yield from ("", "## The evidence says nothing here", "")
        yield from (f"- {_plain(sentence)}" for sentence in advice.silent)


def _plain(text: str) -> str:
    """Return a text in which no character is taken for mark-up; stars of significance stand in every table."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def as_json(several: Sequence[Advice], most: int) -> str:  # noqa: ARG001 - programs are given everything
    """Return a list with an object for each firm."""
    return json.dumps([_object_of(advice) for advice in several], indent=1, ensure_ascii=False) + "\n"


def _object_of(advice: Advice) -> dict[str, Any]:
    made: dict[str, Any] = asdict(advice)
    for pointer, written in zip(advice.pointers, made["pointers"], strict=True):
        written |= {"status": pointer.status.value, "why": pointer.why(), "caveats": pointer.caveats()}
    return made


FORMATS: Final[dict[str, Callable[[Sequence[Advice], int], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
