"""What type errors left out of an answer that is not empty: solutions that a filter drops, and cells without a value.

A comparison of a year with a date is an error, and a filter drops the solution without a word (SPARQL 1.1, section
17.3): an answer that lost five of its six rows looks complete. `losses` looks for such errors. It asks nothing where
the text holds no expression that can fail, and no more than the kinds of values that a property has (once for a store)
where all of them fit; only else it counts. An error for want of a value, as OPTIONAL leaves it, is none of them.
"""

from __future__ import annotations

import os
import re
from itertools import chain, product
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from pyoxigraph import BlankNode as BlankTerm
from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from kg.core import cache
from kg.core.errors import LimitError, QueryError
from kg.core.terms import XSD
from kg.query.diagnosis.model import Cause, Diagnosis, Kind
from kg.query.diagnosis.probes import (
    PLAIN,
    Limits,
    Prober,
    Repairer,
    computed_patterns,
    patterns_read_otherwise,
    refused_patterns,
)
from kg.query.diagnosis.terms import kind_of
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Arithmetic,
    Bind,
    BuiltInCall,
    Comparison,
    ConstructQuery,
    Exists,
    Filter,
    FunctionCall,
    GraphPattern,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Minus,
    Optional,
    Projection,
    PropertyObjects,
    Row,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    Unary,
    Undef,
    Union,
    Values,
    Variable,
    children,
    replace,
    transform,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from kg.query.catalogue.binding import PreparedQuery
    from kg.sparql import Expression, Node, Pattern, Query
    from kg.store.protocol import QuadStore, Term

