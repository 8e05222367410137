"""SPARQL in notebooks: ``%load_ext kg`` brings the magics ``%sparql`` and ``%%sparql``.

    %sparql factors-at-stage --stage commercialization

    %%sparql --into firms
    SELECT ?firm WHERE { ?firm a motkg:Firm }

The options ``--graph NAME`` (a variable that holds a graph; the shipped graph otherwise), ``--into NAME`` (a variable
for the answer), ``--format FORM`` (text in one of the formats of ``kg query``) and ``--chart`` (the chart that the
query declares) may stand among those that give the parameters of a query of the catalogue. A wrong query stops the cell
with its message, not with a traceback.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class

from kg.core.errors import KGError, QueryError, near_names
from kg.graph.graph import Graph
from kg.graph.opening import open_graph
from kg.query.results import render
from kg.query.results.result import Result

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_WITH_VALUE: Final = ("graph", "into", "format")


@magics_class
class SparqlMagics(Magics):
    """The magics ``%sparql`` and ``%%sparql``."""

    _shipped: Graph | None = None

    @line_cell_magic
    def sparql(self, line: str, cell: str | None = None) -> object:
        """Ask a query of the catalogue by its name, or the SPARQL text of the cell; see ``kg.graph.notebook``.

        Raises:
            UsageError: the options or the query are wrong, or the graph cannot answer.

        """
        try:
            return self._answer(line, cell)
        except KGError as error:
            raise UsageError(str(error)) from None

    def _answer(self, line: str, cell: str | None) -> object:
        words, options, parameters = _read(line)
        if cell is None and len(words) != 1:
            raise QueryError("%sparql takes the name of one query", hint="write SPARQL below a line %%sparql")
        if cell is not None and words:
            hint = (
                f"options: --graph, --into, --format, --chart; --into {words[0]} puts the answer into the variable "
                f"{words[0]}"
            )
            raise QueryError(
                f"'{words[0]}' is no option of %%sparql",
                hint=hint if words[0].isidentifier() else hint.partition(";")[0],
            )
        graph, query = self._graph(options.get("graph")), cell.strip() if cell is not None else words[0]
        answer = graph.answer(query, parameters)
        if "into" in options:
            self._variables[options["into"]] = answer
        if isinstance(answer, Result) and "chart" in options:
            return answer.to_chart()
        if isinstance(answer, Result) and "format" in options:
            print(render(answer, options["format"]), end="")  # noqa: T201 - what was asked for
            return None
        if answer is False:
            print("\n  ".join(["the answer is no", *graph.why_empty(query, parameters)]))  # noqa: T201 - beside the answer, which is a bare value
        return answer

    @property
    def _variables(self) -> dict[str, Any]:
        return self.shell.user_ns if self.shell else {}

    def _graph(self, name: str | None) -> Graph:
        if name is None:
            self._shipped = self._shipped or open_graph()
            return self._shipped
        graph = self._variables.get(name)
        if not isinstance(graph, Graph):
            graphs = [variable for variable, value in self._variables.items() if isinstance(value, Graph)]
            raise QueryError(
                f"no variable '{name}' holds a graph",
                hint=f"{name} = kg.open() makes one",
                near=near_names(name, graphs),
            )
        return graph


def _read(line: str) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """Split the line of a magic into words, its own options, and parameters of the query."""
    try:
        waiting = shlex.split(line)
    except ValueError as error:
        raise QueryError(f"the line cannot be read: {error}") from error
    words: list[str] = []
    options: dict[str, str] = {}
    parameters: dict[str, str] = {}
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("--"):
            words.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if word == "--chart":
            options[name] = value
            continue
        if not equals:
            if not waiting:
                raise QueryError(f"option '{word}' has no value")
            value = waiting.pop(0)
        (options if name in _WITH_VALUE else parameters)[name] = value
    return words, options, parameters


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics; IPython calls this for ``%load_ext kg``, through ``kg`` itself."""
    shell.register_magics(SparqlMagics)
