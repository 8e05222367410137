"""The syntax tree: what all nodes share, the nodes of the grammar, and the ways through a tree.

The nodes follow the grammar of SPARQL 1.1 Query (W3C Recommendation, section 19.8). Fields with several nodes are
tuples; numbers in brackets are productions of the grammar. All nodes have a span, immutable fields, and equality that
ignores the span.

They are declared like frozen dataclasses with slots and type checkers take them for such (PEP 681). The standard
decorator writes and compiles six methods for every class, half a millisecond each: half a hundred of them would cost
more than the cold start of a query may take. Here one loop serves all classes.
"""

from __future__ import annotations

from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# --- what all nodes share ------------------------------------------------------------------------------------------

# Where a node stood and how it was spelt make no difference to what it says.
_UNCOMPARED = frozenset({"span", "written"})


class Span(NamedTuple):
    """A stretch of the query text: offsets from 0, ``end`` past the last character.

    Line and column of the start, from 1.
    """

    start: int
    end: int
    line: int
    column: int


NOWHERE = Span(0, 0, 0, 0)


@dataclass_transform(frozen_default=True)
class NodeType(type):
    """The type of node classes: turns the annotations of a class body into slots."""

    fields: tuple[str, ...]
    said: tuple[str, ...]
    compared: Callable[[Any], object]
    setters: tuple[Callable[[Any, Any], None], ...]

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> NodeType:
        """Make the class."""
        own = tuple(namespace.get("__annotations__", ()))
        fields = (*getattr(bases[0], "fields", ()), *own) if bases else own
        made = super().__new__(cls, name, bases, {**namespace, "__slots__": own, "__match_args__": fields})
        made.fields = fields
        made.said = tuple(field for field in fields if field not in _UNCOMPARED)
        made.compared = attrgetter(*made.said) if made.said else bool
        made.setters = tuple(getattr(made, field).__set__ for field in fields)
        return made


class Node(metaclass=NodeType):
    """A node of the syntax tree.

    Two nodes are equal when they are of one class and say the same, wherever they stood.
    """

    span: Span

    def __init__(self, *values: object, **named: object) -> None:
        cls = type(self)
        if named:
            values += tuple(named.pop(field) for field in cls.fields[len(values) :] if field in named)
        if named or len(values) != len(cls.fields):
            raise TypeError(f"{cls.__name__} takes {', '.join(cls.fields)}")
        for put, value in zip(cls.setters, values, strict=True):
            put(self, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: use replace()")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        cls = type(self)
        return bool(type(other) is cls and cls.compared(self) == cls.compared(other))

    def __hash__(self) -> int:
        cls = type(self)
        return hash((cls, cls.compared(self)))

    def __repr__(self) -> str:
        cls = type(self)
        return f"{cls.__name__}({', '.join(f'{field}={getattr(self, field)!r}' for field in cls.said)})"

    def __reduce__(self) -> tuple[type[Node], tuple[object, ...]]:
        return type(self), tuple(getattr(self, field) for field in type(self).fields)


# --- terms ---------------------------------------------------------------------------------------------------------


class Variable(Node):
    """A variable, its name without ``?`` or ``$`` [108]."""

    name: str


class Iri(Node):
    """An IRI, absolute. ``written`` is how the text spells it: ``<…>``, ``prefix:name`` or ``a`` [136]."""

    value: str
    written: str


class Literal(Node):
    """A literal [129-135].

    ``datatype`` is an IRI, rdf:langString where there is a ``language`` (as written; else empty). With a base direction
    (SPARQL 1.2) the language ends in ``--ltr`` or ``--rtl``, and the datatype is rdf:dirLangString.
    """

    value: str
    datatype: str
    language: str


class BlankNode(Node):
    """A blank node by its label, or ``[]`` with an empty one [138]."""

    label: str


class BlankNodeProperties(Node):
    """A blank node with properties in square brackets [99]."""

    properties: tuple[PropertyObjects, ...]


class Collection(Node):
    """A list in round brackets, with at least one item [102]; the empty one is the IRI rdf:nil."""

    items: tuple[GraphNode, ...]


class TripleTerm(Node):
    """A triple as a term, ``<<( s p o )>>`` (SPARQL 1.2)."""

    subject: Variable | Iri | BlankNode | TripleTerm
    verb: Variable | Iri
    object: Variable | Iri | Literal | BlankNode | TripleTerm


class Undef(Node):
    """The missing value of a data block."""


# --- property paths ------------------------------------------------------------------------------------------------


class PathAlternative(Node):
    """``p|q|…`` [89]."""

    paths: tuple[Path, ...]


class PathSequence(Node):
    """``p/q/…`` [90]."""

    paths: tuple[Path, ...]


class PathInverse(Node):
    """``^p`` [92]."""

    path: Path


class PathRepeat(Node):
    """``p*``, ``p+`` or ``p?`` [93]."""

    path: Path
    modifier: str


class PathNegated(Node):
    """``!p`` or ``!(p|^q|…)``: any property but these [95]."""

    properties: tuple[Iri | PathInverse, ...]


# --- triples -------------------------------------------------------------------------------------------------------


class PropertyObjects(Node):
    """A verb (variable, property or path) with its objects [77, 83]."""

    verb: Verb
    objects: tuple[GraphNode, ...]


class TriplesSameSubject(Node):
    """A subject with its properties; none only after a subject in brackets that has some inside [75, 81]."""

    subject: GraphNode
    properties: tuple[PropertyObjects, ...]


class TriplesBlock(Node):
    """Triples that stand together [52, 55]."""

    triples: tuple[TriplesSameSubject, ...]


# --- graph patterns ------------------------------------------------------------------------------------------------


class Group(Node):
    """A group graph pattern: what stands in a pair of braces [53]."""

    elements: tuple[Pattern, ...]


class Optional(Node):
    """``OPTIONAL { … }`` [57]."""

    group: Group


class Union(Node):
    """``{ … } UNION { … } …``, two groups or more [67]."""

    groups: tuple[Group, ...]


class Minus(Node):
    """``MINUS { … }`` [66]."""

    group: Group


class GraphPattern(Node):
    """``GRAPH name { … }`` [58]."""

    name: Variable | Iri
    group: Group


class Service(Node):
    """``SERVICE [SILENT] name { … }`` [59]."""

    silent: bool
    name: Variable | Iri
    group: Group


class Filter(Node):
    """``FILTER condition`` [68]."""

    condition: Expression


class Bind(Node):
    """``BIND(expression AS ?variable)`` [60]."""

    expression: Expression
    variable: Variable


class Values(Node):
    """A data block: its variables, and rows of as many values [28, 61]."""

    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]


