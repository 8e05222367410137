"""Where results and concerns point: by the loaders' index, else by a look into the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode

from kg.loaders.rdf.addresses import Places, places_of
from kg.shacl.nodes import TYPE
from kg.shacl.report.report import located, subjects_of, with_origins

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.commands.validate.data import Data
    from kg.core.origin import Origin
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, Result


_MOST: Final = 1 << 26
"""Bytes of the largest file other than of N-Triples or N-Quads in which lines are looked for."""


def placed(results: Iterable[Result], data: Data) -> list[Result]:
    """Return the results with the places of the statements at fault: by the loaders' index, else by a look into the files."""
    kept = list(results)
    if data.quads:
        kept = with_origins(kept, data.quads, data.origins)
    vague = [number for number, result in enumerate(kept) if not _has_line(result)]
    if vague and data.places:
        vague = _improved(kept, vague, data.places(subjects_of(kept[number] for number in vague)))
    for source in filter(_is_searched, data.sources) if vague else ():
        about = [number for number in vague if (origin := kept[number].origin) is None or origin.file == source.name]
        left = _improved(kept, about, places_of(source, subjects_of(kept[number] for number in about))) if about else ()
        vague = [number for number in vague if number not in about] + list(left)
    return kept


def _is_searched(source: RdfSource) -> bool:
    """Return whether a file is small enough for a reading with positions, which takes many times as long as a plain one."""
    return source.content is not None or Path(source.name).stat().st_size <= _MOST


def _has_line(result: Result) -> bool:
    return result.origin is not None and bool(result.origin.line)


def _improved(kept: list[Result], numbers: list[int], found: Places) -> list[int]:
    """Put in the places of some results, and return the numbers of those that have no line still."""
    for number, result in zip(numbers, located([kept[number] for number in numbers], found), strict=True):
        kept[number] = result
    return [number for number in numbers if not _has_line(kept[number])]


def with_shape_places(concerns: Iterable[Concern], sources: Iterable[RdfSource]) -> list[Concern]:
    """Return concerns about shapes with the places of the shapes."""
    waiting = list(concerns)
    shapes = {concern.shape for concern in waiting if isinstance(concern.shape, NamedNode | BlankNode)}
    for source in sources if shapes else ():
        found = places_of(source, shapes)
        waiting = [
            concern if concern.origin else replace(concern, origin=_shape_place(concern, found)) for concern in waiting
        ]
    return waiting


def _shape_place(concern: Concern, found: Places) -> Origin | None:
    if concern.shape is None:
        return None
    named = (
        place
        for (subject, *named), place in found.triples.items()
        if subject == concern.shape and concern.term in named
    )
    return next(named, found.subjects.get(concern.shape))


def place_of_use(node: Node | None, data: Data) -> Origin | None:
    """Return the place of the first statement that uses a class or property."""
    for quad in data.quads:
        if quad.predicate == node or (quad.predicate == TYPE and quad.object == node):
            origin = data.origins.get(quad)
            if origin is None or origin.line:
                return origin
            source = next((source for source in data.sources if source.name == origin.file), None)
            found = places_of(source, [quad.subject]) if source else Places()
            return found.triples.get((quad.subject, quad.predicate, quad.object), origin)
    return None
