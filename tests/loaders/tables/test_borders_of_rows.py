"""Borders of tables and their rows: cells, ids, links, rejects, databases, and the way back to a cell."""

from __future__ import annotations

import csv
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

import kg.loaders.tables as package
from kg.core.errors import InputError, LimitError, StoreError
from kg.core.origin import Origin
from kg.core.terms import RDF_TYPE, expand, term
from kg.loaders.tables import databases
from kg.loaders.tables.databases import PASSWORD, confine_sqlite, frame_of_rows
from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.readers import ROW, Reject, Rejects, texts
from kg.loaders.tables.rows import KnownIds, TableConverter, absolute
from kg.loaders.tables.tables import TableSource
from kg.loaders.tables.textfiles import unclosed_quote
from kg.loaders.tables.tracing import cells_of, rows_with, tables_of, wanted_ids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "https://w3id.org/motkg/id/register/"
FIRM = "id: org/{code}\ntype: Firm\n"


def test_the_package_gives_what_it_lists() -> None:
    for name in package.__all__:
        assert getattr(package, name).__name__ == name


def loaded(
    tmp_path: Path, text: str, *tables: str, elsewhere: Callable[[str], bool] = lambda _: False
) -> tuple[set[str], list[Reject]]:
    """Convert the tables of a map as a load does; return the statements, short of the prefixes, and the faults."""
    known = KnownIds(elsewhere, BASE)
    converters = []
    for number, (described, content) in enumerate(zip(parse_map(text, "map.yaml").tables, tables, strict=True)):
        path = tmp_path / f"{described.table or f't{number}'}.csv"
        path.write_text(content, encoding="utf-8")
        source = TableSource(str(path), described.delimiter, empty=described.empty)
        converter = TableConverter(described, source.name, "register", known)
        converter.check_columns(source.open())
        for frame in source.batches(converter.id_columns()):
            converter.define(frame)
        converters.append((source, converter))
    known.close()
    lines, rejects = b"", []
    for source, converter in converters:
        for frame in source.batches(converter.columns):
            found = converter.convert(frame)
            made = b"".join(found.pieces)
            assert found.statements == made.count(b"\n")
            assert found.rejected_rows == len({reject.row for reject in found.rejects})
            assert found.rows == len(frame)
            lines += made
            rejects += found.rejects
    short = {
        str(quad.triple).replace(f"<{BASE}", "<").replace("https://w3id.org/motkg/", "")
        for quad in parse(lines, RdfFormat.N_TRIPLES)
    }
    return short, rejects


def faults(rejects: list[Reject]) -> list[tuple[int, str, str, str, str]]:
    return [(each.row, each.column, each.value, each.reason, each.expected) for each in rejects]


# Cells


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("a-1", "a-1"),
        ("A 1", "a-1"),
        ("--a__1--", "a-1"),
        ("Éclair", "eclair"),
        ("\uff21\uff22", "ab"),
        ("C#", "c"),
        ("#", None),
        ("株式会社", None),
        ("a株", None),
        ("ø", "o"),
        ("ßæœłđðþħŧŋƒ", "ssaeoelddthhtnf"),
        ("ч", None),
    ],
)
def test_a_part_of_an_id_is_made_of_latin_letters_and_digits(tmp_path: Path, written: str, slug: str | None) -> None:
    statements, rejects = loaded(tmp_path, FIRM, f"code\n{written}\n")
    if slug:
        assert rejects == []
        assert f"<org/{slug}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <ontology/Firm>" in statements
    else:
        expected = "a column of codes in Latin letters or digits, or lookup:"
        assert faults(rejects) == [(1, "code", written, "no id can be made from {}", expected)]


ERRORS = [
    *("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA"),
    *("#SPILL!", "#CALC!", "#FIELD!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#BUSY!"),
]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_of_a_spreadsheet_is_a_fault(tmp_path: Path, error: str) -> None:
    statements, rejects = loaded(tmp_path, f'{FIRM}name: "{{v}}"\n', f"code,v\n1,{error}\n2,x\n")
    expected = "a value, or what stands for none in the map: empty: ['#N/A']"
    assert faults(rejects) == [(1, "v", error, "{} is an error of a spreadsheet", expected)]
    assert any('"x"@en' in line for line in statements)
    _, rejects = loaded(tmp_path, f"{FIRM}empty: '{error}'\nname: '{{v}}'\n", f"code,v\n1,{error}\n")
    assert rejects == []


@pytest.mark.parametrize(
    ("word", "written", "fine"),
    [
        ("date", "2020-02-29", True),
        ("date", "2019-02-29", False),
        ("date", "2019-02-28Z", True),
        ("date", "-0400-02-29", True),
        ("date", "12000-02-29", True),
        ("date", "12100-02-29", False),
        ("value", "1.5", True),
        ("value", "1,5", False),
        ("sampleSize", "47", True),
        ("sampleSize", "47.0", False),
        ("year", "1987", True),
        ("year", "87", False),
    ],
)
def test_a_value_is_in_the_form_of_its_datatype(tmp_path: Path, word: str, written: str, fine: bool) -> None:  # noqa: FBT001 - a column of the table
    statements, rejects = loaded(tmp_path, f"{FIRM}{word}: '{{v}}'\n", f'code,v\n1,"{written}"\n2,\n')
    assert any(f'"{written}"^^' in line for line in statements) is fine
    assert [(each.row, each.column, each.reason) for each in rejects] == (
        [] if fine else [(1, "v", f"{{}} cannot be the value of '{word}'")]
    )
    assert all(each.expected for each in rejects)


def test_a_value_of_several_cells_names_all_of_them(tmp_path: Path) -> None:
    text = f"{FIRM}date: '{{y}}-{{m}}-01'\n"
    statements, rejects = loaded(tmp_path, text, "code,y,m\n1,2020,02\n2,2020,13\n3,,01\n")
    assert any('"2020-02-01"^^' in line for line in statements)
    assert faults(rejects) == [
        (2, "y, m", "2020-13-01", "{} cannot be the value of 'date'", "a day of the calendar such as 1987-11-06")
    ]


