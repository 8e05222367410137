"""Split the text of a query into tokens, check names, and report errors at a place of the text.

One regular expression follows the terminals of the grammar [139-173]; `tokenise` applies it. `is_name`, `is_label`,
`is_prefix` and `is_local` check names [141-142, 164-169]. `error` makes a `QueryError` with the line and a caret.

A regular expression that spells out the character classes of names takes Python forty milliseconds to compile. So the
patterns here accept every character beyond ASCII, and such characters are checked afterwards, where there are any.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.errors import QueryError
from kg.sparql.nodes import Span

if TYPE_CHECKING:
    from collections.abc import Sequence


# Patterns for use inside other patterns; characters beyond ASCII pass unchecked.
START: Final = r"[^\x00-@\[-^`{-\x7f]"  # PN_CHARS_U: letters and "_"
INNER: Final = r"[^\x00-/:-@\[-^`{-\x7f]"  # what may follow in the name of a variable: digits too
INNER_DASH: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # PN_CHARS: "-" too
LETTER: Final = r"[^\x00-@\[-`{-\x7f]"  # PN_CHARS_BASE

# The first and the last character of each range of PN_CHARS_BASE beyond ASCII, and of what only may follow.
_BASE: Final = (
    "ÀÖØöø\u02ff\u0370\u037d\u037f\u1fff\u200c\u200d\u2070\u218f\u2c00\u2fef"
    "\u3001\ud7ff\uf900\ufdcf\ufdf0\ufffd\U00010000\U000effff"
)
_FOLLOWING: Final = "··\u0300\u036f\u203f\u2040"
_WHOLE_NAME: Final = re.compile(rf"(?:{INNER})+")
_WHOLE_LABEL: Final = re.compile(rf"{INNER}(?:\.*{INNER_DASH})*")
_WHOLE_PREFIX: Final = re.compile(rf"(?:{LETTER}(?:\.*{INNER_DASH})*)?")
_DOTS_APART: Final = re.compile(r"(?<!\\)\.(?:[^.\\]|\\.)+\.")
_WHOLE_LOCAL: Final = re.compile(r"(?:[^\x00-/;-@\[-^`{-\x7f](?:\.*[^\x00-,./;-@\[-^`{-\x7f])*)?")


def _bounds(ranges: str) -> list[int]:
    """Return where a character begins and where one stops to be in one of the ranges, in order."""
    return [ord(character) + position % 2 for position, character in enumerate(ranges)]


_BASE_BOUNDS: Final = _bounds(_BASE)
_FOLLOWING_BOUNDS: Final = _bounds(_FOLLOWING)


def may_begin(character: str) -> bool:
    """Return whether a character beyond ASCII can begin a name."""
    return bisect_right(_BASE_BOUNDS, ord(character)) % 2 == 1


def may_follow(character: str) -> bool:
    """Return whether a character beyond ASCII can stand inside a name."""
    return may_begin(character) or bisect_right(_FOLLOWING_BOUNDS, ord(character)) % 2 == 1


def first_wrong(text: str, begins: tuple[int, ...]) -> int | None:
    """Return the offset of the first character beyond ASCII that no name holds there; at ``begins`` a name begins."""
    for offset, character in enumerate(text):
        if not character.isascii() and not (may_begin(character) if offset in begins else may_follow(character)):
            return offset
    return None


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None and (text.isascii() or first_wrong(text, (0,)) is None)


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a variable [166]."""
    return _fits(_WHOLE_NAME, text)


def is_label(text: str) -> bool:
    """Return whether a text can be the label of a blank node [142]."""
    return _fits(_WHOLE_LABEL, text)


def is_prefix(text: str) -> bool:
    """Return whether a text can be a prefix, its colon left out [168]."""
    return _fits(_WHOLE_PREFIX, text)


def is_local(text: str) -> bool:
    """Return whether a text can be the local part of a prefixed name without any escape, or the empty one [169]."""
    return _fits(_WHOLE_LOCAL, text)


def has_dots_apart(local: str) -> bool:
    """Return whether the local part of a prefixed name has unescaped dots in two places.

    The embedded engine ends such a name at the second.
    """
    return local.count(".") > 1 and _DOTS_APART.search(local) is not None


AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
ANY: Final = -1
# The functions of the language [121], with the fewest and the most arguments they take.
BUILT_INS: Final[dict[str, tuple[int, int]]] = {
    **dict.fromkeys(("RAND", "NOW", "UUID", "STRUUID"), (0, 0)),
    **dict.fromkeys(
        ("STR", "LANG", "DATATYPE", "BOUND", "IRI", "URI", "ABS", "CEIL", "FLOOR", "ROUND", "STRLEN", "UCASE", "LCASE"),
        (1, 1),
    ),
    **dict.fromkeys(
        ("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "ENCODE_FOR_URI"), (1, 1)
    ),
    **dict.fromkeys(
        ("MD5", "SHA1", "SHA256", "SHA384", "SHA512", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"), (1, 1)
    ),
    **dict.fromkeys(
        ("LANGMATCHES", "CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "STRLANG", "STRDT", "SAMETERM"),
        (2, 2),
    ),
    **dict.fromkeys(("SUBSTR", "REGEX"), (2, 3)),
    **dict.fromkeys(("ISTRIPLE", "SUBJECT", "PREDICATE", "OBJECT", "LANGDIR", "HASLANG", "HASLANGDIR"), (1, 1)),
    **dict.fromkeys(("TRIPLE", "STRLANGDIR"), (3, 3)),
    "BNODE": (0, 1),
    "IF": (3, 3),
    "REPLACE": (3, 4),
    "CONCAT": (0, ANY),
    "COALESCE": (0, ANY),
}
MODIFIERS: Final = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"})
PATTERNS: Final = frozenset({"OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES"})
FORMS: Final = frozenset({"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"})
KEYWORDS: Final = frozenset(
    {*FORMS, *PATTERNS, *MODIFIERS, *AGGREGATES, *BUILT_INS}
    | {
        "BASE",
        "PREFIX",
        "VERSION",
        "DISTINCT",
        "REDUCED",
        "WHERE",
        "FROM",
        "NAMED",
        "BY",
        "ASC",
        "DESC",
        "UNDEF",
        "SILENT",
    }
    | {"AS", "UNION", "IN", "NOT", "EXISTS", "SEPARATOR", "TRUE", "FALSE"},
)

# A codepoint escape may stand for a character of a name, an IRI or a string (section 19.2).
_UCHAR: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_CHARS: Final = rf"(?:{INNER_DASH}|{_UCHAR})"
_NAME: Final = rf"(?:{INNER}|{_UCHAR})+"
# Where no colon follows, every word of a run such as a.b.c would else be taken for the beginning of a prefix, to the
# end of the run.
_PREFIX: Final = rf"(?:{LETTER}|{_UCHAR})(?:\.*{_CHARS}){{0,254}}"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:{INNER}|:|{_PLX}|{_UCHAR})(?:\.*(?:{INNER_DASH}|:|{_PLX}|{_UCHAR}))*"
_WS: Final = r"[ \t\r\n]"

_IRI: Final = rf"""(?:[^<>"{{}}|^`\\\x00-\x20]++|{_UCHAR})*"""

_NOWHERE: Final = frozenset({"BAD", "WORD"})  # what stands nowhere in a query
_BEHIND: Final = 2_000  # characters that are read behind such a token, for the sake of a better message
_LONGEST: Final = 40  # characters of a word that may be several keywords without white space between them

_STRING: Final = (
    r"""\"\"\"(?:\"{0,2}(?:[^"\\]++|\\.))*+\"\"\"|'''(?:'{0,2}(?:[^'\\]++|\\.))*+'''"""
    r"""|\"(?!\"\")(?:[^"\\\r\n]++|\\[^\r\n])*+\"|'(?!'')(?:[^'\\\r\n]++|\\[^\r\n])*+'"""
)
_TOKEN: Final = re.compile(
    rf"""{_WS}*(?:\#[^\r\n]*{_WS}*)*(?:
  (?P<VAR>[?$]{_NAME})
| (?P<PNAME>(?:{_PREFIX})?:(?:{_LOCAL})?)
| (?P<LABEL>_:(?:{INNER}|{_UCHAR})(?:\.*{_CHARS})*)
| (?P<WORD>{START}{INNER}*)
| (?P<IRIREF><{_IRI}>)
| (?P<STRING>{_STRING})
| (?P<DOUBLE>[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)
| (?P<DECIMAL>[+-]?[0-9]*\.[0-9]+)
| (?P<INTEGER>[+-]?[0-9]+)
| (?P<LANGTAG>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*(?:--[a-zA-Z]+)?)
| (?P<NIL>\({_WS}*\))
| (?P<ANON>\[{_WS}*\])
| (?P<PUNCTUATION><<\(|\)>>|<<(?!{_IRI}>)|>>|\{{\||\|\}}|\^\^|\|\||&&|!=|<=|>=|==|[{{}}()\[\].;,=<>!^|*/+?~-])
| (?P<UNCLOSED>\"\"\"|'''|["'])
| (?P<BAD>.)
)?""",
    re.VERBOSE | re.DOTALL,
)
_BEGINNINGS: Final = {
    "VAR": 1,
    "LABEL": 2,
    "WORD": 0,
    "PNAME": 0,
}  # where the name begins in tokens that are or hold one
IRI_CHARACTERS: Final = re.compile(r'[^<>"{}|^`\\\x00-\x20]*')


class Token(NamedTuple):
    """A token. ``kind`` is the text itself for punctuation, capitals for a keyword, else the name of its terminal."""

    kind: str
    text: str
    start: int
    end: int


class Source:
    """The text of a query, which knows the lines of its offsets."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def span(self, start: int, end: int) -> Span:
        """Return the span between two offsets."""
        line = bisect_right(self.starts, start)
        return Span(start, end, line, start - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line by its number, from 1, without its end."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text, with one of kind ``END`` after the last.

    What is no token has the kind ``BAD``, or ``UNCLOSED`` for a quote that nothing closes, after which there are no
    more.
    """
    tokens: list[Token] = []
    match = _TOKEN.match
    position = 1 if text.startswith("\ufeff") else 0  # a byte order mark, which some editors write
    last = len(text)  # where the text ends, or not far behind what is no token: nothing beyond is ever read
    while True:
        found = match(text, position, last)
        name = found.lastgroup if found else None
        if found is None or name is None:
            break
        start, position = found.span(name)
        word = text[start:position]
        if name in _BEGINNINGS and not word.isascii():
            name, position = _checked(text, name, start, position)
            word = text[start:position]
        kind = name
        if name == "WORD":
            kind = _keyword(word)
            if kind == "WORD" and len(word) <= _LONGEST and (first := _leading_keyword(word.upper())):
                kind, word, position = first, word[: len(first)], start + len(first)
        elif name == "PUNCTUATION":
            kind = word
        elif name == "PNAME" and word.index(":") == len(word) - 1:
            kind = "NAMESPACE"
        tokens.append(Token(kind, word, start, position))
        if kind == "UNCLOSED":
            break
        if kind in _NOWHERE and last == len(text):
            last = min(position + _BEHIND, last)
    end = tokens[-1].end if tokens else 0
    tokens.append(Token("END", "", end, end))
    return tokens


def _checked(text: str, name: str, start: int, end: int) -> tuple[str, int]:
    """Return the terminal and the end of a name with characters beyond ASCII.

    It ends before the first character that no name may hold.
    """
    word = text[start:end]
    wrong = first_wrong(word, (0, word.index(":") + 1) if name == "PNAME" else (_BEGINNINGS[name],))
    if wrong is None:
        return name, end
    shorter = _TOKEN.match(text, start, start + wrong)
    if not wrong or shorter is None or shorter.lastgroup is None:
        return "BAD", start + 1
    return shorter.lastgroup, shorter.end(shorter.lastgroup)


def _keyword(word: str) -> str:
    if word == "a":
        return "a"
    upper = word.upper()
    return upper if upper in KEYWORDS else "WORD"


def _leading_keyword(word: str) -> str:
    """Return the first of the keywords that a word is made of.

    ``GROUPBY`` and ``LIMIT10`` need no white space (19.8, note 3).
    """
    for length in range(len(word) - 1, 1, -1):
        head, rest = word[:length], word[length:]
        if head in KEYWORDS and (rest in KEYWORDS or rest.isdecimal() or _leading_keyword(rest)):
            return head
    return ""


_WIDEST: Final = 120  # characters of a line that are shown
_BEFORE: Final = 60  # of them, at most so many before the place when the line is longer


def error(source: Source, span: Span, message: str, *, hint: str = "", near: Sequence[str] = ()) -> QueryError:
    """Return the error for a stretch of a query."""
    text = f"line {span.line}, column {span.column}: {message}\n{excerpt(source, span)}"
    token = source.text[span.start : span.end]
    return QueryError(text, hint=hint, near=near, line=span.line, column=span.column, token=token)


def excerpt(source: Source, span: Span) -> str:
    """Return the line where a span begins, its number before it, and carets below the span.

    The carets are aligned on wide characters too.
    """
    line = source.line(span.line).expandtabs(1)
    column = span.column - 1
    length = max(1, min(span.end - span.start, len(line) - column))
    cut = max(0, column - _BEFORE) if len(line) > _WIDEST else 0
    shown = line[cut : cut + _WIDEST]
    before = ("…" if cut else "") + shown[: column - cut]
    after = shown[column - cut :] + ("…" if len(line) > cut + _WIDEST else "")
    number = f"{span.line:>4}"
    marked = width(shown[column - cut : column - cut + length]) or 1
    return f"{number} | {before}{after}\n{' ' * len(number)} | {' ' * width(before)}{'^' * marked}"


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
