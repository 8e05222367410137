"""The formats of results by name and by the suffix of a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import Literal

from kg.core.errors import QueryError, near_names
from kg.query.results.answers import ExplainedFalse
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.query.results.answers import Tabular


class Format(NamedTuple):
    """A format of results: its name, file suffixes, media type, and what it holds.

    ``binary`` is for machines only; ``by_row`` says that a row can be written without knowing the others.
    """

    name: str
    suffixes: tuple[str, ...]
    media_type: str
    about: str
    binary: bool = False
    by_row: bool = False


FORMATS: Final = {
    form.name: form
    for form in (
        Format("table", ("txt",), "text/plain", "drawn for the terminal, labels beside IRIs"),
        Format("csv", ("csv",), "text/csv", "SPARQL 1.1 CSV: values only", by_row=True),
        Format(
            "tsv", ("tsv",), "text/tab-separated-values", "SPARQL 1.1 TSV: terms as Turtle writes them", by_row=True
        ),
        Format("json", ("json", "srj"), "application/sparql-results+json", "SPARQL 1.1 JSON", by_row=True),
        Format("xml", ("xml", "srx"), "application/sparql-results+xml", "SPARQL XML", by_row=True),
        Format("markdown", ("md",), "text/markdown", "a table of GitHub Flavored Markdown"),
        Format("latex", ("tex",), "application/x-tex", "a tabular with the rules of booktabs"),
        Format("parquet", ("parquet",), "application/vnd.apache.parquet", "Apache Parquet, typed columns", binary=True),
        Format(
            "arrow",
            ("arrow", "feather"),
            "application/vnd.apache.arrow.file",
            "Arrow IPC file, typed columns",
            binary=True,
        ),
        Format(
            "arrows", ("arrows",), "application/vnd.apache.arrow.stream", "Arrow IPC stream, typed columns", binary=True
        ),
        Format(
            "xlsx",
            ("xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "an Excel workbook",
            binary=True,
        ),
    )
}
# The modules that write them, each imported for what is written.
_WITH_TRUTH_VALUES: Final = {
    "csv": ("w3c", "to_csv"),
    "tsv": ("w3c", "to_tsv"),
    "xml": ("w3c", "to_xml"),
}
_OF_SOLUTIONS: Final = {"markdown": ("tables", "to_markdown"), "latex": ("tables", "to_latex")}
_BINARY: Final = {
    "parquet": ("typed", "to_parquet"),
    "arrow": ("typed", "to_arrow_file"),
    "arrows": ("typed", "to_arrow_stream"),
    "xlsx": ("typed", "to_xlsx"),
}


def find_format(name: str) -> Format:
    """Return a format by its name.

    Raises:
        QueryError: there is no such format.

    """
    if name not in FORMATS:
        raise QueryError(
            f"no format is called '{name}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(name, FORMATS)
        )
    return FORMATS[name]


def format_of_file(suffix: str) -> Format:
    """Return the format of a file by the suffix of its name, with or without its dot.

    Raises:
        QueryError: no format has such files.

    """
    known = {end: form for form in FORMATS.values() for end in form.suffixes}
    end = suffix.removeprefix(".").lower()
    if end not in known:
        hint = f"end its name in .{', .'.join(known)}, or say --format"
        raise QueryError(
            f"the name of the file does not tell its format: '{suffix}'", hint=hint, near=near_names(end, known)
        )
    return known[end]


def render(answer: Tabular | ExplainedFalse, form: str, width: int = 0, labels: Mapping[str, str] | None = None) -> str:
    """Return an answer in a format of text by name; ``width`` and ``labels`` are for the drawn table alone.

    Raises:
        QueryError: there is no such format, it is a binary one, or it cannot hold the answer.

    """
    name = find_format(form).name
    if name == "json":  # the one format that has a place for reasons
        from kg.query.results.w3c import to_json

        return to_json(answer)
    if isinstance(answer, ExplainedFalse):
        answer = False
    if name == "table":
        return f"{str(answer).lower()}\n" if isinstance(answer, bool) else _table(answer, width, labels)
    text: str
    if name in _WITH_TRUTH_VALUES:
        text = _writer(*_WITH_TRUTH_VALUES[name])(answer)
    elif name in _OF_SOLUTIONS:
        text = _writer(*_OF_SOLUTIONS[name])(_solutions(answer))
    else:
        raise QueryError(f"{name} is not a format of text", hint="write it to a file")
    return text


def encode(answer: Tabular | ExplainedFalse, form: str, labels: Mapping[str, str] | None = None) -> bytes:
    """Return an answer in any format by name as bytes, text in UTF-8.

    Raises:
        QueryError: there is no such format, the package it needs is missing, or it cannot hold the answer.

    """
    chosen = find_format(form)
    if not chosen.binary:
        return render(answer, chosen.name, 0, labels).encode()
    content: bytes = _writer(*_BINARY[chosen.name])(_solutions(answer))
    return content


def _solutions(answer: Tabular | ExplainedFalse) -> Solutions:
    """Return a truth value as a table of one cell, for formats that know nothing but tables."""
    return answer if isinstance(answer, Solutions) else Solutions(("answer",), ((Literal(bool(answer)),),))


def _table(solutions: Solutions, width: int, labels: Mapping[str, str] | None) -> str:
    from kg.query.results.tables import to_table

    return to_table(solutions, width, labels)


def _writer(module: str, function: str) -> Callable[..., Any]:
    writer: Callable[..., Any] = getattr(import_module(f"kg.query.results.{module}"), function)
    return writer
