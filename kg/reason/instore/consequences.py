"""The axioms of a closed ontology as CONSTRUCT queries.

Each query applies one rule of OWL 2 RL to the statements of a store. A rule that looks at one statement is *direct*:
what it concludes, with all that lies above, is read from the tables of the axioms. A rule that joins statements, or
whose conclusion may start others, is *joined*. A token says of which class or property a rule looks at the statements:
``a <class>`` or ``<property>``.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core.terms import RDF_TYPE, anonymous
from kg.reason.closure.axioms import NODES, SCHEMA_CLASSES, SCHEMA_PROPERTIES, reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.reason.closure import Closure
    from kg.reason.closure.axioms import Restriction

_SCHEMA: Final = {
    str(NODES["type"]),
    *(str(NODES[name]) for name in SCHEMA_PROPERTIES),
    *(f"a {NODES[name]}" for name in SCHEMA_CLASSES),
}


class Rule(NamedTuple):
    """A rule: the tokens whose statements it looks at, the token of its conclusion, and both as patterns."""

    premises: frozenset[str]
    conclusion: str
    new: str
    old: str

    @property
    def of_class(self) -> bool:
        """Return whether it looks at members of classes only."""
        return all(premise.startswith("a ") for premise in self.premises)

    def query(self, graphs: Sequence[str]) -> str:
        """Write the rule as a query, whose premises are in one of some graphs, or anywhere when none is named."""
        places = f"VALUES ?g {{ {' '.join(f'<{graph}>' for graph in graphs)} }} GRAPH ?g" if graphs else ""
        old = f"{places} {{ {self.old} }}"
        if self.new.startswith("?y a "):
            # many statements lead to few things
            old = f"{{ SELECT DISTINCT ?y WHERE {{ {old} FILTER(!ISLITERAL(?y)) }} }}"
        return f"CONSTRUCT {{ {self.new} }} WHERE {{ {old} MINUS {{ {self.new} }} }}"


class Consequences:
    """What follows, by the axioms of an ontology, from statements of a class or a property."""

    def __init__(self, ontology: Closure) -> None:
        self._closure, self._axioms, self._terms = ontology, ontology.axioms, ontology.terms
        self._ids: dict[str, int] = {}
        self._hidden: set[str] = set()
        self._thing = self._axioms.names["Thing"]

    def hidden(self, token: str) -> bool:
        """Return whether the statements of a token are intermediate only.

        They are those of anonymous classes and properties, and of ``owl:Thing``.
        """
        return token in self._hidden

    @cached_property
    def tokens(self) -> list[str]:
        """Return the tokens from whose statements something may follow."""
        classes = {self._class(cls) for cls in self._axioms.superclasses}
        properties = {self._property(prop) for prop in self._axioms.premise_properties()}
        return sorted(classes | properties | self.joining | self._identifying.keys())

    @cached_property
    def joining(self) -> set[str]:
        """Return the tokens whose statements joined rules look at."""
        return {premise for rule in self.joined for premise in rule.premises}

    def members_of_hidden(self) -> Iterator[Triple]:
        """Yield the members that the ontology itself gives to the hidden classes at which joined rules look."""
        for token in sorted(token for token in self.joining if token.startswith("a ") and self.hidden(token)):
            for member in self._closure.members(self._ids[token]):
                if not isinstance(member, Literal):
                    yield Triple(member, RDF_TYPE, NamedNode(token[3:-1]))

    def direct(self, token: str) -> list[Rule]:
        """Return the rules that look at one statement of a token.

        They are cax-sco, cax-eqc1, cax-eqc2, cls-int2, cls-uni, prp-spo1, prp-eqp1, prp-eqp2, prp-dom, prp-rng,
        prp-inv1, prp-inv2 and prp-symp.
        """
        position = self._ids.get(token)
        if position is None:
            return []
        if token.startswith("a "):
            return self._rules(token, "?x", self._axioms.superclasses.get(position, ()))
        ways = self._ways(position)
        pairs = {
            *(
                (self._property(prop), f"?x {self._property(prop)} ?y")
                for prop, forwards in ways
                if forwards and prop != position
            ),
            *((self._property(prop), f"?y {self._property(prop)} ?x") for prop, forwards in ways if not forwards),
        }
        old = f"?x {token} ?y"
        rules = [
            Rule(frozenset((token,)), conclusion, new, old)
            for conclusion, new in sorted(pairs)
            if self._wanted(conclusion)
        ]
        at_subject, at_object = self._ends(ways)
        return rules + self._rules(token, "?x", at_subject) + self._rules(token, "?y", at_object)

    @cached_property
    def joined(self) -> list[Rule]:
        """Return the joined rules: cls-int1, cls-svf1, cls-svf2, cls-avf, cls-hv1, cls-hv2, prp-trp and prp-spo2."""
        axioms = self._axioms
        rules = [self._intersection(whole, parts) for whole, parts in axioms.intersections]
        rules += [self._some(one) for one in axioms.some_values]
        for one in axioms.all_values:
            cls, prop, filler = self._class(one.cls), self._property(one.prop), self._class(one.filler)
            rules.append(Rule(frozenset((cls, prop)), filler, f"?y {filler}", f"?x {cls} . ?x {prop} ?y"))
        for one in axioms.has_values:
            cls, prop = self._class(one.cls), self._property(one.prop)
            pattern = f"?x {prop} {self._term(one.filler)}"
            rules += [
                Rule(frozenset((cls,)), prop, pattern, f"?x {cls}"),
                Rule(frozenset((prop,)), cls, f"?x {cls}", pattern),
            ]
        rules += [self._chain((prop, prop), prop) for prop in sorted(axioms.transitive)]
        rules += [self._chain(chain, prop) for chain, prop in axioms.chains]
        return rules

    def obstacle(self, token: str, *, concluded: bool) -> str:
        """Describe what queries cannot conclude from statements of a token, if anything.

        ``concluded`` says that a rule made some.
        """
        if token in self._identifying:
            return f"{self._identifying[token]} may say that two things are one"
        return f"{token.removeprefix('a ')} follows, which makes new axioms" if concluded and token in _SCHEMA else ""

    def led_to_by_values(self, token: str) -> bool:
        """Return whether a joined rule has to look at the objects of a property as subjects or members.

        A store cannot hold literals in these positions.
        """
        position = self._ids.get(token)
        if position is None or token.startswith("a "):
            return False
        ways = self._ways(position)
        classes = {self._class(cls) for cls in self._ends(ways)[1]}
        turned = {self._property(prop) for prop, forwards in ways if not forwards}
        told = {self._property(prop) for prop, forwards in ways if forwards}
        return bool((classes | turned) & self.joining or told & self._joining_objects)

    @cached_property
    def general_obstacle(self) -> str:
        """Describe what queries cannot derive from any statements, or return an empty text."""
        kind = self._axioms.names["type"]
        about_types = kind in self._axioms.premise_properties() or kind in {kind for _, kind in self._axioms.chains}
        return "an axiom speaks of rdf:type as of any property" if about_types else ""

    @cached_property
    def _joining_objects(self) -> set[str]:
        axioms = self._axioms
        some = {one.prop for one in axioms.some_values if one.filler != self._thing}
        others = {
            *(one.prop for one in axioms.all_values),
            *axioms.transitive,
            *(prop for chain, _ in axioms.chains for prop in chain),
        }
        return {self._property(prop) for prop in some | others}

    @cached_property
    def _identifying(self) -> dict[str, str]:
        """Return the tokens by whose statements terms may denote the same, each with what says so."""
        axioms = self._axioms
        found = {str(NODES["sameAs"]): "owl:sameAs"}
        for kind, properties in (("functional", axioms.functional), ("inverse functional", axioms.inverse_functional)):
            found |= {self._property(prop): f"the {kind} property {self._property(prop)}" for prop in properties}
        for one in axioms.at_most_one:
            tokens = (self._property(one.prop), self._class(one.cls), self._class(one.filler))
            found |= dict.fromkeys(tokens, f"the greatest number of {self._property(one.prop)}")
        for cls, key in axioms.keys:
            found |= dict.fromkeys(
                (self._class(cls), *map(self._property, key)), f"the key of {self._class(cls).removeprefix('a ')}"
            )
        return found

    def _intersection(self, whole: int, parts: tuple[int, ...]) -> Rule:
        conclusion, classes = self._class(whole), [self._class(part) for part in parts]
        return Rule(frozenset(classes), conclusion, f"?x {conclusion}", " . ".join(f"?x {cls}" for cls in classes))

    def _some(self, one: Restriction) -> Rule:
        cls, prop, filler = self._class(one.cls), self._property(one.prop), self._class(one.filler)
        if one.filler == self._thing:
            return Rule(frozenset((prop,)), cls, f"?x {cls}", f"?x {prop} ?y")
        return Rule(frozenset((prop, filler)), cls, f"?x {cls}", f"?x {prop} ?y . ?y {filler}")

    def _chain(self, chain: tuple[int, ...], prop: int) -> Rule:
        links, conclusion = [self._property(link) for link in chain], self._property(prop)
        steps = " . ".join(f"?v{number} {link} ?v{number + 1}" for number, link in enumerate(links))
        return Rule(frozenset(links), conclusion, f"?v0 {conclusion} ?v{len(links)}", steps)

    def _rules(self, token: str, variable: str, classes: Iterable[int]) -> list[Rule]:
        old = f"?x {token}" if token.startswith("a ") else f"?x {token} ?y"
        conclusions = sorted({self._class(cls) for cls in classes} - {token})
        return [Rule(frozenset((token,)), cls, f"{variable} {cls}", old) for cls in conclusions if self._wanted(cls)]

    def _wanted(self, conclusion: str) -> bool:
        return not self.hidden(conclusion) or conclusion in self.joining

    def _ways(self, prop: int) -> dict[tuple[int, bool], None]:
        """Yield the properties that hold where one does, forwards or backwards."""
        above, inverses = self._axioms.superproperties, self._axioms.inverses

        def following(way: tuple[int, bool]) -> Iterable[tuple[int, bool]]:
            one, forwards = way
            yield from ((other, forwards) for other in above.get(one, ()))
            yield from ((other, not forwards) for other in inverses.get(one, ()))

        return reached([(prop, True)], following)

    def _ends(self, ways: Iterable[tuple[int, bool]]) -> tuple[set[int], set[int]]:
        """Return the classes of subjects and of objects."""
        axioms = self._axioms
        ends: tuple[set[int], set[int]] = (set(), set())
        for prop, forwards in ways:
            ends[not forwards].update(axioms.domains.get(prop, ()))
            ends[forwards].update(axioms.ranges.get(prop, ()))
        return ends

    def _class(self, position: int) -> str:
        return self._token("a ", position)

    def _property(self, position: int) -> str:
        return self._token("", position)

    def _token(self, before: str, position: int) -> str:
        token = before + self._term(position)
        self._ids[token] = position
        if anonymous(self._terms.node(position)) or position == self._thing:
            self._hidden.add(token)
        return token

    def _term(self, position: int) -> str:
        node = self._terms.node(position)
        return f"<urn:x-motkg:node:{node.value}>" if isinstance(node, BlankNode) else str(node)
