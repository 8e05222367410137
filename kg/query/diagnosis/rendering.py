"""A diagnosis as text for a terminal: each cause with the line of the query that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.tokens import Source, width

if TYPE_CHECKING:
    from kg.query.diagnosis.model import Cause, Diagnosis

_WIDTH: Final = 100  # of a line of a query that is shown


def explain(diagnosis: Diagnosis, text: str) -> str:
    """Return the causes with their lines of the query text, each line ending with a line break."""
    lines = []
    for number, cause in enumerate(diagnosis.causes, 1):
        lines += [f"  {number}. {cause.sentence}", *_place(cause, text, diagnosis.file), *_advice(cause)]
    if not diagnosis.complete:
        lines.append("  the search for the cause was ended by its limits")
    elif not diagnosis.causes:
        lines.append("  no part of the query accounts for it alone")
    return "".join(f"{line}\n" for line in lines)


def _place(cause: Cause, text: str, file: str) -> list[str]:
    line = Source(text).line(cause.line)
    start = cause.column - 1
    length = max(1, min(cause.span.end - cause.span.start, len(line) - start))
    cut = max(0, start - 20) if start + length > _WIDTH else len(line) - len(line.lstrip())
    before = "…" if cut and line[:cut].strip() else ""
    shown = before + line[cut : cut + _WIDTH].rstrip() + ("…" if line[cut + _WIDTH :].strip() else "")
    start += len(before) - cut
    head = f"     {file}:{cause.line}:{cause.column}: " if file else f"     line {cause.line}: "
    return [
        f"{head}{shown}",
        " " * (width(head) + width(shown[:start])) + "^" * max(1, width(shown[start : start + length])),
    ]


def _advice(cause: Cause) -> list[str]:
    if not cause.suggestions:
        return []
    good = [each.replacement for each in cause.suggestions if each.gives_rows]
    if good:
        return [f"     did you mean {' or '.join(good)}? With that the query has an answer."]
    return [f"     did you mean {' or '.join(each.replacement for each in cause.suggestions)}?"]