LIMITS: Final = Limits(40, 5.0)
_ORDERED: Final = frozenset({"<", ">", "<=", ">="})
_NUMBERS: Final = frozenset({"ABS", "CEIL", "FLOOR", "ROUND"})
_TEXTS: Final = frozenset(
    {"CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "STRLEN", "SUBSTR", "UCASE", "LCASE", "REGEX"}
    | {"REPLACE", "CONCAT", "ENCODE_FOR_URI", "IRI", "URI", "STRDT", "STRLANG"}
)
_BY_VALUE: Final = frozenset({"IRI", "URI", "STRDT"})  # an error for some values of one kind
_DATES: Final = frozenset({"YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ"})
_FORGIVING: Final = frozenset({"BOUND", "COALESCE", "IF"})
_MOST_COMBINATIONS: Final = 64
_TRUE: Final = Literal(NOWHERE, "true", f"{XSD}boolean", "")
_NEVER: Final = Arithmetic(
    NOWHERE, ("/",), (Literal(NOWHERE, "1", f"{XSD}integer", ""), Literal(NOWHERE, "0", f"{XSD}integer", ""))
)
_ONE: Final = Literal(NOWHERE, "1", f"{XSD}integer", "")

_KINDS: Final[WeakKeyDictionary[QuadStore, dict[str, tuple[Term, ...]]]] = WeakKeyDictionary()


class _Suspect(NamedTuple):
    """An expression that may fail: over which solutions, and what is said if it does."""

    pattern: Group
    expression: Expression
    sentence: str
    node: Node
    kind: Kind = Kind.EXPRESSION_ERROR


def losses(
    prepared: PreparedQuery, store: QuadStore, unbound: Collection[str] = (), limits: Limits = LIMITS
) -> Diagnosis | None:
    """Return what type errors left out of an answer, with places; None where they left out nothing.

    Where the search was ended by its limits before anything was found, there are no causes, and it is not complete.

    ``unbound`` names the columns with cells without a value, which are looked into.
    """
    try:
        query = prepared.tree()
    except QueryError:
        return None  # the engine takes more than the parser
    prober = Prober(store, limits)
    prober.dataset = query.dataset
    search = _Search(query, Repairer(prepared, query, prober), prober)
    causes: list[Cause] = []
    complete = True
    try:
        causes.extend(cause for suspect in search.suspects(unbound) for cause in search.causes(suspect))
        causes.extend(search.misplaced())
    except LimitError:
        complete = False
    except QueryError:
        return None
    complete = complete and not search.ended
    return None if complete and not causes else Diagnosis(tuple(causes), complete, prober.used, prepared.file)


def of_template(query: ConstructQuery, repairer: Repairer, prober: Prober) -> list[Cause]:
    """Return why a template makes no statements of some solutions."""
    search = _Search(query, repairer, prober)
    return [*(cause for suspect in search.made() for cause in search.causes(suspect)), *search.misplaced()]


class _Search:
    def __init__(self, query: Query, repairer: Repairer, prober: Prober) -> None:
        self._query = query
        self._repairer = repairer
        self._prober = prober
        self.ended = False

    # --- what may fail -----------------------------------------------------------------------------------------------

    def suspects(self, unbound: Collection[str]) -> Iterator[_Suspect]:
        query = self._query
        if query.where is None:
            return
        yield from self._filters(query.where, ())
        yield from self._having(query)
        if isinstance(query, SelectQuery) and unbound:
            yield from self._cells(query, unbound)
        yield from self.made()

    def _filters(  # noqa: C901 - one case a kind of pattern
        self, group: Group, before: tuple[Pattern, ...]
    ) -> Iterator[_Suspect]:
        """Yield the filters of a group and of those inside it; ``before`` is what an option is an option of."""
        done: list[Pattern] = []
        for element in group.elements:
            match element:
                case Filter(_, condition) if _may_fail(condition):
                    rest = tuple(each for each in group.elements if each is not element)
                    written = _short(self._repairer.written(condition.span))
                    checked = Logical(NOWHERE, "&&", (condition, _TRUE))
                    yield _Suspect(Group(NOWHERE, (*before, *rest)), checked, f"the condition '{written}'", condition)
                case Optional(_, inner):
                    yield from self._filters(inner, (*before, *done))
                case Group():
                    yield from self._filters(element, ())
                case Union(_, groups):
                    for branch in groups:
                        yield from self._filters(branch, ())
                case GraphPattern(_, name, inner):
                    for suspect in self._filters(inner, ()):
                        named = GraphPattern(NOWHERE, name, suspect.pattern)
                        yield suspect._replace(pattern=Group(NOWHERE, (named,)))
                case SubSelect():
                    yield from self._filters(element.where, ())
                    yield from self._having(element)
            if not isinstance(element, Filter):
                done.append(element)

    def _having(self, query: Query | SubSelect) -> Iterator[_Suspect]:
        if query.where is None:
            return
        for condition in query.modifiers.having:
            if not _may_fail(_ungrouped(condition)):
                continue
            written = _short(self._repairer.written(condition.span))
            checked = Logical(NOWHERE, "&&", (condition, _TRUE))
            item = Projection(NOWHERE, checked, Variable(NOWHERE, "__held"))
            modifiers = replace(PLAIN, group_by=query.modifiers.group_by)
            inner = SubSelect(NOWHERE, Selection(NOWHERE, "", (item,)), query.where, modifiers, query.values)
            held = Variable(NOWHERE, "__held")
            yield _Suspect(Group(NOWHERE, (Group(NOWHERE, (inner,)),)), held, f"the condition '{written}'", condition)

    def _cells(self, query: SelectQuery, empty: Collection[str]) -> Iterator[_Suspect]:
        """Yield what gives the values of columns that have cells without one."""
        for element in query.where.elements:
            if isinstance(element, Bind) and element.variable.name in empty and _may_fail(element.expression):
                rest = tuple(each for each in query.where.elements if each is not element)
                sentence = f"BIND gives ?{element.variable.name} no value"
                yield _Suspect(Group(NOWHERE, rest), element.expression, sentence, element)
        for item in query.selection.items:
            if not isinstance(item, Projection) or item.variable.name not in empty:
                continue
            aggregates = [node for node in walk(item.expression) if isinstance(node, Aggregate)]
            if not aggregates and not query.modifiers.group_by and _may_fail(item.expression):
                sentence = f"SELECT gives ?{item.variable.name} no value"
                yield _Suspect(query.where, item.expression, sentence, item)
            for node in aggregates:
                if node.name in {"SUM", "AVG"} and node.expression is not None:
                    written = self._repairer.written(node.span)
                    added = Arithmetic(NOWHERE, ("+",), (node.expression, Literal(NOWHERE, "0", f"{XSD}integer", "")))
                    yield _Suspect(query.where, added, f"{written} has no value", node, Kind.AGGREGATE)

    def made(self) -> Iterator[_Suspect]:
        """Yield what gives the variables of a template their values."""
        query = self._query
        if not isinstance(query, ConstructQuery) or query.template is None:
            return
        names = {node.name for part in query.template for node in _variables(part)}
        for element in query.where.elements:
            if isinstance(element, Bind) and element.variable.name in names and _may_fail(element.expression):
                rest = tuple(each for each in query.where.elements if each is not element)
                sentence = f"BIND gives ?{element.variable.name} no value"
                yield _Suspect(Group(NOWHERE, rest), element.expression, sentence, element)

    def misplaced(self) -> Iterator[Cause]:
        """Yield the variables of a template whose values cannot stand there in a statement."""
        query = self._query
        if not isinstance(query, ConstructQuery) or query.template is None:
            return
        resources = _resources(query.where)
        seen: set[tuple[str, str]] = set()
        for variable, place in _places(query.template):
            if variable.name in resources[place] or (variable.name, place) in seen:
                continue
            seen.add((variable.name, place))
            wrong = BuiltInCall(NOWHERE, "ISLITERAL" if place == "subject" else "ISIRI", (variable,))
            fine = Unary(NOWHERE, "!", wrong) if place == "subject" else wrong
            result = Variable(NOWHERE, "__result")
            bound = Filter(NOWHERE, BuiltInCall(NOWHERE, "BOUND", (variable,)))
            held = BuiltInCall(NOWHERE, "IF", (fine, _ONE, _NEVER))
            whole = Group(NOWHERE, (*query.where.elements, bound, Bind(NOWHERE, held, result)))
            total, right = self._counts(whole, result)
            if right < total:
                many = f"{total - right:,} of {total:,} solutions" if total > 1 else "the one solution"
                kinds = self._kinds(_failing(whole, result), [variable.name])
                sentence = (
                    f"?{variable.name} cannot be the {place} of a statement in {many}; "
                    f"the statements that the template makes of it there are left out{kinds}"
                )
                yield Cause(Kind.EXPRESSION_ERROR, sentence, variable.span, f"?{variable.name}", score=90)

    # --- whether it does ---------------------------------------------------------------------------------------------

    def causes(self, suspect: _Suspect) -> Iterator[Cause]:
        """Yield the cause where an expression fails for some solutions of its pattern."""
        needed = sorted({node.name for node in _needed(suspect.expression)} & visible(suspect.pattern))
        held = isinstance(suspect.expression, Variable)
        if not held and suspect.kind is not Kind.AGGREGATE and self._fits(suspect, needed):
            return
        result = Variable(NOWHERE, "__result")
        bound = [Filter(NOWHERE, BuiltInCall(NOWHERE, "BOUND", (Variable(NOWHERE, name),))) for name in needed]
        whole = Group(
            NOWHERE,
            (
                Group(NOWHERE, (*suspect.pattern.elements, *(() if held else bound))),
                Bind(NOWHERE, suspect.expression, result),
            ),
        )
        try:
            total, fine = self._counts(whole, result)
        except LimitError:
            self.ended = True
            said = "" if suspect.sentence.endswith("no value") else " may be an error"
            sentence = f"{suspect.sentence}{said} for some solutions; counting them was ended by its limits"
            yield self._cause(suspect, sentence)
            return
        if otherwise := patterns_read_otherwise(self._prober, suspect.expression, suspect.pattern):
            yield self._cause(suspect, f"{suspect.sentence} may hold for other solutions: {otherwise}")
        if fine < total:
            about = self._about(suspect, whole, result, [] if held else needed)
            after = _consequence(suspect)
            yield self._cause(suspect, f"{suspect.sentence}{_of(total - fine, total, suspect)}{after}{about}")
        elif suspect.kind is Kind.AGGREGATE and total:
            sentence = (
                f"{suspect.sentence}: the result goes beyond the numbers that the engine calculates with, whole ones "
                f"of 64 bits; of xsd:decimal(…) it is calculated"
            )
            yield self._cause(suspect, sentence)

    def _cause(self, suspect: _Suspect, sentence: str) -> Cause:
        span = suspect.node.span
        return Cause(suspect.kind, sentence, span, self._repairer.written(span), score=90)

    def _counts(self, whole: Group, result: Variable) -> tuple[int, int]:
        items = tuple(
            Projection(NOWHERE, Aggregate(NOWHERE, "COUNT", False, expression, None), Variable(NOWHERE, name))  # noqa: FBT003
            for name, expression in (("all", None), ("fine", result))
        )
        query = SelectQuery(NOWHERE, (), Selection(NOWHERE, "", items), self._prober.dataset, whole, PLAIN, None)
        (row,) = self._prober.rows(query)
        total, fine = (int(getattr(cell, "value", 0)) for cell in row)
        return total, fine

    def _about(self, suspect: _Suspect, whole: Group, result: Variable, needed: Sequence[str]) -> str:
        """Return in words the regular expressions that the engine does not take, else the kinds of values."""
        failing = _failing(whole, result)
        return refused_patterns(self._prober, suspect.expression, failing) or self._kinds(failing, needed)

    def _kinds(self, pattern: Group, needed: Sequence[str]) -> str:
        """Return in words the kinds of the values of variables."""
        words = []
        for name in needed:
            try:
                values = self._prober.values(Variable(NOWHERE, name), pattern, 20)
            except LimitError:
                break
            kinds = list(dict.fromkeys(map(kind_of, values)))
            if kinds:
                words.append(f"?{name} is {' or '.join(kinds)}")
        return f": {', '.join(words)}" if words else ""

    # --- whether it can ----------------------------------------------------------------------------------------------

    def _fits(self, suspect: _Suspect, needed: Sequence[str]) -> bool:
        """Return whether an expression has a value for every kind of values that its variables have.

        False where that is not known without counting.
        """
        if (
            not needed
            or next(computed_patterns(suspect.expression), None)
            or any(map(_depends_on_value, walk(suspect.expression)))
        ):
            return False
        samples = [self._samples(name, suspect.pattern) for name in needed]
        combinations = 1
        for values in samples:
            combinations *= len(values)
        if not 0 < combinations <= _MOST_COMBINATIONS:
            return False
        if len(set(_zones(suspect.expression, samples))) > 1:
            return (
                False  # a time without a zone is compared with one that has one only where no zone makes a difference
            )
        variables = tuple(Variable(NOWHERE, name) for name in needed)
        rows = tuple(Row(NOWHERE, tuple(map(_node, row))) for row in product(*samples))
        result = Variable(NOWHERE, "__result")
        whole = Group(NOWHERE, (Values(NOWHERE, variables, rows), Bind(NOWHERE, suspect.expression, result)))
        total, fine = self._counts(whole, result)
        return fine == total

    def _samples(self, name: str, pattern: Group) -> tuple[Term, ...]:
        """Return a value of each kind that a variable may have; none where that is not known."""
        property_ = next(_properties(name, pattern), None)
        if property_ is None:
            return ()
        store = self._prober.store
        keeps = not store.capabilities().update
        known = _KINDS.setdefault(store, {}) if keeps else {}
        if property_ not in known:
            known[property_] = self._recalled_kinds(property_)
        return known[property_]

    def _recalled_kinds(self, property_: str) -> tuple[Term, ...]:
        """Return what is kept of a store on disk in the user's cache, as long as its files do not change."""
        folder = getattr(self._prober.store, "folder", None)
        state = cache.fingerprint([os.fspath(folder)]) if folder else None
        name = cache.key(state, property_) if state else ""
        held = cache.read(_KEPT, name) if name else None
        if held is not None:
            return tuple(quad.object for quad in parse(held, format=RdfFormat.N_TRIPLES))
        values = self._asked_kinds(property_)
        if name:
            statements = (Triple(NamedNode("urn:x"), NamedNode("urn:x"), value) for value in values)
            cache.write(_KEPT, name, serialize(statements, format=RdfFormat.N_TRIPLES) or b"")
        return values

    def _asked_kinds(self, property_: str) -> tuple[Term, ...]:
        text = _SAMPLES.replace("$property", f"<{property_}>")
        answer = self._prober.answer(text)
        rows = getattr(answer, "rows", ())
        values = tuple(row[0] for row in rows)
        if any(not isinstance(value, NamedNode | LiteralTerm) or isinstance(value, BlankTerm) for value in values):
            return ()
        return values


def _depends_on_value(node: Node) -> bool:
    """Return whether an expression may be an error for some values of a kind and not for others."""
    by_zero = isinstance(node, Arithmetic) and "/" in node.operators
    return (
        by_zero or isinstance(node, Exists | FunctionCall) or (isinstance(node, BuiltInCall) and node.name in _BY_VALUE)
    )


def _failing(whole: Group, result: Variable) -> Group:
    """Return the solutions of a group in which a variable has no value."""
    fails = Filter(NOWHERE, Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (result,))))
    return Group(NOWHERE, (*whole.elements, fails))


