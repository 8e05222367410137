"""What commands list fits the terminal, in cells: Chinese and Japanese characters take two of them."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from commandline import kg
from nightly import NIGHTLY
from wcwidth import wcswidth

from kg.cli.folding import columns_of, folded
from kg.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WIDTHS = (80, 60, 40) if NIGHTLY else (80, 60)
JAPANESE = "事業化の段階で弁護士と連携した企業は、他の企業よりも多くの特許を取得し、海外の提携先を見つけている。"
DATA = f"""@prefix ex: <https://example.org/> . @prefix motkg: <https://w3id.org/motkg/ontology/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:事業化の段階で弁護士と連携した企業は他の企業よりも多くの特許を取得し海外の提携先を見つけている a motkg:Firm ;
    rdfs:label "{JAPANESE}"@ja ; rdfs:comment "{JAPANESE * 3}" , 31 .
ex:{"a-name-without-a-blank-" * 6} a motkg:Firm ; rdfs:label "{JAPANESE}" ; motkg:size "{JAPANESE}" .
ex:one a motkg:Firm ; rdfs:label "同じ名前の企業がある" . ex:two a motkg:Firm ; rdfs:label "同じ名前の企業がある" .
"""
SHAPES = f"""@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix motkg: <https://w3id.org/motkg/ontology/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:FirmShape a sh:NodeShape ; sh:targetClass motkg:Firm , ex:事業化の段階で弁護士と連携した企業は他の企業よりも多い ;
    sh:property [ sh:path rdfs:label ; sh:maxLength 4 ; sh:message "{JAPANESE}"@ja ; sh:name "{JAPANESE}"@ja ] ,
        [ sh:path motkg:size ; sh:in ( "小さい企業" "大きい企業" "{JAPANESE}" ) ] ,
        [ sh:path rdfs:comment ; sh:datatype rdfs:Resource ; sh:nodeKind sh:IRI ] .
