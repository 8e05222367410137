"""An audit as comma-separated values: one line a finding, and one a note made by hand."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.statements import anomaly_node

if TYPE_CHECKING:
    from kg.core.origin import Origin
    from kg.evidence.audit.model import Audit, Finding, Remark

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
    """Write the table, RFC 4180 but for line ends, which are those of text files.

    A note made by hand has no certainty and no check.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(map(_finding, outcome.findings))
    writer.writerows(map(_remark, outcome.remarks))
    return buffer.getvalue()


def _finding(found: Finding) -> list[object]:
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


def _remark(remark: Remark) -> list[object]:
    what = [remark.document, remark.kind, "", remark.name, "", "", remark.text, ""]
    return [*what, remark.section, "", *_address(remark.place), "", "yes", remark.node.value]


def _address(place: Origin) -> list[object]:
    return [place.file, place.line or "", place.column or "", place.cell]