def _variables(node: Node) -> Iterator[Variable]:
    return (below for below in walk(node) if isinstance(below, Variable))


def _places(template: Iterable[TriplesSameSubject]) -> Iterator[tuple[Variable, str]]:
    """Yield the variables that are subjects or predicates of a template."""
    for node in (below for triples in template for below in walk(triples)):
        if isinstance(node, TriplesSameSubject) and isinstance(node.subject, Variable):
            yield node.subject, "subject"
        elif isinstance(node, PropertyObjects) and isinstance(node.verb, Variable):
            yield node.verb, "predicate"


def _resources(where: Group) -> dict[str, set[str]]:
    """Return the variables that triples make subjects, and those that they make predicates, in every solution."""
    found: dict[str, set[str]] = {"subject": set(), "predicate": set()}
    for element in where.elements:
        inner = {}
        if isinstance(element, Group):
            inner = _resources(element)
        elif isinstance(element, GraphPattern):
            inner = _resources(element.group)
            if isinstance(element.name, Variable):
                inner = {place: names | {element.name.name} for place, names in inner.items()}
        elif isinstance(element, TriplesBlock):
            parts = [(triples.subject, each.verb) for triples in element.triples for each in triples.properties]
            verbs = {verb.name for _, verb in parts if isinstance(verb, Variable)}
            subjects = {
                subject.name
                for subject, verb in parts
                if isinstance(subject, Variable) and isinstance(verb, Iri | Variable)
            }
            inner = {"subject": subjects | verbs, "predicate": verbs}
        for place, names in inner.items():
            found[place] |= names
    return found


