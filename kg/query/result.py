"""What ``Graph.query`` gives: solutions that know how to become Python values, data frames and a table in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from kg.errors import QueryError
from kg.query.emptiness import seems_empty
from kg.query.extras import optional_package
from kg.query.html import SHOWN, Svg, no_rows, to_html
from kg.query.labels import labels_of
from kg.query.results import to_table
from kg.query.values import value_of
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from IPython.lib.pretty import RepresentationPrinter

    from kg.query.catalogue import CatalogueQuery
    from kg.store.protocol import QuadStore, Term


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Result(Solutions):
    """The rows of an answer. ``rows`` holds the RDF terms; iteration and indexing give mappings of Python values."""

    text: str
    store: QuadStore
    explain: Callable[[str], list[str]]
    about: CatalogueQuery | None = None

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Gives each row as a mapping from variable to Python value; see ``kg.query.values.value_of``."""
        return (self._values(row) for row in self.rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Result: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Result:
        """Gives one row as a mapping of Python values, or the result cut to some rows."""
        if isinstance(index, slice):
            return Result(self.variables, self.rows[index], self.text, self.store, self.explain, self.about)
        return self._values(self.rows[index])

    def _values(self, row: tuple[Term | None, ...]) -> dict[str, Any]:
        return {name: value_of(term) for name, term in zip(self.variables, row, strict=True)}

    @property
    def terms(self) -> Iterator[Mapping[str, Term | None]]:
        """The rows as mappings from variable to RDF term."""
        return Solutions.__iter__(self)

    @property
    def why_empty(self) -> list[str]:
        """The reasons why there are no rows, or nothing but a count of zero; none where there is an answer."""
        return self.explain(self.text) if seems_empty(self) else []

    def to_arrow(self) -> pa.Table:
        """Gives an Arrow table with a type for each column; see ``kg.query.arrow.to_arrow``.

        Raises:
            QueryError: pyarrow is not installed.

        """
        from kg.query.arrow import to_arrow  # noqa: PLC0415 - only tables need it

        return to_arrow(self)

    def to_pandas(self) -> pd.DataFrame:
        """Gives a pandas data frame to calculate with: decimals as floats, whole numbers and truth values as types that know no value.

        Raises:
            QueryError: pandas or pyarrow is not installed.

        """
        pandas = optional_package("pandas", "tables", "a pandas data frame")
        arrow = optional_package("pyarrow", "tables", "a pandas data frame")
        table = self.to_arrow()
        # pandas holds decimals as objects, which it cannot plot, or rounds their mean to the digits of the column.
        floats = [arrow.field(each.name, arrow.float64() if arrow.types.is_decimal(each.type) else each.type) for each in table.schema]
        nullable = {arrow.int64(): pandas.Int64Dtype(), arrow.bool_(): pandas.BooleanDtype()}
        frame: pd.DataFrame = table.cast(arrow.schema(floats)).to_pandas(types_mapper=nullable.get)
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Gives a polars data frame with the types of the Arrow table.

        Raises:
            QueryError: polars or pyarrow is not installed.

        """
        polars = optional_package("polars", "tables", "a polars data frame")
        frame: pl.DataFrame = polars.from_arrow(self.to_arrow())
        return frame

    def to_chart(self) -> Svg:
        """Gives the chart that the query declares, as SVG that Jupyter shows.

        Raises:
            QueryError: the query declares no chart, there are no rows, or a package of the extra is missing.

        """
        from kg.query.charts import draw  # noqa: PLC0415 - only charts need it

        if self.about is None or self.about.chart is None:
            raise QueryError("the query has no chart", hint="queries of the catalogue declare theirs in their header")
        return Svg(draw(self.about.chart, self, "svg", self.about.columns, self.about.summary).decode())

    def __str__(self) -> str:
        """Gives the table that ``kg query`` prints, or why there is none."""
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
