"""What every store does alike with the forms of a query: before an engine reads the text, and with its answer.

`query_form`, `names_graphs`, `refuse_services` and `with_prefixes` look at the text. What changes what an engine may
reach is read by the parser, and only where a test for the word says that it may be there. `QueryForms` gives a store
that has ``query`` and ``quads`` the other methods of `kg.store.protocol.QuadStore`.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, serialize

from kg.core.errors import QueryError, near_names
from kg.core.terms import prefixes
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from kg.sparql.tokens import Token
    from kg.store.protocol import Answer


FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_HEAD: Final = re.compile(r"(?:\s*#[^\r\n]*)*")
_FROM: Final = re.compile(
    r"(?<![A-Za-z_])FROM", re.IGNORECASE
)  # a clause follows a mark or blank, names such as wasDerivedFrom do not count
_SERVICE: Final = re.compile(
    "SERVICE", re.IGNORECASE
)  # engines may read it after a number or the word true without a blank
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


def with_prefixes(text: str) -> str:
    """Declare the known prefixes that a query uses without declaring them, on its first line, so that no later line moves."""
    from kg.sparql.tokens import tokenise

    tokens = tokenise(text)
    used = {token.text.partition(":")[0] for token in tokens if token.kind in {"PNAME", "NAMESPACE"}}
    missing = sorted((used - _declared(tokens)) & prefixes().keys())
    return "".join(f"PREFIX {name}: <{prefixes()[name]}> " for name in missing) + text


def _declared(tokens: Sequence[Token]) -> set[str]:
    return {name.text[:-1] for word, name in pairwise(tokens) if word.kind == "PREFIX"}


def query_form(text: str) -> str:
    """Return the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryError: the text begins as none of them, for example as an update.

    """
    from kg.sparql.tokens import tokenise

    skipped = {"PREFIX", "BASE", "NAMESPACE", "IRIREF"}
    word = next(token.text.upper() for token in tokenise(text) if token.kind not in skipped)
    if word in FORMS:
        return word
    if word in _UPDATES:
        raise QueryError(
            f"{word} is an update; only queries can be asked", hint=f"a query begins with {', '.join(FORMS)}"
        )
    raise QueryError(
        "the text is not a SPARQL query", hint=f"a query begins with {', '.join(FORMS)}", near=near_names(word, FORMS)
    )


def names_graphs(text: str) -> bool:
    """Return whether a query has a data set clause (FROM, FROM NAMED), which then decides what its default graph is.

    Raises:
        QueryError: the text has the word, and is no query.

    """
    if not _may_hold(_FROM, text):
        return False
    from kg.sparql import parse

    return bool(parse(text).dataset)


def refuse_services(text: str) -> None:
    """Keep a query from calling other endpoints, which engines do for whatever address a query names.

    Raises:
        QueryError: the query has SERVICE, with its line and column; or it has the word, and is no query.

    """
    if not _may_hold(_SERVICE, text):
        return
    from kg.sparql import Service, parse, walk
    from kg.sparql.tokens import Source, error

    found = next((node for node in walk(parse(text)) if isinstance(node, Service)), None)
    if found is not None:
        raise error(
            Source(text),
            found.span._replace(end=found.span.start + len("SERVICE")),
            "SERVICE would send a part of the query to another address, which a local graph never does",
            hint="ask that endpoint itself, with --endpoint or kg.open(endpoint=…), and join the answers",
        )


def _may_hold(keyword: re.Pattern[str], text: str) -> bool:
    """Return whether a keyword may be in a text, comments at its head left out.

    Some engines read escapes of its letters too.
    """
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    return keyword.search(body) is not None or "\\u" in body or "\\U" in body


_BATCH: Final = 10_000
_PIECE: Final = 1 << 16
_IN_MEMORY: Final = 1 << 24
_LINES: Final = (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)
_WITH_PREFIXES: Final = (RdfFormat.TRIG, RdfFormat.TURTLE, RdfFormat.RDF_XML)
COUNT_GRAPHS: Final = "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


class QueryForms:
    """The forms of a query, graphs and dumps for a store that has ``query`` and ``quads``."""

    def query(self, text: str) -> Answer:
        """Answer a query; each store does so in its own way."""
        raise NotImplementedError

    def quads(self) -> Iterable[Quad]:
        """Return every quad; each store does so in its own way."""
        raise NotImplementedError

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query; see ``QuadStore.select``."""
        answer = self.query(text)
        if isinstance(answer, Solutions):
            return answer
        raise QueryError("the query gives no rows", hint="begin it with SELECT")

    def ask(self, text: str) -> bool:
        """Answer an ASK query; see ``QuadStore.ask``."""
        answer = self.query(text)
        if isinstance(answer, bool):
            return answer
        raise QueryError("the query does not give a truth value", hint="begin it with ASK")

    def construct(self, text: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE query; see ``QuadStore.construct``."""
        answer = self.query(text)
        if isinstance(answer, list):
            return answer
        raise QueryError("the query gives no triples", hint="begin it with CONSTRUCT or DESCRIBE")

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        rows = self.select(COUNT_GRAPHS).rows
        return {
            graph.value: int(count.value)
            for graph, count in rows
            if isinstance(graph, NamedNode) and isinstance(count, Literal)
        }

    def dump(self, syntax: RdfFormat) -> Iterator[bytes]:
        """Return every quad as text; see ``QuadStore.dump``. Memory is bounded, whatever the size of the store."""
        return pieces(self.quads(), syntax)


def pieces(quads: Iterable[Quad], syntax: RdfFormat) -> Iterator[bytes]:
    """Yield quads in a syntax, piece by piece."""
    if not syntax.supports_datasets:
        quads = (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    if syntax in _LINES:
        remaining = iter(quads)
        while batch := list(islice(remaining, _BATCH)):
            yield serialize(batch, format=syntax) or b""
        return
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        serialize(quads, spool, format=syntax, prefixes=prefixes() if syntax in _WITH_PREFIXES else None)
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece
