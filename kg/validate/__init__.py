"""SHACL validation: shapes, the native executor, pySHACL as reference, and reports."""

from __future__ import annotations

from kg.origin import Origin
from kg.validate.engine import Engine, validate, validate_columns, validate_files
from kg.validate.formats import FORMATS, render
from kg.validate.reading import load_shapes, read_shapes
from kg.validate.report import Concern, Delegation, EmptyTarget, Figures, Report, Result
from kg.validate.shapes import Shapes

__all__ = [
    "FORMATS",
    "Concern",
    "Delegation",
    "EmptyTarget",
    "Engine",
    "Figures",
    "Origin",
    "Report",
    "Result",
    "Shapes",
    "load_shapes",
    "read_shapes",
    "render",
    "validate",
    "validate_columns",
    "validate_files",
]
