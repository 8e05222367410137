"""``kg query``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.completion import QueryCommand, answer_formats, parameter_values, query_names

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.query.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.store.protocol import Answer

_FORMATS = "table, csv, tsv, json, xml, markdown, latex, parquet, arrow, arrows, xlsx; for graphs turtle, n-triples, json-ld, rdf/xml, trig"


@click.command("query", cls=QueryCommand, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("query", shell_complete=query_names)
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED, shell_complete=parameter_values)
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise")
@click.option("--store", default="oxigraph", help="what answers: oxigraph, or rdflib, the slower reference")
@click.option("--endpoint", help="the address of a SPARQL endpoint to ask instead")
@click.option(
    "-f", "--format", "form", default="", help=f"{_FORMATS}; taken from the name of the output otherwise", shell_complete=answer_formats
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="the file to write, whole or not at all; standard output otherwise")
@click.option("--chart", type=click.Path(path_type=Path), help="draw the chart of the query into this svg, png, html or json file too")
@click.option("--evidence", is_flag=True, help="add a column with the places in the documents that each row rests on")
@click.option("--lang", default="en", help="the language of the labels beside IRIs: en or ja")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    query: str,
    parameters: tuple[str, ...],
    graph: Path | None,
    store: str,
    endpoint: str | None,
    form: str,
    output: Path | None,
    chart: Path | None,
    lang: str,
    *,
    evidence: bool,
) -> None:
    """Asks QUERY: a name of the catalogue, a file, or - for standard input.

    A parameter of a catalogue query is written as an option: kg query factors-at-stage --stage commercialization
    """
    from kg.graph import open_graph  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    opened = open_graph(graph, store=store, endpoint=endpoint)
    text = _bound(opened, query, _values(parameters))
    answer, diagnosis = _explained(opened, text, opened.store.query(text))
    if chart:
        _draw(_described(opened, query), answer, chart)
    _write(opened, _with_evidence(opened, text, answer) if evidence else answer, form, output, lang)
    if diagnosis:
        _explain(diagnosis, text, rows=len(answer) if isinstance(answer, Solutions) else 0)


def _with_evidence(opened: Graph, text: str, answer: Answer) -> Answer:
    from kg.errors import QueryError  # noqa: PLC0415
    from kg.query.evidence import evidence_of_rows, with_evidence  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, opened.store, opened.base))


def _write(opened: Graph, answer: Answer, form: str, output: Path | None, lang: str) -> None:
    """Writes an answer to its file or to standard output; what is too long for the screen goes through the user's pager."""
    from kg.errors import QueryError  # noqa: PLC0415
    from kg.publish.answers import answer_bytes, choose_format  # noqa: PLC0415
    from kg.query.results import FORMATS, render  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    chosen = choose_format(answer, form, output.suffix if output else "")
    labels = _labels(opened, answer, lang) if chosen == "table" and isinstance(answer, Solutions) else {}
    if output:
        from kg.publish.atomic import whole_file  # noqa: PLC0415

        written = answer_bytes(answer, chosen, labels)
        with whole_file(output) as building:
            building.write_bytes(written)
    elif not sys.stdout.isatty():
        sys.stdout.buffer.write(answer_bytes(answer, chosen, labels))
        sys.stdout.buffer.flush()
    elif chosen in FORMATS and FORMATS[chosen].binary:
        raise QueryError(f"{chosen} is not for a terminal", hint=f"write it to a file: -o FILE.{FORMATS[chosen].suffixes[0]}")
    else:
        size = shutil.get_terminal_size()
        shown = answer_bytes(answer, chosen).decode() if isinstance(answer, list) else render(answer, chosen, size.columns, labels)
        if shown.count("\n") >= size.lines:
            click.echo_via_pager(shown.removesuffix("\n"))
        else:
            click.echo(shown, nl=False)


def _labels(opened: Graph, answer: Answer, lang: str) -> dict[str, str]:
    """Gives the labels of the IRIs of an answer in a language, in English where it has none."""
    from kg.query.labels import labels_of  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    terms = [term for row in answer.rows for term in row] if isinstance(answer, Solutions) else []
    found: dict[str, str] = {}
    for language in dict.fromkeys(("en", lang)):
        found |= labels_of(terms, opened.store, language)
    return found


def _draw(query: CatalogueQuery | None, answer: Answer, file: Path) -> None:
    from kg.errors import QueryError  # noqa: PLC0415
    from kg.publish.atomic import whole_file  # noqa: PLC0415
    from kg.query.charts import draw  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    if query is None or query.chart is None or not isinstance(answer, Solutions):
        hint = "declare one in the header of its file: #+ chart: {mark: bar, x: <column>, y: <column>}"
        raise QueryError("the query has no chart", hint=hint)
    picture = draw(query.chart, answer, file.suffix.removeprefix(".").lower(), query.columns, query.summary)
    with whole_file(file) as building:
        building.write_bytes(picture)


def _described(opened: Graph, query: str) -> CatalogueQuery | None:
    """Gives the query with its header: one of the catalogue, or a file that describes itself."""
    from kg.query.catalogue import read_query  # noqa: PLC0415

    if query in opened.catalogue:
        return opened.catalogue[query]
    return read_query(Path(query)) if _is_file(query) and "#+" in _text(query) else None


def _bound(opened: Graph, query: str, values: dict[str, str]) -> str:
    """Gives the text to ask; a file of one's own that describes its parameters takes them like a query of the catalogue."""
    if query in opened.catalogue or not _is_file(query) or "\n#+ parameters:" not in _text(query):
        return opened.text(_text(query), values)
    from kg.query.catalogue import read_query  # noqa: PLC0415
    from kg.query.parameters import bind  # noqa: PLC0415

    return bind(read_query(Path(query)), values, opened.store, opened.base)


def _is_file(query: str) -> bool:
    """Says whether what stands for a query is meant as a file; a query itself may be longer than any name of a file."""
    try:
        return query.endswith(".rq") or Path(query).is_file()
    except (OSError, ValueError):
        return False


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if _is_file(query):
        try:
            return Path(query).read_text(encoding="utf-8")
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


def _explained(opened: Graph, text: str, answer: Answer) -> tuple[Answer, Diagnosis | None]:
    """Gives an answer, one that holds nothing together with the reasons."""
    from kg.query.emptiness import ExplainedSolutions, seems_empty  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    if not seems_empty(answer):
        return answer, None
    diagnosis = opened.diagnose(text)
    if not isinstance(answer, Solutions):
        return answer, diagnosis
    if answer.rows and not diagnosis.causes:
        return answer, None
    return ExplainedSolutions(answer.variables, answer.rows, diagnosis), diagnosis


def _explain(diagnosis: Diagnosis, text: str, *, rows: int) -> None:
    from kg.query.diagnosis.rendering import explain  # noqa: PLC0415

    click.echo("nothing found" if rows else "no rows", err=True)
    click.echo(explain(diagnosis, text), err=True, nl=False)
