from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg
from kg.core.errors import KGError
from kg.core.nesting import parse_json, too_deep
from kg.pipeline.reading import read_manifest, read_store_manifest
from kg.shacl.incremental.state import open_state
from kg.shacl.incremental.storedreport import read_stored
from kg.shacl.report.baseline import read_baseline
from kg.shacl.report.forms.objects import read_report
from kg.store.remote.load import TransferJournal
from kg.store.virtuoso.sender import read_json, read_rdf_json

if TYPE_CHECKING:
    from collections.abc import Callable

DEEP = "[" * 100_000


def test_what_python_cannot_hold_is_a_fault_of_the_text() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json(DEEP + "]" * 100_000)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("[" * 32, 0),
        ("[" * 33, 33),
        ("[]" * 100, 0),
        ('{"a":' * 33, 161),
        ('["日本", "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]', 0),
        ('["日本", "\\"", ' + "[" * 32, 45),
    ],
)
def test_the_first_bracket_that_is_too_deep_is_named_by_its_column(text: str, column: int) -> None:
    assert too_deep(text.encode()) == column


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "manifest of a build": ("manifest.json", read_manifest),
    "manifest of a store": ("manifest.json", read_store_manifest),
    "journal of a remote load": ("journal", lambda folder: TransferJournal(folder / "journal", "identity")),
    "answer": ("given", lambda folder: read_json((folder / "given").read_bytes(), "given")),
    "answer in RDF/JSON": ("given", lambda folder: read_rdf_json((folder / "given").read_bytes(), "given")),
    "baseline": ("given", lambda folder: read_baseline((folder / "given").read_text(), "given")),
    "report": ("given", lambda folder: read_report((folder / "given").read_text(), "given")),
    "stored report": ("given", lambda folder: read_stored((folder / "given").read_text(), "given")),
    "state": ("state.json", open_state),
}


@pytest.mark.parametrize(("name", "read"), READERS.values(), ids=READERS)
def test_a_file_that_is_nested_too_deeply_is_an_error_that_names_it(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    (tmp_path / name).write_text(DEEP, encoding="utf-8")
    with pytest.raises(KGError, match=str(tmp_path) if name != "given" else "given"):
        read(tmp_path)


def test_no_module_reads_files_or_answers_with_a_parser_that_raises_recursion_errors() -> None:
    own = {
        "core/nesting.py",
        "loaders/rdf/addresses/jsonld.py",  # words, not texts
        "loaders/tables/textfiles.py",  # lines whose depth it has seen
        "store/embedded/limited.py",  # what a process of its own writes
        "store/embedded/worker.py",
    }
    package = Path(kg.__file__).parent
    users = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"json\.loads?\(", path.read_text())
    }
    assert users == own
