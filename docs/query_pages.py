"""The pages of the catalogue: one for each query with its answer, and an index by topic and by competency question.

Answers are those of the shipped graph, so that the pages tell of a change of its data. Where an answer changes with
every build, or the question is about firms of the reader's own, of which the shipped graph has none, the page says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import kg
from kg.query.catalogue.rendering import body_of, default_values, parameter_lines
from kg.query.results import render
from kg.query.sources import evidence_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.graph.graph import Graph
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.results.result import Result

SHOWN: Final = 8  # rows of an answer
VOLATILE: Final = frozenset({"graph-inputs"})  # whose answers hold hashes of files
_ANOMALIES: Final = """
SELECT DISTINCT ?thing ?note WHERE { ?anomaly motkg:anomalyOf ?thing ; rdfs:label ?note FILTER(LANG(?note) = "en") }
"""


def pages() -> dict[str, str]:
    """Return every page by its path below ``reference``."""
    graph = kg.open()
    queries = tuple(graph.catalogue)
    return {"queries.md": index(queries)} | {
        f"queries/{each.topic}/{each.name}.md": page(graph, each) for each in queries
    }


def index(queries: Sequence[CatalogueQuery]) -> str:
    """Return the list of all queries, and of the queries that answer each competency question."""
    parts = [
        "# Queries\n",
        (
            f"The {len(queries)} queries of the catalogue, each with a page of its own: parameters, columns, text and "
            "answer. "
            "Made from the files in `queries/` by `docs/generate.py`; [how to write such a file](query-files.md). "
            "`kg queries` lists them in the terminal.\n"
        ),
    ]
    for topic in dict.fromkeys(query.topic for query in queries):
        rows = "".join(
            f"| [{each.name}]({_path(each)}) | {_cell(each.summary)} | "
            f"{', '.join(f'`{name}`' for name in each.parameters)} |\n"
            for each in queries
            if each.topic == topic
        )
        parts.append(f"## {topic}\n\n| query | question | parameters |\n|---|---|---|\n{rows}")
    numbers = sorted({number for query in queries for number in query.questions})
    rows = "".join(
        f"| {number} | {', '.join(f'[{each.name}]({_path(each)})' for each in queries if number in each.questions)} |\n"
        for number in numbers
    )
    head = "## By competency question\n\nThe questions that the graph is built to answer, by number.\n"
    parts.append(f"{head}\n| question | queries |\n|---|---|\n{rows}")
    return "\n".join(parts)


def page(graph: Graph, query: CatalogueQuery) -> str:
    """Return the page of one query."""
    return "\n".join([*_heading(query), *_asking(query), *_columns(query), *_answer(graph, query), *_text(query)])


def _path(query: CatalogueQuery) -> str:
    return f"queries/{query.topic}/{query.name}.md"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _heading(query: CatalogueQuery) -> Iterator[str]:
    yield f"# {query.summary}\n"
    about = [f"`{query.topic}/{query.name}`"]
    if query.questions:
        about.append(f"competency question{'s' * (len(query.questions) > 1)} {', '.join(map(str, query.questions))}")
    if query.tags:
        about.append(f"tags: {', '.join(query.tags)}")
    yield f"{' · '.join(about)} · [all queries](../../queries.md)\n"
    if query.description:
        yield f"{query.description.strip()}\n"


def _asking(query: CatalogueQuery) -> Iterator[str]:
    values = {name: given[0] if given else "" for name, given in default_values(query).items()}
    options = "".join(f" --{name} {_quoted(value)}" for name, value in values.items() if value)
    arguments = ", ".join(
        f'{name}{"_" * (name in {"from", "in"})}="{_bare(value)}"' for name, value in values.items() if value
    )
    yield f"## Ask it\n\n```sh\nkg query {query.name}{options}\n```\n"
    yield f"```python\nkg.open().questions.{query.name.replace('-', '_')}({arguments})\n```\n"
    if not query.parameters:
        return
    rows = ""
    for each, line in zip(query.parameters.values(), parameter_lines(query), strict=True):
        without = line.rsplit("; ", 1)[1].removesuffix(")")
        rows += f"| `{each.name}` | {_cell(each.description)} | {_cell(each.takes)} | {_cell(without)} |\n"
    yield f"| parameter | what it is | takes | without it |\n|---|---|---|---|\n{rows}"
    if any(each.type for each in query.parameters.values()):
        yield "A thing may be given by its label in any language, by the end of its IRI, as a CURIE or as an IRI.\n"


def _bare(value: str) -> str:
    return value.removeprefix("<").removesuffix(">")


def _quoted(value: str) -> str:
    plain = all(mark.isalnum() or mark in "-_./:" for mark in _bare(value))
    return _bare(value) if plain else '"' + _bare(value).replace('"', '\\"') + '"'


def _columns(query: CatalogueQuery) -> Iterator[str]:
    rows = "".join(f"| `{name}` | {_cell(about)} |\n" for name, about in query.columns.items())
    yield f"## Columns\n\n| column | what it holds |\n|---|---|\n{rows}"
    if query.chart:
        drawn = ", ".join(f"{channel} is `{column}`" for channel, column in query.chart.columns.items())
        command = f"kg query {query.name} --chart {query.name}.svg"
        yield f"`{command}` draws its chart: marks of the kind *{query.chart.mark}*, where {drawn}.\n"


def _answer(graph: Graph, query: CatalogueQuery) -> Iterator[str]:
    yield "## Answer\n"
    if query.name in VOLATILE:
        yield "Its rows change with every build.\n"
        return
    result = graph.query(f"{query.topic}/{query.name}")
    if not result.rows:
        yield "The shipped graph has no rows for it: the question is meant for data of your own.\n"
        return
    shown = f"The first {SHOWN} of {len(result)} rows"
    count = "The only row" if len(result) == 1 else f"All {len(result)} rows" if len(result) <= SHOWN else shown
    yield f"{count} from the shipped graph, with the values above.\n"
    yield render(result[:SHOWN], "markdown")
    notes = _caveats(graph, result) if query.topic != "evidence" else []
    if notes:
        yield "## Caveats\n\nNotes in the graph on what is doubtful as printed where these rows come from:\n"
        yield "".join(f"- {note}\n" for note in notes)


def _caveats(graph: Graph, result: Result) -> list[str]:
    """Return the anomalies that the graph notes about what the rows rest on."""
    things = set().union(*(each.things for each in evidence_of_rows(result.text, result, graph.store)))
    found = {str(row["note"]) for row in graph.query(_ANOMALIES) if str(row["thing"]) in things}
    return sorted(found)


def _text(query: CatalogueQuery) -> Iterator[str]:
    path = f"queries/{query.topic}/{query.name}.rq"
    yield f"## Query\n\n[{path}](../../../../{path})\n\n```sparql\n{body_of(query)}```\n"
