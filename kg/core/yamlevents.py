"""The events of YAML texts, with a limit on depth.

What PyYAML does with deep nesting depends on its version: some versions refuse it far behind the bracket that is too
deep, some end the process in their composer. So depth is limited here, before a composer sees the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.events import Event, MappingEndEvent, MappingStartEvent, SequenceEndEvent, SequenceStartEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DEPTH: Final = 32
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TooDeepError(Exception):
    """A collection is nested deeper than ``MAX_DEPTH``; ``place`` is the line and column of its beginning."""

    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__(f"nested deeper than {MAX_DEPTH} levels")
        self.place = place


def shallow_events(text: str) -> Iterator[Event]:
    """Yield the events of a YAML text as long as nothing in it is nested deeper than ``MAX_DEPTH``.

    Raises:
        TooDeepError: a collection is nested deeper.
        yaml.YAMLError: the text is not YAML.

    """
    reached = read = 0
    try:
        for event, depth in _with_depth(yaml.parse(text, Loader=LOADER)):
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
