"""Generated shapes and data have the results that Apache Jena SHACL, an independent engine, comes to."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from needs import missing
from nightly import NIGHTLY, SEED
from pyoxigraph import BlankNode, NamedNode
from shapemaker import make_data, make_shapes

from kg.columns import columns_of_files
from kg.commands.validate import read_given_shapes
from kg.shacl.engine import validate_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Literal

    from kg.shacl import Report

JUDGE = Path(__file__).parent / "judge" / "Judge.java"
CASES = 6_000 if NIGHTLY else 300
Told = tuple[str, str, str, str, str]
UNIQUE = "<http://www.w3.org/ns/shacl#UniqueLangConstraintComponent>"
ORDERED = {"integer>", "decimal>", "double>", "string>", "boolean>", "date>", "dateTime>"}
LESS_OR_EQUAL = "<http://www.w3.org/ns/shacl#LessThanOrEqualsConstraintComponent>"


@pytest.mark.java
def test_results_are_those_of_an_independent_engine(
    java: str, fuseki_jar: Path, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    if shutil.which("javac") is None:
        pytest.skip(missing("Java"))
    files = [_written(tmp_path, number) for number in range(CASES)]
    (tmp_path / "cases").write_text("".join(f"{data}\t{shapes}\n" for data, shapes in files), encoding="utf-8")
    judged = subprocess.run(
        [java, "-cp", str(fuseki_jar), str(JUDGE), str(tmp_path / "cases")],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=1800 if NIGHTLY else 120,
    )
    theirs = _cases(judged.stdout)
    assert len(theirs) == CASES, judged.stderr
    results, otherwise = 0, []
    for number, ((data, shapes), expected) in enumerate(zip(files, theirs, strict=True)):
        given = read_given_shapes([shapes])
        assert not any(concern.kind == "ill-formed-shape" for concern in given.concerns), number
        found = _told(validate_columns(columns_of_files([data]), given.shapes))
        results += expected.total()
        if found != expected:
            otherwise.append(f"MOTKG_SEED={SEED}, {number}: more {found - expected}, fewer {expected - found}")
    summary = f"{CASES} graphs, {results} results, {len(otherwise)} graphs with others"
    record_testsuite_property(f"shapes judged by Jena, MOTKG_SEED={SEED}", summary)
    assert results > 4 * CASES, summary
    assert not otherwise, "\n".join([summary, *otherwise[:10]])


def _written(folder: Path, number: int) -> tuple[Path, Path]:
    random = Random(f"{SEED}/shapes/{number}")  # noqa: S311 - the same graphs every time
    data, shapes = folder / f"{number}.data.ttl", folder / f"{number}.shapes.ttl"
    data.write_text(make_data(random), encoding="utf-8")
    shapes.write_text(make_shapes(random), encoding="utf-8")
    return data, shapes


def _cases(output: str) -> list[Counter[Told]]:
    """Return the results that stand in the judge's lines, case by case."""
    cases: list[Counter[Told]] = []
    current: Counter[Told] = Counter()
    for line in output.splitlines():
        word, *parts = line.split("\t")
        assert word != "refused", line
        if word == "end":
            cases.append(current)
            current = Counter()
        else:
            focus, path, value, component, severity = parts
            current += _counted((focus, path, value, component, severity))
    return cases


def _told(report: Report) -> Counter[Told]:
    found: Counter[Told] = Counter()
    for result in report.results:
        path = "" if result.path is None else str(result.path) if isinstance(result.path, NamedNode) else "path"
        ends = _text(result.focus), path, _text(result.value)
        found += _counted((*ends, _text(result.component), _text(result.severity)))
    return found


def _counted(result: Told) -> Counter[Told]:
    """Count a result as far as both must have it.

    SPARQL orders neither resources nor texts with a language (4.5.4), and Jena finds each less than or equal to itself. No value belongs to a
    result on languages (4.4.5), and Jena gives one where the path is optional.
    """
    focus, path, value, component, severity = result
    if component == LESS_OR_EQUAL and value.rpartition("#")[2] not in ORDERED:
        return Counter()
    return Counter({(focus, path, "" if component == UNIQUE else value, component, severity): 1})


def _text(node: NamedNode | BlankNode | Literal | object | None) -> str:
    if node is None:
        return ""
    if isinstance(node, BlankNode):
        return "_:"
    if isinstance(node, NamedNode):
        return str(node)
    literal: Literal = node  # type: ignore[assignment]
    kind = f"@{literal.language.lower()}" if literal.language else f"^^{literal.datatype}"
    return f'"{literal.value}"{kind}'
