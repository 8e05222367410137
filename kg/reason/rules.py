"""Derived links: the CONSTRUCT rules of ``ontology/rules``, layer by layer.

A layer is a folder of files ``*.rq``, each of which holds one rule. A rule sees the given statements and what the
layers before its own derived, not what another rule of its layer derives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Quad, QueryTriples, Store

from kg.core.errors import QueryError, ReasonerError
from kg.core.terms import prefixes
from kg.store.protocol import refuse_services

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pyoxigraph import Triple


def read_rules(layer: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of the file and the text of each rule of a layer, in the order of the names.

    Raises:
        ReasonerError: a rule would call another service, which sends statements of the graph to another address.

    """
    for path in sorted(layer.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        try:
            refuse_services(text)
        except QueryError as error:
            reason = str(error).partition("\n")[0]
            raise ReasonerError(f"{path.name}: {reason}; a rule reads the graph alone") from error
        yield path.name, text


def apply_rules(quads: Iterable[Quad], layers: Sequence[Path]) -> list[Triple]:
    """Return what the rules of some layers derive from the union of all graphs, sorted and without repetition.

    Raises:
        ReasonerError: a rule is not a CONSTRUCT query that can be run, or would call another service.

    """
    store = Store()
    store.bulk_extend(quads)
    derived: set[Triple] = set()
    for layer in layers:
        conclusions = {triple for name, text in read_rules(layer) for triple in _derived(store, name, text)}
        store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in conclusions)
        derived |= conclusions
    return sorted(derived, key=str)


def _derived(store: Store, name: str, text: str) -> Iterable[Triple]:
    try:
        answer = store.query(text, prefixes=prefixes(), use_default_graph_as_union=True)
    except (SyntaxError, ValueError) as error:
        raise ReasonerError(f"{name}: {error}") from error
    if not isinstance(answer, QueryTriples):
        raise ReasonerError(f"{name}: a rule must be a CONSTRUCT query")
    return answer
