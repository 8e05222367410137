"""The results of a report for people at a terminal, grouped by what is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import compact_node, component, message, one_line, severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Branch, Result
    from kg.shacl.shapes.shapes import Shapes

_MOST_REASONS: Final = 8
_RANKS: Final = {"violation": 0, "warning": 1, "info": 2}


def lines_of_results(results: Iterable[Result], shapes: Shapes | None, labels: Mapping[Node, str]) -> Iterator[str]:
    """Yield the lines of some results, each with advice made from its constraint and the place of the statement."""
    groups: dict[tuple[int, str, str, str], list[Result]] = defaultdict(list)
    for result in results:
        groups[_RANKS[result.level], compact_node(result.shape), component(result), message(result)].append(result)
    for (_, _, _, text), alike in sorted(groups.items()):
        yield from ("", f"{_heading(alike[0])} ({len(alike)}): {one_line(text)}")
        yield from _body(alike, shapes, labels)


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
        yield from (f"    {line}" for line in _reasons(result))


def _reasons(result: Result) -> Iterator[str]:
    """Yield why the value does not conform to each shape that it was held against."""
    branches = result.hint.branches if result.hint else ()
    lines = [line for number, branch in enumerate(branches, 1) for line in _of_branch(branch, number, len(branches))]
    yield from lines[:_MOST_REASONS]
    if len(lines) > _MOST_REASONS:
        yield f"and {len(lines) - _MOST_REASONS:,} more"


def _of_branch(branch: Branch, number: int, of: int) -> Iterator[str]:
    named = not isinstance(branch.shape, BlankNode)
    name = compact_node(branch.shape) if named else f"shape {number} of {of}" if of > 1 else "because"
    if not branch.results:
        yield f"{name}: holds"
    for inner in branch.results:
        yield f"{name}: {_result_line(replace(inner, origin=None), {})}: {one_line(message(inner))}"
        yield from (f"  {line}" for line in _reasons(inner))


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
