"""Triples and property paths [52, 55, 75-107]."""

from __future__ import annotations

from typing import Final

from kg.sparql.nodes import (
    BlankNodeProperties,
    Collection,
    GraphNode,
    Iri,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    PropertyObjects,
    TriplesSameSubject,
    Verb,
)
from kg.sparql.terms import IRI_STARTS, RDF, TERM_STARTS, TermParser

SUBJECT_STARTS: Final = TERM_STARTS | {"(", "["}
PATH_STARTS: Final = IRI_STARTS | {"a", "^", "!", "("}
VERB_STARTS: Final = PATH_STARTS | {"VAR"}
_SIMPLE_VERB_STARTS: Final = IRI_STARTS | {"a", "VAR"}


class TriplesParser(TermParser):
    """Reads triples. ``paths`` says whether verbs may be property paths: in patterns they may, in templates not."""

    def same_subject(self, *, paths: bool) -> TriplesSameSubject:
        """Read a subject with its properties [75, 81]."""
        start = self.token.start
        subject = self.graph_node("a subject", paths=paths)
        starts = VERB_STARTS if paths else _SIMPLE_VERB_STARTS
        properties: tuple[PropertyObjects, ...] = ()
        if self.kind in starts or not isinstance(subject, Collection | BlankNodeProperties):
            properties = self.property_list("a property after the subject", paths=paths)
        return TriplesSameSubject(self.since(start), subject, properties)

    def property_list(self, expected: str, *, paths: bool) -> tuple[PropertyObjects, ...]:
        """Read properties with their objects, joined by ';' [77, 83]."""
        starts = VERB_STARTS if paths else _SIMPLE_VERB_STARTS
        found = [self._property(expected, paths=paths)]
        while self.accept(";"):
            if self.kind in starts:
                found.append(self._property(expected, paths=paths))
        return tuple(found)

    def _property(self, expected: str, *, paths: bool) -> PropertyObjects:
        start = self.token.start
        verb = self.verb(expected, paths=paths)
        objects = [self.graph_node("an object after the property", paths=paths)]
        while self.accept(","):
            objects.append(self.graph_node("another object after ','", paths=paths))
        return PropertyObjects(self.since(start), verb, tuple(objects))

    def verb(self, expected: str, *, paths: bool) -> Verb:
        """Read a verb [78, 84, 85]."""
        if self.kind == "VAR":
            return self.variable()
        if paths:
            return self.path(expected)
        return self.property(expected)

    def graph_node(self, expected: str, *, paths: bool) -> GraphNode:
        """Read a subject or an object [104, 105]."""
        if self.kind == "VAR":
            return self.variable()
        if self.kind in TERM_STARTS:
            return self.term()
        start = self.token.start
        if self.kind not in {"[", "("}:
            raise self.unexpected(expected)
        self.enter()
        node: GraphNode
        if self.accept("["):
            properties = self.property_list("a property after '['", paths=paths)
            self.expect("]", "';' or ']' after the object")
            node = BlankNodeProperties(self.since(start), properties)
        else:
            self.advance()
            items = [self.graph_node("an item of the list", paths=paths)]
            while self.kind != ")":
                items.append(self.graph_node("an item of the list or ')'", paths=paths))
            self.advance()
            node = Collection(self.since(start), tuple(items))
        self.leave()
        return node

    def property(self, expected: str) -> Iri:
        """Read a property: an IRI or ``a``."""
        if self.kind == "a":
            token = self.advance()
            return Iri(self.since(token.start), f"{RDF}type", token.text)
        return self.iri(expected)

    def path(self, expected: str) -> Path:
        """Read a property path: alternatives of sequences [88-90]."""
        start = self.token.start
        paths = [self._sequence(expected)]
        while self.accept("|"):
            paths.append(self._sequence("a property after '|'"))
        return paths[0] if len(paths) == 1 else PathAlternative(self.since(start), tuple(paths))

    def _sequence(self, expected: str) -> Path:
        start = self.token.start
        paths = [self._step(expected)]
        while self.accept("/"):
            paths.append(self._step("a property after '/'"))
        return paths[0] if len(paths) == 1 else PathSequence(self.since(start), tuple(paths))

    def _step(self, expected: str) -> Path:
        """Read a property, perhaps inverse, perhaps repeated [91-93]."""
        start = self.token.start
        inverse = self.accept("^")
        inner = self.token.start
        path = self._primary("a property after '^'" if inverse else expected)
        if self.kind in {"*", "+", "?"}:
            modifier = self.advance().text
            path = PathRepeat(self.since(inner), path, modifier)
        return PathInverse(self.since(start), path) if inverse else path

    def _primary(self, expected: str) -> Path:
        if self.kind == "(":
            self.enter()
            self.advance()
            path = self.path("a property after '('")
            self.expect(")", "'|', '/' or ')' in the path")
            self.leave()
            return path
        if self.kind == "!":
            return self._negated()
        return self.property(expected)

    def _negated(self) -> PathNegated:
        """Read a negated property set [95, 96]."""
        start = self.advance().start
        if not self.accept("("):
            only = self._negated_property()
            return PathNegated(self.since(start), (only,))
        properties = [self._negated_property()]
        while self.accept("|"):
            properties.append(self._negated_property())
        self.expect(")", "'|' or ')' after the property")
        return PathNegated(self.since(start), tuple(properties))

    def _negated_property(self) -> Iri | PathInverse:
        start = self.token.start
        if self.accept("^"):
            inverted = self.property("a property after '^'")
            return PathInverse(self.since(start), inverted)
        return self.property("a property, '^' or '(' after '!'")
