"""Large checks: a sample with each run of the tests, the whole with MOTKG_NIGHTLY=1 (``make nightly``)."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Final, TypeVar

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

Item = TypeVar("Item")
NIGHTLY: Final = bool(os.environ.get("MOTKG_NIGHTLY"))
SEED: Final = os.environ.get("MOTKG_SEED", "1992")


def examples(number: int) -> int:
    """Return how many cases hypothesis generates where the tests of every change want ``number``."""
    return max(2, number * settings.default.max_examples // 100) if settings.default else number


def sample(items: Sequence[Item], size: int, kind: Callable[[Item], Hashable] = lambda _: None) -> list[Item]:
    """Return the items themselves at night, else ``size`` of them or more, in their order, with at least one of each kind.

    MOTKG_SEED makes another sample.
    """
    if NIGHTLY or len(items) <= size:
        return list(items)
    places = list(range(len(items)))
    random.Random(SEED).shuffle(places)  # noqa: S311 - a sample, not a secret
    chosen = set({kind(items[place]): place for place in reversed(places)}.values())
    chosen.update([place for place in places if place not in chosen][: max(0, size - len(chosen))])
    return [items[place] for place in sorted(chosen)]
