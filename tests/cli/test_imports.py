"""What short commands import: their time is mostly that, and it grows by one careless line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kg.__main__ import ASKING
from kg.cli.main import VERBS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.graph import Graph

# Ended like this, a command shows what it imported beyond what Python imports at its start.
RUN = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: sys.stderr.write("\\n" + " ".join(sys.modules.keys() - before)))
sys.argv = ["kg", *sys.argv[1:]]
from kg.__main__ import main
main()
"""
FIRST_ANSWER = 40  # modules of kg
NO_ROWS = 60
NOT_FOR_A_TABLE = {
    *("rich", "yaml", "rdflib", "numpy", "pyarrow", "pandas", "polars", "scipy", "requests", "owlready2", "pyshacl"),
    *("argparse", "optparse", "getopt", "platformdirs", "xxhash", "altair", "SPARQLWrapper", "dataclasses", "pathlib"),
    *("hashlib", "ssl", "json", "csv", "urllib", "tempfile", "shutil", "subprocess", "logging", "asyncio", "sqlite3"),
}


@pytest.fixture(scope="module")
def _indexed(graph: Graph) -> None:
    """Make the index, and ask once, so that a command finds it without looking for changes in the files it is made of."""
    assert len(graph.store) > 0
    assert imported("query", "specialists-by-stage")


def imported(*arguments: str) -> set[str]:
    command = [sys.executable, "-c", RUN, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout
    return set(ended.stderr.rpartition("\n")[2].split())


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def of_kg(modules: set[str]) -> Sequence[str]:
    return sorted(module for module in modules if module.partition(".")[0] == "kg")


def test_the_version_is_told_without_any_package() -> None:
    modules = imported("--version")
    assert of_kg(modules) == ["kg", "kg.__main__", "kg.core", "kg.core.resources"]
    assert packages(modules) <= {"__future__", "atexit", "gc", "kg"}


@pytest.mark.usefixtures("_indexed")
def test_a_first_answer_needs_no_more_than_the_engine_click_and_the_modules_on_its_way() -> None:
    modules = imported("query", "specialists-by-stage")
    assert packages(modules) & NOT_FOR_A_TABLE == set()
    assert packages(modules) - set(sys.stdlib_module_names) <= {"click", "pyoxigraph", "kg"}
    assert len(of_kg(modules)) <= FIRST_ANSWER, of_kg(modules)
    assert {"kg.query.diagnosis", "kg.sparql", "kg.pipeline", "kg.loaders", "kg.reason", "kg.shacl"} & modules == set()


@pytest.mark.usefixtures("_indexed")
def test_an_answer_without_rows_needs_the_parser_and_the_diagnosis_besides() -> None:
    asked = ("query", "factors-above-share", "--minimum", "99")
    modules = imported(*asked)
    assert packages(modules) & (NOT_FOR_A_TABLE - {"dataclasses"}) == set()
    assert len(of_kg(modules)) <= NO_ROWS, of_kg(modules)


@pytest.mark.usefixtures("_indexed")
def test_an_explanation_reads_no_case_file_and_needs_no_columns() -> None:
    modules = imported("explain", "stage:commercialization", "skos:notation")
    assert packages(modules) & {"numpy", "pyarrow", "yaml", "rdflib", "rich"} == set()
    assert {"kg.columns", "kg.loaders.cases", "kg.loaders.rdf", "kg.pipeline.building"} & modules == set()


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "queries"], ["queries", "--version"]])
def test_the_version_is_read_as_click_reads_it(arguments: list[str]) -> None:
    both = [
        subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        for code in (RUN, "from kg.cli.main import main; main()")
    ]
    assert [ended.returncode for ended in both] == [both[1].returncode] * 2
    assert [ended.stdout for ended in both] == [both[1].stdout] * 2


def test_the_commands_for_which_the_index_is_opened_ahead_are_commands() -> None:
    assert set(ASKING) <= VERBS.keys()
