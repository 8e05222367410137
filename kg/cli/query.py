"""``kg query``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from kg.cli import answers
from kg.cli.completion import QueryCommand, answer_formats, parameter_values, query_names

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.query.asked import Asked
    from kg.query.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.emptiness import ExplainedFalse
    from kg.store.protocol import Answer

_FORMATS = "table, csv, tsv, json, xml, markdown, latex, parquet, arrow, arrows, xlsx; for graphs turtle, n-triples, json-ld, rdf/xml, trig"


@click.command("query", cls=QueryCommand, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("query", shell_complete=query_names)
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED, shell_complete=parameter_values)
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build; the shipped graph otherwise")
@click.option("--store", default="oxigraph", help="what answers: oxigraph, or rdflib, the slower reference")
@click.option("--endpoint", help="the address of a SPARQL endpoint to ask instead")
@click.option("--data", multiple=True, type=click.Path(path_type=Path), help="an RDF file to ask instead; may stand several times")
@click.option("--timeout", type=float, help="end a query after so many seconds")
@click.option("--memory", help="end a query that takes more memory beyond the store, such as 500M or 2G")
@click.option("--explain-plan", is_flag=True, help="print the query that the engine would be asked, and where it is held, and ask nothing")
@click.option(
    "-f", "--format", "form", default="", help=f"{_FORMATS}; taken from the name of the output otherwise", shell_complete=answer_formats
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="the file to write, whole or not at all; standard output otherwise")
@click.option("--chart", type=click.Path(path_type=Path), help="draw the chart of the query into this svg, png, html or json file too")
@click.option("--evidence", is_flag=True, help="add a column with the places in the documents that each row rests on")
@click.option("--lang", default="en", help="the language of the labels beside IRIs: en or ja")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: click.Context,
    query: str,
    parameters: tuple[str, ...],
    graph: Path | None,
    store: str,
    endpoint: str | None,
    data: tuple[Path, ...],
    timeout: float | None,
    memory: str | None,
    form: str,
    output: Path | None,
    chart: Path | None,
    lang: str,
    *,
    evidence: bool,
    explain_plan: bool,
) -> None:
    """Asks QUERY: a name of the catalogue, a file, or - for standard input.

    A parameter of a catalogue query is written as an option: kg query factors-at-stage --stage commercialization
    """
    from kg.cli.interrupts import ending_at_once  # noqa: PLC0415
    from kg.graph import open_graph  # noqa: PLC0415

    limited = timeout is not None or memory is not None
    with ending_at_once(by_system=not limited):
        if data or limited:
            opened = _opened(graph, store, endpoint, data, timeout, memory)
        else:
            opened = open_graph(graph, store=store, endpoint=endpoint)
        asked = _bound(opened, query, _values(parameters))
        if explain_plan:
            click.echo(_plan(opened, asked.text))
            return
        answer, diagnosis = _explained(opened, asked, opened.store.query(asked.text))
    if chart:
        _draw(_described(opened, query), answer, chart)
    encoded, binary = _encoded(opened, _with_evidence(opened, asked.text, answer) if evidence else answer, form, output, lang)
    remarks = _explanation(diagnosis, asked.written, answer) if diagnosis else ""
    if output:
        _write(output, encoded)
    code = answers.show(b"" if output else encoded, remarks)
    if ctx.obj and query in opened.catalogue and not binary and _lasting(ctx, asked.text):
        answers.keep(ctx.obj, encoded, remarks)
    if code:
        sys.exit(code)


def _opened(  # noqa: PLR0913, PLR0917 - one for each option
    graph: Path | None, store: str, endpoint: str | None, data: tuple[Path, ...], timeout: float | None, memory: str | None
) -> Graph:
    from kg.opening import open_with, where  # noqa: PLC0415
    from kg.store.limited import read_size  # noqa: PLC0415

    size = read_size(memory) if memory else None
    opened = open_with(graph, data=data, store=store, endpoint=endpoint, timeout=timeout, memory=size)
    if data and getattr(opened.store, "folder", None):
        click.echo(f"kg: large files: asked in {where(opened.store)}", err=True)
    return opened


def _plan(opened: Graph, text: str) -> str:
    """Gives the text that the engine is asked, after a comment on where it looks."""
    from kg.opening import where  # noqa: PLC0415
    from kg.store.embedded import EmbeddedStore  # noqa: PLC0415
    from kg.store.limited import LimitedStore  # noqa: PLC0415

    if not isinstance(opened.store, EmbeddedStore | LimitedStore):
        return f"# asked as written\n{text}"
    better = opened.store.rewritten(text)
    change = "asked as written" if better == text else "rewritten: the same answers, found faster"
    return f"# {change}; held in {where(opened.store)}\n{better}"


# The options whose whole effect is on what is printed: the answer to a command line with any other is not kept.
_OF_OUTPUT: Final = frozenset({"query", "parameters", "graph", "form", "evidence", "lang"})
_CHANGING: Final = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)  # functions that answer differently each time


def _lasting(ctx: click.Context, text: str) -> bool:
    """Says whether the answer to this command line stays the same as long as the graph and the catalogue do."""
    given = {name for name in ctx.params if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT}
    return given <= _OF_OUTPUT and not _CHANGING.search(text)


def _with_evidence(opened: Graph, text: str, answer: Answer | ExplainedFalse) -> Answer | ExplainedFalse:
    from kg.errors import QueryError  # noqa: PLC0415
    from kg.query.evidence import evidence_of_rows, with_evidence  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, opened.store, opened.base))


def _encoded(opened: Graph, answer: Answer | ExplainedFalse, form: str, output: Path | None, lang: str) -> tuple[bytes, bool]:
    """Gives an answer in the format for its file or for standard output, drawn as wide as the terminal, and whether that is binary."""
    from kg.errors import QueryError  # noqa: PLC0415
    from kg.publish.answers import answer_bytes, choose_format  # noqa: PLC0415
    from kg.query.results import FORMATS, render  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    chosen = choose_format(answer, form, output.suffix if output else "")
    labels = _labels(opened, answer, lang) if chosen == "table" and isinstance(answer, Solutions) else {}
    binary = chosen in FORMATS and FORMATS[chosen].binary
    width = 0 if output else answers.width()
    if width and binary:
        raise QueryError(f"{chosen} is not for a terminal", hint=f"write it to a file: -o FILE.{FORMATS[chosen].suffixes[0]}")
    if width and not isinstance(answer, list):
        return render(answer, chosen, width, labels).encode(), binary
    return answer_bytes(answer, chosen, labels), binary


def _write(output: Path, encoded: bytes) -> None:
    from kg.publish.atomic import whole_file  # noqa: PLC0415

    with whole_file(output) as building:
        building.write_bytes(encoded)


def _labels(opened: Graph, answer: Answer | ExplainedFalse, lang: str) -> dict[str, str]:
    """Gives the labels of the IRIs of an answer in a language, in English where it has none."""
    from kg.query.labels import labels_of  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    terms = [term for row in answer.rows for term in row] if isinstance(answer, Solutions) else []
    found: dict[str, str] = {}
    for language in dict.fromkeys(("en", lang)):
        found |= labels_of(terms, opened.store, language)
    return found


def _draw(query: CatalogueQuery | None, answer: Answer | ExplainedFalse, file: Path) -> None:
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


def _bound(opened: Graph, query: str, values: dict[str, str]) -> Asked:
    """Gives what to ask; a file of one's own that describes its parameters takes them like a query of the catalogue."""
    if query in opened.catalogue or not _is_file(query):
        return opened.asked(_text(query), values)
    if "\n#+ parameters:" not in _text(query):
        return opened.asked(_text(query), values, query)
    from kg.query.catalogue import read_query  # noqa: PLC0415
    from kg.query.parameters import asked  # noqa: PLC0415

    return asked(read_query(Path(query)), values, opened.store, opened.base, query)


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


