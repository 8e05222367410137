"""Plain command lines of ``kg query`` are read without click, and give what click would have given."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kg.cli import shortcut
from kg.cli.query import command

PLAIN = [
    (["documents"], ("documents", {}, {}, False)),
    (["documents", "-f", "csv", "--evidence"], ("documents", {}, {"form": "csv"}, True)),
    (["q", "--stage", "a b", "--format=tsv", "--lang", "ja"], ("q", {"stage": "a b"}, {"form": "tsv", "lang": "ja"}, False)),
    (["q", "--stage=--x", "--graph", "d"], ("q", {"stage": "--x"}, {"graph": "d"}, False)),
]
LEFT_TO_CLICK = [
    [],
    ["-"],
    ["ASK {}"],
    ["a.rq"],
    ["--help"],
    ["-f", "csv", "documents"],
    ["documents", "more"],
    ["documents", "-fcsv"],
    ["documents", "-f"],
    ["documents", "--"],
    ["documents", "--limit"],
    ["documents", "--limit", "-1"],
    ["documents", "--evidence=yes"],
    ["documents", "-f", "csv", "-f", "tsv"],
    ["q", "--stage", "a", "--stage", "b"],
    ["documents", "-o", "file"],
    ["documents", "--timeout", "3"],
]


@pytest.mark.parametrize(("arguments", "read"), PLAIN)
def test_a_plain_line_is_read(arguments: list[str], read: tuple[object, ...]) -> None:
    assert shortcut.read(arguments) == read


@pytest.mark.parametrize("arguments", LEFT_TO_CLICK)
def test_any_other_line_is_left_to_click(arguments: list[str]) -> None:
    assert shortcut.read(arguments) is None


def test_every_option_of_the_command_is_known_to_be_plain_or_not() -> None:
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("-")}
    understood = {"-f", "--format", "--lang", "--graph", shortcut.FLAG}
    assert options == (understood | shortcut.OTHERS) - {"-h", "--help"}


def kg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "kg", *arguments], capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ["factors-at-stage", "--stage", "basic research", "-f", "csv"],
        ["factors-above-share", "--minimum", "99"],
        ["factors-at-stage", "--stage", "nothing"],
    ],
)
def test_both_ways_print_the_same(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain, by_click = kg("query", *arguments), kg("query", *arguments, "--store", "oxigraph")
    assert (plain.returncode, plain.stdout, plain.stderr) == (by_click.returncode, by_click.stdout, by_click.stderr)


def test_a_plain_line_needs_no_click() -> None:
    code = (
        "import sys\n"
        "from kg.cli import shortcut\n"
        "assert shortcut.answered(['documents', '-f', 'csv'], None) == 0\n"
        "assert 'click' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0


def test_a_parameter_that_is_given_twice_is_refused() -> None:
    ended = kg("query", "factors-at-stage", "--stage", "commercialization", "--stage", "basic research")
    assert ended.returncode == 2
    assert b"parameter '--stage' is given twice" in ended.stderr
