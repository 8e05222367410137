"""Cells to statements: what each kind of value becomes, and which rows are left out with which reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from pyoxigraph import RdfFormat, parse

from kg.core.errors import InputError
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.rows import KnownIds, TableConverter
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.tables.readers import Reject

BASE = "https://w3id.org/motkg/id/register/"
FIRM = "id: org/{code}\ntype: Firm\n"


def converted(table: Path, text: str) -> tuple[set[str], list[Reject]]:
    """Gives the statements of a table by a map, short of the prefixes, and the faults."""
    source = TableSource(str(table))
    known = KnownIds(lambda _: False, BASE)
    converter = TableConverter(parse_map(text, "map.yaml").tables[0], source.name, "register", known)
    converter.check_columns(source.open())
    for frame in source.batches(converter.id_columns()):
        converter.define(frame)
    known.close()
    lines, rejects = b"", []
    for frame in source.batches(converter.columns):
        found = converter.convert(frame)
        lines += b"".join(found.pieces)
        rejects += found.rejects
    short = {
        str(quad.triple).replace(f"<{BASE}", "<").replace("https://w3id.org/motkg/", "")
        for quad in parse(lines, RdfFormat.N_TRIPLES)
    }
    return short, [*rejects, *source.malformed]


def said(table: Path, words: str, name: str) -> list[str]:
    """Gives the objects of a property, in order."""
    statements, rejects = converted(table, FIRM + words)
    assert rejects == []
    return sorted(line.partition(f"{name}> ")[2] for line in statements if f"{name}> " in line)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "firms.csv"


def test_a_text_is_kept_to_the_character(table: Path) -> None:
    table.write_text('code,name\n1,"a ""b"" \\ c\r\nd\té企業"\n', encoding="utf-8")
    (quad,) = (line for line in converted(table, FIRM + 'nameJa: "{name}"\n')[0] if "label" in line)
    assert quad == r'<org/1> <http://www.w3.org/2000/01/rdf-schema#label> "a \"b\" \\ c\r\nd\té企業"@ja'


def test_a_decimal_keeps_its_digits(table: Path) -> None:
    table.write_text("code,v\n1,0.10\n2,12345678901234567890.123456789\n3,\n", encoding="utf-8")
    assert said(table, 'value: "{v}"\n', "obsValue") == [
        f'"{digits}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
        for digits in ("0.10", "12345678901234567890.123456789")
    ]


@pytest.mark.parametrize(
    ("word", "option", "written", "kept"),
    [
        ("value", 'thousands: ","', "1,234,567.80", "1234567.80"),
        ("value", 'thousands: ".", decimal: ","', "1.234,5", "1234.5"),
        ("since", 'format: "%d.%m.%Y"', "01.04.2019", "2019-04-01"),
        ("yearMonth", 'format: "%m/%Y"', "06/1986", "1986-06"),
        ("year", 'format: "%y"', "87", "1987"),
        ("yearMonth", 'format: "%B %Y"', "June 1986", "1986-06"),
        ("since", 'default: "2000-01-01"', "", "2000-01-01"),
        ("sampleSize", "lookup: {none: 0}", "none", "0"),
    ],
)
def test_numbers_and_dates_are_read_as_the_map_says(
    table: Path, word: str, option: str, written: str, kept: str
) -> None:
    pl.DataFrame({"code": ["1"], "x": [written]}).write_csv(table)
    statements, rejects = converted(table, f"{FIRM}{word}: {{column: x, {option}}}\n")
    assert rejects == []
    assert any(f'"{kept}"^^' in line for line in statements)


@pytest.mark.parametrize(
    "written",
    ["commercialization", "Commercialization", " 事業化 ", "concept:stage/commercialization"],
)
def test_a_concept_is_found_by_slug_or_label_in_any_language(table: Path, written: str) -> None:
    table.write_text(f"code,s\n1,{written}\n", encoding="utf-8")
    assert said(table, 'isAtStage: "{s}"\n', "isAtStage") == ["<concept/stage/commercialization>"]


def test_a_list_gives_a_statement_for_each_item(table: Path) -> None:
    table.write_text("code,s\n1,é; b ;\n", encoding="utf-8")
    assert said(table, 'altName: {column: s, separator: ";"}\n', "altLabel") == ['"b"@en', '"é"@en']


def test_things_inside_get_ids_from_what_identifies_them(table: Path) -> None:
    table.write_text("code,f,s,v\n1,Funding,commercialization,serious\n2,,,\n", encoding="utf-8")
    statements, rejects = converted(table, FIRM + 'facesFactor: {factor: "{f}", stage: "{s}", severity: "{v}"}\n')
    assert rejects == []
    assert "<org/1> <ontology/facesFactor> <org/1/assessment/funding-commercialization>" in statements
    assert not any("org/2/" in line for line in statements)


@pytest.mark.parametrize(
    ("rows", "words", "row", "reason"),
    [
        ("1,x\n", 'isAtStage: "{v}"\n', 1, "{} is no concept of scheme stage"),
        ("1,2019-02-29\n", 'since: "{v}"\n', 1, "{} cannot be the value of 'since'"),
        ("1,1e3\n", 'value: "{v}"\n', 1, "{} cannot be the value of 'value'"),
        ("1,9\n", "affiliateOf: org/{v}\n", 1, "the link to {} leads to nothing"),
        ("1,a\n,b\n", 'altName: "{v}"\n', 2, "the row has no id: the cell is empty"),
        ("a b,1\nA-B,2\n", 'altName: "{v}"\n', 2, "{} is the id of row 1 too"),
        ("株式会社,1\n", 'altName: "{v}"\n', 1, "no id can be made from {}"),
        ("株式会社ABC,1\n", 'altName: "{v}"\n', 1, "no id can be made from {}"),
        ("1,2\n3\n4,5\n", 'altName: "{v}"\n', 2, "the row has 1 cells, the heading 2"),
    ],
)
def test_a_row_with_a_fault_is_left_out_with_its_reason(
    table: Path, rows: str, words: str, row: int, reason: str
) -> None:
    table.write_text(f"code,v\n{rows}", encoding="utf-8")
    _, (reject,) = converted(table, FIRM + words)
    assert (reject.row, reject.reason) == (row, reason)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("%d/%m/%Y", "25/07/20"),  # a year has four digits
        ("%d/%m/%y", "25/07/2020"),
        ("%Y%m%d", "2020111"),  # the 11th of January or the 1st of November
        ("%y%m%d", "20111"),
        ("%d.%m.%Y", "13.13.2020"),
        ("%d.%m.%Y", "29.02.2019"),
        ("%d.%m.%Y", "001.02.2019"),
        ("%d.%m.%Y", "+1.02.2019"),
        ("%d.%m.%Y", "1.2.2019 10:00"),
        ("%d.%m.%Y %H:%M", "1.2.2019 24:01"),
        ("%d.%m.%Y", "1.2.-2019"),
        ("%a %d.%m.%Y", "Sun 01.02.2020"),  # that day was a Saturday
        ("%j/%Y", "366/2019"),
        ("%d %b %Y", "1 mai 2019"),
    ],
)
def test_a_date_in_another_form_than_the_format_is_a_fault(table: Path, form: str, written: str) -> None:
    pl.DataFrame({"code": ["1"], "x": [written]}).write_csv(table)
    statements, (reject,) = converted(table, f'{FIRM}since: {{column: x, format: "{form}"}}\n')
    assert statements == set()
    assert (reject.value, reject.reason) == (written, f"{{}} is not a date in the form {form}")


@pytest.mark.parametrize(
    ("form", "written", "day"),
    [
        ("%d/%m/%y", "25/07/68", "2068-07-25"),  # POSIX: 00 to 68 are of this century
        ("%d/%m/%y", "5/7/69", "1969-07-05"),
        ("%Y%m%d", "20200111", "2020-01-11"),
        ("%a, %d %b %Y", "Sat, 1 FEB 2020", "2020-02-01"),
        ("%A %B %d, %Y", "Saturday February 1, 2020", "2020-02-01"),
        ("%j/%Y", "60/2020", "2020-02-29"),
        ("%d.%m.%Y %I:%M %p", "1.2.2020 10:30 PM", "2020-02-01"),
        ("%%%d-%m-%Y", "%1-2-2020", "2020-02-01"),
    ],
)
def test_a_date_is_read_by_the_letters_of_its_format(table: Path, form: str, written: str, day: str) -> None:
    pl.DataFrame({"code": ["1"], "x": [written]}).write_csv(table)
    assert said(table, f'since: {{column: x, format: "{form}"}}\n', "since") == [
        f'"{day}"^^<http://www.w3.org/2001/XMLSchema#date>'
    ]


@pytest.mark.parametrize("words", ['altName: "{v}"\n', "affiliateOf: {column: v, reference: 'org/{}'}\n"])
def test_an_error_of_a_spreadsheet_is_no_value(table: Path, words: str) -> None:
    table.write_text("code,v\n1,#N/A\n", encoding="utf-8")
    statements, (reject,) = converted(table, FIRM + words)
    assert statements == set()
    assert (reject.row, reject.column, reject.value) == (1, "v", "#N/A")
    assert reject.reason == "{} is an error of a spreadsheet"


@pytest.mark.parametrize("option", ["lookup: {'#N/A': unknown}", "separator: ;"])
def test_an_error_that_the_map_speaks_of_is_none(table: Path, option: str) -> None:
    table.write_text("code,v\n1,#N/A\n2,a\n", encoding="utf-8")
    statements, rejects = converted(table, f"{FIRM}altName: {{column: v, {option}}}\n")
    assert [reject.value for reject in rejects] == ([] if "lookup" in option else ["#N/A"])
    assert any('"unknown"' in line for line in statements) == ("lookup" in option)


MARKS = {
    "comma for thousands": 'thousands: ","',
    "point for thousands": 'thousands: "."',
    "comma for decimals": 'decimal: ","',
    "both": 'thousands: ".", decimal: ","',
    "spaces": 'thousands: " ", decimal: ","',
}


@pytest.mark.parametrize(
    ("marks", "written", "number"),
    [
        ("comma for thousands", "1,234", "1234"),
        ("comma for thousands", "+12,345,678.9", "+12345678.9"),
        ("comma for thousands", "-123,456", "-123456"),
        ("comma for thousands", "1234.567", "1234.567"),
        ("comma for thousands", "1234,567", None),  # four digits before the mark
        ("comma for thousands", "1,2345", None),
        ("comma for thousands", "1,23", None),
        ("comma for thousands", "1,234,56", None),
        ("comma for thousands", "12,34,567", None),
        ("comma for thousands", ",123", None),
        ("comma for thousands", "1,234.567,890", None),
        ("comma for thousands", "1.5,000", None),
        ("point for thousands", "1.234", "1234"),
        ("point for thousands", "1.5", None),  # a decimal point where points part thousands
        ("point for thousands", "1234.567", None),
        ("comma for decimals", "1,5", "1.5"),
        ("comma for decimals", "1234,567", "1234.567"),
        ("comma for decimals", "1.234", None),  # it would be a thousandth of what is meant
        ("comma for decimals", "1,2,3", None),
        ("both", "1.234.567,8", "1234567.8"),
        ("both", "1234567,8", "1234567.8"),
        ("both", "1.5", None),
        ("both", "1,234.5", None),
        ("spaces", "1 234,5", "1234.5"),
        ("spaces", "1234 567", None),
        ("spaces", "1.5", None),
    ],
)
def test_marks_of_numbers_stand_where_the_map_says_or_the_row_is_a_fault(
    table: Path, marks: str, written: str, number: str | None
) -> None:
    pl.DataFrame({"code": ["1"], "v": [written]}).write_csv(table)
    statements, rejects = converted(table, f"{FIRM}value: {{column: v, {MARKS[marks]}}}\n")
    values = [line.split('"')[1] for line in statements if "obsValue" in line]
    assert values == ([] if number is None else [number])
    assert [(reject.row, reject.value) for reject in rejects] == ([(1, written)] if number is None else [])


def test_a_misplaced_mark_is_told_with_the_marks_of_the_map(table: Path) -> None:
    table.write_text("code,v\n1,1.5\n2,\n3,2\n", encoding="utf-8")
    _, (reject,) = converted(table, FIRM + 'value: {column: v, thousands: " ", decimal: ","}\n')
    assert (reject.row, reject.column, reject.reason) == (
        1,
        "v",
        '{} is not a number with the marks thousands: " ", decimal: ","',
    )


@pytest.mark.parametrize(
    ("word", "form", "written", "kept"),
    [
        ("since", "%d.%m.%Y", "28.02.2019", "2019-02-28"),
        ("since", "%d.%m.%Y", "29.02.2019", None),
        ("since", "%d.%m.%Y", "2019-02-28", None),
        ("since", "%d.%m.%Y", "28.02.2019 ?", None),
        ("yearMonth", "%m/%Y", "12/1986", "1986-12"),
        ("yearMonth", "%m/%Y", "13/1986", None),
        ("year", "%Y", "1986", "1986"),
        ("year", "%Y", "unknown", None),
    ],
)
def test_a_date_has_the_form_of_the_map_or_the_row_is_a_fault(
    table: Path, word: str, form: str, written: str, kept: str | None
) -> None:
    pl.DataFrame({"code": ["1", "2"], "v": [written, None]}).write_csv(table)
    statements, rejects = converted(table, f'{FIRM}{word}: {{column: v, format: "{form}"}}\n')
    assert [line.split('"')[1] for line in statements if '"^^' in line and "<org/1>" in line] == [kept] * bool(kept)
    told = [(reject.row, reject.column, reject.value, reject.reason) for reject in rejects]
    assert told == ([] if kept else [(1, "v", written, f"{{}} is not a date in the form {form}")])


def test_constants_are_said_of_every_row(table: Path) -> None:
    table.write_text("code,v\n1,a\n2,b\n", encoding="utf-8")
    statements, rejects = converted(
        table,
        f"{FIRM}isAtStage: commercialization\naffiliateOf: {{column: v, reference: 'org/{{}}', dangling: keep}}\n",
    )
    assert rejects == []
    for row, other in (("1", "a"), ("2", "b")):
        assert f"<org/{row}> <ontology/isAtStage> <concept/stage/commercialization>" in statements
        assert f"<org/{row}> <ontology/affiliateOf> <org/{other}>" in statements


def test_a_row_with_a_fault_says_nothing_at_all(table: Path) -> None:
    table.write_text("code,name,s\n1,one,nowhere\n2,two,commercialization\n", encoding="utf-8")
    statements, rejects = converted(table, FIRM + 'name: "{name}"\nisAtStage: "{s}"\n')
    assert [reject.row for reject in rejects] == [1]
    assert not any("<org/1>" in line for line in statements)
    assert sum("<org/2>" in line for line in statements) == 3


def test_unknown_values_may_be_skipped_and_links_kept(table: Path) -> None:
    table.write_text("code,s,a\n1,nowhere,99\n", encoding="utf-8")
    words = "isAtStage: {column: s, unmatched: skip}\naffiliateOf: {column: a, reference: 'org/{}', dangling: keep}\n"
    statements, rejects = converted(table, FIRM + words)
    assert rejects == []
    assert "<org/1> <ontology/affiliateOf> <org/99>" in statements
    assert not any("isAtStage" in line for line in statements)


def test_a_row_after_a_malformed_one_keeps_its_number(table: Path) -> None:
    table.write_text("code,s\n1,commercialization\n2\n3,nowhere\n", encoding="utf-8")
    _, rejects = converted(table, FIRM + 'isAtStage: "{s}"\n')
    assert sorted(reject.row for reject in rejects) == [2, 3]


def test_a_missing_column_is_told_at_its_place_in_the_map(table: Path) -> None:
    table.write_text("code,compny\n1,x\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"map.yaml:3:7: the table firms has no column 'company'; did you mean compny\?"
    ):
        converted(table, FIRM + 'name: "{company}"\n')


def loaded(tmp_path: Path, text: str, **tables: str) -> tuple[set[str], list[Reject]]:
    """Convert the tables of one map, as a load does: all ids first, then row by row in the order of the map."""
    known = KnownIds(lambda iri: iri.endswith("/org/s-a"), BASE)
    converters = []
    for described in parse_map(text, "map.yaml").tables:
        path = tmp_path / f"{described.table}.csv"
        path.write_text(tables[described.table], encoding="utf-8")
        source = TableSource(str(path))
        converters.append((source, TableConverter(described, source.name, "register", known)))
    for source, converter in converters:
        for frame in source.batches(converter.id_columns()):
            converter.define(frame)
    known.close()
    found = [
        converter.convert(frame) for source, converter in converters for frame in source.batches(converter.columns)
    ]
    lines = b"".join(bytes(piece) for each in found for piece in each.pieces)
    labels = {str(quad.object) for quad in parse(lines, RdfFormat.N_TRIPLES) if "label" in quad.predicate.value}
    return labels, [reject for each in found for reject in each.rejects]


TWO = """\
tables:
  - {table: firms, id: "org/{id}", type: Firm, name: "{name}"}
  - {table: more, continues: true, id: "org/{id}", name: "{name}"}
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C#", "C++"),
        ("A&B", "A B"),
        ("acme", "ACME"),
        ("Müller", "Muller"),
        ("a_b", "a-b"),
        ("a-b", "a b"),
        ("O'Neil", "O-Neil"),
        ("-a", "a"),
    ],
)
def test_two_texts_are_never_one_thing(tmp_path: Path, one: str, other: str) -> None:
    """Also where rows may speak of the same thing, in one table and across tables."""
    (described,) = (part for part in TWO.splitlines() if "more" in part)
    rows = f"id,name\n{one},first\n{one},again\n{other},second\n"
    for text, tables in (
        (TWO, {"firms": f"id,name\n{one},first\n", "more": f"id,name\n{one},again\n{other},second\n"}),
        (f"tables:\n{described}\n", {"more": rows}),
    ):
        labels, (reject,) = loaded(tmp_path, text, **tables)
        assert labels == {'"first"@en', '"again"@en'}
        assert (reject.value, reject.column, reject.table) == (other, "id", "more")
        assert reject.row == (2 if "firms" in tables else 3)
        place = "row 1 of firms" if "firms" in tables else "row 1"
        assert reject.reason.endswith(f" of '{one}' in {place}")


