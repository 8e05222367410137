from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import InputError
from kg.core.terms import expand
from kg.loaders import Origin
from kg.loaders.files import read_rows

if TYPE_CHECKING:
    from conftest import Case

ID = "https://w3id.org/motkg/id/paper/"
GRAPH = NamedNode("https://w3id.org/motkg/graph/paper")
A = expand("rdf:type")

CSV = ",Basic Research,Commercialization\nFacing some issues/challenges,30%,34%\nNo response,17%,6%\n"
YAML = """\
id: table/existence
name: How far each stage troubles firms
structure: cube:stage-response
observation: ShareObservation
measure: share-of-respondents
unit: percent
surveyQuestion: stage-issues
sample: sample/firms
rows: {dimension: responseOption, schemes: [issue-scale]}
columns: {dimension: stage, schemes: [stage]}
source: {section: "6", span: [100, 200]}
"""
SAMPLES = "- {id: sample/firms, type: Sample}\n- {id: sample/few, type: Sample}\n"


def node(local: str) -> NamedNode:
    return NamedNode(ID + local)


def write(case: Case, csv: str = CSV, yaml: str = YAML) -> None:
    case.write("samples.yaml", SAMPLES)
    case.write("tables/existence.csv", csv)
    case.write("tables/existence.yaml", yaml)


def test_a_cell_becomes_an_observation_and_an_address(case: Case) -> None:
    write(case)
    statements = case.load()
    observation, cell = node("observation/existence/no-response/basic-research"), node("cell/existence/r2c1")
    integer = expand("xsd:integer")
    expected = [
        (observation, A, expand("motkg:ShareObservation")),
        (observation, expand("qb:dataSet"), node("table/existence")),
        (observation, expand("motkg:responseOption"), expand("issue-scale:no-response")),
        (observation, expand("motkg:stage"), expand("stage:basic-research")),
        (observation, expand("sdmx-measure:obsValue"), Literal("17", datatype=expand("xsd:decimal"))),
        (observation, expand("motkg:printedValue"), Literal("17%")),
        (observation, expand("motkg:measure"), expand("measure:share-of-respondents")),
        (observation, expand("sdmx-attribute:unitMeasure"), expand("unit:percent")),
        (observation, expand("motkg:surveyQuestion"), expand("survey-question:stage-issues")),
        (observation, expand("motkg:sample"), node("sample/firms")),
        (observation, expand("motkg:statedAt"), cell),
        (cell, A, expand("motkg:TableCell")),
        (cell, expand("motkg:inTable"), node("table/existence")),
        (cell, expand("motkg:rowNumber"), Literal("2", datatype=integer)),
        (cell, expand("motkg:columnNumber"), Literal("1", datatype=integer)),
        (cell, expand("motkg:rowLabel"), Literal("No response")),
        (cell, expand("motkg:columnLabel"), Literal("Basic Research")),
        (cell, expand("motkg:section"), Literal("6")),
        (cell, expand("oa:hasSource"), node("document")),
    ]
    found = {(quad.subject, quad.predicate, quad.object) for quad in statements if quad.subject in {observation, cell}}
    assert found == set(expected)
    assert {statements.origins[Quad(*triple, GRAPH)] for triple in expected} == {
        Origin("paper/tables/existence.csv", 3, 13, "r2c1")
    }


def test_the_table_becomes_a_data_set_with_its_structure_and_place(case: Case) -> None:
    write(case)
    stated = case.load().origins
    table = node("table/existence")
    assert Quad(table, A, expand("qb:DataSet"), GRAPH) in stated
    assert Quad(table, expand("qb:structure"), expand("cube:stage-response"), GRAPH) in stated
    assert Quad(table, expand("motkg:statedAt"), node("span/100-200"), GRAPH) in stated


def test_cells_take_offsets_and_hash_from_spans_csv(case: Case) -> None:
    write(case)
    cells = "".join(
        f"cell/existence/r{row}c{column},{row}{column},{row}{column + 1},{'cd' * 32}\n"
        for row in (1, 2)
        for column in (1, 2)
    )
    case.write("spans.csv", f"span,start,end,sha256\nspan/100-200,100,200,{'ab' * 32}\n{cells}")
    stated = case.load().origins
    assert Quad(node("cell/existence/r2c1"), expand("motkg:sha256"), Literal("cd" * 32), GRAPH) in stated
    start = Literal("21", datatype=expand("xsd:integer"))
    assert Quad(node("cell/existence/r2c1/position"), expand("oa:start"), start, GRAPH) in stated


def test_samples_may_differ_by_column(case: Case) -> None:
    write(
        case,
        yaml=YAML.replace(
            "sample: sample/firms", "sample: {Basic Research: sample/few, Commercialization: sample/firms}"
        ),
    )
    stated = case.load().origins
    assert (
        Quad(
            node("observation/existence/no-response/basic-research"), expand("motkg:sample"), node("sample/few"), GRAPH
        )
        in stated
    )
    assert (
        Quad(
            node("observation/existence/no-response/commercialization"),
            expand("motkg:sample"),
            node("sample/firms"),
            GRAPH,
        )
        in stated
    )


