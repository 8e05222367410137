"""``kg query``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli import say, tell_of_relative
from kg.cli.completion import QueryCommand, answer_formats, declared_parameters, parameter_values, query_names
from kg.cli.printing import OutputFile, ending_at_once, show, width, write
from kg.core.errors import QueryError, near_names
from kg.core.terms import RELATIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.graph import Graph

_FORMATS = (
    "table, csv, tsv, json, xml, markdown, latex, parquet, arrow, arrows, xlsx; for graphs turtle, n-triples, "
    "json-ld, rdf/xml, trig"
)


@click.command("query", cls=QueryCommand, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("query", shell_complete=query_names)
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED, shell_complete=parameter_values)
@click.option("--graph", type=click.Path(), help="a folder written by kg build; the shipped graph otherwise")
@click.option("--store", default="oxigraph", help="what answers: oxigraph, or rdflib, the slower reference")
@click.option("--endpoint", help="the address of a SPARQL endpoint to ask instead")
@click.option("--data", multiple=True, type=click.Path(), help="an RDF file to ask instead; may stand several times")
@click.option("--timeout", type=float, help="end a query after so many seconds")
@click.option("--memory", help="end a query that takes more memory beyond the store, such as 500M or 2G")
@click.option(
    "--explain-plan",
    is_flag=True,
    help="print the query that the engine would be asked, and where it is held, and ask nothing",
)
@click.option(
    "-f",
    "--format",
    "form",
    default="",
    help=f"{_FORMATS}; taken from the name of the output otherwise",
    shell_complete=answer_formats,
)
@click.option(
    "-o", "--output", type=OutputFile(), help="the file to write, whole or not at all; standard output otherwise"
)
@click.option(
    "--chart", type=click.Path(), help="draw the chart of the query into this svg, png, html or json file too"
)
@click.option("--evidence", is_flag=True, help="add a column with the places in the documents that each row rests on")
@click.option("--columns", default="", help="show these columns only, in this order: NAME,NAME,…")
@click.option("--lang", default="en", help="the language of the labels beside the IRIs of a table: en or ja")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: click.Context,
    query: str,
    parameters: tuple[str, ...],
    graph: str | None,
    store: str,
    endpoint: str | None,
    data: tuple[str, ...],
    timeout: float | None,
    memory: str | None,
    form: str,
    output: Path | None,
    chart: str | None,
    columns: str,
    lang: str,
    *,
    evidence: bool,
    explain_plan: bool,
) -> None:
    """Ask QUERY: a name of the catalogue, a file, or - for standard input.

    A parameter of a catalogue query is written as an option: kg query factors-at-stage --stage commercialization

    Rows in csv, tsv, json and xml are written as they are found, and never held together. The other formats, --chart,
    --evidence, an endpoint and rdflib hold all rows of an answer.
    """
    if query.startswith("-") and query != "-":
        raise click.NoSuchOption(query, possibilities=near_names(query, _options(ctx)), ctx=ctx)
    values = _values(parameters)
    from kg.commands.query import Rendered, answer_query, plan_query

    try:
        with ending_at_once(by_system=timeout is None and memory is None):
            opened = _opened(graph, store, endpoint, data, timeout, memory)
            if explain_plan:
                output = chart = None
                rendered = Rendered((plan_query(opened, query, values).encode(),))
            else:
                rendered = answer_query(
                    opened,
                    query,
                    values,
                    form=form,
                    output=output,
                    chart=chart,
                    language=lang,
                    evidence=evidence,
                    columns=columns,
                    width=width(),
                )
    except QueryError as error:
        near = _near_options(ctx, values)
        if error.near or not near:
            raise
        raise QueryError(str(error), near=near) from error
    with ending_at_once(by_system=output is None and timeout is None and memory is None):
        if chart:
            write(chart, (rendered.picture,))
        seen: list[bytes] = []
        if output:
            write(output, _watched(rendered.pieces, seen))
        content, remarks = b"" if output else b"".join(_watched((rendered.content,), seen)), rendered.remarks
    code = show(content, remarks)
    tell_of_relative(b"".join(seen).decode())
    if code:
        sys.exit(code)


def _watched(pieces: Iterable[bytes], seen: list[bytes]) -> Iterator[bytes]:
    """Yield pieces, and keep the beginning of IRIs that files leave relative where one of them has it."""
    relative = RELATIVE.encode()
    for piece in pieces:
        if not seen and relative in piece:
            seen.append(relative)
        yield piece


def _opened(  # noqa: PLR0913, PLR0917 - one for each option
    graph: str | None,
    store: str,
    endpoint: str | None,
    data: tuple[str, ...],
    timeout: float | None,
    memory: str | None,
) -> Graph:
    from kg.graph.opening import open_graph, where

    size = None
    if memory is not None:
        from kg.store.embedded.limited import read_size

        size = read_size(memory)
    opened = open_graph(graph, data=data, store=store, endpoint=endpoint, timeout=timeout, memory=size)
    if data and getattr(opened.store, "folder", None):
        say(f"kg: large files: asked in {where(opened.store)}\n")
    return opened


def _options(ctx: click.Context) -> list[str]:
    return [name for parameter in ctx.command.get_params(ctx) for name in parameter.opts if name.startswith("--")]


def _near_options(ctx: click.Context, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options that resemble a name which the query of the catalogue does not have as a parameter."""
    known = declared_parameters(ctx)
    unknown = next((name for name in values if known is not None and name not in known), "")
    return near_names(f"--{unknown}", _options(ctx)) if unknown else ()


def _values(arguments: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        option = waiting.pop(0)
        name, equals, value = option.removeprefix("--").partition("=")
        if not option.startswith("--"):
            raise click.UsageError(f"'{option}' is not a parameter; write --name value")
        if not equals and not waiting:
            raise click.UsageError(f"parameter '{option}' has no value")
        if name in values:
            raise click.UsageError(f"parameter '--{name}' is given twice")
        values[name] = value if equals else waiting.pop(0)
    return values
