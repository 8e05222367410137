from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.core.resources import cases_dir
from kg.loaders import load_cases, shipped_vocabulary
from kg.loaders.documents.sources import uncovered_numerals, verify_sources

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = sorted(path.parent for path in cases_dir().glob("*/document.yaml"))


def test_the_shipped_documents_load_and_every_statement_knows_its_place() -> None:
    statements = load_cases(FOLDERS, shipped_vocabulary())
    assert len(statements) > 10_000
    for quad in statements:
        origin = statements.origins[quad]
        assert origin.line > 0
        assert origin.column > 0
        assert (cases_dir() / origin.file).is_file()


@pytest.mark.sources
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_shipped_documents_say_what_their_sources_print(folder: Path, sources: Path) -> None:
    assert [str(finding) for finding in verify_sources(folder, sources)] == []


@pytest.mark.sources
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_number_of_the_sources_is_in_the_graph_or_accounted_for(folder: Path, sources: Path) -> None:
    assert [str(finding) for finding in uncovered_numerals(folder, sources)] == []
