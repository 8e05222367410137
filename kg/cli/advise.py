"""``kg advise``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.printing import OutputFile, deliver

_FORMATS = ("text", "json", "markdown")
_MOST = 5


@click.command("advise")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--firm", default="", help="the id or name of one firm of the file; all of them otherwise")
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
@click.option("--all", "everything", is_flag=True, help=f"show everything; the first {_MOST} of each part otherwise")
@click.option(
    "-f",
    "--format",
    "form",
    default="text",
    type=click.Choice(_FORMATS),
    help="the form of the advice; JSON is never cut short",
)
@click.option("-o", "--output", type=OutputFile(), help="the file to write it to; standard output otherwise")
def command(file: Path, firm: str, graph: Path | None, form: str, output: Path | None, *, everything: bool) -> None:  # noqa: PLR0913 - one for each option
    """Say what the graph's evidence points a firm to, by its stage, its obstacles, its practices and its partners.

    FILE is a case file that describes firms. Nothing is advised without evidence; each thing has its grade, its
    sources and what limits them. Exit codes: 0 advice for every firm, 1 the evidence points some firm to nothing, 2
    could not run.
    """
    from kg.commands.advise import advise

    report = advise(file, firm=firm, graph=graph)
    deliver(report.render(form, most=None if everything else _MOST), output, for_people=form == "text")
    if not report.complete:
        sys.exit(1)
