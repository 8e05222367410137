"""What a shell gets after a tab, asked through click's own protocol: environment variables in, lines out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import commandline
import pytest

import kg
from kg.cli.main import VERBS, cli
from kg.core.resources import queries_dir
from kg.query.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def _index() -> None:
    """The index of the shipped graph, from which values are completed."""
    kg.open()


def completed(shell: str, words: str, cache: Path | None = None) -> str:
    """Gives what is printed for words of which the last, perhaps empty, is being typed."""
    last = words.rpartition(" ")[2]
    number = str(len(words.split(" ")) - 1)
    environment = {
        "_KG_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": last if shell == "fish" else number,
    }
    if cache:
        environment["XDG_CACHE_HOME"] = str(cache)
    ran = commandline.kg(environment=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.removesuffix("\n")


def offered(words: str) -> dict[str, str]:
    """Gives the values offered, with their help, as fish gets them."""
    lines = (line.partition(",")[2].partition("\t") for line in completed("fish", words).splitlines())
    return {value: about for value, _, about in lines}


def test_verbs_come_with_what_they_do() -> None:
    assert offered("kg ").items() >= VERBS.items()
    assert set(offered("kg quer")) == {"query", "queries"}


def test_queries_come_with_what_they_answer() -> None:
    assert offered("kg query factors-at") == {"factors-at-stage": "How do the causal factors rank at a stage?"}
    assert len(offered("kg query ")) == len(Catalogue(queries_dir()).names())


def test_where_no_query_begins_so_it_is_a_file() -> None:
    assert completed("bash", "kg query ./my") == "file,./my"


def test_parameters_of_the_query_come_before_the_options_of_the_command() -> None:
    names = list(offered("kg query factors-at-stage --"))
    assert names[:2] == ["--stage", "--language"]
    assert "--format" in names


def test_a_parameter_that_has_its_value_is_not_offered_again() -> None:
    assert list(offered("kg query factors-at-stage --stage commercialization ")) == ["--language"]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", {"basic-research", "commercialization", "product-development"}),
        ("com", {"commercialization"}),
        ("事", {"事業化"}),
        ("xyz", set()),
    ],
)
def test_values_are_the_things_of_the_graph(typed: str, values: set[str]) -> None:
    assert set(offered(f"kg query factors-at-stage --stage {typed}")) == values


def test_every_value_offered_is_one_that_the_parameter_takes() -> None:
    wanted = {"go-betweens", "case-timeline", "works-of-author", "factors-at-stage"}
    tried = set()
    for query in Catalogue(queries_dir()):
        for name in query.parameters if query.name in wanted else ():
            for value in list(offered(f"kg query {query.name} --{name} "))[:3]:
                assert kg.open().text(query.name, {name: value})
                tried.add(query.name)
    assert tried == wanted


def test_values_come_with_their_labels() -> None:
    assert offered("kg query factors-at-stage --stage com") == {"commercialization": "commercialization · 事業化"}


def test_values_of_a_list_are_that_list() -> None:
    assert list(offered("kg query factors-at-stage --language ")) == ["en", "ja"]
    assert list(offered("kg query factors-at-stage --stage commercialization --language j")) == ["ja"]


def test_a_number_or_an_unknown_parameter_has_no_values() -> None:
    assert offered("kg query multiple-testing --level ") == {}
    assert offered("kg query factors-at-stage --stge ") == {}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("kg query stage-issues -f mark", "markdown"),
        ("kg export -f tr", "trig"),
        ("kg export --only kiri", "kirihata-mot"),
        ("kg queries --tag surv", "survey"),
        ("kg queries --format js", "json"),
        ("kg describe factors-at", "factors-at-stage"),
    ],
)
def test_other_words_of_the_program_are_completed(words: str, value: str) -> None:
    assert value in offered(words)


def test_bash_and_zsh_get_their_own_form() -> None:
    assert completed("bash", "kg query factors-at-stage --stage co") == "plain,commercialization"
    assert (
        completed("zsh", "kg query factors-at-stage --stage co")
        == "plain\ncommercialization\ncommercialization · 事業化"
    )


def test_bash_cuts_an_equals_sign_off_and_is_understood() -> None:
    assert completed("bash", "kg query factors-at-stage --stage = co") == "plain,commercialization"


def test_without_an_index_nothing_is_built_and_nothing_offered(tmp_path: Path) -> None:
    assert completed("bash", "kg query factors-at-stage --stage co", tmp_path) == ""
    assert {path.name for path in tmp_path.glob("*/*")} <= {"headers", "inputs"}, (
        "what is kept of queries and of hashes is no index"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    ran = commandline.kg(environment={"_KG_COMPLETE": f"{shell}_source"})
    assert f"_KG_COMPLETE={shell}_complete" in ran.stdout


def test_no_parameter_has_the_name_of_an_option() -> None:
    command = cli.get_command(cli.make_context("kg", ["query"], resilient_parsing=True), "query")
    assert command is not None
    options = {name for option in command.params for name in option.opts}
    assert [
        (query.name, name) for query in Catalogue(queries_dir()) for name in query.parameters if f"--{name}" in options
    ] == []
