"""What the tests of the parser share: the verdict of the engine's own parser."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph
import pytest

Verdict = Callable[[str], str | None]
BASE = "http://example.org/"


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
