"""What ``Graph.construct`` gives: statements that know how to become Turtle, an rdflib graph and a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, serialize

from kg.core.terms import compact, prefixes
from kg.query.results.drawing import draw
from kg.query.results.html import SHOWN, Svg, no_rows, to_html
from kg.query.results.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import rdflib
    from pyoxigraph import Triple

    from kg.query.catalogue.asked import Asked
    from kg.query.diagnosis import Diagnosis
    from kg.store.protocol import QuadStore


@dataclass(frozen=True, repr=False, eq=False)
class Statements:
    """The triples that a CONSTRUCT or DESCRIBE query made, in the order of their text."""

    triples: tuple[Triple, ...]
    asked: Asked
    store: QuadStore

    def __iter__(self) -> Iterator[Triple]:
        """Return each triple."""
        return iter(self.triples)

    def __len__(self) -> int:
        """Return the number of triples."""
        return len(self.triples)

    def __repr__(self) -> str:
        return f"<Statements: {len(self)} triples>"

    @property
    def text(self) -> str:
        """The query that the store was asked."""
        return self.asked.text

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """The causes why there are no statements, with places and corrections; None where there are some."""
        from kg.query.diagnosis import diagnose

        return None if self.triples else diagnose(self.asked, self.store)

    @property
    def why_empty(self) -> list[str]:
        """The reasons why there are no statements in words; none where there are some."""
        return self.diagnosis.sentences() if self.diagnosis else []

    def to_turtle(self) -> str:
        """Return Turtle with the prefixes that it uses."""
        terms = {term for triple in self.triples for term in triple}
        iris = {term.value for term in terms if isinstance(term, NamedNode)} | {
            t.datatype.value for t in terms if isinstance(t, Literal)
        }
        used = {compact(iri).partition(":")[0] for iri in iris}
        text = serialize(
            self.triples,
            format=RdfFormat.TURTLE,
            prefixes={name: iri for name, iri in prefixes().items() if name in used},
        )
        return (text or b"").decode()

    def to_rdflib(self) -> rdflib.Graph:
        """Return an rdflib graph in which each literal is as it was written."""
        import rdflib

        from kg.core.rdflibterms import to_rdflib

        graph = rdflib.Graph(bind_namespaces="none")
        for name, iri in prefixes().items():
            graph.bind(name, iri)
        for triple in self.triples:
            graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
        return graph

    @cached_property
    def _labels(self) -> dict[str, str]:
        return labels_of((term for triple in self.triples for term in triple), self.store)

    def to_svg(self) -> Svg:
        """Return a drawing, or nothing where there is too much to draw."""
        return Svg(draw(self.triples, self._labels))

    def _repr_html_(self) -> str:
        if not self.triples:
            return no_rows(self.why_empty)
        rows = [tuple(triple) for triple in self.triples[:SHOWN]]
        return self.to_svg() or to_html(("subject", "predicate", "object"), rows, self._labels, len(self))
