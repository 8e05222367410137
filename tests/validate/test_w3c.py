"""The core part of the W3C SHACL test suite, with full agreement of results; the suite is found through MOTKG_W3C_SHACL."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad

from kg.validate import read_shapes, validate
from kg.validate.data import DataGraph
from kg.validate.nodes import TYPE, sh
from kg.validate.results import read_result

pytestmark = pytest.mark.w3c

MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHACL_TEST = "http://www.w3.org/ns/shacl-test#"
FOLDER = Path(os.environ.get("MOTKG_W3C_SHACL", "")) / "core"
FILES = sorted(FOLDER.glob("*/*.ttl")) if os.environ.get("MOTKG_W3C_SHACL") else []
MISSING = "MOTKG_W3C_SHACL does not name the folder of the W3C SHACL test suite"
NOT_PASSING: dict[str, dict[str, str]] = {
    "columnar": {},
    "sparql": dict.fromkeys(
        ("node/maxExclusive-001", "node/minExclusive-001", "property/datatype-ill-formed"),
        "Oxigraph's store rewrites the literals of the data; validate what was written with another engine",
    ),
    "pyshacl": {
        "property/uniqueLang-002": 'pySHACL 0.40.1 takes sh:uniqueLang "1"^^xsd:boolean for true; SHACL names only the literal true',
    },
}


def read(path: Path) -> list[Quad]:
    return list(pyoxigraph.parse(path=path, base_iri=path.as_uri()))


def cases(engine: str) -> list[object]:
    if not FILES:
        return [pytest.param(None, None, id="missing", marks=pytest.mark.skip(reason=MISSING))]
    found = []
    for path in FILES:
        for test in DataGraph(read(path)).backward(TYPE).get(NamedNode(f"{SHACL_TEST}Validate"), ()):
            name = path.relative_to(FOLDER).with_suffix("").as_posix()
            reason = NOT_PASSING[engine].get(name)
            marks = [pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError)] if reason else []
            found.append(pytest.param(path, test, id=name, marks=marks))
    return found


def agrees(path: Path, test: NamedNode, engine: str) -> None:
    quads = read(path)
    graph = DataGraph(quads)
    action, expected = graph.objects(test, NamedNode(f"{MANIFEST}action"))[0], graph.objects(test, NamedNode(f"{MANIFEST}result"))[0]

    def graph_of(role: str) -> list[Quad]:
        file = Path(url2pathname(urlsplit(graph.objects(action, NamedNode(SHACL_TEST + role))[0].value).path))
        return quads if file == path else read(file)

    data, shapes = graph_of("dataGraph"), read_shapes(graph_of("shapesGraph"))
    report = validate(data, shapes, engine=engine)
    wanted = Counter(read_result(graph, node).key for node in graph.objects(expected, sh("result")))
    assert Counter(result.key for result in report.results) == wanted
    assert str(report.conforms).lower() == graph.objects(expected, sh("conforms"))[0].value
    assert report.delegated == (), "the native executor claims all of SHACL Core"


@pytest.mark.skipif(not FILES, reason=MISSING)
def test_the_suite_is_there_and_whole() -> None:
    assert len(cases("columnar")) == 98


@pytest.mark.parametrize(("path", "test"), cases("columnar"))
def test_the_native_executor_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    agrees(path, test, "columnar")


@pytest.mark.parametrize(("path", "test"), cases("sparql"))
def test_the_sparql_engine_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    agrees(path, test, "sparql")


@pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")
@pytest.mark.parametrize(("path", "test"), cases("pyshacl"))
def test_pyshacl_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    agrees(path, test, "pyshacl")
