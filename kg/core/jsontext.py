"""JSON that others wrote: nesting that a reader cannot hold is a fault of the text, not of the program."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_DEPTH: Final = 32
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|([\[{])|([\]}])')


def parse_json(text: str | bytes, **options: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse a JSON text; ``options`` are those of ``json.loads``.

    Raises:
        ValueError: the text is not JSON, or is nested more deeply than Python can read.

    """
    try:
        return json.loads(text, **options)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def too_deep(text: bytes) -> int:
    """Return the column, in characters from 1, of the first bracket of a line beyond ``MAX_DEPTH`` levels, or 0."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return 0
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[1] is not None) - (match[2] is not None)
        if depth > MAX_DEPTH:
            return len(text[: match.start()].decode(errors="replace")) + 1
    return 0
