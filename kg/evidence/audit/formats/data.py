"""An audit for programs: JSON, comma-separated values, and SARIF."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from kg.core import sarif
from kg.core.finding import Finding as CommonFinding
from kg.core.finding import Severity
from kg.evidence.audit.model import Certainty, anomaly_node, statistic_node

if TYPE_CHECKING:
    from kg.core.origin import Origin
    from kg.evidence.audit.model import Audit, Finding, Note, Remark, Statistic

HEADER: Final = (
    "document",
    "kind",
    "certainty",
    "name",
    "printed",
    "expected",
    "how",
    "reason",
    "section",
    "where",
    "file",
    "line",
    "column",
    "cell",
    "check",
    "noted_by_hand",
    "anomaly",
)
_SEVERITIES: Final = {
    Certainty.CERTAIN: Severity.ERROR,
    Certainty.PROBABLE: Severity.WARNING,
    Certainty.POSSIBLE: Severity.INFO,
}


def as_json(outcome: Audit) -> str:
    """Write one object."""
    content = {
        "tables": outcome.tables,
        "numbers": outcome.numbers,
        "findings": [_object_of_finding(found) for found in outcome.findings],
        "notedByHand": [_object_of_remark(remark) for remark in outcome.remarks],
        "notes": [_object_of_note(note) for note in outcome.notes],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _object_of_statistic(document: str, statistic: Statistic) -> dict[str, Any]:
    return {
        "id": statistic_node(document, statistic).value,
        "name": statistic.name,
        "method": statistic.method,
        "value": float(statistic.value),
        "inputs": [node.value for node in statistic.inputs],
    }


def _object_of_finding(found: Finding) -> dict[str, Any]:
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
        "statistics": [_object_of_statistic(found.document, one) for one in found.statistics],
        "notedByHand": found.confirms is not None,
    }


def _object_of_remark(remark: Remark) -> dict[str, Any]:
    return {
        "id": remark.node.value,
        "document": remark.document,
        "kind": remark.kind,
        "name": remark.name,
        "text": remark.text,
        "section": remark.section,
        "place": asdict(remark.place),
    }


def _object_of_note(note: Note) -> dict[str, Any]:
    return {
        "document": note.document,
        "text": note.text,
        "statistics": [_object_of_statistic(note.document, one) for one in note.statistics],
    }


def as_csv(outcome: Audit) -> str:
    """Write the table, RFC 4180 but for line ends, which are those of text files.

    A note made by hand has no certainty and no check.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(map(_row_of_finding, outcome.findings))
    writer.writerows(map(_row_of_remark, outcome.remarks))
    return buffer.getvalue()


def _row_of_finding(found: Finding) -> list[object]:
    what = [
        found.document,
        found.kind,
        found.certainty.value,
        found.name,
        found.printed,
        found.expected,
        found.how,
        found.reason,
    ]
    noted = "yes" if found.confirms else "no"
    return [*what, found.section, found.where, *_address(found.place), found.check, noted, anomaly_node(found).value]


def _row_of_remark(remark: Remark) -> list[object]:
    what = [remark.document, remark.kind, "", remark.name, "", "", remark.text, ""]
    return [*what, remark.section, "", *_address(remark.place), "", "yes", remark.node.value]


def _address(place: Origin) -> list[object]:
    return [place.file, place.line or "", place.column or "", place.cell]


def as_sarif(outcome: Audit) -> str:
    """Write one run; a rule is a kind of anomaly, the level says how sure a finding is."""
    kinds = sorted({found.kind for found in outcome.findings})
    rules = {kind: sarif.Rule(kind.replace("-", " ")) for kind in kinds}
    return sarif.write("kg audit", map(_entry, outcome.findings), rules)


def _entry(found: Finding) -> sarif.Entry:
    message = f"{found.name}. {found.sentence} {found.certainty.value.capitalize()}: {found.reason}."
    finding = CommonFinding(_SEVERITIES[found.certainty], found.kind, message, found.place, about=found.where)
    properties = {"certainty": found.certainty.value, "check": found.check}
    return sarif.Entry(finding, fingerprint=("anomaly/v1", anomaly_node(found).value), properties=properties)
