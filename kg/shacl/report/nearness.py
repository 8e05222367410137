"""Which known IRIs may have been meant by one that nobody knows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kg.core.errors import near_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Locals = Mapping[str, frozenset[str]]


def locals_of(iris: Iterable[str]) -> Locals:
    """Sort IRIs by their namespaces: gives the local names of each."""
    found: dict[str, set[str]] = defaultdict(set)
    for iri in iris:
        namespace, local = split(iri)
        found[namespace].add(local)
    return {namespace: frozenset(names) for namespace, names in found.items()}


def near_iris(iri: str, known: Locals) -> tuple[str, ...]:
    """Return known IRIs of the same namespace that resemble one, or else those of other namespaces that end alike."""
    namespace, local = split(iri)
    if near := near_names(local, sorted(known.get(namespace, ()))):
        return tuple(namespace + name for name in near)
    return tuple(sorted(other + local for other, names in known.items() if local in names))[:3]


def split(iri: str) -> tuple[str, str]:
    """Take an IRI apart into its namespace and local name, after the last slash or number sign."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:end], iri[end:]
