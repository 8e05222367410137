"""No command enters more modules than it needs: each of the five ways of docs/walks.py keeps to its bound."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kg.graph import Graph

DOCS = Path(__file__).resolve().parent.parent / "docs"
SPECIFICATION = importlib.util.spec_from_file_location("walks", DOCS / "walks.py")
assert SPECIFICATION is not None
assert SPECIFICATION.loader is not None
walks = importlib.util.module_from_spec(SPECIFICATION)
sys.modules["walks"] = walks
SPECIFICATION.loader.exec_module(walks)


@pytest.fixture(scope="module")
def cache(graph: Graph) -> Path:
    """The user's cache with the index, which is built before what is asked with it."""
    assert len(graph.store) > 0
    folder = Path(os.environ["XDG_CACHE_HOME"])
    walks.entered(walks.WALKS[-1], folder)
    return folder


@pytest.mark.parametrize("walk", walks.WALKS, ids=lambda walk: walk.command[0])
def test_a_way_through_the_house_enters_few_modules(walk: walks.Walk, cache: Path) -> None:
    modules = walks.entered(walk, cache)
    assert f"kg.cli.{walk.command[0]}" in modules, "the command was not run"
    assert len(modules) <= walk.most, modules


def test_the_page_on_the_house_names_modules_that_there_are() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(kg(?:\.\w+)+)`", page))
    missing = sorted(name for name in names if importlib.util.find_spec(name) is None)
    assert len(names) > 20
    assert missing == []
