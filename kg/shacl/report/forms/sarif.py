"""A report as SARIF: a rule for each shape and component with results and each kind of concern."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import BlankNode, NamedNode

from kg.core import sarif
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.findings import finding_of_concern, finding_of_result
from kg.shacl.report.forms.wording import KINDS_IN_WORDS, message
from kg.shacl.report.report import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write one run, with an entry for each result and each concern."""
    rules: dict[str, sarif.Rule] = {}
    entries = []
    adviser = Adviser(shapes)
    for result in report.results:
        finding = finding_of_result(result, adviser)
        rule = sarif.Rule(message(result), finding.severity, help=finding.hint, help_address=_address(result.shape))
        rules.setdefault(finding.rule, rule)
        entries.append(sarif.Entry(finding, kind="resource", fingerprint=("focusPathValue/v1", _fingerprint(result))))
    for concern in (concern for concern in report.concerns if not concern.expected):
        english, japanese = KINDS_IN_WORDS[concern.kind]
        rules.setdefault(concern.kind, sarif.Rule(english, description=japanese))
        entries.append(sarif.Entry(finding_of_concern(concern), kind="resource"))
    complete = all(concern.kind != UNREADABLE for concern in report.concerns)
    return sarif.write("kg validate", entries, rules, complete=complete)


def _address(shape: Node) -> str:
    return quote(shape.value, safe=":/?#[]@!$&'()*+,;=%-._~") if isinstance(shape, NamedNode) else ""


def _fingerprint(result: Result) -> str:
    parts = (
        result.focus,
        path_text(result.path) if result.path is not None else "",
        result.value,
        result.component,
        result.shape,
    )
    named = ("_:" if isinstance(part, BlankNode) else str(part) for part in parts)
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
