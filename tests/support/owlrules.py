"""The rules of OWL 2 RL worked out by trying everything: slow, small, and made of nothing but the tables of the standard.

The tables are those of OWL 2 Profiles (W3C, 2012), section 4.3, as far as `kg.reason.owl2rl` has them. As there, a
statement may have a literal as its subject on the way to a conclusion. Different literals never denote the same. That a
class or property is below itself, which holds of each, leads to nothing.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Node = NamedNode | BlankNode | Literal | Triple
Statement = tuple[Node, Node, Node]
Row = dict[str, Node]

NAMESPACES: Final = {
    "": "http://example.org/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PREFIXES: Final = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())

# Premises and conclusion of the rules that look at no list.
TABLE: Final = {
    "eq-sym": "?x owl:sameAs ?y => ?y owl:sameAs ?x",
    "eq-trans": "?x owl:sameAs ?y . ?y owl:sameAs ?z => ?x owl:sameAs ?z",
    "eq-rep-s": "?s owl:sameAs ?t . ?s ?p ?o => ?t ?p ?o",
    "eq-rep-p": "?p owl:sameAs ?q . ?s ?p ?o => ?s ?q ?o",
    "eq-rep-o": "?o owl:sameAs ?u . ?s ?p ?o => ?s ?p ?u",
    "prp-dom": "?p rdfs:domain ?c . ?x ?p ?y => ?x a ?c",
    "prp-rng": "?p rdfs:range ?c . ?x ?p ?y => ?y a ?c",
    "prp-fp": "?p a owl:FunctionalProperty . ?x ?p ?y . ?x ?p ?z => ?y owl:sameAs ?z",
    "prp-ifp": "?p a owl:InverseFunctionalProperty . ?x ?p ?z . ?y ?p ?z => ?x owl:sameAs ?y",
    "prp-symp": "?p a owl:SymmetricProperty . ?x ?p ?y => ?y ?p ?x",
    "prp-trp": "?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z => ?x ?p ?z",
    "prp-spo1": "?p rdfs:subPropertyOf ?q . ?x ?p ?y => ?x ?q ?y",
    "prp-eqp1": "?p owl:equivalentProperty ?q . ?x ?p ?y => ?x ?q ?y",
    "prp-eqp2": "?p owl:equivalentProperty ?q . ?x ?q ?y => ?x ?p ?y",
    "prp-inv1": "?p owl:inverseOf ?q . ?x ?p ?y => ?y ?q ?x",
    "prp-inv2": "?p owl:inverseOf ?q . ?x ?q ?y => ?y ?p ?x",
    "cls-svf1": "?c owl:someValuesFrom ?d . ?c owl:onProperty ?p . ?x ?p ?y . ?y a ?d => ?x a ?c",
    "cls-svf2": "?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p . ?x ?p ?y => ?x a ?c",
    "cls-avf": "?c owl:allValuesFrom ?d . ?c owl:onProperty ?p . ?x a ?c . ?x ?p ?y => ?y a ?d",
    "cls-hv1": "?c owl:hasValue ?v . ?c owl:onProperty ?p . ?x a ?c => ?x ?p ?v",
    "cls-hv2": "?c owl:hasValue ?v . ?c owl:onProperty ?p . ?x ?p ?v => ?x a ?c",
    "cls-maxc2": "?c owl:maxCardinality 1 . ?c owl:onProperty ?p . ?x a ?c . ?x ?p ?y . ?x ?p ?z => ?y owl:sameAs ?z",
    "cls-maxqc3": "?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass ?d"
    " . ?x a ?c . ?x ?p ?y . ?y a ?d . ?x ?p ?z . ?z a ?d => ?y owl:sameAs ?z",
    "cls-maxqc4": "?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing"
    " . ?x a ?c . ?x ?p ?y . ?x ?p ?z => ?y owl:sameAs ?z",
    "cax-sco": "?c rdfs:subClassOf ?d . ?x a ?c => ?x a ?d",
    "cax-eqc1": "?c owl:equivalentClass ?d . ?x a ?c => ?x a ?d",
    "cax-eqc2": "?c owl:equivalentClass ?d . ?x a ?d => ?x a ?c",
    "scm-sco": "?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e => ?c rdfs:subClassOf ?e",
    "scm-eqc1": "?c owl:equivalentClass ?d => ?c rdfs:subClassOf ?d",
    "scm-eqc1 ": "?c owl:equivalentClass ?d => ?d rdfs:subClassOf ?c",
    "scm-eqc2": "?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?c => ?c owl:equivalentClass ?d",
    "scm-spo": "?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r => ?p rdfs:subPropertyOf ?r",
    "scm-eqp1": "?p owl:equivalentProperty ?q => ?p rdfs:subPropertyOf ?q",
    "scm-eqp1 ": "?p owl:equivalentProperty ?q => ?q rdfs:subPropertyOf ?p",
    "scm-eqp2": "?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p => ?p owl:equivalentProperty ?q",
    "scm-dom1": "?p rdfs:domain ?c . ?c rdfs:subClassOf ?d => ?p rdfs:domain ?d",
    "scm-dom2": "?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q => ?p rdfs:domain ?c",
    "scm-rng1": "?p rdfs:range ?c . ?c rdfs:subClassOf ?d => ?p rdfs:range ?d",
    "scm-rng2": "?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q => ?p rdfs:range ?c",
    "scm-hv": "?c owl:hasValue ?v . ?c owl:onProperty ?p . ?d owl:hasValue ?v . ?d owl:onProperty ?q"
    " . ?p rdfs:subPropertyOf ?q => ?c rdfs:subClassOf ?d",
    "scm-svf1": "?c owl:someValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?y . ?d owl:onProperty ?p"
    " . ?x rdfs:subClassOf ?y => ?c rdfs:subClassOf ?d",
    "scm-svf2": "?c owl:someValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?x . ?d owl:onProperty ?q"
    " . ?p rdfs:subPropertyOf ?q => ?c rdfs:subClassOf ?d",
    "scm-avf1": "?c owl:allValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?y . ?d owl:onProperty ?p"
    " . ?x rdfs:subClassOf ?y => ?c rdfs:subClassOf ?d",
    "scm-avf2": "?c owl:allValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?x . ?d owl:onProperty ?q"
    " . ?p rdfs:subPropertyOf ?q => ?d rdfs:subClassOf ?c",
}
# What the standard says with reflexive statements: every class is below itself (scm-cls), every property too (scm-op).
REFLEXIVE: Final = {
    "scm-hv": "?c owl:hasValue ?v . ?c owl:onProperty ?p . ?d owl:hasValue ?v . ?d owl:onProperty ?p => ?c rdfs:subClassOf ?d",
    "scm-svf1": "?c owl:someValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?x . ?d owl:onProperty ?p"
    " => ?c rdfs:subClassOf ?d",
    "scm-avf1": "?c owl:allValuesFrom ?x . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?x . ?d owl:onProperty ?p"
    " => ?c rdfs:subClassOf ?d",
}


class Instance(NamedTuple):
    """A rule applied to some statements."""

    rule: str
    premises: frozenset[Statement]
    conclusion: Statement


def term(written: str) -> Node:
    """Return a term by its prefixed name, or a cardinality by its digits."""
    if written.isdigit():
        return Literal(written, datatype=NamedNode(f"{NAMESPACES['xsd']}nonNegativeInteger"))
    prefix, _, local = ("rdf", "", "type") if written == "a" else written.partition(":")
    return NamedNode(NAMESPACES[prefix] + local)


def statements(turtle: str) -> set[Statement]:
    """Read Turtle with the usual prefixes."""
    return {(quad.subject, quad.predicate, quad.object) for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)}


ORDERS: Final = {
    term(name) for name in ("rdfs:subClassOf", "rdfs:subPropertyOf", "owl:equivalentClass", "owl:equivalentProperty")
}
Pattern = tuple[str | Node, str | Node, str | Node]


def _patterns(text: str) -> list[Pattern]:
    return [
        tuple(word if word.startswith("?") else term(word) for word in each.split())  # type: ignore[misc]
        for each in text.split(" . ")
    ]


class Known:
    """Statements with indexes."""

    def __init__(self, given: Iterable[Statement]) -> None:
        self.all = set(given)
        self.by: dict[tuple[Node | None, Node | None, Node | None], list[Statement]] = {}
        for s, p, o in self.all:
            for key in product((s, None), (p, None), (o, None)):
                self.by.setdefault(key, []).append((s, p, o))

    def find(self, patterns: list[Pattern], row: Row | None = None) -> Iterator[tuple[Row, list[Statement]]]:
        """Yield every way to match some patterns, with the statements that match."""
        row = row or {}
        if not patterns:
            yield row, []
            return
        first, *rest = patterns
        key = tuple(row.get(each) if isinstance(each, str) else each for each in first)
        for found in self.by.get(key, ()):  # type: ignore[arg-type]
            more = dict(row)
            if all(more.setdefault(each, node) == node for each, node in zip(first, found, strict=True) if isinstance(each, str)):  # fmt: skip
                yield from ((last, [found, *others]) for last, others in self.find(rest, more))

    def lists(self) -> dict[Node, tuple[list[Node], list[Statement]]]:
        """Return members and cells of each list that has members, one in each cell, and an end."""
        first, rest, nil = term("rdf:first"), term("rdf:rest"), term("rdf:nil")
        found = {}
        for head in {s for s, p, _ in self.all if p == first}:
            members: list[Node] = []
            cells: list[Statement] = []
            seen: set[Node] = set()
            cell = head
            while cell != nil and cell not in seen:
                seen.add(cell)
                values, after = self.by.get((cell, first, None), []), self.by.get((cell, rest, None), [])
                if len(values) != 1 or len(after) != 1:
                    break
                members.append(values[0][2])
                cells += [values[0], after[0]]
                cell = after[0][2]
            if cell == nil:
                found[head] = members, cells
        return found

    def owners(self, name: str) -> Iterator[tuple[Node, Statement, list[Node], list[Statement]]]:
        """Yield the owner of each list, the statement that leads to it, its members and cells."""
        known = self.lists()
        for said in self.by.get((None, term(name), None), ()):
            if said[2] in known:
                yield said[0], said, *known[said[2]]


def instances(known: Known, *, reflexive: bool = True) -> Iterator[Instance]:
    """Yield every way to apply a rule to statements."""
    for table in (TABLE, REFLEXIVE) if reflexive else (TABLE,):
        for rule, text in table.items():
            premises, conclusion = map(_patterns, text.split(" => "))
            for row, found in known.find(premises):
                said: Statement = tuple(row[each] if isinstance(each, str) else each for each in conclusion[0])  # type: ignore[assignment]
                literal = isinstance(said[0], Literal) or isinstance(said[2], Literal)
                if not (said[1] == term("owl:sameAs") and literal) and not (said[1] in ORDERS and said[0] == said[2]):
                    yield Instance(rule.strip(), frozenset(found), said)
    for of_lists in LISTS.values():
        yield from of_lists(known)


def _chain(known: Known) -> Iterator[Instance]:
    for prop, said, links, cells in known.owners("owl:propertyChainAxiom"):
        path: list[Pattern] = [(f"?{n}", link, f"?{n + 1}") for n, link in enumerate(links)]
        for row, found in known.find(path):
            yield Instance("prp-spo2", frozenset((said, *cells, *found)), (row["?0"], prop, row[f"?{len(links)}"]))


def _key(known: Known) -> Iterator[Instance]:
    for cls, said, keys, cells in known.owners("owl:hasKey"):
        patterns: list[Pattern] = [("?x", term("a"), cls), ("?y", term("a"), cls)]
        for number, prop in enumerate(keys):
            patterns += [("?x", prop, f"?{number}"), ("?y", prop, f"?{number}")]
        for row, found in known.find(patterns):
            yield Instance("prp-key", frozenset((said, *cells, *found)), (row["?x"], term("owl:sameAs"), row["?y"]))


def _intersection(known: Known) -> Iterator[Instance]:
    kind, below = term("a"), term("rdfs:subClassOf")
    for whole, said, parts, cells in known.owners("owl:intersectionOf"):
        made = frozenset((said, *cells))
        for row, found in known.find([("?x", kind, part) for part in parts]):
            yield Instance("cls-int1", made | {*found}, (row["?x"], kind, whole))
        for part in parts:
            yield Instance("scm-int", made, (whole, below, part))
            for member in known.by.get((None, kind, whole), ()):
                yield Instance("cls-int2", made | {member}, (member[0], kind, part))


def _union(known: Known) -> Iterator[Instance]:
    kind, below = term("a"), term("rdfs:subClassOf")
    for whole, said, parts, cells in known.owners("owl:unionOf"):
        made = frozenset((said, *cells))
        for part in parts:
            yield Instance("scm-uni", made, (part, below, whole))
            for member in known.by.get((None, kind, part), ()):
                yield Instance("cls-uni", made | {member}, (member[0], kind, whole))


def _enumeration(known: Known) -> Iterator[Instance]:
    for cls, said, members, cells in known.owners("owl:oneOf"):
        for member in members:
            yield Instance("cls-oo", frozenset((said, *cells)), (member, term("a"), cls))


LISTS: Final[dict[str, Callable[[Known], Iterator[Instance]]]] = {
    "prp-spo2": _chain,
    "prp-key": _key,
    "cls-int": _intersection,
    "cls-uni": _union,
    "cls-oo": _enumeration,
}


def closed(given: Iterable[Statement]) -> set[Statement]:
    """Return statements with everything that follows."""
    known = Known(given)
    while new := {instance.conclusion for instance in instances(known)} - known.all:
        known = Known(known.all | new)
    return known.all


# Premises of the rules that end in a contradiction, those that make the clash after the bar.
FORBIDDEN: Final = {
    "eq-diff1": "?x owl:differentFrom ?y | ?x owl:sameAs ?y",
    "prp-irp": "?p a owl:IrreflexiveProperty | ?x ?p ?x",
    "prp-asyp": "?p a owl:AsymmetricProperty | ?x ?p ?y . ?y ?p ?x",
    "prp-pdw": "?p owl:propertyDisjointWith ?q | ?x ?p ?y . ?x ?q ?y",
    "prp-npa1": "?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . ?n owl:targetIndividual ?y | ?x ?p ?y",
    "prp-npa2": "?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . ?n owl:targetValue ?y | ?x ?p ?y",
    "cls-com": "?c owl:complementOf ?d | ?x a ?c . ?x a ?d",
    "cls-maxc1": "?c owl:maxCardinality 0 . ?c owl:onProperty ?p | ?x a ?c . ?x ?p ?y",
    "cls-maxqc1": "?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass ?d | ?x a ?c . ?x ?p ?y . ?y a ?d",
    "cls-maxqc2": "?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing | ?x a ?c . ?x ?p ?y",
    "cax-dw": "?c owl:disjointWith ?d | ?x a ?c . ?x a ?d",
}
FORBIDDEN_LISTS: Final = {
    "cax-adc": ("owl:AllDisjointClasses", "owl:members", "?x a ?one . ?x a ?other"),
    "prp-adp": ("owl:AllDisjointProperties", "owl:members", "?x ?one ?y . ?x ?other ?y"),
    "eq-diff2": ("owl:AllDifferent", "owl:members", "?one owl:sameAs ?other"),
    "eq-diff3": ("owl:AllDifferent", "owl:distinctMembers", "?one owl:sameAs ?other"),
}


def forbidden(given: Iterable[Statement]) -> set[tuple[str, frozenset[Statement]]]:
    """Return the rules that statements break, which are closed first, each with the statements that clash."""
    known = Known(closed(given))
    found = {("cls-nothing2", frozenset([each])) for each in known.by.get((None, term("a"), term("owl:Nothing")), ())}
    for rule, text in FORBIDDEN.items():
        axioms, clashing = map(_patterns, text.split(" | "))
        for _, matched in known.find(axioms + clashing):
            found.add((rule, frozenset(matched[len(axioms) :])))
    for rule, (kind, leading, clash) in FORBIDDEN_LISTS.items():
        for owner, _, members, _ in known.owners(leading):
            if (owner, term("a"), term(kind)) not in known.all:
                continue
            for place, one in enumerate(members):
                for other in members[place + 1 :]:
                    bound = {"?one": one, "?other": other}
                    found |= {(rule, frozenset(matched)) for _, matched in known.find(_patterns(clash), bound)}
    return found
