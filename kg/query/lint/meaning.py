"""Rules that compare a pattern with the ontology: classes that exclude each other, values of the wrong kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.query.diagnosis.parts import Part, Splitter, Triple
from kg.query.lint.model import Finding
from kg.query.lint.scopes import scopes
from kg.query.vocabulary import shown
from kg.sparql import Iri, Literal, Minus, Variable
from kg.sparql.terms import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.query.lint.ontology import Ontology
    from kg.sparql import Query, Span

_OWL: Final = "http://www.w3.org/2002/07/owl#"
Demand = tuple[str, str, "Span"]  # a class, why it is asked for, and where


def class_clashes(query: Query, ontology: Ontology) -> Iterator[Finding]:
    """Find variables and things of which a group and those around it ask classes that exclude each other."""
    reported: set[tuple[int, str]] = set()
    splitter = Splitter()  # one for all groups, so that no two steps of paths have one name
    for scope in scopes(query):
        demands: dict[Variable | Iri, list[Demand]] = {}
        groups = (*scope.outer, scope.group)
        for group in groups:
            for part in splitter.parts(group):
                if part.triple and not isinstance(part.pattern, Minus):
                    for node, demand in _demands(part.triple, part, ontology):
                        demands.setdefault(node, []).append(demand)
        for node, asked in demands.items():
            known = (
                [(cls, "its type", node.span) for cls in ontology.types(node.value)] if isinstance(node, Iri) else []
            )
            clash = ontology.first_clash({cls for cls, _, _ in (*known, *asked)})
            if clash:
                finding = _clash(node, clash, [*known, *asked])
                if (finding.span.start, finding.message) not in reported:
                    reported.add((finding.span.start, finding.message))
                    yield finding


def _clash(node: Variable | Iri, clash: tuple[str, str], asked: list[Demand]) -> Finding:
    reasons = [next(demand for demand in asked if demand[0] == cls) for cls in clash]
    reasons.sort(key=lambda demand: demand[2].start)
    (first, why, _), (second, because, place) = reasons
    name = _named(node)
    message = f"{name} would be a {shown(first)} ({why}) and a {shown(second)} ({because}), and nothing is both"
    return Finding("class-clash", message, place)


def _named(node: Variable | Iri) -> str:
    if isinstance(node, Iri):
        return shown(node.value)
    return "what stands between two steps" if node.name.startswith("__") else f"?{node.name}"


def _demands(triple: Triple, part: Part, ontology: Ontology) -> Iterator[tuple[Variable | Iri, Demand]]:
    if not isinstance(triple.path, Iri):
        return
    if triple.is_type:
        if isinstance(triple.object, Iri) and isinstance(triple.subject, Variable | Iri):
            yield triple.subject, (triple.object.value, "its type", triple.object.span)
        return
    name = shown(triple.path.value)
    place = triple.path.span if triple.path.span.end else part.span
    for node, classes, side in (
        (triple.subject, ontology.domains, "the domain of"),
        (triple.object, ontology.ranges, "the range of"),
    ):
        if isinstance(node, Variable | Iri):
            for cls in classes.get(triple.path.value, ()):
                yield node, (cls, f"{side} {name}", place)


def wrong_values(query: Query, ontology: Ontology) -> Iterator[Finding]:
    """Find literals that a property cannot have, and literals or things where it has the other."""
    for scope in scopes(query):
        for part in Splitter().parts(scope.group):
            triple = part.triple
            if triple and isinstance(triple.path, Iri) and not triple.is_type:
                message = _wrong_value(triple, triple.path.value, ontology)
                if message:
                    yield Finding("wrong-datatype", message, triple.object.span)


def _wrong_value(triple: Triple, path: str, ontology: Ontology) -> str:
    kinds = ontology.kinds.get(path, frozenset())
    if isinstance(triple.object, Iri) and kinds == {f"{_OWL}DatatypeProperty"}:
        return f"{shown(path)} has literals, not things, as its values"
    if not isinstance(triple.object, Literal):
        return ""
    if kinds == {f"{_OWL}ObjectProperty"}:
        return f"{shown(path)} has things, not literals, as its values"
    ranges = {each for each in ontology.ranges.get(path, ()) if each.startswith((XSD, f"{RDF}langString"))}
    if ranges and triple.object.datatype not in ranges:
        wanted = " or ".join(sorted(map(shown, ranges)))
        return f"{shown(path)} has values of {wanted}, and this one is of {shown(triple.object.datatype)}"
    return ""
