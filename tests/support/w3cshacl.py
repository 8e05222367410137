"""The core part of the W3C SHACL test suite, found through MOTKG_W3C_SHACL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pyoxigraph
from needs import missing
from pyoxigraph import NamedNode

from kg.core.terms import RDF_TYPE
from kg.shacl.nodes import DataGraph, sh
from kg.shacl.pyshacl_engine import read_result

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from kg.shacl import Result

MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHACL_TEST = "http://www.w3.org/ns/shacl-test#"
FOLDER = Path(os.environ.get("MOTKG_W3C_SHACL", "")) / "core"
FILES = sorted(FOLDER.glob("*/*.ttl")) if os.environ.get("MOTKG_W3C_SHACL") else []
MISSING = missing("the W3C SHACL suite")


class Case(NamedTuple):
    """One test of the suite: its name, and what it is about."""

    name: str
    data: list[Quad]
    shapes: list[Quad]
    results: list[Result]
    conforms: str


def names() -> list[tuple[str, Path, NamedNode]]:
    """The tests of the suite: name, file and node."""
    kind = NamedNode(f"{SHACL_TEST}Validate")
    found = ((path, test) for path in FILES for test in DataGraph(read(path)).backward(RDF_TYPE).get(kind, ()))
    return [
        (path.relative_to(FOLDER).with_suffix("").as_posix(), path, test)
        for path, test in found
        if isinstance(test, NamedNode)
    ]


def read(path: Path) -> list[Quad]:
    return list(pyoxigraph.parse(path=path, base_iri=path.as_uri()))


def case(path: Path, test: NamedNode) -> Case:
    """Reads a test with its data and shapes, which may stand in files of their own."""
    quads = read(path)
    graph = DataGraph(quads)
    action, expected = (
        graph.objects(test, NamedNode(f"{MANIFEST}action"))[0],
        graph.objects(test, NamedNode(f"{MANIFEST}result"))[0],
    )

    def graph_of(role: str) -> list[Quad]:
        file = Path(url2pathname(urlsplit(graph.objects(action, NamedNode(SHACL_TEST + role))[0].value).path))
        return quads if file == path else read(file)

    results = [read_result(graph, node) for node in graph.objects(expected, sh("result"))]
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    return Case(
        name, graph_of("dataGraph"), graph_of("shapesGraph"), results, graph.objects(expected, sh("conforms"))[0].value
    )
