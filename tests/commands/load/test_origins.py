"""From a thing of a store back to the rows of the tables that it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.commands.load import LoadRequest, load
from kg.commands.load.origins import Row, rows_of

TABLES = Path(__file__).parents[2] / "data" / "firm-tables"
IDS = "https://w3id.org/motkg/id/firms/"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("origins") / "store"
    load(
        LoadRequest(tuple(map(str, sorted(TABLES.glob("*.csv")))), target, TABLES / "map.yaml", alone=True, close=False)
    )
    return target


def rows(store: Path, local: str) -> set[tuple[str, int]]:
    return {(row.table, row.row) for row in rows_of(store, [IDS + local])[IDS + local]}


def test_a_thing_has_every_row_that_speaks_of_it(store: Path) -> None:
    assert rows(store, "org/example-cobalt") == {("firms", 3), ("assessments", 4), ("practices", 4), ("practices", 5)}


def test_a_thing_inside_another_has_the_rows_of_that(store: Path) -> None:
    assert rows(store, "alliance/beryl-cobalt/participation/example-beryl") == {("alliances", 2)}


def test_what_no_row_speaks_of_has_none(store: Path) -> None:
    assert rows(store, "org/nobody") == set()


def test_a_table_that_was_changed_since_is_told(tmp_path: Path) -> None:
    table, target = tmp_path / "firms.csv", tmp_path / "store"
    table.write_text("code\n1\n2\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text("id: org/{code}\ntype: Firm\n", encoding="utf-8")
    load(LoadRequest((str(table),), target, tmp_path / "map.yaml", alone=True, close=False))
    table.write_text("code\n2\n1\n", encoding="utf-8")
    iri = f"{IDS}org/1"
    assert rows_of(target, [iri]) == {iri: [Row(str(table), "firms", 2, changed=True)]}
