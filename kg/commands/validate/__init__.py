"""What ``kg validate`` does: gathers data and shapes, validates, finds the places, and says what the outcome is worth."""

from __future__ import annotations

from kg.commands.validate.run import check, read_data
from kg.shacl.data import Data
from kg.shacl.givenshapes import GivenShapes, read_given_shapes, shipped_shapes

__all__ = ["Data", "GivenShapes", "check", "read_data", "read_given_shapes", "shipped_shapes"]
