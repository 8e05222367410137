"""Names for blank nodes that depend on the file alone: those of two files stay apart, and the same file gives the same names."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Quad

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_BLOCK: Final = 1 << 20


class Renaming:
    """Names the blank nodes of one file by the order in which its statements first mention them.

    Asks for the prefix once, if at all.
    """

    def __init__(self, prefix: Callable[[], str]) -> None:
        self._ask = prefix
        self._names: dict[BlankNode, BlankNode] = {}

    @cached_property
    def _prefix(self) -> str:
        return self._ask()

    def node(self, node: BlankNode) -> BlankNode:
        """Return the new name of a blank node."""
        if node not in self._names:
            self._names[node] = BlankNode(f"{self._prefix}x{len(self._names)}")
        return self._names[node]

    def quad(self, quad: Quad) -> Quad:
        """Return a statement with its blank nodes renamed; the subject comes before the object."""
        subject, predicate, value, graph = quad
        if not (isinstance(subject, BlankNode) or isinstance(value, BlankNode) or isinstance(graph, BlankNode)):
            return quad
        if isinstance(subject, BlankNode):
            subject = self.node(subject)
        if isinstance(value, BlankNode):
            value = self.node(value)
        return Quad(subject, predicate, value, self.node(graph) if isinstance(graph, BlankNode) else graph)


def prefix_of(name: str, content: BinaryIO) -> str:
    """Return a prefix for names that depends on the name and the content of a file."""
    import hashlib

    digest = hashlib.sha256(name.encode())
    while block := content.read(_BLOCK):
        digest.update(block)
    return f"f{digest.hexdigest()[:16]}"
