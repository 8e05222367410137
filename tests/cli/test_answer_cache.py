"""What ``kg query`` answered is kept, printed again byte for byte, and forgotten as soon as anything it rests on changes."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg
from kg import cache
from kg.cli import answers
from kg.cli.main import main
from kg.query.catalogue import Catalogue
from kg.query.rendering import default_values
from kg.resources import ontology_dir, queries_dir

if TYPE_CHECKING:
    from collections.abc import Callable

SETTLING = 2.1  # seconds after which the time of a change tells one state of a file from the next


@dataclass(frozen=True)
class House:
    """A copy of motkg as a wheel installs it, whose files a test may change, with a cache of its own."""

    folder: Path
    cache: Path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "kg", "query", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder), "XDG_CACHE_HOME": str(self.cache), **more}

    def query(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        command, environment = self.command(*arguments), self.environment(**more)
        return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)

    def kept(self) -> list[Path]:
        folder = self.cache / "motkg" / "answers"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def forget(self) -> None:
        shutil.rmtree(self.cache / "motkg" / "answers", ignore_errors=True)

    def file(self, *parts: str) -> Path:
        return self.folder.joinpath("kg", *parts)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> House:
    base = tmp_path_factory.mktemp("house")
    package = base / "site" / "kg"
    skipped = shutil.ignore_patterns("__pycache__", "data")
    shutil.copytree(Path(kg.__file__).parent, package, ignore=skipped)
    shutil.copytree(ontology_dir(), package / "data" / "ontology")
    shutil.copytree(queries_dir(), package / "data" / "queries")
    time.sleep(SETTLING)
    return House(base / "site", base / "cache")


@pytest.fixture
def house(settled: House) -> House:
    settled.forget()
    return settled


def both(house: House, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Asks twice, sees that the second answer is the kept one and like the first, and gives it."""
    before = len(house.kept())
    first = house.query(*arguments, **more)
    assert len(house.kept()) == before + 1
    again = house.query(*arguments, **more)
    assert len(house.kept()) == before + 1
    assert (again.stdout, again.stderr, again.returncode) == (first.stdout, first.stderr, first.returncode)
    return again


@pytest.mark.parametrize("form", ["table", "csv"])
def test_what_every_query_of_the_catalogue_prints_is_what_is_kept(
    form: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    different = []
    for query in Catalogue(queries_dir()):
        examples = default_values(query) if query.parameters else {}
        values = [f"--{each.name}={examples[each.name][0]}" for each in query.parameters.values() if each.required]
        arguments = ["query", query.name, *values, "-f", form]
        monkeypatch.setattr(sys, "argv", ["kg", *arguments])
        place = cache.key(*arguments)
        with pytest.raises(SystemExit) as ended:
            main(place)
        printed = capfdbinary.readouterr()
        assert (ended.value.code, query.name) == (0, query.name)
        if (printed.out, printed.err.decode()) != answers.kept(place):
            different.append(query.name)
    assert different == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["specialists-by-stage"],
        ["factors-at-stage", "--stage", "事業化", "-f", "markdown", "--lang", "ja"],
        ["policy/specialists-by-stage", "--format=json"],
        ["factors-at-stage", "--stage=commercialization", "--evidence", "-f", "tsv"],
    ],
)
def test_a_command_line_is_answered_from_what_it_printed_before(house: House, arguments: list[str]) -> None:
    assert both(house, *arguments).stdout


def test_what_explains_an_empty_answer_is_kept_with_it(house: House) -> None:
    answer = both(house, "firms-within-two-alliances", "--firm", "3m", "-f", "csv")
    assert answer.stdout.count(b"\n") == 1
    assert answer.stderr.startswith(b"no rows\n")


ASKING = """
import os, sys
os._exit = sys.exit
before = set(sys.modules)
from kg.__main__ import main
sys.argv = ["kg", "query", "stage-issues", "-f", "csv"]
try:
    main()
except SystemExit:
    print(sorted({name.split(".")[0] for name in sys.modules.keys() - before}), file=sys.stderr)
"""


