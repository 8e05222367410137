"""What follows from loaded statements: rules, and the part of OWL 2 RL that looks at one statement at a time.

Those are super-classes and super-properties, domains and ranges, inverse and symmetric properties, and classes defined by a value
(rules cax-sco, prp-spo1, prp-dom, prp-rng, prp-inv, prp-symp, cls-hv2 of OWL 2 RL, W3C 2012, section 4.3). The ontology is closed
first; then each class and property that the data uses gives one query, whose answer goes from the engine to the engine as a stream.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

from kg.loaders import load_ontology
from kg.resources import ontology_dir, rule_layers
from kg.terms import BASE, prefixes, rebase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kg.store.bulk import BulkStore

DERIVED: Final = f"{BASE}graph/derived"
CLOSURE: Final = f"{BASE}graph/closure"
_THING: Final = "http://www.w3.org/2002/07/owl#Thing"
_TYPE: Final = "a"


@dataclass(frozen=True)
class Schema:
    """The closed ontology: super-classes, and of each property what a statement with it says, forwards and backwards."""

    supers: dict[str, set[str]]
    forwards: dict[str, set[str]]
    backwards: dict[str, set[str]]
    subjects: dict[str, set[str]]
    objects: dict[str, set[str]]
    by_value: list[tuple[str, str, str, str]] = field(default_factory=list)


def schema() -> Schema:
    """Reads the shipped ontology and closes it."""
    store = Store()
    store.bulk_extend(load_ontology(ontology_dir()).quads)

    def pairs(pattern: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        text = f"SELECT ?x ?y WHERE {{ {pattern} FILTER(ISIRI(?x) && ISIRI(?y) && ?x != ?y) }}"
        for row in _solutions(store, text):
            found[row[0]].add(row[1])
        return found

    supers = pairs("?x (rdfs:subClassOf|owl:equivalentClass|^owl:equivalentClass)+ ?y")
    wider = pairs("?x (rdfs:subPropertyOf|owl:equivalentProperty|^owl:equivalentProperty)+ ?y")
    turned = pairs("?x owl:inverseOf|^owl:inverseOf ?y")
    symmetric = {row[0] for row in _solutions(store, "SELECT ?x WHERE { ?x a owl:SymmetricProperty }")}
    domains, ranges = pairs("?x rdfs:domain ?y"), pairs("?x rdfs:range ?y . ?x a owl:ObjectProperty")
    properties = {
        row[0] for row in _solutions(store, "SELECT DISTINCT ?x WHERE { ?x a ?k FILTER(?k IN (owl:ObjectProperty, owl:DatatypeProperty)) }")
    }
    closed = Schema(supers, {}, {}, {}, {}, _classes_by_value(store))
    for name in properties:
        reached = _reached(name, wider, turned, symmetric)
        closed.forwards[name] = {other for other, forward in reached if forward and other != name}
        closed.backwards[name] = {other for other, forward in reached if not forward}
        at_subject = {d for other, forward in reached for d in (domains if forward else ranges).get(other, ())}
        at_object = {r for other, forward in reached for r in (ranges if forward else domains).get(other, ())}
        closed.subjects[name] = _with_supers(at_subject, supers)
        closed.objects[name] = _with_supers(at_object, supers)
    return closed


def close(store: BulkStore, graph: str, workplace: Path, base: str, tell: Callable[[str], None]) -> int:
    """Adds what follows from the statements of a graph to ``graph/derived`` and ``graph/closure``; gives the number of statements."""
    tell("deriving by rules")
    count = 0
    for layer in rule_layers():
        rules = [path.read_text(encoding="utf-8") for path in sorted(layer.glob("*.rq"))]
        count += _added(store, (rule.replace(f"<{BASE}", f"<{base}") for rule in rules), rebase(DERIVED, base), workplace)
    tell("closing under the ontology")
    return count + _added(store, _queries(store, graph, schema(), base), rebase(CLOSURE, base), workplace)


def _queries(store: BulkStore, graph: str, closed: Schema, base: str) -> Iterable[str]:
    places = f"VALUES ?g {{ <{graph}> <{rebase(DERIVED, base)}> }} GRAPH ?g"
    used = {rebase(row[0], BASE, base) for row in _solutions(store.store, f"SELECT DISTINCT ?c WHERE {{ GRAPH <{graph}> {{ ?x a ?c }} }}")}
    told = {rebase(row[0], BASE, base) for row in _solutions(store.store, f"SELECT DISTINCT ?p WHERE {{ {places} {{ ?x ?p ?y }} }}")}

    def iri(name: str) -> str:
        return f"<{rebase(name, base)}>"

    def query(new: str, old: str) -> str:
        return f"CONSTRUCT {{ {new} }} WHERE {{ {places} {{ {old} }} MINUS {{ {new} }} }}"

    for name in sorted(used):
        for wider in sorted(closed.supers.get(name, set()) - {_THING}):
            yield query(f"?x a {iri(wider)}", f"?x a {iri(name)}")
    for name in sorted(told & closed.forwards.keys()):
        old = f"?x {iri(name)} ?y"
        yield from (query(f"?x {iri(other)} ?y", old) for other in sorted(closed.forwards[name]))
        yield from (query(f"?y {iri(other)} ?x", old) for other in sorted(closed.backwards[name]))
        yield from (query(f"?x a {iri(kind)}", old) for kind in sorted(closed.subjects[name] - {_THING}))
        yield from (query(f"?y a {iri(kind)}", old) for kind in sorted(closed.objects[name] - {_THING}))
    for kind, general, name, value in closed.by_value:
        if name in told:
            yield query(f"?x a {iri(kind)}", f"?x a {iri(general)} ; {iri(name)} {iri(value)}")


def _added(store: BulkStore, queries: Iterable[str], graph: str, workplace: Path) -> int:
    with tempfile.TemporaryFile(dir=workplace) as lines:
        for text in queries:
            store.construct_to(text, lines)
        size = lines.tell()
        lines.seek(0)
        before = len(store.store)
        if size:
            store.load_stream(lines, RdfFormat.N_TRIPLES, graph, graph=NamedNode(graph))
        return len(store.store) - before


def _solutions(store: Store, text: str) -> Iterable[tuple[str, ...]]:
    answer = cast("QuerySolutions", store.query(text, prefixes=prefixes(), use_default_graph_as_union=True))
    return [tuple(str(getattr(term, "value", "")) for term in row) for row in answer]


def _reached(name: str, wider: dict[str, set[str]], turned: dict[str, set[str]], symmetric: set[str]) -> set[tuple[str, bool]]:
    found = {(name, True)}
    waiting = list(found)
    while waiting:
        other, forward = waiting.pop()
        new = {(one, forward) for one in wider.get(other, ())} | {(one, not forward) for one in turned.get(other, ())}
        new |= {(other, not forward)} if other in symmetric else set()
        waiting += new - found
        found |= new
    return found


def _with_supers(classes: set[str], supers: dict[str, set[str]]) -> set[str]:
    return classes | {wider for one in classes for wider in supers.get(one, ())}


def _classes_by_value(store: Store) -> list[tuple[str, str, str, str]]:
    text = """SELECT ?kind ?general ?property ?value WHERE {
      ?kind owl:equivalentClass / owl:intersectionOf ?parts .
      ?parts rdf:first ?general ; rdf:rest ?last . ?last rdf:first ?restriction ; rdf:rest rdf:nil .
      ?restriction owl:onProperty ?property ; owl:hasValue ?value
      FILTER(ISIRI(?kind) && ISIRI(?value)) }"""
    return [(row[0], row[1], row[2], row[3]) for row in _solutions(store, text)]
