"""The graph that ``kg.open()`` returns: a store, the catalogue of queries, and what can be done with both."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Never

from kg.core.errors import QueryError, near_names
from kg.core.resources import data_file
from kg.core.terms import BASE
from kg.query.catalogue.binding import PreparedQuery, bind_parameters
from kg.query.catalogue.catalogue import Catalogue
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from owlready2 import Ontology

    from kg.graph.objects import Objects
    from kg.graph.questions import Questions
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.result import Result, Statements
    from kg.store.protocol import QuadStore


class Graph:
    """A graph that answers queries of the catalogue by name, and SPARQL.

    Attributes:
        store: what holds the statements.
        base: the base IRI under which motkg's own terms and things stand.
        folder: the folder of the build or of the loaded store, if it was opened from one.
        shipped: whether it is the graph that motkg ships.

    """

    def __init__(
        self, store: QuadStore, base: str = BASE, *, folder: Path | None = None, shipped: bool = False
    ) -> None:
        self.store = store
        self.base = base
        self.folder = folder
        self.shipped = shipped

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that runs queries, if there is one; ``with kg.open() as graph`` does so by itself."""
        close = getattr(self.store, "close", None)
        if close is not None:
            close()

    def __repr__(self) -> str:
        return f"<Graph: {type(self.store).__name__} under {self.base}>"

    @cached_property
    def catalogue(self) -> Catalogue:
        """The shipped queries."""
        return Catalogue(data_file("queries"))

    @cached_property
    def questions(self) -> Questions:
        """The shipped queries as functions."""
        from kg.graph.questions import Questions

        return Questions(self.catalogue, self.query)

    @cached_property
    def objects(self) -> Objects:
        """The graph as owlready2 objects, their changes, and the way to save them."""
        from kg.graph.objects import Objects

        return Objects(self.store, self.base)

    def ontology(self) -> Ontology:
        """Return the graph as an owlready2 ontology, with classes and individuals as Python objects.

        It has the present state of the store.
        """
        return self.objects.ontology()

    def answer(self, query: str, parameters: Mapping[str, str] | None = None) -> Result | Statements | bool:
        """Answer a query of the catalogue by its name, or any SPARQL text of any form.

        Raises:
            QueryError: the name, a parameter or the text is wrong.

        """
        from kg.query.results.result import Result, Statements

        prepared = self.prepare(query, parameters or {})
        about = self.catalogue[query] if query in self.catalogue else None  # noqa: SIM401 - a catalogue has no get()
        answer = self.store.query(prepared.text)
        if isinstance(answer, Solutions):
            return Result(answer.variables, answer.rows, prepared, self.store, about)
        if isinstance(answer, bool):
            return answer
        return Statements(tuple(sorted(answer, key=str)), prepared, self.store)

    def query(self, query: str, parameters: Mapping[str, str] | None = None) -> Result:
        """Answer a query of the catalogue by its name, or the text of a SELECT query.

        Raises:
            QueryError: the name, a parameter or the text is wrong, or it is no SELECT query.

        """
        from kg.query.results.result import Result

        answer = self.answer(query, parameters)
        return answer if isinstance(answer, Result) else _other_form(answer)

    def ask(self, query: str) -> bool:
        """Answer the text of an ASK query; ``why_empty`` and ``diagnose`` tell the reasons of a no.

        Raises:
            QueryError: the text is wrong, or no ASK query.

        """
        answer = self.answer(query)
        return answer if isinstance(answer, bool) else _other_form(answer)

    def construct(self, query: str) -> Statements:
        """Answer the text of a CONSTRUCT or DESCRIBE query.

        Raises:
            QueryError: the text is wrong, or neither of them.

        """
        from kg.query.results.result import Statements

        answer = self.answer(query)
        return answer if isinstance(answer, Statements) else _other_form(answer)

    def text(self, query: str, parameters: Mapping[str, str]) -> str:
        """Return the SPARQL text that a name or text and its parameters stand for, in this graph's base."""
        return self.prepare(query, parameters).text

    def prepare(self, query: str, parameters: Mapping[str, str], file: str = "") -> PreparedQuery:
        """Return a name or text with its parameters as the written query and the query that the store runs.

        Both are under the base of this graph.

        Args:
            query: a name of the catalogue, or SPARQL.
            parameters: values of the query of the catalogue.
            file: where a text was read from, for the places of what is wrong with it.

        Raises:
            QueryError: the name, a parameter or the text is wrong.

        """
        query = query.removeprefix("\ufeff")  # a byte order mark, which the stores do not take
        if query in self.catalogue:
            about = self.catalogue[query]
            return bind_parameters(about, parameters, self.store, self.base, f"queries/{about.topic}/{about.name}.rq")
        if "{" in query or any(map(str.isspace, query)):  # what the names of queries never hold, and every query does
            if parameters:
                raise QueryError("parameters belong to queries of the catalogue; write the values into your own query")
            from kg.query.catalogue.binding import rebased
            from kg.sparql import parse

            parse(query)  # whose errors say what was meant; those of the stores do not
            return PreparedQuery(query if self.base == BASE else rebased(query, self.base), query, file, base=self.base)
        raise QueryError(
            f"'{query}' is neither a query of the catalogue nor SPARQL",
            hint="`kg queries` lists the catalogue",
            near=near_names(query, self.catalogue.names()),
        )

    def why_empty(self, query: str, parameters: Mapping[str, str] | None = None) -> list[str]:
        """Return the reasons why a query has no answer in words, the most probable first; see ``diagnose``."""
        return self.diagnose(query, parameters).sentences()

    def diagnose(self, query: str, parameters: Mapping[str, str] | None = None) -> Diagnosis:
        """Explain why a query has no answer, or why its answer is no: causes with their places and corrections.

        None where it has one.

        Raises:
            QueryError: the name, a parameter or the text is wrong.

        """
        from kg.query.diagnosis import diagnose

        return diagnose(self.prepare(query, parameters or {}), self.store)

    def describe(self, name: str) -> Solutions:
        """Return the statements about a thing, both ways: direction, property, value, label of the value, graph.

        Args:
            name: a label in any language, a CURIE, an IRI or the end of an IRI.

        Raises:
            QueryError: nothing, or more than one thing, has the name, or the graph says nothing about the IRI.

        """
        iri = self.find(name)
        answer = self.store.query(_DESCRIBE.replace("$thing", f"<{iri}>"))
        if not isinstance(answer, Solutions) or not answer.rows:
            raise QueryError(f"the graph says nothing about <{iri}>", near=near_names(iri, self.subjects()))
        return answer

    def find(self, name: str) -> str:
        """Return the IRI of the one thing that a label, CURIE, IRI or the end of an IRI names.

        Raises:
            QueryError: nothing, or more than one thing, has that name, or it begins like an IRI and is none.

        """
        from kg.graph.names import find_thing

        return find_thing(self.store, name, self.base)

    def subjects(self) -> set[str]:
        """Return the IRIs of all things that the graph says something about."""
        return {quad.subject.value for quad in self.store.quads() if hasattr(quad.subject, "value")}


def _other_form(answer: object) -> Never:
    if isinstance(answer, bool):
        raise QueryError("the query answers yes or no", hint="ask it with ask()")
    if isinstance(answer, Solutions):
        raise QueryError("the query gives rows", hint="ask it with query()")
    raise QueryError("the query makes statements", hint="ask it with construct()")


_DESCRIBE: Final = """
SELECT ?direction ?property ?value (SAMPLE(?text) AS ?label) ?graph WHERE {
  { GRAPH ?graph { $thing ?property ?value } BIND("→" AS ?direction) }
  UNION
  { GRAPH ?graph { ?value ?property $thing } BIND("←" AS ?direction) }
  FILTER(!STRENDS(STR(?graph), "/graph/closure"))
  OPTIONAL {
    ?value rdfs:label|skos:prefLabel ?text FILTER(LANG(?text) = "en")
  }
}
GROUP BY ?direction ?property ?value ?graph
ORDER BY DESC(?direction) ?property ?value
"""
