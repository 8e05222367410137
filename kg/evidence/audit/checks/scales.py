"""Answers of one table that belong to different scales."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kg.core.terms import expand, term
from kg.evidence.audit.model import Certainty, Finding, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Table


def audit_scales(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the lines of a table whose answers are on another scale than those of the others, and cannot be compared with them."""
    for table in tables:
        scales = {
            label: frozenset(
                scheme.value
                for cell in cells
                for option in facts.nodes(cell.node, term("responseOption"))
                for scheme in facts.nodes(option, expand("skos:inScheme"))
            )
            for label, cells in table.lines()
        }
        usual = Counter(scales.values()).most_common(1)
        if not usual or usual[0][1] < 2 or not usual[0][0]:  # noqa: PLR2004 - no scale is the table's
            continue
        for label, cells in table.lines():
            if scales[label] and scales[label] != usual[0][0] and not scales[label] & usual[0][0]:
                printed = listed([cell.printed for cell in cells])
                yield Finding(
                    kind="scale-mismatch",
                    check="comparison-of-scales",
                    certainty=Certainty.CERTAIN,
                    target=table.target(*cells, where=f"'{label}'"),
                    slug=f"scale/{table.slug}/{table.line_slug(cells)}",
                    name=f"'{label}' is answered on another scale than the rest of the table",
                    printed=printed,
                    expected="answers on the scale of the table",
                    how=f"The other {usual[0][1]} lines have the answers that the rows name; this one has words of its own.",
                    reason="the words are printed in the cells",
                )
