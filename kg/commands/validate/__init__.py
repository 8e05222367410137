"""Validate data against SHACL shapes: what ``kg validate`` and :func:`kg.validate` do.

:func:`validate` takes names or statements. Callers that read data and shapes by themselves, for example once for
several runs, use :func:`read_data`, :func:`read_given_shapes` and :func:`check`.

    data = read_data(["firms.ttl"])
    print(check(data, shipped_shapes()).conforms)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.commands.validate.run import check, read_data, validate_loaded
from kg.core import lazy_names
from kg.shacl.data import Data
from kg.shacl.givenshapes import GivenShapes, read_given_shapes, shipped_shapes

if TYPE_CHECKING:
    from kg.commands.validate.function import ValidationReport, validate

__all__ = [
    "Data",
    "GivenShapes",
    "ValidationReport",
    "check",
    "read_data",
    "read_given_shapes",
    "shipped_shapes",
    "validate",
    "validate_loaded",
]

__getattr__ = lazy_names(
    __name__,
    {"ValidationReport": "kg.commands.validate.function", "validate": "kg.commands.validate.function"},
)
