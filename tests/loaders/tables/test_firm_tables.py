"""Tables as people keep them: each is read to the letter, or refused with its place.

None loses a row without a word.
"""

from __future__ import annotations

import decimal
import gzip
import json
import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from kg.core.errors import InputError, KGError, StoreError
from kg.loaders.tables.databases import PASSWORD
from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.readers import ROW
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Cells = dict[str, list[Any]]


def read(written: Path | str, **settings: str) -> tuple[Cells, list[tuple[int, str]]]:
    """Gives the columns of a table with the numbers of its rows, and the rows that are faulty."""
    source = TableSource(str(written), **settings)
    found: Cells = {name: [] for name in (ROW, *source.open().columns)}
    for frame in source.batches([name for name in found if name != ROW]):
        for name in found:
            found[name] += frame[name].to_list()
    return found, [(reject.row, reject.reason) for reject in source.malformed]


@pytest.mark.parametrize(
    ("content", "b"),
    [
        (b"\xef\xbb\xbfa,b\n1,x\n", ["x"]),
        ("a,b\n1,é\n".encode("utf-16"), ["é"]),
        (b"a,b\r\n1,x\r\n\r\n2,y\r\n", ["x", "y"]),
        (b"a,b\r1,x\r", ["x"]),
        (b" a , b\n1, x \n", ["x"]),
        (b'"a","b"\n"1","x ""y"", z\nw"\n', ['x "y", z\nw']),
        (b"a,b\n1,x", ["x"]),
        (b'a,b\n1,5" disk\n', ['5" disk']),
        (b"a,b\n", []),
        (b"a,b", []),
    ],
)
def test_csv_is_read_as_programs_write_it(tmp_path: Path, content: bytes, b: list[str]) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    found, faults = read(tmp_path / "t.csv")
    assert (found["b"], found[ROW], faults) == (b, list(range(1, len(b) + 1)), [])


def test_csv_of_ten_thousand_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "\n".join(",".join(f"{start}{n}" for n in range(10_000)) for start in "cx"), encoding="utf-8"
    )
    source = TableSource(str(tmp_path / "t.csv"))
    (frame,) = source.batches(["c9999", "c0"])
    assert frame.rows() == [(1, "x9999", "x0")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"t\.csv: the file is empty; expected a row of headings"),
        (b"\n\n", r"t\.csv: the file is empty"),
        (b"a,b\n1,x\n2,\xfcber\n", r"t\.csv: row 2: the text is not UTF-8; expected UTF-8, or encoding: in the map"),
        (b"a,b\n1,x\n2,\xff,3\n", r"t\.csv: row 2: the row has 3 cells, the heading 2, and its text is not UTF-8"),
        ("a,b\n1,x\n".encode("utf-16-le"), r"t\.csv:1:1: the heading holds NUL characters"),
        (b"a,a\n1,2\n", r"t\.csv:1:1: the heading 'a' stands twice"),
        (b'a,b\n1,x\n\n2,"y\n3,z\n4,w\n', r"t\.csv:4:1: a quotation mark in this row is never closed"),
        (
            b'a,b\n1,"' + b"x" * (1 << 24) + b"\n",
            r"t\.csv: after row 0: a row is longer than 8 MB, or a quotation mark is never closed",
        ),
    ],
)
def test_csv_that_cannot_be_read_is_refused_at_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(tmp_path / "t.csv")


