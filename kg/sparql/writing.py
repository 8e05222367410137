"""Write a syntax tree as the text of a query.

The parser reads the same tree from the text. Terms are escaped so that no value can change the structure of the query;
expressions and paths get only the brackets that their meaning needs.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError
from kg.core.terms import RDF, XSD
from kg.sparql.nodes import (
    Aggregate,
    Arithmetic,
    AskQuery,
    Bind,
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Collection,
    Comparison,
    ConstructQuery,
    DatasetClause,
    Declaration,
    DescribeQuery,
    Exists,
    Expression,
    Filter,
    FunctionCall,
    GraphNode,
    GraphPattern,
    Group,
    GroupCondition,
    In,
    Iri,
    Literal,
    Logical,
    Minus,
    Modifiers,
    Optional,
    OrderCondition,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
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
    TripleTerm,
    Unary,
    Undef,
    Union,
    Values,
    Variable,
    VersionDeclaration,
)
from kg.sparql.tokens import IRI_CHARACTERS, has_dots_apart, is_label, is_local, is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


_SHORT: Final = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}
_LANGUAGE: Final = re.compile(r"[a-zA-Z]+(?:-[a-zA-Z0-9]+)*(?:--(?:ltr|rtl))?")
_SPECIAL: Final = re.compile(r'\\[uU]?|["\n\r\t\x08\x0c]')
# Some engines (rdflib) resolve \uXXXX in the whole text before they read strings. An escaped backslash before a "u"
# must not look like that, or the value would become another: the letter is written as an escape of eight digits, which
# all read alike.
_ESCAPES: Final = {
    "\\": "\\\\",
    "\\u": "\\\\\\U00000075",
    "\\U": "\\\\\\U00000055",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


class TermWriter:
    """Write terms, IRIs by the given prefixes where the name needs no escape and every engine reads it."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._namespaces = sorted(((iri, prefix) for prefix, iri in prefixes.items()), key=lambda pair: -len(pair[0]))
        self._names: dict[str, str] = {}

    def term(self, term: Variable | Iri | Literal | BlankNode | TripleTerm | Undef) -> str:
        """Return the text of a term.

        Raises:
            QueryError: the term cannot be written: its IRI, name or language tag has characters that none has.

        """
        match term:
            case Variable(_, name):
                return f"?{_checked(name, is_name, 'the name of a variable')}"
            case Iri(_, value):
                return self.iri(value)
            case Literal():
                return self.literal(term)
            case TripleTerm(_, subject, verb, value):
                written = self.term(verb) if isinstance(verb, Variable) else self.iri(verb.value)
                return f"<<( {self.term(subject)} {written} {self.term(value)} )>>"
            case BlankNode(_, label):
                return f"_:{_checked(label, is_label, 'the label of a blank node')}" if label else "[]"
            case _:
                return "UNDEF"

    def iri(self, value: str) -> str:
        """Return an IRI, by a prefix if one fits."""
        if value not in self._names:
            self._names[value] = self._compact(value)
        return self._names[value]

    def _compact(self, value: str) -> str:
        for namespace, prefix in self._namespaces:
            local = value[len(namespace) :]
            if value.startswith(namespace) and is_local(local) and not has_dots_apart(local):
                return f"{prefix}:{local}"
        return full_iri(value)

    def literal(self, literal: Literal) -> str:
        """Return a literal; numbers and booleans without quotes where their lexical form allows it."""
        short = _SHORT.get(literal.datatype)
        if short and short.fullmatch(literal.value):
            return literal.value
        text = quoted(literal.value)
        if literal.language:
            return f"{text}@{_checked(literal.language, _LANGUAGE.fullmatch, 'a language tag')}"
        return text if literal.datatype == f"{XSD}string" else f"{text}^^{self.iri(literal.datatype)}"


def full_iri(value: str) -> str:
    """Return an IRI in angle brackets."""
    return f"<{_checked(value, IRI_CHARACTERS.fullmatch, 'an IRI')}>"


def quoted(value: str) -> str:
    """Return a string in double quotes, escaped so that every engine reads the same."""
    return f'"{_SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)}"'


def _checked(text: str, fits: Callable[[str], object], what: str) -> str:
    if not fits(text):
        raise QueryError(f"{text!r} cannot be {what}")
    return text


_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGN, _PRIMARY = range(7)
_ALTERNATIVE, _SEQUENCE, _STEP, _PROPERTY = range(4)
_NAMES: Final = {
    "ISIRI": "isIRI",
    "ISURI": "isURI",
    "ISBLANK": "isBlank",
    "ISLITERAL": "isLiteral",
    "ISNUMERIC": "isNumeric",
    "SAMETERM": "sameTerm",
    "ISTRIPLE": "isTRIPLE",
    "HASLANG": "hasLANG",
    "HASLANGDIR": "hasLANGDIR",
}


