"""A report as commands of a GitHub workflow, which shows them at the lines they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.shacl.nodes import path_text
from kg.shacl.report.forms.human import Adviser, compact_node, component, concern_text, message, shape_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes

_COMMANDS: Final = {"violation": "error", "warning": "warning", "info": "notice"}


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write one command a result and one a concern; none at all for a clean run."""
    adviser = Adviser(shapes)
    lines = [_result(result, adviser) for result in report.results]
    lines += [
        _command("error", f"kg validate {concern.kind}", concern_text(concern), concern.origin)
        for concern in report.concerns
        if not concern.allowed
    ]
    return "".join(f"{line}\n" for line in lines)


def _result(result: Result, adviser: Adviser) -> str:
    about = compact_node(result.focus) + (f" {path_text(result.path)}" if result.path is not None else "")
    text = f"{about}: {message(result)}"
    if fix := adviser.advice(result):
        text += f"\nfix: {fix}"
    return _command(_COMMANDS[result.level], f"{shape_name(result)} {component(result)}", text, result.origin)


def _command(name: str, title: str, text: str, origin: Origin | None) -> str:
    where = [f"file={_property(origin.file)}"] if origin else []
    if origin and origin.line:
        where += [f"line={origin.line}", f"col={origin.column}"]
    elif origin and origin.cell:
        text = f"{origin.cell}: {text}"
    return f"::{name} {','.join([*where, f'title={_property(title)}'])}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
