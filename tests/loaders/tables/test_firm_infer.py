"""The map that is proposed for a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map

if TYPE_CHECKING:
    from pathlib import Path

REGISTER = """\
number;company;社名;phase;founded;problem;how bad;remark
A-1;Aster;朝顔;Commercialization;31.12.1987;Funding;serious;
A-2;Beryl;緑柱石;Basic Research;01.02.1990;motivation;very serious;x
"""


@pytest.fixture
def proposed(tmp_path: Path) -> str:
    path = tmp_path / "firms.csv"
    path.write_text(REGISTER, encoding="utf-8")
    return infer_map(str(path), "small firm")


@pytest.mark.parametrize(
    "line",
    [
        "delimiter: ;  # the heading is one cell otherwise",
        "id: org/{number}  # every row has another 'number'",
        "type: SmallFirm  # as asked for",
        'name: "{company}"  # called company, and the texts are in Latin letters',
        'nameJa: "{社名}"  # called 社名, and 100% of the texts are Japanese',
        'isAtStage: "{phase}"  # 100.0% of its values are concepts of that scheme',
        'date: {column: founded, format: "%d.%m.%Y"}  # every value is a date',
        'facesFactor: {factor: "{problem}", severity: "{how bad}"}  # the columns above together',
        '# altName: "{remark}"  # UNSURE: the texts are in Latin letters; choose a word, or leave it out',
    ],
)
def test_a_column_is_recognised_by_its_values(proposed: str, line: str) -> None:
    assert line in proposed.splitlines()


def test_the_proposed_map_is_a_map(proposed: str) -> None:
    (table,) = parse_map(proposed, "map.yaml").tables
    assert [inner.word.name for inner in table.thing.inner] == ["facesFactor"]
    assert [value.word.name for value in table.thing.values] == ["identifier", "name", "nameJa", "isAtStage", "date"]