class ExpressionWriter(TermWriter):
    """Writes expressions and paths."""

    @abstractmethod
    def group(self, group: Group) -> str:
        """Return a group with its braces."""

    def expression(self, expression: Expression, least: int = _OR) -> str:
        """Return an expression, in brackets if it binds less tightly than ``least``."""
        text, level = self._written(expression)
        return text if level >= least else f"({text})"

    def constraint(self, expression: Expression) -> str:
        """Return an expression where the grammar wants brackets or a call."""
        if isinstance(expression, FunctionCall | BuiltInCall | Exists | Aggregate):
            return self.expression(expression)
        return f"({self.expression(expression)})"

    def _written(self, expression: Expression) -> tuple[str, int]:  # noqa: PLR0911 - one case a kind of expression
        match expression:
            case Logical(_, operator, operands):
                level = _OR if operator == "||" else _AND
                return f" {operator} ".join(self.expression(operand, level + 1) for operand in operands), level
            case Comparison(_, operator, left, right):
                return f"{self.expression(left, _SUM)} {operator} {self.expression(right, _SUM)}", _COMPARISON
            case In(_, value, choices, negated):
                word = "NOT IN" if negated else "IN"
                return f"{self.expression(value, _SUM)} {word} ({self._list(choices)})", _COMPARISON
            case Arithmetic(_, operators, operands):
                level = _SUM if operators[0] in "+-" else _PRODUCT
                parts = [self.expression(operand, level + 1) for operand in operands]
                return parts[0] + "".join(f" {op} {part}" for op, part in zip(operators, parts[1:], strict=True)), level
            case Unary(_, operator, operand):
                space = " " if isinstance(operand, Literal) else ""
                return f"{operator}{space}{self.expression(operand, _PRIMARY)}", _SIGN
            case Variable() | Iri() | Literal() | TripleTerm():
                return self.term(expression), _PRIMARY
            case _:
                return self._call(expression), _PRIMARY

    def _call(self, call: FunctionCall | BuiltInCall | Exists | Aggregate) -> str:
        match call:
            case Exists(_, group, negated):
                return f"{'NOT ' if negated else ''}EXISTS {self.group(group)}"
            case FunctionCall(_, function, distinct, arguments):
                return f"{self.iri(function.value)}({'DISTINCT ' if distinct else ''}{self._list(arguments)})"
            case BuiltInCall(_, name, arguments):
                return f"{_NAMES.get(name, name)}({self._list(arguments)})"
            case Aggregate(_, name, distinct, expression, separator):
                inside = "*" if expression is None else self.expression(expression)
                end = "" if separator is None else f" ; SEPARATOR = {quoted(separator.value)}"
                return f"{name}({'DISTINCT ' if distinct else ''}{inside}{end})"

    def _list(self, expressions: tuple[Expression, ...]) -> str:
        return ", ".join(map(self.expression, expressions))

    def path(self, path: Path, least: int = _ALTERNATIVE) -> str:
        """Return a property path, in brackets if it binds less tightly than ``least``."""
        match path:
            case PathAlternative(_, paths):
                text, level = " | ".join(self.path(part, _SEQUENCE) for part in paths), _ALTERNATIVE
            case PathSequence(_, paths):
                text, level = " / ".join(self.path(part, _STEP) for part in paths), _SEQUENCE
            case PathInverse(_, inner):
                bracketed = isinstance(inner, PathInverse)
                text, level = f"^{self.path(inner, _PROPERTY if bracketed else _STEP)}", _STEP
            case PathRepeat(_, inner, modifier):
                text, level = f"{self.path(inner, _PROPERTY)}{modifier}", _STEP
            case PathNegated(_, properties):
                negated = " | ".join(self.path(part) for part in properties)
                text, level = f"!({negated})" if len(properties) > 1 else f"!{negated}", _PROPERTY
            case Iri(_, value):
                text, level = "a" if value == f"{RDF}type" else self.iri(value), _PROPERTY
        return text if level >= least else f"({text})"


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

    def _declaration(self, declaration: Declaration) -> str:
        if isinstance(declaration, PrefixDeclaration):
            return f"PREFIX {declaration.prefix}: {full_iri(declaration.iri.value)}"
        if isinstance(declaration, VersionDeclaration):
            return f"VERSION {quoted(declaration.label)}"
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
