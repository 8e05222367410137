"""Answer a query and render the answer: what ``kg query`` does."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.graph import Graph
    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Answer, Solutions


_ENGLISH: Final = "en"
_LANGUAGE: Final = "language"  # the parameter of a query that names things in one language


class Rendered(NamedTuple):
    """An answer in a format, what there is to say about it, and its chart where one was asked for."""

    content: bytes
    remarks: str = ""
    picture: bytes = b""


def answer_query(  # noqa: PLR0913 - one for each option of the command
    graph: Graph,
    query: str,
    parameters: Mapping[str, str],
    *,
    form: str = "",
    output: str | None = None,
    chart: str | None = None,
    language: str = _ENGLISH,
    evidence: bool = False,
    columns: str = "",
    width: int = 0,
) -> Rendered:
    """Answer a query and render the answer; an answer that holds nothing is explained.

    Args:
        graph: what is asked.
        query: a name of the catalogue, a file, SPARQL, or ``-`` for standard input.
        parameters: values for the parameters of a query of the catalogue or a file.
        form: the name of a format; that of ``output``, else a table or Turtle where it is empty.
        output: the file that the content is for.
        chart: the file that the picture is for.
        language: the language of the labels beside IRIs.
        evidence: whether each row gets the places in the documents that it rests on.
        columns: the columns to show, in their order, separated by commas; all where it is empty. Rows stay as they are.
        width: the columns of the terminal that the content is for; 0 for a file or a pipe.

    Raises:
        KGError: the query cannot be answered, or the answer has no such form.

    """
    prepared = _prepared_in_time(graph, query, parameters)
    Thread(target=_import_writers, args=(form,)).start()  # the engine lets other threads run
    tested = graph.shipped and query in graph.catalogue  # a test holds that these queries lose nothing of that graph
    answer, diagnosis = _explained(graph, prepared, graph.store.query(prepared.text), loses_nothing=tested)
    from kg.publishing.answers import choose_format

    picture = _drawn(_described(graph, query), answer, chart) if chart else b""
    shown = _with_evidence(graph, prepared.text, answer) if evidence else answer
    if columns:
        shown = _with_columns(shown, columns)
    shown = _as_partial(shown, answer)
    chosen = choose_format(shown, form, os.path.splitext(output)[1] if output else "")
    content, remark = _encoded(graph, shown, chosen, language, 0 if output else width)
    if remark and query in graph.catalogue and _LANGUAGE in graph.catalogue[query].parameters:
        remark += f"; the texts of this query follow its parameter --{_LANGUAGE}"
    remarks = _explanation(diagnosis, prepared.written, answer) if diagnosis else f"kg: {remark}\n" if remark else ""
    remarks += _missing(answer, prepared.written)
    return Rendered(content, remarks, picture)


def _import_writers(form: str) -> None:
    """Import what writes most answers, so that nobody waits for it after the engine has answered."""
    import_module("kg.publishing.answers")
    if form in {"", "table"}:
        import_module("kg.query.results.tables")


def plan_query(graph: Graph, query: str, parameters: Mapping[str, str]) -> str:
    """Return the text that the engine would be asked, after a comment on where it looks.

    Raises:
        KGError: the query is wrong.

    """
    from kg.graph.opening import where
    from kg.store.embedded.limited import LimitedStore
    from kg.store.embedded.store import EmbeddedStore

    text = _prepared(graph, query, parameters).text
    if not isinstance(graph.store, EmbeddedStore | LimitedStore):
        return f"# asked as written\n{text}\n"
    better = graph.store.rewritten(text)
    change = (
        "asked as written"
        if better == text
        else "rewritten: the answers of the query, found faster or as SPARQL has them"
    )
    return f"# {change}; held in {where(graph.store)}\n{better}\n"


def _with_evidence(graph: Graph, text: str, answer: Answer | ExplainedFalse) -> Answer | ExplainedFalse:
    from kg.query.sources import evidence_of_rows, with_evidence
    from kg.store.protocol import Solutions

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, graph.store, graph.base))


def _with_columns(answer: Answer | ExplainedFalse, columns: str) -> Solutions:
    """Return the rows of an answer with some of its columns only."""
    from kg.core.errors import near_names
    from kg.store.protocol import Solutions

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have columns")
    names = tuple(name.strip().removeprefix("?") for name in columns.split(","))
    for name in names:
        if name not in answer.variables:
            hint = f"its columns: {', '.join(answer.variables)}"
            raise QueryError(f"the answer has no column '{name}'", hint=hint, near=near_names(name, answer.variables))
    if len(set(names)) < len(names):
        raise QueryError(f"--columns {columns} has a column twice")
    places = [answer.variables.index(name) for name in names]
    return Solutions(names, tuple(tuple(row[place] for place in places) for row in answer.rows))


def _encoded(graph: Graph, answer: Answer | ExplainedFalse, form: str, language: str, width: int) -> tuple[bytes, str]:
    """Return an answer in a format, drawn as wide as the terminal where there is one.

    With it comes a remark where the language that was asked for changes nothing.
    """
    from kg.publishing.answers import answer_bytes
    from kg.query.results import FORMATS, render
    from kg.store.protocol import Solutions

    labels, remark = _labels(graph, answer if form == "table" and isinstance(answer, Solutions) else None, language)
    binary = form in FORMATS and FORMATS[form].binary
    if width and binary:
        raise QueryError(
            f"{form} is not for a terminal", hint=f"write it to a file: -o FILE.{FORMATS[form].suffixes[0]}"
        )
    if width and not isinstance(answer, list):
        return render(answer, form, width, labels).encode(), remark
    return answer_bytes(answer, form, labels, graph.base), remark


def _labels(graph: Graph, table: Solutions | None, language: str) -> tuple[dict[str, str], str]:
    """Return the labels of the IRIs of a table in a language, in English where it has none.

    And a remark where it has none at all.
    """
    from pyoxigraph import NamedNode

    iris = [term for row in table.rows for term in row if isinstance(term, NamedNode)] if table else []
    if iris:
        from kg.query.results.tables import labels_in, labels_of

        return labels_in(language, lambda tag: labels_of(iris, graph.store, tag))
    if language == _ENGLISH:
        return {}, ""
    return {}, f"--lang {language} changes nothing: it is for labels beside the IRIs of a table, and there are none"


def _drawn(query: CatalogueQuery | None, answer: Answer | ExplainedFalse, file: str) -> bytes:
    from kg.query.results.charts import draw
    from kg.store.protocol import Solutions

    if query is None or query.chart is None or not isinstance(answer, Solutions):
        hint = "declare one in the header of its file: #+ chart: {mark: bar, x: <column>, y: <column>}"
        raise QueryError("the query has no chart", hint=hint)
    form = os.path.splitext(file)[1].removeprefix(".").lower()
    return draw(query.chart, answer, form, query.columns, query.summary)


def _described(graph: Graph, query: str) -> CatalogueQuery | None:
    """Return the query with its header: one of the catalogue, or a file that describes itself."""
    from kg.query.catalogue.catalogue import read_query

    if query in graph.catalogue:
        return graph.catalogue[query]
    return read_query(query) if _is_file(query) and "#+" in _text(query) else None


def _prepared_in_time(graph: Graph, query: str, values: Mapping[str, str]) -> PreparedQuery:
    """Return the query to run, if it can be read within the limit that the store has for a query."""
    timeout = getattr(graph.store, "timeout", None)
    if timeout is None:
        return _prepared(graph, query, values)
    from kg.store.embedded.limited import ending_after

    with ending_after(timeout):
        return _prepared(graph, query, values)


def _prepared(graph: Graph, query: str, values: Mapping[str, str]) -> PreparedQuery:
    """Return the query to run.

    A query file of the user that describes its parameters takes them like a query of the catalogue.
    """
    if query in graph.catalogue or not _is_file(query):
        return graph.prepare(_text(query), values)
    if "\n#+ parameters:" not in _text(query):
        return graph.prepare(_text(query), values, query)
    from kg.query.catalogue.binding import bind_parameters
    from kg.query.catalogue.catalogue import read_query

    return bind_parameters(read_query(query), values, graph.store, graph.base, query)


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
    graph: Graph, prepared: PreparedQuery, answer: Answer, *, loses_nothing: bool
) -> tuple[Answer | ExplainedFalse, Diagnosis | None]:
    """Return an answer, one that holds nothing together with the reasons."""
    from kg.query.results.answers import ExplainedFalse, ExplainedSolutions, seems_empty
    from kg.store.protocol import Solutions

    if not seems_empty(answer):
        return (answer if loses_nothing else _with_losses(graph, prepared, answer)), None
    from kg.query.diagnosis import diagnose

    diagnosis = diagnose(prepared, graph.store)
    if answer is False:
        return ExplainedFalse(diagnosis), diagnosis
    if not isinstance(answer, Solutions):
        return answer, diagnosis
    if answer.rows and not diagnosis.causes:
        return answer, None
    return ExplainedSolutions(answer.variables, answer.rows, diagnosis), diagnosis


def _missing(answer: Answer | ExplainedFalse, text: str) -> str:
    from kg.query.results.answers import PartialSolutions

    if not isinstance(answer, PartialSolutions):
        return ""
    from kg.query.diagnosis.model import explain

    head = "the answer is not complete" if answer.losses.complete else "the answer may not be complete"
    return f"{head}\n{explain(answer.losses, text)}"


def _as_partial(shown: Answer | ExplainedFalse, answer: Answer | ExplainedFalse) -> Answer | ExplainedFalse:
    """Return what is shown of an answer with what the answer lost."""
    from kg.query.results.answers import PartialSolutions
    from kg.store.protocol import Solutions

    if isinstance(answer, PartialSolutions) and isinstance(shown, Solutions):
        return PartialSolutions(shown.variables, shown.rows, answer.losses)
    return shown


def _with_losses(graph: Graph, prepared: PreparedQuery, answer: Answer) -> Answer:
    """Return rows with what type errors left out of them, where they did."""
    from kg.query.results.answers import PartialSolutions, losses_of
    from kg.store.protocol import Solutions

    if not isinstance(answer, Solutions):
        return answer
    found = losses_of(prepared, graph.store, answer)
    return PartialSolutions(answer.variables, answer.rows, found) if found else answer


def _explanation(diagnosis: Diagnosis, text: str, answer: Answer | ExplainedFalse) -> str:
    from kg.query.diagnosis.model import explain
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Solutions

    held = isinstance(answer, Solutions) and answer.rows
    head = "the answer is no" if isinstance(answer, ExplainedFalse) else "nothing found" if held else "no rows"
    return f"{head}\n{explain(diagnosis, text)}"
