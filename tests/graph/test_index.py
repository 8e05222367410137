from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from commandline import PROCESS, kg
from nightly import NIGHTLY
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.core.errors import StoreError
from kg.core.resources import queries_dir
from kg.graph import index
from kg.graph.index import digest_of_inputs, existing_index, indexed, open_ahead
from kg.query.catalogue.catalogue import Catalogue
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.graph import Graph

QUERY = ["query", "firms-in-several-alliances", "-f", "csv"]


def test_processes_that_make_the_same_index_at_once_all_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    running = [
        subprocess.Popen(
            [*PROCESS, *QUERY], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        for _ in range(6 if NIGHTLY else 2)
    ]
    answers = {process.communicate(timeout=120)[0] for process in running}
    assert answers == {"firm,alliances\nThe Wollongong Group,2\n"}
    assert len(indexes(tmp_path / "motkg")) == 1


def indexes(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if re.fullmatch("[0-9a-f]{32}", path.name)]


def test_a_damaged_index_in_the_cache_is_made_anew(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    assert kg(*QUERY, environment=environment).returncode == 0
    for path in (file for folder in indexes(tmp_path / "motkg") for file in folder.glob("MANIFEST-*")):
        path.write_bytes(b"damaged")
    assert "Wollongong" in kg(*QUERY, environment=environment).stdout


def test_a_damaged_index_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    digest = "0123456789abcdef" * 4
    quad = Quad(NamedNode("http://example.org/a"), NamedNode("http://example.org/p"), Literal("b"))
    assert len(indexed(digest, lambda: ([quad], {}))) == 1
    for path in (tmp_path / "motkg" / digest[:32]).glob("MANIFEST-*"):
        path.write_bytes(b"damaged")
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedStore, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            indexed(digest, lambda: ([quad], {}))
    assert existing_index(digest) is None
    assert indexes(tmp_path / "motkg") == []
    assert len(indexed(digest, lambda: ([quad], {}))) == 1
    assert existing_index(digest) is not None


def interrupted(folder: Path, quads: Iterable[Quad]) -> None:
    """Writes a store as Ctrl-C leaves it: all of it, but not to its end."""
    Store(str(folder)).bulk_extend(quads)
    raise KeyboardInterrupt


def test_a_new_index_takes_the_place_of_old_ones_and_of_kept_answers_and_comes_with_headers(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / "motkg" / f"{number:032x}").mkdir(parents=True)
        os.utime(tmp_path / "motkg" / f"{number:032x}", (number, number))
    for name in ("mine", "answers"):
        (tmp_path / "motkg" / name).mkdir()
    assert kg(*QUERY, environment={"XDG_CACHE_HOME": str(tmp_path)}).returncode == 0
    assert len(indexes(tmp_path / "motkg")) == 12
    assert (tmp_path / "motkg" / "mine").is_dir()
    assert not (tmp_path / "motkg" / "answers").exists()
    headers = {
        "\n".join(line for line in query.text.splitlines() if line.startswith("#+"))
        for query in Catalogue(queries_dir())
    }
    assert len(list((tmp_path / "motkg" / "headers").iterdir())) == len(headers)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = kg(*QUERY, environment={"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert answer.stdout == "firm,alliances\nThe Wollongong Group,2\n"


def test_an_index_that_is_opened_ahead_is_taken_once(graph: Graph) -> None:
    assert index._AHEAD == {}
    open_ahead()
    (opening,) = index._AHEAD.values()
    ahead = existing_index(digest_of_inputs())
    assert ahead is opening.opened()
    assert ahead is not None
    assert len(ahead) == len(graph.store)
    assert index._AHEAD == {}
    assert existing_index(digest_of_inputs()) is not ahead


def test_nothing_is_opened_ahead_where_there_is_no_index_or_no_cache(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(graph.store) > 0
    with monkeypatch.context() as patched:
        patched.setenv("MOTKG_NO_CACHE", "1")
        open_ahead()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    open_ahead()
    assert index._AHEAD == {}


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    EmbeddedStore.write(tmp_path / "store", [])
    for path in (tmp_path / "store").glob("MANIFEST-*"):
        path.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="rebuilt"):
        EmbeddedStore.read_only(tmp_path / "store")
