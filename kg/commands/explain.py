"""Explain why a graph holds a statement, down to the places of files: what ``kg explain`` does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from kg.core.errors import QueryError, near_names
from kg.core.resources import ontology_dir, shipped_documents
from kg.core.terms import BASE, compact, expand, written_iri
from kg.core.text import TextInNotebooks, shortened
from kg.explanation import Explainer, Explanation
from kg.graph import open_graph
from kg.graph.index import indexed_origins
from kg.pipeline.reading import moved_quad, read_statements
from kg.query.results.answers import readable
from kg.query.results.tables import labels_in, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.graph import Graph
    from kg.graph.opening import GraphSource
    from kg.store.protocol import Term


@dataclass(frozen=True)
class Explanations(TextInNotebooks):
    """Explanations of statements, each a tree down to what was asserted.

    Attributes:
        trees: one for each statement.
        labels: what things are called, by IRI.
        remark: what to tell a reader when nothing has a label in the language that was chosen.
        claim: what the row of an answer says, where one is explained.

    """

    trees: tuple[Explanation, ...]
    labels: Mapping[str, str]
    remark: str = ""
    claim: str = ""

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.trees)

    def __len__(self) -> int:
        return len(self.trees)

    @property
    def summary(self) -> str:
        """What is claimed, and whether it is stated or derived, in how many steps and from which sources."""
        from kg.explanation.model import summary

        return summary(list(self.trees), self.labels, self.claim)

    def render(self, form: str = "text") -> str:
        """Return the explanations as ``text``, ``json``, ``dot`` (Graphviz), ``svg`` or ``prov`` (PROV-O in Turtle).

        Raises:
            QueryError: there is no such format.

        """
        from kg.explanation.model import FORMATS, as_json

        if form not in FORMATS:
            raise QueryError(
                f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
            )
        trees = list(self.trees)
        if form == "json":
            return as_json(trees, self.labels, self.summary if self.claim else "")
        text = FORMATS[form](trees, self.labels)
        return f"{self.summary}\n\n{text}" if form == "text" else text

    def __str__(self) -> str:
        return self.render()


def explain(  # noqa: PLR0913 - a statement, or a row of an answer, each in parts
    subject: str = "",
    predicate: str = "",
    value: str = "",
    *,
    query: str = "",
    parameters: Mapping[str, str] | None = None,
    row: int = 1,
    graph: GraphSource | None = None,
    language: str = "en",
) -> Explanations:
    """Explain why a graph holds statements: asserted where, or derived by which rule from which statements.

    Args:
        subject: a thing, by label, CURIE, IRI or the end of an IRI.
        predicate: a property, named likewise; all properties of the thing where it is empty.
        value: a thing or the text of a literal; all values where it is empty.
        query: explain a row of the answer to this query instead, one of the catalogue or the text of a SELECT query.
        parameters: values for the parameters of a query of the catalogue.
        row: which row of the answer, counted from 1.
        graph: what ``kg.open`` takes, or a graph that it returned; the shipped graph where it is left out. Files, lines
            and columns are known for the shipped graph and for builds.
        language: the language of the labels; English ones stand in for those that are missing.

    Raises:
        QueryError: a name is unknown, the graph does not say so, the query has no such row, or both or neither of
            ``subject`` and ``query`` are given.
        StoreError: the graph cannot be opened, or the build was changed after it was written.

    Example:
        >>> explanations = kg.explain("Altos Computer Systems", "alliedWith", "Tau Giken")
        >>> explanations.trees[0].kind.value
        'derived'

    """
    if bool(subject) == bool(query):
        raise QueryError("name a thing or a query", hint="one of the two, and not both")
    opened = open_graph(graph)
    explaining = explainer(opened, None if opened.shipped else _origins(graph, opened))
    values: dict[str, Term | None] = {}
    if query:
        values = _row_of(opened, query, parameters or {}, row)
        trees = explaining.explain_row(opened.text(query, parameters or {}), values)
    else:
        trees = explain_thing(explaining, opened, subject, predicate, value)
    labels, remark = labels_in(language, partial(explaining.labels, trees))
    claim = _claim(opened, row, values, language) if query else ""
    return Explanations(tuple(trees), MappingProxyType(labels), remark, claim)


def _claim(graph: Graph, row: int, values: Mapping[str, Term | None], language: str) -> str:
    """Return in words what a row of an answer says."""
    labels, _ = labels_in(language, lambda tag: labels_of(values.values(), graph.store, tag))
    cells = {name: labels.get(getattr(term, "value", ""), readable(term)) for name, term in values.items() if term}
    said = ", ".join(f"{name} {shortened(text)}" for name, text in cells.items())
    return f"Row {row} of the answer: {said or 'no values'}."


def explainer(graph: Graph, origins: Mapping[Quad, Origin] | None = None) -> Explainer:
    """Return an explainer of a graph.

    Args:
        graph: the graph to explain.
        origins: where its statements were read, under motkg's own base; those of the shipped files where it is None.

    Raises:
        InputError: the shipped files cannot be read.

    """
    if origins is None:
        table = indexed_origins(graph.store)
        if table is not None:
            return Explainer(graph.store, table.origin, graph.base)
        origins = _shipped_origins()
    from kg.loaders.rdf.addresses import Located

    located = Located(origins)
    return Explainer(graph.store, lambda quad: located.origin(moved_quad(quad, graph.base, BASE)), graph.base)


def _origins(source: GraphSource | None, opened: Graph) -> Mapping[Quad, Origin]:
    """Return where the statements of a graph that is not the shipped one were read, as far as that is known."""
    if opened.folder is not None and (opened.folder / "origins.tsv").is_file():
        return read_statements(opened.folder)[1]
    held: Mapping[Quad, Origin] = getattr(source, "origins", {})
    return {moved_quad(quad, opened.base, BASE): origin for quad, origin in held.items()}


def _shipped_origins() -> Mapping[Quad, Origin]:
    from kg.loaders import load_cases, load_ontology, shipped_vocabulary

    return {**load_ontology(ontology_dir()).origins, **load_cases(shipped_documents(), shipped_vocabulary()).origins}


def explain_thing(
    explaining: Explainer, graph: Graph, subject: str, predicate: str = "", value: str = ""
) -> list[Explanation]:
    """Explain what the graph says about a thing, or only with one property, or only with one value.

    A thing and a property are named by label, CURIE, IRI or the end of an IRI, a value likewise or by its text.

    Raises:
        QueryError: a name is unknown, or the graph does not say so; it says what comes near.

    """
    thing = NamedNode(graph.find(subject))
    statements = explaining.statements(thing)
    labels = labels_of((node for triple in statements for node in (triple.predicate, triple.object)), graph.store)
    if predicate:
        names = {name: triple.predicate for triple in statements for name in _names(triple.predicate, labels)}
        chosen = (
            expand("rdf:type")
            if predicate == "a"
            else names.get(predicate.strip("<>")) or _property(predicate, graph.base)
        )
        if not any(triple.predicate == chosen for triple in statements) and not value:
            raise _unsaid(f"{compact(thing.value)} has no {predicate}", predicate, names)
        statements = [triple for triple in statements if triple.predicate == chosen]
        if value:
            iri = _iri(value, graph.base)
            unstated = Triple(thing, chosen, iri) if chosen and iri else None
            return [explaining.explain(_with_value(value, statements, labels, unstated))]
    return [explaining.explain(statement) for statement in statements]


def explain_row(
    explaining: Explainer, graph: Graph, query: str, parameters: Mapping[str, str], row: int
) -> list[Explanation]:
    """Explain a row, counted from 1, of the answer to a query of the catalogue or any SELECT query.

    Raises:
        QueryError: the query is wrong, no SELECT query, or has no such row.

    """
    return explaining.explain_row(graph.text(query, parameters), _row_of(graph, query, parameters, row))


def _row_of(graph: Graph, query: str, parameters: Mapping[str, str], row: int) -> dict[str, Term | None]:
    answer = graph.query(query, parameters)
    if not 1 <= row <= len(answer.rows):
        count = len(answer.rows)
        raise QueryError(
            f"the answer has no row {row}",
            hint=f"it has rows 1 to {count}" if count else "it is empty; kg query says why",
        )
    return dict(zip(answer.variables, answer.rows[row - 1], strict=True))


def _with_value(value: str, statements: list[Triple], labels: Mapping[str, str], unstated: Triple | None) -> Triple:
    """Return the statement with a value, or one that the graph does not state, because it may follow all the same."""
    names = {name: triple for triple in statements for name in _names(triple.object, labels)}
    if found := names.get(value.strip("<>"), unstated):
        return found
    raise _unsaid(f"no such value: {value}", value, names)


def _property(name: str, base: str) -> NamedNode | None:
    return _iri(name, base) or (_iri(f"motkg:{name}", base) if name.isidentifier() else None)


def _iri(name: str, base: str) -> NamedNode | None:
    try:
        return NamedNode(iri) if (iri := written_iri(name, base)) else None
    except ValueError:  # it begins like an IRI, and is none
        return None


def _names(node: object, labels: Mapping[str, str]) -> list[str]:
    """Return what people may call a node: a literal by its text, an IRI by itself, its CURIE, its end and its label."""
    if isinstance(node, Literal):
        return [node.value]
    if not isinstance(node, NamedNode):
        return [str(node)]
    end = node.value.rpartition("#")[2].rpartition("/")[2]
    return [node.value, compact(node.value).strip("<>"), end, *([labels[node.value]] if node.value in labels else [])]


def _unsaid(message: str, name: str, names: Mapping[str, object]) -> QueryError:
    some = ", ".join(sorted(known for known in names if "/" not in known)[:12])
    return QueryError(message, hint=f"the graph says: {some}" if some else "", near=near_names(name, names))
