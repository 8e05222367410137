"""A corrected table is loaded in the place of the old one, or it is said that the old one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Store

from kg.commands.load import origins, targets
from kg.core.errors import QueryError
from kg.core.terms import BASE, CLOSURE, GRAPH

if TYPE_CHECKING:
    from pathlib import Path

MAP = 'graph: v\nid: org/{id}\ntype: SmallFirm\nname: "{name}"\nisAtStage: "{stage}"\n'
SAME_MAP = 'graph: v\ncontinues: true\nid: org/{id}\nname: "{name}"\n'
ONE = NamedNode(f"{BASE}id/v/org/1")


def load(folder: Path, rows: str, *, text: str = MAP, name: str = "v", **options: bool) -> targets.LoadResult:
    (folder / f"{name}.csv").write_text(f"id,name,stage\n{rows}", encoding="utf-8")
    (folder / "map.yaml").write_text(text, encoding="utf-8")
    return targets.load(folder / f"{name}.csv", map_file=folder / "map.yaml", output=folder / "store", **options)


def objects(folder: Path, graph: str) -> set[str]:
    """Return what a graph says of the first firm."""
    store = Store.read_only(str(folder / "store" / "store"))
    return {quad.object.value.rpartition("/")[2] for quad in store.quads_for_pattern(ONE, None, None, NamedNode(graph))}


def test_a_graph_is_replaced_with_all_that_followed_from_it(tmp_path: Path) -> None:
    load(tmp_path, "1,A,basic research\n2,B,\n", alone=True)
    load(tmp_path, "9,Other,\n", text=MAP.replace("graph: v", "graph: w"), name="w")
    followed = objects(tmp_path, CLOSURE.value)
    assert followed
    result = load(tmp_path, "1,Aster,commercialization\n", replace=True)
    assert (result.known, "--replace" in str(result)) == (0, False)
    assert objects(tmp_path, f"{GRAPH}v") == {"Aster", "SmallFirm", "commercialization"}
    store = Store.read_only(str(tmp_path / "store" / "store"))
    about = {quad.subject.value.removeprefix(f"{BASE}id/") for quad in store if "/id/" in quad.subject.value}
    assert about == {"v/org/1", "w/org/9"}
    assert objects(tmp_path, CLOSURE.value) == followed
    assert [row.row for row in origins.rows_of(tmp_path / "store", [ONE.value])[ONE.value]] == [1]


def test_what_followed_goes_also_where_nothing_is_closed(tmp_path: Path) -> None:
    load(tmp_path, "1,A,\n", alone=True)
    result = load(tmp_path, "2,B,\n", replace=True, close=False)
    assert "--close adds all" in str(result)
    assert objects(tmp_path, CLOSURE.value) == set()


@pytest.mark.parametrize("text", [MAP, SAME_MAP], ids=["rows of things", "rows that add to things"])
def test_things_that_the_graph_holds_already_are_told(tmp_path: Path, text: str) -> None:
    load(tmp_path, "1,A,\n2,B,\n", alone=True, close=False)
    rows = "1,Aster,\n1,Asta,\n3,C,\n" if text == SAME_MAP else "1,Aster,\n3,C,\n"
    result = load(tmp_path, rows, text=text, close=False)
    assert result.known == 1
    assert "1 thing of the tables was in that graph already, and what it said stays; --replace" in str(result)
    assert {"A", "Aster"} <= objects(tmp_path, f"{GRAPH}v")
    assert load(tmp_path, "7,G,\n", close=False).known == 0


def test_the_same_tables_again_are_told_as_such(tmp_path: Path) -> None:
    load(tmp_path, "1,A,\n", alone=True, close=False)
    assert "from an earlier load of the same files" in str(load(tmp_path, "1,A,\n", close=False))


def test_a_graph_of_a_file_is_replaced_and_not_those_that_it_names(tmp_path: Path) -> None:
    file = tmp_path / "f.ttl"
    for text in ("<urn:x:a> <urn:x:b> 1 .", "<urn:x:a> <urn:x:b> 2 ."):
        file.write_text(text, encoding="utf-8")
        targets.load(file, output=tmp_path / "store", alone=True, replace=True, close=False)
    assert [quad.object.value for quad in Store.read_only(str(tmp_path / "store" / "store"))] == ["2"]
    (tmp_path / "g.nq").write_text("<urn:x:a> <urn:x:b> <urn:x:c> <urn:x:g> .\n", encoding="utf-8")
    with pytest.raises(QueryError, match="the files name graphs themselves"):
        targets.load(tmp_path / "g.nq", output=tmp_path / "store", replace=True)


def test_lines_replace_nothing(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="replace no graph"):
        targets.load("v.csv", map_file="map.yaml", output=tmp_path / "v.nt", replace=True)
