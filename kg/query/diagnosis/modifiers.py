"""What follows a pattern that has solutions and leaves nothing of them: HAVING, LIMIT, OFFSET, aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal as LiteralTerm

from kg.core.errors import near_names
from kg.query.diagnosis.conditions import counted
from kg.query.diagnosis.literals import kind_of
from kg.query.diagnosis.model import Cause, Kind
from kg.query.diagnosis.parts import group_of
from kg.query.diagnosis.probes import PLAIN
from kg.query.diagnosis.repairs import Edit, sums_up
from kg.sparql import (
    NOWHERE,
    Aggregate,
    ConstructQuery,
    DescribeQuery,
    Group,
    Logical,
    Projection,
    Selection,
    SelectQuery,
    SubSelect,
    Variable,
    replace,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.diagnosis.conditions import ConditionCheck
    from kg.query.diagnosis.parts import Part
    from kg.sparql import Expression, Modifiers, Query, TriplesSameSubject


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
        return list(found.values()) or [
            cause for triple in query.template or () for cause in self._literal_subject(triple, query.where)
        ]

    def _literal_subject(self, triple: TriplesSameSubject, where: Group) -> Iterator[Cause]:
        node = triple.subject
        values = self.prober.values(node, where, 20) if isinstance(node, Variable) else []
        if isinstance(node, Variable) and values and all(isinstance(value, LiteralTerm) for value in values):
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
        for condition in alone or operands:
            written = self.repairer.written(condition.span)
            sentence = f"HAVING {written} removes {counted(groups).replace('solution', 'group')}"
            for node in (each for each in walk(condition) if isinstance(each, Aggregate)):
                sentence += self._range(query, modifiers, node)
            yield Cause(Kind.HAVING, sentence, condition.span, written, score=60)

    def _range(self, query: SelectQuery | SubSelect, modifiers: Modifiers, aggregate: Aggregate) -> str:
        """Say between which values an aggregate lies over the groups."""
        item = Projection(NOWHERE, aggregate, Variable(NOWHERE, "__value"))
        select = self._select(
            query, Selection(NOWHERE, "DISTINCT", (item,)), replace(PLAIN, group_by=modifiers.group_by)
        )
        values = [row[0].value for row in self.prober.rows(select) if isinstance(row[0], LiteralTerm)]
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
                    about = self.conditions.kinds(node.expression, pattern) if node.expression else ""
                    sentence = f"the pattern has {count:,} solution{'s' * (count != 1)}, but {written} takes nothing from them{about}"
                    yield Cause(Kind.AGGREGATE, sentence, node.span, written, score=60)

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
