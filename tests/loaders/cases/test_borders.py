"""Borders of case files and survey tables: each spelling that is read, its neighbour that is not, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import Literal, NamedNode, Quad

import kg.loaders.cases as package
from kg.core.errors import InputError, Problem
from kg.core.terms import expand, term
from kg.loaders import Vocabulary, load_cases, load_folder
from kg.loaders.cases import case_schema, read_context
from kg.loaders.cases.context import DATATYPES, Kind, expected_form, lexical_pattern
from kg.loaders.cases.draft import SpanEntry, read_spans, span_hash, write_spans_file
from kg.loaders.cases.folder import read_document
from kg.loaders.cases.values import place_names
from kg.loaders.files import parse_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Case

    Problems = Callable[[str | bytes], tuple[Problem, ...]]

ID = "https://w3id.org/motkg/id/paper/"
GRAPH = NamedNode("https://w3id.org/motkg/graph/paper")


def node(local: str) -> NamedNode:
    return NamedNode(ID + local)


def told(problems: tuple[Problem, ...]) -> list[tuple[str, int, int, str, str]]:
    return [
        (each.file.removeprefix("paper/"), each.line, each.column, each.message, each.expected) for each in problems
    ]


def test_the_package_gives_what_it_lists() -> None:
    assert {name: getattr(package, name).__name__ for name in package.__all__} == {
        name: name for name in package.__all__
    }


# Things and their values

THING = "- {id: a/b, type: Claim, "


@pytest.mark.parametrize(
    ("content", "column", "message", "expected"),
    [
        (f"{THING}about: ''}}", 33, "'about' has no value",
         "an id, a concept such as concept:stage/commercialization, or a nested thing"),
        (f"{THING}stage: ''}}", 33, "'stage' has no value", "a concept of scheme stage"),
        (f"{THING}value: ''}}", 33, "'value' has no value", "a decimal number such as 0.379"),
        (f"{THING}text: ''}}", 32, "'text' has no value", "a text in the language 'en'"),
        (f"{THING}printed: ''}}", 35, "'printed' has no value", "a text"),
        (f"{THING}text: ' x'}}", 32, "the value of 'text' begins or ends with white space",
         "none (with > or |, write >- or |-)"),
        (f"{THING}date: 1987}}", 32, "'1987' cannot be the value of 'date'", "a day of the calendar such as 1987-11-06"),
        (f"{THING}about: []}}", 33, "the list of 'about' is empty", "a value, or the key left out"),
        (f"{THING}txet: x}}", 26, "unknown key 'txet'", "a word of ontology/context.jsonld"),
        (f"{THING}Person: x}}", 26, "unknown key 'Person'", "a word of ontology/context.jsonld"),
        ("- {id: a/b, type: []}", 19, "the list of types is empty", "a class of the ontology"),
        ("- {id: a/b, type: [[x]]}", 20, "unknown type 'a list'", "a class of the ontology"),
        ("- {id: a/b, type: [Claim, Klaim]}", 27, "unknown type 'Klaim'", "a class of the ontology"),
        ("- {id: a/b, type: 'https://w3id.org/motkg/ontology/Claim'}", 19,
         "unknown type 'https://w3id.org/motkg/ontology/Claim'", "a class of the ontology"),
        ("- {id: cell/x, type: Claim}", 8, "'cell/x' is an id that loading makes", "a kind other than span and cell"),
        ("- {id: {a: b}, type: Claim}", 8, "a mapping is not an id",
         "<kind>/<slug> in lower-case letters, digits and hyphens, such as alliance/altos-tau-giken"),
        (f"{THING}about: {{type: Claim}}}}", 33, "the thing in 'about' has no id",
         "id: (things without one: announcement, cooperatesWith, engagesIn, facesFactor, formation, involvement, participation, requiresElement)"),
        (f"{THING}about: {{id: c/d}}}}", 38, "the thing in 'about' has no type", "type: and a class"),
        (f"{THING}cooperatesWith: {{text: x}}}}", 42,
         "the thing in 'cooperatesWith' has no single provider or specialist to make its id from",
         "provider or specialist: and one reference"),
        (f"{THING}about: concept:stage}}", 33, "'concept:stage' is not in the ontology",
         "a name that the ontology declares under concept:"),
        (f"{THING}about: concept}}", 33, "'concept' is not a reference",
         "an id such as org/tau-giken, ../<document>/<id>, or a concept such as concept:stage/commercialization"),
        (f"{THING}about: motkg:Claim}}", 33, "'motkg:Claim' is not a reference",
         "an id such as org/tau-giken, ../<document>/<id>, or a concept such as concept:stage/commercialization"),
        (f"{THING}about: cube:stage-respons}}", 33, "'cube:stage-respons' is not in the ontology",
         "a name that the ontology declares under cube:"),
        (f"{THING}stage: nowhere}}", 33, "'nowhere' is not a concept of scheme stage",
         "the slug of a concept of scheme stage, or concept:<scheme>/<slug> for another"),
        (f"{THING}value: 31, printed: 32%}}", 33, "the value is 31, and '32%' is printed", "32"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_value_is_told_with_what_to_write(
    problems_of: Problems, content: str, column: int, message: str, expected: str
) -> None:
    assert told(problems_of(f"{content}\n")) == [("claims.yaml", 1, column, message, expected)]


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("concept:stage/comercialization", ("concept:stage/commercialization",)),
        ("concept:stages/commercialization", ("concept:stage/commercialization",)),
        ("concept:nothing/roadmap", ("concept:practice/roadmap",)),
        ("cube:stage-respons", ("cube:stage-response",)),
        ("roadmap", ("concept:practice/roadmap",)),
    ],
)
def test_names_that_may_be_meant_are_those_of_the_scheme_or_the_same_slug_elsewhere(
    problems_of: Problems, written: str, near: tuple[str, ...]
) -> None:
    (problem,) = problems_of(f"{THING}about: {written}}}\n")
    assert problem.near == near


def test_a_concept_of_another_scheme_is_written_with_its_scheme(case: Case) -> None:
    case.write("a.yaml", f"{THING}stage: concept:cluster-stage/sales}}\n")
    assert Quad(node("a/b"), term("stage"), expand("cluster-stage:sales"), GRAPH) in case.load().origins


@pytest.mark.parametrize("text", ["a/b", "a-1/b-2/c", "document", "0/0"])
def test_ids_are_slugs_of_two_parts_or_more(case: Case, text: str) -> None:
    if text != "document":
        case.write("a.yaml", f"- {{id: {text}, type: Claim}}\n")
    case.write("b.yaml", f"- {{id: z/z, type: Claim, about: {text}}}\n")
    assert Quad(node("z/z"), term("about"), node(text), GRAPH) in case.load().origins


@pytest.mark.parametrize("text", ["a", "a/", "/a", "a//b", "a/B", "a/b_c", "documents", "a/é"])
def test_other_texts_are_no_ids(problems_of: Problems, text: str) -> None:
    assert any("is not an id" in each.message for each in problems_of(f"- {{id: {text}, type: Claim}}\n"))


def test_a_nested_thing_has_the_classes_of_its_word_or_its_own(case: Case) -> None:
    case.write("org.yaml", "- {id: org/x, type: Firm}\n")
    case.write("a.yaml", "- {id: a/b, type: Alliance, participation: {type: Claim, participant: org/x}}\n")
    types = {
        quad.object
        for quad in case.load()
        if quad.subject == node("a/b/participation/x") and quad.predicate == expand("rdf:type")
    }
    assert types == {term("Claim")}


@pytest.mark.parametrize(
    ("value", "printed"),
    [("31", "31"), ("31.0", "31"), ("-31", "-31"), ("1e3", ""), ("31", "about 30"), ("1590", "1,590")],
)
def test_a_value_agrees_with_a_printed_number(case: Case, value: str, printed: str) -> None:
    case.write("a.yaml", f"{THING}printed: '{printed or 'x'}', value: '{value}'}}\n")
    if value == "1e3":
        assert [each.message for each in case.problems()] == ["'1e3' cannot be the value of 'value'"]
    else:
        assert len(case.load())


# Places in the text


@pytest.mark.parametrize(
    ("place", "column", "message", "expected"),
    [
        ("{span: [1, x]}", 45, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [x, 1]}", 42, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [1, [2]]}", 45, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [1, 2, 3]}", 41, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [1, 2, x]}", 41, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: 1}", 41, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [1, -2]}", 45, "a span is two offsets", "[START, END], whole numbers from 0"),
        ("{span: [3, 3]}", 41, "the span [3, 3] holds nothing", "START before END"),
        ("{section: '', span: [1, 2]}", 44, "'section' has no value",
         "the section's number or heading, or the key left out"),
        ("{section: ' ', span: [1, 2]}", 44, "'section' has no value",
         "the section's number or heading, or the key left out"),
        ("{section: ~, span: [1, 2]}", 44, "'section' has no value",
         "the section's number or heading, or the key left out"),
        ("{section: [a], span: [1, 2]}", 44, "'section' has no value",
         "the section's number or heading, or the key left out"),
        ("{section: '6'}", 34, "'source' has no span", '{section: "6", span: [START, END]}'),
        ("{spam: '6', span: [1, 2]}", 35, "unknown key 'spam'", '{section: "6", span: [START, END]}'),
        ("p. 3", 34, "a single value stands where 'source' takes a place", '{section: "6", span: [START, END]}'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_place_is_told_at_its_part(
    problems_of: Problems, place: str, column: int, message: str, expected: str
) -> None:
    assert told(problems_of(f"{THING}source: {place}}}\n")) == [("claims.yaml", 1, column, message, expected)]


@pytest.mark.parametrize(
    ("start", "end", "read"), [("0", "1", True), ("0", "999999999999", True), ("0", "1234567890123", False)]
)
def test_offsets_have_up_to_twelve_digits(case: Case, start: str, end: str, read: bool) -> None:  # noqa: FBT001 - a column of the table
    case.write("a.yaml", f"{THING}source: {{span: [{start}, {end}]}}}}\n")
    if read:
        assert Quad(node("a/b"), term("statedAt"), node(f"span/{start}-{end}"), GRAPH) in case.load().origins
        assert not [quad for quad in case.load() if quad.predicate == term("section")]
    else:
        assert len(case.problems()) == 1


@pytest.mark.parametrize(
    ("source", "section", "offsets"),
    [
        ("{section: '6', span: [1, 2]}", "6", ((1, 2),)),
        ("[{span: [1, 2]}, {section: '7', span: [3, 4]}]", "7", ((1, 2), (3, 4))),
        ("[{section: '6', span: [1]}, {section: '7', span: [3, 4]}]", "6", ((3, 4),)),
        ("[p, {section: ~, span: [3, x]}]", "", ()),
        ("{section: [a], span: [3, 4]}", "", ((3, 4),)),
        ("p", "", ()),
    ],
)
def test_the_first_section_and_all_offsets_of_a_source(
    source: str, section: str, offsets: tuple[tuple[int, int], ...]
) -> None:
    assert place_names(parse_tree(source, "f")) == (section, offsets)
    assert place_names(None) == ("", ())


# The list of spans

HASH = "ab" * 32
GOOD = f"span,start,end,sha256\nspan/3-9,3,9,{HASH}\ncell/t/r1c2,10,12,{HASH}\n"


def test_the_list_of_spans_is_read_and_written_alike(tmp_path: Path) -> None:
    path = tmp_path / "spans.csv"
    entries = [
        SpanEntry("span/100-200", 100, 200, HASH),
        SpanEntry("cell/t/r10c1", 5, 6, HASH),
        SpanEntry("span/20-30", 20, 30, HASH),
        SpanEntry("cell/t/r2c1", 3, 4, HASH),
    ]
    write_spans_file(path, entries)
    assert path.read_bytes().decode() == (
        f"span,start,end,sha256\ncell/t/r2c1,3,4,{HASH}\ncell/t/r10c1,5,6,{HASH}\nspan/20-30,20,30,{HASH}\n"
        f"span/100-200,100,200,{HASH}\n"
    )
    assert read_spans(path, "spans.csv") == {entry.name: entry for entry in entries}
    # SHA-256 of "abc", FIPS 180-2, appendix B.1
    assert span_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("line", "column", "message", "expected"),
    [
        ("span/3-9,3,9", 1, "the line has 3 values", "4: span, start, end, sha256"),
        (f"span/3,3,9,{HASH}", 1, "'span/3' is not the id of a span", "span/120-140 or cell/existence/r1c1"),
        (f"cell/t/r1,3,9,{HASH}", 1, "'cell/t/r1' is not the id of a span", "span/120-140 or cell/existence/r1c1"),
        (f"span/3-9,x,9,{HASH}", 10, "'x' is not an offset", "a whole number"),
        (f"span/3-9,3,y,{HASH}", 12, "'y' is not an offset", "a whole number"),
        (f"span/3-9,3,8,{HASH}", 10, "offsets 3 and 8 do not fit span/3-9", "start before end, the same as in the id"),
        (
            f"cell/t/r1c1,9,9,{HASH}",
            13,
            "offsets 9 and 9 do not fit cell/t/r1c1",
            "start before end, the same as in the id",
        ),
        (f"span/9-9,9,9,{HASH}", 10, "offsets 9 and 9 do not fit span/9-9", "start before end, the same as in the id"),
        (f"span/3-9,3,9,{HASH[1:]}", 14, f"'{HASH[1:]}' is not a SHA-256", "64 lower-case hexadecimal digits"),
        (f"span/3-9,3,9,{HASH.upper()}", 14, f"'{HASH.upper()}' is not a SHA-256", "64 lower-case hexadecimal digits"),
    ],
)
def test_what_is_wrong_in_the_list_of_spans_is_told_at_its_value(
    case: Case, line: str, column: int, message: str, expected: str
) -> None:
    case.write("spans.csv", f"span,start,end,sha256\nspan/1-2,1,2,{HASH}\n{line}\n")
    assert told(case.problems()) == [("spans.csv", 3, column, message, expected)]


def test_a_span_stands_once_in_the_list_whose_header_is_fixed(case: Case) -> None:
    case.write("spans.csv", f"{GOOD}span/3-9,3,9,{HASH}\n")
    assert told(case.problems()) == [("spans.csv", 4, 1, "span/3-9 stands twice", "each span once")]
    for text in ("", "span,start,end\n", "span,start,end,hash\n"):
        case.write("spans.csv", text)
        assert told(case.problems()) == [
            ("spans.csv", 1, 1, "the first line is not the header", "span,start,end,sha256")
        ]


# Documents and folders


def test_the_name_of_a_folder_is_a_slug(tmp_path: Path, vocabulary: Vocabulary) -> None:
    folder = tmp_path / "My Paper"
    folder.mkdir()
    (folder / "document.yaml").write_text("- {id: document, type: SourceDocument}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_folder(folder, vocabulary)
    assert [(each.file, each.line, each.column, each.message, each.expected) for each in caught.value.problems] == [
        ("My Paper", 0, 0, "the folder's name is not a slug", "lower-case letters, digits and hyphens")
    ]


def test_files_that_are_missing_or_not_read_are_told_as_wholes(case: Case) -> None:
    case.write("claims.yml", "- {id: a/b, type: Claim}\n")
    case.write("tables/one.csv", "a\n")
    case.write("tables/two.yaml", "a: b\n")
    case.write("tables/notes.txt", "a\n")
    expected = "a table (.csv) and its description (.yaml)"
    assert told(case.problems()) == [
        ("claims.yml", 0, 0, "the file is not read", "a name that ends in .yaml"),
        ("tables/one.yaml", 0, 0, "the file is missing", expected),
        ("tables/two.csv", 0, 0, "the file is missing", expected),
    ]
    (case.folder / "document.yaml").unlink()
    assert told(case.problems()) == [
        ("document.yaml", 0, 0, "the file is missing", "a folder of case files with a document.yaml")
    ]


def test_spans_refer_to_a_document_that_is_defined(case: Case) -> None:
    case.write("document.yaml", "- {id: claim/a, type: Claim, source: {span: [1, 2]}}\n")
    assert told(case.problems()) == [
        (
            "document.yaml",
            0,
            0,
            "the document itself is not defined, yet spans refer to it",
            "a thing with id: document, type: SourceDocument",
        )
    ]
    case.write("document.yaml", "- {id: claim/a, type: Claim}\n")
    assert len(case.load())
    # a document that cannot be read may define itself
    case.write("document.yaml", "- {id: [}\n")
    case.write("claims.yaml", "- {id: claim/a, type: Claim, source: {span: [1, 2]}}\n")
    assert [each.file for each in case.problems()] == ["paper/document.yaml"]


def test_hashes_are_left_alone_where_they_are_to_be_written_anew(case: Case) -> None:
    case.write("spans.csv", "nonsense\n")
    assert read_document(case.folder, case.vocabulary, with_hashes=False).problems == []
    assert len(read_document(case.folder, case.vocabulary).problems) == 1


def test_documents_see_what_others_define_and_what_they_may_define(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def write(slug: str, content: str) -> Path:
        (tmp_path / slug).mkdir(exist_ok=True)
        (tmp_path / slug / "document.yaml").write_text(content, encoding="utf-8")
        return tmp_path / slug

    one = write("one", "- {id: claim/a, type: Claim, agreesWith: ../two/claim/b}\n")
    known = "https://w3id.org/motkg/id/two/claim/b"
    assert (
        len(load_folder(one, vocabulary, known_ids=[known]))
        == len(load_cases([one], vocabulary, known_ids=[known]))
        == 4  # type, polarity, modality and agreement
    )
    broken = write("two", "- {id: claim/c, type: [}\n")
    with pytest.raises(InputError) as caught:
        load_cases([one, broken], vocabulary)
    assert [each.file for each in caught.value.problems] == ["two/document.yaml"]


def test_a_table_with_errors_may_define_what_is_referred_to(case: Case) -> None:
    case.write("tables/t.csv", "a\n")
    things = ("table/t", "observation/t/x", "cell/t/r1c1")
    case.write("claims.yaml", f"- {{id: claim/a, type: Claim, about: [{', '.join(things)}, table/u]}}\n")
    messages = [each.message for each in case.problems()]
    assert messages == ["'table/u' is not defined", "the file is missing"]


def test_a_span_may_be_referred_to_and_what_a_sound_table_lacks_may_not(case: Case) -> None:
    write(case)
    source = "source: {section: '6', span: [3, 9]}"
    things = "span/3-9, observation/t/no-response/commercialization, cell/t/r1c1"
    case.write("claims.yaml", f"- {{id: claim/a, type: Claim, about: [{things}], {source}}}\n")
    assert Quad(node("claim/a"), term("about"), node("span/3-9"), GRAPH) in case.load().origins
    case.write(
        "claims.yaml", "- {id: claim/a, type: Claim, about: [observation/t/no, cell/t/r9c9, table/u, span/1-2]}\n"
    )
    assert [each.message for each in case.problems()] == [
        f"'{name}' is not defined" for name in ("observation/t/no", "cell/t/r9c9", "table/u", "span/1-2")
    ]


# Survey tables

CSV = ",Basic Research,Commercialization\nFacing some issues/challenges,30%,34%\nNo response,17%,6%\n"
YAML = """\
id: table/t
observation: ShareObservation
measure: share-of-respondents
unit: percent
sample: sample/firms
rows: {dimension: responseOption, schemes: [issue-scale]}
columns: {dimension: stage, schemes: [stage]}
"""


def write(case: Case, csv: str = CSV, yaml: str = YAML) -> None:
    case.write("samples.yaml", "- {id: sample/firms, type: Sample}\n- {id: sample/few, type: Sample}\n")
    case.write("tables/t.csv", csv)
    case.write("tables/t.yaml", yaml)


AXIS = "{}: {{dimension: <word>, schemes: [<scheme>]}}"


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "expected"),
    [
        ("id: table/t\n", "", 1, 1, "the thing has no id",
         "<kind>/<slug> in lower-case letters, digits and hyphens, such as alliance/altos-tau-giken"),
        ("id: table/t", "id: table/t/u", 1, 5, "'table/t/u' is not the id of a table", "table/<slug>"),
        ("observation: ShareObservation\n", "", 1, 1, "the description has no observation",
         "ShareObservation or CorrelationObservation or CountObservation"),
        ("ShareObservation", "[ShareObservation]", 2, 14, "the description has no observation",
         "ShareObservation or CorrelationObservation or CountObservation"),
        ("unit: percent\n", "", 1, 1, "the description has no unit", "a concept of scheme unit"),
        ("unit: percent", "unit: [percent]", 4, 7, "a list stands where 'unit' takes a concept of one scheme",
         "a concept of scheme unit"),
        ("rows: {dimension: responseOption, schemes: [issue-scale]}\n", "", 1, 1, "the description has no rows",
         "rows: {dimension: …, schemes: […]}"),
        ("rows: {dimension: responseOption, schemes: [issue-scale]}", "rows: x", 6, 7,
         "a single value stands where 'rows' takes a mapping", AXIS.format("rows")),
        ("[issue-scale]}", "[issue-scale], more: x}", 6, 59, "unknown key 'more'", AXIS.format("rows")),
        ("dimension: responseOption, ", "", 6, 7, "the dimension is missing", AXIS.format("rows")),
        ("dimension: stage", "dimension: text", 7, 22, "'text' is not a dimension", AXIS.format("columns")),
        ("dimension: stage", "dimension: [stage]", 7, 22, "the dimension is missing", AXIS.format("columns")),
        ("schemes: [stage]", "schemes: []", 7, 38, "the schemes are missing", AXIS.format("columns")),
        ("schemes: [stage]", "schemes: [[stage]]", 7, 39, "'a list' is not a scheme", "the slug of a concept scheme"),
        ("sample: sample/firms", "sample: [sample/firms]", 5, 9, "a list stands where one sample is expected",
         "an id, or a mapping from column to id"),
        ("sample: sample/firms", "sample: {Basic Research: [x], Commercialization: sample/few}", 5, 26,
         "a list stands where one sample is expected", "an id such as sample/patent-firms"),
        ("sample: sample/firms", "sample: {Basic Research: sample/few}", 5, 9, "column 'Commercialization' has no sample",
         "a sample for every column"),
        ("unit: percent", "unit: percent\nstubColumns: x", 5, 14, "'x' cannot be the number of stub columns", "1 to 2"),
        ("unit: percent", "unit: percent\nstubColumns: 0", 5, 14, "'0' cannot be the number of stub columns", "1 to 2"),
        ("unit: percent", "unit: percent\nstubColumns: 3", 5, 14, "'3' cannot be the number of stub columns", "1 to 2"),
        ("unit: percent", "unit: percent\nstubColumns: [1]", 5, 14, "a list cannot be the number of stub columns", "1 to 2"),
        ("unit: percent", "unit: percent\nblank: zero", 5, 8, "'zero' cannot be the value of 'blank'", "not-printed"),
        ("unit: percent", "unit: percent\nannotation: {dimension: factor, schemes: [yes-no-scale]}", 5, 13,
         "the annotation's dimension 'factor' is neither that of the rows nor that of the columns",
         "the dimension that the word in brackets replaces"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_description_is_the_only_thing_told(  # noqa: PLR0913, PLR0917 - the columns of the table
    case: Case, old: str, new: str, line: int, column: int, message: str, expected: str
) -> None:
    assert old in YAML
    # the cell would be wrong as well, but what it means is not known
    write(case, CSV.replace("30%", "x"), YAML.replace(old, new))
    assert told(case.problems()) == [("tables/t.yaml", line, column, message, expected)]


def test_a_wrong_number_of_stub_columns_says_nothing_of_samples(case: Case) -> None:
    samples = "sample: {Basic Research: sample/few, Commercialization: sample/firms}\nstubColumns: 7"
    write(case, yaml=YAML.replace("sample: sample/firms", samples))
    assert [each.message for each in case.problems()] == ["'7' cannot be the number of stub columns"]


def test_a_description_is_a_mapping_and_describes_its_data_set(case: Case) -> None:
    write(case, yaml="- x\n")
    assert told(case.problems()) == [
        ("tables/t.yaml", 1, 1, "the file holds a list", "a mapping that describes one table")
    ]
    write(case, yaml=f"{YAML}type: Claim\nname: Troubles\nannotation: {{dimension: stage, schemes: [stage]}}\n")
    stated = case.load().origins
    for value in (expand("qb:DataSet"), term("Claim")):
        assert Quad(node("table/t"), expand("rdf:type"), value, GRAPH) in stated
    assert not [quad for quad in stated if quad.predicate == term("surveyQuestion")]


@pytest.mark.parametrize(
    ("csv", "line", "column", "message", "expected"),
    [
        (",Basic Research,Commercialization\n", 1, 1, "the table has no rows of data", "a header line and at least one row"),
        ("x\nNo response\n", 1, 1, "the table has no column of data", "more than 1 columns"),
        (",Basic Research,Commercialization\nNo response,6%\n", 2, 13, "the row has 2 values and the header 3",
         "as many values as the header has"),
        (",Basic Research,Commercialization\nNo response,6%,7%,8%\n", 2, 16, "the row has 4 values and the header 3",
         "as many values as the header has"),
        (",Basic Research,Commercialization\nNo response, ,7%\n", 2, 13, "the cell is empty",
         "a number, or blank: not-printed in the description"),
        (",Basic Research,Commercialization\nNo response,6,7%\n", 2, 13, "the cell '6' cannot be read",
         "a percentage such as 38%"),
        (",Basic Research,Commercialization\nNo answer,6%,7%\n", 2, 1, "'No answer' is not a label in scheme issue-scale",
         "an English label"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_told_with_what_to_write(  # noqa: PLR0913, PLR0917 - the columns of the table
    case: Case, csv: str, line: int, column: int, message: str, expected: str
) -> None:
    write(case, csv)
    assert told(case.problems()) == [("tables/t.csv", line, column, message, expected)]


def test_columns_without_a_meaning_are_told_from_the_second_on(case: Case) -> None:
    yaml = YAML.replace("columns: {dimension: stage, schemes: [stage]}\n", "")
    write(case, yaml=yaml)
    assert told(case.problems()) == [
        (
            "tables/t.csv", 1, 17, "the table has 2 columns of data, and the description does not say what they mean",
            "columns: {dimension: …, schemes: […]} in the description",
        )
    ]  # fmt: skip
    write(case, ",\nNo response,6%\n", yaml)
    labels = {quad.object.value for quad in case.load() if quad.predicate == term("columnLabel")}
    assert labels == set()


COEFFICIENTS = YAML.replace("ShareObservation", "CorrelationObservation").replace("percent", "coefficient")
COUNTS = YAML.replace("ShareObservation", "CountObservation").replace("percent", "person")
ANNOTATED = f"{YAML}annotation: {{dimension: responseOption, schemes: [yes-no-scale]}}\n"
NUMBER, SHARE, WORD = "a decimal number such as 0.379", "a percentage such as 38%", ", then perhaps a word in brackets"


@pytest.mark.parametrize(
    ("yaml", "cell", "value", "expected"),
    [
        (COUNTS, '"1,204"', "1204", ""),
        (COUNTS, "1204", "1204", ""),
        (COUNTS, "12%", "", NUMBER),
        (COUNTS, "12*", "", NUMBER),
        (COUNTS, "12 (Yes)", "", NUMBER),
        (YAML, "12.5%", "12.5", ""),
        (YAML, "12.5", "", SHARE),
        (YAML, "12.5%*", "", SHARE),
        (YAML, "12 %", "12", ""),
        (YAML, "\uff11\uff12\uff05", "12", ""),
        (YAML, "12 (34%)", "", SHARE),
        (COEFFICIENTS, "0.5*", "0.5", ""),
        (COEFFICIENTS, ".5", "0.5", ""),
        (COEFFICIENTS, "\u22120.5 **", "-0.5", ""),
        (COEFFICIENTS, "(.5)", "0.5", ""),
        (COEFFICIENTS, "0.5\u2020", "", f"{NUMBER}, with up to three stars"),
        (COEFFICIENTS, "0.5****", "", f"{NUMBER}, with up to three stars"),
        (COEFFICIENTS, "0.5%", "", f"{NUMBER}, with up to three stars"),
        (ANNOTATED, "12% (Yes)", "12", ""),
        (ANNOTATED, "12%(Yes)", "12", ""),
        (ANNOTATED, "12%", "12", ""),
        (ANNOTATED, "12% Yes", "", f"{SHARE}{WORD}"),
        (ANNOTATED, "12% ()", "", f"{SHARE}{WORD}"),
    ],
)
def test_a_cell_is_a_number_as_its_unit_prints_it(case: Case, yaml: str, cell: str, value: str, expected: str) -> None:
    write(case, f",Basic Research\nNo response,{cell}\n", yaml)
    if value:
        values = [quad.object for quad in case.load() if quad.predicate == expand("sdmx-measure:obsValue")]
        assert values == [Literal(value, datatype=expand("xsd:decimal"))]
        marks = [quad for quad in case.load() if quad.predicate == term("significance")]
        assert len(marks) == (yaml == COEFFICIENTS)
    else:
        assert told(case.problems()) == [("tables/t.csv", 2, 13, f"the cell '{cell}' cannot be read", expected)]


def test_a_word_in_brackets_is_a_label_of_its_scheme(case: Case) -> None:
    write(case, ",Basic Research\nNo response,12% (Perhaps)\n", ANNOTATED)
    assert told(case.problems()) == [
        ("tables/t.csv", 2, 13, "'Perhaps' is not a label in scheme yes-no-scale", "an English label")
    ]


def test_cells_are_numbered_from_the_first_row_and_column_of_the_data(case: Case) -> None:
    yaml = f"{YAML}stubColumns: 2\nsource: {{section: '6', span: [1, 2]}}\n"
    write(case, "x,,Basic Research\na,Facing some issues/challenges,30%\nb,No response,6%\n", yaml)
    stated = case.load().origins
    for row, label in ((1, "Facing some issues/challenges"), (2, "No response")):
        cell = node(f"cell/t/r{row}c1")
        for name, value in (
            ("rowLabel", Literal(label)),
            ("columnLabel", Literal("Basic Research")),
            ("section", Literal("6")),
        ):
            assert Quad(cell, term(name), value, GRAPH) in stated
        number = Literal(str(row), datatype=expand("xsd:integer"))
        assert Quad(cell, term("rowNumber"), number, GRAPH) in stated


def test_two_rows_that_mean_the_same_are_told(case: Case) -> None:
    write(case, ",Basic Research\nNo response,6%\nNo response,7%\n")
    (problem,) = case.problems()
    assert (problem.line, problem.expected) == (3, "rows and columns that mean different things")


# The context

CONTEXT = """{{"@context": {{"@version": 1.1, "@base": "https://example.org/", "id": "@id", "type": "@type", "x": "https://example.org/",
"xsd": "http://www.w3.org/2001/XMLSchema#", {} }}}}"""


def test_the_words_of_a_context_are_read_by_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(
        CONTEXT.format(
            '"ref": {"@id": "x:ref", "@type": "@id"}, "en": {"@id": "x:en", "@language": "en"}, "plain": {"@id": "x:plain"}, '
            '"number": {"@id": "x:n", "@type": "xsd:integer"}, '
            '"stage": {"@id": "x:stage", "@type": "@vocab", "@context": {"@vocab": "https://example.org/stage/"}}'
        ),
        encoding="utf-8",
    )
    context = read_context(path)
    assert context.prefixes == {"x": "https://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
    assert {word.name: (word.kind, word.iri.value, word.detail) for word in context.words.values()} == {
        "ref": (Kind.REFERENCE, "https://example.org/ref", ""),
        "en": (Kind.LANGUAGE, "https://example.org/en", "en"),
        "plain": (Kind.PLAIN, "https://example.org/plain", ""),
        "number": (Kind.TYPED, "https://example.org/n", "http://www.w3.org/2001/XMLSchema#integer"),
        "stage": (Kind.CONCEPT, "https://example.org/stage", "https://example.org/stage/"),
    }


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("{", ["not a JSON-LD context: "]),
        ("{}", ["not a JSON-LD context: "]),
        ("[]", ["not a JSON-LD context: "]),
        (CONTEXT.format('"a": {"@type": "@id"}'), ["term 'a' cannot be read: "]),
        (CONTEXT.format('"a": {"@id": "y:a"}'), ["term 'a' cannot be read: "]),
        (CONTEXT.format('"a": {"@id": "x:a", "@type": "@vocab"}'), ["term 'a' cannot be read: "]),
        (CONTEXT.format('"a": {"@id": "x:a", "@type": "xsd:double"}, "b": {"@id": "y:b"}'),
         ["term 'a' cannot be read: datatype xsd:double is not read by case files", "term 'b' cannot be read: "]),
    ],
)  # fmt: skip
def test_a_context_that_case_files_do_not_know_is_refused(tmp_path: Path, text: str, messages: list[str]) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_context(path)
    found = caught.value.problems
    assert [(each.file, each.line, each.column) for each in found] == [("context.jsonld", 0, 0)] * len(messages)
    assert all(each.message.startswith(message) for each, message in zip(found, messages, strict=True))
    with pytest.raises(InputError):
        read_context(tmp_path / "gone.jsonld")


def test_a_folder_may_be_read_with_a_context_of_its_own(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(
        CONTEXT.format('"note": {"@id": "x:note"}, "about": {"@id": "x:about", "@type": "@id"}'), encoding="utf-8"
    )
    case.write("a.yaml", "- {id: a/b, type: Claim, note: x}\n")
    stated = load_folder(
        case.folder,
        case.vocabulary,
        context=read_context(path).__class__(
            {**package.shipped_context().words, **read_context(path).words}, read_context(path).prefixes
        ),
    )
    assert Quad(node("a/b"), NamedNode("https://example.org/note"), Literal("x"), GRAPH) in stated.origins
    # without the prefix concept: in the context no concept can be written with it
    case.write("a.yaml", "- {id: a/b, type: Claim, about: concept:stage/commercialization}\n")
    with pytest.raises(InputError, match="is not a reference"):
        load_folder(case.folder, case.vocabulary, context=read_context(path))


def test_every_datatype_is_described_and_has_a_pattern() -> None:
    forms = {datatype.rpartition("#")[2]: expected_form(datatype) for datatype in DATATYPES}
    assert forms == {
        "string": "a text",
        "decimal": "a decimal number such as 0.379",
        "integer": "a whole number such as 47",
        "boolean": "true or false",
        "date": "a day of the calendar such as 1987-11-06",
        "gYearMonth": "a year and month such as 1986-06",
        "gYear": "a year of four digits such as 1987",
    }
    assert lexical_pattern("http://www.w3.org/2001/XMLSchema#integer") == "[+-]?[0-9]+"


# The schema for editors

GOOD_THING: dict[str, Any] = {"id": "a/b", "type": "Claim"}


@pytest.mark.parametrize(
    ("thing", "valid"),
    [
        ({}, True),
        ({"type": ["Claim", "Sample"]}, True),
        ({"type": []}, False),
        ({"type": "Person"}, True),
        ({"type": "http://xmlns.com/foaf/0.1/Person"}, False),
        ({"Person": "x"}, False),
        ({"id": "document"}, True),
        ({"id": "a"}, False),
        ({"id": 7}, False),
        ({"about": "concept:stage/sales"}, True),
        ({"about": "cube:stage-response"}, True),
        ({"about": "scheme:stage"}, True),
        ({"about": "motkg:Claim"}, False),
        ({"about": 7}, False),
        ({"about": {"id": "c/d"}}, True),
        ({"about": {"type": "Claim"}}, False),
        ({"participation": {"participant": "org/x"}}, True),
        ({"participation": [{"participant": "org/x"}, {"id": "a/c"}]}, True),
        ({"stage": "commercialization"}, True),
        ({"stage": "concept:cluster-stage/sales"}, True),
        ({"stage": "concept:cluster-stage"}, False),
        ({"stage": "Commercialization"}, False),
        ({"date": "1987-11-06"}, True),
        ({"value": 3.5}, True),
        ({"value": "3,5"}, False),
        ({"value": True}, False),
        ({"text": 7}, True),
        ({"text": True}, True),
        ({"text": {"en": "x"}}, False),
        ({"text": ["a", "b"]}, True),
        ({"printed": "x"}, True),
        ({"printed": None}, False),
        ({"source": {"span": [0, "2"]}}, True),
        ({"source": {"section": 6, "span": [1, 2]}}, True),
        ({"source": [{"span": [1, 2]}, {"span": [3, 4]}]}, True),
        ({"listedAt": {"span": [1, 2]}}, True),
        ({"source": {"section": "6"}}, False),
        ({"source": {"section": None, "span": [1, 2]}}, False),
        ({"source": {"span": [1]}}, False),
        ({"source": {"span": [1, 2, 3]}}, False),
        ({"source": {"span": {}}}, False),
        ({"source": {"span": [1, -2]}}, False),
        ({"source": {"span": [1, 2.5]}}, False),
        ({"source": {"span": [1, "x"]}}, False),
        ({"source": {"span": [1, 2], "page": 3}}, False),
        ({"source": "p. 3"}, False),
        ({"source": ["p. 3"]}, False),
    ],
)
def test_the_schema_accepts_what_loads_and_nothing_else(
    vocabulary: Vocabulary,
    thing: dict[str, Any],
    valid: bool,  # noqa: FBT001 - a column of the table
) -> None:
    validator = Draft202012Validator(case_schema(vocabulary))
    assert validator.is_valid([{**GOOD_THING, **thing}]) is valid


def test_the_schema_wants_a_list_of_things_with_id_and_type(vocabulary: Vocabulary) -> None:
    schema = case_schema(vocabulary)
    validator = Draft202012Validator(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert validator.is_valid([])
    for content in (GOOD_THING, ["a/b"], [[GOOD_THING]], [{"id": "a/b"}], [{"type": "Claim"}], "x"):
        assert not validator.is_valid(content)
