"""Advice in the forms that people and programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.advice.formats import human, markdown, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.advice.model import Advice

FORMATS: Final[dict[str, Callable[[Sequence[Advice], int], str]]] = {
    "text": human.write,
    "markdown": markdown.write,
    "json": objects.write,
}
