"""What breaks a shape in a loaded store is reported at the cell of the table that said it."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from kg.commands.load import LoadRequest, load
from kg.commands.validate.run import validate_loaded
from kg.core.origin import Origin
from kg.shacl import render

if TYPE_CHECKING:
    from pathlib import Path

    from kg.shacl import Report

HEADING = ["code", "name", "stage", "lacks", "factor", "severity"]
ROWS = [
    ["1", "", "commercialization", "", "", ""],  # a firm without a name
    ["2", "Beryl\nLtd", "basic research|commercialization", "", "", ""],  # at two stages
    ["3", "Cobalt", "commercialization", "1", "", ""],  # lacks a firm, which is no technology
    ["4", 'Dio"rite, Ltd', "commercialization", "", "funding", ""],  # a factor without a severity
    ["5", "Emerald|Emerode", "commercialization", "", "", ""],  # two names in one language
    ["6", "Flint", "commercialization", "", "funding", "serious"],
]
MAP = """
id: org/{code}
type: SmallFirm
name: {column: name, separator: "|"}
isAtStage: {column: stage, separator: "|"}
lacks: org/{lacks}
facesFactor: {factor: "{factor}", severity: "{severity}"}
"""
CELLS = {"1": "r1c1", "2": "r2c3", "3": "r3c4", "4/assessment/funding": "r4c5", "5": "r5c2"}
BASE = "https://w3id.org/motkg/"


def loaded(table: str, folder: Path, base: str = BASE) -> Path:
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    load(LoadRequest((table,), folder / "store", folder / "map.yaml", graph="firms", base=base, close=False))
    return folder / "store"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('\n",') else cell


def write_csv(path: Path) -> Path:
    path.write_text("".join(",".join(map(quoted, row)) + "\n" for row in [HEADING, *ROWS]), encoding="utf-8")
    return path


def places(report: Report) -> dict[str, Origin]:
    """Gives the origin of each result, by the id of its focus node."""
    found = {
        str(result.focus).strip("<>").removeprefix(f"{BASE}id/firms/org/"): result.origin for result in report.results
    }
    assert len(found) == len(report.results)
    return {focus: origin for focus, origin in found.items() if isinstance(origin, Origin)}


def test_each_fault_is_at_its_cell_with_line_and_column_and_told_so_to_code_hosts(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "firms.csv")
    report = validate_loaded(loaded(str(table), tmp_path))
    found = places(report)
    assert {focus: place.cell for focus, place in found.items()} == CELLS
    lines = table.read_text(encoding="utf-8").split("\n")
    assert {focus: lines[place.line - 1][place.column - 1 :] for focus, place in found.items()} == {
        "1": "1,,commercialization,,,",
        "2": "basic research|commercialization,,,",
        "3": "1,,",
        "4/assessment/funding": "funding,",
        "5": "Emerald|Emerode,commercialization,,,",
    }
    (command,) = (line for line in render(report, "github").splitlines() if "isAtStage" in line)
    assert f"file={table},line=4,col=6," in command
    results = json.loads(render(report, "sarif"))["runs"][0]["results"]
    assert {
        (where["physicalLocation"]["region"]["startLine"], where["message"]["text"])
        for result in results
        for where in result["locations"]
    } == {(2, "cell r1c1"), (4, "cell r2c3"), (5, "cell r3c4"), (6, "cell r4c5"), (7, "cell r5c2")}


def test_a_table_without_lines_is_pointed_into_by_cells_alone(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    database = sqlite3.connect(path)
    database.execute(f"CREATE TABLE firms ({', '.join(HEADING)})")
    database.executemany("INSERT INTO firms VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    database.commit()
    database.close()
    report = validate_loaded(loaded(f"{path}::firms", tmp_path, base="https://data.example.org/"))
    assert {focus: str(place) for focus, place in places(report).items()} == {
        focus: f"{path} ({cell})" for focus, cell in CELLS.items()
    }
    (command,) = (line for line in render(report, "github").splitlines() if "isAtStage" in line)
    assert f"file={path},title=" in command
    assert "::r2c3: " in command


def test_json_lines_are_pointed_into_by_line(tmp_path: Path) -> None:
    table = tmp_path / "firms.jsonl"
    table.write_text(
        "\n".join(json.dumps(dict(zip(HEADING, row, strict=True))) + "\n" for row in ROWS), encoding="utf-8"
    )
    found = places(validate_loaded(loaded(str(table), tmp_path)))
    assert {focus: (place.line, place.cell) for focus, place in found.items()} == {
        focus: (2 * int(cell[1]) - 1, cell) for focus, cell in CELLS.items()
    }


def test_a_table_that_cannot_be_read_any_more_leaves_the_report_without_places(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "firms.csv")
    store = loaded(str(table), tmp_path)
    table.write_text("nothing\n", encoding="utf-8")
    report = validate_loaded(store)
    table.unlink()
    assert report == validate_loaded(store)
    assert [result.origin for result in report.results] == [None] * 5
