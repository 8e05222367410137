"""Why statements contradict each other: a smallest set of them that does."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple

from kg.columns.reading import columns_of_quads
from kg.core.rdfreading import parse_rdf
from kg.core.terms import RDF_TYPE, anonymous
from kg.reason.backward import Memory
from kg.reason.closure import Closure
from kg.reason.closure.axioms import NODES, reached
from kg.reason.hermit import Limits, crash, in_datatype_map, run_program, written
from kg.reason.proofs import Proof, Prover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.columns.graph import Node
    from kg.reason.closure.materialization import Contradiction

_PROGRAM: Final = Path(__file__).with_name("Justify.java")
_MEMBER: Final = NamedNode("urn:x-motkg:member")
_BOTH_WAYS: Final = frozenset(
    NODES[name]
    for name in (
        *("disjointWith", "equivalentClass", "equivalentProperty", "inverseOf", "sameAs", "differentFrom"),
        *("propertyDisjointWith", "complementOf"),
    )
)
_FORBIDDING: Final = (
    *(
        NODES[name]
        for name in (
            "disjointWith",
            "complementOf",
            "propertyDisjointWith",
            "differentFrom",
            "members",
            "distinctMembers",
        )
    ),
    *(NODES[name] for name in ("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue")),
    *(NODES[name] for name in ("maxCardinality", "maxQualifiedCardinality", "onProperty", "onClass", "inverseOf")),
)
_FORBIDDEN_KINDS: Final = (
    "AsymmetricProperty",
    "IrreflexiveProperty",
    "AllDisjointClasses",
    "AllDisjointProperties",
    "AllDifferent",
)
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Justification:
    """Statements that cannot all be true, although they could without any one of them.

    ``rule`` names the rule of OWL 2 RL that they break, and is empty where only a DL reasoner saw it. ``about`` is the
    IRI of a class that they leave without possible members; it is empty where they contradict each other as they are.
    """

    statements: tuple[Triple, ...]
    rule: str = ""
    about: str = ""


def contradictions(statements: Sequence[Quad], closure: Closure | None = None) -> list[Justification]:
    """Return smallest sets of statements that contradict each other by the rules of OWL 2 RL.

    They are the first few of each axiom. ``closure`` is the closure of the statements, where it is there already.
    """
    closure = closure or Closure(columns_of_quads(statements))
    found = closure.contradictions()
    if not found:
        return []
    reasons = _Reasons(statements, closure)
    kept: dict[tuple[Triple, ...], Justification] = {}
    for contradiction in found[: MOST * 10]:
        smallest = reasons.smallest(contradiction)
        kept.setdefault(smallest, Justification(smallest, _broken(smallest) or contradiction.rule))
        if len(kept) == MOST:
            break
    return list(kept.values())


def justify(statements: Sequence[Quad], about: str = "", limits: Limits | None = None) -> Justification | None:
    """Return a smallest set of statements that contradict each other.

    With ``about``, return one that leaves this class without possible members. The rules of OWL 2 RL are asked first,
    then HermiT. Nothing is given where both find no fault.

    Raises:
        ReasonerError: Java, its compiler or HermiT is missing, failed or took too long.

    """
    given = list(statements)
    if about:
        graph = NamedNode("urn:x-motkg:graph")
        assumed = Quad(_MEMBER, RDF_TYPE, NamedNode(about), graph)
        for found in contradictions([*given, assumed]):
            if assumed.triple in found.statements:
                rest = tuple(triple for triple in found.statements if triple != assumed.triple)
                return Justification(rest, found.rule, about)
    elif found_by_rules := contradictions(given):
        return found_by_rules[0]
    return _by_reasoner(given, about, limits or Limits(seconds=300))


class _Reasons:
    """Find the statements that contradictions in a closure rest on."""

    def __init__(self, statements: Sequence[Quad], closure: Closure) -> None:
        given = dict.fromkeys(quad.triple for quad in statements)
        self._given = given
        self._memory = Memory(chain(given, closure.derived()))
        self._stated = Memory(given)
        self._prover = Prover(given.__contains__, self._memory.match)

    def smallest(self, contradiction: Contradiction) -> tuple[Triple, ...]:
        """Return the statements that a contradiction rests on, without those that it does not need."""
        leaves = dict.fromkeys(leaf for statement in contradiction.statements for leaf in self._leaves(statement))
        candidates = list(dict.fromkeys([*self._forbidding(contradiction, leaves), *leaves]))
        units = _units(self._with_expressions(candidates))
        kept = [triple for unit in _reduced(units) for triple in unit]
        return tuple(sorted(kept, key=str))

    def _leaves(self, statement: Triple) -> Iterator[Triple]:
        proof = self._prover.prove(statement)
        waiting: list[Proof] = [proof] if proof else []
        while waiting:
            one = waiting.pop()
            if one.premises:
                waiting.extend(one.premises)
            else:
                yield one.statement

    def _forbidding(self, contradiction: Contradiction, leaves: Iterable[Triple]) -> Iterator[Triple]:
        """Yield the axioms that may forbid what clashes: those that speak of its terms."""
        nodes = {
            node
            for triple in (*contradiction.statements, *leaves)
            for node in (triple.subject, triple.predicate, triple.object)
        }
        for predicate in _FORBIDDING:
            for triple in self._stated.match(None, predicate, None):
                listed = predicate in {NODES["members"], NODES["distinctMembers"]}
                if listed or anonymous(triple.subject) or triple.subject in nodes or triple.object in nodes:
                    yield triple
        for kind in _FORBIDDEN_KINDS:
            yield from self._stated.match(None, RDF_TYPE, NODES[kind])

    def _with_expressions(self, triples: Iterable[Triple]) -> list[Triple]:
        """Add what the anonymous nodes of statements are made of."""
        found = dict.fromkeys(triples)

        def made_of(node: Node) -> Iterator[Node]:
            for triple in self._stated.match(node, None, None) if anonymous(node) else ():
                found[triple] = None
                yield triple.object

        reached([node for triple in found for node in (triple.subject, triple.object)], made_of)
        return list(found)


def _units(triples: Iterable[Triple]) -> list[list[Triple]]:
    """Return statements together that share an anonymous node: only together they say something."""
    units: list[list[Triple]] = []
    owner: dict[Node, int] = {}
    for triple in triples:
        nodes = [node for node in (triple.subject, triple.object) if anonymous(node)]
        numbers = sorted({owner[node] for node in nodes if node in owner})
        target = numbers[0] if numbers else len(units)
        if not numbers:
            units.append([])
        for number in numbers[1:]:
            units[target] += units[number]
            units[number] = []
            owner.update({node: target for node, other in owner.items() if other == number})
        units[target].append(triple)
        owner.update(dict.fromkeys(nodes, target))
    return [unit for unit in units if unit]


def _reduced(units: list[list[Triple]]) -> list[list[Triple]]:
    """Leave out every unit without which the others still contradict each other; halves first, as QuickXplain does."""

    def contradict(some: list[list[Triple]]) -> bool:
        return bool(_broken([triple for unit in some for triple in unit]))

    def smallest(kept: list[list[Triple]], candidates: list[list[Triple]], *, added: bool) -> list[list[Triple]]:
        if added and contradict(kept):
            return []
        if len(candidates) == 1:
            return candidates
        middle = len(candidates) // 2
        first, second = candidates[:middle], candidates[middle:]
        from_second = smallest(kept + first, second, added=bool(first))
        return smallest(kept + from_second, first, added=bool(from_second)) + from_second

    return smallest([], units, added=False) if units and contradict(units) else units


def _broken(triples: Iterable[Triple]) -> str:
    """Return the rule that some statements break, the empty text if they break none."""
    quads = (Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    found = Closure(columns_of_quads(quads)).contradictions()
    return found[0].rule if found else ""


def _by_reasoner(given: list[Quad], about: str, limits: Limits) -> Justification | None:
    with written(in_datatype_map(given)) as path, tempfile.TemporaryDirectory(prefix="motkg-") as folder:
        out = Path(folder) / "justification.rdf"
        answer = run_program(_PROGRAM, [str(path), str(out), *([about] if about else [])], limits)
        if answer.status == 0 and answer.output.strip() == "consistent":
            return None
        if answer.status != 0 or not out.is_file():
            raise crash(answer)
        with out.open("rb") as content:
            axioms = [quad.triple for quad in parse_rdf(content, RdfFormat.RDF_XML)]
    return Justification(tuple(_matched(axioms, given)), about=about)


def _matched(axioms: list[Triple], given: list[Quad]) -> list[Triple]:
    """Return the statements that axioms come from.

    OWL may reverse them, and their anonymous nodes have other names.
    """
    stated = Memory(dict.fromkeys(quad.triple for quad in given))
    found: dict[Triple, None] = {}
    for axiom in axioms:
        turned = axiom.predicate in _BOTH_WAYS and isinstance(axiom.object, NamedNode)
        for one in (axiom, Triple(axiom.object, axiom.predicate, axiom.subject)) if turned else (axiom,):  # type: ignore[arg-type]
            if isinstance(one.subject, BlankNode):
                continue
            if isinstance(one.object, BlankNode):
                found.update(
                    dict.fromkeys(
                        each for each in stated.match(one.subject, one.predicate, None) if anonymous(each.object)
                    )
                )
            else:
                found.update(dict.fromkeys(stated.match(one.subject, one.predicate, one.object)))
    declared = {
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "NamedIndividual",
        "Ontology",
        "AnnotationProperty",
        "Datatype",
    }
    return sorted((each for each in found if not _declares(each, declared)), key=str)


def _declares(triple: Triple, kinds: set[str]) -> bool:
    return triple.predicate == RDF_TYPE and getattr(triple.object, "value", "").rpartition("owl#")[2] in kinds
