"""A report for people at a terminal: results grouped by what is wrong, with what to do and where."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.words import (
    compact_node,
    component,
    concern_text,
    message,
    one_line,
    plural,
    printable,
    severity,
    target_text,
)
from kg.shacl.shapes.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, Report, Result
    from kg.shacl.shapes.shapes import Shapes

_RANKS: Final = {"violation": 0, "warning": 1, "info": 2}
_TARGETS_NAMED: Final = 3


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write the outcome, the groups of results, then what is of concern about the run itself."""
    lines = [_outcome(report)]
    groups: dict[tuple[int, str, str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        groups[_RANKS[result.level], compact_node(result.shape), component(result), message(result)].append(result)
    for (_, _, _, text), results in sorted(groups.items()):
        lines += ["", f"{_heading(results[0])} ({len(results)}): {one_line(text)}"]
        lines += _body(results, shapes, labels or {})
    lines += _about_the_run(report)
    return "".join(f"{printable(part)}\n" for line in lines for part in line.split("\n"))


def _outcome(report: Report) -> str:
    checked = f"{plural(report.own_focus_nodes, 'focus node')} checked by {report.engine}{f' at {report.server}' if report.server else ''}"
    refused = sum(not concern.allowed for concern in report.concerns)
    doubts = f", {plural(refused, 'concern')} about the run" if refused else ""
    if report.conforms:
        return f"conforms{' as far as it was checked' if refused else ''}: {checked}{doubts}"
    return f"does not conform: {plural(len(report.results), 'result')}, {checked}{doubts}"


def _heading(result: Result) -> str:
    shape = "" if isinstance(result.shape, BlankNode) else f" {compact_node(result.shape)}"
    return f"{severity(result)}{shape}"


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
    allowed = [concern for concern in report.concerns if concern.allowed and concern.kind != "empty-target"]
    if allowed:
        yield from ("", "allowed:")
        yield from (f"  {_concern_line(concern)}" for concern in allowed)
    yield from _empty_targets(report)
    if report.delegated:
        yield from ("", "shapes that pySHACL validated:")
        yield from (f"  {compact_node(delegation.shape)}: {delegation.reason}" for delegation in report.delegated)
    if report.accepted or report.settled:
        settled = f"; {report.settled:,} of its entries no longer occur" if report.settled else ""
        yield from ("", f"the baseline accepts {plural(report.accepted, 'result')}{settled}")
    if report.figures:
        figures = report.figures
        yield ""
        memory = f", peak memory {figures.memory / 1e6:,.0f} MB" if figures.memory else ""
        took = f"load {figures.load:.2f} s, validation {figures.validate:.2f} s"
        yield f"{plural(figures.statements, 'statement')}: {took}{memory}"


def _empty_targets(report: Report) -> Iterator[str]:
    """Name a few of the targets that match nothing and need not; those that must are concerns."""
    told = {(concern.shape, concern.term) for concern in report.concerns if not concern.allowed}
    empty = [target for target in report.empty_targets if (target.shape, target.term) not in told]
    if empty:
        named = ", ".join(map(target_text, empty[:_TARGETS_NAMED])) + (", …" if len(empty) > _TARGETS_NAMED else "")
        one = len(empty) == 1
        yield from (
            "",
            f"{plural(len(empty), 'target')} {'matches' if one else 'match'} nothing, which is allowed here: {named}",
        )


def _concern_line(concern: Concern) -> str:
    text = concern_text(concern)
    return f"{concern.origin}: {text}" if concern.origin else text
