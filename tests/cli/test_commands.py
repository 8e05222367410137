from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from commandline import kg

from kg.cli.main import VERBS

if TYPE_CHECKING:
    from pathlib import Path


def test_help_lists_every_verb() -> None:
    result = kg("--help")
    assert result.returncode == 0
    assert [verb for verb in VERBS if f"  {verb} " not in result.stdout] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    result = kg(verb, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith("Usage: ")


def test_a_misspelt_verb_is_answered_with_the_nearest() -> None:
    result = kg("vaildate")
    assert result.returncode == 2
    assert "did you mean validate" in result.stderr


def test_a_misspelt_query_is_answered_with_the_nearest() -> None:
    result = kg("query", "specialist-by-stage")
    assert result.returncode == 2
    assert "specialists-by-stage" in result.stderr


def test_a_query_without_a_name_is_asked_for_one() -> None:
    result = kg("query")
    assert result.returncode == 2
    assert "Missing argument 'QUERY'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--langg", "ja", "stage-issues"], "No such option '--langg'"),
        (["stage-issues", "--formt", "csv"], "did you mean --format?"),
        (["factors-at-stage", "--stag", "commercialization"], "did you mean stage?"),
    ],
)
def test_a_misspelt_option_of_a_query_is_answered_with_the_nearest(arguments: list[str], message: str) -> None:
    result = kg("query", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize("verb", ["query", "lint"])
def test_a_misspelt_file_is_answered_with_the_nearest_beside_it(verb: str, tmp_path: Path) -> None:
    (tmp_path / "partners.rq").write_text("SELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    result = kg(verb, str(tmp_path / "partner.rq"))
    assert result.returncode == 2
    assert (
        result.stderr == f"kg: there is no file {tmp_path / 'partner.rq'}\ndid you mean {tmp_path / 'partners.rq'}?\n"
    )


def test_an_explanation_says_that_no_label_is_in_the_language() -> None:
    german, english = (kg("explain", "stage:commercialization", "rdf:type", "--lang", lang) for lang in ("de", "en"))
    assert german.stderr == "kg: nothing here has a label in the language 'de'; English labels are shown\n"
    assert (german.returncode, german.stdout, english.stderr) == (0, english.stdout, "")


@pytest.mark.parametrize("verb", ["query", "lint"])
def test_a_file_that_is_no_text_is_told_in_words(verb: str, tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_bytes(b"SELECT \xff")
    result = kg(verb, str(tmp_path / "a.rq"))
    assert (result.returncode, result.stderr) == (
        2,
        f"kg: {tmp_path / 'a.rq'}: the file is not UTF-8: byte 8 is 0xff\n",
    )


@pytest.mark.parametrize(
    "value",
    [
        "commercialization",
        "Commercialization",
        "stage:commercialization",
        "事業化",
        "https://w3id.org/motkg/concept/stage/commercialization",
    ],
)
def test_a_parameter_takes_slug_label_curie_and_iri(value: str) -> None:
    expected = kg("query", "factors-at-stage", "--stage", "commercialization", "-f", "csv").stdout
    assert expected.count("\n") == 8
    assert kg("query", "factors-at-stage", "--stage", value, "-f", "csv").stdout == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stage", "comercialization"], "did you mean commercialization"),
        (["--stag", "commercialization"], "did you mean stage"),
        (["--stage"], "has no value"),
        (["--stage", "commercialization", "--stage", "basic research"], "parameter '--stage' is given twice"),
        (["commercialization"], "is not a parameter"),
        (["--stage", "x> } # <y"], "nothing is called"),
    ],
)
def test_a_wrong_parameter_is_explained(arguments: list[str], message: str) -> None:
    result = kg("query", "factors-at-stage", *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_a_query_comes_from_standard_input_without_prefixes() -> None:
    text = 'SELECT ?label WHERE { stage:commercialization skos:prefLabel ?label FILTER(LANG(?label) = "ja") }'
    result = kg("query", "-", "-f", "csv", stdin=text)
    assert result.stdout.splitlines() == ["label", "事業化"]


def test_no_rows_are_explained_by_the_term_that_nobody_knows() -> None:
    result = kg("query", "-", stdin="SELECT * WHERE { ?firm motkg:isAtStge ?stage }")
    assert result.returncode == 0
    assert "motkg:isAtStge is in no statement of the graph" in result.stderr
    assert "did you mean motkg:isAtStage?" in result.stderr


def test_no_rows_of_known_terms_are_explained_by_the_direction() -> None:
    result = kg("query", "-", stdin="SELECT * WHERE { stage:commercialization motkg:precedes ?next }")
    assert "no rows" in result.stderr
    assert "motkg:precedes matches nothing in this direction" in result.stderr


def test_json_is_the_format_of_the_standard() -> None:
    answer = json.loads(kg("query", "stage-issues", "-f", "json").stdout)
    assert answer["head"]["vars"]
    assert {"type", "value"} <= answer["results"]["bindings"][0][answer["head"]["vars"][0]].keys()


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(kg("query", "tidy-observations", "--format", "csv").stdout, newline="")))
    assert len(rows) > 255
    assert {
        "source",
        "table",
        "row",
        "column",
        "measure",
        "value",
        "unit",
        "n",
        "stage",
        "concept",
        "significance",
    } <= rows[0].keys()


