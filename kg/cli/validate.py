"""``kg validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click


@click.command("validate")
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build")
@click.option("--shapes", multiple=True, type=click.Path(path_type=Path), help="a shapes file; the shipped shapes otherwise")
@click.option("--engine", default="auto", type=click.Choice(["auto", "native", "pyshacl"]), help="which validator to use")
@click.option("-f", "--format", "form", default="human", type=click.Choice(["human", "turtle", "json"]), help="the form of the report")
def command(
    data: tuple[Path, ...], graph: Path | None, shapes: tuple[Path, ...], engine: Literal["auto", "native", "pyshacl"], form: str
) -> None:
    """Checks DATA (RDF files), a built graph, or the shipped graph against SHACL shapes.

    Exit codes: 0 conforms, 1 violations, 2 could not run.
    """
    from kg.pipeline import data_to_validate, shape_files  # noqa: PLC0415
    from kg.terms import BASE  # noqa: PLC0415
    from kg.validate import load_shapes, render, validate  # noqa: PLC0415

    quads, origins, base = data_to_validate(list(data), graph)
    report = validate(quads, load_shapes(list(shapes) or shape_files()), engine=engine, origins=origins)
    sys.stdout.write(render(report, form).replace(BASE, base))
    if not report.conforms:
        sys.exit(1)
