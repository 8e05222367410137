"""Inputs that are nearly right: valid texts and trees, changed in their structure.

A text is taken apart into words, strings, names and brackets, whatever language it is in. A change drops, repeats,
exchanges or replaces such pieces, takes pieces of another text, repeats brackets until they nest deeply, or cuts the
text off. A tree (JSON, YAML) is changed node by node. Hypothesis chooses the changes, so that it can make them fewer
until only the one that matters is left.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOKEN: Final = re.compile(
    r'"""(?:[^"\\]|\\.)*"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>\s]*>|[\w.-]+|[ \t]+|\s|.', re.DOTALL
)
_BRACKETS: Final = {"{": "}", "[": "]", "(": ")"}
_PLACES: Final = st.integers(0, 2**16)


def _words(text: str) -> list[str]:
    return text.split()


# What readers trip over: signs of all languages at once, numbers and texts at the borders, and beyond.
HOSTILE: Final = (
    *_words(
        r"""{ } [ ] ( ) " ' < > ; , . : ? $ @ # | & * ! % \ \u \uD800 \U00110000 ^ ^^ << >> <<( )>> {| |} ~ -- ---"""
    ),
    *_words(
        "0 -0 00 -1 1. .5 1e999 -1e-999 NaN INF 0x1F 1_000 \uff11\uff12 true null yes - \u00e9 e\u0301 \u4f01\u696d \u017f"
    ),
    *_words(
        "_: _:b : a:b:c <> <urn:x http:// file:///etc/passwd ../.. / urn:x:%zz &x; &#0; &#x110000; <!-- <![CDATA[ &a *a"
    ),
    *_words(
        "9999-99-99 2020-02-30 -0001-01-01T00:00:00Z 24:00:00 P1Y 1900-02-29 12/31/20 !!python/name:os ]]> <?xml?> ..."
    ),
    *"\n\r\t\0\x0b\x1b\x7f\x85\u00a0\u2028\u202e\ufeff\ufffe\U0001f600\U000e0001 ",
    *("", "\r\n", "<a b>", "9" * 30, "9" * 5000, "a" * 70_000, "<?xml version='1.0' encoding='utf-7'?>"),
)
_CHANGES: Final = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "drop",
                "drop",
                "repeat",
                "exchange",
                "move",
                "replace",
                "replace",
                "hostile",
                "hostile",
                "insert",
                "splice",
                "group",
                "nest",
                "multiply",
                "cut",
                "line",
                "case",
            )
        ),
        _PLACES,
        _PLACES,
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=5,
)


