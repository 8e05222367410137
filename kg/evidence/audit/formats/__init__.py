"""The forms of an audit: text for people, CSV, JSON, SARIF, RDF and a page."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.evidence.audit.model import Audit

FORMS: Final = {
    "text": "human",
    "csv": "separated",
    "json": "objects",
    "sarif": "sarif",
    "turtle": "turtle",
    "html": "page",
}


def render(outcome: Audit, form: str) -> str:
    """Write an audit in one of ``FORMS``; the text ends with a line break.

    Raises:
        KeyError: there is no such form.

    """
    text: str = import_module(f"kg.evidence.audit.formats.{FORMS[form]}").write(outcome)
    return text