def test_the_encoding_is_that_of_the_map(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("a,b\n1,株式会社\n".encode("cp932"))
    assert read(tmp_path / "t.csv", encoding="cp932")[0]["b"] == ["株式会社"]
    with pytest.raises(InputError, match="unknown encoding: cp9999"):
        read(tmp_path / "t.csv", encoding="cp9999")


@pytest.mark.parametrize("ending", ["csv.gz", "tsv.gz", "jsonl.gz", "csv.bz2"])
def test_packed_texts_are_unpacked(tmp_path: Path, ending: str) -> None:
    import bz2

    kind, _, packing = ending.partition(".")
    text = {"csv": "a,b\n1,x\n", "tsv": "a\tb\n1\tx\n", "jsonl": '{"a": 1, "b": "x"}\n'}[kind]
    (tmp_path / f"t.{ending}").write_bytes({"gz": gzip, "bz2": bz2}[packing].compress(text.encode()))
    assert read(tmp_path / f"t.{ending}")[0] == {ROW: [1], "a": ["1"], "b": ["x"]}
    assert TableSource(f"{tmp_path}/t.{ending}").name == "t"


@pytest.mark.parametrize(
    ("lines", "cells", "faults"),
    [
        (['{"a": 1, "b": {"c": "x"}}', "", '{"a": 2}'], {ROW: [1, 2], "a": ["1", "2"], "b.c": ["x", None]}, []),
        (["\ufeff" + '{"a": 12345678901234567890}'], {ROW: [1], "a": ["12345678901234567890"]}, []),
        (
            ['{"a": 1}', '{"a": ', "[1]", '{"a": 4}'],
            {ROW: [1, 4], "a": ["1", "4"]},
            [(2, "no JSON: Expecting"), (3, "no JSON object")],
        ),
        (
            ['{"a": "x"}', '{"a": 2.5}', '{"a": ["y", 1]}', '{"a": null}'],
            {ROW: [1, 2, 3, 4], "a": [["x"], ["2.5"], ["y", "1"], None]},
            [],
        ),
        (
            [
                '{"a": 1}',
                '{"a": ' + "[" * 900 + "]" * 900 + "}",
                '{"a": ' + '{"b":' * 900 + "1" + "}" * 900 + "}",
                f'{{"a": "{"[" * 40}"}}',
            ],
            {ROW: [1, 4], "a": ["1", "[" * 40]},
            [(2, "nested deeper than 32 levels at column 38"), (3, "nested deeper than 32 levels at column 162")],
        ),
        (
            ['{"a": 1.5}', '{"a": NaN}', '{"a": 1e400}', '{"a": -Infinity}', '{"a": 1e300}'],
            {ROW: [1, 3, 5], "a": ["1.5", "1e400", "1e+300"]},
            [(2, "NaN is no number"), (4, "-Infinity is no number")],
        ),
        (
            ['{"a": 1, "b": 1}', '{"a": 1, "a": 2}', '{"a": {"c": 1, "c": 1}}', r'{"a": "\ud800"}'],
            {ROW: [1], "a": ["1"], "b": ["1"]},
            [(2, "'a' stands twice"), (3, "'c' stands twice"), (4, "half of a surrogate pair")],
        ),
        # Digits stay beside numbers of another type, and where a double has no place for them.
        (['{"a": 9007199254740993}', '{"a": 1.5}'], {ROW: [1, 2], "a": ["9007199254740993", "1.5"]}, []),
        (
            ['{"a": 0.1234567890123456789, "b": {"c": 1.50}}', '{"a": 2.0}'],
            {ROW: [1, 2], "a": ["0.1234567890123456789", "2"], "b.c": ["1.5", None]},
            [],
        ),
        (['{"a": true}', '{"a": 1}', '{"a": "x"}'], {ROW: [1, 2, 3], "a": ["true", "1", "x"]}, []),
        (
            ['{"a": [{"b": 1}]}', '{"a": "x"}', '{"a": ["y"]}'],
            {ROW: [2, 3], "a": [["x"], ["y"]]},
            [(1, "is an object, where other rows have a text")],
        ),
        (
            ['{"a": "[x"}', '{"a": {"b": 1}}', '{"a": true}'],
            {ROW: [1, 3], "a": ["[x", "true"]},
            [(2, "is an object, where other rows")],
        ),
    ],
)
def test_json_lines_keep_their_numbers_and_faulty_ones_are_told(
    tmp_path: Path, lines: list[str], cells: Cells, faults: list[tuple[int, str]]
) -> None:
    (tmp_path / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found, wrong = read(tmp_path / "t.jsonl")
    assert found == cells
    assert [row for row, _ in wrong] == [row for row, _ in faults]
    assert all(part in reason for (_, reason), (_, part) in zip(wrong, faults, strict=True))


@pytest.mark.parametrize("long", ["1", "1234567890123456789.5"])
def test_a_list_of_objects_matters_only_where_it_is_asked_for(tmp_path: Path, long: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f'{{"a": {long}, "o": [{{"n": "x"}}]}}\n', encoding="utf-8")
    source = TableSource(str(path))
    (frame,) = source.batches(["a"])
    assert frame["a"].to_list() == [long]
    with pytest.raises(InputError, match=r"the column 'o' holds Struct.* in lists, which no text can say"):
        next(source.batches(["a", "o"]))


@pytest.mark.parametrize("content", ["", "[1, 2]\n", "hello\n"])
def test_a_file_without_an_object_is_no_table(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="expected an object a line"):
        read(tmp_path / "t.jsonl")


def book(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_a_sheet_is_read_as_it_is_seen(tmp_path: Path) -> None:
    rows = [["a ", "b"], [1, date(1987, 11, 6)], [None, None], [2.5, datetime(1987, 11, 6, 12, 30)], ["x", True]]  # noqa: DTZ001 - Excel knows no zones
    path = book(tmp_path / "t.xlsx", Notes=[["about"]], Firms=rows)
    assert read(f"{path}::Firms")[0] == {
        ROW: [1, 3, 4],
        "a": ["1", "2.5", "x"],
        "b": ["1987-11-06", "1987-11-06 12:30:00", "true"],
    }


@pytest.mark.parametrize(
    ("sheets", "name", "message"),
    [
        ({"S": []}, "", r"t\.xlsx::S: the sheet is empty; expected a row of headings"),
        ({"S": [], "T": [["a"]]}, "", r"t\.xlsx::S: the sheet is empty; expected one of the other sheets: T"),
        ({"Firms": [["a"]]}, "Frims", r"t\.xlsx: no sheet is called 'Frims'; did you mean Firms\?"),
        ({"S": [["a", "a"], [1, 2]]}, "", r"t\.xlsx::S: the heading 'a' stands twice"),
        (
            {"S": [["a"], [1], ["=A2+1"]]},
            "",
            r"t\.xlsx::S: the formula in A3 has no value, since it was never computed",
        ),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(tmp_path: Path, sheets: dict[str, Any], name: str, message: str) -> None:
    path = book(tmp_path / "t.xlsx", **sheets)
    with pytest.raises(InputError, match=message):
        read(f"{path}::{name}" if name else path)


@pytest.mark.parametrize(
    ("held", "text"),
    [
        (1e-10, "1e-10"),
        (2.3e-12, "2.3e-12"),
        (0.123456789012345, "0.123456789012345"),
        (1 / 3, "0.3333333333333333"),
        (5.0000000001, "5.0000000001"),
        (0.1230000001234, "0.1230000001234"),
        (1000.5, "1000.5"),
        (1234567890.123456, "1234567890.123456"),
        (-0.1, "-0.1"),
        (0, "0"),
        (1234567890123456, "1234567890123456"),
        (1.5e19, "15000000000000000000"),
        # A text is what it is, also where it looks like a number.
        ("0.10", "0.10"),
        ("0.333333333", "0.333333333"),
        ("123456789012345696", "123456789012345696"),
        ("123456789.123456791", "123456789.123456791"),
        ("007", "007"),
        (time(1, 2), "01:02:00"),
        ("#N/A", "#N/A"),
    ],
)
def test_a_cell_of_a_workbook_has_the_digits_that_it_holds(tmp_path: Path, held: object, text: str) -> None:
    assert read(book(tmp_path / "t.xlsx", S=[["a", "b"], [1, "x"], [2, held]]))[0]["b"] == ["x", text]


def test_numbers_keep_their_digits_in_every_column(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx", S=[["a", None, "b"], [1e-12, 2e-12, "x"], [None, None, 3e-12], ["Nan", "1e5", None]]
    )
    (columns,) = [
        frame.drop(ROW).to_dict(as_series=False) for frame in TableSource(str(path)).open().batches(["a", "b"])
    ]
    assert columns == {"a": ["1e-12", None, "Nan"], "b": ["x", "3e-12", None]}


def test_a_text_beside_numbers_of_many_digits_stays(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", S=[["a"], ["123456789012345696"], [123456789012345696], [0.12345678901]])
    assert read(path)[0]["a"] == ["123456789012345696", "1.234567890123457e+17", "0.12345678901"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"])
def test_an_error_in_a_workbook_is_read_as_it_is_shown(tmp_path: Path, error: str) -> None:
    path = book(tmp_path / "t.xlsx", S=[["a", "b"], [1, "x"], [None, None], [2, error]])
    made = openpyxl.load_workbook(path)
    made["S"]["B4"].data_type = "e"
    made.save(path)
    assert read(path)[0] == {ROW: [1, 3], "a": ["1", "2"], "b": ["x", error]}


def test_a_formula_elsewhere_does_not_matter(tmp_path: Path) -> None:
    assert read(f"{book(tmp_path / 't.xlsx', S=[['a'], ['=1+1']], T=[['b'], ['x']])}::T")[0]["b"] == ["x"]


def test_typed_columns_become_texts_that_keep_their_meaning(tmp_path: Path) -> None:
    columns = {
        "decimal": pa.array([decimal.Decimal("0.10"), None], pa.decimal128(38, 2)),
        "zoned": pa.array([datetime(2020, 1, 1, tzinfo=UTC), None], pa.timestamp("ns", tz="Asia/Tokyo")),
        "words": pa.array(["x", None]).dictionary_encode(),
        "bytes": pa.array([b"\xc3\xa9", None]),
        "span": pa.array([timedelta(days=1), None]),
        "list": pa.array([["x", "y"], None]),
        "object": pa.array([{"member": {"inner": 1}}, None]),
        "nothing": pa.nulls(2),
    }
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    found, _ = read(tmp_path / "t.parquet")
    assert {name: cells[0] for name, cells in found.items()} == {
        ROW: 1,
        "decimal": "0.10",
        "zoned": "2020-01-01 09:00:00",
        "words": "x",
        "bytes": "é",
        "span": "P1D",
        "list": ["x", "y"],
        "object.member.inner": "1",
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([b"x", b"\xff"]), r"t\.parquet: row 2, column 'a': the cell holds bytes that are no text"),
        (
            pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())),
            r"t\.parquet: the column 'a' holds Map.* which no text can say",
        ),
        (pa.array([[{"k": 1}]]), r"t\.parquet: the column 'a' holds Struct.* in lists, which no text can say"),
    ],
)
def test_columns_that_no_text_can_say_are_refused(tmp_path: Path, column: pa.Array, message: str) -> None:
    parquet.write_table(pa.table({"a": column}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=message):
        read(tmp_path / "t.parquet")


@pytest.mark.parametrize("ending", ["csv.gz", "jsonl.gz", "xlsx", "parquet", "arrow", "db", "duckdb"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"t.{ending}").write_bytes(b"neither the one nor the other, but long enough" * 100)
    with pytest.raises(KGError, match=rf"t\.{ending}: "):
        read(tmp_path / f"t.{ending}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.xls", r"the ending '\.xls' names no kind of table; did you mean \.xlsx\?"),
        ("t.parquet.gz", r"a \.parquet file is read unpacked only"),
        ("folder.csv", "that is a folder"),
        ("tt.csv", r"there is no such file; did you mean .*t\.csv\?"),
    ],
)
def test_a_name_that_is_no_table_is_told_what_is_there(tmp_path: Path, name: str, message: str) -> None:
    for file in ("t.xls", "t.parquet.gz", "t.csv"):
        (tmp_path / file).touch()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=message):
        read(tmp_path / name)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.db"
    database = sqlite3.connect(path)
    database.execute('CREATE TABLE "firms of Kyoto" (code PRIMARY KEY, name, share)')
    rows = [*((n, None, None) for n in range(3000)), ("A-2", 7, 0.1), ("B-3", "京都", 2.0), (4.5, b"\xc3\xa9", 10**15)]
    database.executemany('INSERT INTO "firms of Kyoto" VALUES (?, ?, ?)', rows)
    database.execute('CREATE VIEW large AS SELECT code, name FROM "firms of Kyoto" WHERE share > 1')
    database.commit()
    database.close()
    return path


def by_file(register: Path, table: str) -> str:
    return f"{register}::{table}"


def by_address(register: Path, table: str) -> str:
    return f"sqlite:///{register}::{table}"


@pytest.mark.parametrize("way", [by_file, by_address])
def test_tables_and_views_of_databases_with_values_of_any_type(register: Path, way: Callable[[Path, str], str]) -> None:
    found, _ = read(way(register, "firms of Kyoto"))
    rows = dict(zip(found["code"], zip(found["name"], found["share"], strict=True), strict=True))
    assert len(rows) == 3003
    assert [rows[code] for code in ("A-2", "B-3", "4.5")] == [("7", "0.1"), ("京都", "2"), ("é", "1000000000000000")]
    assert sorted(read(way(register, "large"))[0]["code"]) == ["4.5", "B-3"]
    with pytest.raises(InputError, match=r"no table is called 'lrge'; did you mean large\?"):
        read(way(register, "lrge"))


@pytest.mark.parametrize("way", [by_file, by_address])
def test_bytes_in_a_database_that_are_no_text_are_refused(register: Path, way: Callable[[Path, str], str]) -> None:
    with sqlite3.connect(register) as database:
        database.execute("CREATE TABLE bad AS SELECT 1 AS a, X'FF' AS b")
    database.close()
    with pytest.raises(InputError, match=r"register\.db: row 1, column 'b': the cell holds bytes that are no text"):
        read(way(register, "bad"))


def test_a_database_with_several_tables_lists_them(register: Path) -> None:
    for written in (str(register), f"sqlite:///{register}"):
        with pytest.raises(
            InputError, match=r"the database holds 2 tables; expected .*::<table>, one of firms of Kyoto, large"
        ):
            read(written)


def test_an_address_makes_no_file_and_changes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open database file"):
        read(f"sqlite:///{tmp_path}/none.db::firms")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["postgresql://me:hush@127.0.0.1/db::firms", "postgresql://me@127.0.0.1/db?password=hush::firms"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError, match=f"the address holds a password.*{PASSWORD}") as caught:
        TableSource(address)
    assert "hush" not in str(caught.value)


def test_a_driver_that_is_missing_is_named() -> None:
    with pytest.raises(StoreError, match=r"the driver is not installed \(No module named 'MySQLdb'\)"):
        read("mysql://me@127.0.0.1:9/db::firms")
    with pytest.raises(StoreError, match=r"Can't load plugin: sqlalchemy\.dialects:nosuch"):
        read("nosuch://127.0.0.1:9/db::firms")


def test_tables_of_duckdb_outside_the_main_schema(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "t.duckdb")) as database:
        database.execute(
            "CREATE SCHEMA s; CREATE TABLE s.firms AS SELECT 1 AS a, [1, 2] AS l, {'m': 1.10::DECIMAL(10, 2)} AS o"
        )
    assert read(f"{tmp_path}/t.duckdb::s.firms")[0] == {ROW: [1], "a": ["1"], "l": [["1", "2"]], "o.m": ["1.10"]}


def test_a_map_is_proposed_whatever_the_headings(tmp_path: Path) -> None:
    headings = ['co"de #1', "x: name", "st{a}ge", "new\nline"]
    book(
        tmp_path / "t.xlsx",
        S=[
            headings,
            ["a1", "Aster", "commercialization", "2001-02-03"],
            ["a2", "Beryl", "basic research", "2001-02-04"],
        ],
    )
    (table,) = parse_map(infer_map(str(tmp_path / "t.xlsx")), "map.yaml").tables
    assert {cell.column for cell in table.thing.cells()} == set(headings)


def test_lists_in_json_are_lists_of_the_database_too() -> None:
    from kg.loaders.tables.databases import frame_of_rows

    frame = frame_of_rows(
        [(["x", 1], {"k": "é"}, True), ("y", None, decimal.Decimal("1E+2"))], ["a", "b", "c"], 5, "db"
    )
    assert frame.rows() == [
        (5, ["x", "1"], json.dumps({"k": "é"}, ensure_ascii=False), "true"),
        (6, ["y"], None, "100"),
    ]
