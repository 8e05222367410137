r"""Read regular expressions of SPARQL, which are those of XPath, and write them for Python.

The grammar is that of XML Schema part 2, appendix F (G in version 1.1), with what XPath adds: anchors, reluctant
quantifiers and references to groups. Beyond it, what all engines read alike is taken: groups that do not capture,
looking ahead and behind, flags at the start, ``\b``, and needless backslashes before signs. What they read in different
ways is an error, such as ``{,3}`` or a bracket inside brackets. ``\w`` is a letter, digit or underscore, as in the
engines of SPARQL.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]

OPTIONS: Final = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE}
_KNOWN_FLAGS: Final = frozenset("smixq")
_LEADING_FLAGS: Final = re.compile(r"\(\?([ims]+)\)")
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??")
_BLANKS: Final = frozenset(" \t\n\r")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_CODE: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
_CATEGORY: Final = re.compile(r"\{(\^?)([A-Za-z0-9-]+)\}")
_OPENINGS: Final = re.compile(r"\(\?(?::|<?[=!])")
_MOST_REPEATS: Final = 10_000
_SPACE: Final[Ranges] = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_NAME_START: Final[Ranges] = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF)),
    *((0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
_NAME_MORE: Final[Ranges] = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_BLOCKS: Final = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Thai": (0xE00, 0xE7F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}


@lru_cache(maxsize=256)
def regular_expression(pattern: str, flags: str) -> re.Pattern[str]:
    """Compile a pattern of SPARQL ``REGEX`` with its flags.

    Raises:
        ValueError: the pattern is no regular expression of SPARQL, or has a flag that SPARQL does not know.

    """
    text, options = python_pattern(pattern, flags)
    try:
        return re.compile(text, options)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def python_pattern(pattern: str, flags: str) -> tuple[str, int]:
    """Return a pattern of SPARQL ``REGEX`` as a pattern of Python with its options.

    Raises:
        ValueError: the pattern is no regular expression of SPARQL, or has a flag that SPARQL does not know.

    """
    if unknown := set(flags) - _KNOWN_FLAGS:
        raise ValueError(f"unknown flag {min(unknown)!r}")
    if "q" in flags:
        return re.escape(pattern), sum(OPTIONS[flag] for flag in set(flags) & OPTIONS.keys())
    if leading := _LEADING_FLAGS.match(pattern):
        pattern, flags = pattern[leading.end() :], flags + leading[1]
    options = sum(OPTIONS[flag] for flag in set(flags) & OPTIONS.keys())
    text = _without_blanks(pattern) if "x" in flags else pattern
    return _Translation(text, any_case="i" in flags, many_lines="m" in flags).run(), options


def _without_blanks(pattern: str) -> str:
    """Remove white space outside character classes, all that the flag ``x`` means: ``#`` begins no comment."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for sign in pattern:
        if not escaped:
            depth += (sign == "[") - (sign == "]" and depth > 0)
        if depth or sign not in _BLANKS:
            kept.append(sign)
        escaped = sign == "\\" and not escaped
    return "".join(kept)


