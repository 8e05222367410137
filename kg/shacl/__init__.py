"""SHACL validation: shapes, the native executor, pySHACL as reference, and reports."""

from __future__ import annotations

from kg.core.origin import Origin
from kg.shacl.engine import Engine, validate, validate_columns, validate_files
from kg.shacl.report.forms import FORMATS, render
from kg.shacl.report.report import CONCERNS, Concern, Delegation, EmptyTarget, Figures, Report, Result
from kg.shacl.shapes.reading import load_shapes, read_shapes
from kg.shacl.shapes.shapes import Shapes

__all__ = [
    "CONCERNS",
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
