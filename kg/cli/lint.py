"""``kg lint``."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("lint")
@click.argument("files", nargs=-1)
@click.option("--catalogue", is_flag=True, help="the queries that motkg ships")
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
@click.option(
    "-f",
    "--format",
    "form",
    default="human",
    type=click.Choice(["human", "json", "sarif"]),
    help="the form of the findings",
)
def command(files: tuple[str, ...], graph: Path | None, form: str, *, catalogue: bool) -> None:
    """Find faults in FILES with queries, - for standard input, or the text of a query, without running them.

    Exit codes: 0 clean, 1 errors or warnings, 2 could not run.
    """
    from kg.commands.lint import lint

    if not files and not catalogue:
        raise click.UsageError("name a file, - for standard input, or --catalogue")
    report = lint(*files, catalogue=catalogue, graph=graph, stdin=sys.stdin.read() if "-" in files else None)
    sys.stdout.write(report.render(form))
    if not report.clean:
        sys.exit(1)
