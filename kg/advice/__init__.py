"""Advice with evidence: what the graph's evidence points a firm to, by the firm's own description."""

from __future__ import annotations

from kg.advice.model import Advice, Evidence, OnFactor, Pointer, Status
from kg.advice.run import advise

__all__ = ["Advice", "Evidence", "OnFactor", "Pointer", "Status", "advise"]
