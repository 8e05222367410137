"""``kg verify-sources``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.printing import deliver


@click.command("verify-sources")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--write", "rewrite", is_flag=True, help="write spans.csv anew from the documents instead of checking it")
def command(directory: Path, folders: tuple[Path, ...], *, rewrite: bool) -> None:
    """Check every span, table cell and printed number against the documents in DIRECTORY.

    FOLDERS are folders of case files; the shipped documents otherwise. Also lists every number of a document that the
    graph neither holds nor accounts for. Exit codes: 0 all is as printed, 1 findings, 2 could not run.
    """
    from kg.commands.verify_sources import verify_sources

    report = verify_sources(directory, *folders, rewrite=rewrite)
    deliver(str(report), for_people=True)
    if not report.clean:
        sys.exit(1)
