"""Answer a query and render the answer: what ``kg query`` does."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kg.graph import Graph
    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Answer, Solutions


_ENGLISH: Final = "en"
_LANGUAGE: Final = "language"  # the parameter of a query that names things in one language


class Source(NamedTuple):
    """What is asked, and with which limits.

    Attributes:
        graph: the folder of a build or a loaded store; the shipped graph where it is left out.
        store: ``oxigraph`` or ``rdflib``.
        endpoint: the address of a SPARQL endpoint instead.
        data: RDF files instead.
        timeout: seconds after which a query is ended.
        memory: how much a query may take beyond the store, such as 500M.

    """

    graph: str | None = None
    store: str = "oxigraph"
    endpoint: str | None = None
    data: Sequence[str] = ()
    timeout: float | None = None
    memory: str | None = None

    @property
    def limited(self) -> bool:
        """Whether a query is ended at a limit."""
        return self.timeout is not None or self.memory is not None


_SHIPPED: Final = Source()


class Rendered(NamedTuple):
    """An answer in a format, what there is to say about it, and its chart where one was asked for."""

    content: bytes
    remarks: str = ""
    picture: bytes = b""


def answer_query(  # noqa: PLR0913 - one for each option of the command
    query: str,
    parameters: Mapping[str, str],
    source: Source = _SHIPPED,
    *,
    form: str = "",
    output: str | None = None,
    chart: str | None = None,
    language: str = _ENGLISH,
    evidence: bool = False,
    width: int = 0,
    tell: Callable[[str], object] = lambda _: None,
) -> Rendered:
    """Answer a query and render the answer; an answer that holds nothing is explained.

    Args:
        query: a name of the catalogue, a file, SPARQL, or ``-`` for standard input.
        parameters: values for the parameters of a query of the catalogue or a file.
        source: what is asked.
        form: the name of a format; that of ``output``, else a table or Turtle where it is empty.
        output: the file that the content is for.
        chart: the file that the picture is for.
        language: the language of the labels beside IRIs.
        evidence: whether each row gets the places in the documents that it rests on.
        width: the columns of the terminal that the content is for; 0 for a file or a pipe.
        tell: is called with what there is to say before the query runs.

    Raises:
        KGError: the query cannot be answered, or the answer has no such form.

    """
    from kg.publishing.answers import choose_format

    opened = _opened(source, tell)
    prepared = _prepared(opened, query, parameters)
    answer, diagnosis = _explained(opened, prepared, opened.store.query(prepared.text))
    picture = _drawn(_described(opened, query), answer, chart) if chart else b""
    shown = _with_evidence(opened, prepared.text, answer) if evidence else answer
    chosen = choose_format(shown, form, os.path.splitext(output)[1] if output else "")
    content, remark = _encoded(opened, shown, chosen, language, 0 if output else width)
    if remark and query in opened.catalogue and _LANGUAGE in opened.catalogue[query].parameters:
        remark += f"; the texts of this query follow its parameter --{_LANGUAGE}"
    remarks = _explanation(diagnosis, prepared.written, answer) if diagnosis else f"kg: {remark}\n" if remark else ""
    return Rendered(content, remarks, picture)


def plan_query(query: str, parameters: Mapping[str, str], source: Source = _SHIPPED) -> str:
    """Return the text that the engine would be asked, after a comment on where it looks; see ``answer_query``.

    Raises:
        KGError: the graph cannot be opened, or the query is wrong.

    """
    opened = _opened(source)
    return f"{_plan(opened, _prepared(opened, query, parameters).text)}\n"


def _opened(source: Source, tell: Callable[[str], object] = lambda _: None) -> Graph:
    from kg.graph.opening import open_graph, where

    graph, store, endpoint, data, timeout, written = source
    memory = None
    if written:
        from kg.store.embedded.limited import read_size

        memory = read_size(written)
    opened = open_graph(graph, data=data, store=store, endpoint=endpoint, timeout=timeout, memory=memory)
    if data and getattr(opened.store, "folder", None):
        tell(f"large files: asked in {where(opened.store)}")
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
    from kg.query.sources import evidence_of_rows, with_evidence
    from kg.store.protocol import Solutions

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, opened.store, opened.base))


def _encoded(opened: Graph, answer: Answer | ExplainedFalse, form: str, language: str, width: int) -> tuple[bytes, str]:
    """Return an answer in a format, drawn as wide as the terminal where there is one.

    With it comes a remark where the language that was asked for changes nothing.
    """
    from kg.publishing.answers import answer_bytes
    from kg.query.results import FORMATS, render
    from kg.store.protocol import Solutions

    labels, remark = _labels(opened, answer if form == "table" and isinstance(answer, Solutions) else None, language)
    binary = form in FORMATS and FORMATS[form].binary
    if width and binary:
        raise QueryError(
            f"{form} is not for a terminal", hint=f"write it to a file: -o FILE.{FORMATS[form].suffixes[0]}"
        )
    if width and not isinstance(answer, list):
        return render(answer, form, width, labels).encode(), remark
    return answer_bytes(answer, form, labels), remark


def _labels(opened: Graph, table: Solutions | None, language: str) -> tuple[dict[str, str], str]:
    """Return the labels of the IRIs of a table in a language, in English where it has none.

    And a remark where it has none at all.
    """
    from pyoxigraph import NamedNode

    iris = [term for row in table.rows for term in row if isinstance(term, NamedNode)] if table else []
    if iris:
        from kg.query.results.tables import labels_in, labels_of

        return labels_in(language, lambda tag: labels_of(iris, opened.store, tag))
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


def _described(opened: Graph, query: str) -> CatalogueQuery | None:
    """Return the query with its header: one of the catalogue, or a file that describes itself."""
    from kg.query.catalogue.catalogue import read_query

    if query in opened.catalogue:
        return opened.catalogue[query]
    return read_query(query) if _is_file(query) and "#+" in _text(query) else None


def _prepared(opened: Graph, query: str, values: Mapping[str, str]) -> PreparedQuery:
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
