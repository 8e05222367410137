"""``kg queries``."""

from __future__ import annotations

import click

from kg.cli.completion import catalogue_formats, catalogue_tags
from kg.cli.printing import deliver


@click.command("queries")
@click.option("--tag", default="", help="only queries with this tag or topic", shell_complete=catalogue_tags)
@click.option("-f", "--format", "form", default="text", help="text, json or markdown", shell_complete=catalogue_formats)
def command(tag: str, form: str) -> None:
    """List the catalogue: topic, name and what each query answers."""
    from kg.commands.queries import queries

    deliver(queries(tag).render(form), for_people=form == "text")
