"""The catalogue for people and programs who look for a query: text, Markdown and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.terms import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.catalogue.declarations import Parameter


def render_catalogue(queries: Sequence[CatalogueQuery], form: str) -> str:
    """Return queries as ``text``, ``json`` or ``markdown``.

    Raises:
        QueryError: the format is unknown.

    """
    if form not in FORMATS:
        raise QueryError(
            f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
        )
    return FORMATS[form](queries)


def default_values(query: CatalogueQuery) -> dict[str, tuple[str, ...]]:
    """Return the default of each parameter as a person would type it.

    A required parameter has an example in its place.
    """
    from kg.query.catalogue.binding import defaults

    held = defaults(query)
    return {
        name: tuple(compact(term.value) if isinstance(term, NamedNode) else term.value for term in held.get(name, ()))
        for name in query.parameters
    }


def parameter_lines(query: CatalogueQuery) -> list[str]:
    """Return a line for each parameter: what it is, what it takes, and what it is without a value."""
    values = default_values(query) if query.parameters else {}
    return [
        f"{each.name}  {each.description} ({each.takes}; {_without(each, values[each.name])})"
        for each in query.parameters.values()
    ]


def _without(parameter: Parameter, values: tuple[str, ...]) -> str:
    written = " ".join(value or '""' for value in values)
    if parameter.required:
        return f"required, for example {written}" if written else "required"
    return f"default {written}" if written else "any unless given"


def _text(queries: Sequence[CatalogueQuery]) -> str:
    width = max((len(query.name) for query in queries), default=0)
    lines: list[str] = []
    topic = ""
    for query in queries:
        if query.topic != topic:
            topic = query.topic
            lines.append(topic)
        lines.append(f"  {query.name:<{width}}  {query.summary}")
    return "".join(f"{line}\n" for line in lines)


def _json(queries: Sequence[CatalogueQuery]) -> str:
    return json.dumps([_record(query) for query in queries], ensure_ascii=False, indent=2) + "\n"


def _record(query: CatalogueQuery) -> dict[str, object]:
    values = default_values(query) if query.parameters else {}
    return {
        "topic": query.topic,
        "name": query.name,
        "summary": query.summary,
        "description": query.description.strip(),
        "tags": list(query.tags),
        "questions": list(query.questions),
        "acrossStudies": query.across_studies,
        "parameters": [_parameter(each, values[each.name]) for each in query.parameters.values()],
        "columns": [{"name": name, "description": about} for name, about in query.columns.items()],
    }


def _parameter(parameter: Parameter, values: tuple[str, ...]) -> dict[str, object]:
    about: dict[str, object] = {
        "name": parameter.name,
        "description": parameter.description,
        "required": parameter.required,
    }
    for key in ("type", "scheme", "datatype"):
        if getattr(parameter, key):
            about[key] = getattr(parameter, key)
    if parameter.enumerate:
        about["enumerate"] = list(parameter.enumerate)
    about |= {key: str(limit) for key in ("minimum", "maximum") if (limit := getattr(parameter, key)) is not None}
    return {**about, "example" if parameter.required else "default": list(values)}


def _markdown(queries: Sequence[CatalogueQuery]) -> str:
    parts: list[str] = []
    topic = ""
    for query in queries:
        if query.topic != topic:
            topic = query.topic
            parts.append(f"## {topic}\n")
        parts.append(markdown_of(query))
    return "\n".join(parts)


def markdown_of(query: CatalogueQuery) -> str:
    """Return one query as a section: question, command, parameters, columns, and its text folded away."""
    values = default_values(query) if query.parameters else {}
    options = "".join(
        f" --{each.name} {_quoted(values[each.name])}" for each in query.parameters.values() if any(values[each.name])
    )
    parts = [f"### {query.name}\n\n{query.summary}\n", f"```sh\nkg query {query.name}{options}\n```\n"]
    if query.description:
        parts.append(f"{query.description.strip()}\n")
    if query.parameters:
        rows = "".join(
            "| "
            + " | ".join(
                _cell(text)
                for text in (f"`--{each.name}`", each.description, each.takes, _without(each, values[each.name]))
            )
            + " |\n"
            for each in query.parameters.values()
        )
        parts.append(f"| parameter | what it is | takes | without it |\n|---|---|---|---|\n{rows}")
    if query.columns:
        parts.append("".join(f"- `{name}`: {about}\n" for name, about in query.columns.items()))
    parts.append(f"<details><summary>SPARQL</summary>\n\n```sparql\n{body_of(query)}```\n\n</details>\n")
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def body_of(query: CatalogueQuery) -> str:
    """Return the text of a query without its header."""
    return "".join(f"{line}\n" for line in query.text.splitlines() if not line.startswith("#+"))


def _quoted(values: tuple[str, ...]) -> str:
    value = (values[0] if values else "").removeprefix("<").removesuffix(">")
    plain = value and all(mark.isalnum() or mark in "-_./:" for mark in value)
    return value if plain else '"' + value.replace('"', '\\"') + '"'


FORMATS: Final[dict[str, Callable[[Sequence[CatalogueQuery]], str]]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
}
