"""What all tests share: where the documents and suites are, and the promise that nothing skips where skipping is forbidden."""

from __future__ import annotations

import gc
import hashlib
import os
import re
import shutil
import signal
import threading
import urllib.request
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import light
import pytest
from needs import missing, missing_line
from nightly import NIGHTLY
from platformdirs import user_cache_path
from servers import running_fuseki, running_virtuoso

from kg.core.resources import queries_dir

if TYPE_CHECKING:
    from collections.abc import Generator

    from pyoxigraph import Quad
    from servers import Fuseki, Virtuoso
    from xdist.scheduler import LoadFileScheduling

    from kg.graph.graph import Graph
    from kg.pipeline.building import Build
    from kg.store.remote.store import EndpointStore

ROOT = Path(__file__).resolve().parent.parent
FIRMS = ROOT / "tests" / "data" / "firms"
FUSEKI = "https://repo1.maven.org/maven2/org/apache/jena/jena-fuseki-server/5.6.0/jena-fuseki-server-5.6.0.jar"
FUSEKI_SHA256 = "d28c1eaf703122ee628895a460c20fa4aa60a892f435d403ea8c036f241da1f8"
CACHE = user_cache_path(
    "motkg-tests", appauthor=False
)  # read before the tests get a cache of their own, so that one download is enough
SPARQL_SUITE = os.environ.get("MOTKG_W3C_SPARQL", "")
N_QUADS = 512  # the flag of Virtuoso's DB.DBA.TTLP that reads graph names


# What tests generate: a few cases with `make check`, many and others each time at night. `examples` of tests/support/nightly.py scales by it.
hypothesis.settings.register_profile("check", max_examples=10, deadline=None, derandomize=True)
hypothesis.settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("nightly" if NIGHTLY else "ci")

# The Java programs of tests run for seconds, which is too short for the optimizing compiler; at night they run as for users.
if not NIGHTLY:
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

