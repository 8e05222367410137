"""One object over store, catalogue and validation: what ``kg.open()`` gives."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.builds import read_manifest, read_quads
from kg.errors import QueryError, StoreError, near_names
from kg.query.catalogue import Catalogue
from kg.query.emptiness import unknown_terms
from kg.query.parameters import bind
from kg.resources import building_code, file_hashes, input_files, queries_dir, shipped_documents
from kg.store.embedded import EmbeddedStore
from kg.store.protocol import Solutions
from kg.terms import BASE, compact, expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pyoxigraph import Quad

    from kg.store.protocol import Answer, QuadStore

_QUERY_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


class Graph:
    """A graph that can be asked by catalogue name or in SPARQL."""

    def __init__(self, store: QuadStore, base: str = BASE) -> None:
        self.store = store
        self.base = base

    @cached_property
    def catalogue(self) -> Catalogue:
        """The shipped queries."""
        return Catalogue(queries_dir())

    def query(self, query: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Answers a query of the catalogue by its name, or any SPARQL text.

        Raises:
            QueryError: the name, a parameter or the text is wrong.

        """
        return self.store.query(self.text(query, parameters or {}))

    def text(self, query: str, parameters: Mapping[str, str]) -> str:
        """Gives the SPARQL text that a name or text and its parameters stand for, in this graph's base."""
        if query in self.catalogue:
            text = bind(self.catalogue[query], parameters, self.store)
        elif _QUERY_FORM.search(query):
            if parameters:
                raise QueryError("parameters belong to queries of the catalogue; write the values into your own query")
            text = query
        else:
            raise QueryError(
                f"'{query}' is neither a query of the catalogue nor SPARQL",
                hint="`kg queries` lists the catalogue",
                near=near_names(query, self.catalogue.names()),
            )
        return text if self.base == BASE else text.replace(f"<{BASE}", f"<{self.base}")

    def why_empty(self, text: str) -> list[str]:
        """Gives reasons why a query may have had no rows: terms that the graph does not know."""
        return unknown_terms(text, self.store)

    def describe(self, iri: str) -> Solutions:
        """Gives the statements about a thing, both ways: direction, property, value, label of the value, graph.

        Raises:
            QueryError: the graph says nothing about the IRI.

        """
        answer = self.store.query(_DESCRIBE.replace("$thing", f"<{iri}>"))
        if not isinstance(answer, Solutions) or not answer.rows:
            raise QueryError(f"the graph says nothing about <{iri}>", near=near_names(iri, self.subjects()))
        return answer

    def find(self, name: str) -> str:
        """Gives the IRI of the one thing that a label, CURIE, IRI or the end of an IRI names.

        Raises:
            QueryError: nothing, or more than one thing, has that name.

        """
        iri = name.strip("<>")
        if not iri.startswith("http") and re.fullmatch(r"[\w-]+:[^\s/][^\s]*", iri) and iri.partition(":")[0] in prefixes():
            iri = expand(iri).value
        if iri.startswith("http"):
            return iri
        answer = self.store.query(_FIND)
        found: dict[str, set[str]] = {}
        for row in answer.rows if isinstance(answer, Solutions) else ():
            thing, label = (getattr(term, "value", "") for term in row)
            for key in {label.casefold(), thing.rsplit("/", 1)[1].casefold(), "/".join(thing.rsplit("/", 2)[1:]).casefold()}:
                found.setdefault(key, set()).add(thing)
        things = found.get(name.casefold(), set())
        if not things:
            raise QueryError(f"nothing in the graph is called '{name}'", near=near_names(name.casefold(), found))
        if len(things) > 1:
            choice = ", ".join(sorted(compact(thing) for thing in things))
            raise QueryError(f"'{name}' is the name of several things", hint=f"say which: {choice}")
        return things.pop()

    def subjects(self) -> set[str]:
        """Gives the IRIs of all things that the graph says something about."""
        return {quad.subject.value for quad in self.store.quads() if hasattr(quad.subject, "value")}


_FIND: Final = """
SELECT ?thing (STR(?text) AS ?label) WHERE {
  ?thing rdfs:label|skos:prefLabel ?text FILTER(ISIRI(?thing))
}
"""

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


def open_graph(folder: Path | str | None = None) -> Graph:
    """Opens a graph that ``kg build`` wrote, or the shipped one; an index for queries is made once and kept in the user's cache.

    Raises:
        StoreError: the folder holds no build, or one that was changed after it was written.
        InputError: the shipped sources cannot be read.

    """
    if folder is None:
        return _shipped()
    manifest = read_manifest(Path(folder))
    return Graph(_indexed(manifest.digest, lambda: read_quads(Path(folder), manifest)), manifest.base)


def _shipped() -> Graph:
    documents = shipped_documents()
    inputs = file_hashes({**building_code(), **input_files(documents)})
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()

    def built() -> list[Quad]:
        from kg.pipeline import build  # noqa: PLC0415 - needed only the first time

        return build(documents).quads

    return Graph(_indexed(digest, built))


def _indexed(digest: str, quads: Callable[[], Iterable[Quad]]) -> EmbeddedStore:
    """Opens the index of a graph in the user's cache; makes it first, or keeps it in memory where the cache cannot be written."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    from kg.publish.atomic import whole_folder  # noqa: PLC0415

    folder = user_cache_path("motkg", appauthor=False) / f"{digest[:32]}"
    if not folder.is_dir():
        held = list(quads())
        try:
            with whole_folder(folder, keep_existing=True) as building:
                EmbeddedStore.write(building, held)
        except StoreError:
            if not folder.is_dir():
                return EmbeddedStore.of(held)
    return EmbeddedStore.read_only(folder)
