"""The wheel tells type checkers what it holds: a user's file is checked against an installed one."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import kg

ROOT = Path(__file__).resolve().parent.parent
USE = """\
from __future__ import annotations

from pathlib import Path
from typing import assert_type

import kg
import rdflib
from pyoxigraph import Quad

opened: kg.Graph = kg.open()
kg.open(Path("build"), timeout=5.0, memory=1_000_000)
kg.open("firms.ttl")
kg.open(rdflib.Graph())
kg.open(data=["a.ttl", Path("b.ttl")])
kg.open(endpoint="http://127.0.0.1:3030/firms")
with kg.open() as graph:
    rows = graph.query("factors-at-stage", {"stage": "commercialization"})
    assert_type(rows.variables, tuple[str, ...])
    assert_type(graph.ask("ASK {}"), bool)
    assert_type(graph.find("x"), str)

built = kg.build("my-study", output="out", with_shipped=True, base="https://example.org/", progress=print)
assert_type(built.quads, list[Quad])
assert_type(built.report.conforms, bool)
assert_type(built.base, str)
kg.open(built)

advice = kg.advise("firm.yaml", firm="x", graph=graph)
assert_type(advice.complete, bool)
assert_type(advice.render("json", most=None), str)
for firm in advice:
    assert_type(firm.name, str)
    assert_type([pointer.grade for pointer in firm.pointers], list[str])

audit = kg.audit("tables", with_shipped=True, documents="documents")
assert_type([finding.printed for finding in audit.findings], list[str])
assert_type(audit.render("csv"), str)

loaded = kg.load("firms.csv", map_file="map.yaml", output=Path("store"), on_error="continue", close=None)
assert_type(loaded.rows, int)
assert_type(loaded.closed, bool)
assert_type([problem.line for problem in loaded.problems], list[int])

description = kg.describe("stage:commercialization", graph="build")
assert_type(description.iri, str)
assert_type(description.text(80), str)
if description.query is not None:
    assert_type(description.query.summary, str)

explanations = kg.explain("a", "b", query="", parameters={"a": "b"}, row=1, language="ja")
assert_type([tree.rule for tree in explanations.trees], list[str])
assert_type(explanations.remark, str)
assert_type(explanations.render("svg"), str)

assert_type(kg.export(graph, "ttl", only=["kirihata-mot"], output="x.ttl"), str)
assert_type(kg.export_queries(target="https://example.org/sparql"), str)

report = kg.lint("SELECT * {}", Path("a.rq"), catalogue=True)
assert_type(report.clean, bool)
assert_type([finding.message for findings in report.findings.values() for finding in findings], list[str])

assert_type([query.name for query in kg.queries("advice")], list[str])
assert_type(kg.queries().render("json"), str)

validated = kg.validate(["a.ttl", "b.ttl"], shapes="shapes.ttl", engine="columnar", allowed=["empty-data"])
kg.validate(rdflib.Graph(), with_ontology=False)
kg.validate(built)
assert_type(validated.conforms, bool)
assert_type(validated.render("sarif"), str)
assert_type([result.level for result in validated.results], list[str])

inference = kg.infer("a.ttl", output=Path("closure.nq"))
assert_type(inference.derived, int)
kg.open(inference)
consistency = kg.check_consistency([Path("a.ttl")], rules_only=True, timeout=5.0)
assert_type(consistency.consistent, bool)
assert_type([justification.rule for justification in consistency.justifications], list[str])

sources = kg.verify_sources("documents", "my-study", rewrite=True)
assert_type(sources.clean, bool)
assert_type([finding.place.line for findings in sources.findings.values() for finding in findings], list[int])

try:
    kg.open(store="rdflib")
except (kg.InputError, kg.QueryError, kg.StoreError, kg.LimitError, kg.ReasonerError) as error:
    base: kg.KGError = error
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and, from where the tests run, what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("motkg-*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
    zipfile.ZipFile(wheel).extractall(packages)
    needed = [entry for entry in sys.path if entry.endswith("site-packages")]
    (packages / "needed.pth").write_text("\n".join(needed), encoding="utf-8")
    return folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def test_the_use_names_every_function() -> None:
    functions = [name for name in kg.__all__ if inspect.isfunction(getattr(kg, name))]
    assert functions
    assert [name for name in functions if f"kg.{name}(" not in USE] == []


def test_the_wheel_holds_its_types_and_its_data(python: Path) -> None:
    code = (
        "import kg, pathlib; folder = pathlib.Path(kg.__file__).parent\n"
        "print(all((folder / name).exists() for name in ('py.typed', 'data/ontology', 'data/queries', 'cases')))\n"
        "print(len(kg.queries()) > 0, folder)"
    )
    told = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=python.parent).stdout
    assert told.split()[:2] == ["True", "True"]
    assert Path(told.split()[2]).is_relative_to(python.parent.parent)


@pytest.mark.slow
def test_a_users_file_passes_strict_type_checking(python: Path, tmp_path: Path) -> None:
    file = tmp_path / "use.py"
    file.write_text(USE, encoding="utf-8")
    checked = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-executable",
        python,
        "--config-file",
        "",
        "--cache-dir",
        os.devnull,
    ]
    wrong = tmp_path / "wrong.py"
    wrong.write_text('import kg\nkg.advise("firm.yaml").complet\nkg.lint(7)\n', encoding="utf-8")
    told = subprocess.run([*checked, file, wrong], capture_output=True, text=True, check=False, cwd=tmp_path).stdout
    assert [line.split(": ", 2)[0] for line in told.splitlines()[:-1]] == ["wrong.py:2", "wrong.py:3"], told
    assert '"AdviceReport" has no attribute "complet"' in told
    assert 'Argument 1 to "lint" has incompatible type "int"' in told
