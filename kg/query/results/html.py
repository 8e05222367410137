"""Terms and tables as HTML, the way Jupyter shows them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.terms import compact
from kg.query.results import readable
from kg.query.results.values import value_of

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
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_cell(term, labels) for term in row)}</tr>" for row in rows)
    rest = total - len(rows)
    foot = f"<p>… and {rest} more rows</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def no_rows(reasons: Iterable[object]) -> str:
    """Return the sentence that stands for an empty table, with the reasons for it."""
    items = "".join(f"<li>{escape(str(reason))}</li>" for reason in reasons)
    return f"<p><strong>No rows.</strong></p><ul>{items}</ul>" if items else "<p><strong>No rows.</strong></p>"


def _cell(term: Term | None, labels: Mapping[str, str]) -> str:
    if isinstance(term, NamedNode):
        return f'<td style="text-align:left">{_named(term, labels)}</td>'
    if isinstance(term, Literal) and term.language:
        return f'<td style="text-align:left" lang="{escape(term.language)}">{escape(term.value)}</td>'
    side = "left" if isinstance(value_of(term), str) else "right"
    return f'<td style="text-align:{side}">{escape(readable(term))}</td>'


def _named(term: NamedNode, labels: Mapping[str, str]) -> str:
    curie = f"<code>{escape(compact(term.value))}</code>"
    shown = f"{escape(labels[term.value])} {curie}" if term.value in labels else curie
    if not term.value.startswith(("http://", "https://")):
        return shown
    return f'<a href="{escape(term.value)}">{shown}</a>'
