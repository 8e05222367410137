"""A diagnosis as text for a terminal: each cause with the line of the query that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.tokens import Source

if TYPE_CHECKING:
    from kg.query.diagnosis.model import Cause, Diagnosis

_WIDTH: Final = 100  # of a line of a query that is shown


def explain(diagnosis: Diagnosis, text: str) -> str:
    """Gives the causes with their lines of the query text, each line ending with a line break."""
    lines = []
    for number, cause in enumerate(diagnosis.causes, 1):
        lines += [f"  {number}. {cause.sentence}", *_place(cause, text), *_advice(cause)]
    if not diagnosis.complete:
        lines.append("  the search for the cause was ended by its limits")
    elif not diagnosis.causes:
        lines.append("  no part of the query accounts for it alone")
    return "".join(f"{line}\n" for line in lines)


def _place(cause: Cause, text: str) -> list[str]:
    line = Source(text).line(cause.line)
    start = cause.column - 1
    length = max(1, min(cause.span.end - cause.span.start, len(line) - start))
    cut = max(0, start - 20) if start + length > _WIDTH else len(line) - len(line.lstrip())
    shown = line[cut : cut + _WIDTH].rstrip()
    head = f"     line {cause.line}: "
    return [f"{head}{shown}", f"{' ' * (len(head) + start - cut)}{'^' * min(length, len(shown) - start + cut)}"]


def _advice(cause: Cause) -> list[str]:
    if not cause.suggestions:
        return []
    good = [each.replacement for each in cause.suggestions if each.gives_rows]
    if good:
        return [f"     did you mean {' or '.join(good)}? With that the query has an answer."]
    return [f"     did you mean {' or '.join(each.replacement for each in cause.suggestions)}?"]
