"""Write the results of a report as a table of comma-separated values, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.text import printable
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import component, concern_text, message, one_line, severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes

COLUMNS: Final = (
    *("severity", "focusNode", "path", "value", "component", "shape", "message", "fix"),
    *("file", "line", "column"),
)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write a row for each result, and one for each concern that is not allowed, whose severity is ``concern``.

    A text that a spreadsheet would compute begins with an apostrophe.
    """
    adviser = Adviser(shapes)
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(COLUMNS)
    for result in report.results:
        path = path_text(result.path) if result.path is not None else ""
        texts = (severity(result), _text(result.focus), path, _text(result.value), component(result))
        said = (_text(result.shape), one_line(message(result)), adviser.advice(result))
        table.writerow([_inert(text) for text in (*texts, *said, *_place(result.origin))])
    for concern in report.concerns:
        if not concern.allowed:
            about = (
                "concern",
                "",
                "",
                _text(concern.term),
                concern.kind,
                _text(concern.shape),
                concern_text(concern),
                "",
            )
            table.writerow([_inert(text) for text in (*about, *_place(concern.origin))])
    return held.getvalue()


def _text(node: Node | None) -> str:
    if node is None:
        return ""
    return printable(node.value) if isinstance(node, NamedNode | Literal) else str(node)


def _place(origin: Origin | None) -> tuple[str, str, str]:
    if origin is None:
        return "", "", ""
    return origin.file, str(origin.line or ""), str(origin.column or "")


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULAS) else text
