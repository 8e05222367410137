"""Keys of two loads that make one id, as ``C#`` and ``C++`` make ``c``, are two things: the second load is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Store

from kg.commands.load import targets
from kg.core.errors import InputError
from kg.core.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

MAP = 'graph: v\nid: org/{key}\ntype: SmallFirm\nisAtStage: "{stage}"\n'  # no statement holds the key
RDF = "<urn:x:a> <urn:x:p> 1 ."


def load(folder: Path, *keys: str, text: str = MAP, **options: bool) -> targets.LoadResult:
    rows = "".join(f"{key},\n" for key in keys)
    (folder / "v.csv").write_text(f"key,stage\n{rows}", encoding="utf-8")
    (folder / "map.yaml").write_text(text, encoding="utf-8")
    return targets.load(
        folder / "v.csv", map_file=folder / "map.yaml", output=folder / "store", alone=True, close=False, **options
    )


def load_rdf(folder: Path, *, replace: bool = False) -> None:
    (folder / "v.ttl").write_text(RDF, encoding="utf-8")
    targets.load(folder / "v.ttl", graph="v", output=folder / "store", alone=True, close=False, replace=replace)


def things(folder: Path) -> set[str]:
    store = Store.read_only(str(folder / "store" / "store"))
    return {quad.subject.value.removeprefix(f"{BASE}id/v/") for quad in store if "/id/v/" in quad.subject.value}


@pytest.mark.parametrize(("first", "second"), [("C#", "C++"), ("C#", "c"), ("c", "C++"), ("Acme, Inc.", "ACME Inc")])
def test_another_text_of_an_id_of_the_store_is_refused(tmp_path: Path, first: str, second: str) -> None:
    first, second = (f'"{key}"' for key in (first, second))
    load(tmp_path, first)
    before = things(tmp_path)
    with pytest.raises(InputError) as caught:
        load(tmp_path, second, "other")
    kept, refused = (key.strip('"') for key in (first, second))
    told = f"v: row 1, column 'key': '{refused}' gives the id {before.pop()} of '{kept}' in the store"
    assert told in str(caught.value)
    assert "other" not in str(things(tmp_path))


def test_the_same_texts_are_loaded_again_and_others_beside_them(tmp_path: Path) -> None:
    load(tmp_path, "C#", "plain", '"Acme, Inc."')
    result = load(tmp_path, "C#", "plain", "D#")
    assert (result.rejected, result.known) == (0, 2)
    assert things(tmp_path) == {"org/c", "org/plain", "org/acme-inc", "org/d"}
    with pytest.raises(InputError, match="of 'D#' in the store"):
        load(tmp_path, "D++")


def test_a_graph_that_is_replaced_keeps_no_texts(tmp_path: Path) -> None:
    load(tmp_path, "C#")
    load(tmp_path, "C++", replace=True)
    with pytest.raises(InputError, match=r"of 'C\+\+' in the store"):
        load(tmp_path, "C#")


def test_a_load_of_rdf_keeps_them_unless_it_replaces_the_graph(tmp_path: Path) -> None:
    load(tmp_path, "C#")
    load_rdf(tmp_path)
    with pytest.raises(InputError, match="of 'C#' in the store"):
        load(tmp_path, "C++")
    load_rdf(tmp_path, replace=True)
    assert load(tmp_path, "C++").rejected == 0


def test_other_documents_have_keys_of_their_own(tmp_path: Path) -> None:
    load(tmp_path, "C#")
    assert load(tmp_path, "C++", text=MAP.replace("graph: v", "graph: w")).rejected == 0
    with pytest.raises(InputError, match="of 'C#' in the store"):
        load(tmp_path, "C++")


def test_a_store_of_an_earlier_version_is_added_to_as_before(tmp_path: Path) -> None:
    """Of its ids nobody knows the texts."""
    load(tmp_path, "plain")
    (tmp_path / "store" / "keys.parquet").unlink()
    manifest = tmp_path / "store" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"keys": true', '"as_before": true'), "utf-8")
    assert load(tmp_path, "Plain!").rejected == 0