def test_concepts_classes_and_defaults(tmp_path: Path) -> None:
    text = "id: org/{code}\ntype: '{kind}'\nisAtStage: {column: s, separator: ';', lookup: {c: commercialization}, default: basic-research}\n"
    content = "code,kind,s\n1,firm,c;sales\n2,Small Firm,\n3,frim,c\n4,,c; basic research\n"
    statements, rejects = loaded(tmp_path, text, content)
    kinds = {line.split(" ")[0]: line.split(" ")[2] for line in statements if "#type>" in line}
    assert kinds == {"<org/2>": "<ontology/SmallFirm>"}
    assert "<org/4> <ontology/isAtStage> <concept/stage/commercialization>" in statements
    assert "<org/4> <ontology/isAtStage> <concept/stage/basic-research>" in statements
    assert [(each.row, each.column, each.value, each.reason) for each in rejects] == [
        (1, "s", "sales", "{} is no concept of scheme stage"),
        (3, "kind", "frim", "{} is no class of the ontology"),
    ]
    assert "firm" in rejects[1].near


@pytest.mark.parametrize(
    ("words", "statement"),
    [
        ("isAtStage: commercialization", "<ontology/isAtStage> <concept/stage/commercialization>"),
        ("isAtStage: concept:stage/commercialization", "<ontology/isAtStage> <concept/stage/commercialization>"),
        ("about: concept:stage/commercialization", "<ontology/about> <concept/stage/commercialization>"),
        ("about: 'concept:stage/{v}'", "<ontology/about> <concept/stage/commercialization>"),
        ("about: {column: v, scheme: stage}", "<ontology/about> <concept/stage/commercialization>"),
        ("affiliateOf: org/x", "<ontology/affiliateOf> <org/x>"),
        ("affiliateOf: ../other/org/x", "<ontology/affiliateOf> <id/other/org/x>"),
        ("affiliateOf: {column: v, reference: '../other/org/{}', dangling: keep}",
         "<ontology/affiliateOf> <id/other/org/commercialization>"),
        ("sampleSize: 47", '<ontology/sampleSize> "47"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("printed: '{v}'", '<ontology/printedValue> "commercialization"'),
        ("printed: 'a {v} b'", '<ontology/printedValue> "a commercialization b"'),
    ],
)  # fmt: skip
def test_constants_templates_and_links_become_their_terms(tmp_path: Path, words: str, statement: str) -> None:
    statements, rejects = loaded(tmp_path, f"{FIRM}{words}\n", "code,v\n1,commercialization\n2,\n")
    assert rejects == []
    assert f"<org/1> {statement}" in statements
    assert (f"<org/2> {statement}" in statements) is ("v" not in words.partition(": ")[2].replace("value", ""))


# Ids


def test_a_row_without_an_id_and_one_with_the_id_of_another_are_faults(tmp_path: Path) -> None:
    statements, rejects = loaded(tmp_path, f'{FIRM}name: "{{n}}"\n', "code,n\na,1\n,2\na,3\nb,4\nA,5\n")
    assert faults(rejects) == [
        (2, "code", "", "the row has no id: the cell is empty", ""),
        (3, "code", "a", "{} is the id of row 1 too", ""),
        (5, "code", "A", "{} is the id of row 1 too", ""),
    ]
    assert [each.shown for each in rejects[1:]] == ["org/a", "org/a"]
    assert sum("#label" in line for line in statements) == 2


def test_rows_of_tables_that_continue_may_share_an_id_made_from_one_text(tmp_path: Path) -> None:
    text = f"{FIRM}continues: true\nname: '{{n}}'\n"
    _, rejects = loaded(tmp_path, text, "code,n\nC#,1\nC#,2\nC++,3\n c#,4\nd,5\nd,6\n")
    assert faults(rejects) == [
        (
            3,
            "code",
            "C++",
            "{} gives the id org/c of 'C#' in row 1",
            "one text for one thing, and ids that differ for two",
        ),
        (
            4,
            "code",
            "c#",
            "{} gives the id org/c of 'C#' in row 1",
            "one text for one thing, and ids that differ for two",
        ),
    ]


def test_ids_are_held_against_those_of_all_tables(tmp_path: Path) -> None:
    text = "tables:\n- {table: a, id: 'org/{x}', type: Firm}\n- {table: b, id: 'org/{x}', type: Firm, affiliateOf: 'org/{p}'}\n"
    _, rejects = loaded(tmp_path, text, "x\n1\n2\n", "x,p\n3,1\n2,3\n4,9\n5,\n")
    assert [(each.table, each.row, each.column, each.reason, each.shown) for each in rejects] == [
        ("b", 2, "x", "{} is the id of row 2 of a too", "org/2"),
        ("b", 3, "p", "the link to {} leads to nothing", "org/9"),
    ]
    assert rejects[1].expected == "a row with that id, or dangling: keep in the map"


def test_what_a_store_knows_may_be_linked_to(tmp_path: Path) -> None:
    asked: list[str] = []

    def elsewhere(iri: str) -> bool:
        asked.append(iri)
        return iri.endswith("/9") or "/other/" in iri

    text = f"{FIRM}affiliateOf: ['org/{{p}}', {{column: q, reference: '../other/org/{{}}'}}]\n"
    statements, rejects = loaded(tmp_path, text, "code,p,q\n1,9,5\n2,9,\n3,8,\n", elsewhere=elsewhere)
    assert [(each.row, each.shown) for each in rejects] == [(3, "org/8")]
    assert "<org/1> <ontology/affiliateOf> <id/other/org/5>" in statements
    assert sorted(asked) == ["https://w3id.org/motkg/id/other/org/5", f"{BASE}org/8", f"{BASE}org/9"]
    assert absolute("../other/org/5", BASE) == "https://w3id.org/motkg/id/other/org/5"
    assert absolute("org/5", BASE) == f"{BASE}org/5"


def test_things_inside_have_ids_of_their_own_or_of_their_parts(tmp_path: Path) -> None:
    text = (
        f"{FIRM}offers: {{id: 'technology/{{t}}', type: Technology, name: '{{n}}'}}\n"
        "facesFactor: {factor: '{f}', stage: '{s}'}\nformation: {tieCreationMode: '{m}'}\n"
    )
    content = (
        "code,t,n,f,s,m\n1,x,X,funding,commercialization,random-search\n2,,,funding,,\n3,x,X,,commercialization,\n"
    )
    statements, rejects = loaded(tmp_path, text, content)
    assert rejects == []
    assert "<org/1> <ontology/offers> <technology/x>" in statements
    assert '<technology/x> <http://www.w3.org/2000/01/rdf-schema#label> "X"@en' in statements
    assert "<org/1> <ontology/facesFactor> <org/1/assessment/funding-commercialization>" in statements
    assert "<org/2> <ontology/facesFactor> <org/2/assessment/funding>" in statements
    assert not any(line.startswith("<org/3> <ontology/facesFactor>") for line in statements)
    assert [line for line in statements if "ontology/formation>" in line] == [
        "<org/1> <ontology/formation> <org/1/formation>"
    ]


def test_things_inside_are_told_apart_by_their_texts(tmp_path: Path) -> None:
    text = f"{FIRM}offers: {{id: 'technology/{{t}}', type: Technology}}\n"
    _, rejects = loaded(tmp_path, text, "code,t\n1,C#\n2,C++\n3,C#\n")
    assert [(each.row, each.column, each.reason) for each in rejects] == [
        (2, "t", "{} gives the id technology/c of 'C#' in row 1")
    ]


@pytest.mark.parametrize(
    ("written", "parent", "fine"), [("C#", "C#", True), ("C#", "c", False), ("c", "c", True), ("c", "C#", False)]
)
def test_a_link_is_written_as_the_id_that_it_leads_to(tmp_path: Path, written: str, parent: str, fine: bool) -> None:  # noqa: FBT001 - a column of the table
    _, rejects = loaded(tmp_path, f"{FIRM}affiliateOf: 'org/{{p}}'\n", f"code,p\n{written},\n1,{parent}\n")
    assert faults(rejects) == (
        []
        if fine
        else [
            (
                2,
                "p",
                parent,
                "the link to {} leads to what is called by another text",
                "the text as in the row that defines the id",
            )
        ]
    )


def test_lists_make_a_thing_for_each_item(tmp_path: Path) -> None:
    text = f"{FIRM}facesFactor: {{factor: {{column: f, separator: ';'}}}}\n"
    statements, _ = loaded(tmp_path, text, "code,f\n1,funding; human resources;;\n2, ; \n")
    assert {line.split("/")[-1] for line in statements if line.startswith("<org/1> <ontology/facesFactor>")} == {
        "funding>",
        "human-resources>",
    }
    assert not any("facesFactor" in line for line in statements if line.startswith("<org/2>"))


@pytest.mark.parametrize(
    ("heading", "message", "expected"),
    [
        ("a;code", "the heading of the table t0 is one cell, 'a;code'", 'delimiter: ";" in the map'),
        ("a\tcode", "the heading of the table t0 is one cell, 'a code'", "delimiter: tab in the map"),
        ("a|code", "the heading of the table t0 is one cell, 'a|code'", 'delimiter: "|" in the map'),
        ("a", "the table t0 has no column 'code'", "one of its columns: a"),
        ("a,b;c", "the table t0 has no column 'code'", "one of its columns: a, b;c"),
        (
            ",".join("abcdefghij"),
            "the table t0 has no column 'code'",
            "one of its columns: a, b, c, d, e, f, g, h, i, j",
        ),
        (
            ",".join("abcdefghijk"),
            "the table t0 has no column 'code'",
            "one of its columns: a, b, c, d, e, f, g, h, i, j, …",
        ),
    ],
)
def test_a_column_that_is_missing_is_told_with_those_that_are_there(
    tmp_path: Path, heading: str, message: str, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, FIRM, f"{heading}\n1\n")
    (problem,) = caught.value.problems
    assert (problem.message, problem.expected) == (message, expected)
    assert (problem.file, problem.line) == ("map.yaml", 1)


# Rejects


def test_a_fault_is_a_problem_at_its_row() -> None:
    fault = Reject("firms", 3, "v", "x", "{} is wrong", "another", ("y",))
    problem = fault.problem()
    assert (problem.file, problem.message, problem.expected, problem.near) == (
        "firms: row 3, column 'v'",
        "'x' is wrong",
        "another",
        ("y",),
    )
    assert (problem.line, problem.column) == (0, 0)
    assert Reject("firms", 3, "", "x", "wrong").problem().file == "firms: row 3"
    assert Reject("firms", 3, "v", "x", "{}", shown="org/x").problem().message == "'org/x'"
    assert Reject("firms", 3, "v", "x" * 200, "{}").problem().message == f"'{'x' * 200}'"
    assert Reject("firms", 3, "v", "x" * 201, "{}").problem().message == f"'{'x' * 200}…'"


def test_all_faults_are_written_and_the_first_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    rejects = Rejects(path, kept=2)
    unknown = Reject("t", 1, "s", "x", "{} is no concept of scheme stage", "e", ("a", "b"))
    plain = Reject("t", 2, "v", "y", "{} is wrong", shown="org/y")
    near = Reject("t", 3, "k", "z", "{} is no class", near=("firm",))
    rejects.add([unknown], 1)
    rejects.add([unknown, plain, near], 3)
    rejects.close()
    assert (rejects.count, rejects.rows, rejects.first) == (4, 4, [unknown, unknown])
    assert rejects.unmatched == {("s", "x"): 2, ("k", "z"): 1}
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["table", "row", "column", "value", "reason", "expected", "near"],
        *[["t", "1", "s", "x", "'x' is no concept of scheme stage", "e", "a b"]] * 2,
        ["t", "2", "v", "y", "'org/y' is wrong", "", ""],
        ["t", "3", "k", "z", "'z' is no class", "", "firm"],
    ]
    assert Rejects().kept == 20
    with pytest.raises(StoreError, match="Is a directory"):
        Rejects(tmp_path)


