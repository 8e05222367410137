"""The places of wanted statements in RDF files that were read without positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, RdfFormat

from kg.core.errors import InputError
from kg.core.origin import Origin
from kg.core.resources import ontology_dir
from kg.core.terms import base_of_file
from kg.loaders.rdf.addresses.turtle import UnreadableError, line_statements, statements
from kg.loaders.rdf.reading import RdfSource, Renaming

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from pyoxigraph import Literal, NamedNode, Quad, Triple

    from kg.loaders.rdf.addresses.turtle import Stated

    Node = NamedNode | BlankNode | Literal | Triple


_LINE_SYNTAXES: Final = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
_ORDER_KNOWN: Final = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


@dataclass(slots=True)
class Places:
    """The places of statements in a source.

    They say where it first states each triple, where it last states something of a subject with a predicate, and where
    it first mentions a subject.
    """

    triples: dict[tuple[Node, Node, Node], Origin] = field(default_factory=dict)
    predicates: dict[tuple[Node, Node], Origin] = field(default_factory=dict)
    subjects: dict[Node, Origin] = field(default_factory=dict)


def places_of(source: RdfSource, subjects: Collection[Node]) -> Places:
    """Find where the statements about some subjects stand: a triple at its object, a subject where it is first written.

    Blank nodes are known by the names that :func:`kg.loaders.rdf.reading.load_rdf` gives them; those of JSON-LD and
    RDF/XML when the reader finds all that the parser does, statement by statement. What is not found is left out: a
    source that cannot be read for positions gives none, never a wrong one.
    """
    found = Places()
    wanted = set(subjects)
    try:
        with source.open() as content:
            if source.syntax in _LINE_SYNTAXES:
                from kg.core.rdfreading import rdf_stream

                name = _naming(source.prefix)
                for number, stated in line_statements(rdf_stream(content, source.syntax), wanted):
                    _note([stated], wanted, name, _on_line(source.name, number), found)
            else:
                text = _text(content.read(), source.syntax)
                stated_there = list(_statements(text, source))
                blank = any(isinstance(node, BlankNode) for node in wanted)
                sure = blank and (source.syntax in _ORDER_KNOWN or _is_whole(stated_there, source))
                _note(
                    stated_there,
                    wanted,
                    _naming(source.prefix if sure else "unknown"),
                    _in_text(source.name, text),
                    found,
                )
    except (InputError, UnreadableError, ValueError, SyntaxError, RecursionError):
        return Places()
    return found


def _text(content: bytes, syntax: RdfFormat) -> str:
    """Return the text of a file in its encoding, without its byte order mark, which editors do not count."""
    if syntax == RdfFormat.RDF_XML:
        from kg.core.rdfxml import decoded

        return decoded(content)
    return content.decode("utf-8-sig")


def _statements(text: str, source: RdfSource) -> Iterable[Stated]:
    if source.syntax in (RdfFormat.TURTLE, RdfFormat.TRIG):
        return statements(text, source.base)
    if source.syntax == RdfFormat.RDF_XML:
        from kg.loaders.rdf.addresses.rdfxml import xml_statements

        return xml_statements(text, source.base)
    if source.syntax in (RdfFormat.JSON_LD, RdfFormat.STREAMING_JSON_LD):
        from kg.loaders.rdf.addresses.jsonld import json_statements

        return json_statements(text, source.base)
    return ()


def _note(
    stated: Iterable[Stated],
    wanted: set[Node],
    name: Callable[[Node], Node],
    at: Callable[[int], Origin],
    found: Places,
) -> None:
    for one in stated:
        subject, value = name(one.subject), name(one.object)
        if subject not in wanted:
            continue
        if subject not in found.subjects:
            found.subjects[subject] = at(one.subject_at)
        if (subject, one.predicate, value) not in found.triples:
            found.triples[subject, one.predicate, value] = found.predicates[subject, one.predicate] = at(one.object_at)


def _is_whole(stated: Iterable[Stated], source: RdfSource) -> bool:
    """Return whether a reading with positions gives exactly the statements of the parser.

    Blank nodes are compared under the names that the loader gives them.
    """
    from kg.core.rdfreading import parse_rdf

    name, renaming = _naming("x"), Renaming(lambda: "x")
    with source.open() as content:
        parsed = map(renaming.quad, parse_rdf(content, source.syntax, source.base))
        wanted = {(quad.subject, quad.predicate, quad.object) for quad in parsed}
    return {(name(one.subject), one.predicate, name(one.object)) for one in stated} == wanted


def _naming(prefix: str) -> Callable[[Node], Node]:
    """Return blank nodes the names of the loader, for the prefix of their source."""
    renaming = Renaming(lambda: prefix)
    return lambda node: renaming.node(node) if isinstance(node, BlankNode) else node


def _on_line(file: str, number: int) -> Callable[[int], Origin]:
    return lambda offset: Origin(file, number, offset + 1)


def _in_text(file: str, text: str) -> Callable[[int], Origin]:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(offset: int) -> Origin:
        line = bisect_right(starts, offset)
        return Origin(file, line, offset - starts[line - 1] + 1)

    return at


class Located:
    """Where statements stand, to the line. Origins that name a file alone are looked up in it, all of one file at once.

    The file is that of ``sources`` with this name, or else one of the ontology.
    """

    def __init__(self, origins: Mapping[Quad, Origin], sources: Iterable[RdfSource] = ()) -> None:
        self._origins = origins
        self._sources = {source.name: source for source in sources}
        self._read: dict[str, Places] = {}

    def origin(self, quad: Quad) -> Origin | None:
        """Return the place of a statement.

        A file alone where its line cannot be found, nothing where it has no origin.
        """
        origin = self._origins.get(quad)
        if origin is None or origin.line:
            return origin
        found = self._places(origin.file).triples.get((quad.subject, quad.predicate, quad.object))
        return replace(found, file=origin.file) if found else origin

    def _places(self, name: str) -> Places:
        if name not in self._read:
            source = self._sources.get(name) or _of_ontology(name)
            self._read[name] = places_of(source, self._subjects[name]) if source else Places()
        return self._read[name]

    @cached_property
    def _subjects(self) -> Mapping[str, set[Node]]:
        found: defaultdict[str, set[Node]] = defaultdict(set)
        for quad, origin in self._origins.items():
            if not origin.line:
                found[origin.file].add(quad.subject)
        return found


def _of_ontology(name: str) -> RdfSource | None:
    """Return the file of the ontology with this name, which is ours and needs no look for what readers cannot hold."""
    file = ontology_dir().parent / name
    return (
        RdfSource(str(file), RdfFormat.TURTLE, base_of_file(file)) if name.endswith(".ttl") and file.is_file() else None
    )
