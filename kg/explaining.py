"""What ``kg explain`` does: finds the statements that are meant, and explains them with the places of files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.builds import read_manifest, read_quads
from kg.errors import QueryError, near_names
from kg.explanation import Explainer, FilePlace
from kg.loaders import load_cases, load_ontology, shipped_vocabulary
from kg.loaders.addresses import places_of
from kg.loaders.rdf import rdf_source
from kg.pipeline import read_origins
from kg.query.labels import labels_of
from kg.resources import ontology_dir, shipped_documents
from kg.terms import compact, expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.explanation import Explanation
    from kg.graph import Graph
    from kg.loaders.addresses import Places
    from kg.loaders.statements import Origin

_STATED: Final[dict[Path, Places]] = {}  # the positions of the shipped ontology do not change while a program runs


def explainer(graph: Graph, folder: Path | None = None) -> Explainer:
    """Gives an explainer of a graph that knows the places of its statements: those of a build, or of the shipped files.

    Raises:
        StoreError: the build was changed after it was written.
        InputError: the shipped files cannot be read.

    """
    origins = _origins(folder)

    def place(quad: Quad) -> FilePlace | None:
        origin = origins.get(quad)
        if origin and not origin.line:
            origin = _in_ontology(quad, origin, origins)
        return FilePlace(origin.file, origin.line, origin.column, origin.cell) if origin else None

    return Explainer(graph.store, place, graph.base)


def _origins(folder: Path | None) -> Mapping[Quad, Origin]:
    if folder is None:
        return {**load_ontology(ontology_dir()).origins, **load_cases(shipped_documents(), shipped_vocabulary()).origins}
    if not (folder / "origins.tsv").is_file():
        return {}
    return read_origins(folder, read_quads(folder, read_manifest(folder)))


def _in_ontology(quad: Quad, origin: Origin, origins: Mapping[Quad, Origin]) -> Origin:
    """Finds the line of a statement in a file of the ontology, which is read without positions."""
    file = ontology_dir().parent / origin.file
    if not file.is_file():
        return origin
    if file not in _STATED:
        _STATED[file] = places_of(rdf_source(file), {each.subject for each, known in origins.items() if known.file == origin.file})
    found = _STATED[file].triples.get((quad.subject, quad.predicate, quad.object))
    return replace(found, file=origin.file) if found else origin


def explain(explaining: Explainer, graph: Graph, subject: str, predicate: str = "", value: str = "") -> list[Explanation]:
    """Explains what the graph says about a thing, or only with one property, or only with one value.

    A thing and a property are named by label, CURIE, IRI or the end of an IRI, a value likewise or by its text.

    Raises:
        QueryError: a name is unknown, or the graph does not say so; it says what comes near.

    """
    thing = NamedNode(graph.find(subject))
    statements = explaining.statements(thing)
    labels = labels_of((node for triple in statements for node in (triple.predicate, triple.object)), graph.store)
    if predicate:
        names = {name: triple.predicate for triple in statements for name in _names(triple.predicate, labels)}
        chosen = _property(predicate) if predicate == "a" else names.get(predicate.strip("<>")) or _property(predicate)
        if not any(triple.predicate == chosen for triple in statements) and not value:
            raise _unsaid(f"{compact(thing.value)} has no {predicate}", predicate, names)
        statements = [triple for triple in statements if triple.predicate == chosen]
        if value:
            return [explaining.explain(_with_value(thing, chosen, value, statements, labels))]
    return [explaining.explain(statement) for statement in statements]


def explain_row(explaining: Explainer, graph: Graph, query: str, parameters: Mapping[str, str], row: int) -> list[Explanation]:
    """Explains a row, counted from 1, of the answer to a query of the catalogue or any SELECT query.

    Raises:
        QueryError: the query is wrong, no SELECT query, or has no such row.

    """
    answer = graph.query(query, parameters)
    if not 1 <= row <= len(answer.rows):
        count = len(answer.rows)
        raise QueryError(f"the answer has no row {row}", hint=f"it has rows 1 to {count}" if count else "it is empty; kg query says why")
    values = dict(zip(answer.variables, answer.rows[row - 1], strict=True))
    return explaining.explain_row(graph.text(query, parameters), values)


def _with_value(thing: NamedNode, predicate: NamedNode | None, value: str, statements: list[Triple], labels: Mapping[str, str]) -> Triple:
    """Gives the statement with a value; one that the graph does not state is made, because it may follow all the same."""
    names = {name: triple for triple in statements for name in _names(triple.object, labels)}
    if found := names.get(value.strip("<>")):
        return found
    iri = _iri(value)
    if predicate is None or iri is None:
        raise _unsaid(f"no such value: {value}", value, names)
    return Triple(thing, predicate, iri)


def _property(name: str) -> NamedNode | None:
    if name == "a":
        return expand("rdf:type")
    return _iri(name) or (expand(f"motkg:{name}") if name.isidentifier() else None)


def _iri(name: str) -> NamedNode | None:
    bare = name.strip("<>")
    if bare.startswith(("http://", "https://", "urn:")):
        return NamedNode(bare)
    return expand(bare) if bare.partition(":")[0] in prefixes() and ":" in bare else None


def _names(node: object, labels: Mapping[str, str]) -> list[str]:
    """Gives what people may call a node: a literal by its text, an IRI by itself, its CURIE, its end and its label."""
    if isinstance(node, Literal):
        return [node.value]
    if not isinstance(node, NamedNode):
        return [str(node)]
    end = node.value.rpartition("#")[2].rpartition("/")[2]
    return [node.value, compact(node.value).strip("<>"), end, *([labels[node.value]] if node.value in labels else [])]


def _unsaid(message: str, name: str, names: Mapping[str, object]) -> QueryError:
    some = ", ".join(sorted(known for known in names if "/" not in known)[:12])
    return QueryError(message, hint=f"the graph says: {some}" if some else "", near=near_names(name, names))
