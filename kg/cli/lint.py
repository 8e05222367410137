"""``kg lint``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.printing import deliver


@click.command("lint")
@click.argument("files", nargs=-1)
@click.option("--catalogue", is_flag=True, help="the queries that motkg ships")
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
@click.option(
    "--data", multiple=True, type=click.Path(), help="an RDF file that the queries are about; may stand several times"
)
@click.option("--endpoint", help="the address of a SPARQL endpoint that the queries are about")
@click.option(
    "-f",
    "--format",
    "form",
    default="human",
    type=click.Choice(["human", "json", "sarif"]),
    help="the form of the findings",
)
def command(  # noqa: PLR0913 - one for each option
    files: tuple[str, ...],
    graph: Path | None,
    data: tuple[str, ...],
    endpoint: str | None,
    form: str,
    *,
    catalogue: bool,
) -> None:
    """Find faults in FILES with queries, - for standard input, or the text of a query, without running them.

    Names are checked against the shipped graph, unless --graph, --data or --endpoint name what the queries are about.

    Exit codes: 0 clean, 1 errors or warnings, 2 could not run.
    """
    from kg.commands.lint import lint

    if not files and not catalogue:
        raise click.UsageError("name a file, - for standard input, or --catalogue")
    stdin = sys.stdin.read() if "-" in files else None
    report = lint(*files, catalogue=catalogue, graph=graph, data=data, endpoint=endpoint, stdin=stdin)
    deliver(report.render(form), for_people=form == "human")
    if not report.clean:
        sys.exit(1)
