"""``kg export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli import tell_of_relative
from kg.cli.completion import dump_formats, graph_names
from kg.cli.printing import OutputFile


@click.command("export")
@click.option(
    "--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise"
)
@click.option(
    "-f",
    "--format",
    "form",
    default="",
    help="nq, trig, nt, ttl, rdf, jsonld or owl (the ontology); taken from the name of the output otherwise",
    shell_complete=dump_formats,
)
@click.option(
    "--only",
    multiple=True,
    help="only this named graph, by IRI or slug, for example kirihata-mot",
    shell_complete=graph_names,
)
@click.option(
    "--queries", is_flag=True, help="the catalogue of queries instead of the graph: a record for each, in Turtle"
)
@click.option("--target", default="", help="with --queries: the address of the endpoint where the queries can be sent")
@click.option("-o", "--output", type=OutputFile(), help="the file to write; standard output otherwise")
def command(  # noqa: PLR0913 - one for each option
    graph: Path | None, form: str, only: tuple[str, ...], target: str, output: Path | None, *, queries: bool
) -> None:
    """Write the graph in a syntax of linked data, sorted, so that equal graphs give equal files."""
    from kg.commands.export import export, export_queries

    if queries and (only or form not in {"", "ttl"}):
        raise click.UsageError("--queries writes all queries, in Turtle")
    if target and not queries:
        raise click.UsageError("--target goes with --queries")
    text = (
        export_queries(graph, target=target, output=output)
        if queries
        else export(graph, form, only=only, output=output)
    )
    if output is None:
        sys.stdout.buffer.write(text.encode())
    tell_of_relative(text)
