"""The keys of case files, the lexical forms of datatypes, and nested ids.

The table of keys is read from "ontology/context.jsonld".
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from kg.core.errors import InputError, Problem
from kg.core.resources import ontology_dir
from kg.core.terms import XSD
from kg.loaders.files import Scalar

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.files import Mapping


_ZONE: Final = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR: Final = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"

_FORMS: Final = {
    f"{XSD}string": (re.compile(r".*", re.DOTALL), "a text"),
    f"{XSD}decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), "a decimal number such as 0.379"),
    f"{XSD}integer": (re.compile(r"[+-]?[0-9]+"), "a whole number such as 47"),
    f"{XSD}boolean": (re.compile(r"true|false|0|1"), "true or false"),
    f"{XSD}date": (
        re.compile(rf"({_YEAR})-({_MONTH})-(0[1-9]|[12][0-9]|3[01]){_ZONE}"),
        "a day of the calendar such as 1987-11-06",
    ),
    f"{XSD}gYearMonth": (re.compile(rf"{_YEAR}-{_MONTH}{_ZONE}"), "a year and month such as 1986-06"),
    f"{XSD}gYear": (re.compile(rf"{_YEAR}{_ZONE}"), "a year of four digits such as 1987"),
}

DATATYPES: Final = frozenset(_FORMS)
_SLUG: Final = re.compile(r"(?:.*[/:])?([a-z0-9-]+)")
_KEYWORDS: Final = frozenset({"id", "type"})


def expected_form(datatype: str) -> str:
    """Say in words what a value of the datatype looks like."""
    return _FORMS[datatype][1]


def lexical_pattern(datatype: str) -> str:
    """Return the regular expression of a datatype's lexical forms (for dates, without the lengths of months)."""
    return _FORMS[datatype][0].pattern


def is_lexical(text: str, datatype: str) -> bool:
    """Return whether ``text`` is in the lexical space of a datatype of ``DATATYPES``."""
    match = _FORMS[datatype][0].fullmatch(text)
    if match is None:
        return False
    if datatype != f"{XSD}date":
        return True
    year, month, day = match.groups()
    # The Gregorian calendar repeats every 400 years, before year 0 too, so that four digits of the year tell its
    # length.
    return int(day) <= monthrange(int(year[-4:]) % 400 + 400, int(month))[1]


ID: Final = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)+|document")
"""The form of an id in a case file, such as ``org/acme``."""


@dataclass(frozen=True, slots=True)
class NestingRule:
    """The id is ``<parent>/<path>/<names>``.

    Each entry of ``identified_by`` gives one name: the slug of the value of the first of its words that is there. The
    first name must be there, the others may be missing.
    """

    path: str
    identified_by: tuple[tuple[str, ...], ...] = ()

    def name(self, node: Mapping, alternatives: tuple[str, ...]) -> str | None:
        """Return the slug of the reference that one of the words holds."""
        for word in alternatives:
            value = node.get(word)
            if isinstance(value, Scalar) and (match := _SLUG.fullmatch(value.value)):
                return match[1]
        return None


READINGS_WORD: Final = "readings"
"""The word whose things have no id and say something of the thing that they stand in."""

NESTED: Final = {
    "participation": NestingRule("participation", (("participant",),)),
    "involvement": NestingRule("involvement", (("participant",),)),
    "formation": NestingRule("formation"),
    "announcement": NestingRule("announcement"),
    "requiresElement": NestingRule("element", (("technology",),)),
    "facesFactor": NestingRule("assessment", (("factor",), ("stage",))),
    "engagesIn": NestingRule("engagement", (("practice",),)),
    "cooperatesWith": NestingRule("cooperation", (("provider", "specialist"),)),
}


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
        from kg.core.nesting import parse_json

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
