"""Terms, tables and small graphs as HTML and SVG, the way Jupyter shows them.

Everything that comes from data is escaped, and no script is written. A drawing has boxes in columns, from those that
nothing points to towards the right.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.core.terms import RDF, SVG, compact
from kg.core.text import markup, printable
from kg.query.results.answers import readable
from kg.query.results.typed import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.store.protocol import Term


SHOWN: Final = 100


class Svg(str):
    """The text of an SVG, which Jupyter shows as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


def to_html(
    names: Sequence[str], rows: Sequence[Sequence[Term | None]], labels: Mapping[str, str], total: int = 0
) -> str:
    """Return a table of terms; ``labels`` by IRI stand beside the CURIEs.

    ``total`` is the number of rows there are, if not all come.
    """
    head = "".join(f"<th>{markup(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_cell(term, labels) for term in row)}</tr>" for row in rows)
    rest = total - len(rows)
    foot = f"<p>… and {rest} more rows</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def no_rows(reasons: Iterable[object]) -> str:
    """Return the sentence that stands for an empty table, with the reasons for it."""
    items = "".join(f"<li>{markup(str(reason))}</li>" for reason in reasons)
    return f"<p><strong>No rows.</strong></p><ul>{items}</ul>" if items else "<p><strong>No rows.</strong></p>"


def incomplete(losses: Iterable[object]) -> str:
    """Return what stands below a table from which type errors left something out."""
    items = "".join(f"<li>{markup(str(loss))}</li>" for loss in losses)
    return f"<p><strong>The answer is not complete.</strong></p><ul>{items}</ul>"


def _cell(term: Term | None, labels: Mapping[str, str]) -> str:
    if isinstance(term, NamedNode):
        return f'<td style="text-align:left">{_named(term, labels)}</td>'
    if isinstance(term, Literal) and term.language:
        return f'<td style="text-align:left" lang="{escape(term.language)}">{markup(term.value)}</td>'
    side = "left" if isinstance(value_of(term), str) else "right"
    return f'<td style="text-align:{side}">{markup(readable(term))}</td>'


def _named(term: NamedNode, labels: Mapping[str, str]) -> str:
    curie = f"<code>{markup(compact(term.value))}</code>"
    shown = f"{markup(labels[term.value])} {curie}" if term.value in labels else curie
    if not term.value.startswith(("http://", "https://")):
        return shown
    return f'<a href="{escape(term.value)}">{shown}</a>'


MOST_BOXES: Final = 30
MOST_LINES: Final = 12
_TYPE: Final = f"{RDF}type"
_COLUMNS: Final = 34  # the longest line of a box, in columns of a terminal
_CHARACTER, _LINE, _PADDING, _BETWEEN = 7, 17, 8, 22


@dataclass(slots=True)
class _Box:
    title: str
    lines: list[str] = field(default_factory=list)
    x: int = 0
    y: int = 0

    @property
    def width(self) -> int:
        return max(_columns(line) for line in (self.title, *self.lines)) * _CHARACTER + 2 * _PADDING

    @property
    def height(self) -> int:
        return (1 + len(self.lines)) * _LINE + 2 * _PADDING


def draw(triples: Sequence[Triple], labels: Mapping[str, str]) -> str:
    """Return an SVG of the triples, literals and types inside the boxes.

    Nothing where there are more boxes than people can follow.
    """
    boxes, arrows = _boxes(triples, labels)
    if not 0 < len(boxes) <= MOST_BOXES or any(len(box.lines) > MOST_LINES for box in boxes.values()):
        return ""
    aside = 60 + _CHARACTER * max((_columns(", ".join(names)) for names in arrows.values()), default=0)
    _place(boxes, arrows, aside)
    width = max(box.x + box.width for box in boxes.values()) + (aside if _turns(boxes, arrows) else _BETWEEN)
    height = max(box.y + box.height for box in boxes.values()) + _BETWEEN
    tip = f"tip-{hashlib.sha256(repr(triples).encode()).hexdigest()[:8]}"
    parts = [_arrow(boxes[ends[0]], boxes[ends[1]], names, (tip, aside)) for ends, names in arrows.items()]
    parts += [_drawn(box) for box in boxes.values()]
    return (
        f'<svg xmlns="{SVG}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' font-family="sans-serif" font-size="12"><title>{len(triples)} statements about {len(boxes)} things</title>'
        f'<defs><marker id="{tip}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs><rect width="{width}" height="{height}" '
        f'fill="#fff"/>{"".join(parts)}</svg>'
    )


