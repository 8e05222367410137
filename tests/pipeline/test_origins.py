from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import StoreError
from kg.core.origin import Origin
from kg.core.resources import ontology_dir, shipped_documents
from kg.graph.index import indexed_origins
from kg.loaders import load_cases, load_ontology, shipped_vocabulary
from kg.loaders.rdf.addresses import Located
from kg.pipeline.building import load_crosswalks
from kg.pipeline.reading import OriginTable, read_origins, write_origins

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph


def quad(number: int) -> Quad:
    return Quad(
        NamedNode(f"http://example.org/{number}"),
        NamedNode("http://example.org/p"),
        Literal("事業化", language="ja"),
        NamedNode("http://example.org/g"),
    )


ORIGINS = {
    quad(1): Origin("tables/a.csv", 3, 7, "r2c5"),
    quad(2): Origin("tables/a.csv", 70_000, 5_000_000, ""),
    quad(3): Origin("事例/文書.yaml", 1, 1, "行1"),
    quad(4): Origin("gone.ttl"),
}


def table(folder: Path, origins: dict[Quad, Origin]) -> OriginTable:
    write_origins(folder / "origins", origins)
    return OriginTable(folder / "origins")


def test_each_statement_has_its_origin_and_others_have_none(tmp_path: Path) -> None:
    held = table(tmp_path, ORIGINS)
    assert len(held) == 4
    assert {statement: held.origin(statement) for statement in ORIGINS} == ORIGINS
    assert [held.origin(quad(number)) for number in (0, *range(5, 40))] == [None] * 36


def test_a_table_may_be_empty(tmp_path: Path) -> None:
    held = table(tmp_path, {})
    assert len(held) == 0
    assert held.origin(quad(1)) is None


@pytest.mark.parametrize("keep", [0, 10, 19, 20, 60])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, keep: int) -> None:
    write_origins(tmp_path / "origins", ORIGINS)
    content = (tmp_path / "origins").read_bytes()
    (tmp_path / "origins").write_bytes(content[:keep])
    with pytest.raises(StoreError, match="no table of origins"):
        OriginTable(tmp_path / "origins")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "origins").write_bytes(b"x" * 1000)
    with pytest.raises(StoreError, match="no table of origins"):
        OriginTable(tmp_path / "origins")
    with pytest.raises(StoreError, match="No such file"):
        OriginTable(tmp_path / "nothing")


@pytest.mark.parametrize("line", [b"a.csv\tx\t1\t", b"a.csv\t1", b"\xff\t1\t1\t"])
def test_a_text_of_origins_that_no_build_wrote_is_refused(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "origins.tsv").write_bytes(line + b"\n")
    with pytest.raises(StoreError, match=r"origins\.tsv is not as kg build wrote it; build it again"):
        read_origins(tmp_path, [quad(1)])


def test_the_index_of_the_shipped_graph_has_the_origins_that_its_files_give(graph: Graph) -> None:
    held = indexed_origins(graph.store)
    assert held is not None
    ontology, cases = load_ontology(ontology_dir()), load_cases(shipped_documents(), shipped_vocabulary())
    crosswalk = load_crosswalks(shipped_documents(), [*ontology.quads, *cases.quads])
    read = {**ontology.origins, **cases.origins, **crosswalk.origins}
    located = Located(read)
    assert len(held) == len(read) > 20_000
    statements = list(graph.store.quads())
    assert [held.origin(statement) for statement in statements] == [
        located.origin(statement) for statement in statements
    ]


def test_the_shipped_graph_is_explained_without_reading_its_files_again(graph: Graph) -> None:
    code = (
        "import sys, kg; explained = kg.explain('stage:commercialization', 'skos:notation');"
        "print(explained); print([name for name in sys.modules if name.startswith('kg.loaders.') or name == 'yaml'])"
    )
    assert indexed_origins(graph.store) is not None
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert "ontology/schemes/stage.ttl:" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"
