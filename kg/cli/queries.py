"""``kg queries``."""

from __future__ import annotations

import click

from kg.cli.completion import catalogue_formats, catalogue_tags


@click.command("queries")
@click.option("--tag", default="", help="only queries with this tag or topic", shell_complete=catalogue_tags)
@click.option("-f", "--format", "form", default="text", help="text, json or markdown", shell_complete=catalogue_formats)
def command(tag: str, form: str) -> None:
    """List the catalogue: topic, name and what each query answers."""
    from kg.core.errors import QueryError, near_names
    from kg.core.resources import queries_dir
    from kg.query.catalogue.catalogue import Catalogue
    from kg.query.results.rendering import render_catalogue

    catalogue = list(Catalogue(queries_dir()))
    chosen = [query for query in catalogue if not tag or tag in {query.topic, *query.tags}]
    if not chosen:
        known = {label for query in catalogue for label in (query.topic, *query.tags)}
        raise QueryError(
            f"no query has the tag '{tag}'", hint=f"tags: {', '.join(sorted(known))}", near=near_names(tag, known)
        )
    click.echo(render_catalogue(chosen, form), nl=False)
