"""What a graph answers: a `Result` of rows or `Statements`, with Python values, data frames and notebook views."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from pyoxigraph import Literal, NamedNode, RdfFormat, serialize

from kg.core.errors import QueryError
from kg.core.terms import compact, prefixes
from kg.query.results.answers import (
    ExplainedSolutions,
    PartialSolutions,
    losses_of,
    optional_package,
    seems_empty,
    unbound_in,
)
from kg.query.results.tables import labels_of, to_table
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import altair as alt
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    import rdflib
    from IPython.lib.pretty import RepresentationPrinter
    from pyoxigraph import Triple

    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.results.html import Svg
    from kg.query.sources import RowEvidence
    from kg.store.protocol import QuadStore, Term


class Result(Solutions):
    """The rows of an answer. ``rows`` holds the RDF terms; iteration and indexing give mappings of Python values."""

    __slots__ = ("about", "prepared", "store")

    prepared: PreparedQuery
    store: QuadStore
    about: CatalogueQuery | None

    def __init__(
        self,
        variables: tuple[str, ...],
        rows: tuple[tuple[Term | None, ...], ...],
        prepared: PreparedQuery,
        store: QuadStore,
        about: CatalogueQuery | None = None,
    ) -> None:
        super().__init__(variables, rows)
        object.__setattr__(self, "prepared", prepared)
        object.__setattr__(self, "store", store)
        object.__setattr__(self, "about", about)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Return each row as a mapping from variable to Python value; see ``kg.query.results.typed.value_of``."""
        return (self._values(row) for row in self.rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Result: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Result:
        """Return one row as a mapping of Python values, or the result cut to some rows."""
        if isinstance(index, slice):
            return Result(self.variables, self.rows[index], self.prepared, self.store, self.about)
        return self._values(self.rows[index])

    def _values(self, row: tuple[Term | None, ...]) -> dict[str, Any]:
        from kg.query.results.typed import value_of

        return {name: value_of(term) for name, term in zip(self.variables, row, strict=True)}

    @property
    def terms(self) -> Iterator[Mapping[str, Term | None]]:
        """The rows as mappings from variable to RDF term."""
        return Solutions.__iter__(self)

    @property
    def text(self) -> str:
        """The text of the query that the store answered."""
        return self.prepared.text

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The causes why there are no rows, or nothing but a count of zero, with places and corrections.

        None where there is an answer.
        """
        if not seems_empty(self):
            return None
        from kg.query.diagnosis import diagnose

        found = diagnose(self.prepared, self.store)
        return found if found.causes or not self.rows else None

    def why_empty(self) -> list[str]:
        """Return the causes of ``diagnosis`` in words, the most probable first; none where there is an answer."""
        diagnosis = self.diagnosis
        return diagnosis.sentences() if diagnosis else []

    @property
    def losses(self) -> Diagnosis | None:
        """What type errors left out of an answer that has rows, with places: dropped solutions, cells without a value.

        None where they left out nothing; an answer without rows has a ``diagnosis`` instead.
        """
        return losses_of(self.prepared, self.store, lambda: unbound_in(self)) if self.rows else None

    def evidence(self) -> list[RowEvidence]:
        """Return for each row the documents, tables and cells that it rests on; a row without any says why in words."""
        from kg.query.sources import evidence_of_rows

        return evidence_of_rows(self.text, self, self.store, self.prepared.base)

    def with_evidence(self) -> Result:
        """Return the result with one more column, ``evidence``, that tells the places behind each row in words."""
        from kg.query.sources import with_evidence

        widened = with_evidence(self, self.evidence())
        return Result(widened.variables, widened.rows, self.prepared, self.store, self.about)

    def to_csv(self) -> str:
        """Return SPARQL 1.1 CSV."""
        return self.render("csv")

    def to_json(self) -> str:
        """Return SPARQL 1.1 JSON.

        An empty answer has the member ``diagnosis`` besides, one that type errors left something out of ``losses``.
        """
        return self.render("json")

    def to_markdown(self) -> str:
        """Return a table of GitHub Flavored Markdown."""
        return self.render("markdown")

    def render(self, form: str) -> str:
        """Return the rows in a format of text: table, csv, tsv, json, xml, markdown or latex.

        Raises:
            QueryError: there is no such format, or it is a binary one.

        """
        diagnosis = self.diagnosis if form == "json" else None
        from kg.query.results.formats import render

        if diagnosis:
            return render(ExplainedSolutions(self.variables, self.rows, diagnosis), form)
        losses = self.losses if form == "json" else None
        return render(PartialSolutions(self.variables, self.rows, losses) if losses else self, form)

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with a type for each column; see ``kg.query.results.typed.to_arrow``.

        Raises:
            QueryError: pyarrow is not installed.

        """
        from kg.query.results.typed import to_arrow

        return to_arrow(self)

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas data frame for calculation: decimals as floats, integers and booleans as nullable types.

        Raises:
            QueryError: pandas or pyarrow is not installed.

        """
        pandas = optional_package("pandas", "tables", "a pandas data frame")
        arrow = optional_package("pyarrow", "tables", "a pandas data frame")
        table = self.to_arrow()
        # pandas holds decimals as objects, which it cannot plot, or rounds their mean to the digits of the column.
        floats = [
            arrow.field(each.name, arrow.float64() if arrow.types.is_decimal(each.type) else each.type)
            for each in table.schema
        ]
        nullable = {arrow.int64(): pandas.Int64Dtype(), arrow.bool_(): pandas.BooleanDtype()}
        frame: pd.DataFrame = table.cast(arrow.schema(floats)).to_pandas(types_mapper=nullable.get)
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return a polars data frame with the types of the Arrow table.

        Raises:
            QueryError: polars or pyarrow is not installed.

        """
        polars = optional_package("polars", "tables", "a polars data frame")
        frame: pl.DataFrame = polars.from_arrow(self.to_arrow())
        return frame

    def chart(self) -> alt.Chart:
        """Return the declared chart as an altair object, which Jupyter shows and ``save`` writes to a file.

        Raises:
            QueryError: the query declares no chart, there are no rows, or a package of the extra is missing.

        """
        from kg.core.text import unmarked
        from kg.query.results.charts import to_altair

        query = self._charted()
        if not self.rows:
            raise QueryError("there are no rows to draw a chart of")
        return to_altair(query.chart, self, query.columns, query.summary, unmarked)  # type: ignore[arg-type] # it has one

    def to_chart(self) -> Svg:
        """Return the chart that the query declares, as SVG that Jupyter shows without altair's scripts.

        Raises:
            QueryError: the query declares no chart, there are no rows, or a package of the extra is missing.

        """
        from kg.query.results.charts import draw

        query = self._charted()
        from kg.query.results.html import Svg

        return Svg(draw(query.chart, self, "svg", query.columns, query.summary).decode())  # type: ignore[arg-type] # it has one

    def _charted(self) -> CatalogueQuery:
        if self.about is None or self.about.chart is None:
            raise QueryError("the query has no chart", hint="queries of the catalogue declare theirs in their header")
        return self.about

    def __str__(self) -> str:
        """Return the table that ``kg query`` prints with what is missing from it, or why there is none."""
        if self.rows and (losses := self.losses):
            return "\n  ".join([f"{to_table(self)}\nthe answer is not complete", *losses.sentences()])
        return to_table(self) if self.rows else "\n  ".join(["no rows", *map(str, self.why_empty())])

    def __repr__(self) -> str:
        return f"<Result: {len(self)} rows of {', '.join(self.variables)}>"

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:  # noqa: ARG002, FBT001 - IPython's protocol
        printer.text(str(self).rstrip())  # type: ignore[no-untyped-call]

    def _repr_html_(self) -> str:
        from kg.query.results.html import SHOWN, incomplete, no_rows, to_html

        if not self.rows:
            return no_rows(self.why_empty())
        rows = self.rows[:SHOWN]
        labels = labels_of((term for row in rows for term in row), self.store)
        table = to_html(self.variables, rows, labels, len(self))
        losses = self.losses
        return f"{table}{incomplete(losses.sentences())}" if losses else table


@dataclass(frozen=True, repr=False, eq=False)
class Statements:
    """The triples that a CONSTRUCT or DESCRIBE query made, in the order of their text."""

    triples: tuple[Triple, ...]
    prepared: PreparedQuery
    store: QuadStore

    def __iter__(self) -> Iterator[Triple]:
        """Return each triple."""
        return iter(self.triples)

    def __len__(self) -> int:
        """Return the number of triples."""
        return len(self.triples)

    @cached_property
    def losses(self) -> Diagnosis | None:
        """What errors left out of an answer that has statements: dropped solutions, statements with ill-placed terms.

        None where they left out nothing.
        """
        return losses_of(self.prepared, self.store, tuple) if self.triples else None

    def __repr__(self) -> str:
        return f"<Statements: {len(self)} triples>"

    @property
    def text(self) -> str:
        """The text of the query that the store answered."""
        return self.prepared.text

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """The causes why there are no statements, with places and corrections; None where there are some."""
        from kg.query.diagnosis import diagnose

        return None if self.triples else diagnose(self.prepared, self.store)

    def why_empty(self) -> list[str]:
        """Return the causes of ``diagnosis`` in words, the most probable first; none where there are statements."""
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
        from kg.query.results.html import Svg, draw

        return Svg(draw(self.triples, self._labels))

    def _repr_html_(self) -> str:
        from kg.query.results.html import SHOWN, no_rows, to_html

        if not self.triples:
            return no_rows(self.why_empty())
        rows = [tuple(triple) for triple in self.triples[:SHOWN]]
        return self.to_svg() or to_html(("subject", "predicate", "object"), rows, self._labels, len(self))