def texts(seeds: Sequence[str], words: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Return valid texts with some changes; ``words`` are those of their language."""
    known = [_TOKEN.findall(seed) for seed in seeds]
    spare = [*words, *HOSTILE]
    return st.builds(
        lambda seed, changes: _changed(list(known[seed]), known, spare, changes),
        st.integers(0, len(known) - 1),
        _CHANGES,
    )


def _changed(
    tokens: list[str],
    known: Sequence[Sequence[str]],
    spare: Sequence[str],
    changes: Sequence[tuple[str, int, int, int]],
) -> str:
    for change, where, what, length in changes:
        if not tokens:
            break
        _change(tokens, known, spare, change, where % len(tokens), what, length)
    return "".join(tokens)


def _change(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one case a kind of change
    tokens: list[str],
    known: Sequence[Sequence[str]],
    spare: Sequence[str],
    change: str,
    at: int,
    what: int,
    length: int,
) -> None:
    other = known[what % len(known)]
    match change:
        case "drop":
            del tokens[at : at + length]
        case "repeat":
            tokens[at:at] = tokens[at : at + length]
        case "exchange":
            to = what % len(tokens)
            tokens[at], tokens[to] = tokens[to], tokens[at]
        case "move":
            piece = tokens[at : at + length]
            del tokens[at : at + length]
            to = what % (len(tokens) + 1)
            tokens[to:to] = piece
        case "replace":
            alike = [token for token in other if _kind(token) == _kind(tokens[at])]
            tokens[at] = alike[what % len(alike)] if alike else spare[what % len(spare)]
        case "hostile":
            tokens[at] = spare[what % len(spare)]
        case "insert":
            tokens.insert(at, spare[what % len(spare)])
        case "splice":
            start = what % len(other)
            tokens[at : at + length] = other[start : start + 4 * length]
        case "group":
            mine, theirs = _group(tokens, at), _group(other, what % len(other))
            tokens[mine[0] : mine[1]] = other[theirs[0] : theirs[1]]
        case "nest":
            start, end = _group(tokens, at)
            times = (2, 5, 40, 200, 1200, 3000)[length - 1]
            tokens[end:end] = [tokens[end - 1]] * times if end > start else []
            tokens[start:start] = [tokens[start]] * times if end > start else []
        case "multiply":
            start, end = _group(tokens, at)
            tokens[start:start] = tokens[start:end] * (2, 3, 10, 30, 60, 100)[length - 1]
        case "cut":
            del tokens[at:]
        case "line":
            lines = "".join(tokens).splitlines(keepends=True)
            line = what % len(lines)
            lines[line:line] = [lines[at % len(lines)]] * (length - 1)
            if length == 1:
                del lines[line]
            tokens[:] = lines
        case "case":
            tokens[at] = tokens[at].swapcase()


def _kind(token: str) -> str:
    first = token[0]
    return "word" if first.isalpha() else "number" if first.isdigit() else first


def _group(tokens: Sequence[str], at: int) -> tuple[int, int]:
    """Return where the next pair of brackets begins and ends; from there to the end where there is none."""
    starts = [index for index in range(at, len(tokens)) if tokens[index] in _BRACKETS]
    if not starts:
        return at, len(tokens)
    start, opening = starts[0], tokens[starts[0]]
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index] == opening) - (tokens[index] == _BRACKETS[opening])
        if not depth:
            return start, index + 1
    return start, len(tokens)


def encoded(texts_: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Return texts as bytes: mostly UTF-8, else another encoding, or with bytes that are none of it."""
    return st.builds(_encoded, texts_, st.sampled_from(("utf-8",) * 12 + tuple(_ENCODINGS)), _PLACES)


_ENCODINGS: Final[dict[str, Callable[[str, int], bytes]]] = {
    "utf-8-sig": lambda text, _: text.encode("utf-8-sig", "surrogatepass"),
    "utf-16": lambda text, _: text.encode("utf-16", "surrogatepass"),
    "utf-16-be": lambda text, _: text.encode("utf-16-be", "surrogatepass"),
    "utf-32": lambda text, _: text.encode("utf-32", "surrogatepass"),
    "latin-1": lambda text, _: text.encode("latin-1", "replace"),
    "broken": lambda text, at: _with(text, at, b"\xff\xfe"),
    "overlong": lambda text, at: _with(text, at, b"\xc0\x80"),
    "surrogate": lambda text, at: _with(text, at, b"\xed\xa0\x80"),
    "nul": lambda text, at: _with(text, at, b"\0"),
}


def _encoded(text: str, encoding: str, at: int) -> bytes:
    return _ENCODINGS.get(encoding, lambda text, _: text.encode("utf-8", "surrogatepass"))(text, at)


def _with(text: str, at: int, piece: bytes) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    place = at % (len(content) + 1)
    return content[:place] + piece + content[place:]


_VALUES: Final = (
    *(None, True, False, 0, -1, 1.5, 2**63, -(2**63), 2**64, 10**400, 1e308, "", " ", "a", "\0", "\ud800", "9" * 40),
    *([], {}, [[]], [None], {"": None}, {"@id": 1}, {"a": {"b": []}}, ["a", 1, {}], "_:b", "http://[", "é", "\u202e"),
)


def trees(seeds: Sequence[Any], words: Sequence[str] = ()) -> st.SearchStrategy[Any]:
    """Return trees of dictionaries, lists and values with some of their nodes changed."""
    change = st.tuples(
        st.sampled_from(("value", "value", "word", "drop", "rename", "copy", "wrap", "deep", "many")),
        _PLACES,
        _PLACES,
        _PLACES,
    )
    return st.builds(
        lambda seed, changes: _changed_tree(copy.deepcopy(seeds[seed]), [*words, "", "@id", "é"], changes),
        st.integers(0, len(seeds) - 1),
        st.lists(change, min_size=1, max_size=4),
    )


def _changed_tree(tree: Any, words: Sequence[str], changes: Sequence[tuple[str, int, int, int]]) -> Any:  # noqa: ANN401, C901 - a tree; one case a kind of change
    root = [tree]
    for change, where, what, which in changes:
        places = list(_places(root))
        holder, key = places[where % len(places)]
        value = holder[key]
        match change:
            case "value":
                holder[key] = copy.deepcopy(_VALUES[what % len(_VALUES)])
            case "word":
                holder[key] = words[what % len(words)]
            case "copy":
                other, there = places[what % len(places)]
                holder[key] = copy.deepcopy(other[there])
            case "wrap":
                holder[key] = [value] if which % 2 else {words[what % len(words)]: value}
            case "deep":
                for _ in range((3, 10, 30, 90)[which % 4]):
                    holder[key] = [holder[key]] if what % 2 else {"a": holder[key]}
            case "many" if isinstance(value, list):
                value.extend(copy.deepcopy(value) * (which % 20))
            case "rename" if isinstance(holder, dict):
                holder[words[what % len(words)]] = holder.pop(key)
            case "drop" if holder is not root:
                del holder[key]
    return root[0]


def _places(root: list[Any]) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [root]
    while waiting:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found
