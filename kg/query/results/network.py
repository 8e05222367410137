"""A chart of a signed graph: things in columns from causes to effects, and an arrow for each row of the answer.

The sign of an arrow shows in the style of its line and as a mark beside it, not by colour alone. Places are computed
here, so that nothing but Vega-Lite is needed: each part of the graph that hangs together has a band of its own.
"""

from __future__ import annotations

from collections import defaultdict
from math import atan2, degrees
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Edge = tuple[str, str, str]

STYLES: Final = {"+": ("#1b5e9e", [1, 0]), "-": ("#b3400e", [7, 4]), "?": ("#555555", [1, 3])}
"""The colour and the dashes of a line by its sign; other signs have those of '?'."""
_ROW: Final = 20
_CHARACTER: Final = 5.7
_BETWEEN: Final = 90
_SWEEPS: Final = 6


def content(edges: Sequence[Edge], names: tuple[str, str, str], title: Sequence[str]) -> dict[str, Any]:
    """Return the Vega-Lite specification of a graph, without its schema.

    Args:
        edges: for each arrow its first thing, its second and its sign.
        names: the names of these columns.
        title: the lines over the chart.

    """
    places = layout([(first, second) for first, second, _ in edges])
    width = max(x + _length(name) for name, (x, _) in places.items()) + _BETWEEN
    height = (max(y for _, y in places.values()) + 2) * _ROW
    signs = list(dict.fromkeys(sign for *_, sign in edges))
    colours, dashes = zip(*(STYLES.get(sign, STYLES["?"]) for sign in signs), strict=True)
    sign = {"field": names[2], "type": "nominal", "title": names[2].capitalize()}
    lines = [dict(zip(names, edge, strict=True)) | _line(edge, places) for edge in edges]
    nodes = [{"name": name, "nodeX": x, "nodeY": y * _ROW} for name, (x, y) in places.items()]
    styled = sign | {"scale": {"domain": signs, "range": list(colours)}}
    return {
        "data": {"values": lines},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 1.2},
                "encoding": _at("fromX", "fromY", width, height)
                | {"x2": {"field": "toX"}, "y2": {"field": "toY"}, "color": styled}
                | {"strokeDash": sign | {"scale": {"domain": signs, "range": list(dashes)}}},
            },
            {
                "mark": {"type": "point", "shape": "triangle", "filled": True, "size": 45, "opacity": 1},
                "encoding": _at("toX", "toY", width, height)
                | {"color": styled, "angle": {"field": "turn", "type": "quantitative", "scale": None}},
            },
            {
                "mark": {"type": "text", "fontSize": 12, "fontWeight": "bold", "dy": -6},
                "encoding": _at("markX", "markY", width, height)
                | {"color": styled, "text": {"field": names[2], "type": "nominal"}},
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "text", "align": "left", "fontSize": 11, "limit": 0},
                "encoding": _at("nodeX", "nodeY", width, height) | {"text": {"field": "name", "type": "nominal"}},
            },
        ],
        "width": round(width),
        "height": round(height),
        "title": list(title),
        "config": {"view": {"stroke": None}},
    }


def _at(x: str, y: str, width: float, height: float) -> dict[str, Any]:
    return {
        "x": {"field": x, "type": "quantitative", "axis": None, "scale": {"domain": [0, width], "nice": False}},
        "y": {
            "field": y,
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [height, -_ROW], "nice": False},
        },
    }


def _line(edge: Edge, places: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return where an arrow begins, ends, points and bears its mark."""
    (x, y), (to_x, to_y) = places[edge[0]], places[edge[1]]
    begin, end = (x + _length(edge[0]) + 4, y * _ROW), (to_x - 6, to_y * _ROW)
    turn = degrees(atan2(end[1] - begin[1], end[0] - begin[0])) + 90
    middle = [begin[axis] + 0.75 * (end[axis] - begin[axis]) for axis in (0, 1)]
    found = {"fromX": begin[0], "fromY": begin[1], "toX": end[0], "toY": end[1], "turn": turn}
    return {name: round(value, 1) for name, value in (found | {"markX": middle[0], "markY": middle[1]}).items()}


def _length(text: str) -> float:
    return _CHARACTER * sum(2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def layout(edges: Iterable[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return for each thing its distance from the left and its row; no two things are in one place."""
    edges = list(dict.fromkeys(edges))
    found: dict[str, tuple[float, float]] = {}
    top = 0
    for part in _parts(edges):
        inside = [edge for edge in edges if edge[0] in part]
        columns = _columns(part, inside)
        _order(columns, inside)
        left, tallest = 0.0, max(map(len, columns))
        for column in columns:
            start = top + (tallest - len(column)) / 2
            found |= {name: (left, start + number) for number, name in enumerate(column)}
            left += max(map(_length, column)) + _BETWEEN
        top += tallest + 1
    return found


def _parts(edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the things that hang together, the largest parts first."""
    near: dict[str, list[str]] = defaultdict(list)
    for first, second in edges:
        near[first].append(second)
        near[second].append(first)
    parts, seen = [], set[str]()
    for start in near:
        part, waiting = list[str](), [start]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                part.append(name)
                waiting += reversed(near[name])
        if part:
            parts.append(part)
    return sorted(parts, key=len, reverse=True)


def _columns(part: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the things by how many arrows lead to them at most; arrows that close a circle do not count."""
    after: dict[str, list[str]] = defaultdict(list)
    for first, second in edges:
        after[first].append(second)
    order, seen = list[str](), set[str]()
    aims = {second for _, second in edges}
    for root in sorted(part, key=lambda name: name in aims):
        waiting = [(root, False)]
        while waiting:
            name, left = waiting.pop()
            if left:
                order.append(name)
            elif name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [(other, False) for other in after[name] if other not in seen]
    rank = {name: number for number, name in enumerate(reversed(order))}
    depth = dict.fromkeys(rank, 0)
    for name, number in rank.items():
        for other in after[name]:
            if rank[other] > number:
                depth[other] = max(depth[other], depth[name] + 1)
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, number in depth.items():
        columns[number].append(name)
    return columns


def _order(columns: list[list[str]], edges: Sequence[tuple[str, str]]) -> None:
    """Order each column by the mean row of the neighbours of its things, some times over, so that few arrows cross."""
    near: dict[str, list[str]] = defaultdict(list)
    for first, second in edges:
        near[first].append(second)
        near[second].append(first)
    row = {name: number / len(column) for column in columns for number, name in enumerate(column)}
    for _ in range(_SWEEPS):
        for column in columns:
            column.sort(key=lambda name: sum(row[other] for other in near[name]) / len(near[name]))
            row |= {name: number / len(column) for number, name in enumerate(column)}
