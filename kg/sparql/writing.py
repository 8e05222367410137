"""A syntax tree back to the text of a query: what the parser reads from it is the same tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.expressionwriting import ExpressionWriter
from kg.sparql.nodes import (
    AskQuery,
    BaseDeclaration,
    Bind,
    BlankNodeProperties,
    Collection,
    ConstructQuery,
    DatasetClause,
    DescribeQuery,
    Filter,
    GraphNode,
    GraphPattern,
    Group,
    GroupCondition,
    Minus,
    Modifiers,
    Optional,
    OrderCondition,
    Pattern,
    PrefixDeclaration,
    Projection,
    PropertyObjects,
    Query,
    Selection,
    SelectQuery,
    Service,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    Union,
    Values,
    Variable,
)
from kg.sparql.termwriting import full_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

_INDENT: Final = "  "


def write(query: Query) -> str:
    """Return the text of a query, IRIs by the prefixes that it declares.

    ``parse(write(query)) == query`` for every tree that the parser made. The text needs no base and no known prefixes.

    Raises:
        QueryError: the tree holds a name or an IRI that no text can hold.

    """
    prefixes = {
        declaration.prefix: declaration.iri.value
        for declaration in query.prologue
        if isinstance(declaration, PrefixDeclaration)
    }
    return QueryWriter(prefixes).query(query)


class QueryWriter(ExpressionWriter):
    """Writes queries and their patterns."""

    def query(self, query: Query) -> str:
        """Return a whole query."""
        lines = [self._declaration(declaration) for declaration in query.prologue]
        match query:
            case SelectQuery():
                lines.append(self._selection(query.selection))
            case ConstructQuery():
                lines.append("CONSTRUCT" if query.template is None else f"CONSTRUCT {self._template(query.template)}")
            case DescribeQuery():
                lines.append(f"DESCRIBE {' '.join(map(self.term, query.targets)) or '*'}")
            case AskQuery():
                lines.append("ASK")
        lines += map(self._dataset, query.dataset)
        if query.where is not None:
            lines.append(f"WHERE {self.group(query.where)}")
        lines += self._tail(query.modifiers, query.values)
        return "\n".join(lines) + "\n"

    def _declaration(self, declaration: BaseDeclaration | PrefixDeclaration) -> str:
        if isinstance(declaration, PrefixDeclaration):
            return f"PREFIX {declaration.prefix}: {full_iri(declaration.iri.value)}"
        return f"BASE {full_iri(declaration.iri.value)}"

    def _dataset(self, clause: DatasetClause) -> str:
        return f"FROM {'NAMED ' if clause.named else ''}{self.iri(clause.iri.value)}"

    def _selection(self, selection: Selection) -> str:
        words = ["SELECT", selection.duplicates] if selection.duplicates else ["SELECT"]
        return " ".join([*words, *map(self._item, selection.items)] if selection.items else [*words, "*"])

    def _item(self, item: Variable | Projection) -> str:
        if isinstance(item, Variable):
            return self.term(item)
        return f"({self.expression(item.expression)} AS {self.term(item.variable)})"

    def _tail(self, modifiers: Modifiers, values: Values | None) -> list[str]:
        lines = []
        if modifiers.group_by:
            lines.append(f"GROUP BY {' '.join(map(self._group_condition, modifiers.group_by))}")
        if modifiers.having:
            lines.append(f"HAVING {' '.join(map(self.constraint, modifiers.having))}")
        if modifiers.order_by:
            lines.append(f"ORDER BY {' '.join(map(self._order_condition, modifiers.order_by))}")
        if modifiers.limit is not None:
            lines.append(f"LIMIT {modifiers.limit}")
        if modifiers.offset is not None:
            lines.append(f"OFFSET {modifiers.offset}")
        return [*lines, self._values(values)] if values else lines

    def _group_condition(self, condition: GroupCondition) -> str:
        if condition.variable:
            return f"({self.expression(condition.expression)} AS {self.term(condition.variable)})"
        return self._condition(condition)

    def _order_condition(self, condition: OrderCondition) -> str:
        return f"DESC({self.expression(condition.expression)})" if condition.descending else self._condition(condition)

    def _condition(self, condition: GroupCondition | OrderCondition) -> str:
        expression = condition.expression
        return self.term(expression) if isinstance(expression, Variable) else self.constraint(expression)

    # --- patterns ----------------------------------------------------------------------------------------------------

    def group(self, group: Group) -> str:
        """Return a group with its braces, one part a line."""
        if not group.elements:
            return "{ }"
        inside = "\n".join(map(self._pattern, group.elements))
        return f"{{\n{_indented(inside)}\n}}"

    def _pattern(self, pattern: Pattern) -> str:  # noqa: C901, PLR0911 - one case a kind of pattern
        match pattern:
            case TriplesBlock(_, triples):
                return self._triples(triples)
            case Group():
                return self.group(pattern)
            case Optional(_, group):
                return f"OPTIONAL {self.group(group)}"
            case Union(_, groups):
                return " UNION ".join(map(self.group, groups))
            case Minus(_, group):
                return f"MINUS {self.group(group)}"
            case GraphPattern(_, name, group):
                return f"GRAPH {self.term(name)} {self.group(group)}"
            case Service(_, silent, name, group):
                return f"SERVICE {'SILENT ' if silent else ''}{self.term(name)} {self.group(group)}"
            case Filter(_, condition):
                return f"FILTER {self.constraint(condition)}"
            case Bind(_, expression, variable):
                return f"BIND ({self.expression(expression)} AS {self.term(variable)})"
            case Values():
                return self._values(pattern)
            case SubSelect(_, selection, where, modifiers, values):
                return "\n".join(
                    [self._selection(selection), f"WHERE {self.group(where)}", *self._tail(modifiers, values)]
                )

    def _values(self, values: Values) -> str:
        if len(values.variables) == 1:
            rows = [self.term(row.values[0]) for row in values.rows]
            return f"VALUES {self.term(values.variables[0])} {{ {' '.join(rows)} }}"
        rows = [f"({' '.join(map(self.term, row.values))})" for row in values.rows]
        return f"VALUES ({' '.join(map(self.term, values.variables))}) {{ {' '.join(rows)} }}"

    # --- triples -----------------------------------------------------------------------------------------------------

    def _template(self, triples: tuple[TriplesSameSubject, ...]) -> str:
        return f"{{\n{_indented(self._triples(triples))}\n}}" if triples else "{ }"

    def _triples(self, triples: Iterable[TriplesSameSubject]) -> str:
        return "\n".join(f"{self._same_subject(each)} ." for each in triples)

    def _same_subject(self, triples: TriplesSameSubject) -> str:
        subject = self._node(triples.subject)
        return f"{subject} {self._properties(triples.properties)}" if triples.properties else subject

    def _properties(self, properties: tuple[PropertyObjects, ...]) -> str:
        return " ;\n    ".join(map(self._property, properties))

    def _property(self, property_objects: PropertyObjects) -> str:
        verb = property_objects.verb
        written = self.term(verb) if isinstance(verb, Variable) else self.path(verb)
        return f"{written} {', '.join(map(self._node, property_objects.objects))}"

    def _node(self, node: GraphNode) -> str:
        match node:
            case BlankNodeProperties(_, properties):
                return f"[ {self._properties(properties)} ]"
            case Collection(_, items):
                return f"({' '.join(map(self._node, items))})"
            case _:
                return self.term(node)


def _indented(text: str) -> str:
    return _INDENT + text.replace("\n", f"\n{_INDENT}")
