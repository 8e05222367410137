"""Explain statements: the graph that holds a statement says how it came to be.

`made_by` reads the rules of ``ontology/rules`` backwards: which of them made a statement, and from which statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import NamedNode, Quad, Triple

from kg.core.errors import QueryError
from kg.core.resources import ontology_dir
from kg.core.terms import BASE, compact, expand, rebase, term
from kg.explanation.model import Explanation, Kind
from kg.explanation.patterns import Lookup, matches
from kg.query.catalogue.binding import moved
from kg.query.results.tables import labels_of
from kg.query.sources import places_of_things
from kg.reason.owl2rl import words
from kg.reason.proofs import Proof, Prover
from kg.sparql import NOWHERE, ConstructQuery, Modifiers, Projection, Selection, SelectQuery, Variable, parse
from kg.sparql import Iri as IriNode
from kg.sparql import Literal as LiteralNode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.sparql import Node, TriplesSameSubject
    from kg.store.protocol import QuadStore, Term

    Bindings: TypeAlias = dict[str, Term]
    from collections.abc import Callable, Mapping

    from kg.core.origin import Origin
    from kg.query.sources import Place
    from kg.store.protocol import Term

    Places = Callable[[Quad], Origin | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by the name of its file, with what its first comment says."""

    name: str
    words: str
    query: ConstructQuery