# What cells become


@pytest.mark.parametrize(
    # made in the test: the threads of Polars begin with the first series
    ("make", "told"),
    [
        (lambda: pl.Series([" x ", "", " ", None]), ["x", None, None, None]),
        (lambda: pl.Series([2.0, 0.1, None, 1e-7]), ["2", "0.1", None, "1e-7"]),
        (lambda: pl.Series([True, False]), ["true", "false"]),
        (lambda: pl.Series([date(2020, 1, 2)]), ["2020-01-02"]),
        (lambda: pl.Series([datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)]),
         ["2020-01-02", "2020-01-02 03:04:05"]),
        (lambda: pl.Series([timedelta(days=1, hours=2)]), ["P1DT2H"]),
        (lambda: pl.Series([Decimal("1.10")]), ["1.10"]),
        (lambda: pl.Series(["a", " b"], dtype=pl.Categorical), ["a", "b"]),
        (lambda: pl.Series(["a"], dtype=pl.Enum(["a"])), ["a"]),
        (lambda: pl.Series([["x ", ""], None]), [["x", None], None]),
        (lambda: pl.Series([[1.0, 2.5]]), [["1", "2.5"]]),
        (lambda: pl.Series([b"x"]), ["x"]),
        (lambda: pl.Series([None]), [None]),
    ],
)  # fmt: skip
def test_cells_of_every_type_are_texts(make: Callable[[], pl.Series], told: list[Any]) -> None:
    values = make()
    frame = pl.DataFrame([pl.Series(ROW, range(len(values))), values.alias("v")])
    assert texts(frame, ["v"], "t")["v"].to_list() == told


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, lambda: pl.Enum(["n/a", " - ", "x", ""])])
def test_texts_that_mean_nothing_are_nothing(kind: Callable[[], pl.DataType]) -> None:
    frame = pl.DataFrame([pl.Series(ROW, [1, 2, 3, 4]), pl.Series("v", ["n/a", " - ", "x", ""], dtype=kind())])
    assert texts(frame, ["v"], "t", ("n/a", "-"))["v"].to_list() == [None, None, "x", None]
    assert texts(frame, ["v"], "t")["v"].to_list() == ["n/a", "-", "x", None]
    assert texts(frame, [], "t").columns == [ROW]


