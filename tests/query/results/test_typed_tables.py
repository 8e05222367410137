"""Parquet, Arrow and Excel: types of columns, and what readers of those formats find."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet
from pyoxigraph import Literal, NamedNode

from kg.core.errors import QueryError
from kg.query.results import answers, encode, render
from kg.query.results.typed import to_arrow
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.protocol import Term

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def column(*terms: Term | None) -> pa.ChunkedArray:
    return to_arrow(Solutions(("x",), tuple((term,) for term in terms)))["x"]


COLUMNS: dict[str, tuple[list[Term | None], pa.DataType, list[object]]] = {
    "integers": ([typed("007", "integer"), None, typed("-1", "long")], pa.int64(), [7, None, -1]),
    "too long integers": ([typed("9" * 20, "integer")], pa.string(), ["9" * 20]),
    "decimals": ([typed("0.50", "decimal"), typed("-12.5", "decimal")], pa.decimal128(4, 2), [Decimal("0.50"), Decimal("-12.50")]),
    "integers among decimals": ([typed("3", "integer"), typed("0.5", "decimal")], pa.decimal128(2, 1), [Decimal(3), Decimal("0.5")]),
    "doubles": ([typed("1.0E3", "double"), typed("2", "integer")], pa.float64(), [1000.0, 2.0]),
    "truth values": ([typed("true", "boolean"), typed("0", "boolean"), None], pa.bool_(), [True, False, None]),
    "dates": ([typed("2026-01-31", "date")], pa.date32(), [date(2026, 1, 31)]),
    "a day that no calendar has": ([typed("2026-02-30", "date")], pa.string(), ["2026-02-30"]),
    "times": ([typed("2026-01-31T09:00:00", "dateTime")], pa.timestamp("us"), [datetime(2026, 1, 31, 9)]),  # noqa: DTZ001
    "points in time": (
        [typed("2026-01-31T09:00:00+09:00", "dateTime")], pa.timestamp("us", tz="UTC"), [datetime(2026, 1, 31, tzinfo=UTC)],
    ),
    "times with and without an offset": (
        [typed("2026-01-31T09:00:00Z", "dateTime"), typed("2026-01-31T09:00:00", "dateTime")],
        pa.string(),
        ["2026-01-31T09:00:00Z", "2026-01-31T09:00:00"],
    ),
    "years": ([typed("1987", "gYear")], pa.int64(), [1987]),
    "ill-typed numbers": ([typed("1", "integer"), typed("one", "integer")], pa.string(), ["1", "one"]),
    "numbers among words": ([typed("1", "integer"), Literal("one")], pa.string(), ["1", "one"]),
    "things and words": ([NamedNode("http://e.org/a"), Literal("事業化", language="ja")], pa.string(), ["http://e.org/a", "事業化"]),
    "nothing": ([None, None], pa.string(), [None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("terms", "kind", "values"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_has_the_type_of_all_its_terms(
    terms: list[Term | None], kind: pa.DataType, values: list[object]
) -> None:
    found = column(*terms)
    assert found.type == kind
    assert found.to_pylist() == values


def test_no_rows_and_no_columns_are_tables_too() -> None:
    assert to_arrow(Solutions(("a", "b"), ())).column_names == ["a", "b"]
    assert to_arrow(Solutions((), ())).num_columns == 0


READERS: dict[str, Callable[[bytes], pa.Table]] = {
    "parquet": lambda data: parquet.read_table(io.BytesIO(data)),
    "arrow": lambda data: ipc.open_file(data).read_all(),
    "arrows": lambda data: ipc.open_stream(data).read_all(),
}


@pytest.mark.parametrize("form", READERS)
def test_binary_formats_are_read_back_and_repeat_byte_for_byte(form: str, tricky: Solutions) -> None:
    data = encode(tricky, form)
    assert READERS[form](data).equals(to_arrow(tricky))
    assert encode(tricky, form) == data


def test_polars_reads_parquet_with_its_types() -> None:
    solutions = Solutions(("share", "name"), ((typed("40.5", "decimal"), Literal("融資")), (None, Literal("人材"))))
    frame = pl.read_parquet(io.BytesIO(encode(solutions, "parquet")))
    assert frame.schema == {"share": pl.Decimal(3, 1), "name": pl.String}
    assert frame["name"].to_list() == ["融資", "人材"]


def workbook(solutions: Solutions) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(encode(solutions, "xlsx"))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_excel_gets_numbers_dates_and_truth_values_as_such() -> None:
    row: tuple[Term | None, ...] = (
        typed("40", "integer"), typed("0.379", "decimal"), typed("true", "boolean"), typed("2026-01-31", "date"),
        typed("2026-01-31T09:00:00+09:00", "dateTime"), Literal("事業化", language="ja"), None,
    )  # fmt: skip
    names = ("n", "r", "ok", "day", "at", "word", "none")
    assert workbook(Solutions(names, (row,))) == [
        list(names),
        [40, 0.379, True, datetime(2026, 1, 31), datetime(2026, 1, 31), "事業化", None],  # noqa: DTZ001 - Excel knows no zones
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "http://example.org/", "{=A1}", "+49", "@x", "12345678901234567890", "", "0.12345678901234567"]
)
def test_excel_calculates_nothing_and_changes_nothing(text: str) -> None:
    datatype = "decimal" if text.startswith("0.") else "integer" if text.isdigit() else "string"
    found = workbook(Solutions(("x",), ((typed(text, datatype),), (typed("1", "integer"),))))
    assert (found[1][0] or "") == text


def test_a_workbook_repeats_byte_for_byte(tricky: Solutions) -> None:
    assert encode(tricky, "xlsx") == encode(tricky, "xlsx")


def test_excel_refuses_what_a_cell_cannot_hold() -> None:
    with pytest.raises(QueryError, match="32,767 characters"):
        encode(Solutions(("x",), ((Literal("x" * 40_000),),)), "xlsx")


def test_a_truth_value_is_a_table_of_one_cell() -> None:
    assert parquet.read_table(io.BytesIO(encode(answer=True, form="parquet"))).to_pylist() == [{"answer": True}]


@pytest.mark.parametrize("form", ["parquet", "arrow", "xlsx"])
def test_a_missing_package_is_named_with_its_extra(
    form: str, tricky: Solutions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(answers, "import_module", missing)
    with pytest.raises(QueryError, match=r"motkg\[tables\]"):
        encode(tricky, form)


def test_a_binary_format_is_no_text(tricky: Solutions) -> None:
    with pytest.raises(QueryError, match="not a format of text"):
        render(tricky, "parquet")
