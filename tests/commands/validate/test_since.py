"""After a change of files, validating since a state gives the report of a full run, with the lines that the files have now."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples

from kg.columns.snapshots import chunks, patched
from kg.commands.validate import check, read_data, read_given_shapes
from kg.core.errors import InputError
from kg.shacl.incremental import filechanges, merging
from kg.shacl.incremental.since import Patch, SinceState, data_since
from kg.shacl.incremental.state import key_of, write_state

if TYPE_CHECKING:
    from kg.commands.validate import GivenShapes
    from kg.shacl import Report

SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://example.org/> .
:Typed sh:targetClass :c ; sh:property :TypedP , [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:class :d ; sh:maxCount 1 ] .
:TypedP sh:path :p ; sh:minCount 1 ; sh:node :Small ; sh:property [ sh:path :q ; sh:class :c ; sh:nodeKind sh:IRI ] .
:Small sh:property [ sh:path [ sh:alternativePath ( :q rdfs:subClassOf ) ] ; sh:maxCount 1 ; sh:lessThan :r ] .
:Subject sh:targetSubjectsOf :q ; sh:closed true ; sh:ignoredProperties ( :q :p rdfs:subClassOf ) ; sh:or ( [ sh:class :c ] :Small ) .
:Object sh:targetObjectsOf :p ; sh:targetNode :a , 7 ; sh:path [ sh:zeroOrMorePath :p ] ; sh:not [ sh:class :d ] ; sh:disjoint :q .
:Shared sh:path [ sh:oneOrMorePath :q ] ; sh:maxCount 1 ; sh:xone ( [ sh:class :c ] [ sh:class :d ] [ sh:nodeKind sh:Literal ] ) .
:Links sh:targetClass :d ; sh:property :Shared ; sh:equals :p ; sh:property
  [ sh:path :p ; sh:qualifiedValueShape [ sh:class :c ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ] .
:Asked sh:targetClass :c ; sh:property :Shared ; sh:sparql [ sh:select
  "SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?value <https://example.org/q>/<https://example.org/p>* ?x }" ] .
"""
ANYWHERE = """
:Anywhere sh:targetClass :c ; sh:sparql [ sh:select
  "SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?x <https://example.org/p> <https://example.org/a> }" ] .
"""
TYPE, SUBCLASS = (
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    "<http://www.w3.org/2000/01/rdf-schema#subClassOf>",
)
NAMES = [f"<https://example.org/{name}>" for name in "abcd"]
SUBJECTS = st.sampled_from([*NAMES, "_:x"])
PREDICATES = st.sampled_from([*(f"<https://example.org/{name}>" for name in "pqr"), TYPE, SUBCLASS])
OBJECTS = st.sampled_from([*NAMES, "_:x", '"1"', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>', '"caf\\u00E9"@fr'])
LINES = st.lists(st.builds("{} {} {} .".format, SUBJECTS, PREDICATES, OBJECTS), max_size=9)
FILES = st.dictionaries(st.sampled_from(["a.nt", "b.nt", "c.ttl"]), LINES, min_size=1)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes files of a few lines be cut as large ones are, never be read whole because most of them changed, and tables never be copied."""
    monkeypatch.setattr(chunks, "LEAST", 60)
    monkeypatch.setattr(patched, "_FEW", 0)
    monkeypatch.setattr(merging, "_FEW", 0)
    monkeypatch.setattr(chunks, "_ONE_IN", 2)
    monkeypatch.setattr(filechanges, "SHARE", 0.001)


def shapes(folder: Path, text: str = SHAPES) -> GivenShapes:
    (folder / "shapes.ttl").write_text(text, encoding="utf-8")
    return read_given_shapes([folder / "shapes.ttl"])


def put(folder: Path, files: dict[str, list[str]]) -> list[str]:
    for path in [*folder.glob("*.nt"), *folder.glob("c.ttl")]:
        path.unlink()
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return [str(folder / name) for name in sorted(files)]


def save(folder: Path, names: list[str], some: GivenShapes) -> Path:
    data = read_data(names, with_ontology=False, by_file=True)
    write_state(folder / "state", data, check(data, some), key_of(some, "auto"))
    return folder / "state"


def full(names: list[str], some: GivenShapes) -> Report:
    return check(read_data(names, with_ontology=False, by_file=True), some)


def since(state: Path, names: list[str], some: GivenShapes, change: Patch | None = None) -> tuple[Report, bool]:
    data, validate = data_since(
        str(state), names, some, lambda: read_data(names, with_ontology=False, by_file=True), patch=change or Patch()
    )
    return check(data, some, validate=validate), validate is not None


def told(report: Report, *, places: bool) -> tuple[object, ...]:
    """Gives what two reports must agree on; the name of a blank node depends on how many files have some."""

    def plain(text: object) -> str:
        return "_:" if str(text).startswith("_:") else str(text)

    results = Counter(
        (plain(r.focus), str(r.path), plain(r.value), r.component, r.shape, r.messages, str(r.origin) if places else "")
        for r in report.results
    )
    concerns = Counter((concern.kind, concern.message, concern.near) for concern in report.concerns)
    return report.conforms, results, concerns, report.focus_nodes, [str(one.shape) for one in report.delegated]


@pytest.mark.parametrize("text", [SHAPES, SHAPES + ANYWHERE], ids=["core", "anywhere"])
@settings(max_examples=examples(30), deadline=None)
@given(FILES, FILES, st.booleans())
def test_a_change_of_files_gives_the_report_of_a_full_run(
    text: str,
    before: dict[str, list[str]],
    after: dict[str, list[str]],
    keep: bool,  # noqa: FBT001
) -> None:
    with tempfile.TemporaryDirectory() as name, patch.object(merging, "SHARE", 0):
        folder = Path(name)
        some = shapes(folder, text)
        state = save(folder, put(folder, before), some)
        names = put(folder, {file: [*before.get(file, []), *lines] for file, lines in after.items()} if keep else after)
        report, _ = since(state, names, some)
        assert told(report, places=False) == told(full(names, some), places=False)


MANY = [f'<https://example.org/n{number}> <https://example.org/q> "{number}" .' for number in range(200)]


def test_lines_of_results_are_those_that_the_files_have_now(tmp_path: Path) -> None:
    some = shapes(
        tmp_path,
        SHAPES.replace(
            ":Subject", ":S sh:targetSubjectsOf :q ; sh:property [ sh:path :r ; sh:minCount 1 ] .\n:Subject"
        ),
    )
    state = save(tmp_path, put(tmp_path, {"a.nt": MANY, "b.nt": MANY[:9]}), some)
    changed = [*MANY[:20], *MANY[25:90], f"<https://example.org/n3> {TYPE} <https://example.org/c> .", *MANY[90:]]
    names = put(tmp_path, {"a.nt": changed, "b.nt": MANY[:9]})
    report, incremental = since(state, names, some)
    assert incremental
    assert len({str(result.origin) for result in report.results}) > 190
    assert told(report, places=True) == told(full(names, some), places=True)


def test_a_file_that_was_only_touched_has_not_changed_and_one_that_is_gone_takes_its_statements_away(
    tmp_path: Path,
) -> None:
    some = shapes(tmp_path)
    state = save(tmp_path, put(tmp_path, {"a.nt": MANY, "b.nt": MANY[:50]}), some)
    (tmp_path / "a.nt").touch()
    with patch.object(filechanges, "_read", side_effect=AssertionError("nothing is to be read")):
        report, incremental = since(state, [str(tmp_path / "a.nt")], some)
    assert incremental
    assert report.focus_nodes == len(MANY) + 2  # and the two target nodes
    assert told(report, places=False) == told(full([str(tmp_path / "a.nt")], some), places=False)


def test_a_change_can_be_given_as_files_of_statements(tmp_path: Path) -> None:
    some = shapes(tmp_path)
    state = save(tmp_path, put(tmp_path, {"a.nt": MANY}), some)
    come, gone = tmp_path / "come.nt", tmp_path / "gone.ttl"
    come.write_text(f"<https://example.org/n3> {TYPE} <https://example.org/c> .\n{MANY[0]}\n", encoding="utf-8")
    gone.write_text("\n".join(MANY[5:9]), encoding="utf-8")
    with patch.object(SinceState, "validate", autospec=True, side_effect=SinceState.validate) as validate:
        report, incremental = since(state, [], some, Patch((come,), (gone,)))
    assert incremental
    assert validate.called
    names = put(tmp_path, {"a.nt": [*MANY[:5], *MANY[9:], come.read_text(encoding="utf-8").splitlines()[0]]})
    assert told(report, places=False) == told(full(names, some), places=False)
    come.write_text(f"_:x {TYPE} _:y .", encoding="utf-8")
    with pytest.raises(InputError, match="blank node"):
        since(state, [], some, Patch((come,), ()))
    with pytest.raises(InputError, match="--save-state"):
        since(tmp_path, [], some, Patch((gone,), ()))


def test_other_shapes_and_changes_of_most_files_are_validated_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = shapes(tmp_path)
    names = put(tmp_path, {"a.nt": MANY})
    state = save(tmp_path, names, some)
    assert since(state, names, some)[1]
    other = shapes(tmp_path, SHAPES + ANYWHERE)
    report, incremental = since(state, names, other)
    assert not incremental
    assert told(report, places=True) == told(full(names, other), places=True)
    with pytest.raises(InputError, match="made with others"):
        since(state, [], other, Patch((Path(names[0]),), ()))
    monkeypatch.setattr(filechanges, "SHARE", 20)
    assert not since(state, put(tmp_path, {"a.nt": MANY[::2]}), some)[1]


def test_what_changed_and_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    some = shapes(tmp_path)
    state = save(tmp_path, put(tmp_path, {"a.nt": MANY}), some)
    names = put(tmp_path, {"a.nt": [*MANY[:100], "<https://example.org/a> nothing .", *MANY[100:]]})
    with pytest.raises(InputError) as caught:
        since(state, names, some)
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == (names[0], 101)


def test_a_folder_of_something_else_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"form": "another"}', encoding="utf-8")
    with pytest.raises(InputError, match="no state"):
        since(tmp_path, [], shapes(tmp_path))


def test_a_state_of_another_version_is_to_be_saved_anew(tmp_path: Path) -> None:
    some = shapes(tmp_path)
    state = save(tmp_path, put(tmp_path, {"a.nt": MANY}), some)
    about = (state / "state.json").read_text(encoding="utf-8")
    (state / "state.json").write_text(about.replace('"version": 4', '"version": 3'), encoding="utf-8")
    with pytest.raises(InputError, match="another version"):
        since(state, [], some)


def test_a_revision_is_a_base_for_files_and_case_files_are_validated_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
            check=True,
            capture_output=True,
        )

    some = shapes(tmp_path)
    names = put(tmp_path, {"a.nt": MANY})
    git("init")
    git("add", "a.nt")
    git("commit", "-m", "first")
    small = lambda: read_data(names, with_ontology=False)  # noqa: E731 - read anew each time
    data, validate = data_since("HEAD", names, some, small)
    assert validate is not None
    assert told(check(data, some, validate=validate), places=True) == told(check(small(), some), places=True)
    monkeypatch.chdir(tmp_path)
    case = Path(__file__).parents[3] / "kg" / "cases" / "kirihata-mot"
    data, validate = data_since("HEAD", [str(case)], some, lambda: read_data(names, with_ontology=False))
    assert validate is None
