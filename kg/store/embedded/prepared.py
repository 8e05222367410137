"""A text made ready for the embedded engine, so that asking it again costs one look-up in a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.terms import prefixes
from kg.store.prologue import names_graphs, refuse_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

    from kg.store.embedded.rewriter import Rewriter

_NAME: Final = re.compile(r"([\w-]*):(?!//)")
# What the engine may read otherwise than the grammar (see kg.sparql.spelling): a name with dots in two places, a
# codepoint escape, true and false in capitals, a variable that GROUP BY renames. A sign of it loads the tokeniser,
# which finds out.
_INSIDE: Final = r"""[^\s<>"'(){}\[\];,/|^?.\\"""  # of a local name; what else there is stands behind a backslash
_ODD: Final = re.compile(
    rf""":(?:{_INSIDE}:]|\\.)*\.+(?:{_INSIDE}]|\\.)+\. | \\[uU] | (?!true|false)(?i:true|false)
    | (?i:GROUP)(?:\s|\#[^\r\n]*[\r\n])*(?i:BY)[^{{}}]*?\((?:\s|\#[^\r\n]*[\r\n])*[?$][^\s()]+[\s\#]""",
    re.VERBOSE,
)
_DECLARED: Final = re.compile(r"\s*PREFIX\s+([\w-]*):\s*<[^<>\s]*>", re.IGNORECASE)


class Prepared:
    """What the engine is asked, and how: ``ask`` does it. ``settled`` says whether the text would be prepared so again.

    Raises:
        QueryError: the query would call another service, or has a word of a data set clause and is no query.

    """

    __slots__ = ("_sent", "_store", "_union", "ask", "names", "settled", "text")

    def __init__(self, store: Store, text: str, rewriter: Rewriter | None) -> None:
        refuse_services(text)
        self._store = store
        self._union = not names_graphs(text)
        self.text = rewriter.rewritten(text) if rewriter else text
        self.settled = rewriter is None or rewriter.settled(text)
        self.names: tuple[str, ...] = ()
        self._sent = as_read(self.text)
        self.ask = self._asking(self._sent)

    def _asking(self, text: str) -> Callable[[], QueryBoolean | QuerySolutions | QueryTriples]:
        query, union, known = self._store.query, self._union, _undeclared(text)
        if known:
            return lambda: query(text, use_default_graph_as_union=union, prefixes=known)
        return lambda: query(text, use_default_graph_as_union=union)

    def hasten(self) -> None:
        """Make asking faster, which pays when it is done more than once; the engine must have taken the text before."""
        from kg.store.embedded.fullnames import in_full

        self.ask = self._asking(in_full(self._sent))

    def named(self, answer: QuerySolutions) -> tuple[str, ...]:
        """Return the names of the columns, which the text decides, and keeps them in ``names``."""
        self.names = tuple(variable.value for variable in answer.variables)
        return self.names


def as_read(text: str) -> str:
    """Return a text in the spelling that the engine reads as the grammar does."""
    if not _ODD.search(text):
        return text
    from kg.sparql.spelling import spelt

    return spelt(text).text


def placed(text: str, message: str) -> str:
    """Return a message of the engine on a text that ``as_read`` gave, with its place in the text that was typed."""
    if not _ODD.search(text):
        return message
    from kg.sparql.spelling import spelt

    return spelt(text).message(message)


def _undeclared(text: str) -> dict[str, str]:
    """Return the known prefixes that may be in a text and are not declared at its head.

    Reading all prefixes would cost the engine more than a look-up.
    """
    declared, place = set(), 0
    while match := _DECLARED.match(text, place):
        declared.add(match[1])
        place = match.end()
    unknown = set(_NAME.findall(text)) - declared
    known = prefixes() if unknown else {}
    return {name: known[name] for name in unknown & known.keys()}