@pytest.mark.parametrize("other", ["\uff21\uff22 1", " AB  1 ", "AB\u00a01"])
def test_width_and_blanks_make_no_other_key(tmp_path: Path, other: str) -> None:
    labels, rejects = loaded(tmp_path, TWO, firms="id,name\nAB 1,first\n", more=f"id,name\n{other},second\n")
    assert (len(labels), rejects) == (2, [])


def test_keys_of_several_columns_are_told_apart(tmp_path: Path) -> None:
    text = 'tables:\n  - {table: t, continues: true, id: "org/{a}-{b}", type: Firm, name: "{name}"}\n'
    labels, (reject,) = loaded(tmp_path, text, t="a,b,name\nx-y,z,first\nx,y-z,second\nx-y,z,third\n")
    assert labels == {'"first"@en', '"third"@en'}
    assert (reject.row, reject.value) == (2, "x, y-z")
    # Another table may write the same key in one column.
    text += '  - {table: u, continues: true, id: "org/{key}", name: "{name}"}\n'
    assert loaded(tmp_path, text, t="a,b,name\nx-y,z,first\n", u="key,name\nx-y-z,second\n")[1] == []


@pytest.mark.parametrize(
    ("parent", "fault"),
    [
        ("C#", ""),
        ("C++", "the link to {} leads to what is called by another text"),
        ("C", "the link to {} leads to what is called by another text"),
        ("plain", ""),
        ("Plain", "the link to {} leads to what is called by another text"),
        ("D", "the link to {} leads to nothing"),
        ("S.A", ""),  # the store has that id, and does not know from which text
    ],
)
def test_a_link_leads_to_the_row_with_its_text(tmp_path: Path, parent: str, fault: str) -> None:
    text = 'tables:\n  - {table: t, id: "org/{id}", type: Firm, name: "{id}", affiliateOf: "org/{parent}"}\n'
    _, rejects = loaded(tmp_path, text, t=f"id,parent\nC#,\nplain,\nx,{parent}\n")
    assert [(reject.row, reject.value, reject.reason) for reject in rejects] == ([(3, parent, fault)] if fault else [])


