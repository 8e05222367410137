"""What ``Graph.query`` gives: solutions that know how to become Python values, data frames and a table in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, overload

from kg.core.errors import QueryError
from kg.query.results import render
from kg.query.results.emptiness import ExplainedSolutions, seems_empty
from kg.query.results.extras import optional_package
from kg.query.results.html import SHOWN, Svg, no_rows, to_html
from kg.query.results.labels import labels_of
from kg.query.results.terminal import to_table
from kg.query.results.values import value_of
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import altair as alt
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from IPython.lib.pretty import RepresentationPrinter

    from kg.query.catalogue.asked import Asked
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.diagnosis import Diagnosis
    from kg.query.sources import RowEvidence
    from kg.store.protocol import QuadStore, Term


class Result(Solutions):
    """The rows of an answer. ``rows`` holds the RDF terms; iteration and indexing give mappings of Python values."""

    __slots__ = ("about", "asked", "store")

    def __init__(
        self,
        variables: tuple[str, ...],
        rows: tuple[tuple[Term | None, ...], ...],
        asked: Asked,
        store: QuadStore,
        about: CatalogueQuery | None = None,
    ) -> None:
        super().__init__(variables, rows)
        self.asked: Final = asked
        self.store: Final = store
        self.about: Final = about

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Return each row as a mapping from variable to Python value; see ``kg.query.results.values.value_of``."""
        return (self._values(row) for row in self.rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Result: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Result:
        """Return one row as a mapping of Python values, or the result cut to some rows."""
        if isinstance(index, slice):
            return Result(self.variables, self.rows[index], self.asked, self.store, self.about)
        return self._values(self.rows[index])

    def _values(self, row: tuple[Term | None, ...]) -> dict[str, Any]:
        return {name: value_of(term) for name, term in zip(self.variables, row, strict=True)}

    @property
    def terms(self) -> Iterator[Mapping[str, Term | None]]:
        """The rows as mappings from variable to RDF term."""
        return Solutions.__iter__(self)

    @property
    def text(self) -> str:
        """The query that the store was asked."""
        return self.asked.text

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The causes why there are no rows, or nothing but a count of zero, with places and corrections.

        None where there is an answer.
        """
        if not seems_empty(self):
            return None
        from kg.query.diagnosis import diagnose

        found = diagnose(self.asked, self.store)
        return found if found.causes or not self.rows else None

    @property
    def why_empty(self) -> list[str]:
        """The causes of ``diagnosis`` in words; none where there is an answer."""
        diagnosis = self.diagnosis
        return diagnosis.sentences() if diagnosis else []

    def evidence(self) -> list[RowEvidence]:
        """Return for each row the documents, tables and cells that it rests on; a row without any says why in words."""
        from kg.query.sources import evidence_of_rows

        return evidence_of_rows(self.text, self, self.store, self.asked.base)

    def with_evidence(self) -> Result:
        """Return the result with one more column, ``evidence``, that tells the places behind each row in words."""
        from kg.query.sources import with_evidence

        widened = with_evidence(self, self.evidence())
        return Result(widened.variables, widened.rows, self.asked, self.store, self.about)

    def to_csv(self) -> str:
        """Return SPARQL 1.1 CSV."""
        return self.render("csv")

    def to_json(self) -> str:
        """Return SPARQL 1.1 JSON; an empty answer has the member ``diagnosis`` besides."""
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
        return render(ExplainedSolutions(self.variables, self.rows, diagnosis) if diagnosis else self, form)

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with a type for each column; see ``kg.query.results.arrow.to_arrow``.

        Raises:
            QueryError: pyarrow is not installed.

        """
        from kg.query.results.arrow import to_arrow

        return to_arrow(self)

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas data frame to calculate with: decimals as floats, whole numbers and truth values as types that know no value.

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
        """Return the chart that the query declares as an object of altair: Jupyter shows it, ``save`` writes it to a file.

        Raises:
            QueryError: the query declares no chart, there are no rows, or a package of the extra is missing.

        """
        from kg.query.results.charts import to_altair

        query = self._charted()
        if not self.rows:
            raise QueryError("there are no rows to draw a chart of")
        return to_altair(query.chart, self, query.columns, query.summary)  # type: ignore[arg-type] # it has one

    def to_chart(self) -> Svg:
        """Return the chart that the query declares, as SVG that Jupyter shows without altair's scripts.

        Raises:
            QueryError: the query declares no chart, there are no rows, or a package of the extra is missing.

        """
        from kg.query.results.charts import draw

        query = self._charted()
        return Svg(draw(query.chart, self, "svg", query.columns, query.summary).decode())  # type: ignore[arg-type] # it has one

    def _charted(self) -> CatalogueQuery:
        if self.about is None or self.about.chart is None:
            raise QueryError("the query has no chart", hint="queries of the catalogue declare theirs in their header")
        return self.about

    def __str__(self) -> str:
        """Return the table that ``kg query`` prints, or why there is none."""
        return to_table(self) if self.rows else "\n  ".join(["no rows", *map(str, self.why_empty)])

    def __repr__(self) -> str:
        return f"<Result: {len(self)} rows of {', '.join(self.variables)}>"

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:  # noqa: ARG002, FBT001 - IPython's protocol
        printer.text(str(self).rstrip())  # type: ignore[no-untyped-call]

    def _repr_html_(self) -> str:
        if not self.rows:
            return no_rows(self.why_empty)
        rows = self.rows[:SHOWN]
        labels = labels_of((term for row in rows for term in row), self.store)
        return to_html(self.variables, rows, labels, len(self))
