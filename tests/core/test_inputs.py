"""What names stand for, whichever command reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.core.errors import InputError
from kg.core.inputs import Input, folder_kind, input_of, inputs_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make one folder of each kind below the working folder."""
    for name in (
        *("build/manifest.json", "build/graph.nq", "store/manifest.json", "store/store/CURRENT"),
        *("study/document.yaml", "study/tables/t.csv", "many/a/document.yaml", "many/b/document.yaml"),
        *("data/a.ttl", "data/inner/b.nt", "data/note.txt", "tables/t.csv", "nothing/x.doc", "bare/manifest.json"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("build", [("build", "build")]),
        ("store", [("store", "store")]),
        ("bare", [("build", "bare")]),
        ("study", [("cases", "study")]),
        ("many", [("cases", "many/a"), ("cases", "many/b")]),
        ("data", [("rdf", "data/a.ttl"), ("rdf", "data/inner/b.nt")]),
        ("data/*.ttl", [("rdf", "data/a.ttl")]),
        ("data/note.txt", [("text", "data/note.txt")]),
        ("tables", [("table", "tables/t.csv")]),
        ("tables/t.csv", [("table", "tables/t.csv")]),
        ("-", [("stdin", "-")]),
        ("https://example.org/sparql", [("endpoint", "https://example.org/sparql")]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_name_stands_for_what_is_there(name: str, inputs: list[tuple[str, str]]) -> None:
    assert [(given.kind, given.name) for given in inputs_of([name])] == inputs


@pytest.mark.usefixtures("folder")
def test_an_input_that_is_named_twice_comes_once() -> None:
    assert inputs_of(["data/a.ttl", "data/*.ttl"]) == [Input("rdf", "data/a.ttl")]


@pytest.mark.usefixtures("folder")
def test_folders_are_searched_for_the_accepted_kinds_only() -> None:
    assert inputs_of(["many"], ("cases", "table")) == [Input("cases", "many/a"), Input("cases", "many/b")]
    with pytest.raises(InputError, match=r"data: the folder holds neither document\.yaml nor a table"):
        inputs_of(["data"], ("cases", "table"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dta", r"^dta: the file cannot be read: No such file or directory; did you mean data\?$"),
        ("data/a.tll", r"did you mean data/a\.ttl\?$"),
        ("data/*.nq", "no file matches the pattern"),
        ("nothing", r"neither document\.yaml nor RDF files nor manifest\.json"),
        ("store", r"^store: is a store that kg load wrote; expected .*RDF files.* or - for standard input$"),
        ("http://localhost/", "is the address of an endpoint; expected"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_read_is_refused_by_its_name(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        inputs_of([name], ("cases", "rdf", "build", "stdin"))


@pytest.mark.usefixtures("folder")
def test_every_bad_name_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        inputs_of(["gone.ttl", "data", "*.none"])
    assert [problem.file for problem in caught.value.problems] == ["*.none", "gone.ttl"]


@pytest.mark.usefixtures("folder")
def test_one_input_is_not_several() -> None:
    assert input_of("build") == Input("build", "build")
    with pytest.raises(InputError, match="many: stands for 2 inputs"):
        input_of("many")


@pytest.mark.usefixtures("folder")
def test_a_folder_of_files_is_of_no_kind_as_a_whole() -> None:
    kinds = {name: folder_kind(name) for name in ("build", "store", "study", "data", "gone")}
    assert kinds == {"build": "build", "store": "store", "study": "cases", "data": None, "gone": None}
