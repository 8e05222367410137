"""Derive what follows from data, or search it for contradictions: what ``kg reason`` does."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.commands.validate.function import read_source
from kg.core.errors import ReasonerError
from kg.core.terms import CLOSURE, OWL_IMPORTS, expand
from kg.core.text import TextInNotebooks, counted
from kg.explanation.model import statement_in_words
from kg.loaders.rdf.addresses import Located
from kg.reason.closure import Closure
from kg.reason.hermit import Limits
from kg.reason.hermit import check_consistency as check_by_hermit
from kg.reason.justification import Justification, contradictions, justify
from kg.reason.owl2rl import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import BinaryIO

    from pyoxigraph import Triple

    from kg.columns import Columns
    from kg.columns.arrays import Ids
    from kg.commands.validate.function import DataSource
    from kg.core.origin import Origin
    from kg.shacl.data import Data

MOST_CLASSES: Final = 5
MOST_IMPORTS: Final = 5
_LABELS: Final = (expand("rdfs:label"), expand("skos:prefLabel"))


@dataclass(frozen=True)
class Inference(TextInNotebooks):
    """What follows from data.

    Attributes:
        given: the number of statements that were given, with the ontology.
        derived: the number of statements that follow from them and are not among them.
        text: the derived statements as N-Quads; empty where they were written to a file.
        unread_imports: the IRIs that the data imports (``owl:imports``) and does not hold. They are never fetched.

    """

    given: int
    derived: int
    text: str = ""
    unread_imports: tuple[str, ...] = ()

    def quads(self) -> list[Quad]:
        """Return the derived statements; ``kg.open`` takes them, too."""
        return list(parse(self.text, format=RdfFormat.N_QUADS))

    def __str__(self) -> str:
        return "\n".join(
            (f"{self.derived:,} statements follow from {self.given:,}", *_imports_in_words(self.unread_imports))
        )


@dataclass(frozen=True)
class ConsistencyReport(TextInNotebooks):
    """What a search for contradictions found.

    Attributes:
        justifications: for each contradiction a smallest set of statements that cannot all be true, and the rule that
            they break, if a rule of OWL 2 RL sees it.
        unsatisfiable: the IRIs of classes that can have no member.
        left_out: how many statements HermiT did not see, because OWL does not have their datatypes.
        reasoner: what searched: ``OWL 2 RL`` or ``HermiT``.
        text: the report for people, with places in files.
        unread_imports: the IRIs that the data imports (``owl:imports``) and does not hold. They are never fetched.

    """

    justifications: tuple[Justification, ...]
    unsatisfiable: tuple[str, ...]
    left_out: int
    reasoner: str
    text: str = ""
    unread_imports: tuple[str, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether nothing was found."""
        return not self.justifications and not self.unsatisfiable

    def __str__(self) -> str:
        return self.text


def infer(
    data: DataSource | None = None,
    *,
    with_ontology: bool = True,
    output: Path | str | BinaryIO | None = None,
    stdin: bytes | None = None,
    syntax: str = "",
) -> Inference:
    """Derive what follows from data under OWL 2 RL.

    Args:
        data: what ``kg.validate`` takes: a path or a list of paths to RDF files, folders of case files, a build or a
            loaded store; or what ``kg.build`` returned, a graph of rdflib, a store of pyoxigraph, or an iterable of
            quads or triples. The shipped graph where it is left out.
        with_ontology: whether RDF is read together with motkg's ontology, which builds and case files hold.
        output: a file for the derived statements as N-Quads, which appears whole or not at all, or an open binary file;
            without it they are in the result.
        stdin: the content of standard input, which the path ``-`` stands for.
        syntax: read files and standard input as ``ttl``, ``nt``, ``nq`` …, whatever their names.

    Raises:
        InputError: a file cannot be read.
        LimitError: the closure is too large.
        StoreError: a build is damaged, or the output cannot be written.

    Example:
        >>> inference = kg.infer("data.ttl")
        >>> kg.open(inference).ask("ASK { <https://example.org/lens-works> a motkg:Firm }")
        True

    """
    read = read_source(data, with_ontology=with_ontology, stdin=stdin, syntax=syntax)
    given, unread, closure = read.columns.size, unread_imports(read.columns), Closure(read.columns)
    if output is None:
        held = BytesIO()
        derived = closure.write(held, CLOSURE)
        return Inference(given, derived, held.getvalue().decode(), unread)
    if not isinstance(output, (str, os.PathLike)):
        return Inference(given, closure.write(output, CLOSURE), unread_imports=unread)
    from kg.core.atomic import whole_file

    with whole_file(Path(output)) as building, building.open("wb") as file:
        return Inference(given, closure.write(file, CLOSURE), unread_imports=unread)


