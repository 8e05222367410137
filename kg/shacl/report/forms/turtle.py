"""Write a report as the graph that the standard defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.terms import SH, XSD, prefixes
from kg.shacl.nodes import path_turtle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write a ``sh:ValidationReport`` in Turtle (W3C SHACL section 3.6), with concerns as comments."""
    lines = [
        f"# {concern.kind}: {' '.join(concern.message.split())}" for concern in report.concerns if not concern.allowed
    ]
    lines += [f"@prefix {prefix}: <{iri}> ." for prefix, iri in prefixes().items() if iri in {SH, XSD}]
    lines += ["", "[] a sh:ValidationReport ;", f"    sh:conforms {str(report.conforms).lower()}"]
    for result in report.results:
        lines[-1] += " ;"
        lines += ["    sh:result [", "        a sh:ValidationResult ;", f"        sh:focusNode {result.focus} ;"]
        if result.path is not None:
            lines.append(f"        sh:resultPath {path_turtle(result.path)} ;")
        if result.value is not None:
            lines.append(f"        sh:value {result.value} ;")
        if result.constraint is not None:
            lines.append(f"        sh:sourceConstraint {result.constraint} ;")
        lines += [f"        sh:resultMessage {message} ;" for message in result.messages]
        lines += [
            f"        sh:sourceConstraintComponent {result.component} ;",
            f"        sh:sourceShape {result.shape} ;",
            f"        sh:resultSeverity {result.severity}",
            "    ]",
        ]
    return "\n".join(lines) + " .\n"
