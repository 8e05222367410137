"""The core part of the W3C SHACL test suite, with full agreement of results.

The suite is found through MOTKG_W3C_SHACL.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from w3cshacl import FILES, MISSING, case, names

from kg.shacl import read_shapes, validate

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import NamedNode

    from kg.shacl.engine import Engine

pytestmark = pytest.mark.w3c

NOT_PASSING: dict[str, dict[str, str]] = {
    "columnar": {},
    "sparql": {
        "property/datatype-ill-formed": "Oxigraph's store rewrites the literals of the data; validate what was written with another engine",
    },
    "pyshacl": {
        "property/uniqueLang-002": 'pySHACL 0.40.1 takes sh:uniqueLang "1"^^xsd:boolean for true; SHACL names only the literal true',
    },
}


def cases(engine: str) -> list[object]:
    if not FILES:
        return [pytest.param(None, None, id="missing", marks=pytest.mark.skip(reason=MISSING))]
    found = []
    for name, path, test in names():
        reason = NOT_PASSING[engine].get(name)
        marks = [pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError)] if reason else []
        found.append(pytest.param(path, test, id=name, marks=marks))
    return found


Outcome = tuple[Counter[object], str, tuple[object, ...]]


def outcome(path: Path, test: NamedNode, engine: Engine) -> Outcome:
    """Gives the results, whether the data conforms, and what was left to another engine."""
    about = case(path, test)
    report = validate(about.data, read_shapes(about.shapes), engine=engine)
    return Counter(result.key for result in report.results), str(report.conforms).lower(), report.delegated


def expected(path: Path, test: NamedNode) -> Outcome:
    about = case(path, test)
    return Counter(result.key for result in about.results), about.conforms, ()


@pytest.mark.skipif(not FILES, reason=MISSING)
def test_the_suite_is_there_and_whole() -> None:
    assert len(cases("columnar")) == 98


@pytest.mark.parametrize(("path", "test"), cases("columnar"))
def test_the_native_executor_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    assert outcome(path, test, "columnar") == expected(path, test)


@pytest.mark.parametrize(("path", "test"), cases("sparql"))
def test_the_sparql_engine_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    assert outcome(path, test, "sparql") == expected(path, test)


@pytest.mark.filterwarnings("ignore:Parsing weird boolean:UserWarning")
@pytest.mark.parametrize(("path", "test"), cases("pyshacl"))
def test_pyshacl_gives_the_results_of_the_suite(path: Path, test: NamedNode) -> None:
    assert outcome(path, test, "pyshacl") == expected(path, test)