def test_a_syntax_error_is_a_message_and_not_a_traceback() -> None:
    result = kg("query", "-", stdin="SELECT * WHERE { ?s ?p }")
    assert result.returncode == 2
    assert (
        result.stderr.splitlines()[0] == "kg: line 1, column 24: expected an object after the property, but found '}'"
    )
    assert result.stderr.splitlines()[2] == "     |" + " " * 24 + "^"
    assert "Traceback" not in result.stderr


def test_a_query_is_described_with_its_parameters() -> None:
    result = kg("describe", "factors-at-stage")
    assert "--stage" in result.stdout
    assert "SELECT" in result.stdout


@pytest.mark.parametrize(
    "name", ["stage:commercialization", "事業化", "https://w3id.org/motkg/concept/stage/commercialization"]
)
def test_a_concept_is_described_by_any_of_its_names(name: str) -> None:
    result = kg("describe", name)
    assert result.returncode == 0
    assert "skos:definition" in result.stdout


def test_the_graph_exports_to_a_file_that_rdflib_reads(tmp_path: object) -> None:
    import rdflib

    target = f"{tmp_path}/kirihata.ttl"
    assert kg("export", "--only", "kirihata-mot", "-o", target).returncode == 0
    text = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH graph:kirihata-mot { ?s ?p ?o } }"
    count = kg("query", "-", "-f", "csv", stdin=text)
    assert len(rdflib.Graph().parse(target)) == int(count.stdout.splitlines()[1])


def test_an_unknown_graph_is_answered_with_the_known_ones() -> None:
    result = kg("export", "--only", "kirihata")
    assert result.returncode == 2
    assert "kirihata-mot" in result.stderr


def test_the_shipped_graph_conforms() -> None:
    result = kg("validate")
    assert result.returncode == 0, result.stdout


def test_a_data_file_that_breaks_a_shape_gives_exit_code_one(tmp_path: object) -> None:
    target = f"{tmp_path}/bad.ttl"
    with open(target, "w") as file:  # noqa: PTH123
        file.write("@prefix motkg: <https://w3id.org/motkg/ontology/> . <http://example.org/a> a motkg:Alliance .")
    result = kg("validate", target)
    assert result.returncode == 1
    assert "http://example.org/a" in result.stdout


def test_a_missing_data_file_gives_exit_code_two() -> None:
    result = kg("validate", "nowhere.ttl")
    assert result.returncode == 2
    assert "nowhere.ttl" in result.stderr


def test_a_query_may_be_longer_than_the_name_of_a_file() -> None:
    assert kg("query", f"ASK {{ stage:commercialization ?p ?o }}{' ' * 5000}").stdout == "true\n"


OWN = """#+ summary: Which stages are there?
#+ parameters:
#+   stage: {type: "motkg:Stage", scheme: "scheme:stage", required: true, description: the stage}
SELECT ?label WHERE { VALUES ?stage { UNDEF } ?stage skos:prefLabel ?label FILTER(LANG(?label) = "ja") }
"""


def test_a_file_of_ones_own_takes_the_parameters_that_its_header_declares(tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text(OWN, encoding="utf-8")
    file = str(tmp_path / "own.rq")
    assert kg("query", file, "--stage", "basic research", "-f", "csv").stdout.splitlines() == ["label", "基礎研究"]
    refused = kg("query", file, "--stage", "venture capital")
    assert refused.returncode == 2
    assert "is a motkg:SpecialistKind" in refused.stderr
    assert "needs a value for parameter 'stage'" in kg("query", file).stderr


def test_a_file_without_a_header_takes_no_parameters(tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text("SELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    assert "parameters belong to" in kg("query", str(tmp_path / "own.rq"), "--stage", "x").stderr