def test_two_texts_do_not_lead_to_one_thing_of_the_store(tmp_path: Path) -> None:
    text = 'tables:\n  - {table: t, id: "org/{id}", type: Firm, name: "{id}", affiliateOf: "org/{parent}"}\n'
    _, (reject,) = loaded(tmp_path, text, t="id,parent\n1,S.A\n2,S A\n3,S.A\n")
    assert (reject.row, reject.value) == (2, "S A")


def test_the_value_of_a_fault_is_the_text_of_the_cell(tmp_path: Path) -> None:
    """The reason may speak of the id that was made of it."""
    text = 'tables:\n  - {table: t, id: "org/{id}", type: Firm, affiliateOf: "org/{parent}"}\n'
    _, (twice, link) = loaded(tmp_path, text, t="id,parent\nA B,\nA-B,\nc,No. 9\n")
    assert (twice.value, str(twice.problem())) == ("A-B", "t: row 2, column 'id': 'org/a-b' is the id of row 1 too")
    assert (link.value, link.shown) == ("No. 9", "org/no-9")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Øresund", "oresund"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("STRASSE ẞ", "strasse-ss"),
        ("Ærø Œuvre", "aero-oeuvre"),
        ("Đuro Ðór Þór", "duro-dor-thor"),
        ("Diyarbak\u0131r İzmir", "diyarbakir-izmir"),
        ("Ħal Ŧ", "hal-t"),
        ("Ångström ﬁ", "angstrom-fi"),
    ],
)
def test_letters_of_the_latin_script_make_slugs(table: Path, text: str, slug: str) -> None:
    table.write_text(f"code\n{text}\n", encoding="utf-8")
    statements, rejects = converted(table, FIRM)
    assert rejects == []
    assert any(line.startswith(f"<org/{slug}> ") for line in statements)


