"""Reports as text for people, as standard Turtle, and as JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.terms import compact, prefixes
from kg.validate.nodes import SH, XSD
from kg.validate.paths import path_text, path_turtle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.validate.nodes import Node
    from kg.validate.report import EmptyTarget, Origin, Report, Result


def render(report: Report, form: str, *, labels: Mapping[Node, str] | None = None) -> str:
    """Writes a report as ``human``, ``turtle`` or ``json`` text that ends with a line break.

    Raises:
        KeyError: the form is none of the three.

    """
    forms: dict[str, Callable[[], str]] = {
        "human": lambda: render_text(report, labels=labels),
        "turtle": lambda: render_turtle(report),
        "json": lambda: render_json(report),
    }
    return forms[form]()


def render_text(report: Report, *, labels: Mapping[Node, str] | None = None, language: str = "en") -> str:
    """Writes a report for people: results grouped by shape and message, then targets that match nothing and shapes handed on."""
    groups: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        groups[compact_node(result.shape), _severity(result), _message(result, language)].append(result)
    count = len(report.results)
    checked = f"{report.focus_nodes:,} focus nodes checked by {report.engine}"
    lines = [f"conforms: {checked}" if report.conforms else f"does not conform: {count:,} result{'s' * (count != 1)}, {checked}"]
    for (shape, severity, message), results in sorted(groups.items()):
        lines += ["", f"{severity} {shape} ({len(results)}): {message}"]
        lines += [f"  {_result_line(result, labels or {})}" for result in results]
    if report.empty_targets:
        lines += ["", "targets that match nothing:"]
        lines += [f"  {_target_line(target)}" for target in report.empty_targets]
    if report.delegated:
        lines += ["", "shapes that pySHACL validated:"]
        lines += [f"  {compact_node(delegation.shape)}: {delegation.reason}" for delegation in report.delegated]
    return "\n".join(lines) + "\n"


def _result_line(result: Result, labels: Mapping[Node, str]) -> str:
    focus = compact_node(result.focus)
    if result.focus in labels:
        focus = f"{labels[result.focus]} ({focus})"
    parts = [f"{place(result.origin)}: {focus}" if result.origin else focus]
    if result.path is not None:
        parts.append(path_text(result.path))
    if result.value is not None and result.value != result.focus:
        parts.append(compact_node(result.value))
    return " ".join(parts)


def _target_line(target: EmptyTarget) -> str:
    name = compact_node(target.term)
    line = f"{compact_node(target.shape)}: sh:{target.kind} {name}"
    if target.known:
        return line
    line += f", but {name} occurs nowhere in the data"
    return f"{line}; did you mean {' or '.join(target.near)}?" if target.near else line


def render_turtle(report: Report) -> str:
    """Writes a report as a standard ``sh:ValidationReport`` (W3C SHACL section 3.6)."""
    lines = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in prefixes().items() if iri in {SH, XSD}]
    lines += ["", "[] a sh:ValidationReport ;", f"    sh:conforms {str(report.conforms).lower()}"]
    for result in report.results:
        lines[-1] += " ;"
        lines += ["    sh:result [", "        a sh:ValidationResult ;", f"        sh:focusNode {result.focus} ;"]
        if result.path is not None:
            lines.append(f"        sh:resultPath {path_turtle(result.path)} ;")
        if result.value is not None:
            lines.append(f"        sh:value {result.value} ;")
        lines += [f"        sh:resultMessage {message} ;" for message in result.messages]
        lines += [
            f"        sh:sourceConstraintComponent {result.component} ;",
            f"        sh:sourceShape {result.shape} ;",
            f"        sh:resultSeverity {result.severity}",
            "    ]",
        ]
    return "\n".join(lines) + " .\n"


def render_json(report: Report) -> str:
    """Writes a report as one JSON object; nodes are full IRIs, ``_:`` names or literals with datatype or language."""
    document = {
        "conforms": report.conforms,
        "engine": report.engine,
        "focusNodes": report.focus_nodes,
        "results": [_result_object(result) for result in report.results],
        "emptyTargets": [
            {
                "shape": _json_node(target.shape),
                "kind": target.kind,
                "term": _json_node(target.term),
                "known": target.known,
                "near": list(target.near),
            }
            for target in report.empty_targets
        ],
        "delegated": [{"shape": _json_node(delegation.shape), "reason": delegation.reason} for delegation in report.delegated],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _result_object(result: Result) -> dict[str, object]:
    found: dict[str, object] = {"focusNode": _json_node(result.focus)}
    if result.path is not None:
        found["path"] = path_text(result.path)
    if result.value is not None:
        found["value"] = _json_node(result.value)
    found |= {
        "component": result.component.value,
        "shape": _json_node(result.shape),
        "severity": result.severity.value,
        "messages": [_json_node(message) for message in result.messages],
    }
    if result.origin:
        found["origin"] = {"file": str(result.origin.file), "line": result.origin.line, "column": result.origin.column}
    return found


def _json_node(node: Node) -> str | dict[str, str]:
    if isinstance(node, NamedNode):
        return node.value
    if isinstance(node, Literal):
        kind = {"language": node.language} if node.language else {"datatype": node.datatype.value}
        return {"value": node.value, **kind}
    return str(node)


def compact_node(node: Node) -> str:
    """Writes a node for people: a CURIE, a ``_:`` name, or a literal."""
    if isinstance(node, NamedNode):
        return compact(node.value)
    if isinstance(node, Literal) and not node.language:
        return f'"{node.value}"' if node.datatype.value == f"{XSD}string" else f'"{node.value}"^^{compact(node.datatype.value)}'
    return str(node)


def place(origin: Origin) -> str:
    """Writes an origin as ``file:line:column``, or the file alone when the line is not known."""
    return f"{origin.file}:{origin.line}:{origin.column}" if origin.line else str(origin.file)


def _severity(result: Result) -> str:
    return result.severity.value.removeprefix(SH)


def _message(result: Result, language: str) -> str:
    for message in result.messages:
        if message.language in (language, None):
            return message.value
    if result.messages:
        return result.messages[0].value
    return f"sh:{result.component.value.removeprefix(SH).removesuffix('ConstraintComponent')} does not hold"
