"""The search for causes: down from the whole query to the smallest part that has no solution.

`ModifierCheck` looks at what follows a pattern that has solutions and leaves none of them: HAVING, LIMIT, OFFSET,
aggregates.
"""

from __future__ import annotations

from dataclasses import replace as changed
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal as LiteralTerm

from kg.core.errors import LimitError, QueryError, near_names
from kg.core.terms import XSD
from kg.query.catalogue.binding import PreparedQuery
from kg.query.diagnosis.model import Cause, Diagnosis, Kind, Suggestion
from kg.query.diagnosis.parts import Part, Splitter, group_of, keeping, minimal, removing
from kg.query.diagnosis.probes import PLAIN, Edit, Limits, Prober, Repairer, counted, has_answer, sums_up
from kg.query.diagnosis.terms import ConstantCheck, TermCheck, kind_of
from kg.query.vocabulary import Role, Vocabulary
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Arithmetic,
    Bind,
    BuiltInCall,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Iri,
    Literal,
    Logical,
    Minus,
    Node,
    Projection,
    Query,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Unary,
    Union,
    Variable,
    replace,
    visible,
    walk,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.query.diagnosis.conditions import ConditionCheck
    from kg.query.diagnosis.joins import JoinCheck
    from kg.sparql import Expression, Modifiers, Query, TriplesSameSubject
    from kg.store.protocol import QuadStore


