"""Parse graph patterns, data blocks, SELECT clauses and solution modifiers [9, 18-28, 53-68]."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from kg.sparql.expressions import CALL_STARTS, CONSTRAINT_STARTS, ExpressionParser
from kg.sparql.nodes import (
    NOWHERE,
    Bind,
    Filter,
    GraphPattern,
    Group,
    GroupCondition,
    Iri,
    Literal,
    Minus,
    Modifiers,
    Optional,
    OrderCondition,
    Pattern,
    Projection,
    Row,
    Selection,
    Service,
    SubSelect,
    TriplesBlock,
    TripleTerm,
    Undef,
    Union,
    Values,
    Variable,
)
from kg.sparql.terms import IRI_STARTS, LITERAL_STARTS
from kg.sparql.triples import SUBJECT_STARTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sparql.nodes import Expression
    from kg.sparql.tokens import Token


AFTER_OBJECT: Final = "'.' or ';' after the object, or '}'"
PATTERN_EXPECTED: Final = "a triple, a pattern such as OPTIONAL or FILTER, or '}'"


class PatternParser(ExpressionParser):
    """Reads graph patterns."""

    @abstractmethod
    def sub_select(self) -> SubSelect:
        """Read a query inside a group."""

    def group(self, expected: str = "'{'") -> Group:
        """Read a group: what stands in a pair of braces [53]."""
        self.enter()
        outer, self.aggregates = self.aggregates, False
        start = self.expect("{", expected).start
        elements: list[Pattern] = []
        if self.kind == "SELECT":
            elements.append(self.sub_select())
            self.expect("}", "'}' after the inner query")
        else:
            while not self.accept("}"):
                elements.append(self._element())
        self.aggregates = outer
        self.leave()
        return Group(self.since(start), tuple(elements))

    def _element(self) -> Pattern:
        """Read one part of a group; a dot may follow every part but triples, whose dots are their own [54]."""
        if self.kind in SUBJECT_STARTS:
            return self._triples_block()
        reader = self._readers.get(self.kind)
        if reader is None:
            raise self.unexpected(PATTERN_EXPECTED)
        element: Pattern = reader(self)
        self.accept(".")
        return element

    def _triples_block(self) -> TriplesBlock:
        start = self.token.start
        triples = [*self.stated_triples(paths=True)]
        while self.accept("."):
            if self.kind not in SUBJECT_STARTS:
                break
            triples += self.stated_triples(paths=True)
        else:
            if self.kind != "}" and self.kind not in self._readers:
                raise self.unexpected(AFTER_OBJECT)
        return TriplesBlock(self.since(start), tuple(triples))

    def _group_or_union(self) -> Group | Union:
        start = self.token.start
        groups = [self.group()]
        while self.accept("UNION"):
            groups.append(self.group("'{' after UNION"))
        return groups[0] if len(groups) == 1 else Union(self.since(start), tuple(groups))

    def _optional(self) -> Optional:
        start = self.advance().start
        group = self.group("'{' after OPTIONAL")
        return Optional(self.since(start), group)

    def _minus(self) -> Minus:
        start = self.advance().start
        group = self.group("'{' after MINUS")
        return Minus(self.since(start), group)

    def _graph(self) -> GraphPattern:
        start = self.advance().start
        name = self.variable_or_iri("a variable or an IRI after GRAPH")
        group = self.group("'{' after the name of the graph")
        return GraphPattern(self.since(start), name, group)

    def _service(self) -> Service:
        start = self.advance().start
        silent = self.accept("SILENT")
        name = self.variable_or_iri("a variable or an IRI after SERVICE")
        group = self.group("'{' after the address of the service")
        return Service(self.since(start), silent, name, group)

    def variable_or_iri(self, expected: str) -> Variable | Iri:
        """Read a variable or an IRI [107]."""
        return self.variable() if self.kind == "VAR" else self.iri(expected)

    def _filter(self) -> Filter:
        start = self.advance().start
        if self.kind not in CONSTRAINT_STARTS:
            raise self.unexpected("'(' or a function after FILTER")
        condition = self.constraint("'(' or a function after FILTER")
        return Filter(self.since(start), condition)

    def _bind(self) -> Bind:
        start = self.advance().start
        self.expect("(", "'(' after BIND")
        self.enter()
        expression = self.expression()
        self.expect("AS", "an operator or AS after the expression")
        variable = self.variable("a variable after AS")
        self.expect(")", "')' after the variable")
        self.leave()
        return Bind(self.since(start), expression, variable)

    def _values(self) -> Values:
        self.advance()
        return self.data_block(self.tokens[self.index - 1])

    def data_block(self, keyword: Token) -> Values:
        """Read a data block; the caller has stepped over VALUES [62]."""
        if self.kind == "VAR":
            variables: tuple[Variable, ...] = (self.variable(),)
            self.expect("{", "'{' after the variable")
            rows: list[Row] = []
            while not self.accept("}"):
                value = self._value("a value, UNDEF or '}'")
                rows.append(Row(value.span, (value,)))
            return Values(self.since(keyword.start), variables, tuple(rows))
        variables = self._value_variables()
        self.expect("{", "'{' after the variables")
        rows = []
        while not self.accept("}"):
            rows.append(self._row(len(variables)))
        return Values(self.since(keyword.start), variables, tuple(rows))

    def _value_variables(self) -> tuple[Variable, ...]:
        if self.accept("NIL"):
            return ()
        self.expect("(", "a variable, or variables in brackets, after VALUES")
        variables: list[Variable] = []
        while not self.accept(")"):
            variable = self.variable("a variable or ')'")
            if variable in variables:
                raise self.wrong(f"?{variable.name} stands twice in the VALUES list", variable.span)
            variables.append(variable)
        return tuple(variables)

    def _row(self, width: int) -> Row:
        start = self.token.start
        if self.accept("NIL"):
            values: list[Iri | Literal | TripleTerm | Undef] = []
        else:
            self.expect("(", "a row in brackets, or '}'")
            values = []
            while not self.accept(")"):
                values.append(self._value("a value, UNDEF or ')'"))
        span = self.since(start)
        if len(values) != width:
            count = "one value" if len(values) == 1 else f"{len(values)} values"
            raise self.wrong(
                f"the row has {count} for {width} variables", span, hint="UNDEF stands for a missing value"
            )
        return Row(span, tuple(values))

    def _value(self, expected: str) -> Iri | Literal | TripleTerm | Undef:
        """Read a value of a data block [65]."""
        if self.kind == "<<(":
            return self.triple_term(data=True)
        if self.kind in IRI_STARTS:
            return self.iri()
        if self.kind in LITERAL_STARTS:
            return self.literal()
        token = self.expect("UNDEF", expected)
        return Undef(self.since(token.start))

    _readers: ClassVar[dict[str, Callable[[PatternParser], Pattern]]] = {
        "{": _group_or_union,
        "OPTIONAL": _optional,
        "MINUS": _minus,
        "GRAPH": _graph,
        "SERVICE": _service,
        "FILTER": _filter,
        "BIND": _bind,
        "VALUES": _values,
    }


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
