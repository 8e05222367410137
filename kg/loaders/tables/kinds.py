"""The words that name the kinds of things that a table lists: firm, alliance, specialist, person and so on."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from kg.core.errors import QueryError, near_names
from kg.core.terms import ONTOLOGY
from kg.loaders.cases.context import shipped_context
from kg.loaders.ontology import shipped_vocabulary

# What people call these in everyday speech; all other words are the names of the classes.
_SHORT: Final = {
    "specialist": "SpecialistProvider",
    "ntbf": "NewTechnologyBasedSmallFirm",
    "patent": "IntellectualPropertyRight",
}
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def class_names() -> dict[str, str]:
    """Return the IRI of each class by its name in case files, such as ``SmallFirm``."""
    classes = shipped_vocabulary().classes
    words = shipped_context().words
    names = {iri.removeprefix(ONTOLOGY): iri for iri in classes if iri.startswith(ONTOLOGY)}
    return names | {name: word.iri.value for name, word in words.items() if word.iri.value in classes}


@cache
def kinds() -> dict[str, str]:
    """Return the IRI of each class by its word, such as ``small-firm``."""
    found = {_HUMP.sub("-", name).lower(): iri for name, iri in class_names().items()}
    return found | {word: class_names()[name] for word, name in _SHORT.items()}


def class_of(word: str) -> str:
    """Return the IRI of the class that a word names: ``firm``, ``small-firm``, ``SmallFirm`` or ``small firm``.

    Raises:
        QueryError: no class is called so.

    """
    if word in class_names():
        return class_names()[word]
    written = re.sub(r"[\s_]+", "-", word.strip()).lower()
    if written not in kinds():
        raise QueryError(f"no kind of thing is called '{word}'", near=near_names(written, kinds()))
    return kinds()[written]