@pytest.mark.parametrize("text", ["Строй", "Αθήνα", "日本", "한국", "شركة"])
def test_letters_of_other_scripts_make_none(table: Path, text: str) -> None:
    table.write_text(f"code\n{text}\n", encoding="utf-8")
    _, (reject,) = converted(table, FIRM)
    assert (reject.value, reject.reason) == (text, "no id can be made from {}")


@pytest.mark.parametrize("beside", ["b", "B C"])
def test_an_id_does_not_depend_on_the_rows_beside_it(table: Path, beside: str) -> None:
    table.write_text(f"code\n-x--y\n{beside}\n", encoding="utf-8")
    assert any(line.startswith("<org/x-y> ") for line in converted(table, FIRM)[0])


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("\u22120.05", "-0.05"),
        ("\u20130.05", "-0.05"),
        (".402", ".402"),
        ("\uff11\uff12\uff0e\uff15", "12.5"),
        ("1\u2009234", "1234"),
        ("1\u00a0234\u00a0567.5", "1234567.5"),
        ("0\u00b705", "0.05"),
        ("1e-10", "0.0000000001"),
        ("2.50E-03", "0.00250"),
        ("\u2014", None),
        ("n.s.", None),
    ],
)
def test_a_number_is_read_whatever_prints_it(table: Path, written: str, number: str | None) -> None:
    pl.DataFrame({"code": ["1", "2"], "v": [written, "7"]}).write_csv(table)
    expected = [f'"{digits}"^^<http://www.w3.org/2001/XMLSchema#decimal>' for digits in ("7", number) if digits]
    assert said(table, 'value: "{v}"\n', "obsValue") == sorted(expected)


