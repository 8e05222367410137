"""Borders of maps of tables: each form that is read, its neighbour that is not, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from kg.core.errors import InputError, QueryError
from kg.core.origin import Origin
from kg.core.terms import ONTOLOGY, XSD
from kg.loaders.tables.mapfile import known_kinds, map_schema, parse_map, read_map
from kg.loaders.tables.model import (
    Cell,
    Template,
    class_names,
    class_of,
    concept_names,
    fault_of_format,
    find_concept,
    kinds,
    normal,
    read_dates,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.tables.model import TableMap

FIRM = "id: org/{code}\ntype: Firm\n"


def told(text: str, kind: str = "") -> list[tuple[int, int, str, str]]:
    with pytest.raises(InputError) as caught:
        parse_map(text, "map.yaml", kind)
    assert {problem.file for problem in caught.value.problems} == {"map.yaml"}
    return [(each.line, each.column, each.message, each.expected) for each in caught.value.problems]


def table(text: str, kind: str = "") -> TableMap:
    (found,) = parse_map(text, "map.yaml", kind).tables
    return found


# Words for classes and concepts


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("firm", "Firm"),
        ("FIRM", "Firm"),
        (" firm ", "Firm"),
        ("small-firm", "SmallFirm"),
        ("small firm", "SmallFirm"),
        ("Small_Firm", "SmallFirm"),
        ("small  firm", "SmallFirm"),
        ("specialist", "SpecialistProvider"),
        ("ntbf", "NewTechnologyBasedSmallFirm"),
        ("patent", "IntellectualPropertyRight"),
    ],
)
def test_a_class_is_named_in_words(word: str, name: str) -> None:
    assert class_of(word) == f"{ONTOLOGY}{name}"
    assert class_names()[name] == f"{ONTOLOGY}{name}"


def test_classes_of_other_vocabularies_have_their_words_of_case_files() -> None:
    assert class_of("person") == class_of("Person") == "http://xmlns.com/foaf/0.1/Person"
    assert {"firm", "small-firm", "person", "patent"} <= set(known_kinds())
    assert list(known_kinds()) == sorted(kinds())
    with pytest.raises(QueryError, match=r"no kind of thing is called 'smallfirm'\ndid you mean small-firm"):
        class_of("smallfirm")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Sales", "sales"), ("  a \t b\n", "a b"), ("\uff21\uff22\u3000\uff11", "ab 1"), ("Straße", "strasse")],
)
def test_texts_are_compared_without_case_width_and_white_space(text: str, plain: str) -> None:
    assert normal(text) == plain


@pytest.mark.parametrize(
    ("scheme", "text", "found"),
    [
        ("stage", "commercialization", "stage/commercialization"),
        ("stage", " COMMERCIALIZATION ", "stage/commercialization"),
        ("stage", "basic-research", "stage/basic-research"),
        ("stage", "basic research", "stage/basic-research"),
        ("stage", "事業化", "stage/commercialization"),
        ("factor", "concept:stage/commercialization", "stage/commercialization"),
        ("alliance-issue", "2", "alliance-issue/legal-contract"),  # its notation
        ("alliance-issue", "法的契約の認識と理解", "alliance-issue/legal-contract"),
    ],
)
def test_a_concept_is_found_by_each_of_its_names(scheme: str, text: str, found: str) -> None:
    assert find_concept(scheme, text) == (found, "", ())
    assert concept_names(found.partition("/")[0])[normal(text.rpartition("/")[2])] == (found,)


def test_what_is_no_concept_or_one_of_several_is_told() -> None:
    found, reason, near = find_concept("stage", "comercialization")
    assert (found, reason) == ("", "{} is no concept of scheme stage")
    assert "commercialization" in near
    assert find_concept("nowhere", "commercialization") == ("", "{} is no concept of scheme nowhere", ())
    assert find_concept("stage", "concept:nowhere/x")[1] == "{} is no concept of scheme nowhere"


# Formats of dates

DAY, MONTH, YEAR = (f"{XSD}{name}" for name in ("date", "gYearMonth", "gYear"))


@pytest.mark.parametrize(
    ("pattern", "datatype", "fault"),
    [
        ("%Y-%m-%d", DAY, ""),
        ("%d %b %y", DAY, ""),
        ("%d %B %Y", DAY, ""),
        ("%j/%Y", DAY, ""),
        ("%A %a %d.%m.%Y %H:%I:%M:%S.%f %p %%", DAY, ""),
        ("%m-%d", DAY, "the format '%m-%d' has no year"),
        ("%Y-%d", DAY, "the format '%Y-%d' has no month"),
        ("%Y-%m", DAY, "the format '%Y-%m' has no day"),
        ("%Y", DAY, "the format '%Y' has no month"),
        ("%Y-%m", MONTH, ""),
        ("%Y", MONTH, "the format '%Y' has no month"),
        ("%m", MONTH, "the format '%m' has no year"),
        ("%Y", YEAR, ""),
        ("%y", YEAR, ""),
        ("", YEAR, "the format '' has no year"),
        ("year", YEAR, "the format 'year' has no year"),
        ("%Y %y %m %d", DAY, "the format '%Y %y %m %d' has the year twice"),
        ("%Y %m %b %d", DAY, "the format '%Y %m %b %d' has the month twice"),
        ("%Y %m %d %d", DAY, "the format '%Y %m %d %d' has the day twice"),
        ("%Y %j %d", DAY, "the format '%Y %j %d' has the day twice"),
        ("%Y %j %m", DAY, "the format '%Y %j %m' has the month twice"),
        ("%Y-%K", DAY, "'%K' is no letter of a format"),
        ("%Y-%", DAY, "'%' is no letter of a format"),
        ("%Y-%é", DAY, "'%é' is no letter of a format"),
    ],
)
def test_a_format_has_each_part_of_its_datatype_once(pattern: str, datatype: str, fault: str) -> None:
    assert fault_of_format(pattern, datatype) == fault


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# the first of each month of 2021, by a perpetual calendar
WEEKDAYS = [
    "Friday",
    "Monday",
    "Monday",
    "Thursday",
    "Saturday",
    "Tuesday",
    "Thursday",
    "Sunday",
    "Wednesday",
    "Friday",
    "Monday",
    "Wednesday",
]


@pytest.mark.parametrize(
    ("number", "name", "weekday"), [(n, *pair) for n, pair in enumerate(zip(MONTHS, WEEKDAYS, strict=True), 1)]
)
def test_months_and_weekdays_are_read_by_their_names(number: int, name: str, weekday: str) -> None:
    day = f"2021-{number:02}-01"
    for pattern, text in (
        ("%d %B %Y", f"1 {name} 2021"),
        ("%d %B %Y", f"1 {name[:3].upper()} 2021"),
        ("%d-%b-%Y", f"01-{name[:3]}-2021"),
        ("%A %d.%m.%Y", f"{weekday} 1.{number}.2021"),
        ("%a %d.%m.%Y", f"{weekday[:3].lower()} 01.{number:02}.2021"),
    ):
        assert read_dates(pl.Series([text]), pattern).cast(pl.String).to_list() == [day], text
    other = WEEKDAYS[number % 12] if WEEKDAYS[number % 12] != weekday else "Nonday"
    assert read_dates(pl.Series([f"{other} 1.{number}.2021", f"1 {name}x 2021"]), "%A %d.%m.%Y").to_list() == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("pattern", "fine", "wrong"),
    [
        (
            "%Y-%m-%d",
            "2021-2-3",
            ["21-2-3", "2021-13-1", "2021-0-1", "2021-2-30", "2021-002-3", "x2021-2-3", "2021-2-3x", ""],
        ),
        ("%Y%m%d", "20210203", ["2021023", "202123", "2021-02-03"]),
        ("%d%m%Y", "03022021", ["322021"]),
        ("%d.%m.%y", "3.2.21", ["3.2.2021", "3.2.1"]),
        ("%Y-%m-%d %H", "2021-02-03 23", ["2021-02-03 24", "2021-02-03 230"]),
        ("%Y-%m-%d %H", "2021-02-03 0", ["2021-02-03"]),
        ("%Y-%m-%d %I", "2021-02-03 12", ["2021-02-03 13", "2021-02-03 0", "2021-02-03 00"]),
        ("%Y-%m-%d %I", "2021-02-03 1", ["2021-02-03 001"]),
        ("%Y-%m-%d %M", "2021-02-03 59", ["2021-02-03 60"]),
        ("%Y-%m-%d %S", "2021-02-03 9", ["2021-02-03 60"]),
        ("%Y-%m-%d %H%M%S", "2021-02-03 010203", ["2021-02-03 10203", "2021-02-03 246000"]),
        ("%Y-%m-%d %I%M", "2021-02-03 0102", ["2021-02-03 102"]),
        ("%Y-%m-%d %S.%f", "2021-02-03 01.123456", ["2021-02-03 01.1234567", "2021-02-03 01."]),
        ("%Y-%m-%d %p", "2021-02-03 am", ["2021-02-03 xm"]),
        ("%Y-%m-%d %p", "2021-02-03 PM", ["2021-02-03 p"]),
        ("%Y-%m-%d %%", "2021-02-03 %", ["2021-02-03 x"]),
        ("%Y%j", "2021034", ["202134", "2021366"]),
        ("%Y %j", "2021 34", ["2021 0", "2021 366", "2021 0034"]),
        ("%Y  %m %d", "2021 \t 2 3", ["2021-2 3", "20212 3"]),
        ("on %Y-%m-%d", "ON 2021-2-3", ["in 2021-2-3"]),
        ("%Y.%m.%d", "2021.2.3", ["2021-2-3"]),
        ("%y%m%d", "210203", ["2123"]),
    ],
)
def test_a_date_is_read_by_its_format_and_no_other(pattern: str, fine: str, wrong: list[str]) -> None:
    found = read_dates(pl.Series([fine, *wrong, None], dtype=pl.String), pattern).cast(pl.String).to_list()
    assert found == ["2021-02-03", *[None] * (len(wrong) + 1)]


@pytest.mark.parametrize(("text", "year"), [("00", 2000), ("68", 2068), ("69", 1969), ("99", 1999)])
def test_years_of_two_digits_are_of_two_centuries(text: str, year: int) -> None:
    assert read_dates(pl.Series([text]), "%y").dt.year().to_list() == [year]


def test_a_format_without_day_or_month_is_the_first_one() -> None:
    assert read_dates(pl.Series(["2021"]), "%Y").cast(pl.String).to_list() == ["2021-01-01"]
    assert read_dates(pl.Series(["11/2021"]), "%m/%Y").cast(pl.String).to_list() == ["2021-11-01"]


# Templates


def test_a_template_knows_its_cells_its_text_and_its_beginning() -> None:
    place = Origin("m", 1, 1)
    template = Template(("org/", Cell("a", place), "-", Cell("b", place)), place)
    assert [cell.column for cell in template.cells] == ["a", "b"]
    assert (template.text, template.beginning) == ("org/{a}-{b}", "org/")
    assert (Template((Cell("a", place), "/x"), place).beginning, Template((), place).beginning) == ("", "")


def test_the_cells_of_a_table_are_those_of_ids_values_types_and_inner_things() -> None:
    found = table(
        "id: org/{a}\ntype: '{t}'\nname: '{b} {c}'\nfacesFactor: {factor: '{d}', severity: '{e}'}\naffiliateOf: org/x\n"
    )
    assert [cell.column for cell in found.thing.cells()] == ["a", "b", "c", "t", "d", "e"]
    assert [thing.path for thing in found.thing.walk()] == ["", "assessment"]


# Maps


def test_a_map_is_read_with_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    text = (
        "graph: my-firms\ntables:\n- {table: firms, id: 'org/{code}', type: Firm, delimiter: tab, encoding: cp932, sheet: S}\n"
        "- {table: more, id: 'org/{code}', continues: true, empty: [n/a, '-'], delimiter: ';'}\n"
        "- {table: rest, id: 'org/{code}', type: [Firm, SmallFirm], continues: false, empty: none}\n"
    )
    path.write_text(text, encoding="utf-8")
    found = read_map(path)
    assert (found.graph, found.text) == ("my-firms", text)
    first, second, third = found.tables
    assert (first.table, first.delimiter, first.encoding, first.sheet, first.empty, first.continues) == (
        "firms", "\t", "cp932", "S", (), False,
    )  # fmt: skip
    assert (second.delimiter, second.empty, second.continues, second.thing.types) == (";", ("n/a", "-"), True, ())
    assert (third.empty, third.continues) == (("none",), False)
    assert third.thing.types == (f"{ONTOLOGY}Firm", f"{ONTOLOGY}SmallFirm")
    assert (first.place, second.place) == (Origin(str(path), 3, 3), Origin(str(path), 4, 3))
    assert parse_map(FIRM, "m").graph == ""


@pytest.mark.parametrize("graph", ["a", "my-firms-2", "2"])
def test_a_graph_has_a_slug(graph: str) -> None:
    assert parse_map(f"graph: '{graph}'\n{FIRM}", "m").graph == graph


ONE = "{table: a, id: 'org/{x}', type: Firm}"
LETTERS = "%Y, %y, %m, %d, %b, %B, %j, %a, %A, %H, %I, %M, %S, %f, %p, %%"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "expected"),
    [
        ("x\n", 1, 1, "the file holds a single value", "a mapping: id, type and words of case files, or tables"),
        (f"graph: a--b\n{FIRM}", 1, 8, "'a--b' cannot name a graph", "lower-case letters, digits and hyphens"),
        (f"graph: [a]\n{FIRM}", 1, 8, "a list stands where 'graph' takes a text", ""),
        (f"graph: ~\n{FIRM}", 1, 8, "nothing stands where 'graph' takes a text", ""),
        (f"tables: [{ONE}]\nid: org/x\n", 2, 1, "'id' stands beside tables", "it inside one of the tables"),
        ("tables: [x]\n", 1, 10, "a single value stands where a table is described", "a mapping with table, id and type"),
        ("tables: x\n", 1, 9, "a single value stands where a table is described", "a mapping with table, id and type"),
        (f"tables: [{ONE}, {{id: 'org/{{y}}', type: Firm}}]\n", 1, 49, "the table has no name",
         "table: and the name of the file without its ending"),
        (f"{FIRM}continues: yes\n", 3, 12, "'yes' is neither true nor false", ""),
        (f"{FIRM}delimiter: ';;'\n", 3, 12, "';;' is no delimiter", "one character, or tab"),
        (f"{FIRM}encoding: []\n", 3, 11, "a list stands where 'encoding' takes a text", ""),
        (f"{FIRM}colour: red\n", 3, 1, "unknown key 'colour'", "a word of case files"),
        (f"{FIRM}Person: red\n", 3, 1, "unknown key 'Person'", "a word of case files"),
        (f"{FIRM}listedAt: x\n", 3, 1, "unknown key 'listedAt'", "a table has no places in a document"),
        ("type: Firm\n", 1, 1, "the rows have no id", "id: <kind>/{column}, for example id: org/{registration number}"),
        ("id: [a]\ntype: Firm\n", 1, 5, "a list is not an id", "a text such as org/{registration number}"),
        ("id: Org/{x}\ntype: Firm\n", 1, 5, "'Org/{x}' is not an id",
         "<kind>/{column} in lower-case letters, digits and hyphens"),
        ("id: org/{x}\n", 1, 1, "the things have no type", "type: and a class of the ontology, or continues: true"),
        ("id: org/{x}\ntype: [Firm, Frim]\n", 2, 14, "unknown type 'Frim'", "a class of the ontology"),
        ("id: org/{x}\ntype: [[Firm]]\n", 2, 8, "unknown type 'a list'", "a class of the ontology"),
        ("id: org/{x}\ntype: 'a {x}'\n", 2, 7, "the class of a row cannot be put together",
         'type: "{column}", or {column: …, lookup: {…}}'),
        ("id: org/{x}\ntype: '{x}{y}'\n", 2, 7, "the class of a row cannot be put together",
         'type: "{column}", or {column: …, lookup: {…}}'),
        ("id: org/{x}\ntype: {column: t, lookup: {a: Frim}}\n", 2, 31, "'Frim' is not a class of the ontology", ""),
        (f"{FIRM}name: ''\n", 3, 7, "nothing stands where 'name' takes a value", 'a constant, "{column}" or {column: …}'),
        (f"{FIRM}name: ~\n", 3, 7, "nothing stands where 'name' takes a value", 'a constant, "{column}" or {column: …}'),
        (f"{FIRM}name: [[x]]\n", 3, 8, "a list stands where 'name' takes a value", 'a constant, "{column}" or {column: …}'),
        (f"{FIRM}name: {{a: b}}\n", 3, 7, "a mapping stands where 'name' takes a text in one language", "{column: …}"),
        (f"{FIRM}name: {{a, b}}\n", 3, 7, "a mapping stands where 'name' takes a text in one language", "{column: …}"),
        (f"{FIRM}name: {{a}}\n", 3, 7, "a mapping stands where 'name' takes a text in one language", '"{a}"'),
        (f"{FIRM}name: 'a}}'\n", 3, 7, "a brace in 'a}' has no partner", "columns written as {column}"),
        (f"{FIRM}name: '{{a}}{{'\n", 3, 7, "a brace in '{a}{' has no partner", "columns written as {column}"),
        (f"{FIRM}name: {{column: [a]}}\n", 3, 16, "a list stands where 'column' takes a text", ""),
        (f"{FIRM}name: {{column: a, separator: ~}}\n", 3, 30, "nothing stands where 'separator' takes a text", ""),
        (f"{FIRM}name: {{column: a, lookup: x}}\n", 3, 27, "a single value stands where 'lookup' takes a mapping",
         "{text in the table: value, …}"),
        (f"{FIRM}name: {{column: a, lookup: {{b: [c]}}}}\n", 3, 31, "a list stands where a value is expected", ""),
        (f"{FIRM}name: {{column: a, lookup: {{b: ~}}}}\n", 3, 31, "nothing stands where a value is expected", ""),
        (f"{FIRM}isAtStage: {{column: a, lookup: {{b: x}}}}\n", 3, 36, "'x' is not a concept of scheme stage", ""),
        (f"{FIRM}name: {{column: a, unmatched: x}}\n", 3, 30, "'x' is no choice of 'unmatched'", "reject or skip"),
        (f"{FIRM}name: {{column: a, dangling: x}}\n", 3, 29, "'x' is no choice of 'dangling'", "reject or keep"),
        (f"{FIRM}name: {{column: a, format: '%Y'}}\n", 3, 27, "'name' takes no date, so that a format means nothing", ""),
        (f"{FIRM}sampleSize: {{column: a, format: '%Y'}}\n", 3, 33,
         "'sampleSize' takes no date, so that a format means nothing", ""),
        (f"{FIRM}date: {{column: a, format: '%d'}}\n", 3, 27, "the format '%d' has no year",
         f"a day of the calendar such as 1987-11-06, by the letters {LETTERS}"),
        (f"{FIRM}date: {{column: a, format: '%Y-%m'}}\n", 3, 27, "the format '%Y-%m' has no day",
         f"a day of the calendar such as 1987-11-06, by the letters {LETTERS}; a year and month such as 1986-06 goes with another word"),
        (f"{FIRM}affiliateOf: {{column: a, reference: org/x}}\n", 3, 37, "'org/x' has no place for the cell", "org/{}"),
        (f"{FIRM}affiliateOf: {{column: a}}\n", 3, 14, "'{a}' is not a reference",
         "an id such as org/{column}, ../<document>/org/{column}, or concept:<scheme>/{column}"),
        (f"{FIRM}affiliateOf: 'Org/{{a}}'\n", 3, 14, "'Org/{a}' is not a reference",
         "an id such as org/{column}, ../<document>/org/{column}, or concept:<scheme>/{column}"),
        (f"{FIRM}about: 'concept:stage{{a}}'\n", 3, 8, "'concept:stage{a}' is not a reference",
         "an id such as org/{column}, ../<document>/org/{column}, or concept:<scheme>/{column}"),
        (f"{FIRM}about: 'concept:stge/{{a}}'\n", 3, 8, "no scheme is called 'stge'", ""),
        (f"{FIRM}about: {{column: a, scheme: stge}}\n", 3, 28, "no scheme is called 'stge'", ""),
        (f"{FIRM}isAtStage: '{{a}} x'\n", 3, 12, "'{a} x' cannot be a concept", 'one column: "{column}"'),
        (f"{FIRM}isAtStage: x\n", 3, 12, "'x' cannot be the value of 'isAtStage'", "a concept of scheme stage"),
        (f"{FIRM}isAtStage: concept:factor/x\n", 3, 12, "'concept:factor/x' cannot be the value of 'isAtStage'",
         "a concept of scheme factor"),
        (f"{FIRM}about: concept:stage/x\n", 3, 8, "'concept:stage/x' cannot be the value of 'about'",
         "a concept of scheme stage"),
        (f"{FIRM}affiliateOf: x\n", 3, 14, "'x' cannot be the value of 'affiliateOf'",
         "an id such as org/tau-giken, ../<document>/<id>, or concept:<scheme>/<slug>"),
        (f"{FIRM}sampleSize: x\n", 3, 13, "'x' cannot be the value of 'sampleSize'", "a whole number such as 47"),
        (f"{FIRM}facesFactor: {{stage: '{{s}}'}}\n", 3, 14, "the thing in 'facesFactor' has no factor to make its id from",
         "factor: and one reference"),
        (f"{FIRM}cooperatesWith: {{name: '{{s}}'}}\n", 3, 17,
         "the thing in 'cooperatesWith' has no provider or specialist to make its id from",
         "provider or specialist: and one reference"),
        (f"{FIRM}offers: {{name: '{{s}}', type: Technology}}\n", 3, 9, "the thing in 'offers' has no id",
         "id: (things without one: announcement, cooperatesWith, engagesIn, facesFactor, formation, involvement, participation, requiresElement)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_map_is_told_with_what_to_write(
    text: str, line: int, column: int, message: str, expected: str
) -> None:
    assert told(text) == [(line, column, message, expected)]


def test_the_class_that_is_asked_for_agrees_with_that_of_the_first_table() -> None:
    assert told(f"{FIRM}", "alliance") == [(2, 7, "the map says Firm, yet Alliance was asked for", "one of the two")]
    assert table(FIRM, "firm").thing.types == (f"{ONTOLOGY}Firm",)
    both = "tables:\n- {table: a, id: 'org/{x}'}\n- {table: b, id: 'org/{x}', type: Alliance}\n"
    first, second = parse_map(both, "m", "firm").tables
    assert (first.thing.types, second.thing.types) == ((f"{ONTOLOGY}Firm",), (f"{ONTOLOGY}Alliance",))
    cell = table("id: org/{x}\ntype: '{t}'\n", "firm").thing
    assert (cell.types, cell.type_cell and cell.type_cell.column) == ((), "t")


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("name: '{a}'", {"column": "a"}),
        ("name: {column: a, separator: ';', default: x}", {"separator": ";", "default": "x"}),
        ("isAtStage: {column: a, unmatched: skip}", {"skip_unmatched": True, "keep_dangling": False}),
        ("isAtStage: {column: a, unmatched: reject}", {"skip_unmatched": False}),
        ("affiliateOf: {column: a, reference: 'org/{}', dangling: keep}", {"keep_dangling": True, "skip_unmatched": False}),
        ("affiliateOf: {column: a, reference: 'org/{}', dangling: reject}", {"keep_dangling": False}),
        ("value: {column: a, decimal: ',', thousands: '.'}", {"decimal": ",", "thousands": "."}),
        ("date: {column: a, format: '%d.%m.%Y'}", {"pattern": "%d.%m.%Y"}),
        ("about: {column: a, scheme: stage}", {"scheme": "stage"}),
        ("isAtStage: {column: a, lookup: {x: commercialization, y: 'concept:factor/funding'}}",
         {"lookup": {"x": "commercialization", "y": "concept:factor/funding"}}),
        ("name: {column: a, lookup: {x: anything}}", {"lookup": {"x": "anything"}}),
    ],
)  # fmt: skip
def test_the_options_of_a_cell_are_kept(written: str, parts: dict[str, Any]) -> None:
    (value,) = table(f"{FIRM}{written}\n").thing.values
    (cell,) = value.template.cells
    assert {name: getattr(cell, name) for name in parts} == parts


@pytest.mark.parametrize(
    "written",
    [
        "affiliateOf: 'org/{a}'",
        "affiliateOf: '../other/org/{a}'",
        "affiliateOf: 'org/{a}/{b}'",
        "about: 'concept:stage/{a}'",
        "about: {column: a, scheme: stage}",
        "affiliateOf: org/x",
        "affiliateOf: ../other/org/x",
        "about: concept:stage/commercialization",
        "isAtStage: commercialization",
        "isAtStage: concept:stage/commercialization",
        "isAtStage: '{a}'",
        "sampleSize: 47",
        "name: '{a} ({b})'",
        "yearMonth: {column: a, format: '%m/%Y'}",
        "year: {column: a, format: '%y'}",
    ],
)
def test_values_that_a_word_can_take_are_taken(written: str) -> None:
    assert len(table(f"{FIRM}{written}\n").thing.values) == 1


def test_several_values_of_one_word_and_things_inside() -> None:
    thing = table(
        f"{FIRM}altName: ['{{a}}', '{{b}}']\noffers: [{{id: 'technology/{{t}}', type: Technology}}, 'technology/{{u}}']\n"
    ).thing
    assert [value.template.text for value in thing.values] == ["{a}", "{b}", "technology/{u}"]
    (inner,) = thing.inner
    assert (inner.word.name, inner.thing.types) == ("offers", (f"{ONTOLOGY}Technology",))
    assert inner.thing.id
    assert inner.thing.id.text == "technology/{t}"
    nested = table(f"{FIRM}facesFactor: {{stage: '{{s}}', factor: '{{f}}'}}\n").thing.inner[0].thing
    assert [template.text for template in nested.identified_by] == ["{f}", "{s}"]
    assert nested.types == (f"{ONTOLOGY}FactorAssessment",)
    assert (nested.path, nested.id) == ("assessment", None)


# The schema for editors

VALID = [
    {},
    {"id": "org/{code}", "type": "{kind}"},
    {"id": "org/{code}", "type": {"column": "kind", "lookup": {"a": "Firm"}}},
    {"id": "org/{code}", "type": ["Firm", "SmallFirm"]},
    {
        "table": "a",
        "continues": True,
        "delimiter": ";",
        "encoding": "cp932",
        "sheet": "S",
        "empty": ["-", 0],
        "graph": "g",
    },
    {"empty": "-"},
    {"name": 7},
    {"name": True},
    {"name": ["a", "{b}"]},
    {"name": {"column": "a", "separator": ";", "default": "x", "decimal": ",", "thousands": ".", "format": "%Y"}},
    {"isAtStage": {"column": "a", "unmatched": "skip", "scheme": "stage", "lookup": {"a": "b", "c": 1}}},
    {"affiliateOf": {"column": "a", "reference": "org/{}", "dangling": "keep"}},
    {"facesFactor": {"factor": "{f}", "severity": "{s}"}},
    {"facesFactor": [{"id": "a/{b}", "type": "FactorAssessment"}, "{x}"]},
]
INVALID: list[Any] = [
    {"id": 7},
    {"id": ["a"]},
    {"type": "kind}"},
    {"type": "{a}{b}"},
    {"type": []},
    {"type": {"lookup": {"a": "Firm"}}},
    {"table": 7},
    {"encoding": 7},
    {"sheet": 7},
    {"delimiter": []},
    {"continues": "true"},
    {"empty": []},
    {"empty": {}},
    {"graph": []},
    {"tables": []},
    {"name": None},
    {"name": []},
    {"name": {"separator": ";"}},
    {"name": {"column": "a", "seperator": ";"}},
    {"name": {"column": ["a"]}},
    {"name": {"column": "a", "lookup": "x"}},
    {"name": {"column": "a", "lookup": {"a": []}}},
    {"name": {"column": "a", "unmatched": "keep"}},
    {"name": {"column": "a", "dangling": "skip"}},
    {"name": {"factor": "{f}"}},
    {"facesFactor": {"colour": "red"}},
    {"Person": "x"},
    {"source": "x"},
]


@pytest.mark.parametrize("change", VALID)
def test_the_schema_accepts_maps(change: dict[str, Any]) -> None:
    validator = Draft202012Validator(map_schema())
    assert validator.is_valid({"id": "org/{code}", "type": "Firm", **change})


@pytest.mark.parametrize("change", INVALID)
def test_the_schema_refuses_what_is_no_map(change: dict[str, Any]) -> None:
    validator = Draft202012Validator(map_schema())
    assert not validator.is_valid({"id": "org/{code}", "type": "Firm", **change})


def test_the_schema_knows_maps_of_several_tables() -> None:
    schema = map_schema()
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    validator = Draft202012Validator(schema)
    one = {"table": "a", "id": "org/{x}", "type": "Firm"}
    assert validator.is_valid({"tables": [one, one], "graph": "g"})
    assert validator.is_valid({"tables": one})
    for content in ({}, [], "x", {"type": "Firm"}, {"tables": [{"table": "a"}]}, {"tables": [one], "id": "org/{x}"},
                    {"tables": [{**one, "graph": "g"}]}, {"tables": [one], "graph": 7}, {"tables": [one, "x"]}):  # fmt: skip
        assert not validator.is_valid(content), content
