"""The model of shapes, and the SHACL vocabulary sorted by what the validator does with each term."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.shacl.nodes import sh

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode, Quad

    from kg.shacl.nodes import Node, Path
    from kg.sparql import AskQuery, SelectQuery


@dataclass(frozen=True, slots=True)
class Select:
    """A SPARQL-based constraint, validator or target: its node, query as text and as syntax tree, and messages.

    ``parameters`` are the values of a constraint component's parameters by their variables; ``shape`` is the current
    shape.
    """

    node: Node
    query: str
    messages: tuple[Literal, ...]
    tree: SelectQuery | AskQuery
    parameters: tuple[tuple[str, Node], ...] = ()
    shape: Node | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a shape: ``kind`` is the SHACL term, or ``implicit`` for a shape that is itself a class.

    ``select`` is the query of a SPARQL-based target, and ``nodes`` what it selects in the data once it has run.
    """

    kind: str
    term: Node
    select: Select | None = None
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    ``component`` is the local name without ``ConstraintComponent``; each component uses the fields it needs.

    ``terms`` are a class, datatype, limit, compared predicate or the members of a list; ``shapes`` the shapes referred
    to; ``siblings`` the shapes whose values a disjoint qualified constraint leaves out; ``custom`` is the IRI of a
    component of the shapes graph.
    """

    component: str
    terms: tuple[Node, ...] = ()
    shapes: tuple[Node, ...] = ()
    siblings: tuple[Node, ...] = ()
    limit: int = 0
    pattern: str = ""
    flags: str = ""
    select: Select | None = None
    custom: NamedNode | None = None

    @property
    def source(self) -> NamedNode:
        """Return the IRI of the constraint component."""
        return self.custom or sh(f"{self.component}ConstraintComponent")

    @property
    def node(self) -> Node | None:
        """Return the node of a SPARQL-based constraint (W3C SHACL section 5.3.2); other constraints have none."""
        return self.select.node if self.select is not None and self.custom is None else None


@dataclass(frozen=True, slots=True)
class Component:
    """A custom constraint component: its parameters, each with the name of its variable and whether it is optional."""

    node: NamedNode
    parameters: tuple[tuple[NamedNode, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (``path`` is ``None``) or property shape."""

    node: Node
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: NamedNode
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of some shapes graphs by their nodes, and the quads they were read from."""

    by_node: dict[Node, Shape]
    quads: tuple[Quad, ...] = field(repr=False)
    compiled: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What an engine has worked out from the shapes alone.

    Shapes made from these ones by ``replace`` start with nothing.
    """

    def with_targets(self) -> tuple[Shape, ...]:
        """Return the shapes that have a target, in the order of the files."""
        return tuple(shape for shape in self.by_node.values() if shape.targets)


TERM_PARAMETERS: Final = {
    "class": "Class",
    "datatype": "Datatype",
    "nodeKind": "NodeKind",
    "minExclusive": "MinExclusive",
    "minInclusive": "MinInclusive",
    "maxExclusive": "MaxExclusive",
    "maxInclusive": "MaxInclusive",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "lessThanOrEquals": "LessThanOrEquals",
    "hasValue": "HasValue",
}
"""Parameters whose value is one term."""

COUNT_PARAMETERS: Final = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "minLength": "MinLength",
    "maxLength": "MaxLength",
}
"""Parameters whose value is one integer."""

LIST_PARAMETERS: Final = {"in": "In", "languageIn": "LanguageIn"}
"""Parameters whose value is a list of terms."""

SHAPE_PARAMETERS: Final = {"node": "Node", "property": "Property", "not": "Not"}
"""Parameters whose value is a shape."""

SHAPE_LIST_PARAMETERS: Final = {"and": "And", "or": "Or", "xone": "Xone"}
"""Parameters whose value is a list of shapes."""

OTHER_PARAMETERS: Final = (
    "pattern",
    "flags",
    "uniqueLang",
    "closed",
    "ignoredProperties",
    "qualifiedValueShape",
    "sparql",
)
QUALIFIED_PARAMETERS: Final = ("qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")

PARAMETERS: Final = frozenset(
    (
        *TERM_PARAMETERS,
        *COUNT_PARAMETERS,
        *LIST_PARAMETERS,
        *SHAPE_PARAMETERS,
        *SHAPE_LIST_PARAMETERS,
        *OTHER_PARAMETERS,
        *QUALIFIED_PARAMETERS,
    )
)
"""Every parameter of a constraint component; a node that has one is a shape."""

