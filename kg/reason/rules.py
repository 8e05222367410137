"""Derived links: the CONSTRUCT rules of ``ontology/rules``, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Quad, QueryTriples, Store

from kg.core.errors import ReasonerError
from kg.core.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Triple


def apply_rules(quads: Iterable[Quad], layers: Sequence[Path]) -> list[Triple]:
    """Return what the rules of some layers derive from the union of all graphs, sorted and without repetition.

    A layer is a folder of rules. Each rule sees the given statements and what the layers before its own derived, not
    what another rule of its layer derives.

    Raises:
        ReasonerError: a rule is not a CONSTRUCT query that can be run.

    """
    store = Store()
    store.bulk_extend(quads)
    derived: set[Triple] = set()
    for layer in layers:
        found = {triple for path in sorted(layer.glob("*.rq")) for triple in _derived(store, path)}
        store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in found)
        derived |= found
    return sorted(derived, key=str)


def _derived(store: Store, path: Path) -> Iterable[Triple]:
    try:
        answer = store.query(path.read_text(encoding="utf-8"), prefixes=prefixes(), use_default_graph_as_union=True)
    except (SyntaxError, ValueError) as error:
        raise ReasonerError(f"{path.name}: {error}") from error
    if not isinstance(answer, QueryTriples):
        raise ReasonerError(f"{path.name}: a rule must be a CONSTRUCT query")
    return answer
