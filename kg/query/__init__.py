"""Ask a store: the catalogue of queries, their results, why an answer is empty, and faults of queries.

`Catalogue` holds the queries, `Result` and `Statements` are answers, `diagnose` explains an empty answer, `lint` finds
faults of a query without running it, and `evidence_of_rows` tells where the rows of an answer come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.query.catalogue import Catalogue, CatalogueQuery, PreparedQuery, bind_parameters
    from kg.query.diagnosis import Diagnosis, diagnose
    from kg.query.lint import Finding, Linter, lint
    from kg.query.results import Result, Statements, encode, render
    from kg.query.sources import RowEvidence, evidence_of_rows
    from kg.query.vocabulary import Vocabulary

__all__ = [
    "Catalogue",
    "CatalogueQuery",
    "Diagnosis",
    "Finding",
    "Linter",
    "PreparedQuery",
    "Result",
    "RowEvidence",
    "Statements",
    "Vocabulary",
    "bind_parameters",
    "diagnose",
    "encode",
    "evidence_of_rows",
    "lint",
    "render",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Catalogue": "kg.query.catalogue",
        "CatalogueQuery": "kg.query.catalogue",
        "Diagnosis": "kg.query.diagnosis",
        "Finding": "kg.query.lint",
        "Linter": "kg.query.lint",
        "PreparedQuery": "kg.query.catalogue",
        "Result": "kg.query.results",
        "RowEvidence": "kg.query.sources",
        "Statements": "kg.query.results",
        "Vocabulary": "kg.query.vocabulary",
        "bind_parameters": "kg.query.catalogue",
        "diagnose": "kg.query.diagnosis",
        "encode": "kg.query.results",
        "evidence_of_rows": "kg.query.sources",
        "lint": "kg.query.lint",
        "render": "kg.query.results",
    },
)
