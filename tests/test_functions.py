"""The functions of ``import kg``: the example of each runs, and what they return shows itself and is frozen."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import kg

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS = [name for name in kg.__all__ if inspect.isfunction(getattr(kg, name))]
FIRM = """\
- id: org/lumen-coatings
  type: SmallFirm
  name: Lumen <b>Coatings</b>
  isAtStage: commercialization
"""
TABLE = "Answer,Firms (N = 47)\nUseful <b>,45%\nUseless,8%\n"  # 3 of 47 are 6.4 %, 4 are 8.5 %
MAP = 'id: org/{id}\ntype: Firm\nidentifier: "{id}"\nname: "{name}"\n'
PREFIXES = "@prefix ex: <https://example.org/> .\n@prefix motkg: <https://w3id.org/motkg/ontology/> .\n"
TEXT = "Of 40 firms, most lack people.\n"
DOCUMENT = f"""\
- id: document
  type: SourceDocument
  fileName: study.txt
  sha256: {sha256(TEXT.encode()).hexdigest()}
- id: observation/firms
  type: CountObservation
  printed: 40
  source: {{section: "1", span: [0, 11]}}
"""
SPANS = f"span,start,end,sha256\nspan/0-11,0,11,{sha256(TEXT[:11].encode()).hexdigest()}\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the files that the examples name into the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-firm.yaml").write_text(FIRM, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "firms.csv").write_text("id,name\na-1,Aster\nb-2,<b>Beryl</b>\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(f"{PREFIXES}ex:lens-works a motkg:SmallFirm .\n", encoding="utf-8")
    (tmp_path / "odd.ttl").write_text(
        f"{PREFIXES}ex:a a motkg:Firm ; motkg:isAtStage [ a motkg:Firm ] .\n", encoding="utf-8"
    )
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "study.txt").write_text(TEXT, encoding="utf-8")
    study = tmp_path / "my-study"
    study.mkdir()
    (study / "document.yaml").write_text(DOCUMENT, encoding="utf-8")
    (study / "spans.csv").write_text(SPANS, encoding="utf-8")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_runs(name: str) -> None:
    function = getattr(kg, name)
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(function) or "")
    assert examples, f"kg.{name} has no example"
    finder = doctest.DocTestFinder(recurse=False)
    (test,) = finder.find(function, name, globs={"kg": kg, "Path": Path})
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)
    assert runner.tries == len(examples)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes_and_what_it_raises(name: str) -> None:
    function = getattr(kg, name)
    text, signature = inspect.getdoc(function) or "", inspect.signature(function)
    arguments = text.partition("Args:")[2].partition("Raises:")[0]
    assert [argument for argument in signature.parameters if f"\n    {argument}: " not in arguments] == []
    assert "\nRaises:\n" in text
    assert signature.return_annotation is not inspect.Signature.empty


def test_no_name_hides_a_package() -> None:
    packages = {path.parent.name for path in Path(kg.__file__).parent.glob("*/__init__.py")}
    assert packages & set(kg.__all__) == set()
    assert set(kg.__all__) <= set(dir(kg))
    with pytest.raises(AttributeError, match="no attribute 'vaildate'"):
        kg.vaildate  # type: ignore[attr-defined] # noqa: B018


def test_what_the_commands_do_depends_on_no_command_line() -> None:
    names = [name for name in FUNCTIONS if name != "open"]
    code = (
        f"import sys, kg\nfor name in {names!r}: getattr(kg, name)\n"
        "print([name for name in sys.modules if name == 'click' or name.startswith('kg.cli')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_audit_of_what_a_program_holds_is_that_of_its_folder() -> None:
    built = kg.build(output="built", base="https://example.org/")
    in_memory, in_folder = kg.audit(built), kg.audit("built")
    findings = [(finding.kind, finding.name, finding.sentence, finding.place.file) for finding in in_memory.findings]
    assert findings == [
        (finding.kind, finding.name, finding.sentence, finding.place.file) for finding in in_folder.findings
    ]
    assert "kirihata-mot" in {file.partition("/")[0] for *_, file in findings}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either a store to load into or the address"),
        ({"output": "a", "endpoint": "http://127.0.0.1:1/sparql"}, "either a store to load into or the address"),
        ({"endpoint": "http://127.0.0.1:1/sparql", "alone": True}, "leave out alone and close"),
        ({"output": "a.nt", "close": True}, "leave out resume, close and replace"),
    ],
)
def test_a_load_without_one_target_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(kg.QueryError, match=message):
        kg.load("firms.csv", map_file="map.yaml", **arguments)


RESULTS: dict[str, Callable[[], object]] = {
    "advise": lambda: kg.advise("my-firm.yaml"),
    "audit": lambda: kg.audit("table.csv"),
    "check_consistency": lambda: kg.check_consistency("odd.ttl", rules_only=True),
    "describe": lambda: kg.describe("stage:commercialization"),
    "describe a query": lambda: kg.describe("factors-at-stage"),
    "explain": lambda: kg.explain("Altos Computer Systems", "alliedWith", "Tau Giken"),
    "infer": lambda: kg.infer("data.ttl"),
    "lint": lambda: kg.lint("SELECT ?a { ?a motkg:stage '<b>' }"),
    "load": lambda: kg.load("firms.csv", map_file="map.yaml", output="<b>.nt"),
    "queries": lambda: kg.queries("advice"),
    "validate": lambda: kg.validate("my-study", with_ontology=True),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_frozen_and_shows_itself_without_markup_of_the_data(name: str) -> None:
    result = RESULTS[name]()
    assert dataclasses.is_dataclass(result)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, dataclasses.fields(result)[0].name, None)
    text, html = str(result), result._repr_html_()  # type: ignore[attr-defined]
    assert text.strip()
    tags = re.findall(r"<[^>]*>", html)
    assert tags in (["<pre>", "</pre>"], ["<p>", "</p>", "<pre>", "</pre>"])  # an explanation begins with a summary
    assert html.count("<") == len(tags)
