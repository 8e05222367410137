"""Terms back to text, so that nothing in a term can become anything but that term."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError
from kg.sparql.names import has_dots_apart, is_label, is_local, is_name
from kg.sparql.nodes import BlankNode, Iri, Literal, Undef, Variable
from kg.sparql.terms import XSD
from kg.sparql.tokens import IRI_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHORT: Final = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}
_LANGUAGE: Final = re.compile(r"[a-zA-Z]+(?:-[a-zA-Z0-9]+)*")
_SPECIAL: Final = re.compile(r'\\[uU]?|["\n\r\t\x08\x0c]')
# Some engines (rdflib) resolve \uXXXX in the whole text before they read strings. An escaped backslash before a "u"
# must not look like that, or the value would become another: the letter is written as an escape of eight digits, which
# all read alike.
_ESCAPES: Final = {
    "\\": "\\\\",
    "\\u": "\\\\\\U00000075",
    "\\U": "\\\\\\U00000055",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


class TermWriter:
    """Write terms, IRIs by the given prefixes where the name needs no escape and every engine reads it."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._namespaces = sorted(((iri, prefix) for prefix, iri in prefixes.items()), key=lambda pair: -len(pair[0]))
        self._names: dict[str, str] = {}

    def term(self, term: Variable | Iri | Literal | BlankNode | Undef) -> str:
        """Return the text of a term.

        Raises:
            QueryError: the term cannot be written: its IRI, name or language tag has characters that none has.

        """
        match term:
            case Variable(_, name):
                return f"?{_checked(name, is_name, 'the name of a variable')}"
            case Iri(_, value):
                return self.iri(value)
            case Literal():
                return self.literal(term)
            case BlankNode(_, label):
                return f"_:{_checked(label, is_label, 'the label of a blank node')}" if label else "[]"
            case _:
                return "UNDEF"

    def iri(self, value: str) -> str:
        """Return an IRI, by a prefix if one fits."""
        if value not in self._names:
            self._names[value] = self._compact(value)
        return self._names[value]

    def _compact(self, value: str) -> str:
        for namespace, prefix in self._namespaces:
            local = value[len(namespace) :]
            if value.startswith(namespace) and is_local(local) and not has_dots_apart(local):
                return f"{prefix}:{local}"
        return full_iri(value)

    def literal(self, literal: Literal) -> str:
        """Return a literal; numbers and booleans without quotes where their lexical form allows it."""
        short = _SHORT.get(literal.datatype)
        if short and short.fullmatch(literal.value):
            return literal.value
        text = quoted(literal.value)
        if literal.language:
            return f"{text}@{_checked(literal.language, _LANGUAGE.fullmatch, 'a language tag')}"
        return text if literal.datatype == f"{XSD}string" else f"{text}^^{self.iri(literal.datatype)}"


def full_iri(value: str) -> str:
    """Return an IRI in angle brackets."""
    return f"<{_checked(value, IRI_CHARACTERS.fullmatch, 'an IRI')}>"


def quoted(value: str) -> str:
    """Return a string in double quotes, escaped so that every engine reads the same."""
    return f'"{_SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)}"'


def _checked(text: str, fits: Callable[[str], object], what: str) -> str:
    if not fits(text):
        raise QueryError(f"{text!r} cannot be {what}")
    return text
