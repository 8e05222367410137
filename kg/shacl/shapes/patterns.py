"""Regular expressions of ``sh:pattern``: SPARQL's ``REGEX`` on Python's engine, and on Arrow's where both mean the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kg.columns.arrow import flags as arrow_flags

if TYPE_CHECKING:
    from kg.columns.arrays import Mask

_PARTS: Final = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\]|\$)", re.DOTALL)
_LACKING: Final = frozenset((r"\p", r"\P", r"\i", r"\I", r"\c", r"\C"))
_FLAGS: Final = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}
_SIMPLE: Final = re.compile(r"(?:[^\\(\[]|\\[.\-+*?()\[\]{}|^$/\\]|\((?!\?)|\[(?!\[))*")


@lru_cache(maxsize=256)
def regular_expression(pattern: str, flags: str) -> re.Pattern[str]:
    r"""Turn a SPARQL ``REGEX`` pattern with its flags into Python's form: ``$`` without the ``m`` flag means the very end.

    Raises:
        ValueError: the pattern uses what Python's expressions lack (``\p{…}``, ``\i``, ``\c``, class subtraction) or is
            broken.

    """
    if "q" in flags:
        return re.compile(re.escape(pattern), sum(_FLAGS[flag] for flag in set(flags) - {"q"} if flag in _FLAGS))
    if unknown := set(flags) - set(_FLAGS):
        raise ValueError(f"unknown flag {min(unknown)!r}")
    parts = _PARTS.split(pattern)
    if lacking := [part for part in parts if part[:2] in _LACKING or (part.startswith("[") and "-[" in part)]:
        raise ValueError(f"{lacking[0]!r} is not supported in a pattern")
    anchored = pattern if "m" in flags else "".join(r"\Z" if part == "$" else part for part in parts)
    try:
        return re.compile(anchored, sum(_FLAGS[flag] for flag in set(flags)))
    except re.error as error:
        raise ValueError(str(error)) from error


def matches(texts: pa.StringArray, pattern: str, flags: str) -> Mask:
    """Describe which texts match.

    A pattern without flags, classes of characters by letter and extensions is left to Arrow.
    """
    if not flags and _SIMPLE.fullmatch(pattern):
        try:
            return arrow_flags(pc.match_substring_regex(texts, pattern))
        except pa.ArrowInvalid:
            pass
    search = regular_expression(pattern, flags).search
    return np.fromiter((search(text) is not None for text in texts.to_pylist()), np.bool_, len(texts))
