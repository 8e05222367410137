"""What ``kg query`` does: ask, explain an empty answer, render and print; it knows nothing of command lines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.cli.printing import show, width

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Answer, Solutions


_ENGLISH: Final = "en"
_LANGUAGE: Final = "language"  # the parameter of a query that names things in one language


class Request(NamedTuple):
    """What a command line asks for."""

    query: str
    values: dict[str, str]
    graph: str | None = None
    store: str = "oxigraph"
    endpoint: str | None = None
    data: tuple[str, ...] = ()
    timeout: float | None = None
    memory: str | None = None
    form: str = ""
    output: str | None = None
    chart: str | None = None
    lang: str = _ENGLISH
    evidence: bool = False
    explain_plan: bool = False


def run(request: Request) -> int:
    """Answer a request on standard output or in its file, and return the exit code.

    Raises:
        KGError: the request cannot be answered.

    """
    from kg.cli.interrupts import ending_at_once
    from kg.graph import open_graph

    query, evidence = request.query, request.evidence
    limited = request.timeout is not None or request.memory is not None
    with ending_at_once(by_system=not limited):
        special = request.data or limited
        opened = (
            _opened(request) if special else open_graph(request.graph, store=request.store, endpoint=request.endpoint)
        )
        prepared = _bound(opened, query, request.values)
        if request.explain_plan:
            sys.stdout.write(f"{_plan(opened, prepared.text)}\n")
            return 0
        answer, diagnosis = _explained(opened, prepared, opened.store.query(prepared.text))
    if request.chart:
        _draw(_described(opened, query), answer, request.chart)
    shown = _with_evidence(opened, prepared.text, answer) if evidence else answer
    encoded, remark = _encoded(opened, shown, request.form, request.output, request.lang)
    if remark and query in opened.catalogue and _LANGUAGE in opened.catalogue[query].parameters:
        remark += f"; the texts of this query follow its parameter --{_LANGUAGE}"
    remarks = _explanation(diagnosis, prepared.written, answer) if diagnosis else f"kg: {remark}\n" if remark else ""
    if request.output:
        _write(request.output, encoded)
    return show(b"" if request.output else encoded, remarks)


def _opened(request: Request) -> Graph:
    from kg.graph.opening import open_graph, where
    from kg.store.embedded.limited import read_size

    size = read_size(request.memory) if request.memory else None
    opened = open_graph(
        request.graph,
        data=request.data,
        store=request.store,
        endpoint=request.endpoint,
        timeout=request.timeout,
        memory=size,
    )
    if request.data and getattr(opened.store, "folder", None):
        sys.stderr.write(f"kg: large files: asked in {where(opened.store)}\n")
    return opened


def _plan(opened: Graph, text: str) -> str:
    """Return the text that the engine is asked, after a comment on where it looks."""
    from kg.graph.opening import where
    from kg.store.embedded.limited import LimitedStore
    from kg.store.embedded.store import EmbeddedStore

    if not isinstance(opened.store, EmbeddedStore | LimitedStore):
        return f"# asked as written\n{text}"
    better = opened.store.rewritten(text)
    change = "asked as written" if better == text else "rewritten: the same answers, found faster"
    return f"# {change}; held in {where(opened.store)}\n{better}"


def _with_evidence(opened: Graph, text: str, answer: Answer | ExplainedFalse) -> Answer | ExplainedFalse:
    from kg.core.errors import QueryError
    from kg.query.sources import evidence_of_rows, with_evidence
    from kg.store.protocol import Solutions

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, opened.store, opened.base))


def _encoded(
    opened: Graph, answer: Answer | ExplainedFalse, form: str, output: str | None, lang: str
) -> tuple[bytes, str]:
    """Return an answer in the format for its file or for standard output, drawn as wide as the terminal.

    With it comes a remark where the language that was asked for changes nothing.
    """
    from kg.core.errors import QueryError
    from kg.publishing.answers import answer_bytes, choose_format
    from kg.query.results import FORMATS, render
    from kg.store.protocol import Solutions

    chosen = choose_format(answer, form, os.path.splitext(output)[1] if output else "")
    labels, remark = _labels(opened, answer if chosen == "table" and isinstance(answer, Solutions) else None, lang)
    binary = chosen in FORMATS and FORMATS[chosen].binary
    columns = 0 if output else width()
    if columns and binary:
        raise QueryError(
            f"{chosen} is not for a terminal", hint=f"write it to a file: -o FILE.{FORMATS[chosen].suffixes[0]}"
        )
    if columns and not isinstance(answer, list):
        return render(answer, chosen, columns, labels).encode(), remark
    return answer_bytes(answer, chosen, labels), remark


def _write(output: str, content: bytes) -> None:
    from pathlib import Path

    from kg.core.atomic import whole_file

    with whole_file(Path(output)) as building:
        building.write_bytes(content)


def _labels(opened: Graph, table: Solutions | None, lang: str) -> tuple[dict[str, str], str]:
    """Return the labels of the IRIs of a table in a language, in English where it has none.

    And a remark where it has none at all.
    """
    from pyoxigraph import NamedNode

    iris = [term for row in table.rows for term in row if isinstance(term, NamedNode)] if table else []
    if iris:
        from kg.query.results.tables import labels_in, labels_of

        return labels_in(lang, lambda language: labels_of(iris, opened.store, language))
    return (
        {},
        ""
        if lang == _ENGLISH
        else f"--lang {lang} changes nothing: it is for labels beside the IRIs of a table, and there are none",
    )


def _draw(query: CatalogueQuery | None, answer: Answer | ExplainedFalse, file: str) -> None:
    from kg.core.errors import QueryError
    from kg.query.results.charts import draw
    from kg.store.protocol import Solutions

    if query is None or query.chart is None or not isinstance(answer, Solutions):
        hint = "declare one in the header of its file: #+ chart: {mark: bar, x: <column>, y: <column>}"
        raise QueryError("the query has no chart", hint=hint)
    form = os.path.splitext(file)[1].removeprefix(".").lower()
    _write(file, draw(query.chart, answer, form, query.columns, query.summary))


def _described(opened: Graph, query: str) -> CatalogueQuery | None:
    """Return the query with its header: one of the catalogue, or a file that describes itself."""
    from kg.query.catalogue.catalogue import read_query

    if query in opened.catalogue:
        return opened.catalogue[query]
    return read_query(query) if _is_file(query) and "#+" in _text(query) else None


def _bound(opened: Graph, query: str, values: dict[str, str]) -> PreparedQuery:
    """Return what to ask; a file of one's own that describes its parameters takes them like a query of the catalogue."""
    if query in opened.catalogue or not _is_file(query):
        return opened.prepare(_text(query), values)
    if "\n#+ parameters:" not in _text(query):
        return opened.prepare(_text(query), values, query)
    from kg.query.catalogue.binding import bind_parameters
    from kg.query.catalogue.catalogue import read_query

    return bind_parameters(read_query(query), values, opened.store, opened.base, query)


