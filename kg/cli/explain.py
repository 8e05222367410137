"""``kg explain``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import say
from kg.cli.completion import query_names
from kg.cli.printing import OutputFile, deliver

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
    type=OutputFile(),
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
    from kg.commands.explain import explain

    if (subject is None) == (query is None):
        raise click.UsageError("name a thing, or a query with --query")
    explanations = explain(
        subject or "",
        predicate or "",
        value or "",
        query=query or "",
        parameters=_values(parameters),
        row=row,
        graph=graph,
        language=lang,
    )
    if explanations.remark:
        say(f"kg: {explanations.remark}\n")
    deliver(explanations.render(form), output, for_people=form == "text")


def _values(parameters: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"'{parameter}' is no parameter; write NAME=VALUE")
        values[name] = value
    return values
