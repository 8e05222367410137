"""Faults planted in copies of the shipped cases are reported at the line and column of the YAML, or at the cell of the CSV."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kg.commands.validate import check, read_data, shipped_shapes
from kg.core.resources import cases_dir

if TYPE_CHECKING:
    from pathlib import Path

    from kg.shacl import Result

KANAI, KIRIHATA, TECHNOLOGY = "kanai-hara-1992", "kirihata-mot", "technology-leveraging"
# Of a case file: the key whose n-th plain value is replaced, and by what.
VALUES = [
    (KANAI, "alliances.yaml", "allianceProduct", 1, "org/kinkei-system"),
    (KANAI, "alliances.yaml", "onBehalfOf", 1, "product/atc-x"),
    (KANAI, "alliances.yaml", "onBehalfOf", 2, "product/atc-x"),
    (KANAI, "alliances.yaml", "onBehalfOf", 3, "person/nishigaki"),
    (KANAI, "alliances.yaml", "participant", 2, "product/atc-x"),
    (KANAI, "alliances.yaml", "participant", 4, "technology/unix"),
    (KANAI, "alliances.yaml", "participant", 6, "region/tokyo"),
    (KANAI, "events.yaml", "partOfSeries", 1, "org/kinkei-system"),
    (KANAI, "events.yaml", "partOfSeries", 2, "region/tokyo"),
    (KANAI, "events.yaml", "organizedBy", 1, "product/atc-x"),
    (KANAI, "events.yaml", "organizedBy", 2, "region/tokyo"),
    (KANAI, "events.yaml", "locatedIn", 1, "org/kinkei-system"),
    (KANAI, "actors.yaml", "locatedIn", 1, "product/atc-x"),
    (KANAI, "actors.yaml", "provider", 1, "product/atc-x"),
    (KIRIHATA, "claims.yaml", "advancedBy", 1, "region/okinawa"),
    (KIRIHATA, "claims.yaml", "advancedBy", 3, "region/okinawa"),
    (KIRIHATA, "claims.yaml", "advancedBy", 4, "programme/industrial-cluster-policy"),
    (KIRIHATA, "policy.yaml", "organizedBy", 1, "region/okinawa"),
    (KIRIHATA, "policy.yaml", "locatedIn", 1, "org/meti"),
    (TECHNOLOGY, "claims.yaml", "advancedBy", 1, "dataset/dependence"),
    (TECHNOLOGY, "claims.yaml", "advancedBy", 2, "dataset/dependence"),
    (TECHNOLOGY, "figures.yaml", "dataSet", 1, "org/authors"),
    (TECHNOLOGY, "figures.yaml", "dataSet", 2, "org/authors"),
    (TECHNOLOGY, "figures.yaml", "lowerBound", 1, "50"),
    (TECHNOLOGY, "figures.yaml", "lowerBound", 2, "99"),
]
# Of a table: line and field from 1, and what is written there.
CELLS = [
    ("correlation", 2, 3, "1.221"),
    ("correlation", 3, 4, "2.379**"),
    ("correlation", 5, 5, "-3.2"),
    ("existence", 2, 2, "121%"),
    ("existence", 4, 4, "132%"),
    ("severity", 2, 2, "140%"),
    ("severity", 3, 3, "333%"),
    ("factors", 2, 2, "138%"),
    ("factors", 4, 3, "130%"),
    ("external-necessity", 3, 2, "101%"),
    ("external-practice", 2, 3, "999%"),
    ("internal-necessity", 2, 2, "100.5%"),
    ("internal-practice", 3, 3, "200%"),
    ("specialist-necessity", 2, 3, "150%"),
    ("specialist-practice", 3, 2, "110%"),
]


@dataclass(frozen=True)
class Planted:
    """A fault: where it was written."""

    file: str
    line: int
    column: int
    text: str


def plant_value(folder: Path, value: tuple[str, str, str, int, str]) -> Planted:
    document, file, key, occurrence, text = value
    path = folder / document / file
    lines = path.read_text(encoding="utf-8").split("\n")
    pattern = re.compile(rf"(\s*(?:- )?{key}: )([^\s\[{{>|][^\s]*)$")
    number, found = [(number, match) for number, line in enumerate(lines) if (match := pattern.match(line))][
        occurrence - 1
    ]
    lines[number] = found[1] + text
    path.write_text("\n".join(lines), encoding="utf-8")
    return Planted(f"{document}/{file}", number + 1, len(found[1]) + 1, text)


def plant_cell(folder: Path, table: str, line: int, column: int, text: str) -> Planted:
    path = folder / KIRIHATA / "tables" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    fields = lines[line - 1].split(",")
    fields[column - 1] = text
    lines[line - 1] = ",".join(fields)
    path.write_text("\n".join(lines), encoding="utf-8")
    return Planted(f"{KIRIHATA}/tables/{table}.csv", line, len(",".join(fields[: column - 1])) + 2, text)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Planted], list[Result]]:
    """All faults at once, each in a place of its own, and what validation says."""
    folder = tmp_path_factory.mktemp("cases") / "cases"
    shutil.copytree(cases_dir(), folder)
    planted = [plant_value(folder, value) for value in VALUES] + [plant_cell(folder, *cell) for cell in CELLS]
    data = read_data([str(path.parent) for path in sorted(folder.glob("*/document.yaml"))])
    return planted, list(check(data, shipped_shapes()).results)


def test_there_are_forty_places() -> None:
    assert len(VALUES) + len(CELLS) == 40


@pytest.mark.parametrize("number", range(40), ids=[" ".join(map(str, fault)) for fault in (*VALUES, *CELLS)])
def test_a_planted_fault_is_reported_where_it_stands(faulty: tuple[list[Planted], list[Result]], number: int) -> None:
    fault, results = faulty[0][number], faulty[1]
    there = [
        r
        for r in results
        if r.origin and (r.origin.file, r.origin.line, r.origin.column) == (fault.file, fault.line, fault.column)
    ]
    near = [str(r.origin) for r in results if r.origin and r.origin.file == fault.file]
    assert there, near
    wanted = re.match(r"-?[\d.]+", fault.text)
    for result in there:
        assert result.value is not None
        assert float(result.value.value) == float(wanted[0]) if wanted else str(result.value.value).endswith(fault.text)


def test_a_fault_in_a_table_names_its_cell(faulty: tuple[list[Planted], list[Result]]) -> None:
    cells = {r.origin.cell for r in faulty[1] if r.origin and r.origin.file.endswith("tables/correlation.csv")}
    assert {"r1c1", "r2c2", "r4c3"} <= cells


def test_every_other_result_follows_from_a_planted_fault(faulty: tuple[list[Planted], list[Result]]) -> None:
    files = {fault.file for fault in faulty[0]}
    found = {str(result.origin.file) for result in faulty[1] if result.origin}
    assert found
    assert found <= files