@dataclass
class _Translation:
    """One reading of a pattern from left to right, with what was written so far."""

    text: str
    any_case: bool
    many_lines: bool
    at: int = 0
    out: list[str] = field(default_factory=list)
    open_groups: list[int] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    groups: int = 0

    def run(self) -> str:
        repeatable = False
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign in "*+?{":
                if not repeatable:
                    raise ValueError(f"there is nothing before {self._rest()!r} to repeat")
                self._quantifier()
                repeatable = False
            else:
                repeatable = self._atom(sign)
        if self.open_groups:
            raise ValueError("missing ), unterminated subpattern")
        return "".join(self.out)

    def _rest(self) -> str:
        return self.text[self.at : self.at + 8]

    def _atom(self, sign: str) -> bool:
        """Read one part of the pattern, and return whether it can be repeated."""
        special = {"(": self._opening, ")": self._closing, "[": self._bracket, "\\": self._escape}
        if sign in special:
            return special[sign]()
        self.at += 1
        if sign in "^|":
            self.out.append(sign)
            return False
        if sign == "$":
            self.out.append("$" if self.many_lines else r"\Z")
            return False
        self.out.append("." if sign == "." else re.escape(sign))
        return True

    def _opening(self) -> bool:
        special = _OPENINGS.match(self.text, self.at)
        if special is None and self.text.startswith("(?", self.at):
            raise ValueError(f"{self._rest()!r} begins no group that SPARQL knows")
        text = special[0] if special else "("
        self.groups += special is None
        self.open_groups.append(0 if special else self.groups)
        self.out.append(text)
        self.at += len(text)
        return False

    def _closing(self) -> bool:
        if not self.open_groups:
            raise ValueError("unbalanced parenthesis")
        self.closed.add(self.open_groups.pop())
        self.out.append(")")
        self.at += 1
        return True

    def _bracket(self) -> bool:
        self.at += 1
        self.out.append(self._class())
        return True

    def _quantifier(self) -> None:
        found = _QUANTIFIER.match(self.text, self.at)
        if found is None:
            raise ValueError(f"{self._rest()!r} is no quantifier: write {{n}}, {{n,}} or {{n,m}}, or \\{{ for the sign")
        least, comma, most = found.groups()
        if least is not None and max(int(least), int(most or 0)) > _MOST_REPEATS:
            raise ValueError(f"{found[0]!r} repeats more than {_MOST_REPEATS:,} times")
        if comma and most and int(most) < int(least):
            raise ValueError(f"{found[0]!r} has a least number above the greatest")
        self.out.append(found[0])
        self.at = found.end()

    def _escape(self) -> bool:
        kind = self.text[self.at + 1 : self.at + 2]
        if kind in "123456789" and kind:
            self._reference()
            return True
        if kind and kind in "bBAzZ":
            self.at += 2
            self.out.append({"z": r"\Z"}.get(kind, f"\\{kind}"))
            return False
        part = self._class_escape() or _Part(self._character())
        if part.one is not None:
            self.out.append(re.escape(chr(part.one)))
        else:
            self.out.append(_written([part], negated=False, any_case=self.any_case))
        return True

    def _reference(self) -> None:
        """Read a reference to a group: as many digits as there are groups for."""
        end = self.at + 2
        while (
            end < len(self.text) and self.text[end].isdecimal() and int(self.text[self.at + 1 : end + 1]) <= self.groups
        ):
            end += 1
        number = int(self.text[self.at + 1 : end])
        if number not in self.closed:
            raise ValueError(f"\\{number} refers to a group that is not closed before it")
        self.out.append(f"(?:(?({number})\\{number}))")
        self.at = end

    def _class_escape(self) -> _Part | None:
        """Read an escape for several characters, if there is one here."""
        kind = self.text[self.at + 1 : self.at + 2]
        if kind in {"p", "P"}:
            named = _CATEGORY.match(self.text, self.at + 2)
            if named is None:
                raise ValueError(f"\\{kind} has to be followed by a category in braces, such as {{L}}")
            self.at = named.end()
            ranges = _category(named[2])
            outside = (kind == "P") != bool(named[1])
            return _Part(ranges=_complement(ranges) if outside else ranges)
        if kind and kind in "dDwW":
            self.at += 2
            return _Part(text=f"\\{kind}", kind=kind)
        named_ranges: dict[str, Ranges] = {"s": _SPACE, "i": _NAME_START, "c": _merged((*_NAME_START, *_NAME_MORE))}
        if kind.lower() in named_ranges:
            self.at += 2
            ranges = named_ranges[kind.lower()]
            return _Part(ranges=_complement(ranges) if kind.isupper() else ranges)
        return None

    def _character(self) -> int:
        """Read an escape for one character."""
        kind = self.text[self.at + 1 : self.at + 2]
        if not kind:
            raise ValueError("a backslash ends the pattern")
        if code := _CODE.match(self.text, self.at + 1):
            self.at = code.end()
            return int(code[1] or code[2], 16)
        if kind in _LETTERS:
            self.at += 2
            return ord(_LETTERS[kind])
        if kind.isalnum():
            raise ValueError(f"\\{kind} is no escape of SPARQL")
        self.at += 2
        return ord(kind)

    def _class(self) -> str:
        """Read a character class after its opening bracket, and return it as a class of Python."""
        parts, negated, taken = self._class_parts()
        if taken is None:
            return _written(parts, negated=negated, any_case=self.any_case)
        own = _ranges_of(parts, any_case=self.any_case)
        return _of_ranges(_without(_complement(own) if negated else own, taken), any_case=self.any_case)

    def _class_parts(self) -> tuple[list[_Part], bool, Ranges | None]:
        negated = self.text.startswith("^", self.at)
        self.at += negated
        parts: list[_Part] = []
        while True:
            if self.at >= len(self.text):
                raise ValueError("unterminated character set")
            sign = self.text[self.at]
            if sign == "]" and parts:
                self.at += 1
                return parts, negated, None
            if self.text.startswith("-[", self.at) and parts:
                self.at += 2
                inner, outside, taken = self._class_parts()
                if not self.text.startswith("]", self.at):
                    raise ValueError("a subtraction has to end its character class")
                self.at += 1
                ranges = _ranges_of(inner, any_case=self.any_case)
                ranges = _complement(ranges) if outside else ranges
                return parts, negated, ranges if taken is None else _without(ranges, taken)
            parts.append(self._member())

    def _member(self) -> _Part:
        """Read one character, range or escape of a class."""
        first = self._one_of_class()
        following = self.text[self.at + 1 : self.at + 2]
        if first.one is None or not self.text.startswith("-", self.at) or following in {"]", "[", ""}:
            return first
        start = self.at
        self.at += 1
        last = self._one_of_class()
        if last.one is None:
            self.at = start  # the hyphen is one: [a-\d] holds a, hyphen and digits
            return first
        if last.one < first.one:
            raise ValueError(f"bad character range {chr(first.one)}-{chr(last.one)}")
        return _Part(ranges=((first.one, last.one),), cased=True)

    def _one_of_class(self) -> _Part:
        sign = self.text[self.at]
        if sign in "[]":
            raise ValueError(f"an unescaped {sign} in a character class: write \\{sign}")
        if sign == "\\":
            return self._class_escape() or _Part(self._character(), cased=True)
        self.at += 1
        return _Part(ord(sign), cased=True)


