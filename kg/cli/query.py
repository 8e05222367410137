"""``kg query``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click


@click.command("query", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("query")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise")
@click.option("-f", "--format", "form", default="", help="table, csv, tsv, json or markdown; turtle-like triples for CONSTRUCT")
def command(query: str, parameters: tuple[str, ...], graph: Path | None, form: str) -> None:
    """Asks QUERY: a name of the catalogue, a file, or - for standard input.

    A parameter of a catalogue query is written as an option: kg query factors-at-stage --stage commercialization
    """
    from kg.graph import open_graph  # noqa: PLC0415
    from kg.query.results import render  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    opened = open_graph(graph)
    text = opened.text(_text(query), _values(parameters))
    answer = opened.store.query(text)
    if isinstance(answer, Solutions):
        terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if terminal else 0
        sys.stdout.write(render(answer, form or "table", width))
        if not answer.rows:
            _explain(opened.why_empty(text))
    elif isinstance(answer, bool):
        click.echo("true" if answer else "false")
    else:
        from pyoxigraph import Quad  # noqa: PLC0415

        from kg.publish.dump import dump  # noqa: PLC0415

        sys.stdout.write(dump([Quad(t.subject, t.predicate, t.object) for t in answer], form or "ttl").decode())
        if not answer:
            _explain(opened.why_empty(text))


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    path = Path(query)
    if query.endswith(".rq") or path.is_file():
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            from kg.errors import QueryError  # noqa: PLC0415

            raise QueryError(f"{query}: {error}") from error
    return query


def _values(arguments: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        option = waiting.pop(0)
        name, equals, value = option.removeprefix("--").partition("=")
        if not option.startswith("--"):
            raise click.UsageError(f"'{option}' is not a parameter; write --name value")
        if not equals and not waiting:
            raise click.UsageError(f"parameter '{option}' has no value")
        values[name] = value if equals else waiting.pop(0)
    return values


def _explain(reasons: list[str]) -> None:
    click.echo("no rows", err=True)
    for reason in reasons:
        click.echo(f"  {reason}", err=True)
    if not reasons:
        click.echo("  every term of the query is known to the graph; no statements combine as its pattern asks", err=True)
