"""Write the report of a state as JSON with shared nodes, paths and messages, which is read several times faster."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import NamedNode

from kg.core.errors import InputError, Problem
from kg.core.nesting import parse_json
from kg.core.origin import Origin
from kg.shacl.report.forms.objects import node_object, path_object, read_node, read_path, read_report, write
from kg.shacl.report.report import Result

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from pyoxigraph import Literal

    from kg.shacl.nodes import Node, Path
    from kg.shacl.report.report import Report

    Row = tuple[int, int, int, int, int, int, int, int, int, int, int, str]

Thing = TypeVar("Thing", bound="Hashable")
_NOTHING = -1


def write_stored(report: Report) -> str:
    """Write a report without the figures of its run."""
    nodes: dict[Node, int] = {}
    paths: dict[Path, int] = {}
    messages: dict[tuple[Literal, ...], int] = {}
    files: dict[str, int] = {}
    rows: list[Row] = []
    for result in report.results:
        focus, value, component, shape, severity, constraint = (
            _number(nodes, node)
            for node in (result.focus, result.value, result.component, result.shape, result.severity, result.constraint)
        )
        told, path = _number(messages, result.messages), _number(paths, result.path)
        file = _number(files, result.origin.file if result.origin else None)
        place = (result.origin.line, result.origin.column, result.origin.cell) if result.origin else (0, 0, "")
        rows.append((focus, path, value, component, shape, severity, told, constraint, file, *place))
    content = {
        "nodes": [node_object(node) for node in nodes],
        "paths": [path_object(path) for path in paths],
        "messages": [[node_object(message) for message in told] for told in messages],
        "files": list(files),
        "rows": rows,
        "rest": write(replace(report, results=(), figures=None)),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _number(known: dict[Thing, int], thing: Thing | None) -> int:
    return _NOTHING if thing is None else known.setdefault(thing, len(known))


def read_stored(text: str, file: str) -> Report:
    """Read what :func:`write_stored` wrote.

    Raises:
        InputError: the text is something else.

    """
    try:
        content = parse_json(text)
        nodes = [
            NamedNode(node) if isinstance(node, str) and node[:2] != "_:" else read_node(node)
            for node in content["nodes"]
        ]
        paths = [*map(read_path, content["paths"])]
        messages = [tuple(map(read_node, told)) for told in content["messages"]]
        results = tuple(_results(content["rows"], nodes, paths, messages, content["files"]))
        return replace(read_report(content["rest"], file), results=results)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError([Problem(file, 0, 0, "is no report that --save-state wrote")]) from error


def _results(
    rows: Sequence[Row],
    nodes: Sequence[Node],
    paths: Sequence[Path],
    messages: Sequence[tuple[Node, ...]],
    files: Sequence[str],
) -> Iterator[Result]:
    for focus, path, value, component, shape, severity, told, constraint, file, line, column, cell in rows:
        yield Result(
            nodes[focus],
            None if path == _NOTHING else paths[path],
            None if value == _NOTHING else nodes[value],
            nodes[component],  # type: ignore[arg-type]
            nodes[shape],
            nodes[severity],  # type: ignore[arg-type]
            messages[told],  # type: ignore[arg-type]
            None if file == _NOTHING else Origin(files[file], line, column, cell),
            None if constraint == _NOTHING else nodes[constraint],
        )