@dataclass(frozen=True)
class _Part:
    """A member of a character class: one character, ranges, or an escape of Python.

    ``cased`` says that the flag ``i`` changes what it means.
    """

    one: int | None = None
    ranges: Ranges = ()
    text: str = ""
    kind: str = ""
    cased: bool = False


def _written(parts: list[_Part], *, negated: bool, any_case: bool) -> str:
    if any_case and any(not part.cased for part in parts):
        ranges = _ranges_of(parts, any_case=True)
        return _of_ranges(_complement(ranges) if negated else ranges, any_case=True)
    texts = (
        part.text or _class_text(((part.one, part.one),) if part.one is not None else part.ranges) for part in parts
    )
    inner = "".join(texts)
    if not inner:
        return "(?s:.)" if negated else "(?!)"
    return f"[{'^' if negated else ''}{inner}]"


def _of_ranges(ranges: Ranges, *, any_case: bool) -> str:
    text = f"[{_class_text(ranges)}]" if ranges else "(?!)"
    return f"(?-i:{text})" if any_case else text


def _class_text(ranges: Ranges) -> str:
    return "".join(_code(first) if first == last else f"{_code(first)}-{_code(last)}" for first, last in ranges)


def _code(number: int) -> str:
    return chr(number) if chr(number).isalnum() and number < 0x80 else f"\\U{number:08x}"  # noqa: PLR2004 - ASCII


def _ranges_of(parts: Iterable[_Part], *, any_case: bool) -> Ranges:
    found: list[tuple[int, int]] = []
    for part in parts:
        ranges = part.ranges if part.one is None else ((part.one, part.one),)
        if part.kind:
            ranges = _complement(_of_kind(part.kind.lower())) if part.kind.isupper() else _of_kind(part.kind)
        found += ranges
        if any_case and part.cased:
            found += _other_cases(ranges)
    return _merged(found)


def _other_cases(ranges: Ranges) -> Iterable[tuple[int, int]]:
    return ((other, other) for one, other in _case_pairs() if any(first <= one <= last for first, last in ranges))


@cache
def _case_pairs() -> tuple[tuple[int, int], ...]:
    pairs: set[tuple[int, int]] = set()
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        for other in (sign.lower(), sign.upper()):
            if other != sign and len(other) == 1:
                pairs |= {(number, ord(other)), (ord(other), number)}
    return tuple(sorted(pairs))


@cache
def _of_kind(kind: str) -> Ranges:
    r"""Return the characters that ``\d`` or ``\w`` matches."""
    if kind == "d":
        return _category("Nd")
    return _merged(
        (number, number) for number in range(sys.maxunicode + 1) if chr(number).isalnum() or number == ord("_")
    )


@cache
def _category(name: str) -> Ranges:
    """Return the characters of a Unicode category or block.

    Raises:
        ValueError: there is no such category, or the block is not known here.

    """
    if name.startswith("Is"):
        if name[2:] not in _BLOCKS:
            raise ValueError(f"the block {name!r} is not supported in a pattern")
        return (_BLOCKS[name[2:]],)
    ranges = tuple(given for category, given in _categories().items() if category.startswith(name))
    if not ranges:
        raise ValueError(f"{name!r} is no category of Unicode")
    return _merged(each for given in ranges for each in given)


@cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    start, before = 0, unicodedata.category(chr(0))
    for number in range(1, sys.maxunicode + 2):
        category = unicodedata.category(chr(number)) if number <= sys.maxunicode else ""
        if category != before:
            found.setdefault(before, []).append((start, number - 1))
            start, before = number, category
    return found


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _complement(ranges: Ranges) -> Ranges:
    found: list[tuple[int, int]] = []
    start = 0
    for first, last in _merged(ranges):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    if start <= sys.maxunicode:
        found.append((start, sys.maxunicode))
    return tuple(found)


def _without(ranges: Ranges, taken: Ranges) -> Ranges:
    return _complement((*_complement(ranges), *taken))