class ModifierCheck:
    """Looks at the modifiers of a query whose pattern has solutions."""

    def __init__(self, conditions: ConditionCheck) -> None:
        self.conditions = conditions
        self.prober = conditions.prober
        self.repairer = conditions.repairer

    def causes(self, query: Query | SubSelect, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes in the modifiers and aggregates of a query; none where they leave something."""
        if isinstance(query, ConstructQuery | DescribeQuery) and query.where and not query.modifiers.group_by:
            every = SelectQuery(
                NOWHERE, (), Selection(NOWHERE, "", ()), query.dataset, query.where, query.modifiers, query.values
            )
            template = self._template(query) if isinstance(query, ConstructQuery) else []
            return self.causes(every, parts) or template
        if not isinstance(query, SelectQuery | SubSelect):
            return []
        modifiers = query.modifiers
        if modifiers.limit == 0:
            return [self._cause(Kind.LIMIT, "LIMIT 0 leaves no row", query, "LIMIT")]
        if modifiers.having and not self._rows(
            query, replace(PLAIN, group_by=modifiers.group_by, having=modifiers.having)
        ):
            return list(self._having(query, modifiers))
        if modifiers.offset:
            rows = self._rows(query, replace(modifiers, offset=None, limit=None, order_by=()))
            if rows <= modifiers.offset:
                sentence = (
                    f"OFFSET {modifiers.offset} skips more than there is: the answer has {rows} row{'s' * (rows != 1)}"
                )
                return [self._cause(Kind.OFFSET, sentence, query, "OFFSET")]
        return list(self._aggregates(query, group_of(parts))) if sums_up(query) else []

    def _template(self, query: ConstructQuery) -> list[Cause]:
        """Return the variables of a template that never get a value: no statement is made with them."""
        found: dict[str, Cause] = {}
        seen = visible(query.where)
        for node in (each for triple in query.template or () for each in walk(triple)):
            if isinstance(node, Variable) and node.name not in seen:
                near = near_names(node.name, seen)
                text = [
                    self.repairer.suggestion(f"?{name}", Edit(node.span.start, node.span.end, f"?{name}"))
                    for name in near
                ]
                sentence = f"?{node.name} has no value in the pattern, and no statement is made without it"
                found.setdefault(
                    node.name, Cause(Kind.UNBOUND_VARIABLE, sentence, node.span, f"?{node.name}", tuple(text), score=95)
                )
        return (
            list(found.values())
            or [cause for triple in query.template or () for cause in self._literal_subject(triple, query.where)]
            or self._unmade(query)
        )

    def _unmade(self, query: ConstructQuery) -> list[Cause]:
        """Return what gives a variable of a template no value that can stand there, in any solution."""
        from kg.query.diagnosis.losses import of_template

        return of_template(query, self.repairer, self.prober)

    def _literal_subject(self, triple: TriplesSameSubject, where: Group) -> Iterator[Cause]:
        node = triple.subject
        if not isinstance(node, Variable):
            return
        values = self.prober.values(node, where, 20)
        if values and all(isinstance(value, LiteralTerm) for value in values):
            sentence = f"?{node.name} is {kind_of(values[0])}, and no literal can be the subject of a statement"
            yield Cause(Kind.EXPRESSION_ERROR, sentence, node.span, f"?{node.name}", score=90)

    def _rows(self, query: SelectQuery | SubSelect, modifiers: Modifiers) -> int:
        return len(self.prober.rows(self._select(query, query.selection, modifiers)))

    def _select(self, query: SelectQuery | SubSelect, selection: Selection, modifiers: Modifiers) -> SelectQuery:
        return SelectQuery(NOWHERE, (), selection, self.prober.dataset, query.where, modifiers, query.values)

    def _having(self, query: SelectQuery | SubSelect, modifiers: Modifiers) -> Iterator[Cause]:
        operands = [each for having in modifiers.having for each in _operands(having)]
        groups = self._rows(query, replace(PLAIN, group_by=modifiers.group_by))
        alone = [
            each
            for each in operands
            if not self._rows(query, replace(PLAIN, group_by=modifiers.group_by, having=(each,)))
        ]
        for condition in alone:
            written = self.repairer.written(condition.span)
            sentence = f"HAVING {written} removes {counted(groups).replace('solution', 'group')}"
            sentence += self._ranges(query, modifiers, (condition,))
            yield Cause(Kind.HAVING, sentence, condition.span, written, score=60)
        if not alone:
            first, *others = (each.span for each in operands)
            told = ", ".join(f"'{self.repairer.written(span)}'" for span in (first, *others))
            sentence = f"no group fulfils all of these, though some fulfil each: {told}"
            sentence += self._ranges(query, modifiers, operands)
            yield Cause(Kind.HAVING, sentence, first, self.repairer.written(first), also=tuple(others), score=60)

    def _ranges(self, query: SelectQuery | SubSelect, modifiers: Modifiers, conditions: Sequence[Expression]) -> str:
        aggregates = (node for each in conditions for node in walk(each) if isinstance(node, Aggregate))
        return "".join(self._range(query, modifiers, node) for node in dict.fromkeys(aggregates))

    def _range(self, query: SelectQuery | SubSelect, modifiers: Modifiers, aggregate: Aggregate) -> str:
        """Return in words the least and greatest value of an aggregate over the groups."""
        item = Projection(NOWHERE, aggregate, Variable(NOWHERE, "__value"))
        select = self._select(
            query, Selection(NOWHERE, "DISTINCT", (item,)), replace(PLAIN, group_by=modifiers.group_by)
        )
        values = [term.value for (term,) in self.prober.rows(select) if isinstance(term, LiteralTerm)]
        try:
            numbers = sorted(map(float, values))
        except ValueError:
            return ""
        return (
            f"; {self.repairer.written(aggregate.span)} lies between {numbers[0]:g} and {numbers[-1]:g}"
            if numbers
            else ""
        )

    def _aggregates(self, query: SelectQuery | SubSelect, pattern: Group) -> Iterator[Cause]:
        count = self.prober.count(pattern)
        for item in query.selection.items:
            for node in walk(item):
                if isinstance(node, Aggregate):
                    written = self.repairer.written(node.span)
                    if self._goes_beyond(node, pattern):
                        sentence = (
                            f"{written} goes beyond the numbers that the engine calculates with, whole ones of 64 bits"
                        )
                        yield Cause(Kind.AGGREGATE, sentence, node.span, written, self._as_decimal(node), score=61)
                        continue
                    about = self.conditions.kinds(node.expression, pattern) if node.expression else ""
                    sentence = (
                        f"the pattern has {count:,} solution{'s' * (count != 1)}, but {written} takes nothing from "
                        f"them{about}"
                    )
                    yield Cause(Kind.AGGREGATE, sentence, node.span, written, score=60)

    def _goes_beyond(self, node: Aggregate, pattern: Group) -> bool:
        """Return whether a sum has no value although each of its values is a number."""
        if node.name not in {"SUM", "AVG"} or node.expression is None:
            return False
        value = Variable(NOWHERE, "__value")
        added = Arithmetic(NOWHERE, ("+",), (node.expression, Literal(NOWHERE, "0", f"{XSD}integer", "")))
        none = Filter(NOWHERE, Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (value,))))
        return not self.prober.ask(Group(NOWHERE, (pattern, Bind(NOWHERE, added, value), none)))

    def _as_decimal(self, node: Aggregate) -> tuple[Suggestion, ...]:
        span = node.expression.span if node.expression else node.span
        text = f"xsd:decimal({self.repairer.written(span)})"
        return (self.repairer.suggestion(text, Edit(span.start, span.end, text)),)

    def _cause(self, kind: Kind, sentence: str, query: SelectQuery | SubSelect, word: str) -> Cause:
        span = query.modifiers.span
        text = self.repairer.written(span).upper()
        offset = max(text.rfind(word), 0)
        before = self.repairer.text[: span.start + offset]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = span._replace(start=span.start + offset, line=line, column=column)
        return Cause(kind, sentence, place, self.repairer.written(place), score=60)


def _operands(condition: Expression) -> Iterator[Expression]:
    if isinstance(condition, Logical) and condition.operator == "&&":
        for operand in condition.operands:
            yield from _operands(operand)
    else:
        yield condition


_CONJUNCTIVE = (Union, Group, GraphPattern, SubSelect)


class Search:
    """Looks for the causes why one query has no answer."""

    def __init__(self, repairer: Repairer, prober: Prober) -> None:
        self.repairer = repairer
        self.prober = prober
        self.splitter = Splitter()
        self.terms = TermCheck(repairer, Vocabulary(prober.answer))
        self.constants = ConstantCheck(prober, self.terms)

    @cached_property
    def joins(self) -> JoinCheck:
        """The check of parts that have no solution together."""
        from kg.query.diagnosis.joins import JoinCheck

        return JoinCheck(self.constants)

    @cached_property
    def conditions(self) -> ConditionCheck:
        """The check of conditions that no solution fulfils."""
        from kg.query.diagnosis.conditions import ConditionCheck

        return ConditionCheck(self.constants)

    @cached_property
    def modifiers(self) -> ModifierCheck:
        """The check of what follows a pattern that has solutions."""
        return ModifierCheck(self.conditions)

    def query(self, query: Query | SubSelect) -> list[Cause]:
        """Return the causes in a query or an inner query."""
        if isinstance(query, DescribeQuery) and query.where is None:
            checked = [self.terms.cause(target, Role.THING) for target in query.targets if isinstance(target, Iri)]
            return [cause for cause in checked if cause]
        parts = self.splitter.parts(query.where) if query.where else []
        if query.values:
            parts.append(Part(query.values, query.values.span))
        return self.parts(parts) or self.modifiers.causes(query, parts)

    def dataset(self, query: Query) -> list[Cause]:
        """Return the cause that lies in FROM and FROM NAMED, if without them there is an answer."""
        if not query.dataset:
            return []
        first, last = query.dataset[0].span, query.dataset[-1].span
        suggestion = self.repairer.suggestion("no FROM", Edit(first.start, last.end, ""))
        written = self.repairer.text[first.start : last.end]
        sentence = f"'{' '.join(written.split())}' leaves out the graphs that hold what is asked for"
        cause = Cause(Kind.WRONG_GRAPH, sentence, first._replace(end=last.end), written, (suggestion,), score=98)
        return [cause] if suggestion.gives_rows else []

    def parts(self, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes in parts that stand in one group; none where the group has a solution."""
        parts = [one for part in parts for one in _conditions(part)]
        core = keeping(parts, ())
        if not self.satisfiable(core):
            self.constants.around = core
            return self.unjoined(minimal(core, self.satisfiable))
        if self.satisfiable(parts):
            return []
        culprits = removing(parts, self.satisfiable)
        found: list[Cause] = []
        for culprit in culprits:
            others = [other for other in culprits if other is not culprit]
            found += self._removed(culprit, keeping(parts, others))
        return self._conflict(culprits, found) if len(culprits) > 1 else found

    def _conflict(self, culprits: Sequence[Part], found: Sequence[Cause]) -> list[Cause]:
        """Return the cause that lies in several filters and exclusions, each of which leaves solutions, but not all.

        Then those of each.
        """
        written = {each.span.start: self._short(each) for each in culprits}
        confirmed = next((cause for cause in found if cause.confirmed), None)
        first = next((each for each in culprits if confirmed and _holds(each, confirmed)), culprits[0])
        sentence = f"no solution fulfils all of these, though some fulfil each: {', '.join(written.values())}"
        also = tuple(other.span for other in culprits if other is not first)
        suggestions = confirmed.suggestions if confirmed else ()
        joint = Cause(Kind.FILTER, sentence, first.span, self.repairer.written(first.span), suggestions, also, score=97)
        single = []
        for cause in found:
            others = [self._short(each) for each in culprits if not _holds(each, cause)]
            single.append(changed(cause, sentence=f"where {' and '.join(others)} holds, {cause.sentence}"))
        return [joint, *single]

    def _short(self, part: Part) -> str:
        return f"'{' '.join(self.repairer.written(part.span).split())}'"

    def satisfiable(self, parts: Sequence[Part]) -> bool:
        """Return whether parts have a solution together."""
        return self.prober.ask(group_of(parts))

    def unjoined(self, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes in parts that have no solution together and none of which can be left out."""
        for position, part in enumerate(parts):
            if isinstance(part.pattern, _CONJUNCTIVE) and part.triple is None:
                try:
                    found = self._inside(part, parts[:position], parts[position + 1 :])
                except (
                    QueryError
                ):  # what is inside cannot stand beside the rest: it gives a variable a value that it has there
                    continue
                if found:
                    return found
        return self.joins.causes(parts)

    def _inside(self, part: Part, before: Sequence[Part], after: Sequence[Part]) -> list[Cause]:
        """Search a part that is made of others, in its place among the parts before and after it."""
        match part.pattern:
            case Union(_, groups):
                return [
                    cause for group in groups for cause in self.parts([*before, *self.splitter.parts(group), *after])
                ]
            case Group():
                return self.parts([*before, *self.splitter.parts(part.pattern), *after])
            case GraphPattern(_, _, group) if not all(isinstance(each, TriplesBlock) for each in group.elements):
                return self.parts([*before, *self.splitter.inside_graph(part.pattern), *after])
            case SubSelect() if not before and not after:
                return self.query(part.pattern)
            case SubSelect(_, _, where, modifiers, None) if not (
                modifiers.group_by or modifiers.limit or modifiers.offset
            ):
                hidden = {node.name for node in walk(where) if isinstance(node, Variable)} - visible(part.pattern)
                if not hidden & set().union(*(other.variables for other in (*before, *after))):
                    return self.parts([*before, *self.splitter.parts(where), *after])
        return []

    def _removed(self, culprit: Part, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes why a filter or an exclusion leaves nothing of the parts."""
        pattern = culprit.pattern
        if isinstance(pattern, Filter) and not isinstance(pattern.condition, Exists):
            return self.conditions.causes(pattern.condition, parts)
        if isinstance(pattern, Filter) and isinstance(pattern.condition, Exists) and not pattern.condition.negated:
            inside = self.parts([*parts, *self.splitter.parts(pattern.condition.group)])
            if inside:
                return inside
        written = " ".join(self.repairer.written(culprit.span).split())
        kind = (
            Kind.MINUS
            if isinstance(pattern, Minus) or (isinstance(pattern, Filter) and _negated(pattern))
            else Kind.FILTER
        )
        name = {Kind.MINUS: "MINUS" if isinstance(pattern, Minus) else "NOT EXISTS"}.get(kind, "EXISTS")
        count = counted(self.prober.count(group_of(parts)))
        return [Cause(kind, f"{name} removes {count} of the rest", culprit.span, written, score=60)]


def _holds(part: Part, cause: Cause) -> bool:
    return part.span.start <= cause.span.start < part.span.end


def _negated(pattern: Filter) -> bool:
    return isinstance(pattern.condition, Exists) and pattern.condition.negated


def _conditions(part: Part) -> list[Part]:
    """Return the conditions of a filter that are joined by && one by one."""
    if not isinstance(part.pattern, Filter):
        return [part]
    condition: Node = part.pattern.condition
    if isinstance(condition, Logical) and condition.operator == "&&":
        return [Part(Filter(each.span, each), each.span) for each in condition.operands]
    return [Part(part.pattern, part.pattern.condition.span)]


CAUSES: Final = 4  # more than these are noise
_CONFIRMED: Final = 6.0  # what an answer to the corrected query adds to a cause


def diagnose(query: str | Query | PreparedQuery, store: QuadStore, limits: Limits | None = None) -> Diagnosis:
    """Explain why a query has no answer, the most probable cause first; no causes where it has one.

    Places are those of the text that a person wrote, also where a store was prepared another one. Costs probes of the
    store within the limits; a diagnosis that they ended is not complete.

    Raises:
        QueryError: the text is no SPARQL query.

    """
    prepared = (
        query if isinstance(query, PreparedQuery) else _as_it_stands(query if isinstance(query, str) else write(query))
    )
    tree = prepared.tree()
    prober = Prober(store, limits or Limits())
    prober.dataset = getattr(tree, "dataset", ())
    search = Search(Repairer(prepared, tree, prober), prober)
    try:
        if has_answer(tree, prober):
            return Diagnosis((), probes=prober.used, file=prepared.file)
        causes, complete = search.dataset(tree) or search.query(tree), True
    except (LimitError, QueryError):
        causes, complete = [], False
    return Diagnosis(_ordered(causes), complete, prober.used, prepared.file)


def _as_it_stands(text: str) -> PreparedQuery:
    return PreparedQuery(text, text)


def _ordered(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the best causes, each place with one cause of a kind."""
    found: dict[tuple[Kind, int], Cause] = {}
    for cause in sorted(causes, key=lambda each: (-each.score - _CONFIRMED * each.confirmed, each.span.start)):
        found.setdefault(
            (cause.kind, cause.span.start), changed(cause, score=cause.score + _CONFIRMED * cause.confirmed)
        )
    best = list(found.values())[:CAUSES]
    if best and best[0].confirmed:  # what was tried and gives an answer leaves guesses without one behind
        best = [cause for cause in best if cause.confirmed]
    return tuple(cause for cause in best if cause.score >= best[0].score / 2)
