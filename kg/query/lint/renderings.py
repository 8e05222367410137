"""Findings as text for people, as JSON, and as SARIF 2.1.0 (OASIS), which code hosts show at the lines of a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kg.core.namespaces import BASE
from kg.core.terms import file_reference
from kg.core.version import VERSION
from kg.query.lint.model import RULES, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Findings = Mapping[str, Sequence[Finding]]

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


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
    return "\n".join([*lines, f"{checked}: {', '.join(counts) or 'nothing found'}"]) + "\n"


def _json(findings: Findings) -> str:
    listed = [{"file": file, "findings": [found.to_json() for found in several]} for file, several in findings.items()]
    return json.dumps(listed, ensure_ascii=False, indent=1) + "\n"


def _sarif(findings: Findings) -> str:
    used = sorted({found.rule for several in findings.values() for found in several})
    rules = [
        {
            "id": rule,
            "shortDescription": {"text": RULES[rule][1]},
            "defaultConfiguration": {"level": _LEVELS[RULES[rule][0]]},
        }
        for rule in used
    ]
    driver = {
        "name": "kg lint",
        "semanticVersion": VERSION,
        "informationUri": BASE,
        "rules": rules,
    }
    results = [_result(file, found, used.index(found.rule)) for file, several in findings.items() for found in several]
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _result(file: str, found: Finding, index: int) -> dict[str, Any]:
    region = {"startLine": found.span.line, "startColumn": found.span.column}
    if found.span.end > found.span.start:
        region |= {"charOffset": found.span.start, "charLength": found.span.end - found.span.start}
    physical = {"artifactLocation": {"uri": file_reference(file)}, "region": region}
    return {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": str(found)},
        "locations": [{"physicalLocation": physical}],
    }
