"""What every store needs to know of a query's text before an engine reads it: its form, and the prefixes that it leaves undeclared."""

from __future__ import annotations

import re
from typing import Final

from kg.errors import QueryError, near_names
from kg.terms import prefixes

FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
# SPARQL 1.1, 19.8: STRING_LITERAL_LONG*, STRING_LITERAL*, comments; an IRIREF may hold # and must be read before comments are.
_STRING: Final = (
    r'"""(?s:(?:[^"\\]|\\.|"(?!""))*)"""' + r"|'''(?s:(?:[^'\\]|\\.|'(?!''))*)'''" + r'|"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'"
)
_IRI: Final = r'<[^<>"{}|^`\\\x00-\x20]*>'
_SILENT: Final = re.compile(rf"(?P<iri>{_IRI})|{_STRING}|#[^\r\n]*")
_DECLARATION: Final = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<>|\bBASE\s*<>", re.IGNORECASE)
_PREFIX: Final = re.compile(r"(?<![\w?$@:%\\.-])([A-Za-z](?:[\w.-]*[\w-])?):")
_DATASET: Final = re.compile(r"(?<![\w?$:@%\\.-])FROM\s+(?:NAMED\s+)?(?:<>|[\w.-]*:)", re.IGNORECASE)
_WORD: Final = re.compile(r"[A-Za-z]+")


def _audible(text: str) -> str:
    """Gives the text without strings, comments and what IRIs hold."""
    return _SILENT.sub(lambda match: "<>" if match["iri"] else " ", text)


def with_prefixes(text: str) -> str:
    """Declares the known prefixes that a query uses without declaring them, on its first line, so that no later line moves."""
    body = _audible(text)
    declared = {match[1] for match in _DECLARATION.finditer(body)}
    used = set(_PREFIX.findall(_DECLARATION.sub(" ", body)))
    missing = sorted((used - declared) & prefixes().keys())
    return "".join(f"PREFIX {name}: <{prefixes()[name]}> " for name in missing) + text


def query_form(text: str) -> str:
    """Gives the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryError: the text begins as none of them, for example as an update.

    """
    match = _WORD.search(_DECLARATION.sub(" ", _audible(text)))
    word = match[0].upper() if match else ""
    if word in FORMS:
        return word
    if word in _UPDATES:
        raise QueryError(f"{word} is an update; only queries can be asked", hint=f"a query begins with {', '.join(FORMS)}")
    raise QueryError("the text is not a SPARQL query", hint=f"a query begins with {', '.join(FORMS)}", near=near_names(word, FORMS))


def names_graphs(text: str) -> bool:
    """Says whether a query has a data set clause (FROM, FROM NAMED), which then decides what its default graph is."""
    return bool(_DATASET.search(_audible(text)))
