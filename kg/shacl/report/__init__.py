"""The report of a validation: results, concerns about the run, and their places.

:class:`Report` is a frozen record, whichever engine made it; ``kg.shacl.report.forms`` writes it in seven formats,
``kg.shacl.report.baseline`` takes accepted results out of it, and ``kg.shacl.report.concerns`` finds why a run may have
checked less than it seems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.shacl.report.forms import render
    from kg.shacl.report.report import CONCERNS, Concern, Delegation, EmptyTarget, Figures, Report, Result

__all__ = ["CONCERNS", "Concern", "Delegation", "EmptyTarget", "Figures", "Report", "Result", "render"]

_MODULES: Final = {
    "CONCERNS": "kg.shacl.report.report",
    "Concern": "kg.shacl.report.report",
    "Delegation": "kg.shacl.report.report",
    "EmptyTarget": "kg.shacl.report.report",
    "Figures": "kg.shacl.report.report",
    "Report": "kg.shacl.report.report",
    "Result": "kg.shacl.report.report",
    "render": "kg.shacl.report.forms",
}

__getattr__ = lazy_names(__name__, _MODULES)
