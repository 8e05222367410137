"""A report as SARIF 2.1.0 (OASIS), which code hosts show at the lines of a change."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import BlankNode, NamedNode

from kg.core.namespaces import BASE
from kg.core.terms import file_reference
from kg.core.version import VERSION
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.human import (
    KINDS_IN_WORDS,
    Adviser,
    compact_node,
    component,
    concern_text,
    message,
    shape_name,
)
from kg.shacl.report.report import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, Report, Result
    from kg.shacl.shapes.shapes import Shapes

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"violation": "error", "warning": "warning", "info": "note"}


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write one run: a rule for each shape and component with results and each kind of concern, a result for each finding."""
    rules: dict[str, dict[str, object]] = {}
    adviser = Adviser(shapes)
    results = [_result(result, adviser, rules) for result in report.results]
    results += [_concern(concern, rules) for concern in report.concerns]
    order = {name: index for index, name in enumerate(rules)}
    for found in results:
        found["ruleIndex"] = order[str(found["ruleId"])]
    driver = {
        "name": "kg validate",
        "semanticVersion": VERSION,
        "informationUri": BASE,
        "rules": list(rules.values()),
    }
    run: dict[str, object] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    if any(concern.kind == UNREADABLE for concern in report.concerns):
        run["invocations"] = [{"executionSuccessful": False}]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(result: Result, adviser: Adviser, rules: dict[str, dict[str, object]]) -> dict[str, object]:
    text, fix = message(result), adviser.advice(result)
    rule: dict[str, object] = {
        "id": rule_id(result),
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[result.level]},
    }
    if isinstance(result.shape, NamedNode):
        rule["helpUri"] = quote(result.shape.value, safe=":/?#[]@!$&'()*+,;=%-._~")
    if fix:
        rule["help"] = {"text": fix}
    rules.setdefault(rule_id(result), rule)
    path = f" {path_text(result.path)}" if result.path is not None else ""
    value = f" {compact_node(result.value)}" if result.value is not None and result.value != result.focus else ""
    about = f"{compact_node(result.focus)}{path}{value}: {text}" + (f" Fix: {fix}." if fix else "")
    found: dict[str, object] = {"ruleId": rule_id(result), "level": _LEVELS[result.level], "message": {"text": about}}
    found["locations"] = [_location(result.origin, result.focus)]
    found["partialFingerprints"] = {"focusPathValue/v1": _fingerprint(result)}
    return found


def rule_id(result: Result) -> str:
    """Name the rule that a result breaks: the shape and the parameter."""
    return f"{shape_name(result)}/{component(result)}"


def _concern(concern: Concern, rules: dict[str, dict[str, object]]) -> dict[str, object]:
    english, japanese = KINDS_IN_WORDS[concern.kind]
    rules.setdefault(
        concern.kind, {"id": concern.kind, "shortDescription": {"text": english}, "fullDescription": {"text": japanese}}
    )
    found: dict[str, object] = {
        "ruleId": concern.kind,
        "level": "note" if concern.allowed else "error",
        "message": {"text": concern_text(concern)},
    }
    if concern.origin or concern.term or concern.shape:
        found["locations"] = [_location(concern.origin, concern.term or concern.shape)]
    if concern.allowed:
        found["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return found


def _location(origin: Origin | None, node: Node | None) -> dict[str, object]:
    location: dict[str, object] = {}
    if origin is not None:
        physical: dict[str, object] = {"artifactLocation": {"uri": file_reference(origin.file)}}
        if origin.line:
            physical["region"] = {"startLine": origin.line, "startColumn": max(origin.column, 1)}
        location["physicalLocation"] = physical
    if node is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": compact_node(node), "kind": "resource"}]
    if origin is not None and origin.cell:
        location["message"] = {"text": f"cell {origin.cell}"}
    return location


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
