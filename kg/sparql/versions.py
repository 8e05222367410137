"""Which version of SPARQL a query needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import BuiltInCall, Literal, TripleTerm, VersionDeclaration
from kg.sparql.tree import walk

if TYPE_CHECKING:
    from kg.sparql.tree import Node

FUNCTIONS_OF_1_2: Final = frozenset(
    ("ISTRIPLE", "TRIPLE", "SUBJECT", "PREDICATE", "OBJECT", "LANGDIR", "HASLANG", "HASLANGDIR", "STRLANGDIR")
)
"""The functions that SPARQL 1.2 adds."""


def beyond_1_1(query: Node) -> Node | None:
    """Return the first node of a query that only SPARQL 1.2 has: a triple term, a base direction, a function, VERSION.

    Reified triples and annotations are triple terms in the tree.
    """
    return next(filter(_is_beyond, walk(query)), None)


def _is_beyond(node: Node) -> bool:
    match node:
        case TripleTerm():
            return True
        case VersionDeclaration(_, label):
            return label != "1.1"
        case Literal(_, _, _, language):
            return "--" in language
        case BuiltInCall(_, name, _):
            return name in FUNCTIONS_OF_1_2
    return False
