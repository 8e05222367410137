"""A JSON Schema of maps, for editors that check and complete YAML while it is typed."""

from __future__ import annotations

from typing import Any

from kg.loaders.cases.context import Kind, shipped_context
from kg.loaders.ontology import shipped_vocabulary
from kg.loaders.tables.kinds import class_names
from kg.loaders.tables.values import OPTIONS

Schema = dict[str, Any]

_UNMAPPED = frozenset({"source", "listedAt"})
_CHOICES = {"unmatched": ["reject", "skip"], "dangling": ["reject", "keep"]}


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