def _is_file(query: str) -> bool:
    """Tell whether what stands for a query is meant as a file; a query itself may be longer than any name of a file."""
    return query.endswith(".rq") or os.path.isfile(query)


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if _is_file(query):
        from kg.query.catalogue.catalogue import read_text

        return read_text(query)
    return query


def _explained(
    opened: Graph, prepared: PreparedQuery, answer: Answer
) -> tuple[Answer | ExplainedFalse, Diagnosis | None]:
    """Return an answer, one that holds nothing together with the reasons."""
    from kg.query.results.answers import ExplainedFalse, ExplainedSolutions, seems_empty
    from kg.store.protocol import Solutions

    if not seems_empty(answer):
        return answer, None
    from kg.query.diagnosis import diagnose

    diagnosis = diagnose(prepared, opened.store)
    if answer is False:
        return ExplainedFalse(diagnosis), diagnosis
    if not isinstance(answer, Solutions):
        return answer, diagnosis
    if answer.rows and not diagnosis.causes:
        return answer, None
    return ExplainedSolutions(answer.variables, answer.rows, diagnosis), diagnosis


def _explanation(diagnosis: Diagnosis, text: str, answer: Answer | ExplainedFalse) -> str:
    from kg.query.diagnosis.model import explain
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Solutions

    held = isinstance(answer, Solutions) and answer.rows
    head = "the answer is no" if isinstance(answer, ExplainedFalse) else "nothing found" if held else "no rows"
    return f"{head}\n{explain(diagnosis, text)}"
