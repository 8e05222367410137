"""A file in which firms describe themselves, with the keys of case files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import InputError, Problem, near_names
from kg.core.resources import queries_dir
from kg.core.terms import BASE, RDF_TYPE, rebase, term
from kg.loaders import shipped_vocabulary
from kg.loaders.cases.casefile import read_casefile
from kg.loaders.cases.context import shipped_context
from kg.loaders.cases.draft import Draft
from kg.query.results.tables import labels_of
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store.protocol import QuadStore

_FIRMS = "SELECT DISTINCT ?class WHERE { ?class rdfs:subClassOf* motkg:Firm }"
_KNOWN = "SELECT DISTINCT ?thing WHERE { VALUES ?thing { %s } ?thing ?property ?value }"
_OF_CLASS = "SELECT DISTINCT ?thing WHERE { VALUES ?thing { %s } ?thing a <%s> }"
_CLASSES: Final = {"isAtStage": "Stage", "stage": "Stage", "factor": "CausalFactor"}
"""What the graph must say that the values of a firm's properties are, since its evidence is chosen by them."""


@dataclass
class Profile:
    """The description of one firm, by IRI.

    It has the stages, the factors that hamper the firm with their stages, its activities and its partners.
    """

    iri: str
    name: str
    stages: list[str] = field(default_factory=list)
    factors: list[tuple[str, str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    partners: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """Return the id of the firm in its file."""
        return "/".join(self.iri.split("/")[-2:])


def read_profiles(path: Path, graph: QuadStore, base: str = BASE) -> list[Profile]:
    """Read what the firms of a file say of themselves. References may lead to things of the graph.

    Raises:
        InputError: the file cannot be read, holds unknown words, concepts or references, or describes no firm; all
            problems at once.

    """
    name = str(path)
    draft = Draft(
        re.sub(r"[^a-z0-9-]+", "-", path.stem.lower()) or "firms", shipped_vocabulary(), shipped_context(), None
    )
    try:
        read_casefile(path, name, draft)
    except OSError as error:
        raise InputError([Problem(name, 0, 0, str(error.strerror), expected="a case file")]) from error
    draft.check_references(_known(draft, graph, base), draft.unread)
    problems = draft.problems or _misplaced(draft, graph, base)
    if problems:
        raise InputError(problems)
    return _profiles(draft, name)


def chosen(profiles: list[Profile], firm: str, path: Path) -> list[Profile]:
    """Return the firm of an id or name, or all of them where none is named.

    Raises:
        InputError: the file describes no such firm, or several of one name.

    """
    named: dict[str, list[Profile]] = {}
    for profile in profiles:
        for key in dict.fromkeys((profile.iri, profile.id, profile.name, profile.iri.rpartition("/")[2])):
            named.setdefault(key, []).append(profile)
    if not firm:
        return profiles
    if firm not in named:
        near = near_names(firm, named)
        raise InputError(
            [
                Problem(
                    str(path), 0, 0, f"the file describes no firm '{firm}'", expected="the id or name of one", near=near
                )
            ]
        )
    if len(named[firm]) > 1:
        ids = " or ".join(profile.id for profile in named[firm])
        raise InputError(
            [Problem(str(path), 0, 0, f"the file describes {len(named[firm])} firms '{firm}'", expected=ids)]
        )
    return named[firm]


def _known(draft: Draft, graph: QuadStore, base: str) -> set[str]:
    """Return the references that lead to things of the graph."""
    return _found(_KNOWN, {reference.target for reference in draft.references} - draft.defined.keys(), graph, base)


def _misplaced(draft: Draft, graph: QuadStore, base: str) -> list[Problem]:
    """Return the stages and factors that are something else, each with its place."""
    problems = []
    for name, kind in _CLASSES.items():
        quads = [quad for quad in draft.statements.quads if quad.predicate == term(name)]
        stated = {quad: quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}
        right = _found(_OF_CLASS, set(stated.values()), graph, base, rebase(term(kind).value, base))
        for quad, value in stated.items():
            if value not in right:
                at = draft.statements.origins[quad]
                message = f"'{'/'.join(value.split('/')[-2:])}' is no {kind}, and '{name}' takes one"
                problems.append(Problem(at.file, at.line, at.column, message, expected=f"a thing of type {kind}"))
    return problems


def _found(query: str, iris: set[str], graph: QuadStore, base: str, *rest: str) -> set[str]:
    """Return those of some IRIs that a graph under another base has an answer for."""
    if not iris:
        return set()
    answer = graph.query(query % (" ".join(f"<{rebase(iri, base)}>" for iri in sorted(iris)), *rest))
    rows = answer.rows if isinstance(answer, Solutions) else ()
    return {rebase(str(getattr(row[0], "value", "")), BASE, base) for row in rows}


def _profiles(draft: Draft, name: str) -> list[Profile]:
    stated = EmbeddedStore.of(draft.statements.quads)
    answer = stated.query((queries_dir() / "firms" / "firm-profile.rq").read_text(encoding="utf-8"))
    rows = (
        [[str(getattr(term, "value", "")) for term in row] for row in answer.rows]
        if isinstance(answer, Solutions)
        else []
    )
    described = dict.fromkeys(who for who, aspect, *_ in rows if aspect != "partner") or dict.fromkeys(_typed(draft))
    if not described:
        expected = "a thing of type Firm, SmallFirm, LargeFirm or NewTechnologyBasedSmallFirm"
        raise InputError([Problem(name, 0, 0, "the file describes no firm", expected=expected)])
    labels = labels_of(map(NamedNode, described), stated)
    profiles = {iri: Profile(iri, labels.get(iri, iri.rpartition("/")[2])) for iri in described}
    for who, aspect, value, stage in rows:
        if profile := profiles.get(who):
            _note(profile, aspect, value, stage)
    return list(profiles.values())


def _note(profile: Profile, aspect: str, value: str, stage: str) -> None:
    if aspect == "stage":
        profile.stages.append(value)
    elif aspect == "factor":
        profile.factors.append((value, stage))
    elif aspect == "done":
        profile.done.add(value)
    elif aspect == "partner":
        profile.partners.add(value)


def _typed(draft: Draft) -> list[str]:
    """Return the things whose type is a kind of firm."""
    from kg.core.resources import ontology_dir
    from kg.loaders import load_ontology

    answer = EmbeddedStore.of(load_ontology(ontology_dir()).quads).query(_FIRMS)
    kinds = {str(getattr(row[0], "value", "")) for row in answer.rows} if isinstance(answer, Solutions) else set()
    quads = draft.statements.quads
    return [
        q.subject.value
        for q in quads
        if q.predicate == RDF_TYPE and isinstance(q.subject, NamedNode) and getattr(q.object, "value", "") in kinds
    ]
