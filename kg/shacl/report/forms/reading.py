"""Reads back the report that the JSON form is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import InputError, Problem
from kg.core.jsontext import parse_json
from kg.core.origin import Origin
from kg.shacl.report.report import Concern, Delegation, EmptyTarget, Report, Result
from kg.shacl.shapes.paths import AlternativePath, InversePath, Path, RepeatedPath, SequencePath


def read_report(text: str, file: str = "report") -> Report:
    """Read a report; figures of the run are left behind.

    Raises:
        InputError: the text is no report in JSON.

    """
    try:
        content = parse_json(text)
        return Report(
            conforms=content["conforms"],
            results=tuple(map(_result, content["results"])),
            empty_targets=tuple(map(_target, content["emptyTargets"])),
            delegated=tuple(Delegation(read_node(item["shape"]), item["reason"]) for item in content["delegated"]),
            engine=content["engine"],
            server=content.get("server", ""),
            focus_nodes=content["focusNodes"] + content.get("focusNodesOfOntology", 0),
            beside=content.get("focusNodesOfOntology", 0),
            concerns=tuple(map(_concern, content["concerns"])),
            accepted=content["accepted"],
            settled=content["settled"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError([Problem(file, 0, 0, "is no report of kg validate in JSON")]) from error


def _result(item: dict[str, Any]) -> Result:
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


def _target(item: dict[str, Any]) -> EmptyTarget:
    return EmptyTarget(
        read_node(item["shape"]), item["kind"], read_node(item["term"]), item["known"], tuple(item["near"])
    )


def _concern(item: dict[str, Any]) -> Concern:
    shape, term = (read_node(item[name]) if name in item else None for name in ("shape", "term"))
    return Concern(item["kind"], item["message"], shape, term, tuple(item["near"]), _origin(item), item["allowed"])


def _origin(item: dict[str, Any]) -> Origin | None:
    where = item.get("origin")
    return Origin(where["file"], where["line"], where["column"], where.get("cell", "")) if where else None


def read_node(item: str | dict[str, str]) -> NamedNode | BlankNode | Literal:
    """Read back what ``node_object`` gives."""
    if isinstance(item, str):
        return BlankNode(item[2:]) if item.startswith("_:") else _iri(item)
    if "language" in item:
        return Literal(item["value"], language=item["language"])
    return Literal(item["value"], datatype=NamedNode(item["datatype"]))


@lru_cache(maxsize=1 << 10)
def _iri(text: str) -> NamedNode:
    return NamedNode(text)


def read_path(item: str | dict[str, Any]) -> Path:
    """Read back what ``path_object`` gives."""
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
