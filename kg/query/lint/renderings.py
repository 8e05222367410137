"""Findings of a lint as text for people, as JSON, and as SARIF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.core import sarif
from kg.core.finding import Finding as CommonFinding
from kg.core.finding import Severity
from kg.core.origin import Origin
from kg.core.text import printable_lines
from kg.query.lint.model import RULES, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Findings = Mapping[str, Sequence[Finding]]


def render(findings: Findings, form: str) -> str:
    """Write the findings of each file as ``human``, ``json`` or ``sarif`` text that ends with a line break.

    Raises:
        KeyError: the form is none of the three.

    """
    forms: dict[str, Callable[[Findings], str]] = {"human": _human, "json": _json, "sarif": _sarif}
    return forms[form](findings)


def _human(findings: Findings) -> str:
    lines = [
        f"{file}:{found.span.line}:{found.span.column}: {found.severity} {found.rule}: {found}"
        for file, several in findings.items()
        for found in several
    ]
    every = [found for several in findings.values() for found in several]
    counts = [
        f"{count} {name}{'s' * (count != 1)}"
        for name in Severity
        if (count := sum(found.severity is name for found in every))
    ]
    checked = f"{len(findings)} {'query' if len(findings) == 1 else 'queries'} checked"
    return printable_lines("\n".join([*lines, f"{checked}: {', '.join(counts) or 'nothing found'}"])) + "\n"


def _json(findings: Findings) -> str:
    listed = [{"file": file, "findings": [found.to_json() for found in several]} for file, several in findings.items()]
    return json.dumps(listed, ensure_ascii=False, indent=1) + "\n"


def _sarif(findings: Findings) -> str:
    used = sorted({found.rule for several in findings.values() for found in several})
    rules = {rule: sarif.Rule(RULES[rule][1], RULES[rule][0]) for rule in used}
    entries = [_entry(file, found) for file, several in findings.items() for found in several]
    return sarif.write("kg lint", entries, rules)


def _entry(file: str, found: Finding) -> sarif.Entry:
    place = Origin(file, found.span.line, found.span.column)
    finding = CommonFinding(found.severity, found.rule, str(found), place)
    return sarif.Entry(finding, (found.span.start, found.span.end))
