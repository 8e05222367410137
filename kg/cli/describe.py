"""``kg describe``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.completion import query_names
from kg.cli.printing import deliver, width


@click.command("describe")
@click.argument("name", shell_complete=query_names)
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
def command(name: str, graph: Path | None) -> None:
    """Describe what is known of NAME: a query of the catalogue, or a term or thing by label, CURIE or IRI."""
    from kg.commands.describe import describe

    deliver(describe(name, graph=graph).text(width()), for_people=True)