@pytest.mark.parametrize(
    ("cell", "value", "level"),
    [
        ("0.221", "0.221", "not-marked"),
        ("-0.006*", "-0.006", "ten-percent"),
        ("0.379**", "0.379", "five-percent"),
        ("0.1***", "0.1", "one-percent"),
    ],
)
def test_stars_of_a_coefficient_become_its_significance(case: Case, cell: str, value: str, level: str) -> None:
    yaml = YAML.replace("ShareObservation", "CorrelationObservation").replace("unit: percent", "unit: coefficient")
    write(case, f",Commercialization\nNo response,{cell}\n", yaml)
    observation = node("observation/existence/no-response/commercialization")
    stated = case.load().origins
    assert (
        Quad(observation, expand("sdmx-measure:obsValue"), Literal(value, datatype=expand("xsd:decimal")), GRAPH)
        in stated
    )
    assert Quad(observation, expand("motkg:significance"), expand(f"significance:{level}"), GRAPH) in stated
    assert Quad(observation, expand("motkg:printedValue"), Literal(cell), GRAPH) in stated


def test_a_word_in_brackets_replaces_the_dimension_and_blanks_say_nothing(case: Case) -> None:
    yaml = YAML + "annotation: {dimension: responseOption, schemes: [yes-no-scale]}\nblank: not-printed\n"
    write(case, ",Commercialization\nFacing some issues/challenges,60% (Yes)\nNo response,\n", yaml)
    observations = {quad.subject for quad in case.load() if quad.predicate == expand("qb:dataSet")}
    assert observations == {node("observation/existence/yes/commercialization")}


def test_only_the_last_stub_column_is_the_label(case: Case) -> None:
    write(
        case,
        ",,Commercialization\nGroup,Facing some issues/challenges,30%\n,No response,6%\n",
        YAML + "stubColumns: 2\n",
    )
    assert node("observation/existence/no-response/commercialization") in {quad.subject for quad in case.load()}


def test_a_table_of_one_column_needs_no_meaning_for_its_heading(case: Case) -> None:
    write(case, ",\nNo response,64%\n", YAML.replace("columns: {dimension: stage, schemes: [stage]}\n", ""))
    assert node("observation/existence/no-response") in {quad.subject for quad in case.load()}


CELLS = {
    "unknown row label": (",Commercialization\nNo respnse,6%\n", 2, 1, "'No respnse' is not a label", "No response"),
    "unknown column label": (
        ",Commercialisation\nNo response,6%\n",
        1,
        2,
        "'Commercialisation' is not a label",
        "Commercialization",
    ),
    "unreadable cell": (",Commercialization\nNo response,six\n", 2, 13, "the cell 'six' cannot be read", ""),
    "no percent sign": (",Commercialization\nNo response,6\n", 2, 13, "the cell '6' cannot be read", ""),
    "star on a share": (",Commercialization\nNo response,6%*\n", 2, 13, "the cell '6%*' cannot be read", ""),
    "word without annotation": (
        ",Commercialization\nNo response,6% (Yes)\n",
        2,
        13,
        "the cell '6% (Yes)' cannot be read",
        "",
    ),
    "decimal comma": (',Commercialization\nNo response,"6,5%"\n', 2, 13, "the cell '6,5%' cannot be read", ""),
    "blank cell": (",Commercialization\nNo response,\n", 2, 13, "the cell is empty", ""),
    "short row": (
        ",Basic Research,Commercialization\nNo response,6%\n",
        2,
        13,
        "the row has 2 values and the header 3",
        "",
    ),
    "long row": (",Commercialization\nNo response,6%,7%\n", 2, 13, "the row has 3 values and the header 2", ""),
    "same row twice": (
        ",Commercialization\nNo response,6%\nNo response,6%\n",
        3,
        13,
        "'observation/existence/no-response/commercialization' is already",
        "",
    ),
    "only a header": (",Commercialization\n", 1, 1, "the table has no rows of data", ""),
    "empty file": ("", 1, 1, "the table has no rows of data", ""),
    "no column of data": ("x\nNo response\n", 1, 1, "the table has no column of data", ""),
    "open quotation": (',Commercialization\nNo response,"6%\n', 2, 13, "a quotation mark is never closed", ""),
    "quotation inside": (',Commercialization\nNo response,6"%\n', 2, 14, "a quotation mark stands inside a value", ""),
    "text after quotation": (
        ',Commercialization\nNo response,"6"%\n',
        2,
        16,
        "text follows a closing quotation mark",
        "",
    ),
    "after a value of two lines": (',Commercialization\n"No\nresponse",x\n', 3, 11, "the cell 'x' cannot be read", ""),
    "after Japanese": (",Commercialization\n無回答,x\n", 2, 5, "the cell 'x' cannot be read", ""),
}


