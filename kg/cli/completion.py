"""What the shell offers after a tab: names of queries and parameters, values from the graph, formats.

Completion must come at once and never disturb what is being typed: it opens a graph only where its index is in the
cache, and what cannot be told is left out.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Final

import click

from kg.core.errors import KGError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from click.shell_completion import CompletionItem

    from kg.graph import Graph
    from kg.query.catalogue.declarations import Parameter

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

CATALOGUE_FORMATS: Final = ("text", "json", "markdown")


class QueryCommand(click.Command):
    """A command whose further options are the parameters of the query that is its first argument."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the parameters of the query, then the options of the command."""
        return [*_options(ctx, incomplete), *super().shell_complete(ctx, incomplete)]


def _quietly(complete: Completer) -> Completer:
    @wraps(complete)
    def completer(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            return complete(ctx, param, incomplete)
        except (KGError, OSError):
            return []

    return completer


def _item(value: str, kind: str = "plain", about: str | None = None) -> CompletionItem:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, kind, about)


def _starting(names: Iterable[str] | Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    helps = names if isinstance(names, dict) else dict.fromkeys(names)
    return [_item(name, about=about) for name, about in helps.items() if name.startswith(incomplete)]


@_quietly
def query_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the queries of the catalogue with what they answer; files where none begins so."""
    from kg.core.resources import queries_dir
    from kg.query.catalogue.catalogue import Catalogue

    catalogue = Catalogue(queries_dir())
    found = [_item(name, about=catalogue[name].summary) for name in catalogue.names() if name.startswith(incomplete)]
    return found or [_item(incomplete, kind="file")]


@_quietly
def parameter_values(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the values of the parameter whose name stands before, or the names of parameters where a name is due."""
    words = [word for word in ctx.params.get("parameters") or () if word != "="]  # bash cuts --name=value in three
    parameters = declared_parameters(ctx) or {}
    waiting = ""
    for word in words:
        waiting = "" if waiting or not word.startswith("--") or "=" in word else word.removeprefix("--")
    if not waiting:
        return _options(ctx, incomplete) if not incomplete else []
    return _values(ctx, parameters[waiting], incomplete) if waiting in parameters else []


@_quietly
def catalogue_tags(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the topics and tags of the catalogue."""
    from kg.core.resources import queries_dir
    from kg.query.catalogue.catalogue import Catalogue

    return _starting(
        sorted({label for query in Catalogue(queries_dir()) for label in (query.topic, *query.tags)}), incomplete
    )


def catalogue_formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats of the list of queries."""
    return _starting(CATALOGUE_FORMATS, incomplete)


def answer_formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats of answers: of rows first, then of statements."""
    from kg.publishing.answers import FORMATS as DUMPS
    from kg.query.results import FORMATS as RESULTS

    return _starting(dict.fromkeys([*RESULTS, *DUMPS]), incomplete)


def dump_formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the syntaxes of linked data."""
    from kg.publishing.answers import FORMATS

    return _starting(FORMATS.keys(), incomplete)


@_quietly
def graph_names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the slugs of the named graphs."""
    from kg.store.protocol import Solutions

    graph = _graph(ctx)
    answer = graph.store.query("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s a ?class } }") if graph else None
    iris = [getattr(name, "value", "") for (name,) in answer.rows] if isinstance(answer, Solutions) else []
    return _starting(sorted(iri.rpartition("/graph/")[2] for iri in iris), incomplete)


def declared_parameters(ctx: click.Context) -> Mapping[str, Parameter] | None:
    """Return the parameters of the query that was named; None where it is none of the catalogue."""
    from kg.core.resources import queries_dir
    from kg.query.catalogue.catalogue import Catalogue

    catalogue = Catalogue(queries_dir())
    name = str(ctx.params.get("query"))
    return catalogue[name].parameters if name in catalogue else None


def _options(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    given = ctx.params.get("parameters") or ()
    try:
        options = {
            f"--{each.name}": each.description
            for each in (declared_parameters(ctx) or {}).values()
            if f"--{each.name}" not in given
        }
    except (KGError, OSError):
        return []
    return _starting(options, incomplete)


def _values(ctx: click.Context, parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    if parameter.datatype:
        return _starting(("true", "false") if parameter.datatype == "xsd:boolean" else parameter.enumerate, incomplete)
    graph = _graph(ctx)
    return _things(graph, parameter, incomplete) if graph else []


def _things(graph: Graph, parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return completions for the values of a parameter, each with its labels.

    A completion is a slug, or a label where the typed text is the beginning of one.
    """
    from kg.query.catalogue.things import candidates, slugs

    things = candidates(parameter, graph.store, graph.base)
    found = []
    for iri, slug in slugs(things).items():
        ordered = sorted(things[iri], key=lambda label: (label.language or "", label.value.swapcase()))
        labels = list({label.value.casefold(): label.value for label in reversed(ordered)}.values())[::-1]
        named = [slug, *(label for label in labels if not any(map(str.isspace, label)))]
        value = next((name for name in named if name.startswith(incomplete)), None)
        if value is not None:
            found.append(_item(value, about=" · ".join(labels)))
    return found


def _graph(ctx: click.Context) -> Graph | None:
    from kg.graph import cached_graph

    return cached_graph(ctx.params.get("graph"))
