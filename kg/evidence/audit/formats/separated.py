"""An audit as comma-separated values: one line a finding, and one a note made by hand."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.statements import anomaly_node

if TYPE_CHECKING:
    from kg.evidence.audit.model import Audit

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


def write(outcome: Audit) -> str:
    """Writes the table, RFC 4180 but for line ends, which are those of text files; a note made by hand has no certainty and no check."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for found in outcome.findings:
        place = found.place
        writer.writerow(
            [
                found.document,
                found.kind,
                found.certainty.value,
                found.name,
                found.printed,
                found.expected,
                found.how,
                found.reason,
                found.section,
                found.where,
                place.file,
                place.line or "",
                place.column or "",
                place.cell,
                found.check,
                "yes" if found.confirms else "no",
                anomaly_node(found).value,
            ]
        )
    for remark in outcome.remarks:
        place = remark.place
        writer.writerow(
            [
                remark.document,
                remark.kind,
                "",
                remark.name,
                "",
                "",
                remark.text,
                "",
                remark.section,
                "",
                place.file,
                place.line or "",
                place.column or "",
                place.cell,
                "",
                "yes",
                remark.node.value,
            ]
        )
    return buffer.getvalue()
