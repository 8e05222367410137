"""Prepare the text of a query for the embedded engine, so that running it again costs one look-up in a table.

`Prepared` respells what the engine reads otherwise than the grammar and adds known prefixes. From the second run on,
`in_full` writes prefixed names out, so that the engine has no prologue to read. The parser of ``kg.sparql`` could do
that too, but it takes longer to load than thousands of answers gain. So `in_full` reads no more of a query than where
names begin and end, and returns every text unchanged that it is not sure of.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from kg.core.terms import prefixes
from kg.store.protocol import names_graphs, refuse_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

    from kg.store.embedded.rewriter import Rewriter


_SKIPPED: Final = r"""<[^<>"{}|^`\\\x00-\x20]*>
| \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
| "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*'
| \#[^\r\n]*
| [?$]\w+ | _:[\w.-]+ | @[A-Za-z-]+
| [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"""
_PREFIX: Final = r"[A-Za-z](?:[\w.-]{0,254}[\w-])?"
_PROLOGUE_WORDS: Final = {"PREFIX", "BASE"}
_UNSURE: Final = "\\%"  # what may go on with a name: an escape


@cache
def _name_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a token and of a declared prefix, compiled only when a text is asked for a second time."""
    token = re.compile(
        rf"(?P<skipped>{_SKIPPED})|(?P<name>(?P<prefix>{_PREFIX})?:(?P<local>[\w:][\w:-]*(?:\.+[\w:-]+)*)?)|(?P<word>\w+)",
        re.ASCII | re.VERBOSE | re.DOTALL,
    )
    declaration = re.compile(
        rf"(?:\s|\#[^\r\n]*[\r\n])*PREFIX\s+({_PREFIX})?:\s*<([A-Za-z][\w+.-]*:[^<>\"{{}}|^`\\\x00-\x20]*)>",
        re.ASCII | re.IGNORECASE,
    )
    return token, declaration


def in_full(text: str) -> str:
    """Return the same query with all IRIs in full and no prologue.

    Return the text unchanged where that needs more than a simple scan.
    """
    if not text.isascii() or "\\u" in text or "\\U" in text:
        return text
    declared, start = _declared(text)
    parts: list[str] = []
    done = start
    for token in _name_patterns()[0].finditer(text, start):
        if token["word"] and token["word"].upper() in _PROLOGUE_WORDS:
            return text
        if token["name"] is None:
            continue
        prefix = token["prefix"] or ""
        namespace = declared.get(prefix) or prefixes().get(prefix)
        before, after = text[token.start() - 1 : token.start()], text[token.end() : token.end() + 1]
        if namespace is None or before == "<" or (after and after in _UNSURE):
            return text
        parts += text[done : token.start()], f"<{namespace}{token['local'] or ''}>"
        done = token.end()
    return "".join([*parts, text[done:]])


def _declared(text: str) -> tuple[dict[str, str], int]:
    """Return the prefixes that a text declares at its head, and where the last declaration ends."""
    declared: dict[str, str] = {}
    end = 0
    declaration = _name_patterns()[1]
    while match := declaration.match(text, end):
        declared[match[1] or ""] = match[2]
        end = match.end()
    return declared, end


_NAME: Final = re.compile(r"(?<![\w-])([\w-]*+):(?!//)")
# What the engine may read otherwise than the grammar (see kg.sparql.spelling): a name with dots in two places, a
# codepoint escape, true and false in capitals, a variable that GROUP BY renames. A sign of it loads the tokeniser,
# which finds out.
_INSIDE: Final = r"""[^\s<>"'(){}\[\];,/|^?.\\"""  # of a local name; what else there is stands behind a backslash
_GROUP_BY: Final = r"(?i:GROUP)(?:\s|\#[^\r\n]*+[\r\n])*+(?i:BY)"
_ODD: Final = re.compile(
    rf""":(?:{_INSIDE}:]|\\.)*\.+(?:{_INSIDE}]|\\.)+\. | \\[uU] | (?!true|false)(?i:true|false)
    | {_GROUP_BY}(?:(?!{_GROUP_BY})[^{{}}])*?\((?:\s|\#[^\r\n]*[\r\n])*[?$][^\s()]+[\s\#]""",
    re.VERBOSE,
)
_DECLARED: Final = re.compile(r"(?:\s|#[^\r\n]*+)*+PREFIX\s+([\w-]*):\s*<[^<>\s]*>", re.IGNORECASE)


class Prepared:
    """A prepared query: ``ask`` runs it. ``settled`` says whether the text would be prepared in the same way again.

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
    unknown = set(_NAME.findall(text, place)) - declared
    known = prefixes() if unknown else {}
    return {name: known[name] for name in unknown & known.keys()}
