"""What all nodes of a syntax tree share: a span, immutable fields, and equality that ignores the span.

Nodes are declared like frozen dataclasses with slots and type checkers take them for such (PEP 681). The standard
decorator writes and compiles six methods for every class, half a millisecond each: half a hundred of them would cost
more than the cold start of a query may take. Here one loop serves all classes.
"""

from __future__ import annotations

from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
