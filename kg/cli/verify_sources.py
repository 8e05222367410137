"""``kg verify-sources``."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("verify-sources")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--write", "rewrite", is_flag=True, help="write spans.csv anew from the documents instead of checking it")
def command(directory: Path, folders: tuple[Path, ...], *, rewrite: bool) -> None:
    """Check every span, table cell and printed number against the documents in DIRECTORY.

    FOLDERS are folders of case files; the shipped documents otherwise. Also lists every number of a document that the
    graph neither holds nor accounts for. Exit codes: 0 all is as printed, 1 findings, 2 could not run.
    """
    from kg.core.resources import shipped_documents
    from kg.loaders.documents.sources import uncovered_numerals, verify_sources, write_spans

    findings = 0
    for folder in folders or shipped_documents():
        if rewrite:
            write_spans(folder, directory)
            click.echo(f"{folder.name}: wrote spans.csv")
        found = [*verify_sources(folder, directory), *uncovered_numerals(folder, directory)]
        for finding in found:
            click.echo(str(finding))
        click.echo(f"{folder.name}: {len(found) or 'no'} finding{'s' * (len(found) != 1)}")
        findings += len(found)
    if findings:
        sys.exit(1)