ONLY_ONCE: Final = frozenset(
    (
        *("datatype", "nodeKind", "minExclusive", "minInclusive", "maxExclusive", "maxInclusive"),
        *COUNT_PARAMETERS,
        *LIST_PARAMETERS,
        *("flags", "uniqueLang", "closed", "ignoredProperties", "path", "severity", "deactivated"),
        *QUALIFIED_PARAMETERS,
    )
)
"""Terms of which a shape has at most one value (W3C SHACL, syntax rules of each component)."""

ON_PROPERTY_SHAPES: Final = frozenset(
    ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
)
"""Parameters that a node shape must not have."""

QUERY_TEXTS: Final = ("select", "ask")
"""Terms whose values are SPARQL that is run. The updates of rules are not, and no engine sees them."""

DECLARATION_TEXTS: Final = ("prefix", "namespace")
"""Terms whose values engines paste before a query."""

TARGETS: Final = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")

SELECTED: Final = "target"
"""The term whose values are targets of a shape that a query selects."""

REFUSED: Final = frozenset({"entailment"})
"""Terms without whose support SHACL demands a failure (section 3.2)."""

PASSED_OVER: Final = {
    "rule": "rules are not applied",
    "values": "values are not computed",
    "expression": "expressions are not checked",
    "js": "JavaScript is not run",
}
"""Terms of SHACL Advanced Features and SHACL JavaScript that are not supported, with what that means.

Shapes that use them are validated by what else they say.
"""

INSIDE_ADVANCED: Final = frozenset((
    *("condition", "construct", "update", "subject", "predicate", "object", "this", "filterShape", "nodes"),
    *("union", "intersection", "if", "then", "else", "count", "distinct", "exists", "groupConcat", "limit", "offset"),
    *("max", "min", "minus", "sum", "orderBy", "desc", "uses"),
    *("jsFunctionName", "jsLibrary", "jsLibraryURL", "defaultValueJS"),
    *("Rule", "TripleRule", "SPARQLRule", "SPARQLConstructExecutable", "SPARQLUpdateExecutable", "NodeExpression"),
    *("JSConstraint", "JSExecutable", "JSFunction", "JSLibrary", "JSRule", "JSTarget", "JSTargetType", "JSValidator"),
    *("Constraint", "ResultAnnotation"),
))  # fmt: skip
"""Terms that stand inside what is passed over; on a shape itself they say nothing."""

_TYPES: Final = (
    *(
        "NodeShape",
        "PropertyShape",
        "Shape",
        "SPARQLConstraint",
        "ConstraintComponent",
        "Parameter",
        "Parameterizable",
        "PropertyGroup",
    ),
    *(
        "PrefixDeclaration",
        "SPARQLAskValidator",
        "SPARQLSelectValidator",
        "Validator",
        "ValidationReport",
        "ValidationResult",
        "AbstractResult",
    ),
    *(
        "SPARQLTarget",
        "SPARQLTargetType",
        "Target",
        "TargetType",
        "SPARQLFunction",
        "Function",
        "SPARQLExecutable",
        "SPARQLSelectExecutable",
    ),
    *("SPARQLAskExecutable", "Severity", "NodeKind"),
)
_OTHER_WORDS: Final = (
    *(
        "path",
        "inversePath",
        "alternativePath",
        "zeroOrMorePath",
        "oneOrMorePath",
        "zeroOrOnePath",
        "severity",
        "message",
        "deactivated",
    ),
    *(
        "name",
        "description",
        "order",
        "group",
        "defaultValue",
        "select",
        "ask",
        "prefixes",
        "declare",
        "prefix",
        "namespace",
    ),
    *(
        "parameter",
        "validator",
        "nodeValidator",
        "propertyValidator",
        "labelTemplate",
        "optional",
        "returnType",
        "resultAnnotation",
    ),
    *(
        "annotationProperty",
        "annotationValue",
        "annotationVarName",
        "shapesGraph",
        "shapesGraphWellFormed",
        "suggestedShapesGraph",
    ),
    *("conforms", "result", "focusNode", "resultPath", "value", "resultSeverity", "resultMessage", "sourceConstraint"),
    *("sourceConstraintComponent", "sourceShape", "detail"),
)
KNOWN: Final = frozenset((*PARAMETERS, *TARGETS, SELECTED, *REFUSED, *PASSED_OVER, *_TYPES, *_OTHER_WORDS))
"""Every SHACL term that may stand as predicate or class in a shapes graph."""

NODE_KINDS: Final = frozenset({"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
