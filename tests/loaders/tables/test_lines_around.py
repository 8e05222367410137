"""Lines above the heading of a table and rows below its data, as tables of offices and workbooks have them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from kg.core.errors import InputError
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.readers import ROW
from kg.loaders.tables.tables import TableSource, source_of

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '"Title, with ""marks""",,\n\nid,name,v\n1,A,x\n2,B\n3,"C\nD",y\nSource: an office\n"Notes, of it",,\n'


def read(path: Path, text: str = "") -> tuple[dict[str, list[Any]], list[int]]:
    described = parse_map(f"id: org/{{id}}\ntype: Firm\n{text}", "map.yaml").tables[0]
    source = source_of(described, str(path))
    columns = source.open().columns
    found: dict[str, list[Any]] = {name: [] for name in (ROW, *columns)}
    for frame in source.batches(columns):
        for name in found:
            found[name] += frame[name].to_list()
    return found, [reject.row for reject in source.malformed]


@pytest.mark.parametrize("skip", [1, 2])
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_lines_above_the_heading_and_rows_below_are_left_out(tmp_path: Path, skip: int, ending: str) -> None:
    """Rows count from 1 below the heading, as without such lines; a blank line is none."""
    path = tmp_path / f"t.{ending}"
    path.write_bytes(gzip.compress(TEXT.encode()) if ending.endswith("gz") else TEXT.encode())
    found, malformed = read(path, f"skip: {skip}\nfooter: 2\n")
    assert found == {ROW: [1, 3], "id": ["1", "3"], "name": ["A", "C\nD"], "v": ["x", "y"]}
    assert malformed == [2]
    assert read(path, f"skip: {skip}\nfooter: 1\n")[1] == [2, 4]
    assert read(path, f"skip: {skip}\n")[0]["id"] == ["1", "3", "Notes, of it"]


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    source = TableSource(str(tmp_path / "t.csv"), skip=1)
    assert source.places({(1, 2), (3, 3)}) == {(1, 2): (4, 3), (3, 3): (7, 4)}


def test_a_text_of_another_encoding_has_such_lines_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("表題\nid,name\n1,企業\n", encoding="utf-16")
    assert read(tmp_path / "t.csv", "skip: 1\n")[0] == {ROW: [1], "id": ["1"], "name": ["企業"]}


@pytest.mark.parametrize(("footer", "rows"), [(0, 5), (1, 4), (5, 0), (9, 0)])
def test_a_footer_may_be_longer_than_a_batch(
    tmp_path: Path, footer: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.loaders.tables.readers.BATCH", 2)
    (tmp_path / "t.jsonl").write_text("".join(f'{{"id": {number}}}\n' for number in range(5)), encoding="utf-8")
    assert read(tmp_path / "t.jsonl", f"footer: {footer}\n")[0]["id"] == [str(number) for number in range(rows)]


def test_a_sheet_has_rows_above_its_heading(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cell, value in {"A2": "Title", "A5": "id", "B5": "name", "A6": 1, "B6": 1e-12, "A8": 2, "B8": "#N/A"}.items():
        book.active[cell] = value
    book.active["B8"].data_type = "e"
    book.active["A9"] = "Source"
    book.save(tmp_path / "t.xlsx")
    found, _ = read(tmp_path / "t.xlsx", "skip: 4\nfooter: 1\n")
    assert found == {ROW: [1, 3], "id": ["1", "2"], "name": ["1e-12", "#N/A"]}


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "db"])
def test_other_tables_have_no_lines_above(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"t.{ending}").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match=f"a .{ending} file has no lines above its heading"):
        read(tmp_path / f"t.{ending}", "skip: 1\n")


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "99999", "[1]"])
def test_a_number_of_lines_is_a_number(value: str) -> None:
    with pytest.raises(InputError, match=r"map\.yaml:3:7: "):
        parse_map(f"id: org/{{id}}\ntype: Firm\nskip: {value}\n", "map.yaml")


@pytest.mark.parametrize(("ending", "told"), [("csv", "50 lines of the file"), ("xlsx", "50 rows of the sheet")])
def test_more_lines_than_there_are_leave_no_heading(tmp_path: Path, ending: str, told: str) -> None:
    path = tmp_path / f"t.{ending}"
    path.write_text(TEXT, encoding="utf-8")
    if ending == "xlsx":
        book = openpyxl.Workbook()
        book.active["A1"] = "id"
        book.save(path)
    with pytest.raises(InputError, match=f"no heading is left after {told}"):
        read(path, "skip: 50\n")
