"""``STR(?v) = "http://…"`` where ?v is a resource: the same as ``?v = <http://…>``, which can be looked up.

STR gives the text of an IRI, and of a blank node an error; of a literal its text too, so ?v must be no literal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.namespaces import XSD
from kg.sparql.nodes import BuiltInCall, Comparison, In, Iri, Literal, Variable
from kg.sparql.tree import NOWHERE, Node, replace, transform

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from kg.sparql.nodes import Expression

# IRIs that no parser refuses or changes: a query with such an IRI is a query wherever the one with the text is.
_PLAIN: Final = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,4})?(?:/[A-Za-z0-9_~=+,;@:.-]*)*(?:#[A-Za-z0-9_~./-]*)?"
)
_DOTS: Final = re.compile(r"/\.{1,2}(?:/|#|$)")


def texts_as_iris(condition: Expression, resources: AbstractSet[str]) -> Expression:
    """Return a condition that compares resources themselves where it compares their texts.

    ``resources`` are no literals.
    """

    def changed(node: Node) -> Node:
        match node:
            case Comparison(_, "=", left, right) if _is_text(left, resources) and (iri := _iri(right)):
                return replace(node, left=left.arguments[0], right=iri)  # type: ignore[union-attr] # _is_text has looked
            case Comparison(_, "=", left, right) if _is_text(right, resources) and (iri := _iri(left)):
                return replace(node, left=iri, right=right.arguments[0])  # type: ignore[union-attr]
            case In(_, value, choices, False) if _is_text(value, resources) and all(map(_iri, choices)):
                return replace(node, expression=value.arguments[0], choices=tuple(map(_iri, choices)))  # type: ignore[union-attr]
        return node

    return transform(condition, changed)


def _is_text(expression: Expression, resources: AbstractSet[str]) -> bool:
    match expression:
        case BuiltInCall(_, "STR", (Variable(_, name),)):
            return name in resources
    return False


def _iri(expression: Expression) -> Iri | None:
    match expression:
        case Literal(_, value, datatype) if (
            datatype == f"{XSD}string" and _PLAIN.fullmatch(value) and not _DOTS.search(value)
        ):
            return Iri(NOWHERE, value, f"<{value}>")
    return None
