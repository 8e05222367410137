"""The names of things, for people who read results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store.protocol import QuadStore, Term

_AT_ONCE: Final = 200
_LABELS: Final = """
SELECT ?thing (MIN(STR(?text)) AS ?label) WHERE {
  VALUES ?thing { %s }
  ?thing rdfs:label|skos:prefLabel ?text FILTER(LANG(?text) = "%s")
}
GROUP BY ?thing
"""


def labels_of(terms: Iterable[Term | None], store: QuadStore, language: str = "en") -> dict[str, str]:
    """Gives the label of each IRI among the terms that has one in the language, by IRI."""
    iris = sorted({term.value for term in terms if isinstance(term, NamedNode)})
    found: dict[str, str] = {}
    for start in range(0, len(iris), _AT_ONCE):
        some = " ".join(f"<{iri}>" for iri in iris[start : start + _AT_ONCE])
        answer = store.query(_LABELS % (some, language))
        for thing, label in answer.rows if isinstance(answer, Solutions) else ():
            if thing is not None and label is not None:
                found[str(getattr(thing, "value", thing))] = str(getattr(label, "value", label))
    return found
