"""What advice is made of. Everything in it comes from rows of the queries under ``queries/advice``."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Status(Enum):
    """How a thing that evidence speaks of stands to what the firm does."""

    ADVISED = "advised"  # the evidence speaks for it, and the firm does not say that it does it
    CONFIRMED = "confirmed"  # the evidence speaks for it, and the firm does it
    UNCONFIRMED = "unconfirmed"  # the firm does it, and the evidence does not bear out that it helps here
    DOUBTFUL = "doubtful"  # a source says that it helps, and the printed figure does not bear that out


@dataclass(frozen=True, slots=True)
class Evidence:
    """A printed figure or a claim, with where documents state it and what is doubted about it.

    ``says`` is the figure as printed or the claim in a few words, ``voices`` who advances the claim. ``p`` is the
    recomputed two-sided p of a figure, ``corrected`` that p for all tests of its table, ``respondents`` the sample size
    that the source states.
    """

    iri: str
    says: str
    voices: tuple[str, ...] = ()
    p: str = ""
    corrected: str = ""
    respondents: str = ""
    doubts: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return what it says, who says so, and for a figure how far it can be told from chance."""
        if self.p:
            chance = f"p = {self.p} by itself, {self.corrected} after correction for all tests of its table"
            return f"{self.says}: {chance}, N = {self.respondents} as stated"
        if self.respondents:
            return f"{self.says} of {self.respondents} respondents"
        return f"{self.says} ({', '.join(self.voices)})" if self.voices else self.says


@dataclass(frozen=True, slots=True)
class Pointer:
    """Something that the evidence speaks of, at a stage or in general, graded, with how it stands to what the firm does."""

    item: str
    name: str
    kind: str
    stage: str
    rank: int
    grade: str
    status: Status
    evidence: tuple[Evidence, ...]
    pitfalls: tuple[str, ...] = ()

    def why(self) -> str:
        """Explain why it is told to the firm."""
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
        }[self.status]
        return f"{where}; {done}"

    def caveats(self) -> tuple[str, ...]:
        """Describe what limits the evidence, each once: too few sources, words without figures, association, doubts."""
        documents = {place.partition(",")[0].partition(" ")[0] for each in self.evidence for place in each.places}
        figures = [each for each in self.evidence if each.p]
        found = [f"one document only: {documents.copy().pop()}"] if len(documents) == 1 else []
        if figures:
            found.append("a coefficient tells what goes together, not what brings about what")
        else:
            found.append("a source's word; no printed figure tests it")
        found += [f"pitfall: {pitfall}" for pitfall in self.pitfalls]
        return tuple(dict.fromkeys([*found, *(f"doubted: {doubt}" for each in self.evidence for doubt in each.doubts)]))


@dataclass(frozen=True, slots=True)
class OnFactor:
    """What sources print and say of a factor that hampers the firm, at one stage."""

    factor: str
    stage: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Advice:
    """What the evidence of a graph points one firm to, the best grade first, and what it says nothing of."""

    firm: str
    name: str
    stages: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    on_factors: tuple[OnFactor, ...] = ()
    silent: tuple[str, ...] = field(default=())

    def of(self, status: Status) -> tuple[Pointer, ...]:
        """Return the pointers of a status, the best grade first."""
        return tuple(each for each in self.pointers if each.status is status)
