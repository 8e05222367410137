"""Answer a query and render the answer: what ``kg query`` does."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from importlib import import_module
from itertools import chain, islice
from threading import Thread
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError
from kg.store.protocol import RowStream, Solutions, Streaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.graph import Graph
    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Answer, Term


_ENGLISH: Final = "en"
_LANGUAGE: Final = "language"  # the parameter of a query that names things in one language


class Rendered:
    """An answer in a format, what there is to say about it, and its chart where one was asked for.

    Attributes:
        pieces: the content, to be read once; large answers are found meanwhile.
        picture: the chart.

    """

    def __init__(self, pieces: Iterable[bytes], remarks: Callable[[], str] = lambda: "", picture: bytes = b"") -> None:
        self.pieces = pieces
        self.picture = picture
        self._remarks = remarks

    @cached_property
    def content(self) -> bytes:
        """The whole content."""
        return b"".join(self.pieces)

    @cached_property
    def remarks(self) -> str:
        """What there is to say about the answer, which is known when its content has been read."""
        return self._remarks()


def answer_query(  # noqa: PLR0913 - one for each option of the command
    graph: Graph,
    query: str,
    parameters: Mapping[str, str],
    *,
    form: str = "",
    output: str | os.PathLike[str] | None = None,
    chart: str | None = None,
    language: str = _ENGLISH,
    evidence: bool = False,
    columns: str = "",
    width: int = 0,
) -> Rendered:
    """Answer a query and render the answer; an answer that holds nothing is explained.

    Rows in CSV, TSV, JSON and XML are not held where the store finds them one by one, and nothing else is asked for
    that needs them all.

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
        KGError: the query cannot be answered, or the answer has no such form. Reading the content raises it too.

    """
    prepared = _prepared_in_time(graph, query, parameters)
    Thread(target=_import_writers, args=(form,)).start()  # the engine lets other threads run
    tested = graph.shipped and query in graph.catalogue  # a test holds that these queries lose nothing of that graph
    suffix = os.path.splitext(output)[1] if output else ""
    found = _found(graph, prepared, form or suffix, holding=evidence or bool(chart))
    from kg.publishing.answers import choose_format

    if isinstance(found, RowStream):
        chosen = choose_format(Solutions(found.variables, ()), form, suffix)
        remark = _said(graph, query, _labels(graph, None, language)[1])
        return _streamed(graph, prepared, found, chosen, columns=columns, remark=remark, loses_nothing=tested)
    answer, diagnosis = _explained(graph, prepared, found, loses_nothing=tested)
    picture = _drawn(_described(graph, query), answer, chart) if chart else b""
    shown = _with_evidence(graph, prepared.text, answer) if evidence else answer
    if columns:
        shown = _with_columns(shown, columns)
    shown = _as_partial(shown, answer)
    chosen = choose_format(shown, form, suffix)
    content, remark = _encoded(graph, shown, chosen, language, 0 if output else width)
    remarks = _explanation(diagnosis, prepared.written, answer) if diagnosis else _said(graph, query, remark)
    remarks += _missing(answer, prepared.written)
    return Rendered((content,), lambda: remarks, picture)


def _found(graph: Graph, prepared: PreparedQuery, form: str, *, holding: bool) -> Answer | RowStream:
    """Return the answer of the store, as a stream of at least two rows where that is what is wanted.

    What may be empty (see ``seems_empty``) is held, to be looked at.
    """
    if holding or not form or not isinstance(graph.store, Streaming) or not _is_written_row_by_row(form):
        return graph.store.query(prepared.text)
    answer = graph.store.stream(prepared.text)
    if not isinstance(answer, RowStream):
        return answer
    first = tuple(islice(answer.rows, 2))
    if len(first) < 2:  # noqa: PLR2004 - one row may be nothing but zeros
        return Solutions(answer.variables, first)
    return RowStream(answer.variables, chain(first, answer.rows))


def _is_written_row_by_row(form: str) -> bool:
    """Return whether a format, by its name or the suffix of its files, is written row by row."""
    from kg.query.results.formats import FORMATS

    end = form.removeprefix(".").lower()
    return any(each.by_row and end in {each.name, *each.suffixes} for each in FORMATS.values())


def _streamed(  # noqa: PLR0913 - what is said about the answer depends on all of it
    graph: Graph,
    prepared: PreparedQuery,
    answer: RowStream,
    form: str,
    *,
    columns: str,
    remark: str,
    loses_nothing: bool,
) -> Rendered:
    """Render rows as they are found; what type errors left out of them is looked for when all have been written."""
    from kg.query.results.answers import PartialSolutions, losses_of
    from kg.query.results.w3c import stream

    unbound: set[str] = set()
    lost: list[Diagnosis] = []

    def looked_at() -> Iterator[tuple[Term | None, ...]]:
        for row in answer.rows:
            if None in row:
                unbound.update(name for name, term in zip(answer.variables, row, strict=True) if term is None)
            yield row
        if not loses_nothing and (losses := losses_of(prepared, graph.store, lambda: unbound)):
            lost.append(losses)

    def remarks() -> str:
        partial = [PartialSolutions(answer.variables, (), losses) for losses in lost]
        return remark + "".join(_missing(each, prepared.written) for each in partial)

    shown = RowStream(answer.variables, looked_at())
    if columns:
        names, places = _columns_of(shown.variables, columns)
        shown = RowStream(names, (tuple(row[place] for place in places) for row in shown.rows))
    return Rendered(stream(shown, form, lambda: {"losses": lost[0].to_json()} if lost else {}), remarks)


def _said(graph: Graph, query: str, remark: str) -> str:
    """Return a remark on the language of labels as a line."""
    if remark and query in graph.catalogue and _LANGUAGE in graph.catalogue[query].parameters:
        remark += f"; the texts of this query follow its parameter --{_LANGUAGE}"
    return f"kg: {remark}\n" if remark else ""


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

    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have evidence")
    return with_evidence(answer, evidence_of_rows(text, answer, graph.store, graph.base))


def _with_columns(answer: Answer | ExplainedFalse, columns: str) -> Solutions:
    """Return the rows of an answer with some of its columns only."""
    if not isinstance(answer, Solutions):
        raise QueryError("only the rows of a SELECT query have columns")
    names, places = _columns_of(answer.variables, columns)
    return Solutions(names, tuple(tuple(row[place] for place in places) for row in answer.rows))


def _columns_of(variables: tuple[str, ...], columns: str) -> tuple[tuple[str, ...], list[int]]:
    """Return the names of chosen columns and their places among all.

    Raises:
        QueryError: one is not there, or there twice.

    """
    from kg.core.errors import near_names

    names = tuple(name.strip().removeprefix("?") for name in columns.split(","))
    for name in names:
        if name not in variables:
            hint = f"its columns: {', '.join(variables)}"
            raise QueryError(f"the answer has no column '{name}'", hint=hint, near=near_names(name, variables))
    if len(set(names)) < len(names):
        raise QueryError(f"--columns {columns} has a column twice")
    return names, [variables.index(name) for name in names]


def _encoded(graph: Graph, answer: Answer | ExplainedFalse, form: str, language: str, width: int) -> tuple[bytes, str]:
    """Return an answer in a format, drawn as wide as the terminal where there is one.

    With it comes a remark where the language that was asked for changes nothing.
    """
    from kg.publishing.answers import answer_bytes
    from kg.query.results import FORMATS, render

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
    from kg.query.results.answers import PartialSolutions, PartialStatements

    if not isinstance(answer, PartialSolutions | PartialStatements):
        return ""
    from kg.query.diagnosis.model import explain

    head = "the answer is not complete" if answer.losses.complete else "the answer may not be complete"
    return f"{head}\n{explain(answer.losses, text)}"


def _as_partial(shown: Answer | ExplainedFalse, answer: Answer | ExplainedFalse) -> Answer | ExplainedFalse:
    """Return what is shown of an answer with what the answer lost."""
    from kg.query.results.answers import PartialSolutions

    if isinstance(answer, PartialSolutions) and isinstance(shown, Solutions):
        return PartialSolutions(shown.variables, shown.rows, answer.losses)
    return shown


def _with_losses(graph: Graph, prepared: PreparedQuery, answer: Answer) -> Answer:
    """Return rows or statements with what errors left out of them, where they did."""
    from kg.query.results.answers import PartialSolutions, PartialStatements, losses_of, unbound_in

    if isinstance(answer, bool):
        return answer
    if not isinstance(answer, Solutions):
        lost = losses_of(prepared, graph.store, tuple)
        return PartialStatements(answer, lost) if lost else answer
    found = losses_of(prepared, graph.store, lambda: unbound_in(answer))
    return PartialSolutions(answer.variables, answer.rows, found) if found else answer


def _explanation(diagnosis: Diagnosis, text: str, answer: Answer | ExplainedFalse) -> str:
    from kg.query.diagnosis.model import explain
    from kg.query.results.answers import ExplainedFalse

    held = isinstance(answer, Solutions) and answer.rows
    head = "the answer is no" if isinstance(answer, ExplainedFalse) else "nothing found" if held else "no rows"
    return f"{head}\n{explain(diagnosis, text)}"
