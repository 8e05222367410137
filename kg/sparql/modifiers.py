"""The SELECT clause [9] and the solution modifiers [18-27]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.expressions import CALL_STARTS
from kg.sparql.nodes import (
    GroupCondition,
    Modifiers,
    OrderCondition,
    Projection,
    Selection,
    SubSelect,
    Values,
    Variable,
)
from kg.sparql.patterns import PatternParser
from kg.sparql.terms import IRI_STARTS
from kg.sparql.tree import NOWHERE

if TYPE_CHECKING:
    from kg.sparql.nodes import Expression, Group

NO_MODIFIERS = Modifiers(NOWHERE, (), (), (), None, None)


class ModifierParser(PatternParser):
    """Reads what stands before and after the pattern of a query."""

    def selection(self) -> Selection:
        """Read a SELECT clause [9]."""
        start = self.expect("SELECT", "SELECT").start
        duplicates = self.advance().kind if self.kind in {"DISTINCT", "REDUCED"} else ""
        items: list[Variable | Projection] = []
        if not self.accept("*"):
            expected = "a variable, '(' expression AS ?variable ')' or '*' after SELECT"
            while not items or self.kind in {"VAR", "("}:
                items.append(self._projection(expected))
        return Selection(self.since(start), duplicates, tuple(items))

    def _projection(self, expected: str) -> Variable | Projection:
        if self.kind == "VAR":
            return self.variable()
        start = self.expect("(", expected).start
        self.aggregates = True
        expression = self.expression()
        self.aggregates = False
        self.expect("AS", "an operator or AS after the expression")
        variable = self.variable("a variable after AS")
        self.expect(")", "')' after the variable")
        return Projection(self.since(start), expression, variable)

    def sub_select(self) -> SubSelect:
        """Read a query inside a group [8]."""
        start = self.token.start
        selection = self.selection()
        where = self.where()
        modifiers = self.modifiers()
        values = self.trailing_values()
        return SubSelect(self.since(start), selection, where, modifiers, values)

    def where(self) -> Group:
        """Read a WHERE clause; its keyword may be left out [17]."""
        expected = "'{' after WHERE" if self.accept("WHERE") else "WHERE or '{'"
        return self.group(expected)

    def modifiers(self) -> Modifiers:
        """Read the solution modifiers, in the one order that the grammar has [18]."""
        start = self.token.start
        group_by = self._group_by()
        having: list[Expression] = []
        if self.accept("HAVING"):
            while not having or self.kind in _CONSTRAINTS:
                having.append(self._aggregated("'(' or a function after HAVING"))
        order_by = self._order_by()
        limit, offset = self._limits()
        if start == self.token.start:
            return NO_MODIFIERS
        return Modifiers(self.since(start), group_by, tuple(having), order_by, limit, offset)

    def _group_by(self) -> tuple[GroupCondition, ...]:
        if not self.accept("GROUP"):
            return ()
        self.expect("BY", "BY after GROUP")
        conditions: list[GroupCondition] = []
        while not conditions or self.kind == "VAR" or self.kind in _CONSTRAINTS:
            conditions.append(self._group_condition())
        return tuple(conditions)

    def _group_condition(self) -> GroupCondition:
        start = self.token.start
        expected = "a variable, a function or '(' after GROUP BY"
        name: Variable | None = None
        if self.kind == "VAR":
            expression: Expression = self.variable()
        elif self.accept("("):
            self.enter()
            expression = self.expression()
            if self.accept("AS"):
                name = self.variable("a variable after AS")
            self.expect(")", "an operator, AS or ')' after the expression")
            self.leave()
        else:
            expression = self.constraint(expected)
        return GroupCondition(self.since(start), expression, name)

    def _order_by(self) -> tuple[OrderCondition, ...]:
        if not self.accept("ORDER"):
            return ()
        self.expect("BY", "BY after ORDER")
        conditions: list[OrderCondition] = []
        while not conditions or self.kind in {"VAR", "ASC", "DESC"} or self.kind in _CONSTRAINTS:
            conditions.append(self._order_condition())
        return tuple(conditions)

    def _order_condition(self) -> OrderCondition:
        start = self.token.start
        if self.kind == "VAR":
            variable = self.variable()
            return OrderCondition(variable.span, variable, descending=False)
        if self.kind in {"ASC", "DESC"}:
            word = self.advance()
            if self.kind != "(":
                raise self.unexpected(f"'(' after {word.text}")
            expression = self._aggregated(f"'(' after {word.text}")
            return OrderCondition(self.since(start), expression, word.kind == "DESC")
        expression = self._aggregated("a variable, ASC(…), DESC(…), a function or '(' after ORDER BY")
        return OrderCondition(self.since(start), expression, descending=False)

    def _aggregated(self, expected: str) -> Expression:
        self.aggregates = True
        expression = self.constraint(expected)
        self.aggregates = False
        return expression

    def _limits(self) -> tuple[int | None, int | None]:
        """Read LIMIT and OFFSET, in either order [25]."""
        found: dict[str, int] = {}
        while self.kind in {"LIMIT", "OFFSET"} and self.kind not in found:
            word = self.advance()
            if self.kind != "INTEGER" or self.token.text[0] in "+-":
                raise self.unexpected(f"a whole number after {word.text}")
            found[word.kind] = int(self.advance().text)
        return found.get("LIMIT"), found.get("OFFSET")

    def trailing_values(self) -> Values | None:
        """Read a data block after the modifiers, if there is one [28]."""
        if self.kind != "VALUES":
            return None
        return self.data_block(self.advance())


_CONSTRAINTS = CALL_STARTS | IRI_STARTS | {"("}
