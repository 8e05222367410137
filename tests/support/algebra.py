"""The algebra of SPARQL 1.1 (section 18) worked out by trying everything: slow, small, and made of nothing but the definitions.

Patterns are evaluated from below, each to a list of solutions, as 18.2.2 translates them and 18.5 and 18.6 define them.
The default graph is the union of all graphs of the data, or of those that FROM names: a set, in which a statement of
two graphs is one. EXISTS is the pattern with the values of the solution put in place of variables. What the tests
do not generate is not here.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import BlankNode as Blank
from pyoxigraph import DefaultGraph, NamedNode
from pyoxigraph import Literal as LiteralTerm

from kg.sparql import (
    Aggregate,
    Bind,
    BlankNode,
    BuiltInCall,
    Comparison,
    DatasetClause,
    Exists,
    Filter,
    GraphPattern,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Minus,
    Optional,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    Projection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Unary,
    Undef,
    Union,
    Values,
    Variable,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyoxigraph import Quad

    from kg.sparql import Expression, Pattern

Term = NamedNode | Blank | LiteralTerm
Solution = dict[str, Term]
Statements = frozenset[tuple[Term, Term, Term]]
XSD = "http://www.w3.org/2001/XMLSchema#"
_KNOWN = {f"{XSD}{name}" for name in ("integer", "decimal", "double", "string", "boolean")}
_NUMBERS = {f"{XSD}{name}" for name in ("integer", "decimal", "double")}


class Failure(Exception):  # noqa: N818 - the error of an expression is no error of the program
    """An expression has no value."""


class Dataset(NamedTuple):
    """The union of all graphs, and each named graph."""

    default: Statements
    named: dict[NamedNode, Statements]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Dataset:
        """Return the data set of some quads."""
        known = list(quads)
        named: dict[NamedNode, set[tuple[Term, Term, Term]]] = {}
        for quad in known:
            if not isinstance(quad.graph_name, DefaultGraph):
                named.setdefault(quad.graph_name, set()).add((quad.subject, quad.predicate, quad.object))  # type: ignore[arg-type]
        whole = frozenset((quad.subject, quad.predicate, quad.object) for quad in known)
        return cls(whole, {name: frozenset(statements) for name, statements in named.items()})  # type: ignore[arg-type]

    def chosen(self, clauses: Iterable[DatasetClause]) -> Dataset:
        """Return the data set that a query names (13.2), or the same where it names none."""
        named = [(clause.named, NamedNode(clause.iri.value)) for clause in clauses]
        if not named:
            return self
        whole = frozenset().union(*(self.named.get(name, frozenset()) for by_name, name in named if not by_name))
        return Dataset(whole, {name: self.named[name] for by_name, name in named if by_name and name in self.named})


def solutions(query: SelectQuery | SubSelect, data: Dataset) -> list[Solution]:
    """Return the solutions of a query; the names that it selects, without those that have no value."""
    if isinstance(query, SelectQuery):
        data = data.chosen(query.dataset)
    return _Evaluation(data, data.default, {}).selected(query)


class _Evaluation(NamedTuple):
    """Where a pattern is evaluated: in a graph of a data set, with values in place of some variables."""

    data: Dataset
    graph: Statements
    given: Solution

    def selected(self, query: SelectQuery | SubSelect) -> list[Solution]:
        found = self.group(query.where)
        if query.values is not None:
            found = _join(found, self.pattern(query.values))
        aggregates = any(isinstance(item, Projection) for item in query.selection.items)
        if query.modifiers.group_by or aggregates:
            found = self._grouped(query, found)
        names = [
            item.name if isinstance(item, Variable) else item.variable.name for item in query.selection.items
        ] or sorted(visible(query.where) | (visible(query.values) if query.values else set()))
        rows = [{name: row[name] for name in names if name in row} for row in found]
        if query.selection.duplicates == "DISTINCT":
            rows = [
                dict(row) for row in dict.fromkeys(tuple(sorted(row.items(), key=lambda pair: pair[0])) for row in rows)
            ]
        return rows

    def _grouped(self, query: SelectQuery | SubSelect, found: list[Solution]) -> list[Solution]:
        keys = [
            condition.expression.name
            for condition in query.modifiers.group_by
            if isinstance(condition.expression, Variable)
        ]
        groups: dict[tuple[Term | None, ...], list[Solution]] = {} if keys else {(): []}
        for row in found:
            groups.setdefault(tuple(row.get(key) for key in keys), []).append(row)
        rows = []
        for key, members in groups.items():
            row = {name: value for name, value in zip(keys, key, strict=True) if value is not None}
            for item in query.selection.items:
                if isinstance(item, Projection):
                    row[item.variable.name] = LiteralTerm(_count(item.expression, members))
            rows.append(row)
        return rows

    # --- patterns ----------------------------------------------------------------------------------------------------

    def group(self, group: Group) -> list[Solution]:
        found, conditions = self._unfiltered(group)
        return [row for row in found if all(self.holds(condition, row) for condition in conditions)]

    def _unfiltered(self, group: Group) -> tuple[list[Solution], list[Expression]]:
        found: list[Solution] = [{}]
        conditions: list[Expression] = []
        elements = [element for element in group.elements if not isinstance(element, Filter)]
        conditions = [element.condition for element in group.elements if isinstance(element, Filter)]
        for is_block, run in groupby(elements, key=lambda element: isinstance(element, TriplesBlock)):
            if is_block:
                found = _join(found, self._triples([block for block in run if isinstance(block, TriplesBlock)]))
                continue
            for element in run:
                found = self._with(found, element)
        return found, conditions

    def _with(self, found: list[Solution], element: Pattern) -> list[Solution]:
        match element:
            case Optional(_, inner):
                right, conditions = self._unfiltered(inner)
                return self._left_join(found, right, conditions)
            case Minus(_, inner):
                right = self.group(inner)
                return [
                    row
                    for row in found
                    if not any(row.keys() & other.keys() and _compatible(row, other) for other in right)
                ]
            case Bind(_, expression, variable):
                return [self._extended(row, expression, variable.name) for row in found]
        return _join(found, self.pattern(element))

    def pattern(self, pattern: Pattern) -> list[Solution]:
        match pattern:
            case Group():
                return self.group(pattern)
            case Union(_, groups):
                return [row for group in groups for row in self.group(group)]
            case GraphPattern(_, Iri(_, value), group):
                return self._replace(graph=self.data.named.get(NamedNode(value), frozenset())).group(group)
            case GraphPattern(_, Variable(_, name), group):
                wanted = self.given.get(name)
                return [
                    row
                    for graph, statements in self.data.named.items()
                    if wanted in {None, graph}
                    for row in _join(
                        [{name: graph} if wanted is None else {}], self._replace(graph=statements).group(group)
                    )
                ]
            case Values(_, variables, rows):
                return [
                    {
                        variable.name: _term(value)
                        for variable, value in zip(variables, row.values, strict=True)
                        if not isinstance(value, Undef)
                    }
                    for row in rows
                ]
            case SubSelect():
                return self._replace(given={}).selected(pattern)
        raise TypeError(type(pattern))

    def _left_join(self, left: list[Solution], right: list[Solution], conditions: list[Expression]) -> list[Solution]:
        found = []
        for row in left:
            merged = [row | other for other in right if _compatible(row, other)]
            kept = [each for each in merged if all(self.holds(condition, each) for condition in conditions)]
            found += kept or [row]
        return found

    def _extended(self, row: Solution, expression: Expression, name: str) -> Solution:
        try:
            return {**row, name: self.value(expression, row)}
        except Failure:
            return row

    # --- triples -----------------------------------------------------------------------------------------------------

    def _triples(self, blocks: list[TriplesBlock]) -> list[Solution]:
        found: list[Solution] = [{}]
        for block in blocks:
            for triples in block.triples:
                for each in triples.properties:
                    for node in each.objects:
                        if not isinstance(each.verb, Iri | Variable):
                            found = _join(
                                found, self._along(self._end(triples.subject, {}), each.verb, self._end(node, {}))
                            )
                            continue
                        found = [
                            row | more
                            for row in found
                            for more in self._matches(
                                self._end(triples.subject, row), each.verb, self._end(node, row), row
                            )
                        ]
        return [{name: value for name, value in row.items() if not name.startswith("_:")} for row in found]

    def _end(self, node: object, row: Solution) -> Term | str:
        """Return the term that stands at the end of a triple, or the name of what is still to be found."""
        match node:
            case Variable(_, name):
                return self.given.get(name) or row.get(name) or name
            case BlankNode(span, label):
                name = f"_:{label or span}"
                return row.get(name) or name
        return _term(node)

    def _matches(
        self, subject: Term | str, verb: Path | Variable, value: Term | str, row: Solution
    ) -> Iterator[Solution]:
        if isinstance(verb, Variable):
            wanted = self.given.get(verb.name) or row.get(verb.name)
            for one, name, other in self.graph:
                if wanted in {None, name}:
                    yield from _bound(
                        [(subject, one), (value, other), *([(verb.name, name)] if wanted is None else [])]
                    )
            return
        for one, name, other in self.graph:
            if name == _term(verb):
                yield from _bound([(subject, one), (value, other)])

    def _along(self, subject: Term | str, path: Path, value: Term | str) -> list[Solution]:
        start, end = (None if isinstance(each, str) else each for each in (subject, value))
        return [
            row for pair in self._pairs(path, start, end) for row in _bound([*zip((subject, value), pair, strict=True)])
        ]

    def _pairs(  # noqa: PLR0911 - one case a kind of path
        self, path: Path, start: Term | None, end: Term | None
    ) -> list[tuple[Term, Term]]:
        """Return the ends of a path (18.4), one of which may be a term; a sequence meets in a variable (18.2.2.4)."""
        match path:
            case Iri(_, value):
                return self._fitting(lambda name: name == NamedNode(value), start, end)
            case PathInverse(_, inner):
                return [(other, one) for one, other in self._pairs(inner, end, start)]
            case PathSequence(_, (first, *others)):
                if not others:
                    return self._pairs(first, start, end)
                further = self._pairs(PathSequence(path.span, tuple(others)), None, end)
                return [
                    (one, last)
                    for one, middle in self._pairs(first, start, None)
                    for at, last in further
                    if at == middle
                ]
            case PathAlternative(_, paths):
                return [pair for each in paths for pair in self._pairs(each, start, end)]
            case PathNegated(_, properties):
                forward = {_term(each) for each in properties if isinstance(each, Iri)}
                backward = {_term(each.path) for each in properties if isinstance(each, PathInverse)}
                found = self._fitting(lambda name: name not in forward, start, end) if forward else []
                turned = self._fitting(lambda name: name not in backward, end, start) if backward else []
                return [*found, *((other, one) for one, other in turned)]
            case PathRepeat(_, inner, modifier):
                return [pair for pair in self._repeated(inner, modifier, start, end) if end in {None, pair[1]}]
        raise TypeError(path)

    def _fitting(self, fits: Callable[[Term], bool], start: Term | None, end: Term | None) -> list[tuple[Term, Term]]:
        return [
            (one, other)
            for one, name, other in self.graph
            if fits(name) and start in {None, one} and end in {None, other}
        ]

    def _repeated(self, path: Path, modifier: str, start: Term | None, end: Term | None) -> set[tuple[Term, Term]]:
        """Return each pair once; a term leads to itself by no step, a variable only where it is a node of the graph."""
        if start is None and end is not None:
            turned = self._repeated(PathInverse(path.span, path), modifier, end, None)
            return {(other, one) for one, other in turned}
        nodes = {node for one, _, other in self.graph for node in (one, other)} if start is None else {start}
        if modifier == "?":
            return {(node, node) for node in nodes} | set(self._pairs(path, start, end))
        found: set[tuple[Term, Term]] = set()
        for node in nodes:
            reached: set[Term] = {node} if modifier == "*" else set()
            waiting = [node]
            while waiting:
                further = {other for _, other in self._pairs(path, waiting.pop(), None)} - reached
                reached |= further
                waiting += further
            found |= {(node, other) for other in reached}
        return found

    # --- expressions -------------------------------------------------------------------------------------------------

    def holds(self, condition: Expression, row: Solution) -> bool:
        try:
            return self._truth(condition, row)
        except Failure:
            return False

    def _truth(self, condition: Expression, row: Solution) -> bool:  # noqa: PLR0911 - one case a kind of condition
        match condition:
            case Logical(_, operator, operands):
                return self._logical(operator == "||", operands, row)
            case Unary(_, "!", operand):
                return not self._truth(operand, row)
            case Comparison(_, operator, left, right):
                return _equal(self.value(left, row), self.value(right, row)) == (operator == "=")
            case In(_, expression, choices, negated):
                tests = tuple(Comparison(condition.span, "=", expression, choice) for choice in choices)
                return self._logical(any_of=True, operands=tests, row=row) != negated
            case BuiltInCall(_, "BOUND", (Variable(_, name),)):
                return name in row or name in self.given
            case BuiltInCall(_, "SAMETERM", (left, right)):
                return bool(self.value(left, row) == self.value(right, row))
            case BuiltInCall(_, "ISIRI", (operand,)):
                return isinstance(self.value(operand, row), NamedNode)
            case Exists(_, group, negated):
                return bool(self._replace(given={**self.given, **row}).group(group)) != negated
        raise TypeError(condition)

    def _logical(self, any_of: bool, operands: tuple[Expression, ...], row: Solution) -> bool:  # noqa: FBT001 - || or &&
        failed = False
        for operand in operands:
            try:
                if self._truth(operand, row) == any_of:
                    return any_of
            except Failure:
                failed = True
        if failed:
            raise Failure
        return not any_of

    def value(self, expression: Expression, row: Solution) -> Term:
        match expression:
            case Variable(_, name):
                value = row.get(name) or self.given.get(name)
                if value is None:
                    raise Failure
                return value
            case BuiltInCall(_, "STR", (operand,)):
                value = self.value(operand, row)
                if isinstance(value, Blank):
                    raise Failure
                return LiteralTerm(value.value)
            case BuiltInCall(_, "COALESCE", operands):
                for operand in operands:
                    try:
                        return self.value(operand, row)
                    except Failure:
                        continue
                raise Failure
            case Iri() | Literal():
                return _term(expression)
        return LiteralTerm(self._truth(expression, row))


def _term(node: object) -> Term:
    match node:
        case Iri(_, value):
            return NamedNode(value)
        case Literal(_, value, datatype, language):
            return (
                LiteralTerm(value, language=language.lower())
                if language
                else LiteralTerm(value, datatype=NamedNode(datatype))
            )
    raise TypeError(node)


def _bound(ends: list[tuple[Term | str, Term]]) -> Iterator[Solution]:
    """Yield the solution that gives each name the term beside it, if there is one."""
    found: Solution = {}
    for wanted, term in ends:
        if isinstance(wanted, str):
            if found.setdefault(wanted, term) != term:
                return
        elif wanted != term:
            return
    yield found


def _compatible(one: Solution, other: Solution) -> bool:
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def _join(left: list[Solution], right: list[Solution]) -> list[Solution]:
    return [one | other for one in left for other in right if _compatible(one, other)]


def _equal(one: Term, other: Term) -> bool:
    """Compare values: RDFterm-equal (17.4.1.7), and numbers by what they are.

    Literals of known datatypes that are not the same are unequal; of others that is unknown.
    """
    if one == other:
        return True
    if not (isinstance(one, LiteralTerm) and isinstance(other, LiteralTerm)):
        return False
    datatypes = {one.datatype.value, other.datatype.value}
    if datatypes <= _NUMBERS:
        return float(one.value) == float(other.value)
    if (
        all(literal.language or literal.datatype.value in _KNOWN for literal in (one, other))
        or one.language
        or other.language
    ):
        return False
    raise Failure


def _count(expression: Expression, members: list[Solution]) -> int:
    match expression:
        case Aggregate(_, "COUNT", distinct, None, _):
            return (
                len({tuple(sorted(row.items(), key=lambda pair: pair[0])) for row in members})
                if distinct
                else len(members)
            )
        case Aggregate(_, "COUNT", distinct, Variable(_, name), _):
            values = [row[name] for row in members if name in row]
            return len(set(values)) if distinct else len(values)
    raise TypeError(expression)
