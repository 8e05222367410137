"""What the tests of the parser share: the queries of the W3C suite and of the catalogue, and the verdict of the engine's own parser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest

from kg.core.resources import queries_dir

Verdict = Callable[[str], str | None]
BASE = "http://example.org/"
FOLDER = os.environ.get("MOTKG_W3C_SPARQL", "")
MISSING = "MOTKG_W3C_SPARQL does not name the folder of the W3C SPARQL 1.1 test suite"


def read(paths: list[Path]) -> list[str]:
    return [path.read_bytes().decode("utf-8") for path in sorted(paths)]


@pytest.fixture(scope="session")
def w3c_queries() -> list[str]:
    if not FOLDER:
        pytest.skip(MISSING)
    queries = read(list(Path(FOLDER).rglob("*.rq")))
    assert queries
    return queries


@pytest.fixture(scope="session")
def catalogue_queries() -> list[str]:
    queries = read(list(queries_dir().rglob("*.rq")))
    assert queries
    return queries


@pytest.fixture(scope="session")
def engine() -> Verdict:
    """Gives what pyoxigraph's parser holds against a query, or None when it takes it."""
    store = pyoxigraph.Store()

    def verdict(text: str) -> str | None:
        try:
            store.query(text, base_iri=BASE)
        except SyntaxError as error:
            return str(error)
        except (RuntimeError, OSError, ValueError):
            return None  # it was understood, and failed when it ran
        return None

    return verdict
