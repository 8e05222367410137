"""What a validation found: plain frozen records, whichever engine made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode

    from kg.validate.nodes import Node
    from kg.validate.paths import Path


class Origin(Protocol):
    """The place in a file that a statement came from. Lines and columns count from 1."""

    @property
    def file(self) -> object:
        """The file."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column."""


@dataclass(frozen=True, slots=True)
class Result:
    """One violation: the parts of a ``sh:ValidationResult`` (W3C SHACL section 3.6.2) and where the statement was written."""

    focus: Node
    path: Path | None
    value: Node | None
    component: NamedNode
    shape: Node
    severity: NamedNode
    messages: tuple[Literal, ...] = ()
    origin: Origin | None = None

    @property
    def key(self) -> tuple[Node, Path | None, Node | None, NamedNode, Node, NamedNode]:
        """Gives what two engines must agree on: all but the words and the origin."""
        return self.focus, self.path, self.value, self.component, self.shape, self.severity


@dataclass(frozen=True, slots=True)
class EmptyTarget:
    """A target that matches nothing. ``near`` has the nearest names of the data when the target's own name occurs nowhere in it."""

    shape: Node
    kind: str
    term: Node
    known: bool
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegation:
    """A shape that the native executor handed to pySHACL, and why."""

    shape: Node
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one validation. ``conforms`` is true when there is no result of any severity."""

    conforms: bool
    results: tuple[Result, ...]
    empty_targets: tuple[EmptyTarget, ...]
    delegated: tuple[Delegation, ...]
    engine: str
    focus_nodes: int
