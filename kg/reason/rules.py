"""Derived links: the CONSTRUCT rules of ``ontology/rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import QueryTriples, Store

from kg.errors import ReasonerError
from kg.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad, Triple


def apply_rules(quads: Iterable[Quad], folder: Path) -> list[Triple]:
    """Gives what the rules of a folder derive from the union of all graphs, sorted and without repetition.

    Each rule sees the given statements only, not what another rule derives.

    Raises:
        ReasonerError: a rule is not a CONSTRUCT query that can be run.

    """
    store = Store()
    store.bulk_extend(quads)
    derived: set[Triple] = set()
    for path in sorted(folder.glob("*.rq")):
        try:
            answer = store.query(path.read_text(encoding="utf-8"), prefixes=prefixes(), use_default_graph_as_union=True)
        except (SyntaxError, ValueError) as error:
            raise ReasonerError(f"{path.name}: {error}") from error
        if not isinstance(answer, QueryTriples):
            raise ReasonerError(f"{path.name}: a rule must be a CONSTRUCT query")
        derived |= set(answer)
    return sorted(derived, key=str)