# Names of tables


@pytest.mark.parametrize(
    ("written", "location", "table", "name", "ending"),
    [
        ("a/firms.csv", "a/firms.csv", "", "firms", "csv"),
        ("a/firms.CSV.GZ", "a/firms.CSV.GZ", "", "firms", "csv"),
        ("a/firms.tsv.zst", "a/firms.tsv.zst", "", "firms", "tsv"),
        ("a/my.firms.csv", "a/my.firms.csv", "", "my.firms", "csv"),
        ("a/r.db::firms", "a/r.db", "firms", "firms", "db"),
        ("a/r.xlsx::My Firms", "a/r.xlsx", "My Firms", "My Firms", "xlsx"),
        ("postgresql://host/db::firms", "postgresql://host/db", "firms", "firms", ""),
        ("firms", "firms", "", "firms", ""),
    ],
)
def test_a_table_is_named_by_its_file_or_after_two_colons(
    written: str, location: str, table: str, name: str, ending: str
) -> None:
    source = TableSource(written)
    assert (source.location, source.table, source.name, source.ending) == (location, table, name, ending)
    assert (source.path is None) is ("://" in written)
    assert TableSource("a/firms.xlsx", sheet="S").table == "S"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:hush@host/db",
        "postgresql://me:@host/db",
        "postgresql://host/db?password=x",
        "postgresql://host/db?a=b&passwd=x",
        "postgresql://host/db;PWD=x",
        "mssql://?odbc_connect=DRIVER%3Dx%3BPWD%3Dy",
        "mssql://?odbc_connect=DRIVER%253Dx%253BPWD%253Dy",
        "x://host/?token=x",
        "x://host/?my_secret=x",
        "x://host/?api_key=x",
        "x://host/?apikey=x",
        "x://host/?passphrase=x",
    ],
)
def test_an_address_with_a_password_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="the address holds a password") as caught:
        TableSource(f"{address}::t")
    assert caught.value.problems[0].file == f"{address.partition(':')[0]}://…"


@pytest.mark.parametrize(
    "address",
    ["postgresql://me@host/db", "postgresql://host/db?passenger=x", "postgresql://host/db?a=pwd", "x://host/password"],
)
def test_an_address_without_a_password_is_kept(address: str) -> None:
    assert TableSource(f"{address}::t").location == address


# Text files


