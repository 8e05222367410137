"""Results and concerns as findings of any check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core.finding import Finding, Severity
from kg.core.origin import Origin
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.wording import compact_node, component, concern_text, message, shape_name

if TYPE_CHECKING:
    from kg.shacl.report.forms.advice import Adviser
    from kg.shacl.report.report import Concern, Result

_SEVERITIES: Final = {"violation": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


def finding_of_result(result: Result, adviser: Adviser) -> Finding:
    """Return the finding of a result: the rule is its shape and the parameter that does not hold."""
    path = f" {path_text(result.path)}" if result.path is not None else ""
    value = f" {compact_node(result.value)}" if result.value is not None and result.value != result.focus else ""
    return Finding(
        _SEVERITIES[result.level],
        f"{shape_name(result)}/{component(result)}",
        f"{compact_node(result.focus)}{path}{value}: {message(result)}",
        result.origin or Origin(),
        about=compact_node(result.focus),
        hint=adviser.advice(result),
    )


def finding_of_concern(concern: Concern) -> Finding:
    """Return the finding of a concern: the rule is its kind; an allowed one is accepted."""
    about = concern.term or concern.shape
    return Finding(
        Severity.INFO if concern.allowed else Severity.ERROR,
        concern.kind,
        concern_text(concern),
        concern.origin or Origin(),
        about=compact_node(about) if about is not None else "",
        accepted=concern.allowed,
    )
