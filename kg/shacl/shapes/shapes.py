"""The typed model of a shapes graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.shacl.nodes import sh

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode, Quad

    from kg.shacl.nodes import Node
    from kg.shacl.shapes.paths import Path
    from kg.sparql import AskQuery, SelectQuery


@dataclass(frozen=True, slots=True)
class Target:
    """What a shape is applied to: ``kind`` is the SHACL term, or ``implicit`` for a shape that is a class itself."""

    kind: str
    term: Node


@dataclass(frozen=True, slots=True)
class Select:
    """A SPARQL-based constraint or validator: its node, query with prefixes as text and as syntax tree, and messages.

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
class Shape:
    """A node shape (``path`` is ``None``) or property shape. ``foreign`` says why only pySHACL can run it, if so."""

    node: Node
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: NamedNode
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False
    foreign: str = ""


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of some shapes graphs, by their nodes, and the quads they were read from."""

    by_node: dict[Node, Shape]
    quads: tuple[Quad, ...] = field(repr=False)
    compiled: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What an engine has worked out from the shapes alone.

    Shapes made from these ones by ``replace`` start with nothing.
    """

    def with_targets(self) -> tuple[Shape, ...]:
        """Return the shapes that have a target, in the order of the files."""
        return tuple(shape for shape in self.by_node.values() if shape.targets)
