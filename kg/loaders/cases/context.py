"""The words of case files: ``ontology/context.jsonld`` read into a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from kg.core.errors import InputError, Problem
from kg.core.jsontext import parse_json
from kg.core.resources import ontology_dir
from kg.loaders.cases.literals import DATATYPES

if TYPE_CHECKING:
    from pathlib import Path

_KEYWORDS: Final = frozenset({"id", "type"})


class Kind(Enum):
    """What the value of a word is."""

    REFERENCE = "a reference"
    CONCEPT = "a concept of one scheme"
    TYPED = "a literal with a datatype"
    LANGUAGE = "a text in one language"
    PLAIN = "a text"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of case files: the IRI it stands for and how its value is read.

    ``detail`` is the namespace of the concepts, the IRI of the datatype or the language tag.
    """

    name: str
    iri: NamedNode
    kind: Kind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Words and prefixes, as a JSON-LD processor sees them."""

    words: dict[str, Word]
    prefixes: dict[str, str]


@cache
def shipped_context() -> Context:
    """Return the context that motkg ships."""
    return read_context(ontology_dir() / "context.jsonld")


def read_context(path: Path) -> Context:
    """Read a JSON-LD context that uses prefixes and expanded term definitions only.

    Raises:
        InputError: the file is not JSON or a term is defined in a way that case files do not know.

    """
    try:
        terms: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))["@context"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError([Problem(path.name, 0, 0, f"not a JSON-LD context: {error}")]) from error
    prefixes = {
        name: iri
        for name, iri in terms.items()
        if isinstance(iri, str) and not name.startswith("@") and name not in _KEYWORDS
    }
    words: dict[str, Word] = {}
    problems: list[Problem] = []
    for name, definition in terms.items():
        if not isinstance(definition, dict):
            continue
        try:
            words[name] = _word(name, definition, prefixes)
        except (KeyError, ValueError) as error:
            problems.append(Problem(path.name, 0, 0, f"term '{name}' cannot be read: {error}"))
    if problems:
        raise InputError(problems)
    return Context(words, prefixes)


def _word(name: str, definition: dict[str, Any], prefixes: dict[str, str]) -> Word:
    iri = NamedNode(_expand(definition["@id"], prefixes))
    if language := definition.get("@language"):
        return Word(name, iri, Kind.LANGUAGE, language)
    match definition.get("@type"):
        case None:
            return Word(name, iri, Kind.PLAIN)
        case "@id":
            return Word(name, iri, Kind.REFERENCE)
        case "@vocab":
            return Word(name, iri, Kind.CONCEPT, definition["@context"]["@vocab"])
        case datatype:
            expanded = _expand(datatype, prefixes)
            if expanded not in DATATYPES:
                raise ValueError(f"datatype {datatype} is not read by case files")
            return Word(name, iri, Kind.TYPED, expanded)


def _expand(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local
