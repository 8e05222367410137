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


def proposal(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return infer_map(str(path), "firm").splitlines()


@pytest.mark.parametrize("mark", [";", "|", "、"])
def test_cells_with_a_mark_between_texts_are_lists(tmp_path: Path, mark: str) -> None:
    lists = [f"commercialization{mark} basic research", "basic research", f"basic research{mark}commercialization"]
    lines = proposal(tmp_path, "code,phases\n" + "".join(f"A-{n},{text}\n" for n, text in enumerate(lists)))
    (line,) = [line for line in lines if "phases" in line]
    assert line.startswith("isAtStage: {column: phases, separator:")
    assert f'separator: "{mark}"' in line or f"separator: {mark}" in line


def test_the_key_is_a_column_of_codes_that_tell_all_rows_apart(tmp_path: Path) -> None:
    for text, key in (
        ("label,ref\nfirst one,x\nsecond one,y\n", "ref"),  # codes before texts
        ("ref,code\nx,1a\ny,2b\n", "code"),  # of two the one that is called a code
        ("ref,code\nx,1a\ny,1a\n", "ref"),  # what stands twice tells nothing apart
        ("ref,code\nx,1a\ny,\n", "ref"),  # nor does what is missing
        ("label,other\nfirst one,z\nsecond one,z\n", "label"),
    ):
        (line,) = [line for line in proposal(tmp_path, text) if line.startswith("id: ")]
        assert line == f"id: org/{{{key}}}  # every row has another '{key}'", text
    (line,) = [line for line in proposal(tmp_path, "a,b\nx,z\nx,z\n") if line.startswith("id: ")]
    assert "UNSURE: no column tells all rows apart" in line


def test_only_one_column_of_days_is_surely_the_date(tmp_path: Path) -> None:
    lines = proposal(tmp_path, "code,begun,ended\nA-1,1987-11-30,1988-01-31\nA-2,1990-02-13,1991-03-14\n")
    assert [line.startswith("# ") for line in lines if "is a date" in line] == [False, True]


@pytest.mark.parametrize(
    ("begun", "form"),
    [("25/07/99", "%d/%m/%y"), ("13.01.99", "%d.%m.%y"), ("07/25/2020", "%m/%d/%Y"), ("2020-7-25", "%Y-%m-%d")],
)
def test_the_form_of_days_is_the_one_that_reads_them(tmp_path: Path, begun: str, form: str) -> None:
    (line,) = [line for line in proposal(tmp_path, f"code,begun\nA-1,{begun}\n") if "is a date" in line]
    assert line.startswith(f'date: {{column: begun, format: "{form}"}}')


def test_days_that_two_forms_fit_are_unsure(tmp_path: Path) -> None:
    (line,) = [
        line for line in proposal(tmp_path, "code,begun\nA-1,01/02/1987\nA-2,03/04/1990\n") if "is a date" in line
    ]
    assert line.startswith("# ")
    assert "would fit too" in line


def test_a_column_of_keys_of_other_rows_may_be_a_link(tmp_path: Path) -> None:
    keys = [f"A-{number}" for number in range(5)]
    rows = "".join(f"{key},{keys[number - 1]}\n" for number, key in enumerate(keys))
    lines = proposal(tmp_path, f"code,parent\n{rows}")
    (line,) = [line for line in lines if "parent" in line]
    assert line.startswith("# affiliateOf: org/{parent}  # UNSURE: 100.0% of its values are keys of other rows")
    same = "".join(f"{key},A-1\n" for key in keys)  # one value links nothing
    assert not any("affiliateOf" in line for line in proposal(tmp_path, f"code,parent\n{same}"))
