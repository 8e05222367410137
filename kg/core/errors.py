"""Every error that a user of motkg can meet.

KGError
├── InputError      a file that people write cannot be read: all its problems at once
├── QueryError      a query or its parameters are wrong
├── StoreError      a store or endpoint failed
├── LimitError      a limit on time, memory or size was reached
├── ReasonerError   the reasoner could not run or found a contradiction it cannot report as data
└── ContradictionError  statements that cannot all be true were to become a graph
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_OF_OUTPUT: Final = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG, errno.EDQUOT})


class KGError(Exception):
    """The root of the tree; nothing else leaves the package on purpose."""


class Problem(NamedTuple):
    """One thing wrong at one place of one file. Lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str
    expected: str = ""
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [f"{place}: {self.message}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.near:
            parts.append(did_you_mean(self.near))
        return "; ".join(parts)


class InputError(KGError):
    """Files that people write cannot be read. ``problems`` holds every fault found, in file order.

    With a ``summary``, which closes the message, they are the first of more and stay in the order given.
    """

    def __init__(self, problems: Iterable[Problem], summary: str = "") -> None:
        self.problems = tuple(problems) if summary else tuple(sorted(problems))
        super().__init__("\n".join([*map(str, self.problems), *([summary] if summary else [])]))


class QueryError(KGError):
    """A query, its name or its parameters are wrong. ``near`` holds the nearest known names.

    An error in the text of a query has its ``line`` and ``column``, from 1, and the ``token`` that stands there.
    """

    def __init__(  # noqa: PLR0913 - each is a part of one answer, all but the message by name
        self,
        message: str,
        *,
        hint: str = "",
        near: Sequence[str] = (),
        line: int | None = None,
        column: int | None = None,
        token: str | None = None,
    ) -> None:
        self.hint = hint
        self.near = tuple(near)
        self.line = line
        self.column = column
        self.token = token
        text = message
        if hint:
            text += f"\n{hint}"
        if near:
            text += f"\n{did_you_mean(near)}"
        super().__init__(text)


class StoreError(KGError):
    """A store could not be opened, read or written.

    Of a remote one it says which, with what status, and what the server answered.
    """

    def __init__(self, message: str, *, endpoint: str = "", status: int = 0, answer: str = "") -> None:
        self.endpoint = endpoint
        self.status = status
        self.answer = answer
        super().__init__(message)


class LimitError(KGError):
    """A limit on time, memory or size was reached before the work was done."""


class ReasonerError(KGError):
    """The reasoner is missing, crashed or gave an answer that cannot be understood."""


class ContradictionError(KGError):
    """Statements that cannot all be true were to become a graph; the message lists them with their places."""


DEBUG: Final = "KG_DEBUG"
"""The environment variable that has the place of an unexpected error printed."""
_LONGEST: Final = 500
_LONGEST_NAME: Final = 200


class RdfTextError(SyntaxError):
    """A text of RDF cannot be read, whether it keeps to its syntax or not; readers turn it into an InputError.

    It is raised inside streams that an engine reads, like the errors of its parser. ``expected`` says what to do.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0, expected: str = "") -> None:
        super().__init__(message, (None, line, column, None))
        self.expected = expected


def in_words(error: BaseException) -> KGError:
    """Return what Python, the system or a library raised as an error with words for users."""
    words = " ".join(str(error).split())
    words = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    if isinstance(error, MemoryError):
        return LimitError(f"there is not enough memory for this{f' ({words})' if words else ''}")
    if isinstance(error, RecursionError):
        return LimitError("something in the input is nested too deeply to be read")
    if isinstance(error, OSError):
        reason = error.strerror or words
        if error.filename is not None:
            return StoreError(f"{error.filename}: {reason}")
        return StoreError(f"the output cannot be written: {reason}" if error.errno in _OF_OUTPUT else reason)
    if isinstance(error, UnicodeEncodeError) and error.encoding not in {"utf-8", "utf-16", "utf-32"}:
        character = error.object[error.start]
        return StoreError(
            f"the output cannot be written: {error.encoding} has no character U+{ord(character):04X}; "
            "set PYTHONIOENCODING=utf-8, or write to a file with -o"
        )
    kind = type(error).__name__
    return KGError(
        f"unexpected {kind}: {words}\nthis is a fault of motkg: please report it with the output of {DEBUG}=1 kg …"
    )


def did_you_mean(near: Iterable[str]) -> str:
    """Return the question that offers names, best first; there must be one."""
    return f"did you mean {' or '.join(near)}?"


def near_names(name: str, known: Iterable[str], count: int = 3, cutoff: float = 0.6) -> tuple[str, ...]:
    """Return up to ``count`` of the known names that resemble ``name``, best first.

    ``cutoff``, from 0 to 1, is the least resemblance: the share of characters that two names have in common, in order.
    A name that two swapped letters make is the only one.
    """
    from difflib import get_close_matches

    if len(name) > _LONGEST_NAME:  # no slip, and the time grows with the square
        return ()
    near = tuple(get_close_matches(name, list(known), n=count, cutoff=cutoff))
    return next(((other,) for other in near if swapped(name, other)), near)


def swapped(one: str, other: str) -> bool:
    """Return whether two names differ in two neighbouring letters that changed places, the surest sign of a slip."""
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(places) == 2  # noqa: PLR2004 - two letters
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )
