"""Maps of tables: read from YAML as "docs/reference/firm-tables.md" describes, and their JSON Schema for editors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg.core.errors import InputError, Problem, near_names
from kg.core.origin import Origin
from kg.loaders.cases.context import Kind, shipped_context
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of, parse_tree, read_text
from kg.loaders.ontology import shipped_vocabulary
from kg.loaders.tables.mapvalues import OPTIONS, ThingReader
from kg.loaders.tables.model import FirmMap, TableMap, class_names, class_of, kinds

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.files import Node

FILE_KEYS: Final = ("graph", "tables")
TABLE_KEYS: Final = ("table", "continues", "delimiter", "encoding", "sheet", "skip", "footer", "empty")
GRAPH: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNT: Final = re.compile("0|[1-9][0-9]{0,3}")
Schema = dict[str, Any]
_UNMAPPED = frozenset({"source", "listedAt"})
_CHOICES = {"unmatched": ["reject", "skip"], "dangling": ["reject", "keep"]}


def read_map(path: Path, kind: str = "") -> FirmMap:
    """Read a map. ``kind`` is the class of the things of its first table, as a word.

    It must agree with the map's ``type``.

    Raises:
        InputError: the file cannot be read or says what it cannot mean; it holds every problem with its line and
            column.

    """
    return parse_map(read_text(path, str(path)), str(path), kind)


def parse_map(text: str, name: str, kind: str = "") -> FirmMap:
    """Read the text of a map; ``name`` is how it is called in messages. Errors as for ``read_map``."""
    reader = _MapReader(name, class_of(kind) if kind else "")
    found = reader.read(parse_tree(text, name), text)
    if reader.problems or found is None:
        raise InputError(reader.problems)
    return found


class _MapReader:
    """Reads the tables of one file."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind
        self.problems: list[Problem] = []
        self.things = ThingReader(name, self.problems, shipped_context(), shipped_vocabulary())

    def report(self, node: Node, message: str, expected: str = "", near: tuple[str, ...] = ()) -> None:
        self.problems.append(Problem(self.name, node.line, node.column, message, expected, near))

    def read(self, tree: Node, text: str) -> FirmMap | None:
        if not isinstance(tree, Mapping):
            self.report(
                tree, f"the file holds {kind_of(tree)}", "a mapping: id, type and words of case files, or tables"
            )
            return None
        graph = self._text(tree, "graph")
        if graph and not GRAPH.fullmatch(graph):
            self.report(
                tree.entries["graph"][1], f"'{graph}' cannot name a graph", "lower-case letters, digits and hyphens"
            )
        listed = tree.get("tables")
        if listed is None:
            entries = {key: entry for key, entry in tree.entries.items() if key != "graph"}
            nodes: list[Node] = [Mapping(tree.line, tree.column, entries)]
        else:
            for name, (key, _) in tree.entries.items():
                if name not in FILE_KEYS:
                    self.report(
                        key,
                        f"'{name}' stands beside tables",
                        "it inside one of the tables",
                        near_names(name, FILE_KEYS),
                    )
            nodes = listed.items if isinstance(listed, Sequence) else [listed]
        tables = [self.table(node, first=number == 0, alone=len(nodes) == 1) for number, node in enumerate(nodes)]
        return FirmMap(graph, tuple(table for table in tables if table), text)

    def table(self, node: Node, *, first: bool, alone: bool) -> TableMap | None:
        if not isinstance(node, Mapping):
            self.report(node, f"{kind_of(node)} stands where a table is described", "a mapping with table, id and type")
            return None
        name = self._text(node, "table")
        if not name and not alone:
            self.report(node, "the table has no name", "table: and the name of the file without its ending")
        continues = self._text(node, "continues")
        if continues not in {"", "true", "false"}:
            self.report(node.entries["continues"][1], f"'{continues}' is neither true nor false")
        empty = node.get("empty")
        rest = Mapping(
            node.line, node.column, {key: entry for key, entry in node.entries.items() if key not in TABLE_KEYS}
        )
        thing = self.things.top(rest, self.kind if first else "", typed=continues != "true", extra=TABLE_KEYS)
        delimiter = self._text(node, "delimiter")
        if len(delimiter) > 1 and delimiter != "tab":
            self.report(node.entries["delimiter"][1], f"'{delimiter}' is no delimiter", "one character, or tab")
        return TableMap(
            name,
            thing,
            Origin(self.name, node.line, node.column),
            continues=continues == "true",
            delimiter="\t" if delimiter == "tab" else delimiter,
            encoding=self._text(node, "encoding"),
            sheet=self._text(node, "sheet"),
            skip=self._count(node, "skip"),
            footer=self._count(node, "footer"),
            empty=tuple(
                item.value
                for item in (empty.items if isinstance(empty, Sequence) else [empty])
                if isinstance(item, Scalar)
            ),
        )

    def _count(self, node: Mapping, key: str) -> int:
        value = self._text(node, key)
        if value and not _COUNT.fullmatch(value):
            self.report(node.entries[key][1], f"'{value}' is no number of lines", "a whole number such as 3")
            return 0
        return int(value or 0)

    def _text(self, node: Mapping, key: str) -> str:
        value = node.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar) or value.is_null:
            self.report(value, f"{kind_of(value)} stands where '{key}' takes a text")
            return ""
        return value.value


def known_kinds() -> tuple[str, ...]:
    """Return the words that name the kinds of things of a table."""
    return tuple(sorted(kinds()))


def map_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a map of firm tables. It accepts every map that can be read."""
    classes = shipped_vocabulary().classes
    words = {
        name: word
        for name, word in shipped_context().words.items()
        if word.iri.value not in classes and name not in _UNMAPPED
    }
    text: Schema = {"type": ["string", "number", "boolean"]}
    described = {
        name: _one_or_more(
            {
                "anyOf": [
                    text,
                    {"$ref": "#/$defs/column"},
                    *([{"$ref": "#/$defs/thing"}] if word.kind is Kind.REFERENCE else []),
                ]
            }
        )
        for name, word in sorted(words.items())
    }
    kind = {
        "anyOf": [
            _one_or_more({"enum": sorted(class_names())}),
            {"type": "string", "pattern": "^\\{[^{}]+\\}$"},
            {"$ref": "#/$defs/column"},
        ]
    }
    thing = {"id": {"type": "string"}, "type": kind, **described}
    table = {
        "table": {"type": "string"},
        "continues": {"type": "boolean"},
        "delimiter": {"type": "string"},
        "encoding": {"type": "string"},
        "sheet": {"type": "string"},
        "skip": {"type": "integer", "minimum": 0, "maximum": 9999},
        "footer": {"type": "integer", "minimum": 0, "maximum": 9999},
        "empty": _one_or_more(text),
        **thing,
    }
    options: Schema = {name: {"enum": _CHOICES[name]} if name in _CHOICES else text for name in OPTIONS}
    options["lookup"] = {"type": "object", "additionalProperties": text}
    one: Schema = {"type": "object", "properties": table, "required": ["id"], "additionalProperties": False}
    many: Schema = {
        "type": "object",
        "properties": {"graph": {"type": "string"}, "tables": _one_or_more(one)},
        "required": ["tables"],
        "additionalProperties": False,
    }
    alone = {**one, "properties": {"graph": {"type": "string"}, **table}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "motkg map of firm tables",
        "anyOf": [alone, many],
        "$defs": {
            "column": {"type": "object", "properties": options, "required": ["column"], "additionalProperties": False},
            "thing": {
                "type": "object",
                "properties": thing,
                "not": {"required": ["column"]},
                "additionalProperties": False,
            },
        },
    }


def _one_or_more(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
