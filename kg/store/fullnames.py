"""A query's prefixed names written out, so that an engine that is asked again has no prologue to read.

The parser of ``kg.sparql`` could do it too; it takes longer to be ready than thousands of answers gain. So this reads no more of a query
than where names begin and end, and leaves every text as it is of which it is not sure.
"""

from __future__ import annotations

import re
from typing import Final

from kg.terms import prefixes

_SKIPPED: Final = r"""<[^<>"{}|^`\\\x00-\x20]*>
| \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
| "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*'
| \#[^\r\n]*
| [?$]\w+ | _:[\w.-]+ | @[A-Za-z-]+
| [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"""
_TOKEN: Final = (
    rf"(?P<skipped>{_SKIPPED})"
    r"| (?P<name>(?P<prefix>[A-Za-z](?:[\w.-]{0,254}[\w-])?)?:(?P<local>[\w:][\w:-]*(?:\.+[\w:-]+)*)?)"
    r"| (?P<word>\w+)"
)
_DECLARATION: Final = (
    r"(?:\s|\#[^\r\n]*[\r\n])*PREFIX\s+([A-Za-z](?:[\w.-]{0,254}[\w-])?)?:\s*<([A-Za-z][\w+.-]*:[^<>\"{}|^`\\\x00-\x20]*)>"
)
_FLAGS: Final = re.ASCII | re.VERBOSE | re.DOTALL
_PROLOGUE_WORDS: Final = {"PREFIX", "BASE"}
_UNSURE: Final = "\\%"  # what may go on with a name: an escape


def in_full(text: str) -> str:
    """Gives the same query with all IRIs in full and no prologue, or the same text where that takes more than a look."""
    if not text.isascii() or "\\u" in text or "\\U" in text:
        return text
    declared, start = _declared(text)
    parts: list[str] = []
    done = start
    for token in re.compile(_TOKEN, _FLAGS).finditer(text, start):
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
    """Gives the prefixes that a text declares at its head, and where the last declaration ends."""
    declaration = re.compile(_DECLARATION, _FLAGS | re.IGNORECASE)
    declared: dict[str, str] = {}
    end = 0
    while found := declaration.match(text, end):
        declared[found[1] or ""] = found[2]
        end = found.end()
    return declared, end
