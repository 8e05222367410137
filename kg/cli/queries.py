"""``kg queries``."""

from __future__ import annotations

import click


@click.command("queries")
@click.option("--tag", default="", help="only queries with this tag or topic")
def command(tag: str) -> None:
    """Lists the catalogue: topic, name and what each query answers."""
    from kg.errors import QueryError, near_names  # noqa: PLC0415
    from kg.query.catalogue import Catalogue  # noqa: PLC0415
    from kg.resources import queries_dir  # noqa: PLC0415

    catalogue = list(Catalogue(queries_dir()))
    chosen = [query for query in catalogue if not tag or tag in {query.topic, *query.tags}]
    if not chosen:
        known = {label for query in catalogue for label in (query.topic, *query.tags)}
        raise QueryError(f"no query has the tag '{tag}'", hint=f"tags: {', '.join(sorted(known))}", near=near_names(tag, known))
    width = max(len(query.name) for query in chosen)
    topic = ""
    for query in chosen:
        if query.topic != topic:
            topic = query.topic
            click.echo(topic)
        click.echo(f"  {query.name:<{width}}  {query.summary}")
