"""The nodes of the syntax tree, after the grammar of SPARQL 1.1 Query (W3C Recommendation, section 19.8).

Fields with several nodes are tuples; numbers in brackets are productions of the grammar.
"""

from __future__ import annotations

from kg.sparql.tree import Node

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
