"""Borders of files of tables: lines of JSON, layouts of text files, workbooks, and what cannot be read."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest

from kg.core.errors import InputError, LimitError, StoreError
from kg.loaders.tables import databases, textfiles
from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.readers import ENCODINGS, ROW, flat, needed, no_text, outer_columns, refuse_twice, unreadable
from kg.loaders.tables.rows import KnownIds, TableConverter
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(path: Path, *columns: str, **settings: str) -> tuple[list[tuple[Any, ...]], list[tuple[int, str, str]]]:
    """Return the rows of a table, with their numbers, and the faulty ones with their text and why."""
    source = TableSource(str(path), **settings)
    rows = [row for frame in source.batches(columns or source.open().columns) for row in frame.rows()]
    return rows, [(each.row, each.value, each.reason) for each in source.malformed]


# JSON lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": NaN}', "the line is no JSON: NaN is no number"),
        ('{"a": -Infinity}', "the line is no JSON: -Infinity is no number"),
        ('{"a": 1, "a": 2}', "the member 'a' stands twice in an object"),
        ('{"a": {"b": 1, "b": 2}}', "the member 'b' stands twice in an object"),
        ('{"a": "\\ud800"}', "the line holds half of a surrogate pair, which is no character"),
        ('{"a": 1', "the line is no JSON: Expecting ',' delimiter at column 8"),
        ('"a"', "the line is no JSON object"),
        ("null", "the line is no JSON object"),
        ('{"a": ' + "[" * 32 + "]" * 32 + "}", "the line is nested deeper than 32 levels at column 38"),
    ],
)
def test_a_line_that_is_no_object_is_told_alone(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"a": 1}}\n\n{line}\n{{"a": 2}}\n', encoding="utf-8")
    assert read(tmp_path / "t.jsonl", "a") == ([(1, "1"), (3, "2")], [(2, line, reason)])
    (tmp_path / "u.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        TableSource(str(tmp_path / "u.jsonl")).open()
    (problem,) = caught.value.problems
    assert (problem.file, problem.message) == (f"{tmp_path}/u.jsonl: row 1", reason)
    assert problem.expected == "an object a line"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("12345678901234567890", "12345678901234567890"),
        ("0.12345678901234567891", "0.12345678901234567891"),
        ("true", "true"),
        ("null", None),
        ('"x"', "x"),
        ('" x "', "x"),
        ('""', None),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_a_member_is_a_text_with_the_digits_of_its_number(tmp_path: Path, written: str, told: str | None) -> None:
    (tmp_path / "t.jsonl").write_text(f'{{"a": {written}, "b": "y"}}\n', encoding="utf-8")
    assert read(tmp_path / "t.jsonl", "a", "b") == ([(1, told, "y")], [])


def test_members_of_objects_are_columns_and_missing_ones_are_nothing(tmp_path: Path) -> None:
    lines = '{"a": {"b": {"c": 1}, "d": [1, "x"]}}\n{"a": {"b": {"c": "y"}}}\n{"e": 2}\n'
    (tmp_path / "t.jsonl").write_text(lines, encoding="utf-8")
    assert read(tmp_path / "t.jsonl", "a.b.c", "a.d", "e") == (
        [(1, "1", ["1", "x"], None), (2, "y", None, None), (3, None, None, "2")],
        [],
    )


# CSV and its layout


def proposed(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    return infer_map(str(path)).splitlines()


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("code,name\n1,Müller\n2,Åse\n".encode(), "", ""),
        ("code,name\n1,Müller\n2,Åse\n".encode("utf-16"), "", ""),
        ("code,name\n1,Müller\n2,Åse\n".encode("utf-8-sig"), "", ""),
        ("code,name\n1,Müller\n2,Åse\n".encode("utf-16-le"), "utf-16-le", ""),
        ("code,name\n1,Müller\n2,Åse\n".encode("utf-16-be"), "utf-16-be", ""),
        ("code,name\n1,Müller\n2,Åse\n".encode("cp1252"), "cp1252", ""),
        ("code,name\n1,株式会社\n2,企業\n".encode("cp932"), "cp932", ""),
        (b"code,name\n1,\x81\x8d\xff\n2,x\n", "latin-1", ""),
        (b"code;name\n1;x\n2;y\n", "", ";"),
        (b"code;name\n1;1,5\n2;2,5\n", "", ";"),
        (b"code|name\n1|x\n2|y\n", "", '"|"'),
        (b"code\tname\n1\tx\n2\ty\n", "", "tab"),
        (b"code,name\n1,x;y\n2,z\n", "", ""),
    ],
)
def test_the_layout_of_a_text_file_is_proposed(tmp_path: Path, content: bytes, encoding: str, delimiter: str) -> None:
    lines = proposed(tmp_path / "t.csv", content)
    told = [line for line in lines if line.startswith(("encoding:", "delimiter:"))]
    expected = [f"encoding: {encoding}  # UNSURE: the bytes are no UTF-8; see that the letters are right"] * bool(
        encoding
    )
    expected += [f"delimiter: {delimiter}  # the heading is one cell otherwise"] * bool(delimiter)
    assert told == expected
    assert any(line.startswith("id: org/{code}") for line in lines)
    (table,) = parse_map("\n".join(lines), "m").tables
    assert (table.encoding, table.delimiter) == (encoding, {'"|"': "|", "tab": "\t"}.get(delimiter, delimiter))


def test_a_tsv_with_commas_says_so(tmp_path: Path) -> None:
    assert 'delimiter: ","  # the heading is one cell otherwise' in proposed(
        tmp_path / "t.tsv", b"code,name\n1,x\n2,y\n"
    )
    lines = proposed(tmp_path / "t.csv", b"code;first,last;x\n1;a,b;c\n2;d,e;f\n")
    assert "delimiter: ;  # the heading is 2 cells and not 3 otherwise" in lines


def test_rows_that_a_proposal_leaves_out_are_counted(tmp_path: Path) -> None:
    lines = proposed(tmp_path / "t.csv", b"code,name\n" + b"".join(b"%d,x\n" % n for n in range(20)) + b"21\n")
    assert "# Left out: 1 row with another number of cells than the heading." in lines
    assert lines[0].startswith("# Guessed from 20 rows of ")


def test_what_a_proposal_cannot_load_is_a_comment(tmp_path: Path) -> None:
    lines = proposed(tmp_path / "t.csv", "code,name\nあ,One Works\nb,Two Works\n".encode())
    assert lines[-1] == "# UNSURE: 1 of the rows would get no id of their own"


def test_columns_that_no_text_can_say_are_proposed_as_comments(tmp_path: Path) -> None:
    from pyarrow import parquet

    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"code": ["1", "2"], "o": pa.array([[{"k": 1}], []])}), path)
    lines = infer_map(str(path)).splitlines()
    (line,) = [line for line in lines if line.startswith("# o: ?")]
    assert line.endswith("in lists, which no text can say")
    (tmp_path / "u.csv").write_text("code,,x\n1,2,3\n", encoding="utf-8")
    assert any(line.endswith("# the column has no name") for line in infer_map(str(tmp_path / "u.csv")).splitlines())


# The parts that readers share


def test_members_are_flattened_and_their_outer_columns_found() -> None:
    frame = pl.DataFrame({"a": [{"b": {"c": 1}, "d": 2}], "e": [3]})
    assert sorted(flat(frame).columns) == ["a.b.c", "a.d", "e"]
    assert outer_columns(["a.b.c", "a.d", "e", "f.g"], ["a", "e", "f.g"]) == ["a", "e", "f.g"]


def test_a_heading_stands_once() -> None:
    refuse_twice(["a", "b", "", ""], "t.csv", 1)
    with pytest.raises(InputError) as caught:
        refuse_twice(["b", "a", "b", "a", "c"], "t.csv", 1)
    assert [(each.line, each.column, each.message, each.expected) for each in caught.value.problems] == [
        (1, 1, "the heading 'a' stands twice", "each heading once"),
        (1, 1, "the heading 'b' stands twice", "each heading once"),
    ]


def test_what_only_some_tables_need_is_asked_for_by_name() -> None:
    assert needed("json", "JSON") is __import__("json")
    with pytest.raises(
        StoreError, match="to read odd files, install the package nosuch_module: pip install nosuch_module"
    ):
        needed("nosuch_module", "odd files")


@pytest.mark.parametrize(
    ("error", "row", "message", "expected"),
    [
        (ValueError("it is\n  broken"), 0, "the table cannot be read: it is broken", ""),
        (ValueError("x"), 1, "the table cannot be read: x", ""),
        (ValueError("x"), 2, "after row 1: the table cannot be read: x", ""),
        (FileNotFoundError(2, "gone"), 0, f"the table cannot be read: {os.strerror(2)}", ""),
        (OSError("odd"), 0, "the table cannot be read: odd", ""),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), 5, "after row 4: the text is not utf-8", ENCODINGS),
    ],
)
def test_why_a_table_cannot_be_read_is_told_with_the_row(
    error: Exception, row: int, message: str, expected: str
) -> None:
    (problem,) = unreadable("t", error, row).problems
    assert (problem.file, problem.line, problem.column, problem.message, problem.expected) == (
        "t",
        0,
        0,
        message,
        expected,
    )


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (pl.String, ""),
        (pl.Int8, ""),
        (lambda: pl.Decimal(10, 2), ""),
        (pl.Date, ""),
        (pl.Time, ""),
        (pl.Boolean, ""),
        (pl.Null, ""),
        (pl.Categorical, ""),
        (lambda: pl.Enum(["a"]), ""),
        (lambda: pl.List(pl.String), ""),
        (lambda: pl.List(pl.List(pl.String)), "List(String) in lists"),
        (lambda: pl.Struct({"a": pl.String}), "Struct({'a': String}) in its cells"),
        (pl.Object, "Object in its cells"),
    ],
)
def test_what_no_text_can_say_is_named(make: Callable[[], pl.DataType], told: str) -> None:
    assert no_text(make()) == told


# Databases and workbooks


def test_a_view_of_duckdb_that_has_no_end_is_given_up_and_a_short_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    path = tmp_path / "t.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE firms AS SELECT range AS a FROM range(3)")
        made.execute('CREATE VIEW "my view" AS SELECT a + 1 AS b FROM firms')
        made.execute("CREATE VIEW endless AS SELECT count(*) AS n FROM range(10000000000) a, range(1000) b")
    assert read_duckdb(path, "my view") == [(1, "1"), (2, "2"), (3, "3")]
    assert TableSource(f"{path}::firms").open().rows == 3
    assert next(iter(TableSource(f"{path}::firms").batches([])))[ROW].to_list() == [1, 2, 3]
    monkeypatch.setattr(databases, "PATIENCE", 0.2)
    with pytest.raises(LimitError, match=r"t\.duckdb::endless was not read within 0\.2 s"):
        TableSource(f"{path}::endless").open()


def read_duckdb(path: Path, table: str) -> list[tuple[Any, ...]]:
    source = TableSource(f"{path}::{table}")
    return [row for frame in source.batches(source.open().columns) for row in frame.rows()]


def test_a_database_that_breaks_off_is_told_with_the_row(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    made = sqlite3.connect(path)
    made.execute("CREATE TABLE t (a)")
    made.execute("INSERT INTO t VALUES (1)")
    made.commit()
    reader = TableSource(f"{path}::t").open()
    made.execute("DROP TABLE t")
    made.commit()
    made.close()
    with pytest.raises(StoreError, match=r"t\.db: after row 0: no such table: t"):
        list(reader.batches(["a"]))


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [({"A": [], "B": [["x"]], "C": [["y"]]}, "one of the other sheets: B, C"), ({"A": []}, "a row of headings")],
)
def test_an_empty_sheet_is_told_with_the_others(tmp_path: Path, sheets: dict[str, Any], expected: str) -> None:
    import openpyxl

    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError) as caught:
        TableSource(str(tmp_path / "t.xlsx")).open()
    (problem,) = caught.value.problems
    assert (problem.file, problem.message, problem.expected) == (
        f"{tmp_path}/t.xlsx::A",
        "the sheet is empty",
        expected,
    )
    with pytest.raises(InputError, match=f"no sheet is called 'Zz'; expected one of {', '.join(sheets)}"):
        TableSource(f"{tmp_path}/t.xlsx::Zz").open()


def test_rows_are_numbered_over_the_blocks_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfiles, "_BLOCK", 64)
    lines = [f"{number},{'x' * 10}" for number in range(1, 41)]
    lines[4] = "5"
    lines[30] = "31,y,z"
    (tmp_path / "t.csv").write_text("\n".join(["a,b", *lines, ""]), encoding="utf-8")
    source = TableSource(str(tmp_path / "t.csv"))
    frames = list(source.batches(["a"]))
    assert len(frames) > 3
    rows = [row for frame in frames for row in frame.rows()]
    assert rows == [(number, str(number)) for number in range(1, 41) if number not in {5, 31}]
    assert [each.row for each in source.malformed] == [5, 31]


def test_a_long_cell_does_not_hide_the_place_of_those_after_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"a,b\n{'x' * 200_000},1\n2,3\n", encoding="utf-8")
    assert TableSource(str(tmp_path / "t.csv")).places([(1, 2), (2, 2)]) == {(1, 2): (2, 200_002), (2, 2): (3, 3)}


def test_a_binary_table_with_a_heading_twice_is_refused(tmp_path: Path) -> None:
    from pyarrow import parquet

    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    parquet.write_table(twice, tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet: the heading 'a' stands twice"):
        TableSource(str(tmp_path / "t.parquet")).open()


def test_a_delimiter_is_that_of_nine_rows_in_ten(tmp_path: Path) -> None:
    rows = b"".join(b"%d;x\n" % number for number in range(20))
    assert any(
        line.startswith("delimiter: ;") for line in proposed(tmp_path / "t.csv", b"code;name\n" + rows + b"21\n")
    )
    few = b"".join(b"%d;x\n" % number for number in range(7)) + b"8\n9\n"
    assert not any(
        line.startswith("delimiter: ") for line in proposed(tmp_path / "u.csv", b"code\n" + few.replace(b";", b"|"))
    )
    ragged = b"code,name\n1,x\n" + b"2\n3,y,z\n" * 5
    assert not any(line.startswith("delimiter: ") for line in proposed(tmp_path / "v.csv", ragged))


# Lists where one text is meant


def test_a_row_has_one_id_and_not_a_list_of_them(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"code": ["1", "2"], "n": "x"}\n{"code": null, "n": "y"}\n', encoding="utf-8")
    source = TableSource(str(tmp_path / "t.jsonl"))
    known = KnownIds(lambda _: False, "https://w3id.org/motkg/id/t/")
    table = parse_map("id: org/{n}-{code}\ntype: Firm\nname: '{n}'\n", "map.yaml").tables[0]
    converter = TableConverter(table, "t", "t", known)
    (frame,) = source.batches(["code", "n"])
    assert converter.define(frame).to_list() == [None, None]
    known.close()
    found = converter.convert(frame)
    assert [(each.row, each.column, each.value, each.reason, each.expected) for each in found.rejects] == [
        (1, "code", "1, 2", "{} is a list, and a row has one id", "a column with one text in a cell"),
        (2, "code", "", "{} is a list, and a row has one id", "a column with one text in a cell"),
    ]
    assert (found.pieces, found.statements, found.rejected_rows) == ([], 0, 2)
    assert converter.stated(frame) == []


def test_a_column_of_lists_is_no_key_where_there_is_another(tmp_path: Path) -> None:
    from pyarrow import parquet

    path = tmp_path / "t.parquet"
    lists = [["x", "y"], ["z"]]
    parquet.write_table(pa.table({"tags": lists, "code": ["1", "1"]}), path)
    assert "id: org/{code}  # UNSURE: no column tells all rows apart; 'code' is the best there is" in infer_map(
        str(path)
    )
    parquet.write_table(pa.table({"tags": lists}), path)
    assert infer_map(str(path)).splitlines()[-1] == "# UNSURE: 2 of the rows would get no id of their own"
    phases = [["commercialization", "basic research"], ["basic research"]]
    parquet.write_table(pa.table({"code": ["1", "2"], "phase": phases}), path)
    assert (
        'isAtStage: "{phase}"  # 100.0% of its values are concepts of that scheme' in infer_map(str(path)).splitlines()
    )


def test_a_password_is_not_repeated_even_where_an_address_holds_one() -> None:
    with pytest.raises(StoreError) as caught:
        databases.read_url("mysql://me:hush@127.0.0.1:9/db", "firms")
    assert "hush" not in str(caught.value)
    assert "me:***@127.0.0.1" in str(caught.value)


def test_a_file_that_may_be_meant_is_named_as_it_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "firms.csv").touch()
    monkeypatch.chdir(tmp_path)
    for written, near in (("frims.csv", "firms.csv"), (f"{tmp_path}/frims.csv", f"{tmp_path}/firms.csv")):
        with pytest.raises(InputError) as caught:
            TableSource(written).open()
        (problem,) = caught.value.problems
        assert (problem.file, problem.message, problem.near) == (written, "there is no such file", (near,))
    with pytest.raises(InputError) as caught:
        TableSource(f"{tmp_path}/gone/firms.csv").open()
    assert caught.value.problems[0].near == ()
