"""``kg lint``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.graph import Graph


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
    from kg.graph import open_graph
    from kg.query.lint import Linter
    from kg.query.lint.renderings import render

    if not files and not catalogue:
        raise click.UsageError("name a file, - for standard input, or --catalogue")
    texts = dict(map(_named, files))
    opened = open_graph(graph)
    linter = Linter(opened.store, opened.base)
    texts |= _catalogue(opened) if catalogue else {}
    findings = {name: linter.lint(text) for name, text in texts.items()}
    sys.stdout.write(render(findings, form))
    if any(found.counts for several in findings.values() for found in several):
        sys.exit(1)


def _named(name: str) -> tuple[str, str]:
    """Return a query with the name of the place that it came from."""
    if name == "-":
        return "stdin", sys.stdin.read()
    if "{" in name and not name.endswith(".rq"):
        return "query", name
    from kg.query.catalogue.files import read_text

    return name, read_text(name)


def _catalogue(opened: Graph) -> dict[str, str]:
    return {f"queries/{query.topic}/{query.name}.rq": query.text for query in opened.catalogue}
