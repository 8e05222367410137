"""The chart of a query: what its header declares, as a Vega-Lite specification and as a picture.

A header says, for example, ``chart: {mark: bar, x: share, y: factor}`` in names of columns. Types, titles and the order
of names follow from the answer, so that a chart says nothing that its table does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.core.errors import QueryError, near_names
from kg.core.text import in_script, markup, printable, shortened
from kg.query.results.answers import optional_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import altair as alt

    from kg.query.catalogue.declarations import Chart
    from kg.query.results.typed import Column, Value
    from kg.store.protocol import Solutions

GRAPH: Final = "graph"
FORMATS: Final = ("svg", "png", "html", "json")
_TYPES: Final = {"integer": "quantitative", "decimal": "quantitative", "double": "quantitative", "year": "ordinal"}
_TYPES_OF_TIME: Final = {"date": "temporal", "dateTime": "temporal", "instant": "temporal"}
_STACKED: Final = frozenset({"bar", "area"})
_WIDTH: Final = 420
_WIDTH_OF_FACET: Final = 240
_TITLE_WIDTH: Final = 70  # characters
_LARGEST: Final = 1e300
MOST_NAMES: Final = 500
LONGEST_NAME: Final = 1_000
MOST_SECONDS: Final = 60
_FEWER: Final = "ask for fewer rows, or for shorter texts"


def draw(
    chart: Chart, solutions: Solutions, form: str, titles: Mapping[str, str] | None = None, heading: str = ""
) -> bytes:
    """Return the chart of solutions as svg, png, html (which needs no network) or json (the Vega-Lite specification).

    Args:
        chart: what to draw.
        solutions: its data.
        form: the format.
        titles: what the axes say, by column; the name of the column otherwise.
        heading: what stands over the chart if it has no title of its own.

    Raises:
        QueryError: the format is unknown, a package of the extra is missing, or there is nothing to draw.

    """
    if form not in FORMATS:
        hint = f"formats of charts: {', '.join(FORMATS)}"
        raise QueryError(f"no format of charts is called '{form}'", hint=hint, near=near_names(form, FORMATS))
    if not solutions.rows:
        raise QueryError("there are no rows to draw a chart of")
    drawn = to_altair(chart, solutions, titles or {}, heading)
    if form == "json":
        import json

        return (json.dumps(specification(drawn), ensure_ascii=False, indent=2) + "\n").encode()
    optional_package("vl_convert", "charts", "a drawn chart")
    if form == "html":
        return _page(drawn, chart.title or heading).encode()
    return _picture(specification(drawn), form)


_DRAWING: Final = """import sys, vl_convert
spec = sys.stdin.read()
if sys.argv[1] == "png":
    picture = vl_convert.vegalite_to_png(spec, scale=2)
else:
    picture = vl_convert.vegalite_to_svg(spec).encode()
sys.stdout.buffer.write(picture)"""


def _picture(specified: dict[str, Any], form: str) -> bytes:
    """Return a chart as svg or png, drawn in a process of its own, which what draws may end.

    Raises:
        QueryError: it cannot be drawn, or not within ``MOST_SECONDS``.

    """
    import json
    import subprocess
    import sys

    command = [sys.executable, "-P", "-c", _DRAWING, form]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=json.dumps(specified).encode(), capture_output=True, check=True, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(f"the chart was not drawn within {MOST_SECONDS} s", hint=_FEWER) from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or [""]
        raise QueryError(f"the chart cannot be drawn as {form}: {shortened(lines[-1])}", hint=_FEWER) from error
    return done.stdout


_EMBEDDING: Final = {
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
    "mode": "vega-lite",
}
"""How Vega shows a chart: without the actions that write the chart's source into a page, or send it to an address."""
_ALLOWED: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
)


def _page(drawn: alt.Chart, title: str) -> str:
    """Return a page with a chart that fetches nothing, and in which no text of the data is markup."""
    import vl_convert

    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">