# Starting a server or a Java runtime is slow by itself.
SLOW_FIXTURES = {"java", "virtuoso", "virtuoso_server"}
SLOW_PARAMETERS = {"fuseki", "fusekis", "virtuoso"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("motkg")
    group.addoption("--light", action="store_true", help="leave out what is slow, and most of many cases")
    group.addoption("--write-slow", action="store_true", help="measure the tests, and list the slow ones")


def pytest_configure(config: pytest.Config) -> None:
    """Hears Ctrl-C even where a shell has started the tests in the background, which makes it ignored.

    Programs inherit that.
    """
    if config.getoption("light"):
        hypothesis.settings.load_profile("check")
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests, and run the files with most of them first, so that workers end together."""
    slow: Counter[Path] = Counter()
    measured = light.listed()
    for item in items:
        parameters = (
            item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        )
        named = {value for value in parameters if isinstance(value, str)}
        needs_a_server = SLOW_FIXTURES & set(getattr(item, "fixturenames", ())) or SLOW_PARAMETERS & named
        if needs_a_server or item.nodeid in measured:
            item.add_marker("slow")
        slow[item.path] += item.get_closest_marker("slow") is not None
    if config.getoption("light"):
        kept = light.taken(items)
        left = set(items).difference(kept)
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = kept
    items.sort(key=lambda item: -slow[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None]:
    """Leave the tests out of the collection of garbage, and have that run less often.

    Ten thousand tests are half a million objects, and to look at them again and again took a seventh of the time.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """Give the files that ask servers to one process, so that each server starts once."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "servers" if _asks_servers(file) else file

    return Scheduling(config, log)


@cache
def _asks_servers(file: str) -> bool:
    return bool(re.search(r"\b(?:fuseki|virtuoso)s?(?:_server)?\b", (ROOT / file).read_text(encoding="utf-8")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Note how much processor time a test has taken."""
    before = light.processor_time()
    try:
        yield
    finally:
        item.user_properties.append(("processor time", light.processor_time() - before))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, None]:
    """With MOTKG_NO_SKIP set, a test that skips fails and says why it wanted to.

    Only a registry that is out of reach is excused, and tools of other projects that nothing here depends on.
    """
    outcome = yield
    report = outcome.get_result()
    excused = hasattr(report, "wasxfail") or any(
        words in str(report.longrepr) for words in ("cannot be downloaded", "optional tool")
    )
    if report.skipped and os.environ.get("MOTKG_NO_SKIP") and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipping is not allowed here: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def _private_cache(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Generator[None, None, None]:
    """Keeps the indexes that tests make out of the user's cache.

    Processes that share the tests share them. Those of light runs are kept for the next: their names are hashes of the
    data and code that they are made from.
    """
    patch = pytest.MonkeyPatch()
    place = tmp_path_factory.getbasetemp()
    run = place.parent if "PYTEST_XDIST_WORKER" in os.environ else place
    folder = CACHE / "light" if pytestconfig.getoption("light") else run / "cache"
    patch.setenv("XDG_CACHE_HOME", str(folder))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the three source documents."""
    folder = os.environ.get("MOTKG_SOURCES", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip(missing("the source documents"))
    return Path(folder)


@pytest.fixture(scope="session")
def java() -> str:
    """The Java runtime."""
    path = shutil.which("java")
    if path is None:
        pytest.skip(missing("Java"))
    return path


@pytest.fixture(scope="session")
def graph() -> Graph:
    """The shipped graph."""
    import kg

    return kg.open()


@pytest.fixture(scope="session")
def shipped() -> list[Quad]:
    """The statements of the shipped graph, as they were written."""
    from kg.core.resources import shipped_documents
    from kg.pipeline.building import build

    return build(shipped_documents()).quads


@pytest.fixture(scope="session")
def built_with_firms() -> Build:
    """The build of the shipped documents together with the invented firms."""
    from kg.core.resources import shipped_documents
    from kg.pipeline.building import build

    return build([*shipped_documents(), FIRMS])


@pytest.fixture(scope="session")
def with_firms(built_with_firms: Build) -> list[Quad]:
    """Its statements."""
    return built_with_firms.quads


@pytest.fixture(scope="session")
def fuseki_jar() -> Path:
    """Fuseki from Maven Central, downloaded once."""
    path = CACHE / FUSEKI.rpartition("/")[2]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = path.with_suffix(f".{os.getpid()}")
        try:
            with urllib.request.urlopen(FUSEKI, timeout=60) as source, arriving.open("wb") as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            pytest.skip(f"{missing('Fuseki')}: cannot be downloaded: {error}")
        arriving.replace(path)
    with path.open("rb") as content:
        assert hashlib.file_digest(content, "sha256").hexdigest() == FUSEKI_SHA256, (
            f"{path} is not the file that was pinned"
        )
    return path


@pytest.fixture(scope="session")
def fuseki_server(java: str, fuseki_jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Fuseki]:
    """A Fuseki whose data sets are empty at first; see ``servers.UNIONS`` and ``servers.APART``."""
    with running_fuseki(java, fuseki_jar, tmp_path_factory.mktemp("fuseki")) as server:
        yield server


@pytest.fixture(scope="session")
def fuseki(fuseki_server: Fuseki) -> str:
    """The address of Fuseki."""
    return fuseki_server.address


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Virtuoso]:
    """A Virtuoso for tests that write: empty at first, and cutting answers off at 1,000 rows."""
    with running_virtuoso(tmp_path_factory.mktemp("virtuoso-scratch"), rows=1000) as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso(with_firms: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Generator[EndpointStore]:
    """Virtuoso from Debian, with the shipped graph and the invented firms in it; nobody writes to it."""
    from kg.publishing.answers import lines
    from kg.store.remote.store import EndpointStore

    with running_virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        (server.folder / "graph.nq").write_text(lines(with_firms), encoding="utf-8")
        server.run(f"DB.DBA.TTLP_MT(file_to_string_output('graph.nq'), '', 'urn:none', {N_QUADS});")
        yield EndpointStore(f"{server.address}/sparql")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """Print how many core tests of the W3C the columnar engine passes by itself, and last what was missing."""
    if terminalreporter.config.getoption("write_slow"):
        passed = terminalreporter.stats.get("passed", [])
        light.write((report.nodeid, dict(report.user_properties)["processor time"]) for report in passed)
    counts = {
        kind: sum(
            "::test_the_native_executor_gives_the_results_of_the_suite[" in one.nodeid
            for one in terminalreporter.stats.get(kind, [])
        )
        for kind in ("passed", "failed")
    }
    if total := sum(counts.values()):
        terminalreporter.write_line(f"W3C SHACL core on the columnar engine: {counts['passed']} of {total} tests pass")
    yield
    skipped = [
        str(report.longrepr) for kind in ("skipped", "failed") for report in terminalreporter.stats.get(kind, [])
    ]
    if line := missing_line(skipped):
        terminalreporter.write_line(line, yellow=True)


def _texts(paths: list[Path]) -> list[str]:
    return [path.read_bytes().decode("utf-8") for path in sorted(paths)]


@pytest.fixture(scope="session")
def w3c_queries() -> list[str]:
    if not SPARQL_SUITE:
        pytest.skip(missing("the W3C SPARQL suite"))
    queries = _texts(list(Path(SPARQL_SUITE).rglob("*.rq")))
    assert queries
    return queries


@pytest.fixture(scope="session")
def catalogue_queries() -> list[str]:
    queries = _texts(list(queries_dir().rglob("*.rq")))
    assert queries
    return queries
