"""The SHACL vocabulary, sorted by what this package does with each term."""

from __future__ import annotations

from typing import Final

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

TARGETS: Final = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")

DELEGATED: Final = ("target",)
"""Terms that make a shape pySHACL's business."""

REFUSED: Final = frozenset(
    {
        *("rule", "condition", "construct", "subject", "predicate", "object", "values", "expression", "entailment"),
        *("js", "jsFunctionName", "jsLibrary", "jsLibraryURL", "defaultValueJS"),
    }
)
"""Terms of SHACL rules, node expressions, JavaScript and entailment: shapes that use them are not validated but refused."""

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
KNOWN: Final = frozenset((*PARAMETERS, *TARGETS, *DELEGATED, *REFUSED, *_TYPES, *_OTHER_WORDS))
"""Every SHACL term that may stand as predicate or class in a shapes graph."""

NODE_KINDS: Final = frozenset({"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
