"""Case files: what people transcribe from a document, in YAML and CSV, to statements with origins.

A document is a folder of case files, survey tables as printed, and ``spans.csv`` with the places in the document's
text. ``load_folder`` reads one document, ``load_cases`` several that refer to each other;
``docs/reference/case-files.md`` describes the format, and ``case_schema`` returns its JSON Schema for editors.

Example:
    >>> from kg.core.resources import shipped_documents
    >>> from kg.loaders import shipped_vocabulary
    >>> from kg.loaders.cases import load_cases
    >>> len(load_cases(shipped_documents(), shipped_vocabulary())) > 10_000
    True

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.loaders.cases.context import read_context, shipped_context
    from kg.loaders.cases.folder import load_cases, load_folder
    from kg.loaders.cases.schema import case_schema

__all__ = [
    "case_schema",
    "load_cases",
    "load_folder",
    "read_context",
    "shipped_context",
]

__getattr__ = lazy_names(
    __name__,
    {
        "case_schema": "kg.loaders.cases.schema",
        "load_cases": "kg.loaders.cases.folder",
        "load_folder": "kg.loaders.cases.folder",
        "read_context": "kg.loaders.cases.context",
        "shipped_context": "kg.loaders.cases.context",
    },
)