"""
QUERY = f"""# {JAPANESE}
SELECT ?企業 {{ ?企業 rdfs:label "{JAPANESE}" ; motkg:alliedWiht ?other . FILTER(?unbound = "{JAPANESE}" && STRLEN(?other) > 4000) }}
"""
TABLE = f"item,{JAPANESE}\nlawyer,0.9999***\naccountant,1.2\n"
LISTS: dict[str, tuple[str, ...]] = {
    "queries": ("queries",),
    "description of a query": ("describe", "specialists-by-stage"),
    "description of a thing": ("describe", "lawyer"),
    "description of a foreign thing": ("describe", "https://example.org/one", "--graph", "data.ttl"),
    "candidates": ("describe", "同じ名前の企業がある", "--graph", "data.ttl"),
    "candidates of the shipped graph": ("describe", "commercialisation of technologies"),
    "names of queries": ("query", "specialist-by-stage"),
    "names of parameters": ("query", "factors-at-stage", "--stage", "comercialization"),
    "names of options": ("query", "--culomns"),
    "names of tags": ("queries", "--tag", "alliance"),
    "findings of shapes": ("validate", "data.ttl", "--shapes", "shapes.ttl"),
    "concerns": ("validate", "data.ttl"),
    "refused files": ("validate", "broken.ttl", "--shapes", "shapes.ttl"),
    "lint": ("lint", "query.rq", "--data", "data.ttl"),
    "causes of an empty answer": ("query", "query.rq", "--data", "data.ttl"),
    "rows": ("query", "SELECT * { ?s ?p ?o }", "--data", "data.ttl"),
    "audit": ("audit", "table.csv"),
    "contradictions": ("reason", "--check", "odd.ttl"),
    "an explanation": ("explain", "Altos Computer Systems", "alliedWith", "Tau Giken"),
    "an explained row": ("explain", "--query", "specialists-by-stage", "--row", "15"),
    "usage": ("load",),
}
ODD = """@prefix ex: <https://example.org/> . @prefix motkg: <https://w3id.org/motkg/ontology/> .
ex:弁護士と連携した企業は他の企業よりも多くの特許を取得し海外の提携先を見つけている a motkg:SmallFirm ; motkg:isAtStage ex:big . ex:big a motkg:LargeFirm .
"""


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def on_terminal(arguments: Sequence[str], columns: int, folder: Path) -> str:
    """Return what a command shows on a terminal that has so many columns."""
    output = io.BytesIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, {"COLUMNS": str(columns), "LINES": "50", "PAGER": ""}),
        mock.patch("sys.argv", ["kg", *arguments]),
        mock.patch("sys.stdout", Terminal(output, encoding="utf-8")) as stdout,
        mock.patch("sys.stderr", Terminal(output, encoding="utf-8")) as stderr,
        mock.patch("kg.cli.main.buffer_output"),
        mock.patch("os._exit", sys.exit),
        contextlib.suppress(SystemExit),
    ):
        try:
            main()
        finally:
            stdout.flush()
            stderr.flush()
            shown = output.getvalue().decode()
    return shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("widths")
    broken = f"<urn:x:a> <urn:x:b> {JAPANESE} ."
    files = {"data.ttl": DATA, "shapes.ttl": SHAPES, "query.rq": QUERY, "table.csv": TABLE, "odd.ttl": ODD}
    for name, text in {**files, "broken.ttl": broken}.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "table.yaml").write_text("kind: correlations\nn: 47\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", LISTS)
def test_lists_fit_the_terminal(name: str, folder: Path) -> None:
    for columns in WIDTHS:
        shown = on_terminal(LISTS[name], columns, folder)
        assert shown.strip(), name
        assert "fault of motkg" not in shown
        too_wide = [line for line in shown.split("\n") if wcswidth(line.rstrip("\r")) > columns]
        assert too_wide == [], columns


def test_a_list_in_a_pipe_has_one_line_for_one_thing(folder: Path) -> None:
    listed = kg("queries").stdout
    assert max(map(len, listed.splitlines())) > 80
    assert listed.count("\n") < on_terminal(["queries"], 80, folder).count("\n")


LINES = [
    f"  a-name  {JAPANESE}",
    f"│  ├─ {JAPANESE} — was said — {JAPANESE}",
    "  " + "word " * 60,
    "/a/path/" + "x" * 200 + ":1:2: error: no such name",
    "👩‍🔬" * 60,
    "가나다라" * 40,
    "e\u0301" * 200,
    "✔️ " * 70,
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("width", [20, 33, 60, 80])
def test_folding_keeps_every_character_and_the_width(line: str, width: int) -> None:
    shown = folded(line, width)
    assert max(map(wcswidth, shown.split("\n"))) <= width
    bare = str.maketrans("", "", " \n│├└─")
    assert shown.translate(bare) == line.translate(bare)
    assert all(columns_of(part) >= wcswidth(part) for part in shown.split("\n"))
    assert folded(shown, width) == shown


def test_lines_go_on_below_their_text() -> None:
    assert folded("  name  one two three four", 20) == "  name  one two\n        three four"
    assert folded("├─ one two three four five\n└─ one two three four five", 20) == (
        "├─ one two three\n│    four five\n└─ one two three\n     four five"
    )
    assert folded("short\n\n  also", 20) == "short\n\n  also"


def test_what_a_pointer_marks_stays_above_it() -> None:
    line = "     line 1: " + "x" * 60 + "WRONG" + "y" * 60
    shown, pointer = folded(f"{line}\n{' ' * 73}^^^^^", 40).split("\n")
    assert shown[pointer.index("^") :].startswith("WRONG")
    assert len(pointer) - pointer.index("^") == 5
    assert wcswidth(shown) <= 40


def test_a_long_word_is_folded_in_linear_time() -> None:
    assert len(folded("x" * 1_000_000, 60).split("\n")) == pytest.approx(1_000_000 / 58, abs=2)