def _boxes(
    triples: Iterable[Triple], labels: Mapping[str, str]
) -> tuple[dict[str, _Box], dict[tuple[str, str], list[str]]]:
    """Return the boxes by the text of their terms, and the names of the arrows from one to another."""
    boxes: dict[str, _Box] = {}
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for triple in triples:
        box = boxes.setdefault(str(triple.subject), _Box(_name(triple.subject, labels)))
        if triple.predicate.value == _TYPE:
            box.lines.insert(0, _short(f"a {_name(triple.object, labels)}"))
        elif isinstance(triple.object, (Literal, Triple)):
            box.lines.append(_short(f"{_name(triple.predicate, labels)}: {readable(triple.object)}"))
        else:
            boxes.setdefault(str(triple.object), _Box(_name(triple.object, labels)))
            arrows[str(triple.subject), str(triple.object)].append(_name(triple.predicate, labels))
    return boxes, dict(arrows)


def _place(boxes: Mapping[str, _Box], arrows: Iterable[tuple[str, str]], aside: int) -> None:
    columns: dict[int, list[_Box]] = defaultdict(list)
    for name, depth in _depths(boxes, list(arrows)).items():
        columns[depth].append(boxes[name])
    tallest = max(sum(box.height + _BETWEEN for box in column) for column in columns.values())
    x = _BETWEEN
    for _, column in sorted(columns.items()):
        y = (tallest - sum(box.height + _BETWEEN for box in column)) // 2 + _BETWEEN
        for box in column:
            box.x, box.y = x, y
            y += box.height + _BETWEEN
        x += max(box.width for box in column) + aside


def _depths(names: Iterable[str], arrows: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return how many arrows lead to each box from one that none leads to, or, round a circle, from its first."""
    aims = {target for source, target in arrows if source != target}
    depths: dict[str, int] = {}
    for root in sorted(names, key=lambda name: name in aims):
        if root in depths or (root in aims and any(target == root and source in depths for source, target in arrows)):
            continue
        depths[root] = 0
        front = [root]
        while front:
            ahead = (target for name in front for source, target in arrows if source == name)
            following = [target for target in dict.fromkeys(ahead) if target not in depths]
            depths |= dict.fromkeys(following, depths[front[0]] + 1)
            front = following
    return depths


def _turns(boxes: Mapping[str, _Box], arrows: Iterable[tuple[str, str]]) -> bool:
    """Return whether an arrow leaves the last column to the right, to end in the same column."""
    last = max(box.x for box in boxes.values())
    return any(boxes[source].x == boxes[target].x == last for source, target in arrows)


def _drawn(box: _Box) -> str:
    middle = box.y + _PADDING + _LINE - 5
    text = f'<text x="{box.x + _PADDING}" y="{middle}" font-weight="bold">{markup(box.title)}</text>'
    for number, line in enumerate(box.lines, 1):
        text += f'<text x="{box.x + _PADDING}" y="{middle + number * _LINE}" fill="#444">{markup(line)}</text>'
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6" fill="#eef3fa" '
        f'stroke="#4a6fa5"/>{text}'
    )


def _arrow(source: _Box, target: _Box, names: Sequence[str], style: tuple[str, int]) -> str:
    tip, aside = style
    forward = target.x > source.x
    x1 = source.x + (source.width if target.x >= source.x else 0)
    x2 = target.x if forward else target.x + target.width
    y1, y2 = source.y + source.height // 2, target.y + target.height // 2 + (10 if source is target else 0)
    bend = aside // 2
    first, second = (x1 + bend if target.x >= source.x else x1 - bend), (x2 - bend if forward else x2 + bend)
    middle_x, middle_y = (x1 + 3 * first + 3 * second + x2) // 8, (y1 + y2) // 2 - 4
    return (
        f'<path d="M{x1} {y1}C{first} {y1} {second} {y2} {x2} {y2}" fill="none" stroke="#555" '
        f'marker-end="url(#{tip})"/>'
        f'<text x="{middle_x}" y="{middle_y}" text-anchor="middle" font-size="11" fill="#333" stroke="#fff" '
        'stroke-width="3"'
        f' paint-order="stroke">{markup(", ".join(names))}</text>'
    )


def _name(term: Term, labels: Mapping[str, str]) -> str:
    """Return the label or CURIE of a thing; of a longer IRI the end, which tells it from others."""
    if isinstance(term, NamedNode) and term.value in labels:
        return _short(labels[term.value])
    name = readable(term)
    return f"…{name[-_COLUMNS:-1]}" if name.startswith("<") and len(name) > _COLUMNS else _short(name)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _short(text: str) -> str:
    words = printable(" ".join(text.split()))
    if _columns(words) <= _COLUMNS:
        return words
    while _columns(words) >= _COLUMNS:
        words = words[:-1]
    return f"{words}…"