@pytest.mark.parametrize("wrong", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_is_wrong_in_a_table_is_named_at_its_cell(
    case: Case, wrong: tuple[str, int, int, str, str], line_end: str
) -> None:
    csv, line, column, message, near = wrong
    write(case, csv.replace("\n", line_end))
    found = [problem for problem in case.problems() if message in problem.message]
    assert [(problem.file, problem.line, problem.column) for problem in found] == [
        ("paper/tables/existence.csv", line, column)
    ]
    assert found[0].expected
    assert near in found[0].near if near else True


def test_a_label_of_two_concepts_names_both(case: Case) -> None:
    write(case, yaml=YAML.replace("schemes: [stage]}", "schemes: [stage, cluster-stage]}"))
    problem = case.problems()[0]
    assert (problem.line, problem.column) == (1, 17)
    assert "concept:stage/commercialization and concept:cluster-stage/commercialization" in problem.message


DESCRIPTIONS = {
    "unknown key": ("unit: percent", "unit: percent\nmesure: x", 7, 1, "unknown key 'mesure'", "measure"),
    "unknown observation": (
        "ShareObservation",
        "ShareObservations",
        4,
        14,
        "'ShareObservations' cannot be",
        "ShareObservation",
    ),
    "unknown unit": ("unit: percent", "unit: per-cent", 6, 7, "'per-cent' is not a concept of scheme unit", "percent"),
    "no measure": ("measure: share-of-respondents\n", "", 1, 1, "the description has no measure", ""),
    "unknown scheme": ("[issue-scale]", "[issues-scale]", 9, 45, "'issues-scale' is not a scheme", "issue-scale"),
    "unknown dimension": ("dimension: stage", "dimension: stages", 10, 22, "'stages' is not a dimension", "stage"),
    "no schemes": (", schemes: [stage]", "", 10, 10, "the schemes are missing", ""),
    "rows as text": (
        "{dimension: responseOption, schemes: [issue-scale]}",
        "x",
        9,
        7,
        "a single value stands where 'rows' takes a mapping",
        "",
    ),
    "stub columns": (
        "unit: percent",
        "unit: percent\nstubColumns: 3",
        7,
        14,
        "'3' cannot be the number of stub columns",
        "",
    ),
    "dangling sample": (
        "sample: sample/firms",
        "sample: sample/firm",
        8,
        9,
        "'sample/firm' is not defined",
        "sample/firms",
    ),
    "sample of no column": (
        "sample: sample/firms",
        "sample: {Basic Research: sample/few, Commercial: sample/firms}",
        8,
        38,
        "'Commercial' is not a column",
        "",
    ),
    "column without sample": (
        "sample: sample/firms",
        "sample: {Basic Research: sample/few}",
        8,
        9,
        "column 'Commercialization' has no sample",
        "",
    ),
    "id of another kind": (
        "id: table/existence",
        "id: dataset/existence",
        1,
        5,
        "'dataset/existence' is not the id of a table",
        "",
    ),
    "blank": ("unit: percent", "unit: percent\nblank: zero", 7, 8, "'zero' cannot be the value of 'blank'", ""),
    "annotation of a third dimension": (
        "unit: percent",
        "unit: percent\nannotation: {dimension: factor, schemes: [yes-no-scale]}",
        7,
        13,
        "neither that of the rows",
        "",
    ),
}


@pytest.mark.parametrize("wrong", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_what_is_wrong_in_a_description_is_named_at_its_place(
    case: Case, wrong: tuple[str, str, int, int, str, str]
) -> None:
    old, new, line, column, message, near = wrong
    assert old in YAML
    write(case, yaml=YAML.replace(old, new))
    found = [problem for problem in case.problems() if message in problem.message]
    assert [(problem.file, problem.line, problem.column) for problem in found] == [
        ("paper/tables/existence.yaml", line, column)
    ]
    assert near in found[0].near if near else True


def test_a_table_and_its_description_come_together(case: Case) -> None:
    write(case)
    (case.folder / "tables" / "existence.yaml").unlink()
    case.write("tables/other.yaml", YAML)
    assert [problem.file for problem in case.problems()] == ["paper/tables/existence.yaml", "paper/tables/other.csv"]


def test_wrong_cells_and_dangling_references_elsewhere_come_together(case: Case) -> None:
    write(case, ",Commercialization\nNo response,six\n")
    case.write(
        "claims.yaml",
        "- {id: claim/x, type: Claim, supportedBy: observation/existence/no-response/commercialization, about: org/gone}\n",
    )
    assert [(problem.file, problem.line) for problem in case.problems()] == [
        ("paper/claims.yaml", 1),
        ("paper/tables/existence.csv", 2),
    ]


def test_rows_keep_quoted_commas_line_ends_and_marks() -> None:
    rows = read_rows('a,"b,""c""\nd"\n"",e\n\n', "f.csv")
    assert [[field.text for field in row] for row in rows] == [["a", 'b,"c"\nd'], ["", "e"]]
    assert [(field.line, field.column) for row in rows for field in row] == [(1, 1), (1, 3), (3, 1), (3, 4)]


def test_a_table_of_quotation_marks_ends() -> None:
    with pytest.raises(InputError, match=r"f.csv:1:1: a quotation mark is never closed"):
        read_rows('"' * 9_999, "f.csv")
