"""Write a report as workflow commands of GitHub Actions, which show results at their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core.finding import Severity
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.findings import finding_of_concern, finding_of_result
from kg.shacl.report.forms.wording import component, shape_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.core.finding import Finding
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write one command for each result and each concern; none for a clean run."""
    adviser = Adviser(shapes)
    lines = [
        _command(f"{shape_name(result)} {component(result)}", finding_of_result(result, adviser))
        for result in report.results
    ]
    lines += [
        _command(f"kg validate {concern.kind}", finding_of_concern(concern))
        for concern in report.concerns
        if not concern.allowed
    ]
    return "".join(f"{line}\n" for line in lines)


def _command(title: str, finding: Finding) -> str:
    text = finding.message + (f"\nfix: {finding.hint}" if finding.hint else "")
    place = finding.place
    where = [f"file={_property(place.file)}"] if place.file else []
    if place.line:
        where += [f"line={place.line}", f"col={place.column}"]
    elif place.cell:
        text = f"{place.cell}: {text}"
    return f"::{_COMMANDS[finding.severity]} {','.join([*where, f'title={_property(title)}'])}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
