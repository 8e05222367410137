"""``kg describe``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.completion import query_names

if TYPE_CHECKING:
    from kg.query.catalogue.catalogue import CatalogueQuery


@click.command("describe")
@click.argument("name", shell_complete=query_names)
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
def command(name: str, graph: Path | None) -> None:
    """Describe what is known of NAME: a query of the catalogue, or a term or thing by label, CURIE or IRI."""
    from kg.graph import open_graph
    from kg.query.results.terminal import to_table

    opened = open_graph(graph)
    if name in opened.catalogue:
        click.echo(_of_query(opened.catalogue[name]))
        return
    iri = opened.find(name)
    click.echo(f"<{iri}>")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    sys.stdout.write(to_table(opened.describe(iri), width))


def _of_query(query: CatalogueQuery) -> str:
    from kg.query.results.rendering import parameter_lines

    lines = [f"{query.topic}/{query.name}", f"  {query.summary}"]
    if query.description:
        lines += ["", *(f"  {line}" for line in query.description.strip().splitlines())]
    if query.parameters:
        lines += ["", "  parameters"]
        lines += [f"    --{line}" for line in parameter_lines(query)]
    if query.columns:
        lines += ["", "  columns"]
        lines += [f"    {name}  {about}" for name, about in query.columns.items()]
    body = [line for line in query.text.splitlines() if not line.startswith("#+")]
    return "\n".join([*lines, "", *(f"    {line}" for line in body)])
