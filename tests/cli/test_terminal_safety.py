"""No command sends control characters of data or queries to the terminal, in answers, remarks or errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commandline import kg

if TYPE_CHECKING:
    from pathlib import Path

EVIL = r"evil\u001B[31m\u202Ename"
DATA = f"""@prefix motkg: <https://w3id.org/motkg/ontology/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/f> a motkg:Firm ; rdfs:label "{EVIL}"@en ; rdfs:comment "{EVIL}" .
"""
RAW = "x\x1b[31m"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "evil.ttl").write_text(DATA, encoding="utf-8")
    (folder / "evil.rq").write_text(f'SELECT * WHERE {{ ?s ?p "{RAW}" . \x1b[31m }}', encoding="utf-8")
    loaded = kg("load", "evil.ttl", "-o", "store", cwd=folder)
    assert loaded.returncode == 0, loaded.stderr
    return folder


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["query", "SELECT ?l { <https://example.org/f> rdfs:label ?l }", "--graph", "store"], EVIL),
        (["query", f'SELECT ?f {{ ?f rdfs:label "{RAW}" }}', "--graph", "store"], r"x\u001B[31m"),
        (["query", "evil.rq", "--graph", "store"], r"\u001B"),
        (["query", f"name{RAW}", "--graph", "store"], r"namex\u001B[31m"),
        (["lint", "evil.rq", "--graph", "store"], r"x\u001B[31m"),
        (["describe", "https://example.org/f", "--graph", "store"], EVIL),
        (["describe", f"name{RAW}", "--graph", "store"], r"namex\u001B[31m"),
        (
            [
                "explain",
                "https://example.org/f",
                "rdfs:comment",
                EVIL.encode().decode("unicode_escape"),
                "--graph",
                "store",
            ],
            EVIL,
        ),
        (["validate", f"{RAW}.ttl"], r"x\u001B[31m.ttl"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_control_characters_are_shown_as_escapes(store: Path, arguments: list[str], shown: str) -> None:
    ran = kg(*arguments, cwd=store)
    told = ran.stdout + ran.stderr
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert shown in told
