"""Literals that exist only in another form: another language, datatype, case or white space."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from unicodedata import normalize

from pyoxigraph import Literal as LiteralTerm

from kg.core.terms import compact
from kg.sparql.terms import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.sparql import Literal
    from kg.store.protocol import Term

_ALIKE = 0.8


def difference(literal: Literal, other: LiteralTerm) -> str:
    """Describe how another literal with the same text or number differs.

    Empty where the text is another or nothing differs.
    """
    differences = []
    if literal.value != other.value:
        if _number(literal.value) is not None and _number(literal.value) == _number(other.value):
            differences.append("written in another way")
        elif literal.value.casefold() == other.value.casefold():
            differences.append("in other case")
        elif _spaceless(literal.value) == _spaceless(other.value):
            differences.append("with other white space")
        elif _spaceless(normalize("NFKC", literal.value)) == _spaceless(normalize("NFKC", other.value)):
            differences.append("in characters of other width or form")
        else:
            return ""
    if literal.language.casefold() != (other.language or ""):
        tag = f"with the language tag @{other.language}" if other.language else "without a language tag"
        differences.append(tag)
    elif literal.datatype != other.datatype.value:
        differences.append(f"as {kind_of(other)}")
    return " and ".join(differences)


def kind_of(term: Term) -> str:
    """Return what kind of value a term is, in words."""
    if not isinstance(term, LiteralTerm):
        return "an IRI"
    if term.language:
        return f"text in the language {term.language}"
    datatype = term.datatype.value
    if datatype in {f"{XSD}string", f"{RDF}langString"}:
        return "text without a language"
    if datatype in {f"{XSD}integer", f"{XSD}decimal", f"{XSD}double", f"{XSD}float"}:
        return f"a number ({compact(datatype)})"
    return f"a value of {compact(datatype)}"


def variants(literal: Literal, values: Iterable[Term]) -> list[tuple[LiteralTerm, str]]:
    """Return the values that say the same in another form, with the difference, the nearest first."""
    found = [(value, difference(literal, value)) for value in values if isinstance(value, LiteralTerm)]
    different = [(value, how) for value, how in found if how]
    return sorted(different, key=lambda pair: (pair[1].count(" and "), pair[0].value != literal.value, str(pair[0])))


def misspelt(literal: Literal, values: Iterable[Term]) -> list[LiteralTerm]:
    """Return the values whose text resembles a literal's, the most alike first."""
    texts = [value for value in values if isinstance(value, LiteralTerm) and _number(value.value) is None]
    scored = [(SequenceMatcher(None, literal.value.casefold(), text.value.casefold()).ratio(), text) for text in texts]
    return [text for score, text in sorted(scored, key=lambda pair: (-pair[0], str(pair[1]))) if score >= _ALIKE][:2]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _spaceless(text: str) -> str:
    return "".join(text.split()).casefold()
