"""What a store needs to know of a query's text before an engine reads it: form, undeclared prefixes, data set clause, calls of services.

What changes what an engine may reach is read by the parser, and only where a word test says that it may be there.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError, near_names
from kg.core.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.sparql.tokens import Token

FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_HEAD: Final = re.compile(r"(?:\s*#[^\r\n]*)*")
_FROM: Final = re.compile(
    r"(?<![A-Za-z_])FROM", re.IGNORECASE
)  # a clause follows a mark or blank, names such as wasDerivedFrom do not count
_SERVICE: Final = re.compile(
    "SERVICE", re.IGNORECASE
)  # engines may read it after a number or the word true without a blank
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


def with_prefixes(text: str) -> str:
    """Declare the known prefixes that a query uses without declaring them, on its first line, so that no later line moves."""
    from kg.sparql.tokens import tokenise

    tokens = tokenise(text)
    used = {token.text.partition(":")[0] for token in tokens if token.kind in {"PNAME", "NAMESPACE"}}
    missing = sorted((used - _declared(tokens)) & prefixes().keys())
    return "".join(f"PREFIX {name}: <{prefixes()[name]}> " for name in missing) + text


def _declared(tokens: Sequence[Token]) -> set[str]:
    return {name.text[:-1] for word, name in pairwise(tokens) if word.kind == "PREFIX"}


def query_form(text: str) -> str:
    """Return the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryError: the text begins as none of them, for example as an update.

    """
    from kg.sparql.tokens import tokenise

    skipped = {"PREFIX", "BASE", "NAMESPACE", "IRIREF"}
    word = next(token.text.upper() for token in tokenise(text) if token.kind not in skipped)
    if word in FORMS:
        return word
    if word in _UPDATES:
        raise QueryError(
            f"{word} is an update; only queries can be asked", hint=f"a query begins with {', '.join(FORMS)}"
        )
    raise QueryError(
        "the text is not a SPARQL query", hint=f"a query begins with {', '.join(FORMS)}", near=near_names(word, FORMS)
    )


def names_graphs(text: str) -> bool:
    """Return whether a query has a data set clause (FROM, FROM NAMED), which then decides what its default graph is.

    Raises:
        QueryError: the text has the word, and is no query.

    """
    if not _may_hold(_FROM, text):
        return False
    from kg.sparql import parse

    return bool(parse(text).dataset)


def refuse_services(text: str) -> None:
    """Keep a query from calling other endpoints, which engines do for whatever address a query names.

    Raises:
        QueryError: the query has SERVICE, with its line and column; or it has the word, and is no query.

    """
    if not _may_hold(_SERVICE, text):
        return
    from kg.sparql import Service, parse, walk
    from kg.sparql.tokens import Source, error

    found = next((node for node in walk(parse(text)) if isinstance(node, Service)), None)
    if found is not None:
        raise error(
            Source(text),
            found.span._replace(end=found.span.start + len("SERVICE")),
            "SERVICE would send a part of the query to another address, which a local graph never does",
            hint="ask that endpoint itself, with --endpoint or kg.open(endpoint=…), and join the answers",
        )


def _may_hold(keyword: re.Pattern[str], text: str) -> bool:
    """Return whether a keyword may be in a text, comments at its head left out.

    Some engines read escapes of its letters too.
    """
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    return keyword.search(body) is not None or "\\u" in body or "\\U" in body
