"""``kg explain``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from kg.cli.completion import query_names

_FORMATS = ("text", "json", "dot", "svg", "prov")


@click.command("explain")
@click.argument("subject", required=False)
@click.argument("predicate", required=False)
@click.argument("value", required=False)
@click.option(
    "--query", help="explain a row of the answer to this query of the catalogue instead", shell_complete=query_names
)
@click.option(
    "--row", type=click.IntRange(min=1), default=1, show_default=True, help="which row of the answer, counted from 1"
)
@click.option(
    "--set", "parameters", multiple=True, metavar="NAME=VALUE", help="a parameter of the query; may be repeated"
)
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
@click.option("-f", "--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="the file to write, whole or not at all; standard output otherwise",
)
@click.option("--lang", default="en", help="the language of the labels: en or ja")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    subject: str | None,
    predicate: str | None,
    value: str | None,
    query: str | None,
    row: int,
    parameters: tuple[str, ...],
    graph: Path | None,
    form: str,
    output: Path | None,
    lang: str,
) -> None:
    """Explain why the graph holds a statement: asserted where, or derived by which rule from which statements.

    SUBJECT, PREDICATE and VALUE are labels, CURIEs, IRIs or ends of IRIs; without VALUE, or PREDICATE, all that match
    are explained.
    """
    from kg.commands.explain import explain, explain_row, explainer
    from kg.explanation.renderings import FORMATS
    from kg.graph import open_graph
    from kg.query.results.labels import labels_in

    if (subject is None) == (query is None):
        raise click.UsageError("name a thing, or a query with --query")
    opened = open_graph(graph)
    explaining = explainer(opened, graph)
    if query is not None:
        found = explain_row(explaining, opened, query, _values(parameters), row)
    else:
        found = explain(explaining, opened, subject or "", predicate or "", value or "")
    labels, remark = labels_in(lang, partial(explaining.labels, found))
    text = FORMATS[form](found, labels)
    if remark:
        click.echo(f"kg: {remark}", err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    from kg.core.atomic import whole_file

    with whole_file(output) as building:
        building.write_text(text, encoding="utf-8")


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"'{parameter}' is no parameter; write NAME=VALUE")
        values[name] = value
    return values
