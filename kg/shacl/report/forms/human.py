"""A report for people at a terminal.

Results are grouped by what is wrong, each with advice made from its constraint and the place of the statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core.text import counted, printable_lines
from kg.shacl.report.report import CONCERNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, Report
    from kg.shacl.shapes.shapes import Shapes

_TARGETS_NAMED: Final = 3


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write the outcome, the groups of results, and the concerns about the run."""
    lines = [_outcome(report)]
    if report.results:
        from kg.shacl.report.forms.groups import lines_of_results

        lines += lines_of_results(report.results, shapes, labels or {})
    lines += _about_the_run(report)
    return "".join(f"{printable_lines(line)}\n" for line in lines)


def _outcome(report: Report) -> str:
    server = f" at {report.server}" if report.server else ""
    checked = f"{counted(report.own_focus_nodes, 'focus node')} checked with the {report.engine} engine{server}"
    refused = sum(not concern.allowed for concern in report.concerns)
    doubts = f", {counted(refused, 'concern')} about the run" if refused else ""
    if report.conforms:
        return f"conforms{' as far as it was checked' if refused else ''}: {checked}{doubts}"
    return f"does not conform: {counted(len(report.results), 'result')}, {checked}{doubts}"


def _about_the_run(report: Report) -> Iterator[str]:
    refused = [concern for concern in report.concerns if not concern.allowed]
    if refused:
        yield from ("", "about the run itself:")
        yield from (f"  {_concern_line(concern)}" for concern in refused)
    expected = [concern for concern in report.concerns if concern.expected]
    allowed = [
        concern
        for concern in report.concerns
        if concern.allowed and concern.kind != "empty-target" and not concern.expected
    ]
    if allowed:
        yield from ("", "allowed:")
        yield from (f"  {_concern_line(concern)}" for concern in allowed)
    if expected:
        yield from ("", _expected_line(expected))
    yield from _empty_targets(report)
    if report.delegated:
        from kg.shacl.report.forms.wording import compact_node

        yield from ("", "shapes that pySHACL validated:")
        yield from (f"  {compact_node(delegation.shape)}: {delegation.reason}" for delegation in report.delegated)
    if report.accepted or report.settled:
        settled = f"; {report.settled:,} of its entries no longer occur" if report.settled else ""
        yield from ("", f"the baseline accepts {counted(report.accepted, 'result')}{settled}")
    if report.figures:
        figures = report.figures
        yield ""
        memory = f", peak memory {figures.memory / 1e6:,.0f} MB" if figures.memory else ""
        took = f"load {figures.load:.2f} s, validation {figures.validate:.2f} s"
        yield f"{counted(figures.statements, 'statement')}: {took}{memory}"


def _empty_targets(report: Report) -> Iterator[str]:
    """Name a few of the targets that match nothing where that is allowed."""
    told = {(concern.shape, concern.term) for concern in report.concerns if concern.expected or not concern.allowed}
    empty = [target for target in report.empty_targets if (target.shape, target.term) not in told]
    if empty:
        from kg.shacl.report.forms.wording import target_text

        named = ", ".join(map(target_text, empty[:_TARGETS_NAMED])) + (", …" if len(empty) > _TARGETS_NAMED else "")
        is_one = len(empty) == 1
        yield from (
            "",
            (
                f"{counted(len(empty), 'target')} {'matches' if is_one else 'match'} nothing, which is allowed here: "
                f"{named}"
            ),
        )


def _expected_line(expected: list[Concern]) -> str:
    """Count what shapes name and the data does not use, which is usual for shapes that cover more than it."""
    targets = sum(concern.kind == "empty-target" for concern in expected)
    counts = [(targets, "target"), (len(expected) - targets, "name")]
    numbers = " and ".join(counted(count, noun) for count, noun in counts if count)
    verb = "occurs" if len(expected) == 1 else "occur"
    return f"{numbers} of the shapes {verb} nowhere in the data; --strict lists and counts such"


def _concern_line(concern: Concern) -> str:
    from kg.shacl.report.forms.wording import concern_text

    text = concern_text(concern)
    option = CONCERNS.get(concern.kind)
    if option and not concern.allowed:
        text = f"{text} ({option})"
    return f"{concern.origin}: {text}" if concern.origin else text
