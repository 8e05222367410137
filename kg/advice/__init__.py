"""Advice with evidence: what the graph's evidence points a firm to, by the firm's own description.

`advise` reads a file in which firms describe themselves and returns an `Advice` for each: `Pointer` objects with their
grade and the `Evidence` they rest on. `kg.advice.model.FORMATS` renders advice as text, Markdown and JSON.

Example:
    >>> for advice in advise(kg.open(), "firms.yaml"):
    ...     print(advice.name, [pointer.name for pointer in advice.pointers])
"""

from __future__ import annotations

from kg.advice.model import Advice, Evidence, OnFactor, Pointer, Status
from kg.advice.run import advise

__all__ = ["Advice", "Evidence", "OnFactor", "Pointer", "Status", "advise"]
