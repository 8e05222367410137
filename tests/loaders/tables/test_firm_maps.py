"""What a map of firm tables may say, and what is said of one that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from kg.core.errors import InputError, QueryError
from kg.core.terms import ONTOLOGY
from kg.loaders.tables.mapfile import map_schema, parse_map
from kg.loaders.tables.model import class_of

FIRM = "id: org/{code}\ntype: Firm\n"


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_map(text, "map.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_map_of_one_table_needs_no_list() -> None:
    found = parse_map(f'{FIRM}name: "{{company}}"\n', "map.yaml")
    (table,) = found.tables
    assert table.thing.types == (f"{ONTOLOGY}Firm",)
    assert [value.word.name for value in table.thing.values] == ["name"]
    assert [cell.column for cell in table.thing.cells()] == ["code", "company"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{FIRM}nam: '{{x}}'\n", "map.yaml:3:1: unknown key 'nam'; expected a word of case files; did you mean name"),
        (
            "id: org/{code}\ntype: Frim\n",
            "map.yaml:2:7: unknown type 'Frim'; expected a class of the ontology; did you mean Firm",
        ),
        (
            f"{FIRM}name: {{company}}\n",
            "map.yaml:3:7: a mapping stands where 'name' takes a text in one language; expected \"{company}\"",
        ),
        (
            f"{FIRM}isAtStage: comercialization\n",
            "map.yaml:3:12: 'comercialization' cannot be the value of 'isAtStage'",
        ),
        (
            f"{FIRM}isAtStage: {{column: s, lookup: {{a: basic}}}}\n",
            "map.yaml:3:36: 'basic' is not a concept of scheme stage",
        ),
        (f"{FIRM}name: {{column: s, separater: x}}\n", "map.yaml:3:19: unknown option 'separater' of a column"),
        (f"{FIRM}affiliateOf: '{{x}}'\n", "map.yaml:3:14: '{x}' is not a reference"),
        (
            f"{FIRM}facesFactor: {{stage: '{{s}}'}}\n",
            "map.yaml:3:14: the thing in 'facesFactor' has no factor to make its id from",
        ),
        (f"{FIRM}since: {{column: s, format: '%m/%Y'}}\n", "map.yaml:3:28: the format '%m/%Y' has no day"),
        (f"{FIRM}yearMonth: {{column: s, format: '%Y'}}\n", "map.yaml:3:32: the format '%Y' has no month"),
        (f"{FIRM}since: {{column: s, format: '%d.%m'}}\n", "map.yaml:3:28: the format '%d.%m' has no year"),
        (
            f"{FIRM}since: {{column: s, format: '%d %m %y %Y'}}\n",
            "map.yaml:3:28: the format '%d %m %y %Y' has the year",
        ),
        (
            f"{FIRM}since: {{column: s, format: '%d.%m.%Y %H %H'}}\n",
            "map.yaml:3:28: the format '%d.%m.%Y %H %H' has %H twice",
        ),
        (f"{FIRM}since: {{column: s, format: '%d.%m.%K'}}\n", "map.yaml:3:28: '%K' is no letter of a format"),
        (f"{FIRM}since: {{column: s, format: '%d.%m.%Y%'}}\n", "map.yaml:3:28: '%' is no letter of a format"),
        (f"{FIRM}name: {{column: s, format: '%Y'}}\n", "map.yaml:3:27: 'name' takes no date"),
        (f"{FIRM}offers: {{name: '{{s}}', type: Technology}}\n", "map.yaml:3:9: the thing in 'offers' has no id"),
        ("id: '{code}'\ntype: Firm\n", "map.yaml:1:5: '{code}' is not an id"),
        ("type: Firm\n", "map.yaml:1:1: the rows have no id"),
        ("id: org/{code}\n", "map.yaml:1:1: the things have no type"),
        (
            f"{FIRM}source: {{span: [1, 2]}}\n",
            "map.yaml:3:1: unknown key 'source'; expected a table has no places in a document",
        ),
        (f"{FIRM}name: '{{a'\n", "map.yaml:3:7: a brace in '{a' has no partner"),
        (f"graph: My Firms\n{FIRM}", "map.yaml:1:8: 'My Firms' cannot name a graph"),
        ("- a\n", "map.yaml:1:1: the file holds a list"),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(text: str, said: str) -> None:
    assert faults(text)[0].startswith(said)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("id: org/{code}\ntype: Frim\nnam: x\nstage: nowhere\n")) == 3


def test_the_kind_that_is_asked_for_gives_the_type() -> None:
    assert parse_map("id: org/{code}\n", "map.yaml", "small firm").tables[0].thing.types == (f"{ONTOLOGY}SmallFirm",)


def test_the_kind_must_agree_with_the_map() -> None:
    with pytest.raises(InputError, match=r"map.yaml:2:7: the map says Firm, yet Alliance was asked for"):
        parse_map(FIRM, "map.yaml", "alliance")


@pytest.mark.parametrize(
    ("word", "name"),
    [("firm", "Firm"), ("small-firm", "SmallFirm"), ("SmallFirm", "SmallFirm"), ("specialist", "SpecialistProvider")],
)
def test_a_word_names_a_class(word: str, name: str) -> None:
    assert class_of(word) == f"{ONTOLOGY}{name}"


def test_an_unknown_word_is_told_its_neighbours() -> None:
    with pytest.raises(QueryError, match=r"did you mean .*alliance"):
        class_of("aliance")


def test_the_json_schema_knows_maps() -> None:
    validator = Draft202012Validator(map_schema())
    sample = Path(__file__).parents[2] / "data" / "firm-tables" / "map.yaml"
    assert validator.is_valid(yaml.safe_load(sample.read_text(encoding="utf-8")))
    assert validator.is_valid({"id": "org/{code}", "type": "Firm", "name": "{company}"})
    assert not validator.is_valid({"id": "org/{code}", "type": "Frim"})
    assert not validator.is_valid({"id": "org/{code}", "type": "Firm", "nam": "{company}"})


def test_a_map_may_name_its_graph() -> None:
    assert parse_map(f"graph: my-firms-2\n{FIRM}", "map.yaml").graph == "my-firms-2"


@pytest.mark.parametrize("value", ["org/tau-giken", "../kirihata-mot/org/tau-giken", "concept:stage/commercialization"])
def test_a_reference_may_be_a_constant(value: str) -> None:
    word = "about" if value.startswith("concept:") else "affiliateOf"
    assert len(parse_map(f"{FIRM}{word}: {value}\n", "map.yaml").tables[0].thing.values) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("affiliateOf: Tau Giken", "'Tau Giken' cannot be the value of 'affiliateOf'"),
        ("about: concept:stage/comercialization", "'concept:stage/comercialization' cannot be the value of 'about'"),
        ("about: concept:stge/commercialization", "'concept:stge/commercialization' cannot be the value of 'about'"),
        ("about: 'concept:stge/{x}'", "no scheme is called 'stge'"),
        ("about: 'concept:stage/{x}/{y}'", "is not a reference"),
        ("isAtStage: 'a {x}'", "'a {x}' cannot be a concept"),
        ("year: '87'", "'87' cannot be the value of 'year'"),
        ("affiliateOf: {column: x, reference: org/x}", "'org/x' has no place for the cell"),
        ("about: {column: x, scheme: stge}", "no scheme is called 'stge'"),
        ("isAtStage: {column: x, unmatched: ignore}", "'ignore' is no choice of 'unmatched'"),
        ("affiliateOf: {column: x, reference: 'org/{}', dangling: drop}", "'drop' is no choice of 'dangling'"),
    ],
)
def test_a_value_that_its_word_cannot_take_is_told(written: str, said: str) -> None:
    (fault,) = faults(f"{FIRM}{written}\n")
    assert said in fault


def test_the_json_schema_takes_words_of_case_files_and_no_classes_or_places() -> None:
    properties = json.dumps(map_schema())
    assert '"isAtStage"' in properties
    for word in ("source", "listedAt"):
        assert f'"{word}"' not in properties, word


def test_a_scheme_that_a_column_names_must_exist() -> None:
    assert len(parse_map(f"{FIRM}about: {{column: x, scheme: stage}}\n", "map.yaml").tables[0].thing.values) == 1


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("continues", [True, False], ["yes", 1]),
        ("delimiter", [";", "tab"], [1]),
        ("graph", ["my-firms"], [1]),
    ],
)
def test_the_json_schema_says_what_a_key_takes(key: str, good: list[object], bad: list[object]) -> None:
    validator = Draft202012Validator(map_schema())
    table = {"id": "org/{code}", "type": "Firm"}
    assert [value for value in good if not validator.is_valid({**table, key: value})] == []
    assert [value for value in bad if validator.is_valid({**table, key: value})] == []
