"""What the documents of the project say is true: commands, queries, sessions, links."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import kg

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# A block of a page that names a file is that file in the folder where the commands of the page run, one after the
# other.
FILE = re.compile(r"^```\w+ ([\w.-]+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def sessions(page: Path) -> list[tuple[str, str]]:
    """Gives each command of the terminal sessions of a page with the output printed below it."""
    parts = [
        part
        for block in SESSION.findall(page.read_text(encoding="utf-8"))
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each page, with the files that it shows."""
    found = {page.name: tmp_path_factory.mktemp(page.stem) for page in PAGES}
    for page in PAGES:
        for name, text in FILE.findall(page.read_text(encoding="utf-8")):
            (found[page.name] / name).write_text(text, encoding="utf-8")
    return found


@pytest.mark.parametrize(
    "page", [page for page in PAGES if sessions(page)], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_a_terminal_session_prints_what_the_page_shows(page: Path, folders: dict[str, Path]) -> None:
    for command, output in sessions(page):
        if command.startswith("make "):  # it would set up an environment of its own; here only its target must exist
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{re.escape(command.split()[1])}:", makefile, re.MULTILINE), page
        else:
            _prints(command, output, folders[page.name])


def _prints(command: str, output: str, folder: Path) -> None:
    """Run a command, and compare what it prints with what the page shows, where ``…`` stands for any lines."""
    words = shlex.split(command)
    assert words[0] == "kg"
    ran = kg(*words[1:], cwd=folder, environment={"COLUMNS": "120"})
    shown = [piece for piece in re.split(r"\n…(?:\n|$)", output.rstrip("\n")) if piece]
    printed = (ran.stdout + ran.stderr).rstrip("\n")
    position = 0
    for piece in shown:
        position = printed.find(piece, position)
        assert position >= 0, f"{command} does not print:\n{piece}\nbut:\n{printed}"
        position += len(piece)
    if "…" not in output:
        assert printed == output.rstrip("\n")


def python_blocks() -> list[tuple[str, str]]:
    """Gives each block of Python that imports kg, of the pages that need no server."""
    pages = [page for page in PAGES if page.name not in {"remote-engines.md", "validate-a-server.md"}]
    blocks = [(page.name, block) for page in pages for block in PYTHON.findall(page.read_text(encoding="utf-8"))]
    return [(page, block) for page, block in blocks if block.startswith("import kg\n")]


@pytest.mark.parametrize(("page", "block"), python_blocks(), ids=lambda value: value[:40])
def test_a_block_of_python_runs(
    page: str, block: str, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folders[page])
    exec(compile(block, page, "exec"), {"__name__": "__main__"})  # noqa: S102 - the pages are ours


def test_the_pages_made_from_the_program_are_up_to_date() -> None:
    ran = subprocess.run([sys.executable, ROOT / "docs" / "generate.py", "--check"], check=False)
    assert ran.returncode == 0, "run: python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert targets or page.name not in {"README.md", "CONTRIBUTING.md"}
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_of_the_project_that_a_page_names_are_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":  # what was then
        return
    named = re.findall(r"`((?:benchmarks|docs|kg|ontology|queries|tests)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_project_has_the_files_that_people_look_for() -> None:
    wanted = [
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CITATION.cff",
        "pyproject.toml",
    ]
    assert [name for name in wanted if not (ROOT / name).is_file()] == []