# One value for each datatype, language, presence of a time zone, and of whether it can be calculated with.
_SAMPLES: Final = """
SELECT (SAMPLE(?value) AS ?sample) {
  { SELECT DISTINCT ?value { ?thing $property ?value } }
  BIND(DATATYPE(?value) AS ?type)
  BIND(LANG(?value) AS ?language)
  BIND(IF(REGEX(STR(?type), "(dateTime|date|time|gYear|gYearMonth|gMonth|gMonthDay|gDay)$"),
          REGEX(STR(?value), "(Z|[+-][0-9][0-9]:[0-9][0-9])$"), false) AS ?zone)
  BIND(COALESCE(?value + 0 = ?value, false) AS ?number)
}
GROUP BY ?type ?language ?zone ?number
"""


_KEPT: Final = "kinds"
_ZONED: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_TIMES: Final = frozenset(f"{XSD}{name}" for name in ("dateTime", "date", "time", "gYear", "gYearMonth"))


def _zones(expression: Node, samples: Iterable[Iterable[Term]]) -> Iterator[bool]:
    """Yield for each date and time, constant or sample, whether it has a time zone."""
    constants = (node for node in walk(expression) if isinstance(node, Literal))
    values = (value for kinds in samples for value in kinds if isinstance(value, LiteralTerm))
    for text, datatype in chain(
        ((node.value, node.datatype) for node in constants), ((value.value, value.datatype.value) for value in values)
    ):
        if datatype in _TIMES:
            yield _ZONED.search(text) is not None


