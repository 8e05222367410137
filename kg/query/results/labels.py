"""The names of things, for people who read results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import QueryError
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.store.protocol import QuadStore, Term

ENGLISH: Final = "en"
_AT_ONCE: Final = 200
_TAG: Final = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_LABELS: Final = """
SELECT ?thing (MIN(STR(?text)) AS ?label) WHERE {
  VALUES ?thing { %s }
  ?thing rdfs:label|skos:prefLabel ?text FILTER(LCASE(LANG(?text)) = "%s")
}
GROUP BY ?thing
"""


def labels_of(terms: Iterable[Term | None], store: QuadStore, language: str = ENGLISH) -> dict[str, str]:
    """Return the label of each IRI among the terms that has one in the language, by IRI.

    Raises:
        QueryError: the language is no language tag.

    """
    if not _TAG.fullmatch(language):
        raise QueryError(f"'{language}' is no language tag", hint="write one such as en, ja or pt-BR")
    iris = sorted({term.value for term in terms if isinstance(term, NamedNode)})
    found: dict[str, str] = {}
    for start in range(0, len(iris), _AT_ONCE):
        some = " ".join(f"<{iri}>" for iri in iris[start : start + _AT_ONCE])
        answer = store.query(_LABELS % (some, language.lower()))
        for thing, label in answer.rows if isinstance(answer, Solutions) else ():
            if thing is not None and label is not None:
                found[str(getattr(thing, "value", thing))] = str(getattr(label, "value", label))
    return found


def labels_in(language: str, labels: Callable[[str], dict[str, str]]) -> tuple[dict[str, str], str]:
    """Return labels in a language, English ones where it has none, and what to tell a reader when none is in the language.

    ``labels`` gives the labels of what is shown, by IRI, in a language.
    """
    english = labels(ENGLISH)
    if language == ENGLISH:
        return english, ""
    wanted = labels(language)
    if wanted:
        return english | wanted, ""
    instead = "; English labels are shown" if english else ""
    return english, f"nothing here has a label in the language '{language}'{instead}"
