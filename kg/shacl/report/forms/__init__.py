"""Write reports in the formats that people and programs read: one module for each format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from kg.core.terms import shortening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes

__all__ = ["FORMATS", "render"]

FORMATS: Final = {
    "human": "human",
    "turtle": "turtle",
    "jsonld": "jsonld",
    "json": "objects",
    "csv": "table",
    "sarif": "sarif",
    "junit": "junit",
    "github": "annotations",
    "html": "page",
}
"""The name of each form, and the module that writes it."""

_FOR_PEOPLE: Final = frozenset({"human", "github", "html"})
"""The forms that shorten IRIs by the prefixes of the files; programs compare what the others say with other runs."""


def render(report: Report, form: str, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write a report as text that ends with a line break.

    Args:
        report: what a validation returned.
        form: a key of ``FORMATS``.
        shapes: the shapes that were applied; with them each result comes with advice made from its constraint.
        labels: what to call focus nodes.

    Raises:
        KeyError: no form has that name.

    """
    write: Callable[..., str] = import_module(f"kg.shacl.report.forms.{FORMATS[form]}").write
    with shortening(report.prefixes if form in _FOR_PEOPLE else ()):
        return write(report, shapes=shapes, labels=labels or {})
