"""What a run says of itself: nothing to check, nothing to check with, names that nobody knows; and where it points."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.commands.validate import check, read_data, read_given_shapes, shipped_shapes
from kg.commands.validate.endpoint import check_store
from kg.core.errors import InputError
from kg.core.terms import BASE
from kg.loaders import load_rdf
from kg.loaders.rdf.addresses import index
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.loaders.rdf.addresses import Places
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl import Concern, Report
    from kg.shacl.nodes import Node

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix motkg: <https://w3id.org/motkg/ontology/> . @prefix : <https://example.org/> .
"""


def run(
    folder: Path, data: str, shapes: str | None = None, *, allowed: tuple[str, ...] = (), name: str = "data.ttl"
) -> Report:
    path = folder / name
    path.write_text(PREFIXES + data, encoding="utf-8")
    if shapes is None:
        return check(read_data([str(path)]), shipped_shapes(), allowed=allowed)
    (folder / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    return check(
        read_data([str(path)], with_ontology=False), read_given_shapes([folder / "shapes.ttl"]), allowed=allowed
    )


def kinds(report: Report) -> list[str]:
    return sorted(concern.kind for concern in report.concerns if not concern.allowed)


def place(concern: Concern) -> tuple[str, int, int]:
    assert concern.origin is not None
    return Path(str(concern.origin.file)).name, concern.origin.line, concern.origin.column


@pytest.mark.parametrize(
    ("data", "shapes", "kind", "near"),
    [
        (":a a :Firm .", ":S sh:targetClass :Frim .", "empty-target", ":Firm"),
        (
            ":a a :Firm ; :name 1 .",
            ":S sh:targetClass :Firm ; sh:property [ sh:path :nmae ] .",
            "unknown-name",
            ":name",
        ),
        (
            ":a a :Firm .",
            ":S sh:targetClass :Firm ; sh:property [ sh:path rdfs:lable ] .",
            "unknown-name",
            "rdfs:label",
        ),
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:class :Frim .", "unknown-name", ":Firm"),
        (":a a :Firm ; :names 1 .", ":S sh:targetClass :Firm ; sh:disjoint :name .", "unknown-name", ":names"),
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:mincount 1 .", "unknown-shacl-term", "sh:minCount"),
        (
            ":a a :Firm .",
            ":S sh:targetClass :Firm ; sh:deactivated 1 . :T sh:targetClass :Firm .",
            "ill-formed-shape",
            None,
        ),
        (":a a :Firm .", "", "no-shapes", None),
        (":a a :Firm .", ":S a sh:NodeShape ; sh:nodeKind sh:IRI .", "no-shapes", None),
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:deactivated true .", "no-shapes", None),
        ("", ":S sh:targetNode 1 .", "empty-data", None),
    ],
)
def test_each_emptiness_is_a_finding_that_only_its_own_flag_allows(
    tmp_path: Path, data: str, shapes: str, kind: str, near: str | None
) -> None:
    report = run(tmp_path, data, shapes)
    assert kinds(report) == [kind] or (kind == "unknown-name" and set(kinds(report)) == {kind})
    assert report.fails()
    if near:
        assert near in report.concerns[0].near
    assert not replaced(report, kind).fails()
    assert replaced(report, "something-else").fails()


def replaced(report: Report, kind: str) -> Report:
    """Leaves out the results, so that concerns alone decide."""
    from dataclasses import replace

    return replace(report, results=()).allowing({kind})


def test_well_known_names_and_names_of_inner_shapes_are_known_or_told(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        ":a a :Firm ; :p :b .",
        ":S sh:targetClass :Firm ; sh:path ( :p rdfs:label ) ; sh:not [ sh:path ( :p :gone ) ; sh:minCount 1 ] .",
    )
    assert [concern.message for concern in report.concerns] == ["property :gone of a shape without a name"]


def test_a_clean_run_is_clean(tmp_path: Path) -> None:
    report = run(tmp_path, ":a a :Firm .", ":S sh:targetClass :Firm ; sh:nodeKind sh:IRI .")
    assert (report.conforms, report.concerns, report.fails()) == (True, (), False)


def test_concerns_about_shapes_point_at_the_term_in_the_shapes_file(tmp_path: Path) -> None:
    shapes = ":S sh:targetClass :Firm , :Frim ;\n  sh:mincount 1 ;\n  sh:property [ sh:path :nmae ] .\n:T sh:class :T ; sh:deactivated 1 ."
    report = run(tmp_path, ":a a :Firm .", shapes)
    assert {concern.kind: place(concern) for concern in report.concerns} == {
        "empty-target": ("shapes.ttl", 3, 27),
        "unknown-shacl-term": ("shapes.ttl", 4, 15),
        "unknown-name": ("shapes.ttl", 5, 25),
        "ill-formed-shape": ("shapes.ttl", 6, 1),
    }


def test_shipped_shapes_need_not_match_but_a_misspelt_term_of_motkg_is_told_where_it_stands(tmp_path: Path) -> None:
    report = run(tmp_path, ":a a motkg:Alience ;\n  motkg:formaton :f .")
    assert len(report.empty_targets) > 50
    undeclared = [concern for concern in report.concerns if concern.kind == "undeclared-term"]
    assert {concern.message: (place(concern), concern.near[0]) for concern in undeclared} == {
        "class motkg:Alience": (("data.ttl", 3, 6), "motkg:Alliance"),
        "property motkg:formaton": (("data.ttl", 4, 18), "motkg:formation"),
    }
    assert report.fails()
    assert not report.allowing({"undeclared-term", "unchecked-data"}).fails()


def test_the_shipped_graph_is_clean() -> None:
    report = check(read_data([]), shipped_shapes())
    assert (report.results, report.concerns, report.fails()) == ((), (), False)


LINES = """\
<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Firm> .
<https://example.org/a> <https://example.org/p> "1" .
<https://example.org/a> <https://example.org/p> "2" .
_:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Firm> .
"""


@pytest.mark.parametrize(
    ("name", "data", "places"),
    [
        ("data.ttl", ":a a :Firm ;\n  :p 1 ,\n    2 .\n[] a :Firm .", [(5, 5), (6, 1)]),
        (
            "data.nt",
            LINES,
            [(3, 49), (4, 1)],
        ),
    ],
)
def test_results_point_at_the_last_surplus_value_or_at_the_focus_node(
    tmp_path: Path, name: str, data: str, places: list[tuple[int, int]]
) -> None:
    shapes = ":S sh:targetClass :Firm ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ] ."
    if name.endswith("nt"):
        (tmp_path / name).write_text(data, encoding="utf-8")
        (tmp_path / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
        report = check(
            read_data([str(tmp_path / name)], with_ontology=False), read_given_shapes([tmp_path / "shapes.ttl"])
        )
    else:
        report = run(tmp_path, data, shapes, name=name)
    assert sorted((result.origin.line, result.origin.column) for result in report.results if result.origin) == places


def test_a_large_file_is_read_into_columns_and_its_lines_are_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.shacl.data.LARGE", 10)
    report = run(tmp_path, "\n:a a :Firm ; :p 1 , 2 .", ":S sh:targetClass :Firm ; sh:path :p ; sh:maxCount 1 .")
    (result,) = report.results
    assert result.origin is not None
    assert (result.origin.line, result.origin.column) == (4, 21)
    assert read_data([str(tmp_path / "data.ttl")]).quads == ()


def test_folders_patterns_and_standard_input_are_data(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("a.ttl", "b.nt", "inner/c.ttl", "note.txt"):
        (tmp_path / name).write_text(f"<x:{name[:3]}> <x:p> <x:o> .", encoding="utf-8")
    counts = [
        len(read_data([name], stdin=b"<x:a> <x:p> 1 , 2 .", syntax=syntax, with_ontology=False).quads)
        for name, syntax in ((str(tmp_path), ""), (f"{tmp_path}/*.ttl", ""), (f"{tmp_path}/**/*.ttl", ""), ("-", "ttl"))
    ]
    assert counts == [3, 1, 2, 2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.ttl", "cannot be read"),
        ("*.nothing", "no file matches the pattern"),
        ("-", "--data-format"),
        ("x.doc", "names no RDF syntax"),
    ],
)
def test_what_is_no_data_is_refused_with_its_name(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.doc").touch()
    with pytest.raises(InputError, match=message) as caught:
        read_data([name])
    assert caught.value.problems[0].file == name


def test_a_store_is_validated_by_queries_and_its_concerns_are_told(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(
        f"{PREFIXES}:S sh:targetClass :Firm , :Frim ; sh:path :p ; sh:maxCount 1 .", encoding="utf-8"
    )
    (tmp_path / "data.ttl").write_text(f"{PREFIXES}:a a :Firm ; :p 1 , 2 . :b a :Firm ; :p 1 .", encoding="utf-8")
    store = EmbeddedStore.of(load_rdf([tmp_path / "data.ttl"]).quads)
    report = check_store(store, read_given_shapes([tmp_path / "shapes.ttl"]))
    assert [str(result.focus.value) for result in report.results] == ["https://example.org/a"]
    assert kinds(report) == ["empty-target"]
    assert place(report.concerns[0])[0] == "shapes.ttl"


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"neither document\.yaml nor RDF files"):
        read_data([str(tmp_path)])


def test_lines_of_large_files_come_from_the_order_of_reading_also_for_blank_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.shacl.data.LARGE", 10)
    sought: list[str] = []

    def places_of(source: RdfSource, subjects: Collection[Node]) -> Places:
        sought.append(Path(source.name).name)
        return index.places_of(source, subjects)

    monkeypatch.setattr("kg.loaders.rdf.addresses.places_of", places_of)
    (tmp_path / "shapes.ttl").write_text(
        PREFIXES + ":S sh:targetClass :Firm ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ] .",
        encoding="utf-8",
    )
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(LINES, encoding="utf-8")
    names = [str(tmp_path / "a.nt"), str(tmp_path / "b.nt")]
    report = check(read_data(names, with_ontology=False), read_given_shapes([tmp_path / "shapes.ttl"]))
    places = [
        (Path(str(origin.file)).name, origin.line, origin.column)
        for result in report.results
        if (origin := result.origin)
    ]
    assert sorted(places) == [("a.nt", 3, 49), ("a.nt", 4, 1), ("b.nt", 4, 1)]
    assert set(sought) <= {"shapes.ttl"}, "a file is read again"


def test_a_query_that_shacl_forbids_is_left_out_with_its_line_and_the_rest_runs(tmp_path: Path) -> None:
    shapes = ':S sh:targetClass :Firm .\n:T sh:targetClass :Firm ; sh:sparql [ sh:select "SELECT $this WHERE { MINUS { $this ?p 1 } }" ] .'
    report = run(tmp_path, ":a a :Firm .", shapes)
    (concern,) = report.concerns
    assert (concern.kind, "MINUS" in concern.message, concern.origin and concern.origin.line) == (
        "ill-formed-shape", True, 4,
    )  # fmt: skip
    assert report.fails()


def test_a_build_is_the_same_data_whether_it_is_named_as_data_or_as_a_graph(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    lines = "<https://example.org/a> <https://example.org/p> 'x' <https://example.org/g> .\n".replace("'", '"')
    closure = lines.replace("example.org/g", "w3id.org/motkg/graph/closure").replace('"x"', '"y"')
    (folder / "graph.nq").write_text(lines + closure, encoding="utf-8")
    (folder / "origins.tsv").write_text("a.yaml\t1\t2\t\n\t0\t0\t\n", encoding="utf-8")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    outputs = {name: {"sha256": hashlib.sha256(text).hexdigest(), "bytes": len(text)} for name, text in files.items()}
    manifest = {"base": BASE, "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    as_data, as_graph = read_data([folder]), read_data(build=folder)
    assert [quad.object.value for quad in as_data.quads] == ["x"]
    assert as_data.quads == as_graph.quads
    assert as_data.origins == as_graph.origins
    with pytest.raises(InputError, match="by itself"):
        read_data([folder, tmp_path / "build" / "graph.nq"])
    with pytest.raises(InputError, match="a build is named, and data as well"):
        read_data([folder], build=folder)