def test_places_in_json_lines_are_those_of_the_objects(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n\n{"a": 2}\n', encoding="utf-8")
    source = TableSource(str(path))
    assert source.places([(1, 1), (2, 1)]) == {(1, 1): (1, 1), (2, 1): (3, 1)}
    assert TableSource(str(tmp_path / "t.parquet")).places([(1, 1)]) == {}


@pytest.mark.parametrize(
    ("text", "line"), [('a\n"x\n', 2), ('a\n"x"\n', 0), ('a\n\n1\n"x\ny\n', 4), ('a\nx"y\n', 0), ("", 0)]
)
def test_the_row_of_an_open_quotation_mark(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert unclosed_quote(TableSource(str(path)), ",", "") == line


def test_a_delimiter_of_the_map_parts_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\n1;2,3\n", encoding="utf-8")
    source = TableSource(str(path), delimiter=";")
    (frame,) = source.batches(["b"])
    assert frame["b"].to_list() == ["2,3"]
    assert source.places([(1, 2)]) == {(1, 2): (2, 3)}


def test_lists_and_objects_of_json_keep_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": "x", "b.c": "y"}\n{"a": ["é", 1.5, null], "b.c": "z"}\n{"a": null}\n', encoding="utf-8")
    source = TableSource(str(path))
    (frame,) = source.batches(["a", "b.c"])
    assert frame["a"].to_list() == [["x"], ["é", "1.5", None], None]
    assert frame["b.c"].to_list() == ["y", "z", None]


def test_an_object_among_texts_is_a_fault_that_is_shown_as_written(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": "x"}\n{"a": {"k": "ü"}}\n', encoding="utf-8")
    source = TableSource(str(path))
    (frame,) = source.batches(["a"])
    assert frame[ROW].to_list() == [1]
    assert [(each.row, each.column, each.value, each.reason) for each in source.malformed] == [
        (2, "a", '{"k": "ü"}', "{} is an object, where other rows have a text")
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "the line is no JSON: Expecting property name enclosed in double quotes at column 2"),
        ("[1]", "the line is no JSON object"),
        ("[" * 33 + "]" * 33, "the line is nested deeper than 32 levels at column 33"),
    ],
)
def test_a_line_that_is_no_object_is_a_fault(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f'{line}\n{{"a": 1}}\n', encoding="utf-8")
    source = TableSource(str(path))
    (frame,) = source.batches(["a"])
    assert frame[ROW].to_list() == [2]
    assert [(each.row, each.value, each.reason) for each in source.malformed] == [(1, line, reason)]
    path.write_bytes(b'{"a": "\xff"}\n{"a": 1}\n')
    source = TableSource(str(path))
    assert [len(frame) for frame in source.batches(["a"])] == [1]
    assert [each.reason for each in source.malformed] == ["the line is not UTF-8"]


# Arrow and Parquet


@pytest.mark.parametrize("ending", ["parquet", "arrow", "feather"])
def test_rows_of_binary_tables_are_numbered_over_their_batches(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    content = pa.table({"a": list(range(5)), "o": [{"m": number} for number in range(5)]})
    if ending == "parquet":
        parquet.write_table(content, path, row_group_size=2)
    else:
        feather.write_feather(content, path, compression="uncompressed", chunksize=2)
    source = TableSource(str(path))
    reader = source.open()
    assert (reader.columns, reader.rows) == (("a", "o.m"), 5 if ending == "parquet" else None)
    frames = list(source.batches(["o.m"]))
    assert [row for frame in frames for row in frame[ROW].to_list()] == [1, 2, 3, 4, 5]
    assert [text for frame in frames for text in frame["o.m"].to_list()] == ["0", "1", "2", "3", "4"]


# Databases


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        ("x", "x"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (2.0, "2"),
        (0.1, "0.1"),
        (Decimal("1E+2"), "100"),
        (datetime(2020, 1, 2, tzinfo=UTC).replace(tzinfo=None), "2020-01-02"),
        (datetime(2020, 1, 2, 3, 4, tzinfo=UTC).replace(tzinfo=None), "2020-01-02 03:04:00"),
        (date(2020, 1, 2), "2020-01-02"),
        (b"\xc3\xa9", "é"),
        (bytearray(b"x"), "x"),
        (memoryview(b"x"), "x"),
        ({"k": "é", "d": date(2020, 1, 2)}, '{"k": "é", "d": "2020-01-02"}'),
    ],
)
def test_values_of_drivers_are_texts(value: object, told: str | None) -> None:
    frame = frame_of_rows([(value, [value])], ["a", "b"], 5, "db")
    assert frame.rows() == [(5, told, [told])]
    assert frame.schema == {ROW: pl.UInt32, "a": pl.String, "b": pl.List(pl.String)}


def test_a_column_with_a_list_is_of_lists() -> None:
    frame = frame_of_rows([(("x", 1),), ("y",), (None,)], ["a"], 1, "db")
    assert frame["a"].to_list() == [["x", "1"], ["y"], None]
    assert frame[ROW].to_list() == [1, 2, 3]
    assert frame_of_rows([], ["a"], 1, "db").rows() == []


def test_bytes_that_are_no_text_are_refused_at_their_row() -> None:
    with pytest.raises(InputError) as caught:
        frame_of_rows([("x", 1), (b"\xff", 2), (b"\xfe", 3)], ["a", "b"], 7, "db")
    (problem,) = caught.value.problems
    assert (problem.file, problem.message) == ("db: row 8, column 'a'", "the cell holds bytes that are no text")


def database(path: Path, *statements: str) -> Path:
    made = sqlite3.connect(path)
    for statement in statements:
        made.execute(statement)
    made.commit()
    made.close()
    return path


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_the_table_of_a_database_is_the_only_one_or_the_one_that_is_named(tmp_path: Path, prefix: str) -> None:
    quoted = '"my ""firms"""'
    one = database(tmp_path / "one.db", f"CREATE TABLE {quoted} (a, b)", f"INSERT INTO {quoted} VALUES (1, 'x')")  # noqa: S608 - made-up data
    source = TableSource(f"{prefix}{one}")
    assert source.open().columns == ("a", "b")
    assert source.open().rows == (None if prefix else 1)
    assert [frame.rows() for frame in source.batches(["b"])] == [[(1, "x")]]
    assert [frame.rows() for frame in source.batches([])] == [[(1,)]]
    none = database(tmp_path / "none.db", "CREATE TABLE x (a)", "DROP TABLE x")
    with pytest.raises(InputError, match=r"the database holds no table$"):
        TableSource(f"{prefix}{none}").open()
    two = database(tmp_path / "two.db", "CREATE TABLE firms (a)", "CREATE TABLE deals (a)")
    for written, message in (
        ("", "the database holds 2 tables; expected .*two.db::<table>, one of deals, firms$"),
        ("::frims", r"no table is called 'frims'; did you mean firms\?$"),
        ("::xyz", "no table is called 'xyz'; expected one of deals, firms$"),
    ):
        with pytest.raises(InputError, match=message):
            TableSource(f"{prefix}{two}{written}").open()


def test_an_address_gives_rows_in_the_order_of_the_key(tmp_path: Path) -> None:
    path = database(
        tmp_path / "t.db",
        "CREATE TABLE t (code TEXT PRIMARY KEY, v)",
        "INSERT INTO t VALUES ('c', 1), ('a', 2), ('b', 3)",
    )
    (frame,) = TableSource(f"sqlite:///{path}::t").batches(["code"])
    assert frame.rows() == [(1, "a"), (2, "b"), (3, "c")]


def test_a_file_of_a_database_is_read_with_its_hands_tied() -> None:
    made = sqlite3.connect(":memory:")
    confine_sqlite(made)
    assert [made.execute(f"PRAGMA {name}").fetchone()[0] for name in ("trusted_schema", "cell_size_check")] == [0, 1]
    assert made.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
    assert made.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == 1 << 26
    made.close()


ENDLESS = "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


def test_a_view_without_an_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 0.1)
    path = database(tmp_path / "t.db", ENDLESS)
    with pytest.raises(
        LimitError, match=r"t\.db::v was not read within 0\.1 s; store the rows of a view that takes so long"
    ):
        TableSource(f"{path}::v").open()


