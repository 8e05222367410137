"""What all tests share: where the documents and suites are, and the promise that nothing skips where skipping is forbidden."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from kg.graph import Graph

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, None]:
    """With MOTKG_NO_SKIP set, a test that skips fails and says why it wanted to; only a registry that is out of reach is excused."""
    outcome = yield
    report = outcome.get_result()
    excused = hasattr(report, "wasxfail") or "cannot be downloaded" in str(report.longrepr)
    if report.skipped and os.environ.get("MOTKG_NO_SKIP") and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipping is not allowed here: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def _private_cache(tmp_path_factory: pytest.TempPathFactory) -> Generator[None, None, None]:
    """Keeps the indexes that tests make out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the three source documents."""
    folder = os.environ.get("MOTKG_SOURCES", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("MOTKG_SOURCES does not name the folder of the source documents, which motkg may not ship")
    return Path(folder)


@pytest.fixture(scope="session")
def java() -> str:
    """The Java runtime."""
    path = shutil.which("java")
    if path is None:
        pytest.skip("no Java runtime on the path")
    return path


@pytest.fixture(scope="session")
def graph() -> Graph:
    """The shipped graph."""
    import kg

    return kg.open()