def test_a_kept_answer_needs_nothing_but_the_cache(house: House) -> None:
    first = both(house, "stage-issues", "-f", "csv")
    ran = subprocess.run([sys.executable, "-P", "-c", ASKING], env=house.environment(), capture_output=True, check=True)
    assert ran.stdout == first.stdout
    assert ran.stderr.decode().strip() in {"['__future__', '_blake2', 'kg']", "['_blake2', 'kg']"}


def on_terminal(house: House, columns: int) -> str:
    ours, theirs = pty.openpty()
    environment = house.environment(COLUMNS=str(columns), LINES="500", TERM="xterm")
    shown = b""
    with subprocess.Popen(house.command("specialists-by-stage"), stdout=theirs, stderr=theirs, stdin=theirs, env=environment) as process:
        os.close(theirs)
        while True:
            try:
                shown += os.read(ours, 65_536)
            except OSError:  # the other side has closed
                break
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


def test_a_terminal_of_another_width_has_an_answer_of_its_own(house: House) -> None:
    wide, narrow = on_terminal(house, 200), on_terminal(house, 60)
    assert max(map(len, wide.split("\r\n"))) > 60 >= max(map(len, narrow.split("\r\n")))
    assert len(house.kept()) == 2
    assert (on_terminal(house, 200), on_terminal(house, 60)) == (wide, narrow)
    assert len(house.kept()) == 2
    assert house.query("specialists-by-stage").stdout.decode() not in {wide, narrow}


def edited(file: Path, old: str, new: str) -> None:
    """Changes a file and gives it back the size and the time of change that it had."""
    assert len(old.encode()) == len(new.encode())
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edited_query_is_asked_anew_at_once(house: House) -> None:
    file = house.file("data", "queries", "stages", "stage-issues.rq")
    assert both(house, "stage-issues", "-f", "csv").stdout.startswith(b"stage,response,share,n\r\n")
    edited(file, "?share", "?shore")
    assert house.query("stage-issues", "-f", "csv").stdout.startswith(b"stage,response,shore,n\r\n")
    edited(file, "?shore", "?share")
    assert house.query("stage-issues", "-f", "csv").stdout.startswith(b"stage,response,share,n\r\n")
    assert len(house.kept()) == 1, "a file that changed a moment ago may change again within one tick of its clock"
    time.sleep(SETTLING)


def test_edited_data_are_built_and_asked_anew(house: House) -> None:
    file = house.file("data", "ontology", "schemes", "stage.ttl")
    first = both(house, "stage-issues", "-f", "csv").stdout
    assert b"commercialization" in first
    edited(file, '"commercialization"@en', '"commercialisation"@en')
    assert house.query("stage-issues", "-f", "csv").stdout == first.replace(b"commercialization", b"commercialisation")
    edited(file, '"commercialisation"@en', '"commercialization"@en')
    time.sleep(SETTLING)
    assert both(house, "stage-issues", "-f", "csv").stdout == first


def test_edited_code_and_new_and_lost_files_are_seen(house: House) -> None:
    both(house, "stage-issues")
    extra = house.file("cases", "kirihata-mot", "extra.txt")
    extra.write_text("nothing that is read", encoding="utf-8")
    code = house.file("query", "results", "terminal.py")
    text = code.read_text(encoding="utf-8")
    assert '"─"' in text
    code.write_text(text.replace('"─"', '"═"'), encoding="utf-8")
    time.sleep(SETTLING)
    assert "═══" in both(house, "stage-issues").stdout.decode()
    extra.unlink()
    both(house, "stage-issues")
    assert len(house.kept()) == 3
    code.write_text(text, encoding="utf-8")
    time.sleep(SETTLING)
    assert "───" in both(house, "stage-issues").stdout.decode()


