"""From a firm's description and the graph's graded evidence to advice.

What is advised, with which grade and on what evidence, is in the rows of ``queries/advice``; here rows are grouped by
what they speak of and held against what the firm says that it does.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import NamedNode

from kg.advice.firmfile import chosen, read_profiles
from kg.advice.model import Advice, Evidence, OnFactor, Pointer, Status
from kg.core.terms import rebase
from kg.query.results.tables import labels_of
from kg.query.sources import places_of_things

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.advice.firmfile import Profile
    from kg.query.results.result import Result
    from kg.store.protocol import QuadStore

    Row = Mapping[str, str]

VERY_WEAK: Final = 2  # the rank of the lowest grade that speaks for something
DOUBTFUL: Final = 1
_NO_STAGE: Final = (
    "the firm does not say at which stage it is (isAtStage), so that no evidence on a stage can be chosen"
)
_NO_PARTNERS: Final = (
    "the firm names no partner and nothing that it lacks or offers (cooperatesWith, lacks, offers, an alliance), "
    "so that what is said of working with partners is left out"
)


class Answering(Protocol):
    """A graph that answers queries of the catalogue, as ``kg.open()`` returns one."""

    base: str
    store: QuadStore

    def query(self, query: str, parameters: Mapping[str, str] | None = None) -> Result:
        """Return the answer to a query of the catalogue."""
        ...


def advise(graph: Answering, file: Path | str, *, firm: str = "") -> tuple[Advice, ...]:
    """Describe what the evidence of a graph points the firms of a file to, or the one firm that an id or name chooses.

    Raises:
        InputError: the file cannot be read, holds unknown words, or describes no such firm; all problems at once.

    """
    path = Path(file)
    profiles = chosen(read_profiles(path, graph.store, graph.base), firm, path)
    answers = _Answers(graph)
    return tuple(_Adviser(answers, profile).advice() for profile in profiles)


class _Answers:
    """The answers of a graph and the places of their evidence, each queried once for all firms."""

    def __init__(self, graph: Answering) -> None:
        self.graph = graph
        self._rows: dict[tuple[str, ...], list[Row]] = {}
        self._places: dict[str, tuple[str, ...]] = {}

    def rows(self, query: str, **concepts: str) -> list[Row]:
        """Return the answer to a query of the catalogue."""
        key = (query, *concepts.values())
        if key not in self._rows:
            answer = self.graph.query(query, {name: rebase(iri, self.graph.base) for name, iri in concepts.items()})
            self._rows[key] = [
                {name: str(getattr(term, "value", "")) for name, term in zip(answer.variables, row, strict=True)}
                for row in answer.rows
            ]
            unknown = {row["evidence"] for row in self._rows[key]} - self._places.keys()
            places = places_of_things(unknown, self.graph.store, self.graph.base)
            self._places |= {iri: tuple(map(str, places.get(iri, ()))) for iri in unknown}
        return self._rows[key]

    def evidence(self, rows: Sequence[Row]) -> tuple[Evidence, ...]:
        """Return the evidence that rows of an answer speak of, figures first."""
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(row["evidence"], []).append(row)
        made = [_one(iri, group, self._places[iri]) for iri, group in found.items()]
        return tuple(sorted(made, key=lambda item: (not item.respondents, item.iri)))


class _Adviser:
    """Advises one firm."""

    def __init__(self, answers: _Answers, profile: Profile) -> None:
        self.answers = answers
        self.graph = graph = answers.graph
        self.profile = profile
        self.done = {rebase(iri, graph.base) for iri in profile.done}
        concepts = [*profile.stages, *(iri for pair in profile.factors for iri in pair if iri)]
        moved = {iri: rebase(iri, graph.base) for iri in concepts}
        labels = labels_of(map(NamedNode, moved.values()), graph.store)
        self.names = {iri: labels.get(there, iri.rpartition("/")[2]) for iri, there in moved.items()}

    def advice(self) -> Advice:
        profile, silent = self.profile, list[str]()
        if not profile.stages:
            silent.append(_NO_STAGE)
        pointers = [pointer for stage in profile.stages for pointer in self._at_stage(stage, silent)]
        factors = [
            (factor, stage) for factor, named in profile.factors for stage in ([named] if named else profile.stages)
        ]
        on_factors = [
            found for factor, stage in dict.fromkeys(factors) if (found := self._on_factor(factor, stage, silent))
        ]
        if not profile.factors:
            silent.append("the firm names no factor that hampers it (facesFactor)")
        if profile.partners:
            pointers += self._in_general()
        else:
            silent.append(_NO_PARTNERS)
        pointers.sort(
            key=lambda pointer: (-pointer.rank, not pointer.stage, -len(pointer.evidence), pointer.kind, pointer.name)
        )
        return Advice(
            profile.iri,
            profile.name,
            tuple(self.names[stage] for stage in profile.stages),
            tuple(dict.fromkeys(self.names[factor] for factor, _ in profile.factors)),
            tuple(pointers),
            tuple(on_factors),
            tuple(silent),
        )

    def _at_stage(self, stage: str, silent: list[str]) -> list[Pointer]:
        pointers = list(self._pointers(self.answers.rows("advice/evidence-at-stage", stage=stage), self.names[stage]))
        if not pointers:
            silent.append(f"no source prints or says what helps at {self.names[stage]}")
        elif all(pointer.rank < VERY_WEAK for pointer in pointers):
            silent.append(f"of {len(pointers)} things measured at {self.names[stage]}, nothing was found to help")
        kept = [
            pointer for pointer in pointers if pointer.rank >= DOUBTFUL or pointer.against or pointer.item in self.done
        ]
        known = {pointer.item for pointer in pointers}
        untold = sorted(self.done - known)
        labels = labels_of(map(NamedNode, untold), self.graph.store)
        names = [labels.get(iri, iri.rpartition("/")[2]) for iri in untold]
        silent += [f"no source prints or says whether {name} helps at {self.names[stage]}" for name in names]
        return kept

    def _in_general(self) -> list[Pointer]:
        return [
            pointer
            for pointer in self._pointers(self.answers.rows("advice/evidence-in-general"), "")
            if pointer.rank >= DOUBTFUL or pointer.against
        ]

    def _on_factor(self, factor: str, stage: str, silent: list[str]) -> OnFactor | None:
        rows = self.answers.rows("advice/said-of-factor", stage=stage, factor=factor)
        if not rows:
            silent.append(f"no source prints or says anything of {self.names[factor]} at {self.names[stage]}")
            return None
        return OnFactor(self.names[factor], self.names[stage], self.answers.evidence(rows))

    def _pointers(self, rows: Iterable[Row], stage: str) -> Iterator[Pointer]:
        by_item = {
            item: list(group)
            for item, group in groupby(sorted(rows, key=lambda row: row["item"]), key=lambda row: row["item"])
        }
        for item, group in by_item.items():
            first = group[0]
            pitfalls = tuple(dict.fromkeys(row["pitfall"] for row in group if row.get("pitfall")))
            rank = int(first["rank"])
            evidence, against = (
                self.answers.evidence([row for row in group if row["side"] == side]) for side in ("for", "against")
            )
            status = self._status(item, rank)
            yield Pointer(
                item, first["name"], first["kind"], stage, rank, first["grade"], status, evidence, pitfalls, against
            )

    def _status(self, item: str, rank: int) -> Status:
        if item in self.done:
            return Status.CONFIRMED if rank >= VERY_WEAK else Status.UNCONFIRMED
        if rank >= VERY_WEAK:
            return Status.ADVISED
        return Status.DOUBTFUL if rank >= DOUBTFUL else Status.AGAINST


def _one(iri: str, rows: list[Row], places: tuple[str, ...]) -> Evidence:
    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[name] for row in rows if row.get(name)))

    first = rows[0]
    return Evidence(
        iri,
        first["says"],
        several("voice"),
        first.get("p", ""),
        first.get("corrected", ""),
        first.get("respondents", ""),
        several("doubt"),
        places,
        several("reading"),
    )
