"""What a SPARQL-based constraint looks at, as property paths from its focus node, where the query allows to tell."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg import sparql
from kg.shacl.shapes.paths import AlternativePath, InversePath, RepeatedPath, SequencePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.shacl.shapes.paths import Path

THIS = "this"


class _AnywhereError(Exception):
    """The query may look anywhere."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A triple pattern: the names of its ends, where they are variables or blank nodes, and the path between them."""

    subject: str
    path: Path
    object: str


def paths_of_query(query: sparql.SelectQuery | sparql.AskQuery) -> tuple[Path, ...] | None:
    """Return paths that from a value of ``$this`` use every statement which the query can match for it, or ``None`` if there are none such.

    Each triple pattern is reached from ``$this`` over patterns of its own group and the groups around it, all of which
    have to match together with it. A pattern that is not reached so, a variable in the place of a predicate, a negated
    property set, a subquery, a named graph or a collection gives ``None``.
    """
    try:
        return tuple(dict.fromkeys(_of_group(query.where, ())))
    except _AnywhereError:
        return None


def _of_group(group: sparql.Group, around: tuple[_Pattern, ...]) -> Iterator[Path]:
    own = tuple(
        pattern
        for element in group.elements
        if isinstance(element, sparql.TriplesBlock)
        for pattern in _patterns(element)
    )
    here = (*around, *own)
    for pattern in own:
        yield _from_this(pattern, here)
    for element in group.elements:
        if not isinstance(element, sparql.TriplesBlock):
            for inner in _groups_in(element):
                yield from _of_group(inner, here)


def _groups_in(node: sparql.Node) -> Iterator[sparql.Group]:
    """Yield the outermost groups inside an element of a group."""
    if isinstance(node, sparql.SubSelect | sparql.GraphPattern | sparql.Service | sparql.Values):
        raise _AnywhereError
    if isinstance(node, sparql.Group):
        yield node
        return
    for child in sparql.children(node):
        yield from _groups_in(child)


def _patterns(block: sparql.TriplesBlock) -> Iterator[_Pattern]:
    for triples in block.triples:
        for properties in triples.properties:
            path = _path(properties.verb)
            for value in properties.objects:
                yield _Pattern(_name(triples.subject), path, _name(value))


def _name(node: sparql.Node) -> str:
    match node:
        case sparql.Variable(name=name):
            return name
        case sparql.BlankNode(label=label):
            return f"_:{label}"
        case sparql.Iri() | sparql.Literal():
            return ""
        case _:
            raise _AnywhereError


def _path(verb: sparql.Node) -> Path:
    match verb:
        case sparql.Iri(value=iri):
            return NamedNode(iri)
        case sparql.PathInverse(path=inner):
            return InversePath(_path(inner))
        case sparql.PathSequence(paths=steps):
            return SequencePath(tuple(map(_path, steps)))
        case sparql.PathAlternative(paths=choices):
            return AlternativePath(tuple(map(_path, choices)))
        case sparql.PathRepeat(path=inner, modifier=sign):
            return RepeatedPath(_path(inner), sign)
        case _:
            raise _AnywhereError


def _from_this(wanted: _Pattern, patterns: Iterable[_Pattern]) -> Path:
    """Return a path from ``$this`` to one end of a pattern and on along the pattern, by the fewest patterns."""
    steps: dict[str, tuple[Path, ...]] = {THIS: ()}
    waiting = deque([THIS])
    known = tuple(patterns)
    while waiting:
        name = waiting.popleft()
        if name == wanted.subject:
            return _sequence((*steps[name], wanted.path))
        if name == wanted.object:
            return _sequence((*steps[name], InversePath(wanted.path)))
        for pattern in known:
            for start, end, path in (
                (pattern.subject, pattern.object, pattern.path),
                (pattern.object, pattern.subject, InversePath(pattern.path)),
            ):
                if start == name and end and end not in steps:
                    steps[end] = (*steps[name], path)
                    waiting.append(end)
    raise _AnywhereError


def _sequence(steps: tuple[Path, ...]) -> Path:
    return steps[0] if len(steps) == 1 else SequencePath(steps)
