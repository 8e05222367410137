"""The map that is proposed for a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.rows import KnownIds, TableConverter
from kg.loaders.tables.tables import TableSource

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


@pytest.mark.parametrize(
    "text",
    [
        "startup,founders,phase,rounds\nA-1,1,commercialization,0\nB-2,3,basic research,2\nC-3,2,commercialization,1\n",
        "id,company_name,company_city,company_country\n1,A,Oslo,NO\n2,B,Rome,IT\n",
        ",id,name\n0,1,A\n1,2,B\n",
        "code,name,name2,stage,stage2\n1,A,B,commercialization,commercialization\n2,C,D,basic research,\n",
        "code,name,stage\n" + "".join(f"{n},Firm {n},commercialization\n" for n in range(30)) + "31,X,unknown\n",
        "a{b,name\nx,A\ny,B\n",
        '"the\ncode",name\nx,A\ny,B\n',
        "company,since,until\nA,2001,2002\nB,1999,2003\n",
        "name,name 2\n企業,a\n会社,b\n",
        "id: x,# y,- z\n1,a,b\n2,c,d\n",
    ],
)
def test_what_is_proposed_loads(tmp_path: Path, text: str) -> None:
    """A row may only lack an id where the map says so."""
    proposed = proposal(tmp_path, text)
    source = TableSource(str(tmp_path / "t.csv"))
    known = KnownIds(lambda _: False, "https://w3id.org/motkg/id/t/")
    converter = TableConverter(parse_map("\n".join(proposed), "map.yaml").tables[0], "t", "t", known)
    frame = next(source.batches(converter.columns))
    converter.define(frame)
    known.close()
    rejected = converter.convert(frame).rejects
    assert bool(rejected) == any("would get no id" in line for line in proposed)


@pytest.mark.parametrize(
    ("heading", "values"),
    [("founders", ["1", "3", "2"]), ("type", ["commercialization"] * 3), ("rounds", ["0", "2", "1"])],
)
def test_a_column_of_numbers_or_of_one_word_is_no_stage(tmp_path: Path, heading: str, values: list[str]) -> None:
    rows = "".join(f"A-{number},{value}\n" for number, value in enumerate(values))
    (line,) = [line for line in proposal(tmp_path, f"code,{heading}\n{rows}") if f"{{{heading}}}" in line]
    assert line.startswith("# ")
    assert "UNSURE" in line


@pytest.mark.parametrize(
    ("values", "value"),
    [
        (["1,234", "5"], '{column: v, thousands: ","}'),
        (["1,5", "12"], '{column: v, decimal: ","}'),
        (["1.234,5", "7"], '{column: v, thousands: ".", decimal: ","}'),
        (["1 234", "7"], '{column: v, thousands: " "}'),
        (["1.5", "7"], '"{v}"'),
    ],
)
def test_numbers_are_shown_with_their_marks(tmp_path: Path, values: list[str], value: str) -> None:
    rows = "".join(f'A-{number},"{text}"\n' for number, text in enumerate(values))
    (line,) = [line for line in proposal(tmp_path, f"code,v\n{rows}") if "UNSURE: numbers" in line]
    assert line.startswith(f"# value: {value}  # UNSURE")
    assert ("would fit too" in line) == ("1,234" in values)


def test_a_delimiter_is_the_one_that_all_rows_agree_on(tmp_path: Path) -> None:
    lines = proposal(tmp_path, "id;Umsatz, Mio. EUR;name\n1;1,5;A\n2;2;B\n3;3,25;C\n")
    assert lines[:2] == [
        f"# Guessed from 3 rows of {tmp_path}/t.csv; read it before you load with it.",
        "delimiter: ;  # the heading is 2 cells and not 3 otherwise",
    ]
    assert not any(line.startswith("delimiter") for line in proposal(tmp_path, "id,tags\n1,a;b\n2,c;d\n"))


def test_rows_that_break_the_form_are_told(tmp_path: Path) -> None:
    rows = "".join(f"{number},A\n" for number in range(20))
    assert "# Left out: 1 row with another number of cells than the heading." in proposal(
        tmp_path, f"id,name\n{rows}99,B,C\n"
    )


@pytest.mark.parametrize(
    ("encoding", "name", "told"),
    [
        ("utf-8", "企業", ""),
        ("utf-8-sig", "企業", ""),
        ("utf-16", "Müller", ""),
        ("utf-16-le", "Müller", "utf-16-le"),
        ("utf-16-be", "Müller", "utf-16-be"),
        ("cp932", "企業", "cp932"),
        ("cp932", "カイシャ", "cp932"),
        ("cp1252", "Müller \u2013 Söhne", "cp1252"),
        ("latin-1", "Müller", "cp1252"),
    ],
)
def test_the_encoding_of_a_table_is_proposed(tmp_path: Path, encoding: str, name: str, told: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"code,name\nA-1,{name}\nA-2,{name} 2\n".encode(encoding))
    proposed = infer_map(str(path))
    (table,) = parse_map(proposed, "map.yaml").tables
    assert table.encoding == told
    assert ("encoding:" in proposed) == bool(told)
    (frame,) = TableSource(str(path), encoding=table.encoding).batches(["name"])
    assert frame["name"][0] == name


def test_columns_that_no_text_can_say_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 1, "name": "A", "owner": [{"n": "x"}]}\n', encoding="utf-8")
    lines = infer_map(str(path)).splitlines()
    assert [line.partition("  # ")[0] for line in lines[1:]] == [
        *("id: org/{id}", "type: Firm", 'identifier: "{id}"', 'name: "{name}"', "# owner: ?")
    ]


@pytest.mark.parametrize(
    ("text", "skip"),
    [
        ("Firms of 2020\n\nid,name\n1,A\n2,B\n", 2),
        ("Firms of 2020\nSource: x\nid;name\n1;A\n2;B\n", 2),
        ("id,name\n1,A\n2,B\nSource: x\n" + "".join(f"{number},A\n" for number in range(3, 20)), 0),
        ("\nid,name\n1,A\n", 0),
        ("code,name\n" + "".join(f"{number},A,x\n" for number in range(20)), 0),  # headings for all columns but one
    ],
)
def test_lines_above_a_heading_are_proposed_to_be_skipped(tmp_path: Path, text: str, skip: int) -> None:
    lines = proposal(tmp_path, text)
    assert [line for line in lines if line.startswith("skip:")] == (
        [f"skip: {skip}  # UNSURE: what stands above the rows has another number of cells"] if skip else []
    )
    assert ("id: org/{id}" in "".join(lines)) == (not text.startswith("code"))
