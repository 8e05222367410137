"""A JSON Schema of case files, for editors that check and complete YAML while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.core.terms import ONTOLOGY
from kg.loaders.cases.context import ID, NESTED, READINGS_WORD, Kind, lexical_pattern, shipped_context
from kg.loaders.ontology import slug

if TYPE_CHECKING:
    from kg.loaders.cases.context import Context, Word
    from kg.loaders.ontology import Vocabulary

    Schema = dict[str, Any]

_SPAN_WORDS = ("source", "listedAt")


def case_schema(vocabulary: Vocabulary, context: Context | None = None) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a case file.

    It accepts every file that loads; what needs more than one place to see (dangling references, duplicate ids, spans)
    it leaves to loading. Numbers and dates may be plain YAML numbers, which editors see as such.
    """
    context = context or shipped_context()
    words = {name: word for name, word in context.words.items() if word.iri.value not in vocabulary.classes}
    types = {iri.removeprefix(ONTOLOGY) for iri in vocabulary.classes if iri.startswith(ONTOLOGY)}
    types |= {name for name, word in context.words.items() if word.iri.value in vocabulary.classes}
    properties = {"id": {"$ref": "#/$defs/id"}, "type": _one_or_more({"enum": sorted(types)})}
    properties |= {name: _one_or_more(_value(word)) for name, word in sorted(words.items())}
    schemes = sorted({slug(word.detail.rstrip("/")) for word in words.values() if word.kind is Kind.CONCEPT})
    thing: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "motkg case file",
        "type": "array",
        "items": {"$ref": "#/$defs/thing", "required": ["id", "type"]},
        "$defs": {
            "id": {"type": "string", "pattern": f"^(?:{ID.pattern})$"},
            "reference": {
                "type": "string",
                "pattern": rf"^(?:(?:\.\./[a-z0-9-]+/)?(?:{ID.pattern})|(?:concept|cube|scheme):[a-z0-9/-]+)$",
            },
            "concept": {"type": "string", "pattern": "^concept:[a-z0-9-]+/[a-z0-9-]+$"},
            "text": {"type": ["string", "number", "boolean"]},
            "place": _place(),
            "thing": thing,
            "identified": {"$ref": "#/$defs/thing", "required": ["id"]},
            **{f"concept-{scheme}": {"enum": sorted(vocabulary.concepts.get(scheme, {}))} for scheme in schemes},
        },
    }


def _value(word: Word) -> Schema:
    if word.name in _SPAN_WORDS:
        return {"$ref": "#/$defs/place"}
    match word.kind:
        case Kind.REFERENCE:
            nested = "thing" if word.name in {*NESTED, READINGS_WORD} else "identified"
            return {"anyOf": [{"$ref": "#/$defs/reference"}, {"$ref": f"#/$defs/{nested}"}]}
        case Kind.CONCEPT:
            return {
                "anyOf": [{"$ref": f"#/$defs/concept-{slug(word.detail.rstrip('/'))}"}, {"$ref": "#/$defs/concept"}]
            }
        case Kind.TYPED:
            return {"type": ["string", "number"], "pattern": f"^(?:{lexical_pattern(word.detail)})$"}
        case Kind.LANGUAGE | Kind.PLAIN:
            return {"$ref": "#/$defs/text"}


def _place() -> Schema:
    offset = {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 0}
    span = {"type": "array", "items": offset, "minItems": 2, "maxItems": 2}
    return {
        "type": "object",
        "properties": {"section": {"$ref": "#/$defs/text"}, "span": span},
        "required": ["span"],
        "additionalProperties": False,
    }


def _one_or_more(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
