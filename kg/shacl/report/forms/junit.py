"""Write a report as JUnit XML: a test case for each shape with results or targets, a failure for each result."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kg.core.text import markup
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import compact_node, component, concern_text, message, severity, shape_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write the report; with ``shapes``, those without results are test cases that pass."""
    by_shape: dict[Node, list[Result]] = defaultdict(list)
    for result in report.results:
        by_shape[result.shape].append(result)
    quiet = (
        [shape.node for shape in shapes.with_targets() if not shape.deactivated and shape.node not in by_shape]
        if shapes
        else []
    )
    refused = [concern for concern in report.concerns if not concern.allowed]
    took = f' time="{report.figures.load + report.figures.validate:.3f}"' if report.figures else ""
    counts = f'tests="{len(by_shape) + len(quiet) + len(refused)}" failures="{len(by_shape)}" errors="{len(refused)}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="kg validate" {counts}{took}>']
    lines.append(f'  <testsuite name="shapes" {counts} skipped="0"{took}>')
    adviser = Adviser(shapes)
    for results in by_shape.values():
        lines.append(
            f"    <testcase classname={_attribute(shape_name(results[0]))} "
            f"name={_attribute(_names(results))}{_file(results[0].origin)}>"
        )
        lines.append(_failure(results, adviser))
        lines.append("    </testcase>")
    lines += [f'    <testcase classname={_attribute(compact_node(shape))} name="conforms"/>' for shape in quiet]
    for concern in refused:
        text = concern_text(concern)
        lines.append(
            f"    <testcase classname={_attribute(concern.kind)} name={_attribute(text)}{_file(concern.origin)}>"
        )
        lines.append(f"      <error type={_attribute(concern.kind)} message={_attribute(text)}/>")
        lines.append("    </testcase>")
    return "\n".join([*lines, "  </testsuite>", "</testsuites>"]) + "\n"


def _names(results: list[Result]) -> str:
    return " ".join(dict.fromkeys(component(result) for result in results))


def _file(origin: Origin | None) -> str:
    if origin is None:
        return ""
    line = f' line="{origin.line}"' if origin.line else ""
    return f" file={_attribute(origin.file)}{line}"


def _failure(results: list[Result], adviser: Adviser) -> str:
    """Return one failure element, whose text holds all results.

    Many readers of JUnit XML keep only the first failure of a test case.
    """
    text = "\n".join(markup(line) for result in results for line in _lines(result, adviser))
    head = f"type={_attribute(severity(results[0]))} message={_attribute(message(results[0]))}"
    return f"      <failure {head}>\n{text}\n</failure>"


def _lines(result: Result, adviser: Adviser) -> Iterator[str]:
    at = f"{result.origin}: " if result.origin else ""
    path = f" {path_text(result.path)}" if result.path is not None else ""
    value = f" {compact_node(result.value)}" if result.value is not None and result.value != result.focus else ""
    yield f"{at}{severity(result)} {component(result)} {compact_node(result.focus)}{path}{value}: {message(result)}"
    if fix := adviser.advice(result):
        yield f"  fix: {fix}"


def _attribute(text: str) -> str:
    return '"' + markup(text).replace("\n", "&#10;") + '"'
