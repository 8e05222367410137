"""Parse triples and property paths [52, 55, 75-107], and what SPARQL 1.2 says about triples.

A triple term ``<<( s p o )>>`` is a node of the tree. A reified triple and annotations are written shorter only: the
tree holds the triples that they mean, with the property rdf:reifies (SPARQL 1.2, section 4.2.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.terms import RDF
from kg.sparql.nodes import (
    BlankNode,
    BlankNodeProperties,
    Collection,
    GraphNode,
    Iri,
    Literal,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    PropertyObjects,
    TriplesSameSubject,
    TripleTerm,
    Variable,
    Verb,
)
from kg.sparql.terms import IRI_STARTS, LITERAL_STARTS, TERM_STARTS, TermParser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.sparql.nodes import Span


SUBJECT_STARTS: Final = TERM_STARTS | {"(", "[", "<<", "<<("}
PATH_STARTS: Final = IRI_STARTS | {"a", "^", "!", "("}
VERB_STARTS: Final = PATH_STARTS | {"VAR"}
_SIMPLE_VERB_STARTS: Final = IRI_STARTS | {"a", "VAR"}


class _Annotated(NamedTuple):
    """A triple, its subject left out, with its reifier and what is said of that."""

    span: Span
    reifier: GraphNode
    verb: Variable | Iri
    object: Variable | Iri | Literal | BlankNode | TripleTerm
    properties: tuple[PropertyObjects, ...]


class TriplesParser(TermParser):
    """Reads triples. ``paths`` says whether verbs may be property paths: in patterns they may, in templates not."""

    def __init__(self, text: str, base: str | None, known: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(text, base, known)
        self._implied: list[TriplesSameSubject] = []
        self._made = 0

    def stated_triples(self, *, paths: bool) -> tuple[TriplesSameSubject, ...]:
        """Read a subject with its properties, and return it with the triples that reifiers and annotations mean."""
        outer, self._implied = self._implied, []
        stated = self.same_subject(paths=paths)
        implied, self._implied = self._implied, outer
        return (stated, *implied)

    def same_subject(self, *, paths: bool) -> TriplesSameSubject:
        """Read a subject with its properties [75, 81]."""
        start = self.token.start
        reified = self.kind == "<<"
        before = len(self._implied)
        subject = self.graph_node("a subject", paths=paths)
        starts = VERB_STARTS if paths else _SIMPLE_VERB_STARTS
        if self.kind not in starts and reified and len(self._implied) > before:
            return self._implied.pop()  # all that is said of the reifier is what it reifies
        properties: tuple[PropertyObjects, ...] = ()
        annotations: list[_Annotated] = []
        if self.kind in starts or not isinstance(subject, Collection | BlankNodeProperties):
            properties, annotations = self._property_list("a property after the subject", paths=paths)
        if annotations:
            subject = self._named(subject)
            self._annotate(subject, annotations)
        return TriplesSameSubject(self.since(start), subject, properties)

    def _property_list(self, expected: str, *, paths: bool) -> tuple[tuple[PropertyObjects, ...], list[_Annotated]]:
        """Read properties with their objects, joined by ';', and what annotates them [77, 83]."""
        starts = VERB_STARTS if paths else _SIMPLE_VERB_STARTS
        annotations: list[_Annotated] = []
        properties = [self._property(expected, annotations, paths=paths)]
        while self.accept(";"):
            if self.kind in starts:
                properties.append(self._property(expected, annotations, paths=paths))
        return tuple(properties), annotations

    def _property(self, expected: str, annotations: list[_Annotated], *, paths: bool) -> PropertyObjects:
        start = self.token.start
        verb = self.verb(expected, paths=paths)
        objects = [self._object("an object after the property", verb, annotations, paths=paths)]
        while self.accept(","):
            objects.append(self._object("another object after ','", verb, annotations, paths=paths))
        return PropertyObjects(self.since(start), verb, tuple(objects))

    def _object(self, expected: str, verb: Verb, annotations: list[_Annotated], *, paths: bool) -> GraphNode:
        """Read an object with the reifiers and annotations that follow it (SPARQL 1.2: Annotation)."""
        node = self.graph_node(expected, paths=paths)
        if self.kind not in {"~", "{|"}:
            return node
        if not isinstance(verb, Variable | Iri):
            raise self.wrong("only a triple with a property can be annotated, not one with a path", self.here())
        named = self._named(node)
        start = self.token.start
        reifier: GraphNode | None = None
        while self.kind in {"~", "{|"}:
            if self.kind == "~":
                reifier = self._reifier()
                annotations.append(_Annotated(self.since(start), reifier, verb, named, ()))
                continue
            self.enter()
            self.advance()
            properties, inner = self._property_list("a property after '{|'", paths=paths)
            self.expect("|}", "';' or '|}' after the object")
            self.leave()
            fresh = reifier is None
            reifier = reifier or self._blank_node(self.since(start))
            if inner:
                self._annotate(reifier, inner)
            span = self.since(start)
            if fresh:
                annotations.append(_Annotated(span, reifier, verb, named, properties))
            else:
                self._implied.append(TriplesSameSubject(span, reifier, properties))
            reifier = None
        return named

    def _reifier(self) -> Variable | Iri | BlankNode:
        """Read a reifier: ``~`` with a name, or without one, which is a blank node."""
        start = self.advance().start
        if self.kind == "VAR":
            return self.variable()
        if self.kind in IRI_STARTS:
            return self.iri()
        if self.kind == "LABEL":
            term = self.term()
            return term if isinstance(term, BlankNode) else self._blank_node(term.span)
        self.accept("ANON")
        return self._blank_node(self.since(start))

    def _annotate(self, subject: GraphNode, annotations: list[_Annotated]) -> None:
        """Note the triples that annotations of the triples of a subject mean."""
        for annotation in annotations:
            if not isinstance(subject, Variable | Iri | BlankNode):
                raise self.wrong("only a triple about a thing or a variable can be annotated", annotation.span)
            term = TripleTerm(annotation.span, subject, annotation.verb, annotation.object)
            reifies = self._reifies(annotation.span, term)
            self._implied.append(
                TriplesSameSubject(annotation.span, annotation.reifier, (reifies, *annotation.properties))
            )

    def _reifies(self, span: Span, term: TripleTerm) -> PropertyObjects:
        return PropertyObjects(span, Iri(span, f"{RDF}reifies", f"<{RDF}reifies>"), (term,))

    def _named(self, node: GraphNode) -> Variable | Iri | Literal | BlankNode | TripleTerm:
        """Return a node that can be named again: a blank node without a label gets one, and its triples of its own."""
        match node:
            case BlankNode(span, ""):
                return self._blank_node(span)
            case BlankNodeProperties(span, properties):
                named = self._blank_node(span)
                self._implied.append(TriplesSameSubject(span, named, properties))
                return named
            case Collection(span, items):
                named = self._blank_node(span)
                rest = Collection(span, items[1:]) if len(items) > 1 else Iri(span, f"{RDF}nil", "()")
                parts = ((f"{RDF}first", items[0]), (f"{RDF}rest", rest))
                properties = tuple(PropertyObjects(span, Iri(span, iri, f"<{iri}>"), (part,)) for iri, part in parts)
                self._implied.append(TriplesSameSubject(span, named, properties))
                return named
            case _:
                return node

    def _blank_node(self, span: Span) -> BlankNode:
        """Return a blank node whose label stands nowhere in the text."""
        while True:
            self._made += 1
            label = f"reified{self._made}"
            if f"_:{label}" not in self.source.text:
                return BlankNode(span, label)

    def triple_term(self, *, blank_nodes: bool = True, data: bool = False) -> TripleTerm:
        """Read a triple term (SPARQL 1.2: TripleTerm, ExprTripleTerm, TripleTermData).

        Args:
            blank_nodes: whether blank nodes may stand in it, as in patterns.
            data: whether it is a value of a data block, which holds no variable either.

        """
        self.enter()
        start = self.expect("<<(", "'<<('").start
        allowed = IRI_STARTS | (frozenset() if data else frozenset({"VAR"}))
        allowed |= {"LABEL", "ANON"} if blank_nodes and not data else frozenset()
        subject: Variable | Iri | BlankNode | TripleTerm
        if self.kind == "<<(" and blank_nodes and not data:
            subject = self.triple_term(blank_nodes=blank_nodes)
        elif self.kind in allowed:
            subject = self._simple_subject()
        else:
            raise self.unexpected("the subject of the triple term" + (", an IRI" if data else ""))
        verb = self._simple_verb(variables=not data)
        node: Variable | Iri | Literal | BlankNode | TripleTerm
        if self.kind == "<<(":
            node = self.triple_term(blank_nodes=blank_nodes, data=data)
        elif self.kind in allowed | LITERAL_STARTS:
            node = self.variable() if self.kind == "VAR" else self.term()
        else:
            raise self.unexpected("the object of the triple term")
        self.expect(")>>", "')>>' after the object")
        self.leave()
        return TripleTerm(self.since(start), subject, verb, node)

    def _simple_subject(self) -> Variable | Iri | BlankNode:
        """Read a variable, an IRI or a blank node; the caller has seen that one begins here."""
        if self.kind == "VAR":
            return self.variable()
        if self.kind in IRI_STARTS:
            return self.iri()
        term = self.term()
        return term if isinstance(term, BlankNode) else BlankNode(term.span, "")

    def _simple_verb(self, *, variables: bool) -> Variable | Iri:
        if variables and self.kind == "VAR":
            return self.variable()
        return self.property("a property of the triple")

    def _reified_triple(self) -> GraphNode:
        """Read ``<< s p o >>`` and return what it stands for: its reifier."""
        self.enter()
        start = self.advance().start
        subject = self.triple_term() if self.kind == "<<(" else self._part("the subject of the reified triple")
        verb = self._simple_verb(variables=True)
        node: Variable | Iri | Literal | BlankNode | TripleTerm
        if self.kind in LITERAL_STARTS:
            node = self.literal()
        elif self.kind == "<<(":
            node = self.triple_term()
        else:
            node = self._part("the object of the reified triple")
        reifier = self._reifier() if self.kind == "~" else None
        self.expect(">>", "'~' or '>>' after the object")
        self.leave()
        span = self.since(start)
        reifies = self._reifies(span, TripleTerm(span, subject, verb, node))
        if reifier is None:
            return BlankNodeProperties(span, (reifies,))
        self._implied.append(TriplesSameSubject(span, reifier, (reifies,)))
        return reifier

    def _part(self, expected: str) -> Variable | Iri | BlankNode:
        """Read the subject, or an object that is no literal, of a reified triple; a blank node gets a label."""
        if self.kind == "<<":
            node = self._reified_triple()
        elif self.kind in {"VAR", "LABEL", "ANON", *IRI_STARTS}:
            node = self._simple_subject()
        else:
            raise self.unexpected(expected)
        named = self._named(node)
        return named if isinstance(named, Variable | Iri | BlankNode) else self._blank_node(node.span)

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
        if self.kind == "<<":
            return self._reified_triple()
        if self.kind == "<<(":
            return self.triple_term()
        start = self.token.start
        if self.kind not in {"[", "("}:
            raise self.unexpected(expected)
        self.enter()
        node: GraphNode
        if self.accept("["):
            properties, annotations = self._property_list("a property after '['", paths=paths)
            self.expect("]", "';' or ']' after the object")
            node = BlankNodeProperties(self.since(start), properties)
            if annotations:
                node = self._named(node)
                self._annotate(node, annotations)
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
