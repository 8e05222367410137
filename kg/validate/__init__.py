"""SHACL validation: shapes, the native executor, pySHACL as reference, and reports."""

from __future__ import annotations

from kg.validate.engine import Engine, validate
from kg.validate.reading import load_shapes, read_shapes
from kg.validate.renderings import render, render_json, render_text, render_turtle
from kg.validate.report import Delegation, EmptyTarget, Origin, Report, Result
from kg.validate.shapes import Shapes

__all__ = [
    "Delegation",
    "EmptyTarget",
    "Engine",
    "Origin",
    "Report",
    "Result",
    "Shapes",
    "load_shapes",
    "read_shapes",
    "render",
    "render_json",
    "render_text",
    "render_turtle",
    "validate",
]
