"""YAML to a tree of nodes that know their line and column.

Only the plain core of YAML is read: sequences, mappings and scalars. Scalars stay the strings that were written (YAML's
failsafe schema); what they mean is decided by the word they are the value of. The tree is built from the parser's
events and not by its composer, so that neither deep nesting nor an alias bomb can grow anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kg.core.errors import InputError, Problem
from kg.core.yamlevents import TooDeepError, place_of, shallow_events
from kg.loaders.cases.text import read_text

if TYPE_CHECKING:
    from pathlib import Path

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Scalar:
    """A scalar as written. ``is_null`` holds for an empty plain scalar, ``~`` and ``null``."""

    line: int
    column: int
    value: str
    is_null: bool = False


@dataclass(slots=True)
class Sequence:
    """A list of nodes."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys with their values, in written order; no key twice."""

    line: int
    column: int
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or nothing."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node: TypeAlias = Scalar | Sequence | Mapping


def read_tree(path: Path, name: str) -> Node:
    """Read a YAML file; ``name`` is how the file is called in messages.

    Raises:
        InputError: the file is not a text file (see ``read_text``), not YAML, empty, or uses anchors, aliases, tags,
            several documents,
            duplicate or non-scalar keys, or nesting deeper than 32.

    """
    return parse_tree(read_text(path, name), name)


def parse_tree(text: str, name: str) -> Node:
    """Parse YAML text; errors as for ``read_tree``."""
    builder = _Builder(name)
    try:
        for event in shallow_events(text):
            builder.take(event)
    except TooDeepError as error:
        builder.problems.append(Problem(name, *error.place, str(error)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        details = " ".join(filter(None, (error.context, error.problem)))
        hint = "a text that holds ': ' in quotation marks" if "mapping values" in details else ""
        builder.problems.append(Problem(name, *place, f"not YAML: {details}", expected=hint))
    except yaml.YAMLError as error:
        builder.problems.append(Problem(name, 0, 0, f"not YAML: {error}"))
    except _StopError:
        pass
    if not builder.problems and builder.root is None:
        builder.problems.append(Problem(name, 1, 1, "the file is empty", expected="YAML"))
    if builder.problems or builder.root is None:
        raise InputError(builder.problems)
    return builder.root


class _StopError(Exception):
    """Reading further would be of no use."""


class _Builder:
    """Builds the tree with a stack of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._open: list[Sequence | Mapping] = []
        self._keys: list[Scalar | None] = []

    def take(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            self._check(event)
            null = event.value in _NULLS and event.implicit[0]
            self._place(Scalar(*place_of(event), event.value, null))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._check(event)
            kind = Mapping if isinstance(event, MappingStartEvent) else Sequence
            self._descend(kind(*place_of(event)))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, AliasEvent):
            self._stop(event, f"alias *{event.anchor}", "the value written out")
        elif isinstance(event, DocumentStartEvent) and self.root is not None:
            self._stop(event, "a second document begins", "one document a file")

    def _check(self, event: NodeEvent) -> None:
        if event.anchor is not None:
            self._stop(event, f"anchor &{event.anchor}", "the value written out")
        if getattr(event, "tag", None) is not None:
            self._stop(event, f"tag {event.tag}", "a value without a tag")  # type: ignore[attr-defined]

    def _stop(self, event: Event, found: str, expected: str) -> None:
        message = found if " " in found and found.startswith("a ") else f"{found} is not allowed"
        self.problems.append(Problem(self.name, *place_of(event), message, expected=expected))
        raise _StopError

    def _descend(self, node: Sequence | Mapping) -> None:
        self._place(node)
        self._open.append(node)
        self._keys.append(None)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif self._keys[-1] is None:
            self._take_key(node)
        else:
            key = self._keys[-1]
            self._keys[-1] = None
            if key.value not in parent.entries:
                parent.entries[key.value] = (key, node)

    def _take_key(self, node: Node) -> None:
        parent = self._open[-1]
        if not isinstance(node, Scalar):
            self.problems.append(
                Problem(
                    self.name, node.line, node.column, "a key is not a word", expected="a plain word before the colon"
                )
            )
            raise _StopError
        if isinstance(parent, Mapping) and node.value in parent.entries:
            first = parent.entries[node.value][0]
            message = f"key '{node.value}' stands twice, first in line {first.line}"
            self.problems.append(
                Problem(self.name, node.line, node.column, message, expected="each key once; several values as a list")
            )
        self._keys[-1] = node


def kind_of(node: Node) -> str:
    """Name the kind of a node."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar():
            return "nothing" if node.is_null else "a single value"
