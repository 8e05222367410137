"""What ``kg reason`` does: closes data under OWL 2 RL, or checks it for contradictions and says what they rest on, with lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import ReasonerError
from kg.core.names import CLOSURE
from kg.core.terms import expand
from kg.explanation.model import statement_in_words
from kg.loaders.rdf.addresses import Located
from kg.reason.closure import Closure
from kg.reason.hermit import check_consistency
from kg.reason.justification import Justification, contradictions, justify
from kg.reason.rulewords import WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import BinaryIO

    from pyoxigraph import Triple

    from kg.core.origin import Origin
    from kg.reason.hermit import Limits
    from kg.shacl.data import Data

MOST_CLASSES: Final = 5
_LABELS: Final = (expand("rdfs:label"), expand("skos:prefLabel"))


@dataclass(frozen=True)
class Check:
    """What a check found. ``unsatisfiable`` are the IRIs of classes that can have no member.

    ``left_out`` statements HermiT did not see.

    ``reasoner`` says who looked: the rules of OWL 2 RL alone, or HermiT as well.
    """

    justifications: tuple[Justification, ...]
    unsatisfiable: tuple[str, ...]
    left_out: int
    reasoner: str

    @property
    def consistent(self) -> bool:
        """Return whether nothing was found."""
        return not self.justifications and not self.unsatisfiable


def close(data: Data, file: BinaryIO) -> tuple[int, int]:
    """Write what follows from data as N-Quads of the closure's graph.

    Gives the number of statements before, and of new ones.

    Raises:
        LimitError: the closure grows without bounds.

    """
    return data.columns.size, Closure(data.columns).write(file, CLOSURE)


def check(data: Data, *, rules_only: bool = False, limits: Limits | None = None) -> Check:
    """Look for contradictions: by the rules of OWL 2 RL, and by HermiT where they find none.

    Raises:
        ReasonerError: the data is too large to be checked, or Java or HermiT is missing, failed or took too long.

    """
    if not data.quads and data.columns.size:
        message = "the files are too large to be checked as a whole; check a part that holds the statements in question"
        raise ReasonerError(message)
    quads = list(data.quads)
    if found := contradictions(quads):
        return Check(tuple(found), (), 0, "OWL 2 RL")
    if rules_only:
        return Check((), (), 0, "OWL 2 RL")
    verdict = check_consistency(quads, limits)
    if not verdict.consistent:
        reason = justify(quads, limits=limits)
        return Check((reason,) if reason else (Justification(()),), (), verdict.left_out, "HermiT")
    reasons = (justify(quads, iri, limits) for iri in verdict.unsatisfiable[:MOST_CLASSES])
    return Check(tuple(reason for reason in reasons if reason), verdict.unsatisfiable, verdict.left_out, "HermiT")


def in_words(found: Check, data: Data) -> Iterator[str]:
    """Yield the lines of a report on a check."""
    left_out = (
        f"; {found.left_out:,} statements with datatypes that OWL does not have were left out" if found.left_out else ""
    )
    if found.consistent:
        yield f"consistent: {found.reasoner} found no contradiction in {data.columns.size:,} statements{left_out}"
        return
    labels = _labels(data.quads)
    places = _places({each for justification in found.justifications for each in justification.statements}, data)
    if not found.unsatisfiable:
        yield f"inconsistent: these statements cannot all be true, found by {found.reasoner}{left_out}"
    else:
        names = ", ".join(labels.get(iri, iri) for iri in found.unsatisfiable)
        yield f"{len(found.unsatisfiable)} classes can have no member: {names}; found by {found.reasoner}{left_out}"
    for number, justification in enumerate(found.justifications, 1):
        yield ""
        about = (
            f"why {labels.get(justification.about, justification.about)} can have no member"
            if justification.about
            else ""
        )
        rule = f"{WORDS.get(justification.rule, '')} ({justification.rule})" if justification.rule else ""
        yield f"{number}. {': '.join(part for part in (about, rule) if part) or 'no rule of OWL 2 RL sees it'}"
        for statement in justification.statements:
            yield f"   {statement_in_words(statement, labels)}" + (
                f"\n      {places[statement]}" if statement in places else ""
            )


def _labels(quads: Iterable[Quad]) -> Mapping[str, str]:
    labels: dict[str, str] = {}
    for quad in quads:
        if quad.predicate in _LABELS and isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            if quad.object.language == "en":
                labels[quad.subject.value] = quad.object.value
            elif not quad.object.language:
                labels.setdefault(quad.subject.value, quad.object.value)
    return labels


def _places(statements: Collection[Triple], data: Data) -> dict[Triple, Origin]:
    """Return where statements stand, of one in several graphs the first."""
    subjects = {statement.subject for statement in statements}
    quads = (quad for quad in data.quads if quad.subject in subjects and quad.triple in statements)
    wanted = {quad: data.origins[quad] for quad in quads if quad in data.origins}
    located = Located(wanted, data.sources)
    return {quad.triple: origin for quad in reversed(wanted) if (origin := located.origin(quad))}
