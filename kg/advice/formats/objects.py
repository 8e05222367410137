"""Advice as JSON, for programs: everything, whatever the number."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.advice.model import Advice


def write(several: Sequence[Advice], most: int) -> str:  # noqa: ARG001 - programs are given everything
    """Write a list with an object for each firm."""
    return json.dumps([_firm(advice) for advice in several], indent=1, ensure_ascii=False) + "\n"


def _firm(advice: Advice) -> dict[str, Any]:
    made: dict[str, Any] = asdict(advice)
    for pointer, written in zip(advice.pointers, made["pointers"], strict=True):
        written |= {"status": pointer.status.value, "why": pointer.why(), "caveats": pointer.caveats()}
    return made
