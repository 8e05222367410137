"""A query's prefixed names written out, so that an engine that is asked again has no prologue to read.

The parser of ``kg.sparql`` could do it too; it takes longer to be ready than thousands of answers gain. So this reads
no more of a query than where names begin and end, and leaves every text as it is of which it is not sure.
"""

from __future__ import annotations

import re
from typing import Final

from kg.core.terms import prefixes

_SKIPPED: Final = r"""<[^<>"{}|^`\\\x00-\x20]*>
| \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
| "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*'
| \#[^\r\n]*
| [?$]\w+ | _:[\w.-]+ | @[A-Za-z-]+
| [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"""
_PREFIX: Final = r"[A-Za-z](?:[\w.-]{0,254}[\w-])?"
_TOKEN: Final = re.compile(
    rf"(?P<skipped>{_SKIPPED}) | (?P<name>(?P<prefix>{_PREFIX})?:(?P<local>[\w:][\w:-]*(?:\.+[\w:-]+)*)?) | (?P<word>\w+)",
    re.ASCII | re.VERBOSE | re.DOTALL,
)
_DECLARATION: Final = re.compile(
    rf"(?:\s|\#[^\r\n]*[\r\n])*PREFIX\s+({_PREFIX})?:\s*<([A-Za-z][\w+.-]*:[^<>\"{{}}|^`\\\x00-\x20]*)>",
    re.ASCII | re.IGNORECASE,
)
_PROLOGUE_WORDS: Final = {"PREFIX", "BASE"}
_UNSURE: Final = "\\%"  # what may go on with a name: an escape


def in_full(text: str) -> str:
    """Return the same query with all IRIs in full and no prologue, or the same text where that takes more than a look."""
    if not text.isascii() or "\\u" in text or "\\U" in text:
        return text
    declared, start = _declared(text)
    parts: list[str] = []
    done = start
    for token in _TOKEN.finditer(text, start):
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
    while found := _DECLARATION.match(text, end):
        declared[found[1] or ""] = found[2]
        end = found.end()
    return declared, end