def _node(term: Term) -> Iri | Literal | Undef:
    if isinstance(term, NamedNode):
        return Iri(NOWHERE, term.value, f"<{term.value}>")
    if isinstance(term, LiteralTerm):
        return Literal(NOWHERE, term.value, term.datatype.value, term.language or "")
    return Undef(NOWHERE)


def _properties(name: str, pattern: Node) -> Iterator[str]:
    """Yield the properties of whose values a variable is one in every solution."""
    if isinstance(pattern, Exists | Minus | Optional | Union | SubSelect | Values | Bind):
        return
    if isinstance(pattern, TriplesBlock):
        for triples in pattern.triples:
            for each in triples.properties:
                if isinstance(each.verb, Iri) and any(
                    isinstance(node, Variable) and node.name == name for node in each.objects
                ):
                    yield each.verb.value
        return
    for child in children(pattern):
        yield from _properties(name, child)


def _may_fail(expression: Expression | Node) -> bool:  # noqa: C901, PLR0911 - one case a kind of expression
    """Return whether an expression is an error for values of some types, by its form alone."""
    match expression:
        case Exists():
            return False
        case Comparison(_, operator, left, right):
            if operator in _ORDERED and not (_is_text(left) and _is_text(right)):
                return _has_variable(expression)
            if operator == "!=" and not any(isinstance(each, Iri) or _is_text(each) for each in (left, right)):
                return _has_variable(expression)
        case In(_, value, choices, True) if not _is_text(value) and not all(isinstance(each, Iri) for each in choices):
            return _has_variable(expression)
        case Arithmetic() | FunctionCall():
            return _has_variable(expression)
        case Unary(_, "!", Comparison(_, "=", left, right)):
            return not any(isinstance(each, Iri) or _is_text(each) for each in (left, right))
        case Unary(_, sign, _) if sign != "!":
            return _has_variable(expression)
        case BuiltInCall(_, name, arguments) if name in _BY_VALUE:
            return any(map(_has_variable, arguments))
        case BuiltInCall(_, name, arguments) if name in _TEXTS | _NUMBERS | _DATES:
            if any(isinstance(each, Variable) for each in arguments):
                return True
    return any(map(_may_fail, children(expression)))


