"""Write a report as the graph that the standard defines, in JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse, serialize

from kg.shacl.report.forms import turtle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write a ``sh:ValidationReport`` as JSON-LD (W3C SHACL section 3.6); concerns are no part of it."""
    text = turtle.write(report, shapes=shapes, labels=labels)
    written = serialize(parse(text, RdfFormat.TURTLE), format=RdfFormat.JSON_LD) or b"[]"
    return f"{written.decode().rstrip()}\n"