class Row(Node):
    """One row of a data block."""

    values: tuple[Iri | Literal | TripleTerm | Undef, ...]


# --- expressions ---------------------------------------------------------------------------------------------------


class Logical(Node):
    """``a || b || …`` or ``a && b && …``, two operands or more [111, 112]."""

    operator: str
    operands: tuple[Expression, ...]


class Comparison(Node):
    """Two operands with one of ``= != < > <= >=`` between them [114]."""

    operator: str
    left: Expression
    right: Expression


class Arithmetic(Node):
    """``a + b - …`` or ``a * b / …``, from left to right, with one operator fewer than operands [116, 117]."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


class Unary(Node):
    """``!``, ``+`` or ``-`` before an operand [118]."""

    operator: str
    operand: Expression


class In(Node):
    """``expression [NOT] IN (…)`` [114]."""

    expression: Expression
    choices: tuple[Expression, ...]
    negated: bool


class FunctionCall(Node):
    """A call of a function by its IRI: a cast, or an extension [70]."""

    function: Iri
    distinct: bool
    arguments: tuple[Expression, ...]


class BuiltInCall(Node):
    """A call of a function that the language has, by its name in capitals [121]."""

    name: str
    arguments: tuple[Expression, ...]


class Exists(Node):
    """``[NOT] EXISTS { … }`` [125, 126]."""

    group: Group
    negated: bool


class Aggregate(Node):
    """An aggregate by its name in capitals.

    ``expression`` is None for ``COUNT(*)``; ``separator`` is GROUP_CONCAT's [127].
    """

    name: str
    distinct: bool
    expression: Expression | None
    separator: Literal | None


# --- queries -------------------------------------------------------------------------------------------------------


class BaseDeclaration(Node):
    """``BASE <iri>`` [5]."""

    iri: Iri


class PrefixDeclaration(Node):
    """``PREFIX prefix: <iri>``; the prefix without its colon [6]."""

    prefix: str
    iri: Iri


class VersionDeclaration(Node):
    """``VERSION "1.2"`` (SPARQL 1.2)."""

    label: str


class DatasetClause(Node):
    """``FROM iri`` or ``FROM NAMED iri`` [13]."""

    named: bool
    iri: Iri


class Projection(Node):
    """``(expression AS ?variable)`` in a SELECT clause [9]."""

    expression: Expression
    variable: Variable


class GroupCondition(Node):
    """One condition of GROUP BY; ``variable`` is the name it is given, if any [20]."""

    expression: Expression
    variable: Variable | None


class OrderCondition(Node):
    """One condition of ORDER BY [24]."""

    expression: Expression
    descending: bool


class Modifiers(Node):
    """What follows the pattern: GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET [18]."""

    group_by: tuple[GroupCondition, ...]
    having: tuple[Expression, ...]
    order_by: tuple[OrderCondition, ...]
    limit: int | None
    offset: int | None


class Selection(Node):
    """A SELECT clause: ``duplicates`` is DISTINCT, REDUCED or empty; no ``items`` is ``*`` [9]."""

    duplicates: str
    items: tuple[Variable | Projection, ...]


class SubSelect(Node):
    """A query inside a group [8]."""

    selection: Selection
    where: Group
    modifiers: Modifiers
    values: Values | None


class SelectQuery(Node):
    """A SELECT query [7]."""

    prologue: tuple[Declaration, ...]
    selection: Selection
    dataset: tuple[DatasetClause, ...]
    where: Group
    modifiers: Modifiers
    values: Values | None


class ConstructQuery(Node):
    """A CONSTRUCT query; ``template`` is None in the short form ``CONSTRUCT WHERE { … }`` [10]."""

    prologue: tuple[Declaration, ...]
    template: tuple[TriplesSameSubject, ...] | None
    dataset: tuple[DatasetClause, ...]
    where: Group
    modifiers: Modifiers
    values: Values | None


class DescribeQuery(Node):
    """A DESCRIBE query; no ``targets`` is ``*`` [11]."""

    prologue: tuple[Declaration, ...]
    targets: tuple[Variable | Iri, ...]
    dataset: tuple[DatasetClause, ...]
    where: Group | None
    modifiers: Modifiers
    values: Values | None


class AskQuery(Node):
    """An ASK query [12]."""

    prologue: tuple[Declaration, ...]
    dataset: tuple[DatasetClause, ...]
    where: Group
    modifiers: Modifiers
    values: Values | None


Declaration = BaseDeclaration | PrefixDeclaration | VersionDeclaration
GraphNode = Variable | Iri | Literal | BlankNode | BlankNodeProperties | Collection | TripleTerm
Path = Iri | PathAlternative | PathSequence | PathInverse | PathRepeat | PathNegated
Verb = Variable | Path
Pattern = TriplesBlock | Group | Optional | Union | Minus | GraphPattern | Service | Filter | Bind | Values | SubSelect
Expression = (
    Variable
    | Iri
    | Literal
    | TripleTerm
    | Logical
    | Comparison
    | Arithmetic
    | Unary
    | In
    | FunctionCall
    | BuiltInCall
    | Exists
    | Aggregate
)
Query = SelectQuery | ConstructQuery | DescribeQuery | AskQuery


# --- ways through a tree ---------------------------------------------------------------------------------------------


N = TypeVar("N", bound=Node)


def replace(node: N, **changes: object) -> N:
    """Return a copy of a node with some of its fields changed."""
    cls = type(node)
    values = tuple(changes.pop(field) if field in changes else getattr(node, field) for field in cls.fields)
    return cls(*values, **changes)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes right below a node, in the order of the text."""
    for field in type(node).fields:
        value = getattr(node, field)
        if isinstance(value, Node):
            yield value
        elif type(value) is tuple:
            for item in value:
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and every node below it, in the order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(list(children(current)))


def transform(node: N, change: Callable[[Node], Node]) -> N:
    """Return a tree in which ``change`` was asked for every node, from below.

    What it leaves alone is shared with the old tree.
    """
    changes: dict[str, object] = {}
    for field in type(node).fields:
        value = getattr(node, field)
        if isinstance(value, Node):
            new: object = transform(value, change)
        elif type(value) is tuple and any(isinstance(item, Node) for item in value):
            items = tuple(transform(item, change) if isinstance(item, Node) else item for item in value)
            new = value if all(map(is_, items, value)) else items
        else:
            continue
        if new is not value:
            changes[field] = new
    return change(replace(node, **changes) if changes else node)  # type: ignore[return-value] # a change keeps the class of a node