def read_rules(folder: Path, base: str = BASE) -> list[Rule]:
    """Read the rules of a folder and of the folders in it, for a graph below ``base``.

    Raises:
        QueryError: a rule is no SPARQL.

    """
    texts = ((path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.rq")))
    read = ((name, text, moved(parse(text), base)) for name, text in texts)
    return [Rule(name, _first_comment(text), query) for name, text, query in read if isinstance(query, ConstructQuery)]


def made_by(
    rules: list[Rule], statement: Triple, store: QuadStore, lookup: Lookup
) -> Iterator[tuple[Rule, tuple[Triple, ...]]]:
    """Yield each rule that makes a statement, with the statements that it made it from."""
    for rule in rules:
        query = rule.query
        everything, unmodified = Selection(NOWHERE, "", ()), Modifiers(NOWHERE, (), (), (), None, None)
        pattern = SelectQuery(NOWHERE, query.prologue, everything, query.dataset, query.where, unmodified, query.values)
        for triples in query.template or ():
            for bindings in _unified(triples, statement):
                for found in matches(pattern, bindings, store, lookup):
                    if found:
                        yield rule, found


def _unified(triples: TriplesSameSubject, statement: Triple) -> Iterator[Bindings]:
    """Yield the values of variables under which a template of a rule makes the statement."""
    for property_objects in triples.properties:
        for written in property_objects.objects:
            bindings: Bindings = {}
            parts = (
                (triples.subject, statement.subject),
                (property_objects.verb, statement.predicate),
                (written, statement.object),
            )
            if all(_fits(node, term, bindings) for node, term in parts):
                yield bindings


def _fits(node: Node, term: Term, bindings: Bindings) -> bool:
    if isinstance(node, Variable):
        return bindings.setdefault(node.name, term) == term
    if isinstance(node, IriNode):
        return getattr(term, "value", "") == node.value
    return isinstance(node, LiteralNode) and getattr(term, "value", "") == node.value


def _first_comment(text: str) -> str:
    lines = (line.lstrip("#+ ").strip() for line in text.splitlines() if line.startswith("#"))
    return next((line for line in lines if line), "")


_FROM: Final = (expand("prov:wasDerivedFrom"), term("anomalyOf"))
_METHODS: Final = (term("method"), term("checkedBy"))
_VALUES: Final = tuple(
    map(expand, ("sdmx-measure:obsValue", "motkg:statisticValue", "motkg:sampleSize", "rdf:value", "rdf:type"))
)
_INPUTS: Final = 12
_NEAR: Final = 20


class Explainer:
    """Explains statements of a store.

    ``places`` gives the place in a file of an asserted statement, where it is known.
    """

    def __init__(self, store: QuadStore, places: Places = lambda _: None, base: str = BASE) -> None:
        self._store = store
        self._places = places
        self._base = base
        self._sources, self._methods, self._telling = (
            tuple(NamedNode(rebase(node.value, base)) for node in terms) for terms in (_FROM, _METHODS, _VALUES)
        )
        self._lookup = Lookup(store)
        self._prover = Prover(self._given, self._lookup.triples)
        self._known: dict[Triple, Explanation] = {}
        self._near: dict[NamedNode, tuple[Place, ...]] = {}

    def explain(self, statement: Triple) -> Explanation:
        """Explain a statement.

        Raises:
            QueryError: the graph does not hold the statement, and it does not follow from what the graph holds.

        """
        explanation = self._explain(statement, frozenset())
        if explanation is None:
            raise QueryError(
                f"the graph does not hold {self._written(statement)}, and it does not follow from what the graph holds"
            )
        return explanation

    def explain_row(self, text: str, row: Mapping[str, Term | None]) -> list[Explanation]:
        """Explain the statements that a SELECT query matched for a row of its answer.

        Raises:
            QueryError: the text is no SELECT query.

        """
        query = parse(text)
        if not isinstance(query, SelectQuery):
            raise QueryError("only the rows of a SELECT query can be explained")
        found = matches(query, self._visible(query, row), self._store, self._lookup)
        statements = dict.fromkeys(triple for triples in found for triple in triples)
        return [
            explanation
            for explanation in (self._explain(statement, frozenset()) for statement in statements)
            if explanation
        ]

    def statements(self, subject: NamedNode, predicate: NamedNode | None = None) -> list[Triple]:
        """Return what the graph says about a thing."""
        return self._lookup.triples(subject, predicate, None)

    def labels(self, explanations: list[Explanation], language: str = "en") -> dict[str, str]:
        """Return the labels of all terms of some explanations, by IRI."""
        triples = (step.statement for top in explanations for step in top.walk())
        return labels_of(
            (node for triple in triples for node in (triple.subject, triple.predicate, triple.object)),
            self._store,
            language,
        )

    def _visible(self, query: SelectQuery, row: Mapping[str, Term | None]) -> dict[str, Term | None]:
        """Leave out what the query computes for a row: the pattern does not have it."""
        computed = {item.variable.name for item in query.selection.items if isinstance(item, Projection)}
        return {name: value for name, value in row.items() if name not in computed}

    def _explain(self, statement: Triple, above: frozenset[Triple]) -> Explanation | None:
        if statement not in self._known:
            if statement in above:
                return None
            found = self._explained(statement, above | {statement})
            if found is None:
                return None
            self._known[statement] = found
        return self._known[statement]

    def _explained(self, statement: Triple, above: frozenset[Triple]) -> Explanation | None:
        held = {graph.removeprefix(f"{self._base}graph/") for graph in self._lookup.graphs(statement)}
        if asserting := sorted(held - _MADE) or sorted(graph for graph in held if self._place(statement, graph)):
            return self._asserted(statement, asserting[0])
        if "provenance" in held:
            return Explanation(
                statement, Kind.RECORDED, words="recorded by the build", graph=f"{self._base}graph/provenance"
            )
        if held & {"derived", "anomalies"}:
            return self._derived(statement, above) or self._computed(statement, above)
        proof = self._prover.prove(statement)
        return self._inferred(proof, above) if proof else None

    def _asserted(self, statement: Triple, graph: str) -> Explanation:
        stated = () if graph == "ontology" else self._stated(statement)
        return Explanation(
            statement, Kind.ASSERTED, graph=self._graph(graph), place=self._place(statement, graph), stated=stated
        )

    def _graph(self, name: str) -> str:
        return name if ":" in name else f"{self._base}graph/{name}"

    def _place(self, statement: Triple, graph: str) -> Origin | None:
        return self._places(
            Quad(statement.subject, statement.predicate, statement.object, NamedNode(self._graph(graph)))
        )

    def _stated(self, statement: Triple) -> tuple[Place, ...]:
        """Return the places where documents say what a statement says.

        These are the places of its subject, else those of what the subject is a part of, else those of its object.
        """
        return self._places_near(statement.subject) or self._places_near(statement.object)

    def _places_near(self, node: object) -> tuple[Place, ...]:
        if not isinstance(node, NamedNode):
            return ()
        if node not in self._near:
            parts = (triple.subject for triple in self._lookup.triples(None, None, node))
            things = list(dict.fromkeys(part.value for part in (node, *parts) if isinstance(part, NamedNode)))
            found = places_of_things(set(things[:_NEAR]), self._store, self._base)
            self._near[node] = tuple(dict.fromkeys(next((found[thing] for thing in things if found.get(thing)), ())))
        return self._near[node]

    def _inferred(self, proof: Proof, above: frozenset[Triple]) -> Explanation | None:
        if not proof.rule:
            return self._explain(proof.statement, above - {proof.statement})
        because = [self._inferred(premise, above) for premise in proof.premises]
        if None in because:
            return None
        known = tuple(premise for premise in because if premise)
        return Explanation(proof.statement, Kind.INFERRED, proof.rule, words(proof.rule), because=known)

    def _derived(self, statement: Triple, above: frozenset[Triple]) -> Explanation | None:
        for rule, triples in made_by(self._rules, statement, self._store, self._lookup):
            because = [self._explain(triple, above) for triple in triples]
            if None not in because:
                return Explanation(
                    statement,
                    Kind.DERIVED,
                    rule.name,
                    rule.words,
                    because=tuple(premise for premise in because if premise),
                )
        return None

    def _computed(self, statement: Triple, above: frozenset[Triple]) -> Explanation:
        """Explain what a statistic or an audit says by its method and the values that it was computed from."""
        owner = self._owner(statement.subject)
        inputs = self._inputs(owner)
        methods = [
            triple.object for predicate in self._methods for triple in self._lookup.triples(owner, predicate, None)
        ]
        method = compact(methods[0].value) if methods and isinstance(methods[0], NamedNode) else ""
        values = [self._value(node) for node in inputs[:_INPUTS]]
        because = [self._explain(value, above) for value in values if value]
        words = next(iter(labels_of(methods, self._store).values()), "")
        return Explanation(
            statement, Kind.COMPUTED, method, words, because=tuple(premise for premise in because if premise)
        )

    def _owner(self, node: object) -> NamedNode | None:
        """Return the thing that was derived from inputs: the node itself, or what points to it."""
        if not isinstance(node, NamedNode):
            return None
        if self._inputs(node):
            return node
        pointing = (
            triple.subject for triple in self._lookup.triples(None, None, node) if isinstance(triple.subject, NamedNode)
        )
        return next((thing for thing in pointing if self._inputs(thing)), node)

    def _inputs(self, node: NamedNode | None) -> list[object]:
        return (
            [triple.object for predicate in self._sources for triple in self._lookup.triples(node, predicate, None)]
            if node
            else []
        )

    def _value(self, node: object) -> Triple | None:
        """Return the statement about an input that tells most: its value, or what it is."""
        if not isinstance(node, NamedNode):
            return None
        return next(
            (triple for predicate in self._telling for triple in self._lookup.triples(node, predicate, None)), None
        )

    def _given(self, statement: Triple) -> bool:
        closure = f"{self._base}graph/closure"
        return any(graph != closure for graph in self._lookup.graphs(statement))

    def _written(self, statement: Triple) -> str:
        return " ".join(
            compact(getattr(node, "value", str(node)))
            for node in (statement.subject, statement.predicate, statement.object)
        )

    @cached_property
    def _rules(self) -> list[Rule]:
        return read_rules(ontology_dir() / "rules", self._base)


_MADE: Final = frozenset({"derived", "closure", "anomalies", "provenance"})
