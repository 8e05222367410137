"""What a larger graph will need: estimates from the measured curve, with what is known of their error."""

from __future__ import annotations

from kg.planning.advice import Advice, advise
from kg.planning.curve import Curve, Measurement, read_curve
from kg.planning.estimates import Estimate, Interval, estimate

__all__ = ["Advice", "Curve", "Estimate", "Interval", "Measurement", "advise", "estimate", "read_curve"]