@pytest.mark.parametrize(
    "written",
    [".402***", "0.3\u2020", "(.82)", "12 (34%)", "12 %", "1,234", "1'234", "12,5", "1e3", "1.5E+10", "12 Mio."],
)
def test_a_number_that_says_more_is_a_fault(table: Path, written: str) -> None:
    """A mark of significance, a bracket or a percent sign would be lost; a comma may part thousands or decimals."""
    pl.DataFrame({"code": ["1"], "v": [written]}).write_csv(table)
    statements, (reject,) = converted(table, f'{FIRM}value: "{{v}}"\n')
    assert (statements, reject.value) == (set(), written)


def test_a_percent_sign_is_read_where_the_unit_says_so(table: Path) -> None:
    pl.DataFrame({"code": ["1", "2"], "v": ["12 %", "7.5"]}).write_csv(table)
    words = 'id: observation/{code}\ntype: ShareObservation\nvalue: "{v}"\nunit: percent\n'
    statements, rejects = converted(table, words)
    assert rejects == []
    assert {line.split('"')[1] for line in statements if "obsValue" in line} == {"12", "7.5"}


@pytest.mark.parametrize(
    ("option", "written", "number"),
    [
        ('thousands: " "', "1\u202f234", "1234"),
        ('thousands: " ", decimal: ","', "1\u00a0234,5", "1234.5"),
        ('thousands: "\u2019"', "1'234", "1234"),
        ('decimal: ","', "\u22121,5", "-1.5"),
        ('decimal: ","', "\uff11\uff0c\uff15", "1.5"),
        ('thousands: ".", decimal: ","', "0.379", ""),  # no group of thousands begins with zero
        ('thousands: ","', "0,379", ""),
        ('decimal: ","', "1\u00b7234", ""),
    ],
)
def test_marks_of_a_map_are_found_whatever_prints_them(table: Path, option: str, written: str, number: str) -> None:
    pl.DataFrame({"code": ["1"], "v": [written]}).write_csv(table)
    statements, rejects = converted(table, f"{FIRM}value: {{column: v, {option}}}\n")
    assert [line.split('"')[1] for line in statements if "obsValue" in line] == ([number] if number else [])
    assert [reject.value for reject in rejects] == ([] if number else [written])


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ('value: {column: v, decimal: ",", thousands: "."}', "1,234,567"),
        ('value: {column: v, decimal: ","}', "1,5 kg"),
        ("isAtStage: {column: v, lookup: {old: older}}".replace("older", "concept:stage/xx"), "old"),
        ('since: {column: v, format: "%d.%m.%Y"}', "1.13.2020"),
        ("since: {column: v, lookup: {ever: never}}", "ever"),
    ],
)
def test_a_reject_holds_the_text_of_the_cell(table: Path, words: str, written: str) -> None:
    """Marks may have been exchanged, and words looked up, before the fault is found."""
    pl.DataFrame({"code": ["1"], "v": [written]}).write_csv(table)
    _, (reject,) = converted(table, f"{FIRM}{words}\n")
    assert reject.value == written
