"""An audit as JSON: findings with their statistics, notes made by hand, and what was computed besides."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kg.evidence.audit.statements import anomaly_node, statistic_node

if TYPE_CHECKING:
    from kg.evidence.audit.model import Audit, Finding, Note, Remark, Statistic


def write(outcome: Audit) -> str:
    """Write one object."""
    content = {
        "tables": outcome.tables,
        "numbers": outcome.numbers,
        "findings": [_finding(found) for found in outcome.findings],
        "notedByHand": [_remark(remark) for remark in outcome.remarks],
        "notes": [_note(note) for note in outcome.notes],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _statistic(document: str, statistic: Statistic) -> dict[str, Any]:
    return {
        "id": statistic_node(document, statistic).value,
        "name": statistic.name,
        "method": statistic.method,
        "value": float(statistic.value),
        "inputs": [node.value for node in statistic.inputs],
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "id": anomaly_node(found).value,
        "document": found.document,
        "kind": found.kind,
        "check": found.check,
        "certainty": found.certainty.value,
        "name": found.name,
        "printed": found.printed,
        "expected": found.expected,
        "how": found.how,
        "reason": found.reason,
        "section": found.section,
        "where": found.where,
        "place": asdict(found.place),
        "subjects": [node.value for node in found.subjects],
        "statistics": [_statistic(found.document, one) for one in found.statistics],
        "notedByHand": found.confirms is not None,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "id": remark.node.value,
        "document": remark.document,
        "kind": remark.kind,
        "name": remark.name,
        "text": remark.text,
        "section": remark.section,
        "place": asdict(remark.place),
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "document": note.document,
        "text": note.text,
        "statistics": [_statistic(note.document, one) for one in note.statistics],
    }
