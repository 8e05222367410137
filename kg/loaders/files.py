"""Text, CSV and YAML files as people write them, with the line and column of everything in them."""

from __future__ import annotations

import re
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
from kg.core.nesting import TooDeepError, place_of, shallow_events

if TYPE_CHECKING:
    from pathlib import Path

MAX_LINE: Final = 1_000_000
MAX_FILE: Final = 64_000_000

_BOM: Final = b"\xef\xbb\xbf"
_FOREIGN_BOMS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
# Control characters, lone carriage returns, the line separators that YAML counts as line ends but editors do not, BOMs
# inside the text, and non-characters.
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_FIELD: Final = re.compile(r'"((?:[^"]|"")*+)"|([^,"\r\n]*)')
_LINE_END: Final = re.compile(r"\r?\n")
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


def read_text(path: Path, name: str) -> str:
    """Return the text of a UTF-8 file without its byte order mark; line ends stay as they are.

    ``name`` is how the file is called in messages. At most one line beyond the limits is held in memory.

    Raises:
        InputError: the file cannot be opened, is larger than 64 MB, has a line over 1 MB, is not UTF-8, or holds a
            control character. Columns count characters.

    """
    raw = _read_bytes(path, name)
    for bom, encoding in _FOREIGN_BOMS.items():
        if raw.startswith(bom):
            raise InputError(
                [Problem(name, 1, 1, f"the file begins with the byte order mark of {encoding}", expected="UTF-8")]
            )
    raw = raw.removeprefix(_BOM)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = position(raw[: error.start].decode("utf-8"), None)
        message = f"byte 0x{raw[error.start]:02X} at offset {error.start} is not UTF-8"
        raise InputError([Problem(name, line, column, message, expected="a file saved as UTF-8")]) from error
    problems = [
        Problem(
            name,
            *position(text, hit.start()),
            f"character U+{ord(hit[0]):04X} may not stand in a text file",
            expected="printable text",
        )
        for hit in _HIDDEN.finditer(text)
    ]
    if problems:
        raise InputError(problems[:10])
    return text


def position(text: str, offset: int | None) -> tuple[int, int]:
    """Return line and column, both from 1, of a character offset (``None``: the end of the text)."""
    end = len(text) if offset is None else offset
    return text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)


def _read_bytes(path: Path, name: str) -> bytes:
    lines: list[bytes] = []
    size = 0
    try:
        with path.open("rb") as stream:
            while line := stream.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise InputError(
                        [
                            Problem(
                                name,
                                len(lines) + 1,
                                1,
                                f"the line is longer than {MAX_LINE:,} bytes",
                                expected="shorter lines",
                            )
                        ]
                    )
                lines.append(line)
                size += len(line)
                if size > MAX_FILE:
                    raise InputError(
                        [
                            Problem(
                                name,
                                len(lines),
                                1,
                                f"the file is larger than {MAX_FILE:,} bytes",
                                expected="several smaller files",
                            )
                        ]
                    )
    except OSError as error:
        raise InputError([Problem(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error
    return b"".join(lines)


@dataclass(frozen=True, slots=True)
class Field:
    """A value with the place where it begins (at the quotation mark, when there is one)."""

    text: str
    line: int
    column: int


def read_rows(text: str, name: str) -> list[list[Field]]:
    """Split CSV text into rows of fields; empty lines at the end of the file are left out.

    Raises:
        InputError: a quotation mark stands where RFC 4180 does not allow it, or is never closed.

    """
    rows: list[list[Field]] = []
    at, line, line_start = 0, 1, 0
    row: list[Field] = []
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            raise _misquoted(text, at, name)
        quoted, plain = match.groups()
        row.append(Field(plain if quoted is None else quoted.replace('""', '"'), line, at - line_start + 1))
        if quoted is not None and (breaks := quoted.count("\n")):
            line += breaks
            line_start = text.rindex("\n", 0, match.end()) + 1
        at = match.end()
        if text.startswith(",", at):
            at += 1
            continue
        rows.append(row)
        row = []
        if at == len(text):
            break
        end = _LINE_END.match(text, at)
        if end is None:
            raise _misquoted(text, at, name)
        at = line_start = end.end()
        line += 1
    while rows and len(rows[-1]) == 1 and not rows[-1][0].text:
        rows.pop()
    return rows


def _misquoted(text: str, at: int, name: str) -> InputError:
    line, column = position(text, at)
    if text.startswith('"', at) and text[at - 1 : at] in {"", ",", "\n"}:
        return InputError([Problem(name, line, column, "a quotation mark is never closed", expected='a value in "…"')])
    message = (
        "a quotation mark stands inside a value"
        if text.startswith('"', at)
        else "text follows a closing quotation mark"
    )
    return InputError(
        [
            Problem(
                name, line, column, message, expected='the whole value in quotation marks, and "" for a mark inside it'
            )
        ]
    )


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
