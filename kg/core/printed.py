"""Numbers as tables print them: the one reader for case files, audits and maps of tables."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Printed(NamedTuple):
    """A number as a table prints it.

    Attributes:
        number: its digits, as a decimal of XML Schema: ``.402***`` gives ``0.402``, whatever minus sign is printed.
        written: the same as it is printed, without what stands beside it.
        percent: whether a percent sign follows.
        marks: the stars, daggers and the like after it, whatever characters print them; ``n.s.`` is none.
        second: the number in brackets after it, in the same form; empty where there is none.
        second_percent: whether a percent sign follows that.
        word: the text in brackets after it.
        bracketed: whether the number itself stands in brackets, as reliabilities on a diagonal do.

    """

    number: str
    written: str
    percent: bool = False
    marks: str = ""
    second: str = ""
    second_percent: bool = False
    word: str = ""
    bracketed: bool = False


# Characters that stand for another, each for one, so that places in the text stay: minus signs, stars, the point that
# British journals raise, letters and digits of full width; and spaces that keep a number on one line.
_ALIKE: Final = {
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d",
    "*": "\u2217\uff0a\u204e\u2731\ufe61",
    ".": "\u00b7\uff0e",
    ",": "\uff0c",
    "%": "\uff05\ufe6a",
    "+": "\uff0b",
    "#": "\uff03",
    "(": "\uff08",
    ")": "\uff09",
    "\u00a0": "\u2009\u202f\u2007\u200a",
    " ": "\u3000",
    "'": "\u2019",
    **{chr(0x30 + digit): chr(0xFF10 + digit) for digit in range(10)},
}
_GROUPS: Final = "|".join(f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+" for mark in (",", "'", "\u00a0"))
_DIGITS: Final = rf"(?:{_GROUPS}|[0-9]*)(?:\.[0-9]+)?"
_PRINTED: Final = (
    rf"(?P<open>\()?\s*(?P<number>[-+]?(?=[0-9.]){_DIGITS})\s*(?P<percent>%|per ?cent)?(?(open)\s*\))"
    r"\s*(?P<marks>[*\u2020\u2021\u00a7\u00b6+#]*|n\.?\s?s\.?)"
    rf"(?:\s*\(\s*(?P<second>(?=[0-9.]){_DIGITS})\s*(?P<sign>%?)\s*\)|\s*\((?P<word>[^()]+)\))?"
)
_NOTHING: Final = frozenset(
    {"", "-", "--", "\u2014", "\u2015", ".", "..", "...", "\u2026", "n.a.", "n/a", "na", "n.s.", "ns"}
)


def alike(text: str) -> str:
    """Return a text of the same length with plain characters for signs, digits and spaces that look like them."""
    return text.translate({ord(other): plain for plain, others in _ALIKE.items() for other in others})


def read_printed(text: str) -> Printed | None:
    """Read a number as it is printed, or return nothing where a text says more, less or in words.

    Points part decimals; commas, apostrophes and spaces that do not break part groups of three digits.
    """
    match = re.fullmatch(_PRINTED, alike(text).strip())
    if match is None or not any(letter.isdigit() for letter in match["number"]):
        return None
    start = len(text) - len(text.lstrip())
    written = text[start + match.start("number") : start + match.end("number")]
    marks = "" if match["marks"].startswith("n") else match["marks"]
    return Printed(
        _plain(match["number"]),
        written,
        bool(match["percent"]),
        marks,
        _plain(match["second"]) if match["second"] else "",
        bool(match["sign"]),
        match["word"] or "",
        bool(match["open"]),
    )


def prints_nothing(text: str) -> bool:
    """Return whether a cell is empty, or says that it prints no number: a dash, dots, ``n.a.`` or ``n.s.``."""
    return alike(text).strip().casefold() in _NOTHING


def _plain(number: str) -> str:
    """Return a printed number as a decimal: a digit before the point, no groups, no plus."""
    digits = re.sub("[,'\u00a0]", "", number).lstrip("+")
    return re.sub(r"^(-?)\.", r"\g<1>0.", digits)
