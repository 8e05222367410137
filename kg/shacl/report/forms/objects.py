"""A report as JSON, written and read back."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.core.errors import InputError, Problem
from kg.core.nesting import parse_json
from kg.core.origin import Origin
from kg.core.terms import as_turtle
from kg.shacl.nodes import AlternativePath, InversePath, Path, RepeatedPath, SequencePath, path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.report import Concern, Delegation, EmptyTarget, LeftOut, Report, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Quad

    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Shapes


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:  # noqa: ARG001
    """Write a report as JSON, each part and each member of a list of objects on a line.

    Nodes are full IRIs, ``_:`` names or literals with datatype or language.
    """
    return (
        "{\n"
        + ",\n".join(f" {json.dumps(name)}: {_lines(part)}" for name, part in as_object(report, shapes).items())
        + "\n}\n"
    )


def _lines(part: object) -> str:
    if not isinstance(part, list) or not part:
        return _ENCODE(part)
    return "[\n" + ",\n".join(f"  {_ENCODE(member)}" for member in part) + "\n ]"


def as_object(report: Report, shapes: Shapes | None = None) -> dict[str, object]:
    """Return a report as objects for JSON."""
    adviser = Adviser(shapes)
    document: dict[str, object] = {
        "conforms": report.conforms,
        "clean": not report.fails(),
        "engine": report.engine,
        **({"server": report.server} if report.server else {}),
        "focusNodes": report.own_focus_nodes,
        **({"focusNodesOfOntology": report.beside} if report.beside else {}),
        "results": [_result(result, adviser) for result in report.results],
        "concerns": [_concern(concern) for concern in report.concerns],
        "emptyTargets": [_target(target) for target in report.empty_targets],
        "delegated": [
            {"shape": node_object(delegation.shape), "reason": delegation.reason} for delegation in report.delegated
        ],
        **({"leftOut": _left_out(report)} if report.left_out else {}),
        "accepted": report.accepted,
        "settled": report.settled,
    }
    if report.figures:
        figures = report.figures
        document["run"] = {
            "loadSeconds": round(figures.load, 3),
            "validationSeconds": round(figures.validate, 3),
            "statements": figures.statements,
            "peakMemoryBytes": figures.memory,
        }
    return document


def _left_out(report: Report) -> list[dict[str, object]]:
    return [{"shape": node_object(one.shape), "reason": one.reason} for one in report.left_out]


def _result(result: Result, adviser: Adviser) -> dict[str, object]:
    item: dict[str, object] = {"focusNode": node_object(result.focus)}
    if result.path is not None:
        item |= {"path": path_text(result.path), "pathStructure": path_object(result.path)}
    if result.value is not None:
        item["value"] = node_object(result.value)
    item |= {
        "component": result.component.value,
        "shape": node_object(result.shape),
        "severity": result.severity.value,
        "messages": [node_object(message) for message in result.messages],
    }
    if result.constraint is not None:
        item["constraint"] = node_object(result.constraint)
    if fix := adviser.advice(result):
        item["fix"] = fix
    if result.hint and result.hint.branches:
        item["branches"] = [
            {"shape": node_object(branch.shape), "results": [_result(inner, adviser) for inner in branch.results]}
            for branch in result.hint.branches
        ]
    return item | _at(result.origin)


def _concern(concern: Concern) -> dict[str, object]:
    item: dict[str, object] = {
        "kind": concern.kind,
        "message": concern.message,
        "allowed": concern.allowed,
        "near": list(concern.near),
    }
    if concern.expected:
        item["expected"] = True
    item |= {
        name: node_object(node) for name, node in (("shape", concern.shape), ("term", concern.term)) if node is not None
    }
    return item | _at(concern.origin)


def _target(target: EmptyTarget) -> dict[str, object]:
    return {
        "shape": node_object(target.shape),
        "kind": target.kind,
        "term": node_object(target.term),
        "known": target.known,
        "near": list(target.near),
    }


def _at(origin: Origin | None) -> dict[str, object]:
    if origin is None:
        return {}
    where: dict[str, object] = {"file": origin.file, "line": origin.line, "column": origin.column}
    return {"origin": where | ({"cell": origin.cell} if origin.cell else {})}


def node_object(node: Node) -> str | dict[str, str]:
    """Return an IRI or ``_:`` name as text, a literal as an object."""
    if isinstance(node, NamedNode):
        return node.value
    if isinstance(node, Literal):
        kind = {"language": node.language} if node.language else {"datatype": node.datatype.value}
        return {"value": node.value, **kind}
    return as_turtle(node)


def path_object(path: Path) -> str | dict[str, object]:
    """Return a property path as an IRI, or as an object with the kind of path as its only key."""
    match path:
        case NamedNode():
            return path.value
        case InversePath(inner):
            return {"inverse": path_object(inner)}
        case SequencePath(steps):
            return {"sequence": [path_object(step) for step in steps]}
        case AlternativePath(choices):
            return {"alternative": [path_object(choice) for choice in choices]}
        case RepeatedPath(inner, sign):
            return {sign: path_object(inner)}


def read_report(text: str, file: str = "report") -> Report:
    """Read a report that :func:`write` wrote; the figures of the run are dropped.

    Raises:
        InputError: the text is no report in JSON.

    """
    try:
        content = parse_json(text)
        return Report(
            conforms=content["conforms"],
            results=tuple(map(_read_result, content["results"])),
            empty_targets=tuple(map(_read_target, content["emptyTargets"])),
            delegated=tuple(Delegation(read_node(item["shape"]), item["reason"]) for item in content["delegated"]),
            left_out=tuple(LeftOut(read_node(item["shape"]), item["reason"]) for item in content.get("leftOut", ())),
            engine=content["engine"],
            server=content.get("server", ""),
            focus_nodes=content["focusNodes"] + content.get("focusNodesOfOntology", 0),
            beside=content.get("focusNodesOfOntology", 0),
            concerns=tuple(map(_read_concern, content["concerns"])),
            accepted=content["accepted"],
            settled=content["settled"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError([Problem(file, 0, 0, "is no report of kg validate in JSON")]) from error


def _read_result(item: dict[str, Any]) -> Result:
    return Result(
        focus=read_node(item["focusNode"]),
        path=read_path(item["pathStructure"]) if "pathStructure" in item else None,
        value=read_node(item["value"]) if "value" in item else None,
        component=_iri(item["component"]),
        shape=read_node(item["shape"]),
        severity=_iri(item["severity"]),
        messages=tuple(node for node in map(read_node, item["messages"]) if isinstance(node, Literal)),
        origin=_origin(item),
        constraint=read_node(item["constraint"]) if "constraint" in item else None,
    )


def _read_target(item: dict[str, Any]) -> EmptyTarget:
    return EmptyTarget(
        read_node(item["shape"]), item["kind"], read_node(item["term"]), item["known"], tuple(item["near"])
    )


def _read_concern(item: dict[str, Any]) -> Concern:
    shape, term = (read_node(item[name]) if name in item else None for name in ("shape", "term"))
    near, expected = tuple(item["near"]), item.get("expected", False)
    return Concern(item["kind"], item["message"], shape, term, near, _origin(item), item["allowed"], expected)


def _origin(item: dict[str, Any]) -> Origin | None:
    where = item.get("origin")
    return Origin(where["file"], where["line"], where["column"], where.get("cell", "")) if where else None


def read_node(item: str | dict[str, str]) -> Node:
    """Read a node that :func:`node_object` returned."""
    if isinstance(item, str):
        if item.startswith("<<("):
            return _triple_term(item)
        return BlankNode(item[2:]) if item.startswith("_:") else _iri(item)
    if "language" in item:
        return Literal(item["value"], language=item["language"])
    return Literal(item["value"], datatype=NamedNode(item["datatype"]))


@lru_cache(maxsize=1 << 10)
def _triple_term(text: str) -> Node:
    lines = parse(f"<urn:x> <urn:x> {text} .", RdfFormat.N_TRIPLES, rename_blank_nodes=False)
    try:
        quad: Quad = next(iter(lines))
    except SyntaxError as error:
        raise ValueError(f"{text} is no term: {error.msg}") from error
    return quad.object


def _iri(text: str) -> NamedNode:
    return NamedNode(text)


def read_path(item: str | dict[str, Any]) -> Path:
    """Read a path that :func:`path_object` returned."""
    if isinstance(item, str):
        return _iri(item)
    ((kind, inner),) = item.items()
    match kind:
        case "inverse":
            return InversePath(read_path(inner))
        case "sequence":
            return SequencePath(tuple(map(read_path, inner)))
        case "alternative":
            return AlternativePath(tuple(map(read_path, inner)))
        case _:
            return RepeatedPath(read_path(inner), kind)