@pytest.mark.parametrize(
    "damage",
    [lambda held: held[:-1], lambda held: held[:-1] + bytes([held[-1] ^ 1]), lambda _: b"", lambda _: b"motkg"],
    ids=["cut", "one bit", "empty", "begun"],
)
def test_a_damaged_entry_is_made_again(house: House, damage: Callable[[bytes], bytes]) -> None:
    first = both(house, "stage-issues", "-f", "csv").stdout
    (entry,) = house.kept()
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    assert house.query("stage-issues", "-f", "csv").stdout == first
    assert entry.read_bytes() == whole


def test_processes_at_once_agree_and_leave_one_entry(house: House) -> None:
    command, environment = house.command("stage-issues", "-f", "csv"), house.environment()
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(5)]
    printed = {process.communicate(timeout=120)[0] for process in processes}
    assert len(printed) == 1
    assert len(house.kept()) == 1
    assert house.query("stage-issues", "-f", "csv").stdout in printed


@pytest.mark.parametrize(
    ("script", "code", "message"),
    [
        ('exec "$@" >&-', 2, b"kg: the answer cannot be written: standard output is closed\n"),
        ('exec "$@" >/dev/full', 2, b"kg: the answer cannot be written: No space left on device\n"),
        ('{ "$@"; echo $? >&2; } | true', 0, b"0\n"),
    ],
    ids=["closed", "full", "nobody reads"],
)
def test_an_output_that_cannot_be_written_ends_alike_with_and_without_a_kept_answer(
    house: House, script: str, code: int, message: bytes
) -> None:
    command = ["bash", "-c", script, "bash", *house.command("tidy-observations", "-f", "csv")]
    for _ in range(2):
        ended = subprocess.run(command, env=house.environment(), stderr=subprocess.PIPE, check=False, timeout=120)
        assert (ended.returncode, ended.stderr) == (code, message)
        assert len(house.kept()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["stage-issues", "-o", "FILE.csv"],
        ["factors-at-stage", "--stage", "comercialization"],
        ["stage-issues", "-f", "parquet"],
        ["stage-issues", "--store", "oxigraph"],
        ["ASK { ?s a motkg:Stage }"],
        ["FILE.rq"],
        ["no-such-query"],
        ["factors-at-stage", "--", "--stage=commercialization"],
    ],
    ids=" ".join,
)
def test_errors_and_what_is_more_than_a_printed_answer_are_not_kept(house: House, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "FILE.rq").write_text("ASK { ?s a motkg:Stage }", encoding="utf-8")
    for _ in range(2):
        house.query(*[word.replace("FILE", str(tmp_path / "FILE")) for word in arguments])
    assert house.kept() == []
    assert (tmp_path / "FILE.csv").exists() == ("-o" in arguments)


def test_a_build_is_asked_anew_when_it_is_built_anew(house: House, tmp_path: Path) -> None:
    build = [sys.executable, "-P", "-m", "kg", "build", "-q", "-o", str(tmp_path / "graph")]
    subprocess.run(build, env=house.environment(), check=True)
    time.sleep(SETTLING)
    asked = ["stage-issues", "--graph", str(tmp_path / "graph"), "-f", "csv"]
    both(house, *asked)
    subprocess.run([*build, "--base", "https://example.org/mot/"], env=house.environment(), check=True)
    time.sleep(SETTLING)
    both(house, *asked)
    assert len(house.kept()) == 2
    (tmp_path / "graph" / "manifest.json").unlink()
    assert house.query(*asked).returncode == 2


def test_the_cache_can_be_switched_off_and_need_not_be_there(house: House, tmp_path: Path) -> None:
    first = both(house, "stage-issues", "-f", "csv").stdout
    away = {"XDG_CACHE_HOME": str(tmp_path / "away")}
    assert house.query("stage-issues", "-f", "csv", MOTKG_NO_CACHE="1", **away).stdout == first
    assert not (tmp_path / "away").exists()
    (tmp_path / "file").touch()
    assert house.query("stage-issues", "-f", "csv", XDG_CACHE_HOME=str(tmp_path / "file" / "cache")).stdout == first
