"""An audit as SARIF 2.1.0 (OASIS), which code hosts and editors show at the lines of the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kg.core.terms import file_reference
from kg.core.version import VERSION
from kg.evidence.audit.model import Certainty
from kg.evidence.audit.statements import anomaly_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.evidence.audit.model import Audit, Finding

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final = {Certainty.CERTAIN: "error", Certainty.PROBABLE: "warning", Certainty.POSSIBLE: "note"}


def write(outcome: Audit) -> str:
    """Write one run; a rule is a kind of anomaly, the level says how sure a finding is."""
    kinds = sorted({found.kind for found in outcome.findings})
    rules = [{"id": kind, "name": kind, "shortDescription": {"text": kind.replace("-", " ")}} for kind in kinds]
    driver = {
        "name": "kg audit",
        "semanticVersion": VERSION,
        "informationUri": "https://w3id.org/motkg/",
        "rules": rules,
    }
    results = [_result(found, kinds) for found in outcome.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _result(found: Finding, kinds: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.kind,
        "ruleIndex": kinds.index(found.kind),
        "level": LEVELS[found.certainty],
        "message": {"text": f"{found.name}. {found.sentence} {found.certainty.value.capitalize()}: {found.reason}."},
        "partialFingerprints": {"anomaly/v1": anomaly_node(found).value},
        "properties": {"certainty": found.certainty.value, "check": found.check},
    }
    if found.place.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": file_reference(found.place.file)}}
        if found.place.line:
            physical["region"] = {"startLine": found.place.line, "startColumn": max(found.place.column, 1)}
        location: dict[str, Any] = {"physicalLocation": physical}
        if found.where:
            location["logicalLocations"] = [{"fullyQualifiedName": found.where}]
        result["locations"] = [location]
    return result