def test_a_password_of_the_environment_is_used_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy

    address = sqlalchemy.make_url("postgresql://me@host/db")
    assert databases._opened_for_reading(address).password is None
    monkeypatch.setenv(PASSWORD, "hush")
    assert databases._opened_for_reading(address).password == "hush"  # noqa: S105 - made up
    assert databases._opened_for_reading(sqlalchemy.make_url("postgresql://host/db")).password is None
    assert databases._opened_for_reading(sqlalchemy.make_url("postgresql://me:own@host/db")).password == "own"  # noqa: S105 - made up
    file = databases._opened_for_reading(sqlalchemy.make_url("sqlite:////tmp/t.db"))
    assert (file.database, dict(file.query)) == ("file:/tmp/t.db", {"mode": "ro", "uri": "true"})
    assert databases._words(ValueError("no\n hush (Background on this error at: x)")) == "no …"
    assert databases._words(ImportError("No module named 'x'")) == "the driver is not installed (No module named 'x')"


class Inspector:
    """What SQLAlchemy tells of a database with two schemas."""

    def get_table_names(self, schema: str | None = None) -> list[str]:
        return ["firms", "a.b"] if schema is None else ["deals"]

    def get_view_names(self, schema: str | None = None) -> list[str]:
        return ["large"] if schema is None else ["small"]

    def get_schema_names(self) -> list[str]:
        return ["public", "s"]


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("firms", (None, "firms")),
        ("large", (None, "large")),
        ("a.b", (None, "a.b")),
        ("s.deals", ("s", "deals")),
        ("s.small", ("s", "small")),
    ],
)
def test_a_table_outside_the_default_schema_is_called_with_it(table: str, place: tuple[str | None, str]) -> None:
    assert databases._place(Inspector(), "db", table) == place


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("s.firms", r"no table is called 's\.firms'; expected one of s\.deals, s\.small"),
        ("t.firms", r"no table is called 't\.firms'; did you mean firms\?"),
        ("", "the database holds 3 tables; expected db::<table>, one of a.b, firms, large"),
    ],
)
def test_a_table_that_is_in_no_schema_is_told(table: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        databases._place(Inspector(), "db", table)


# Proposed maps


def proposal(tmp_path: Path, text: str, kind: str = "") -> list[str]:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return infer_map(str(path), kind).splitlines()


@pytest.mark.parametrize(
    ("kind", "path", "name"),
    [
        ("", "org", "Firm"),
        ("firm", "org", "Firm"),
        ("small firm", "org", "SmallFirm"),
        ("specialist", "org", "SpecialistProvider"),
        ("public agency", "org", "PublicAgency"),
        ("research institution", "org", "ResearchInstitution"),
        ("business association", "org", "BusinessAssociation"),
        ("organization", "org", "Organization"),
        ("alliance", "alliance", "Alliance"),
        ("policy programme", "policy-programme", "PolicyProgramme"),
    ],
)
def test_the_id_of_a_proposed_map_begins_with_its_kind(tmp_path: Path, kind: str, path: str, name: str) -> None:
    lines = proposal(tmp_path, "code\nA-1\n", kind)
    assert lines[0] == f"# Guessed from 1 row of {tmp_path}/t.csv; read it before you load with it."
    assert lines[1] == f"id: {path}/{{code}}  # every row has another 'code'"
    assert lines[2] == f"type: {name}  # {'as asked for' if kind else 'not asked for; --as names another kind'}"


NUMBERS = "  # UNSURE: numbers; a number of a firm is an observation with a measure and a unit"


@pytest.mark.parametrize(
    ("column", "values", "line"),
    [
        ("x", ["", ""], "# x: ?  # every cell is empty"),
        ("founded", ["1987", "2001"], 'year: "{founded}"  # every value is a year'),
        ("founded", ["1787", "2001"],
         '# value: "{founded}"  # UNSURE: numbers; a number of a firm is an observation with a measure and a unit'),
        ("sales", ["1,204", "-3.5"],
         '# value: {column: sales, thousands: ","}  # UNSURE: numbers; a number of a firm is an observation with a measure and a unit'),
        ("sales", ["1,20", "3"], f'# value: {{column: sales, decimal: ","}}{NUMBERS}'),
        ("sales", ["1.204,5", "3"], f'# value: {{column: sales, thousands: ".", decimal: ","}}{NUMBERS}'),
        ("sales", ["1 204", "3"], f'# value: {{column: sales, thousands: " "}}{NUMBERS}'),
        ("sales", ["1 204,5", "3"], f'# value: {{column: sales, thousands: " ", decimal: ","}}{NUMBERS}'),
        ("sales", ["1,204", "3"], f'# value: {{column: sales, thousands: ","}}{NUMBERS}'.replace("numbers", 'numbers (decimal: "," would fit too)')),
        ("sales", ["1,2,0", "3"], '# altName: "{sales}"  # UNSURE: the texts are in Latin letters; choose a word, or leave it out'),
        ("from", ["1987", "2001"], '# year: "{from}"  # UNSURE: every value is a year'),
        ("day", ["1987-11-06", "1988-01-01"], 'date: "{day}"  # every value is a date'),
        ("day", ["1987-1-6", "1988-01-01"], 'date: {column: day, format: "%Y-%m-%d"}  # every value is a date'),
        ("day", ["20200131", "20200229"], 'date: {column: day, format: "%Y%m%d"}  # every value is a date'),
        ("day", ["31 January 2020", "29 February 2020"], 'date: {column: day, format: "%d %B %Y"}  # every value is a date'),
        ("day", ["January 31, 2020", "May 1, 2020"], 'date: {column: day, format: "%B %d, %Y"}  # every value is a date'),
        ("day", ["31-Jan-2020", "1-May-2020"], 'date: {column: day, format: "%d-%b-%Y"}  # every value is a date'),
        ("day", ["31-Jan-20", "1-May-20"], 'date: {column: day, format: "%d-%b-%y"}  # every value is a date'),
        ("day", ["2020/1/31", "2020/2/1"], 'date: {column: day, format: "%Y/%m/%d"}  # every value is a date'),
        ("day", ["2020.1.31", "2020.2.1"], 'date: {column: day, format: "%Y.%m.%d"}  # every value is a date'),
        ("day", ["31.1.2020", "1.2.2020"], 'date: {column: day, format: "%d.%m.%Y"}  # every value is a date'),
        ("day", ["31-1-2020", "1-2-2020"], 'date: {column: day, format: "%d-%m-%Y"}  # every value is a date'),
        ("day", ["1-31-2020", "2-1-2020"], 'date: {column: day, format: "%m-%d-%Y"}  # every value is a date'),
        ("day", ["31/1/2020", "1/2/2020"], 'date: {column: day, format: "%d/%m/%Y"}  # every value is a date'),
        ("firm name", ["Aster Works", "Beryl Works"], 'name: "{firm name}"  # called firm name, and the texts are in Latin letters'),
        ("Title", ["Aster Works", "Beryl Works"], 'name: "{Title}"  # called Title, and the texts are in Latin letters'),
        ("企業", ["朝顔", "緑柱石"], 'nameJa: "{企業}"  # called 企業, and 100% of the texts are Japanese'),
        ("remark", ["朝顔", "緑柱石"], '# altName: "{remark}"  # UNSURE: 100% of the texts are Japanese; choose a word, or leave it out'),
        ("phase", ["Commercialization", "basic research"], 'isAtStage: "{phase}"  # 100.0% of its values are concepts of that scheme'),
        ("phase", ["Commercialization", "nonsense"],
         '# altName: "{phase}"  # UNSURE: the texts are in Latin letters; choose a word, or leave it out'),
    ],
)  # fmt: skip
def test_a_column_is_proposed_as_what_its_values_are(tmp_path: Path, column: str, values: list[str], line: str) -> None:
    rows = "\n".join(f'A-{number},"{value}"' for number, value in enumerate(values))
    found = proposal(tmp_path, f"code,{column}\n{rows}\n")
    assert found[3:] == ['identifier: "{code}"  # the key, kept as it is written', line]


@pytest.mark.parametrize(("good", "told"), [(9, False), (10, True), (999, True)])
@pytest.mark.parametrize(("column", "meant"), [("stage", True), ("phase", False)])
def test_nine_of_ten_values_must_be_concepts(
    tmp_path: Path,
    good: int,
    told: bool,  # noqa: FBT001 - a column of the table
    column: str,
    meant: bool,  # noqa: FBT001 - a column of the table
) -> None:
    rows = "".join(f"A-{number},commercialization\n" for number in range(good))
    (line,) = (line for line in proposal(tmp_path, f"code,{column}\n{rows}B-1,nonsense\n") if f"{{{column}}}" in line)
    assert ("isAtStage" in line) is told
    if told:
        share = f"{good / (good + 1):.1%} of its values are concepts of that scheme"
        doubt = (
            f"UNSURE: 1 of the cells cannot be read so; {share}"
            if meant
            else f"UNSURE: {share}, and nothing else says that it is meant"
        )
        assert line == f'# isAtStage: "{{{column}}}"  # {doubt}'


@pytest.mark.parametrize(("linked", "told"), [(8, False), (9, True)])
def test_nine_of_ten_values_must_be_keys_for_a_link(tmp_path: Path, linked: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    rows = "".join(f"A-{number},{f'A-{9 - number}' if number < linked else 'X-1'}\n" for number in range(10))
    lines = proposal(tmp_path, f"code,parent\n{rows}")
    expected = f"# affiliateOf: org/{{parent}}  # UNSURE: {linked / 10:.1%} of its values are keys of other rows"
    assert (expected in lines) is told


def test_a_word_is_proposed_once(tmp_path: Path) -> None:
    rows = "A-1,Aster Works,Aster,1987,1988\nA-2,Beryl Works,Beryl,1990,1991\n"
    found = proposal(tmp_path, f"code,name,company name,founded,year\n{rows}")
    assert [line.partition(":")[0] for line in found[3:]] == ["identifier", "name", "# altName", "year", "# year"]
    delimited = proposal(tmp_path, "code\tname\nA-1\tAster Works\n")
    assert delimited[1] == "delimiter: tab  # the heading is one cell otherwise"
    assert proposal(tmp_path, "code|name\nA-1|Aster Works\n")[1].startswith('delimiter: "|"  #')


def test_headings_that_yaml_would_misread_are_quoted(tmp_path: Path) -> None:
    found = proposal(tmp_path, 'code: #1,{x},1st,"a\nb"\nA-1,p q,r s,t u\n')
    assert found[1] == """id: "org/{code: #1}"  # every row has another 'code: #1\'"""
    assert '# altName: {column: "{x}"}' in found[4]
    (table,) = parse_map("\n".join(found), "m").tables
    assert [cell.column for cell in table.thing.cells()] == ["code: #1", "code: #1"]


def test_a_table_without_rows_has_a_map_too(tmp_path: Path) -> None:
    found = proposal(tmp_path, "code,name\n")
    assert found[0].startswith("# Guessed from 0 rows of ")
    assert parse_map("\n".join(found), "m").tables[0].thing.id


# From things back to rows


def record(tmp_path: Path, text: str, *tables: tuple[str, str]) -> dict[str, Any]:
    """Return what the manifest of a store says of a load of some tables, each a name and its content."""
    for name, content in tables:
        (tmp_path / name).write_text(content, encoding="utf-8")
    return {
        "map": {"text": text, "name": "map.yaml"},
        "as": "",
        "graph": "https://w3id.org/motkg/graph/register",
        "inputs": [{"name": name, "path": str(tmp_path / name), "sha256": "ab"} for name, _ in tables],
    }


MOTKG = "https://w3id.org/motkg/"


def test_the_tables_of_a_load_are_those_that_its_map_speaks_of(tmp_path: Path) -> None:
    load = record(tmp_path, FIRM, ("firms.csv", "code\n1\n"))
    (only,) = tables_of(load, MOTKG)
    assert (only.source.written, only.converter.name, only.digest) == (str(tmp_path / "firms.csv"), "firms", "ab")
    both = "tables:\n- {table: a, id: 'org/{x}', type: Firm, delimiter: ;}\n- {table: b, id: 'org/{x}', type: Firm}\n"
    load = record(tmp_path, both, ("b.csv", "x\n"), ("a.csv", "x\n"))
    assert [(one.converter.name, one.source.delimiter) for one in tables_of(load, MOTKG)] == [("b", ""), ("a", ";")]
    assert list(tables_of({**load, "map": None}, MOTKG)) == []


def test_an_iri_may_belong_to_each_beginning_of_its_id() -> None:
    load = {"graph": f"{MOTKG}graph/register"}
    iris = [f"{BASE}org/1/assessment/x", f"{BASE}org/1", f"{MOTKG}id/other/org/1"]
    assert wanted_ids(load, MOTKG, iris, MOTKG) == {
        "org": [iris[0], iris[1]],
        "org/1": [iris[0], iris[1]],
        "org/1/assessment": [iris[0]],
        "org/1/assessment/x": [iris[0]],
    }
    moved = {"graph": "https://example.org/graph/register"}
    assert list(
        wanted_ids(moved, "https://example.org/", ["https://example.org/id/register/org/1"], "https://example.org/")
    ) == [
        "org",
        "org/1",
    ]


def test_a_statement_is_found_at_its_cell(tmp_path: Path) -> None:
    text = f"{FIRM}name: '{{n}}'\nisAtStage: commercialization\nfacesFactor: {{factor: '{{f}}'}}\n"
    load = record(tmp_path, text, ("firms.csv", "x,code,n,f\n-,1,One,\n-,2,Two,funding\n"))
    firm, inner = NamedNode(f"{BASE}org/2"), NamedNode(f"{BASE}org/2/assessment/funding")
    found = cells_of([load], MOTKG, [firm, inner, Literal("x")])
    file = str(tmp_path / "firms.csv")
    at_name, at_code, at_factor = Origin(file, 3, 5, "r2c3"), Origin(file, 3, 3, "r2c2"), Origin(file, 3, 9, "r2c4")
    assert found.triples[firm, expand("rdfs:label"), Literal("Two", language="en")] == at_name
    assert found.triples[firm, RDF_TYPE, term("Firm")] == at_code
    assert found.triples[firm, term("isAtStage"), expand("stage:commercialization")] == at_code
    assert found.triples[firm, term("facesFactor"), inner] == at_factor
    assert found.triples[inner, term("factor"), expand("factor:funding")] == at_factor
    assert found.predicates[firm, expand("rdfs:label")] == at_name
    assert (found.subjects[firm], found.subjects[inner]) == (at_code, at_factor)
    assert {subject for subject, _, _ in found.triples} == {firm, inner}
    assert cells_of([load], MOTKG, [firm]).subjects == {firm: at_code}


def test_rows_that_define_an_id_are_found_in_every_batch(tmp_path: Path) -> None:
    load = record(tmp_path, FIRM, ("firms.csv", "code\n1\n2\n3\n"))
    (table,) = tables_of(load, MOTKG)
    ((frame, hits),) = rows_with(table, {"org/2": [], "org/9": []}, ["code"])
    assert (len(frame), hits.rows()) == (3, [(2, "org/2")])
    ((_, none),) = rows_with(table, {"org/9": []}, ["code"])
    assert none.rows() == []


def test_cells_of_binary_tables_have_no_line(tmp_path: Path) -> None:
    load = record(tmp_path, FIRM, ("firms.parquet", ""))
    del load["inputs"][0]["sha256"]
    parquet.write_table(pa.table({"code": ["1", "2"]}), tmp_path / "firms.parquet")
    (table,) = tables_of(load, MOTKG)
    assert table.digest == ""
    firm = NamedNode(f"{BASE}org/2")
    assert cells_of([load], MOTKG, [firm]).subjects == {firm: Origin(str(tmp_path / "firms.parquet"), 0, 0, "r2c1")}


def test_a_table_of_a_database_is_found_again_by_its_name(tmp_path: Path) -> None:
    path = database(
        tmp_path / "register.db", "CREATE TABLE firms (code)", "INSERT INTO firms VALUES ('7')", "CREATE TABLE x (a)"
    )
    load = record(tmp_path, FIRM)
    firm = NamedNode(f"{BASE}org/7")
    for given in ({"name": "register.db::firms", "path": str(path)}, {"name": f"sqlite:///{path}::firms"}):
        load["inputs"] = [given]
        (table,) = tables_of(load, MOTKG)
        assert table.source.table == "firms"
        assert list(cells_of([load], MOTKG, [firm]).subjects) == [firm]


def test_tables_that_are_gone_or_changed_give_nothing(tmp_path: Path) -> None:
    load = record(tmp_path, FIRM, ("firms.csv", "code\n1\n"))
    firm = NamedNode(f"{BASE}org/1")
    assert cells_of([load], MOTKG, [firm]).subjects
    assert not cells_of([load], MOTKG, [NamedNode(f"{MOTKG}id/other/org/1")]).subjects
    assert not cells_of([{**load, "map": None}], MOTKG, [firm]).subjects
    (tmp_path / "firms.csv").write_text("other\n1\n", encoding="utf-8")
    assert not cells_of([load], MOTKG, [firm]).subjects
    (tmp_path / "firms.csv").unlink()
    assert not cells_of([load], MOTKG, [firm]).subjects
