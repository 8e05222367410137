"""The magics of notebooks, and the notebook of the documentation run again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from kg.query.results.result import Result, Statements

if TYPE_CHECKING:
    from collections.abc import Generator

    from kg.graph.graph import Graph

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOKS = sorted((DOCS / "tutorials").glob("*.ipynb"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Generator[InteractiveShell]:
    patch = pytest.MonkeyPatch()
    patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "kg")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()
    patch.undo()


def test_a_cell_is_a_query(shell: InteractiveShell) -> None:
    answer = shell.run_cell_magic("sparql", "", "SELECT ?stage { ?stage a motkg:Stage ; skos:prefLabel '事業化'@ja }\n")
    assert isinstance(answer, Result)
    assert [row["stage"] for row in answer] == ["https://w3id.org/motkg/concept/stage/commercialization"]


def test_a_line_asks_the_catalogue_with_parameters(shell: InteractiveShell) -> None:
    answer = shell.run_line_magic("sparql", "factors-at-stage --stage 'basic research'")
    assert answer[0]["share"] == 45
    assert shell.run_line_magic("sparql", "factors-at-stage --stage=事業化")[0]["share"] == 53
    assert shell.run_cell_magic("sparql", "--stage 'basic research'", "factors-at-stage\n")[0]["share"] == 45


def test_every_form_of_query_is_answered(shell: InteractiveShell) -> None:
    assert shell.run_cell_magic("sparql", "", "ASK { ?x a motkg:Stage }") is True
    assert isinstance(shell.run_cell_magic("sparql", "", "DESCRIBE stage:commercialization"), Statements)


def test_the_answer_is_kept_in_a_variable(shell: InteractiveShell) -> None:
    answer = shell.run_cell_magic("sparql", "--into kept", "SELECT ?x { ?x a motkg:Stage }")
    assert shell.user_ns["kept"] is answer


def test_another_graph_is_asked_by_the_name_of_its_variable(shell: InteractiveShell, graph: Graph) -> None:
    shell.user_ns["mine"] = graph
    assert shell.run_line_magic("sparql", "documents --graph mine").store is graph.store
    with pytest.raises(UsageError, match=r"no variable 'min' holds a graph[\s\S]*did you mean mine"):
        shell.run_line_magic("sparql", "documents --graph min")


def test_text_in_a_format(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_line_magic("sparql", "factors-at-stage --format csv") is None
    assert capsys.readouterr().out.splitlines()[:2] == [
        "rank,factor,share,n,document",
        "1,human resources,53,40,Kirihata on MOT and the valley of death",
    ]


def test_a_chart(shell: InteractiveShell) -> None:
    chart = shell.run_line_magic("sparql", "factors-at-stage --chart --stage 'basic research'")
    assert chart._repr_svg_().startswith("<svg")
    assert "human resources" in chart
    with pytest.raises(UsageError, match="the query has no chart"):
        shell.run_cell_magic("sparql", "--chart", "SELECT ?x { VALUES ?x { 1 } }")


@pytest.mark.parametrize(
    ("line", "cell", "message"),
    [
        ("factor-at-stage", None, "factors-at-stage"),
        ("factors-at-stage --stage comercialization", None, "commercialization"),
        ("factors-at-stage --stage", None, "'--stage' has no value"),
        ("factors-at-stage --stage 'x", None, "cannot be read"),
        ("", None, "takes the name of one query"),
        ("SELECT * {}", None, "takes the name of one query"),
        ("documents", "SELECT * {}", "'documents' is no option"),
        ("--format cvs", "SELECT ?x { VALUES ?x { 1 } }", "csv"),
        ("", "SELECT ?x { ?x a }", "SELECT|expected|error"),
    ],
)
def test_a_mistake_is_a_message(shell: InteractiveShell, line: str, cell: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        shell.run_line_magic("sparql", line) if cell is None else shell.run_cell_magic("sparql", line, cell)


def test_a_mistake_shows_no_traceback(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert not shell.run_cell("%sparql factor-at-stage").success
    output = capsys.readouterr()
    assert "factors-at-stage" in output.out + output.err
    assert "Traceback" not in output.out + output.err


def outputs(notebook: dict[str, Any]) -> list[tuple[str, list[object]]]:
    """Gives each code cell with what it printed and showed, texts only."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [
        (cell["source"], [output.get("text") or output.get("data") for output in cell["outputs"]]) for cell in cells
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_gives_what_it_shows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat

    monkeypatch.syspath_prepend(str(DOCS))
    from execute import executed

    shown = nbformat.read(path, as_version=4)
    assert outputs(executed(path)) == outputs(shown), "run: python docs/execute.py"
    assert all(results for source, results in outputs(shown) if not source.startswith("%load_ext"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [
        word
        for word in ("/tmp", "/home", "/root", "site-packages", sys.prefix, str(DOCS.parent))  # noqa: S108
        if word in text
    ] == []
    assert json.loads(text)["metadata"]["language_info"] == {"name": "python"}


def test_there_is_a_notebook() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["first-questions"]