def check_consistency(  # noqa: PLR0913 - one for each thing that can be chosen, by name
    data: DataSource | None = None,
    *,
    rules_only: bool = False,
    timeout: float = 300.0,
    with_ontology: bool = True,
    stdin: bytes | None = None,
    syntax: str = "",
) -> ConsistencyReport:
    """Search data for contradictions: by the rules of OWL 2 RL, and by HermiT where they find none.

    Args:
        data: what ``kg.validate`` takes; the shipped graph where it is left out.
        rules_only: leave out HermiT, which needs Java.
        timeout: the seconds that HermiT may take, at least 1.
        with_ontology: whether RDF is read together with motkg's ontology, which builds and case files hold.
        stdin: the content of standard input, which the path ``-`` stands for.
        syntax: read files and standard input as ``ttl``, ``nt``, ``nq`` …, whatever their names.

    Raises:
        InputError: a file cannot be read.
        ReasonerError: the data is too large to be checked, or Java or HermiT is missing, failed or took too long.
        StoreError: a build is damaged.

    Example:
        >>> report = kg.check_consistency("odd.ttl", rules_only=True)
        >>> report.consistent, report.justifications[0].rule
        (False, 'cax-dw')

    """
    read = read_source(data, with_ontology=with_ontology, stdin=stdin, syntax=syntax)
    report = _search(read, Limits(seconds=timeout), rules_only=rules_only)
    report = replace(report, unread_imports=unread_imports(read.columns))
    return replace(report, text="".join(f"{line}\n" for line in _in_words(report, read)))


def unread_imports(columns: Columns) -> tuple[str, ...]:
    """Return the IRIs that the statements import and say nothing about."""
    predicate = columns.terms.find(OWL_IMPORTS)
    if predicate is None:
        return ()
    imported = columns.objects(predicate)
    described = [table[0] for _, *table in columns.rows()]
    unknown = [
        position for position in imported.tolist() if not any(_holds(subjects, position) for subjects in described)
    ]
    return tuple(sorted(node.value for node in columns.terms.nodes(unknown) if isinstance(node, NamedNode)))


def _holds(ascending: Ids, position: int) -> bool:
    place = int(ascending.searchsorted(position))
    return place < len(ascending) and int(ascending[place]) == position


def _imports_in_words(iris: Collection[str]) -> list[str]:
    """Return a sentence about imports that were not read, or none."""
    if not iris:
        return []
    named = ", ".join(list(iris)[:MOST_IMPORTS]) + (" …" if len(iris) > MOST_IMPORTS else "")
    return [f"not read: the data imports {named}; imports are never fetched, so name their files as data too"]


def _search(data: Data, limits: Limits, *, rules_only: bool) -> ConsistencyReport:
    if not data.quads and data.columns.size:
        message = "the files are too large to be checked as a whole; check a part that holds the statements in question"
        raise ReasonerError(message)
    quads = list(data.quads)
    by_rules = tuple(contradictions(quads))
    if by_rules or rules_only:
        return ConsistencyReport(by_rules, (), 0, "OWL 2 RL")
    verdict = check_by_hermit(quads, limits)
    if not verdict.consistent:
        reason = justify(quads, limits=limits)
        return ConsistencyReport((reason or Justification(()),), (), verdict.left_out, "HermiT")
    reasons = (justify(quads, iri, limits) for iri in verdict.unsatisfiable[:MOST_CLASSES])
    justifications = tuple(reason for reason in reasons if reason)
    return ConsistencyReport(justifications, verdict.unsatisfiable, verdict.left_out, "HermiT")


def _in_words(report: ConsistencyReport, data: Data) -> Iterator[str]:
    """Yield the lines of a report."""
    left_out = (
        f"; {report.left_out:,} statements with datatypes that OWL does not have were left out"
        if report.left_out
        else ""
    )
    unread = _imports_in_words(report.unread_imports)
    if report.consistent:
        yield f"consistent: {report.reasoner} found no contradiction in {data.columns.size:,} statements{left_out}"
        yield from unread
        return
    labels = labels_of(data.quads)
    places = _places(
        {statement for justification in report.justifications for statement in justification.statements}, data
    )
    if not report.unsatisfiable:
        yield f"inconsistent: these statements cannot all be true, found by {report.reasoner}{left_out}"
    else:
        names = ", ".join(labels.get(iri, iri) for iri in report.unsatisfiable)
        yield f"{len(report.unsatisfiable)} classes can have no member: {names}; found by {report.reasoner}{left_out}"
    yield from unread
    yield from justifications_in_words(report.justifications, labels, places)


def justifications_in_words(
    justifications: Iterable[Justification], labels: Mapping[str, str], places: Mapping[Triple, Origin]
) -> Iterator[str]:
    """Yield the lines that list sets of contradictory statements: the rule, then each statement with its place."""
    for number, justification in enumerate(justifications, 1):
        yield ""
        about = (
            f"why {labels.get(justification.about, justification.about)} can have no member"
            if justification.about
            else ""
        )
        rule = f"{words(justification.rule)} ({justification.rule})" if justification.rule else ""
        yield f"{number}. {': '.join(part for part in (about, rule) if part) or 'no rule of OWL 2 RL sees it'}"
        files = dict.fromkeys(places[each].file for each in justification.statements if each in places)
        sources = f"; {'source' if len(files) == 1 else 'sources'}: {', '.join(files)}" if files else ""
        yield f"   it follows from {counted(len(justification.statements), 'statement')}{sources}"
        for statement in justification.statements:
            yield f"   {statement_in_words(statement, labels)}" + (
                f"\n      {places[statement]}" if statement in places else ""
            )


def labels_of(quads: Iterable[Quad]) -> Mapping[str, str]:
    """Return the English labels of things, or else those without a language."""
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