def _explained(opened: Graph, asked: Asked, answer: Answer) -> tuple[Answer | ExplainedFalse, Diagnosis | None]:
    """Gives an answer, one that holds nothing together with the reasons."""
    from kg.query.emptiness import ExplainedFalse, ExplainedSolutions, seems_empty  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    if not seems_empty(answer):
        return answer, None
    from kg.query.diagnosis import diagnose  # noqa: PLC0415

    diagnosis = diagnose(asked, opened.store)
    if answer is False:
        return ExplainedFalse(diagnosis), diagnosis
    if not isinstance(answer, Solutions):
        return answer, diagnosis
    if answer.rows and not diagnosis.causes:
        return answer, None
    return ExplainedSolutions(answer.variables, answer.rows, diagnosis), diagnosis


def _explanation(diagnosis: Diagnosis, text: str, answer: Answer | ExplainedFalse) -> str:
    from kg.query.diagnosis.rendering import explain  # noqa: PLC0415
    from kg.query.emptiness import ExplainedFalse  # noqa: PLC0415
    from kg.store.protocol import Solutions  # noqa: PLC0415

    held = isinstance(answer, Solutions) and answer.rows
    head = "the answer is no" if isinstance(answer, ExplainedFalse) else "nothing found" if held else "no rows"
    return f"{head}\n{explain(diagnosis, text)}"
