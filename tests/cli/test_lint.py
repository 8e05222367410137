from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commandline import kg

if TYPE_CHECKING:
    from pathlib import Path


def test_a_faulty_file_gives_exit_code_one_and_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "faulty.rq"
    file.write_text("SELECT ?s WHERE {\n  ?s motkg:stge ?o\n}\n", encoding="utf-8")
    result = kg("lint", str(file))
    assert result.returncode == 1
    assert (
        f"{file}:2:6: error unknown-term: motkg:stge is known neither to the ontology nor to the data; did you mean motkg:stage?"
        in result.stdout
    )
    assert result.stdout.endswith("1 query checked: 1 error, 2 infos\n")


def test_a_clean_query_gives_exit_code_zero() -> None:
    text = "PREFIX motkg: <https://w3id.org/motkg/ontology/> SELECT ?o ?s { ?o motkg:stage ?s }"
    result = kg("lint", "-", stdin=text)
    assert (result.returncode, result.stdout) == (0, "1 query checked: nothing found\n")


def test_a_syntax_error_is_a_finding() -> None:
    result = kg("lint", "-", stdin="SELECT ?s WHERE { ?s motkg:stage }")
    assert result.returncode == 1
    assert result.stdout.startswith("stdin:1:34: error syntax: ")


def test_a_query_can_stand_on_the_command_line() -> None:
    result = kg("lint", "SELECT ?s { ?s a motkg:Stge }")
    assert result.returncode == 1
    assert "query:1:18: error unknown-term: motkg:Stge" in result.stdout


@pytest.mark.parametrize("arguments", [["nowhere.rq"], [], ["--graph", "nowhere", "-"]])
def test_what_cannot_run_gives_exit_code_two(arguments: list[str]) -> None:
    result = kg("lint", *arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_the_catalogue_is_clean() -> None:
    result = kg("lint", "--catalogue")
    assert result.returncode == 0, result.stdout
    assert [line for line in result.stdout.splitlines()[:-1] if " info unused-term: " not in line] == []


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_programs_read_the_findings(form: str, tmp_path: Path) -> None:
    file = tmp_path / "faulty.rq"
    file.write_text("SELECT ?s { ?s a motkg:Stge }", encoding="utf-8")
    result = kg("lint", str(file), "-", "-f", form, stdin="SELECT ?s { ?s a motkg:Stage }")
    assert result.returncode == 1
    report = json.loads(result.stdout)
    if form == "json":
        assert [(each["file"], [found["rule"] for found in each["findings"]]) for each in report] == [
            (str(file), ["undeclared-prefix", "unknown-term"]),
            ("stdin", ["undeclared-prefix"]),
        ]
    else:
        assert [found["ruleId"] for found in report["runs"][0]["results"]] == [
            "undeclared-prefix",
            "unknown-term",
            "undeclared-prefix",
        ]


def test_an_empty_answer_is_explained_below_the_table() -> None:
    result = kg("query", "-", stdin="SELECT * WHERE { ?o motkg:specialist specialist:vc }")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "o"
    assert result.stderr.splitlines()[0] == "no rows"
    assert "did you mean specialist:venture-capital? With that the query has an answer." in result.stderr


def test_a_count_of_zero_is_explained_and_another_count_is_not() -> None:
    zero = kg("query", "-", "-f", "csv", stdin="SELECT (COUNT(*) AS ?n) { ?o motkg:stage stage:basic }")
    assert zero.stdout.split() == ["n", "0"]
    assert "did you mean stage:basic-research?" in zero.stderr
    some = kg("query", "-", "-f", "csv", stdin="SELECT (COUNT(*) AS ?n) { ?o motkg:stage stage:basic-research }")
    assert int(some.stdout.split()[1]) > 0
    assert some.stderr == ""


def test_json_carries_the_diagnosis_beside_head_and_results() -> None:
    answer = json.loads(kg("query", "-", "-f", "json", stdin="SELECT * WHERE { ?o motkg:stgae ?s }").stdout)
    assert answer["results"] == {"bindings": []}
    cause = answer["diagnosis"]["causes"][0]
    assert (cause["kind"], cause["line"], cause["column"], cause["written"]) == ("unknown-term", 1, 21, "motkg:stgae")
    assert cause["suggestions"] == [
        {"replacement": "motkg:stage", "query": "SELECT * WHERE { ?o motkg:stage ?s }", "givesRows": True}
    ]
    assert "diagnosis" not in json.loads(
        kg("query", "-", "-f", "json", stdin="SELECT * WHERE { ?o motkg:stage ?s }").stdout
    )


ASKING = """
import sys
from kg.cli.main import main
sys.argv = ["kg", "query", "factors-at-stage", "-f", "csv"]
try:
    main()
except SystemExit:
    print("kg.query.diagnosis" in sys.modules)
"""


def test_a_query_with_rows_never_loads_the_diagnosis() -> None:
    ran = subprocess.run([sys.executable, "-P", "-c", ASKING], capture_output=True, text=True, check=True)
    *rows, loaded = ran.stdout.splitlines()
    assert len(rows) > 5
    assert loaded == "False"
