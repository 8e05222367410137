"""Validate RDF graphs against SHACL shapes.

:func:`load_shapes` reads shapes, :func:`validate` and :func:`validate_files` apply them to quads or files, and
:func:`render` writes the :class:`Report`. Shapes run on columns (``kg.shacl.columnar``), on all focus nodes at once;
what columns cannot do is left to pySHACL, and the report says so. ``kg.shacl.remote`` validates what a server holds,
``kg.shacl.incremental`` only what changed.

    shapes = load_shapes(["shapes.ttl"])
    report = validate_files([Path("data.ttl")], shapes)
    print(render(report, "human", shapes=shapes))
"""

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