<title>{markup(title)}</title>
<script>{vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")}</script>
</head>
<body>
<div id="chart"></div>
<script>vegaEmbed("#chart", {in_script(specification(drawn))}, {in_script(_EMBEDDING)});</script>
</body>
</html>
"""


def specification(drawn: alt.Chart) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart, its data inside."""
    import altair as alt

    with alt.data_transformers.enable(consolidate_datasets=False):
        found: dict[str, Any] = drawn.to_dict()
    return found


def to_altair(
    chart: Chart,
    solutions: Solutions,
    titles: Mapping[str, str],
    heading: str = "",
    shown: Callable[[str], str] = printable,
) -> alt.Chart:
    """Return the chart as an object of altair, which notebooks show; ``shown`` changes every text of the data.

    Raises:
        QueryError: altair is not installed, or the answer lacks a column of the chart.

    """
    altair = optional_package("altair", "charts", "a chart")
    from kg.query.results.typed import typed_columns

    columns = {
        column.name: column._replace(values=tuple(_plain(value, shown) for value in column.values))
        for column in typed_columns(solutions)
    }
    missing = sorted(set(chart.columns.values()) - columns.keys())
    _refuse_too_much([columns[name] for name in chart.columns.values() if name in columns])
    if missing:
        raise QueryError(
            f"the answer has no column '{missing[0]}', which the chart needs", near=near_names(missing[0], columns)
        )
    read: Callable[[dict[str, Any]], alt.Chart] = altair.Chart.from_dict
    if chart.mark == GRAPH:
        from kg.query.results.network import content as content_of_graph

        names = (chart.x, chart.y, chart.color)
        edges = [tuple(str(value[name]) for name in names) for value in _values(chart, columns)]
        return read(content_of_graph(edges, names, _wrapped(chart.title or heading)))  # type: ignore[arg-type] # three each
    encoding = {
        channel: _channel(channel, columns[name], _title(chart, channel, titles))
        for channel, name in chart.columns.items()
    }
    values = _values(chart, columns)
    if chart.color and chart.mark in _STACKED and not (chart.x2 or chart.y2):
        order = {name: number for number, name in enumerate(_names(columns[chart.color]))}
        values = [{**value, "order": order.get(str(value[chart.color]), len(order))} for value in values]
        encoding["order"] = {"field": "order", "type": "quantitative"}
    options: dict[str, Any] = {"type": chart.mark}
    if chart.x2 or chart.y2:
        options |= {"stroke": "#333333", "strokeWidth": 1}  # so that a range without extent is seen
    content = {
        "data": {"values": values},
        "mark": options,
        "encoding": encoding,
        "transform": _open_ends(chart),
        "title": _wrapped(chart.title or heading),
        "config": {
            "axis": {"labelLimit": 420},
            "legend": {"labelLimit": 420},
            "view": {"continuousWidth": _width(chart)},
        },
    }
    return read(content)


def _refuse_too_much(columns: Iterable[Column]) -> None:
    """Refuse what no picture can show.

    Raises:
        QueryError: a column has too many different texts, or one that is too long.

    """
    for column in columns:
        texts = {value for value in column.values if isinstance(value, str)}
        if len(texts) > MOST_NAMES:
            raise QueryError(
                f"the column '{column.name}' has {len(texts):,} different texts; a chart shows at most {MOST_NAMES:,}",
                hint=_FEWER,
            )
        if (longest := max(map(len, texts), default=0)) > LONGEST_NAME:
            raise QueryError(
                f"a text of {longest:,} characters in the column '{column.name}' is too long for a chart", hint=_FEWER
            )


def _width(chart: Chart) -> int:
    return _WIDTH_OF_FACET if chart.facet else _WIDTH


def _values(chart: Chart, columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    """Return the rows cut to the columns of the chart, each once, as JSON holds them."""
    used = list(dict.fromkeys(chart.columns.values()))
    rows = dict.fromkeys(zip(*(columns[name].values for name in used), strict=True))
    return [dict(zip(used, row, strict=True)) for row in rows]


def _plain(value: Value | None, shown: Callable[[str], str]) -> str | float | bool | None:
    """Return a value as JSON holds it; a number that no axis can show is nothing."""
    from decimal import Decimal

    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        if not -_LARGEST < value < _LARGEST:
            return None
        return value if isinstance(value, int) else float(value)
    if isinstance(value, str):
        return shown(value)
    return value if value is None or isinstance(value, bool) else value.isoformat()


def _channel(channel: str, column: Column, title: list[str] | None) -> dict[str, Any]:
    """Return how a channel shows its column; names keep the order in which the answer has them."""
    if channel in {"x2", "y2"}:
        return {"field": column.name}
    kind = {**_TYPES, **_TYPES_OF_TIME}.get(column.kind, "nominal")
    about: dict[str, Any] = {"field": column.name, "type": kind, "title": title}
    if kind in {"nominal", "ordinal"}:
        about["sort"] = _names(column)
    if channel == "facet":
        about["columns"] = 2
    return about


def _title(chart: Chart, channel: str, titles: Mapping[str, str]) -> list[str] | None:
    """Return the lines beside a channel: what its column holds, and for a range what both of its ends hold."""
    near = chart.columns[channel]
    far = chart.columns.get(f"{channel}2", "")
    if not far:
        return None if chart.facet and channel == "y" else _lines(near, titles)
    return [*_lines(near, titles), "to", *_lines(far, titles)]


def _lines(column: str, titles: Mapping[str, str]) -> list[str]:
    words = titles.get(column, "") or column.replace("_", " ")
    return _wrapped(words[0].upper() + words[1:])


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(printable(text), _TITLE_WIDTH)


def _names(column: Column) -> list[Any]:
    return [value for value in dict.fromkeys(column.values) if value is not None]


def _open_ends(chart: Chart) -> list[dict[str, str]]:
    """Return the steps that draw a range with one end known at that end."""
    steps = []
    for near, far in ((chart.x, chart.x2), (chart.y, chart.y2)):
        if far:
            steps.append({"calculate": f"isValid(datum['{near}']) ? datum['{near}'] : datum['{far}']", "as": near})
            steps.append({"calculate": f"isValid(datum['{far}']) ? datum['{far}'] : datum['{near}']", "as": far})
    return steps
