"""``kg build``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli import say
from kg.core.errors import ContradictionError
from kg.core.terms import BASE


@click.command("build")
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="the folder to write; it appears whole or not at all",
)
@click.option(
    "--with-shipped", is_flag=True, help="build the shipped documents too, so that SOURCES may refer to their things"
)
@click.option("--base", default="", help=f"publish under this base IRI instead of {BASE}")
@click.option("-q", "--quiet", is_flag=True, help="say nothing but errors")
def command(sources: tuple[Path, ...], output: Path, base: str, *, with_shipped: bool, quiet: bool) -> None:
    """Build a graph: load, derive, close, validate, write.

    SOURCES are folders of case files; without any, the documents that motkg ships are built. A build whose data breaks
    a shape is written all the same, its manifest says so, and the exit code is 1. Statements that contradict each other
    are listed, nothing is written, and the exit code is 1.
    """
    from kg.commands.build import build
    from kg.shacl import render

    def tell(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    try:
        built = build(*sources, output=output, with_shipped=with_shipped, base=base, progress=tell)
    except ContradictionError as error:
        say(f"{error}\n")
        sys.exit(1)
    if not built.report.conforms:
        say(render(built.report, "human").replace(BASE, built.base) + "\n")
        sys.exit(1)
