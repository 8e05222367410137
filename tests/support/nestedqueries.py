"""Queries with scopes inside scopes, and small data on which they have answers: both from a seed.

About half of the groups hold a form that the rewriting in front of the embedded engine looks for; the rest, and what
stands around it, is made to get in its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

PREFIX: Final = "PREFIX : <http://example.org/>\n"
_VARIABLES: Final = ("?a", "?b", "?c", "?d", "?e")
_NODES: Final = (":n0", ":n1", ":n2", ":n3")
_PROPERTIES: Final = (":p", ":q", ":r")
_TEXTS: Final = ('"x"', '"x"@en')
_ONES: Final = ("1", '"1"^^<http://www.w3.org/2001/XMLSchema#decimal>')  # equal and not the same
_LITERALS: Final = (*_TEXTS, *_ONES, '"1"', '"1"^^:own', "true", '"http://example.org/n0"')
# Graphs bear the names of nodes, so that a variable may be both.
_GRAPHS: Final = (":n0", ":n1", "")
# Where a group may stand; ``%s`` is the group, ``.`` a triple or two that share variables with it. In the first it is
# joined with nothing.
_ALONE: Final = (
    "%s",
    "{ %s }",
    "{ %s UNION { . } }",
    "{ { SELECT * %s } }",
    "{ { SELECT DISTINCT ?a ?b %s } FILTER(?a != :n9) }",
)
_JOINED: Final = (
    "{ . %s }",
    "{ %s . }",
    "{ . OPTIONAL %s }",
    "{ . OPTIONAL { . OPTIONAL %s } }",
    "{ OPTIONAL %s . }",
    "{ . MINUS %s }",
    "{ . OPTIONAL { . MINUS %s } }",
    "{ GRAPH ?c %s }",
    "{ GRAPH ?a %s }",
    "{ . GRAPH ?d %s }",
    "{ GRAPH ?g %s . }",
    "{ . GRAPH :n0 %s }",
    "{ GRAPH ?c { . %s } }",
    "{ . { %s UNION { . } } }",
    "{ . { SELECT * %s } }",
    "{ { SELECT ?a ?c %s } . }",
    "{ . OPTIONAL { { SELECT ?a ?b %s } } }",
    "{ . FILTER EXISTS { . %s } }",
    "{ . FILTER NOT EXISTS { . OPTIONAL %s } }",
    "{ . FILTER EXISTS { %s UNION { . } } }",
    "{ . { . %s } }",
    "{ VALUES ?c { :n0 :n1 :n2 } %s }",
    "{ VALUES (?b ?d) { (:n0 UNDEF) (UNDEF :n1) } OPTIONAL %s }",
)


def make_data(random: Random, *, shared: int = 0) -> str:
    """Return TriG in which ``shared`` per cent of the statements stand in two graphs, or in none at all."""
    values = [*_NODES, "_:b", *(_ONES if random.random() < 0.3 else random.sample(_LITERALS, 2))]
    possible = [(s, p, o) for s in (*_NODES, "_:b") for p in (*_PROPERTIES, random.choice(_NODES)) for o in values]
    chosen = random.sample(possible, random.randint(16, 34))
    placed = [(graph, chosen[index]) for index in range(len(chosen)) for graph in _places(random, shared)]
    return "@prefix : <http://example.org/> .\n" + "".join(
        f"{graph} {{ {s} {p} {o} . }}\n" for graph, (s, p, o) in placed
    )


def _places(random: Random, shared: int) -> list[str]:
    return random.sample(_GRAPHS, 2 if shared and random.random() * 100 < shared else 1)


def make_query(random: Random, *, paths: bool = False) -> str:
    """Return the text of a SELECT query; some are refused by the parser, because a variable gets two values.

    With ``paths`` more of its triples are paths, and some begin or end at what is no node of the data.
    """
    return PREFIX + (_MakerOfPaths if paths else _Maker)(random).query()


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._bound = 0

    def _one(self, choices: Sequence[str]) -> str:
        return self._random.choice(choices)

    def _chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def query(self) -> str:
        dataset = "FROM :n0 FROM :n1 FROM NAMED :n1 " if self._chance(4) else ""
        if self._chance(45):
            group = self._placed(self._one(_JOINED), self._short())
        else:
            inner = self._short() if self._chance(50) else self.group(self._random.choice((1, 2, 2, 3)), alone=True)
            group = self._placed(self._one(_ALONE) if self._chance(25) else "%s", inner)
        tail = self._values() if self._chance(8) else ""
        return f"{self._selection(dataset, group)}{tail}"

    def _placed(self, place: str, group: str) -> str:
        words = (self._block() if word == "." else word for word in place.split(" "))
        return " ".join(words).replace("%s", group)

    def _short(self) -> str:
        """Return a group with a form and little else."""
        parts = [self._form()]
        if self._chance(45):
            parts.append(self._part(self._random.choice((0, 1))))
        if self._chance(10):
            parts.insert(0, self._block())
        return "{ " + " ".join(parts) + " }"

    def _selection(self, dataset: str, group: str) -> str:
        if self._chance(70):
            return f"SELECT * {dataset}WHERE {group}"
        if self._chance(50):
            chosen = " ".join(self._random.sample(_VARIABLES, 2))
            return f"SELECT {self._one(('', 'DISTINCT '))}{chosen} {dataset}WHERE {group}"
        key = self._one(_VARIABLES)
        counted = self._one(("COUNT(*)", f"COUNT({self._one(_VARIABLES)})", f"COUNT(DISTINCT {self._one(_VARIABLES)})"))
        return f"SELECT {key} ({counted} AS ?count) {dataset}WHERE {group} GROUP BY {key}"

    # --- groups ------------------------------------------------------------------------------------------------------

    def group(self, depth: int, *, alone: bool = False) -> str:
        parts = [self._form() if self._chance(60 if alone else 35) else self._block()]
        parts += [self._part(depth) for _ in range(self._random.choice((0, 1, 1, 2, 2)))]
        if self._chance(15):
            self._random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _part(self, depth: int) -> str:  # noqa: PLR0911 - one case a kind of part
        if not depth or self._chance(30):
            return f"FILTER({self._condition(depth)})"
        inner = depth - 1
        match self._random.randrange(20):
            case 0 | 1 | 2 | 3:
                return f"OPTIONAL {self.group(inner)}"
            case 4 | 5:
                return f"MINUS {self.group(inner)}"
            case 6 | 7:
                return f"{self.group(inner)} UNION {self.group(inner)}"
            case 8 | 9:
                return f"GRAPH {self._one(('?g', '?c', '?a', ':n0', ':n1'))} {self.group(inner)}"
            case 10 | 11 | 12:
                return self.group(inner)
            case 13:
                return self._values()
            case 14:
                self._bound += 1
                return f"BIND({self._one((*_VARIABLES, 'STR(?a)', 'COALESCE(?c, :n1)'))} AS ?z{self._bound})"
            case 15 | 16:
                return f"{{ {self._inner_query(inner)} }}"
            case _:
                return f"FILTER {self._exists(inner)}"

    def _inner_query(self, depth: int) -> str:
        group = self.group(depth)
        match self._random.randrange(4):
            case 0:
                return f"SELECT * {group}"
            case 1:
                return f"SELECT DISTINCT {self._one(_VARIABLES)} {group}"
            case 2:
                key = self._one(_VARIABLES)
                self._bound += 1
                return f"SELECT {key} (COUNT(*) AS ?z{self._bound}) {group} GROUP BY {key}"
        return f"SELECT {' '.join(self._random.sample(_VARIABLES, 2))} {group}"

    def _values(self) -> str:
        if self._chance(60):
            return f"VALUES {self._one(_VARIABLES)} {{ {self._term()} {self._term()} }}"
        one, other = self._random.sample(_VARIABLES, 2)
        return (
            f"VALUES ({one} {other}) {{ ({self._term()} {self._one(('UNDEF', self._term()))}) (UNDEF {self._term()}) }}"
        )

    # --- triples -----------------------------------------------------------------------------------------------------

    def _form(self) -> str:  # noqa: PLR0911 - one case a form
        """Return a form that a rule looks for, or one that a rule may be tempted by."""
        one, other, third = self._random.choices(_PROPERTIES, k=3)
        node, further = self._random.choices(_NODES, k=2)
        match self._random.randrange(15):
            case 0 | 1 | 2:
                return f"?a {one} ?b . ?c {other} ?d FILTER({self._one(('?b = ?c', '?c = ?b', '?a = ?c', '?b = ?d', '?a = ?d'))})"
            case 3 | 4:
                return f"?a {one} {node} ; {other} ?b . ?c {one} {further} ; {other} ?b ."
            case 5 | 6:
                return f"?a {one} ?b ; {other} ?c FILTER({self._named(self._one(('?a', '?b', '?c')))})"
            case 7:
                return f"?a {one} {node} ; {other} {further} ; {third} ?b ."
            case 8:
                return f"?a {one} ?b FILTER({self._named('?a')})"
            case 9:
                return f"?a {one} ?b OPTIONAL {{ ?b {other} ?c }} FILTER({self._named('?c')})"
            case 10:
                return f"?a {one} ?b OPTIONAL {{ ?b {other} ?c }} ?a {third} ?c FILTER({self._named('?c')})"
            case 11:
                return f"{self._triple()} MINUS {{ {self._triple()} {self._one(('', self._triple()))} }}"
        return f"?a {one} ?b FILTER {self._exists(1, plain=True)}"

    def _named(self, variable: str) -> str:
        if self._chance(20):
            return f'STR({variable}) = "http://example.org/n{self._random.randrange(3)}"'
        terms = [self._one((*_NODES, *_NODES, *_TEXTS, *_TEXTS, *_LITERALS)) for _ in range(self._random.randint(1, 3))]
        if self._chance(50):
            return f"{variable} IN ({', '.join(terms)})"
        return " || ".join(f"{variable} = {term}" for term in terms)

    def _block(self) -> str:
        return " ".join(self._triple() for _ in range(self._random.choice((1, 1, 2))))

    def _triple(self) -> str:
        subject = self._one(_VARIABLES) if self._chance(85) else self._one((*_NODES, "[]", "_:l"))
        verb = self._one(_PROPERTIES) if self._chance(85) else self._one((":p+", "^:p", ":p/:q", ":p*", "?d", "?e"))
        value = self._one(_VARIABLES) if self._chance(75) else self._one((self._term(), "[]", "_:l"))
        return f"{subject} {verb} {value} ."

    def _term(self) -> str:
        return self._one((*_NODES, *_NODES, *_LITERALS))

    # --- conditions --------------------------------------------------------------------------------------------------

    def _condition(self, depth: int) -> str:  # noqa: PLR0911 - one case a kind of condition
        one, other = self._random.choices(_VARIABLES, k=2)
        match self._random.randrange(12):
            case 0 | 1 | 2:
                return f"{one} = {other}"
            case 3:
                return f"{one} != {other}"
            case 4 | 5:
                return self._named(one)
            case 6:
                return f"{self._one(('', '!'))}BOUND({one})"
            case 7:
                return f"{one} = {self._term()} && {other} != {self._term()}"
            case 8:
                return f"COALESCE({one}, {other}) = {self._term()}"
            case 9:
                return f"sameTerm({one}, {self._one((other, self._term()))}) || {one} = {other}"
            case 10 if depth:
                return f"{self._exists(depth - 1)} || {one} = {self._term()}"
        return f"{one} IN ({other}, {self._term()})"

    def _exists(self, depth: int, *, plain: bool = False) -> str:
        """Return EXISTS or NOT EXISTS, of triples and filters alone where it is to be ``plain``."""
        negated = self._one(("", "NOT "))
        if not plain and self._chance(40):
            return f"{negated}EXISTS {self.group(depth)}"
        parts = [self._triple() for _ in range(self._random.choice((1, 2, 2, 3)))]
        if self._chance(8):  # a path of length zero at what may stand nowhere as a node
            parts = [f"?a ?d {self._one(_VARIABLES)} . ?d {self._one((':p*', ':q?'))} {self._one(_VARIABLES)} ."]
        if self._chance(40):
            parts.append(f"FILTER({self._condition(0)})")
        if depth and self._chance(30):
            parts.append(f"FILTER {self._exists(depth - 1, plain=plain)}")
        return f"{negated}EXISTS {{ {' '.join(parts)} }}"


_PATHS: Final = (
    ":p|:q",
    "(:p|:q)/:r",
    "^(:p|:r)",
    ":q|^:q",
    "!:p",
    "!(:p|^:q)",
    "!^:r",
    ":p/:q",
    ":p*",
    ":q?",
    "(:p|:q)*",
    "(:p*)+",
    "^:p?",
    ":p*/:q",
    "(:q?)|:r",
    "!:q|:p",
    "?d",
    "(:p/:q)?",
)


class _MakerOfPaths(_Maker):
    """Makes queries in which it matters how often a path leads to a node, and where it may end."""

    def _triple(self) -> str:
        if self._chance(45):
            return super()._triple()
        subject = self._one(_VARIABLES) if self._chance(65) else self._one((*_NODES, ":n9", "[]", "_:l"))
        value = self._one(_VARIABLES) if self._chance(65) else self._one((*_NODES, ":n9", ":p", '"x"', "[]"))
        return f"{subject} {self._one(_PATHS)} {value} ."

    def query(self) -> str:
        if self._chance(15):
            return self._selection("", self._of_each_graph())
        if self._chance(85):
            return super().query()
        named = " ".join(self._one(("FROM :n0", "FROM :n1", "FROM NAMED :n1", "FROM :n2")) for _ in range(3))
        return self._selection(f"{named} ", self.group(1))

    def _of_each_graph(self) -> str:
        """Return a group in which the variable of GRAPH stands where it may have no value yet."""
        name, other = self._one(("?g", "?a")), self._one(_VARIABLES)
        block, further = self._block(), self._block()
        inside = self._one(
            (
                f"{block} FILTER({name} = :n0)",
                f"{block} FILTER(!BOUND({name}))",
                f"{block} OPTIONAL {{ {further} FILTER({name} = :n1 || BOUND({other})) }}",
                f"{block} {{ {further} FILTER(BOUND({name})) }}",
                f"{block} BIND(STR({name}) AS ?x)",
                f"BIND({name} AS ?x) {block}",
                f"{block} MINUS {{ {further} }}",
                f"{block} MINUS {{ {name} :p ?x }}",
                f"VALUES {other} {{ :n0 1 }}",
                f"{{ {block} }} UNION {{ VALUES {other} {{ :n0 :n1 }} }}",
                f"SELECT {other} (COUNT(*) AS ?x) {{ {block} }} GROUP BY {other}",
                f"SELECT (COUNT(*) AS ?x) {{ {block} FILTER(BOUND({name})) }}",
                f"{block} {{ SELECT DISTINCT {other} {name} {{ {further} }} }}",
                f"{block} OPTIONAL {{ {{ SELECT * {{ {further} }} }} }}",
                f"?a {self._one(_PATHS)} ?b OPTIONAL {{ {further} }}",
            )
        )
        return (
            self._one(("{ %s }", "{ . %s }", "{ . OPTIONAL { %s } }", "{ %s . }"))
            .replace("%s", f"GRAPH {name} {{ {inside} }}")
            .replace(" . ", f" {self._block()} ", 1)
        )
