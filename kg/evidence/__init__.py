"""Evidence: statistics that follow from printed numbers, and the audit of what is printed.

``derive_statistics`` recomputes the p of printed correlations, ``derive_corrections`` corrects it for many tests.
``kg.evidence.audit`` finds what cannot be as printed.

Example:
    >>> from kg.evidence import p_value
    >>> round(p_value(0.478, 47), 4)
    0.0007

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.evidence.statistics import benjamini_hochberg, bonferroni, derive_corrections, derive_statistics, p_value

__all__ = [
    "benjamini_hochberg",
    "bonferroni",
    "derive_corrections",
    "derive_statistics",
    "p_value",
]

__getattr__ = lazy_names(
    __name__,
    {
        "benjamini_hochberg": "kg.evidence.statistics",
        "bonferroni": "kg.evidence.statistics",
        "derive_corrections": "kg.evidence.statistics",
        "derive_statistics": "kg.evidence.statistics",
        "p_value": "kg.evidence.statistics",
    },
)
