"""``kg export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("export")
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise")
@click.option("-f", "--format", "form", default="", help="nq, trig, nt, ttl, rdf or jsonld; taken from the name of the output otherwise")
@click.option("--only", multiple=True, help="only this named graph, by IRI or slug, for example kirihata-mot")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="the file to write; standard output otherwise")
def command(graph: Path | None, form: str, only: tuple[str, ...], output: Path | None) -> None:
    """Writes the graph in a syntax of linked data, sorted, so that equal graphs give equal files."""
    from kg.graph import open_graph  # noqa: PLC0415
    from kg.publish.atomic import whole_file  # noqa: PLC0415
    from kg.publish.dump import dump  # noqa: PLC0415

    text = dump(open_graph(graph).store.quads(), form or (output.suffix.lstrip(".") if output else "nq"), only)
    if output is None:
        sys.stdout.buffer.write(text)
        return
    with whole_file(output) as building:
        building.write_bytes(text)