def _is_text(expression: Expression) -> bool:
    """Return whether an expression is a text without a language whatever its variables are, or a count."""
    return (isinstance(expression, BuiltInCall) and expression.name in {"STR", "LANG", "DATATYPE"}) or (
        isinstance(expression, Literal) and expression.datatype == f"{XSD}string"
    )


def _has_variable(expression: Node) -> bool:
    return any(isinstance(node, Variable) for node in walk(expression))


def _needed(expression: Node) -> Iterator[Variable]:
    """Yield the variables without which an expression is an error, for want of a value."""
    if isinstance(expression, Variable):
        yield expression
    elif not isinstance(expression, Exists) and not (
        isinstance(expression, BuiltInCall) and expression.name in _FORGIVING
    ):
        for child in children(expression):
            yield from _needed(child)


def _ungrouped(condition: Expression) -> Expression:
    """Return a condition on groups as one on a single solution: a count is a number."""

    def single(node: Node) -> Node:
        if not isinstance(node, Aggregate):
            return node
        return _ONE if node.name == "COUNT" or node.expression is None else node.expression

    return transform(condition, single)


def _of(failed: int, total: int, suspect: _Suspect) -> str:
    word = "group" if isinstance(suspect.expression, Variable) else "solution"
    if suspect.kind is Kind.AGGREGATE:
        return f" where {failed:,} of {total:,} values {'is' if failed == 1 else 'are'} no number"
    many = f"for {failed:,} of {total:,} {word}s" if total > 1 else f"for the one {word}"
    return f" {many}" if suspect.sentence.endswith("no value") else f" is an error {many}"


def _consequence(suspect: _Suspect) -> str:
    if suspect.kind is Kind.AGGREGATE:
        return ""
    if suspect.sentence.endswith("no value"):
        return ", because it is an error there"
    return ", which are left out"


_WIDTH: Final = 80


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
