"""``kg audit``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.printing import OutputFile, deliver

_FORMATS = ("text", "csv", "json", "sarif", "turtle", "html")


@click.command("audit")
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="the folder with the texts of the documents: reads them, too",
)
@click.option(
    "--with-shipped", is_flag=True, help="load the shipped documents too, for case files that refer to their things"
)
@click.option(
    "--fail-on",
    default="possible",
    type=click.Choice(["certain", "probable", "possible"]),
    help="the least certainty that gives exit code 1",
)
@click.option("-f", "--format", "form", default="text", type=click.Choice(_FORMATS), help="the form of the findings")
@click.option("-o", "--output", type=OutputFile(), help="the file to write them to; standard output otherwise")
def command(  # noqa: PLR0913 - one for each option
    source: Path | None, documents: Path | None, form: str, output: Path | None, fail_on: str, *, with_shipped: bool
) -> None:
    """Check whether printed numbers, names, dates and references can be as they are printed.

    SOURCE is a folder of case files, a folder written by kg build, a folder of survey tables (name.csv with name.yaml
    beside it), one such table, or a text (.txt, .md); the shipped documents otherwise. Exit codes: 0 nothing found, 1
    findings, 2 could not run.
    """
    from kg.commands.audit import audit
    from kg.evidence.audit import Certainty

    report = audit(source, with_shipped=with_shipped, documents=documents)
    deliver(report.render(form), output, for_people=form == "text")
    if report.at_least(Certainty(fail_on)):
        sys.exit(1)
