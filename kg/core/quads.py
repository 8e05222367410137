"""Statements that a Python program holds: pyoxigraph's and rdflib's graphs and plain iterables, as quads."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import DefaultGraph, Quad, Triple

from kg.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Protocol, TypeGuard

    import rdflib
    from pyoxigraph import Dataset, Store

    class HasQuads(Protocol):
        """An object that returns its statements, such as a store or an inference."""

        def quads(self) -> Iterable[Quad]:
            """Return every statement."""

    HeldStatements: TypeAlias = "rdflib.Graph | Store | Dataset | Iterable[Quad] | Iterable[Triple]"


def is_path(data: object) -> TypeGuard[Path | str]:
    """Return whether an argument is a path: a string or something with ``__fspath__``.

    Raises:
        InputError: it is a string of RDF rather than the name of a file, or it is bytes.

    """
    if isinstance(data, (bytes, bytearray)):
        raise InputError([Problem("data", 0, 0, "bytes were given", expected=_EXPECTED)])
    if isinstance(data, str) and _is_text(data):
        start = f"{data.strip().splitlines()[0][:40]}…" if data.strip() else "an empty string"
        raise InputError([Problem("data", 0, 0, f"a text was given instead of a path: {start}", expected=_EXPECTED)])
    return isinstance(data, str) or hasattr(data, "__fspath__")


_EXPECTED = "a path, or statements: pyoxigraph.parse(text, format=RdfFormat.TURTLE) reads a text"


def _is_text(data: str) -> bool:
    return not data.strip() or "\n" in data or data.lstrip().startswith(("<", "@prefix", "@base", "PREFIX ", "BASE "))


def quads_of(data: object) -> list[Quad]:
    """Return the statements of a graph that a program holds.

    Args:
        data: a ``Store`` or ``Dataset`` of pyoxigraph, a ``Graph`` or ``Dataset`` of rdflib, an iterable of quads or
            triples, or an object with such quads as ``quads`` (what ``kg.build`` returns, a store of motkg).

    Raises:
        InputError: it is something else, or holds something that is no statement.

    """
    if _is_rdflib(data):
        return list(_of_rdflib(data))
    held = getattr(data, "quads", data)
    if callable(held):
        held = held()
    if not isinstance(held, Iterable):
        raise InputError([Problem("data", 0, 0, f"{_kind(data)} holds no statements", expected=_EXPECTED)])
    return [_quad(statement) for statement in held]


def _is_rdflib(data: object) -> TypeGuard[rdflib.Graph]:
    rdflib_module = sys.modules.get("rdflib")  # whoever holds such a graph has imported it
    return rdflib_module is not None and isinstance(data, rdflib_module.Graph)


def _of_rdflib(graph: rdflib.Graph) -> Iterator[Quad]:
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, ConjunctiveGraph

    from kg.core.rdflibterms import from_rdflib

    rows: Iterable[tuple[object, ...]] = (
        graph.quads((None, None, None, None))
        if isinstance(graph, ConjunctiveGraph)
        else ((*triple, None) for triple in graph)
    )
    for *triple, place in rows:
        name = getattr(place, "identifier", place)  # a graph or its name, which depends on the class
        in_default = name is None or name == DATASET_DEFAULT_GRAPH_ID
        subject, predicate, value = (from_rdflib(node) for node in triple)  # type: ignore[arg-type]
        yield Quad(subject, predicate, value, DefaultGraph() if in_default else from_rdflib(name))  # type: ignore[arg-type]


def _quad(statement: object) -> Quad:
    if isinstance(statement, Quad):
        return statement
    if isinstance(statement, Triple):
        return Quad(statement.subject, statement.predicate, statement.object)
    message = f"{_kind(statement)} is no statement"
    raise InputError([Problem("data", 0, 0, message, expected="quads or triples of pyoxigraph, or a graph of rdflib")])


def _kind(data: object) -> str:
    return f"an object of type {type(data).__name__}"
