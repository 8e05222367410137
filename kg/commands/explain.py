"""What ``kg explain`` does: finds the statements that are meant, and explains them with the places of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from kg.core.errors import QueryError, near_names
from kg.core.resources import ontology_dir, shipped_documents
from kg.core.terms import BASE, compact, expand, written_iri
from kg.explanation import Explainer
from kg.loaders import load_cases, load_ontology, shipped_vocabulary
from kg.loaders.rdf.addresses import Located
from kg.pipeline.reading import moved_quad, read_statements
from kg.query.results.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.explanation import Explanation
    from kg.graph import Graph


def explainer(graph: Graph, folder: Path | None = None) -> Explainer:
    """Return an explainer of a graph that knows the places of its statements: those of a build, or of the shipped files.

    Raises:
        StoreError: the build was changed after it was written.
        InputError: the shipped files cannot be read.

    """
    located = Located(_origins(folder))  # under motkg's own base, as the files have it
    return Explainer(graph.store, lambda quad: located.origin(moved_quad(quad, graph.base, BASE)), graph.base)


def _origins(folder: Path | None) -> Mapping[Quad, Origin]:
    if folder is None:
        return {
            **load_ontology(ontology_dir()).origins,
            **load_cases(shipped_documents(), shipped_vocabulary()).origins,
        }
    if not (folder / "origins.tsv").is_file():
        return {}
    return read_statements(folder)[1]


def explain(
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
    answer = graph.query(query, parameters)
    if not 1 <= row <= len(answer.rows):
        count = len(answer.rows)
        raise QueryError(
            f"the answer has no row {row}",
            hint=f"it has rows 1 to {count}" if count else "it is empty; kg query says why",
        )
    values = dict(zip(answer.variables, answer.rows[row - 1], strict=True))
    return explaining.explain_row(graph.text(query, parameters), values)


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
