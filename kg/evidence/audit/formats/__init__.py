"""The output formats of an audit: text, CSV, JSON, SARIF, RDF (Turtle) and an HTML page.

Example:
    >>> from kg.evidence.audit import audit_tables
    >>> render(audit_tables([]), "csv").splitlines()[0][:28]
    'document,kind,certainty,name'

"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.evidence.audit.model import Audit

__all__ = ["FORMS", "render"]

FORMS: Final = {
    "text": ("kg.evidence.audit.formats.people", "as_text"),
    "csv": ("kg.evidence.audit.formats.data", "as_csv"),
    "json": ("kg.evidence.audit.formats.data", "as_json"),
    "sarif": ("kg.evidence.audit.formats.data", "as_sarif"),
    "turtle": ("kg.evidence.audit.model", "as_turtle"),
    "html": ("kg.evidence.audit.formats.people", "as_page"),
}
"""Each format with the module and the function that write it."""


def render(outcome: Audit, form: str) -> str:
    """Write an audit in one of ``FORMS``; the text ends with a line break.

    Raises:
        KeyError: the format is not one of ``FORMS``.

    """
    module, writer = FORMS[form]
    text: str = getattr(import_module(module), writer)(outcome)
    return text
