"""JSON and YAML that others wrote, with a limit on nesting.

What a reader does with deep nesting depends on the reader and its version: some refuse it far behind the bracket that
is too deep, some end the process. Nesting that a reader cannot hold is a fault of the text and not of the program, so
depth is limited here, before a reader builds anything.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yaml.events import Event

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


class TooDeepError(Exception):
    """A collection is nested deeper than ``MAX_DEPTH``; ``place`` is the line and column of its beginning."""

    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__(f"nested deeper than {MAX_DEPTH} levels")
        self.place = place


def yaml_loader() -> Any:  # noqa: ANN401 - either of two classes without a common type
    """Return the safe loader of PyYAML, the one of libyaml where it is built in."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shallow_events(text: str) -> Iterator[Event]:
    """Yield the events of a YAML text as long as nothing in it is nested deeper than ``MAX_DEPTH``.

    Raises:
        TooDeepError: a collection is nested deeper.
        yaml.YAMLError: the text is not YAML.

    """
    import yaml

    reached = read = 0
    try:
        for event, depth in _with_depth(yaml.parse(text, Loader=yaml_loader())):
            reached, read = depth, event.end_mark.index if event.end_mark else 0
            yield event
    except yaml.MarkedYAMLError as error:
        # libyaml reads ahead of its events and refuses brackets there; the reader written in Python has no limit and
        # names the first
        ahead = text[read : error.problem_mark.index] if error.problem_mark else ""
        if reached + ahead.count("[") + ahead.count("{") > MAX_DEPTH:
            for _ in _with_depth(yaml.parse(text, Loader=yaml.SafeLoader)):
                pass
        raise


def _with_depth(events: Iterable[Event]) -> Iterator[tuple[Event, int]]:
    from yaml.events import MappingEndEvent, MappingStartEvent, SequenceEndEvent, SequenceStartEvent

    depth = 0
    for event in events:
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise TooDeepError(place_of(event))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
        yield event, depth


def place_of(event: Event) -> tuple[int, int]:
    """Return the line and column, both from 1, where an event begins."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
