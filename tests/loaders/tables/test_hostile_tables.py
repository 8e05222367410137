"""Tables that would take far more memory than they have bytes, or that an engine panics at, are refused in words."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from kg.core.errors import InputError, StoreError
from kg.loaders.tables import workbooks
from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> pl.DataFrame:
    source = TableSource(str(path))
    return pl.concat(source.batches([name for name in source.open().columns if name]))


def workbook(path: Path, **cells: str) -> Path:
    book = openpyxl.Workbook()
    for address, text in {"A1": "code", "B1": "name", "A2": "a", "B2": "x", **cells}.items():
        book.active[address] = text
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("far", "rows", "columns"), [("XFD1048576", "1,048,576", "16,384"), ("ZZ50000", "50,000", "702")]
)
def test_a_sheet_with_cells_far_apart_is_refused(tmp_path: Path, far: str, rows: str, columns: str) -> None:
    path = workbook(tmp_path / "t.xlsx", **{far: "z"})
    with pytest.raises(
        InputError, match=rf"t\.xlsx::Sheet: 5 cells of the sheet span {rows} rows and {columns} columns"
    ):
        read(path)


@pytest.mark.parametrize(
    "spelling", [(b"<c r=", b"<c  s='0' r="), (b"<c r=", b"<x:c r=")], ids=["attributes", "prefix"]
)
def test_the_extent_of_a_sheet_is_found_however_it_is_written(tmp_path: Path, spelling: tuple[bytes, bytes]) -> None:
    path = workbook(tmp_path / "t.xlsx", XFD1048576="z")
    rewritten = tmp_path / "u.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part).replace(*spelling))
    with pytest.raises(InputError, match="cells of the sheet span"):
        workbooks._refuse_sparse(rewritten, 0, "Sheet")


def test_a_sheet_with_some_empty_cells_is_read(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "t.xlsx", A2000="b", AZ1="far"))["code"].to_list() == ["a", "b"]


def test_a_workbook_that_unpacks_to_far_more_than_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "t.xlsx", A3=" " * 30_000 + "b")
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 10_000)
    monkeypatch.setattr(workbooks, "MOST_PACKED", 2)
    with pytest.raises(InputError, match=r"the workbook of [0-9,]+ bytes unpacks to [0-9,]+; expected at most 2 times"):
        read(path)


def test_a_date_that_the_engine_cannot_write_is_refused_with_its_column(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table(
        {"code": ["a"], "good": [date(2020, 1, 1)], "bad": pa.array([2**31 - 1], pa.int32()).cast(pa.date32())}
    )
    parquet.write_table(table, path)
    for reading in (lambda: read(path), lambda: infer_map(str(path))):
        with pytest.raises(InputError, match=r"t\.parquet: the column 'bad' holds a date or time that is out of range"):
            reading()


def test_a_table_of_which_no_column_has_a_name_gets_no_map(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",\nA1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.csv:1:1: no column of the table has a name"):
        infer_map(str(tmp_path / "t.csv"))


def test_a_column_of_parquet_without_a_name_is_left_out_of_a_map(tmp_path: Path) -> None:
    parquet.write_table(pa.table([pa.array(["a"]), pa.array([1])], names=["code", ""]), tmp_path / "t.parquet")
    assert TableSource(str(tmp_path / "t.parquet")).open().columns == ("code", "")
    assert '# "": ?  # the column has no name' in infer_map(str(tmp_path / "t.parquet"))


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16"])
def test_an_encoding_that_a_byte_order_mark_tells_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.csv").write_text("code,name\na,é京\n", encoding=encoding)
    assert read(tmp_path / "t.csv")["name"].to_list() == ["é京"]
    assert "id: org/{code}" in infer_map(str(tmp_path / "t.csv"))


@pytest.mark.parametrize("damage", ["directory", "relations"])
def test_a_damaged_workbook_is_not_handed_to_a_more_lenient_reader(tmp_path: Path, damage: str) -> None:
    path = workbook(tmp_path / "t.xlsx", XFD1048576="z")
    if damage == "directory":
        content = bytearray(path.read_bytes())
        content[content.rindex(b"PK\x01\x02")] = 0
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path) as old:
            parts = {part.filename: old.read(part) for part in old.infolist()}
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"Target", b"target")
        with zipfile.ZipFile(path, "w") as new:
            for name, content in parts.items():
                new.writestr(name, content)
    with pytest.raises(InputError, match=r"is damaged|cells of the sheet span"):
        read(path)


def test_a_heading_with_nul_characters_gets_no_map(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_bytes(b"c\x00ode\tname\na\tb\n")
    with pytest.raises(InputError, match="NUL characters"):
        infer_map(str(tmp_path / "t.tsv"))


def test_bytes_that_are_no_text_are_faults_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(b'{"code":"a","name":"\xed\xa0\x80"}\n{"code":"b","name":"x"}\n')
    source = TableSource(str(tmp_path / "t.jsonl"))
    rows = pl.concat(source.batches(source.open().columns))
    assert rows["code"].to_list() == ["b"]
    assert [(reject.row, reject.reason) for reject in source.malformed] == [(1, "the line is not UTF-8")]
    parquet.write_table(pa.table({"code": ["a"], "nxme": ["b"]}), tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes().replace(b"nxme", b"n\xffme")
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"t\.parquet"):
        read(tmp_path / "t.parquet")
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        database.execute("CREATE TABLE nxme (code)")
        database.commit()
    (tmp_path / "t.db").write_bytes((tmp_path / "t.db").read_bytes().replace(b"nxme", b"n\xffme"))
    with pytest.raises(StoreError, match=r"t\.db"):
        read(tmp_path / "t.db")


def test_a_lone_heading_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_bytes(b"\x97ode\t")
    with pytest.raises(InputError, match=r"t\.tsv: the text is not utf-8; expected UTF-8, or encoding:"):
        read(tmp_path / "t.tsv")
