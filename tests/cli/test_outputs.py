"""Each option that names a file to write follows links, fills pipes, and refuses folders."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from commandline import kg

from kg.core.terms import RELATIVE

TURTLE = "<urn:x:a> a <urn:x:Firm> ; <urn:x:name> 'A' .\n"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:S> sh:targetClass <urn:x:Firm> ; sh:property [ sh:path <urn:x:size> ; sh:minCount 1 ] .
"""
QUERY = "SELECT * { ?s ?p ?o }"
FIRMS = Path(__file__).parents[1] / "data" / "firms"
COMMANDS = {
    "query": ["query", QUERY, "--data", "data.ttl", "-f", "csv", "-o"],
    "export": ["export", "--queries", "-o"],
    "reason": ["reason", "data.ttl", "-o"],
    "explain": ["explain", "--query", "programme-totals", "-o"],
    "audit": ["audit", "text.txt", "-o"],
    "validate": ["validate", "data.ttl", "--shapes", "shapes.ttl", "-o"],
    "baseline": ["validate", "data.ttl", "--shapes", "shapes.ttl", "--write-baseline", "--baseline"],
    "advise": ["advise", str(FIRMS / "firms.yaml"), "-o"],
    "rejects": ["load", "firms.csv", "--map", "map.yaml", "--alone", "--no-close", "-o", "st", "--rejects"],
    "lines": ["load", "good.csv", "--map", "map.yaml", "-o"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "data.ttl": TURTLE,
        "shapes.ttl": SHAPES,
        "text.txt": "Of 10 firms 5 (50%) grew.\n",
        "firms.csv": 'code\n1\n""\n',
        "good.csv": "code\n1\n",
        "map.yaml": "id: org/{code}\ntype: SmallFirm\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_link_is_followed_a_pipe_is_filled_and_a_folder_is_refused(folder: Path, command: str) -> None:
    ending = ".nt" if command == "lines" else ".ttl" if command == "export" else ".txt"
    link, real, pipe, directory = (f"{name}{ending}" for name in ("link", "real", "pipe", "directory"))
    (folder / real).write_text("old", encoding="utf-8")
    (folder / real).chmod(0o600)
    (folder / link).symlink_to(real)
    os.mkfifo(folder / pipe)
    (folder / directory).mkdir()
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append((folder / pipe).read_bytes()), daemon=True)
    reader.start()

    linked = kg(*COMMANDS[command], link, cwd=folder)
    piped = kg(*COMMANDS[command], pipe, cwd=folder)
    refused = kg(*COMMANDS[command], directory, cwd=folder)

    reader.join(30)
    content = (folder / real).read_bytes()
    assert content not in {b"", b"old"}, linked.stderr
    assert (folder / link).is_symlink()
    assert (folder / real).stat().st_mode & 0o777 == 0o600
    assert (folder / pipe).is_fifo(), piped.stderr
    assert [len(text) for text in received] == [len(content)]
    assert (refused.returncode, "is a folder; name a file" in refused.stderr) == (2, True)
    assert list((folder / directory).iterdir()) == []


@pytest.mark.parametrize("command", [name for name, words in COMMANDS.items() if words[-1] == "-o" and name != "lines"])
def test_a_dash_is_standard_output(folder: Path, command: str) -> None:
    there = kg(*COMMANDS[command], "-", cwd=folder)
    without = kg(*COMMANDS[command][:-1], cwd=folder)
    assert there.stdout
    first = [run.stdout.partition("\n")[0] for run in (there, without)]
    assert (there.returncode, first[0]) == (without.returncode, first[1])
    assert not (folder / "-").exists()


@pytest.mark.parametrize(
    ("text", "form", "told"),
    [
        ("<rel> <urn:x:p> 1 .", "nt", True),
        ("<urn:x:s> <urn:x:p> 1 .", "nt", False),
        ("<urn:x:s> <urn:x:p> 1 .", "nq", True),  # the graph is called by the file
        ("@base <urn:x:a/> . <b> <urn:x:p> 1 .", "ttl", False),
    ],
)
def test_an_export_says_which_iris_a_file_leaves_relative(tmp_path: Path, text: str, form: str, told: bool) -> None:  # noqa: FBT001
    (tmp_path / "a.ttl").write_text(text, encoding="utf-8")
    ran = kg("export", "--graph", tmp_path / "a.ttl", "-f", form)
    assert ran.returncode == 0
    assert (f"note: IRIs that begin with {RELATIVE} are" in ran.stderr) == told
