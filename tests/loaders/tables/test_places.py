"""Line and column of cells in files of tables, counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "cell", "place"),
    [
        ("a,b,c\n1,22,333\n", (1, 1), (2, 1)),
        ("a,b,c\n1,22,333\n", (1, 2), (2, 3)),
        ("a,b,c\n1,22,333\n", (1, 3), (2, 6)),
        ("a,b\n1,2\n\n3,44\n", (2, 2), (4, 3)),  # an empty line is no row
        ('a,b\n"x,y",2\n', (1, 2), (2, 7)),  # a comma in quotation marks parts no cells
        ('a,b\n"x ""y""",2\n', (1, 2), (2, 11)),
        ('a,b\n"x\ny",2\n3,4\n', (1, 2), (3, 4)),  # a cell of two lines
        ('a,b\n"x\ny",2\n3,4\n', (2, 1), (4, 1)),
        ('a,b\n"x\ny",2\n3,4\n', (2, 2), (4, 3)),
        ("a,b\r\n1,2\r\n3,4\r\n", (2, 2), (3, 3)),
    ],
)
def test_a_cell_has_its_line_and_column(
    tmp_path: Path, text: str, cell: tuple[int, int], place: tuple[int, int]
) -> None:
    (tmp_path / "t.csv").write_bytes(text.encode())
    source = TableSource(str(tmp_path / "t.csv"))
    assert source.places([cell]) == {cell: place}
    assert source.places([(1, 1), cell])[cell] == place


def test_a_row_with_cells_too_many_is_kept_as_written(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4,5\n6,7\n8\n", encoding="utf-8")
    source = TableSource(str(tmp_path / "t.csv"))
    source.open()
    rows = [frame["a"].to_list() for frame in source.batches(["a"])]
    assert rows == [["1", "6"]]
    assert [(each.row, each.column, each.value.strip(), each.reason) for each in source.malformed] == [
        (2, "", "3,4,5", "the row has 3 cells, the heading 2"),
        (4, "", "8", "the row has 1 cells, the heading 2"),
    ]
