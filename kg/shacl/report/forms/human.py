"""A report for people at a terminal.

Results are grouped by what is wrong, each with advice made from its constraint and the place of the statement.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.core.text import counted, printable_lines
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import (
    compact_node,
    component,
    concern_text,
    message,
    one_line,
    severity,
    target_text,
)
from kg.shacl.report.report import CONCERNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, Report, Result
    from kg.shacl.shapes.shapes import Shapes

_RANKS: Final = {"violation": 0, "warning": 1, "info": 2}
_TARGETS_NAMED: Final = 3


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write the outcome, the groups of results, and the concerns about the run."""
    lines = [_outcome(report)]
    groups: dict[tuple[int, str, str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        groups[_RANKS[result.level], compact_node(result.shape), component(result), message(result)].append(result)
    for (_, _, _, text), results in sorted(groups.items()):
        lines += ["", f"{_heading(results[0])} ({len(results)}): {one_line(text)}"]
        lines += _body(results, shapes, labels or {})
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


def _heading(result: Result) -> str:
    """Return the severity and the shape: its name, or its path and the place where it is stated."""
    if not isinstance(result.shape, BlankNode):
        return f"{severity(result)} {compact_node(result.shape)}"
    path = f" {path_text(result.path)}" if result.path is not None else ""
    place = f" of {result.hint.shape}" if result.hint and result.hint.shape else ""
    return f"{severity(result)}{path}{place}"


def _body(results: list[Result], shapes: Shapes | None, labels: Mapping[Node, str]) -> Iterator[str]:
    adviser = Adviser(shapes)
    advices = [adviser.advice(result) for result in results]
    shared = advices[0] if len(set(advices)) == 1 else ""
    if shared:
        yield f"  fix: {shared}"
    for result, own in zip(results, advices, strict=True):
        yield f"  {_result_line(result, labels)}" + (f"; fix: {own}" if own and not shared else "")


def _result_line(result: Result, labels: Mapping[Node, str]) -> str:
    focus = compact_node(result.focus)
    if result.focus in labels:
        focus = f"{labels[result.focus]} ({focus})"
    parts = [f"{result.origin}: {focus}" if result.origin else focus]
    if result.path is not None:
        parts.append(path_text(result.path))
    if result.value is not None and result.value != result.focus:
        parts.append(compact_node(result.value))
    return " ".join(parts)


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
    text = concern_text(concern)
    option = CONCERNS.get(concern.kind)
    if option and not concern.allowed:
        text = f"{text} ({option})"
    return f"{concern.origin}: {text}" if concern.origin else text
