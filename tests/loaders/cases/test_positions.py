from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from kg.core import nesting
from kg.core.errors import InputError
from kg.loaders import files
from kg.loaders.files import Mapping, Scalar, Sequence, parse_tree, read_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_scalars_stay_as_written() -> None:
    tree = parse_tree("[0.10, 1987, yes, 0x1F, '007', 1987-11-06]", "f")
    assert isinstance(tree, Sequence)
    assert [item.value for item in tree.items if isinstance(item, Scalar)] == [
        "0.10",
        "1987",
        "yes",
        "0x1F",
        "007",
        "1987-11-06",
    ]


def test_every_node_knows_where_it_begins() -> None:
    tree = parse_tree("日本語:\n  - {キー: 値}\n", "f")
    assert isinstance(tree, Mapping)
    items = tree.get("日本語")
    assert isinstance(items, Sequence)
    inner = items.items[0]
    assert isinstance(inner, Mapping)
    key, value = inner.entries["キー"]
    assert [(node.line, node.column) for node in (tree, items, inner, key, value)] == [
        (1, 1),
        (2, 3),
        (2, 5),
        (2, 6),
        (2, 10),
    ]


REFUSED = {
    "anchor": ("- &a x\n- y\n", 1, 3, "anchor &a"),
    "alias": ("- x\n- *a\n", 2, 3, "alias *a"),
    "alias bomb": ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", 1, 4, "anchor &a"),
    "local tag": ("- !x y\n", 1, 3, "tag !x"),
    "python tag": (
        "- !!python/object/apply:os.system [ls]\n",
        1,
        3,
        "tag tag:yaml.org,2002:python/object/apply:os.system",
    ),
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' stands twice, first in line 1"),
    "two documents": ("---\na: 1\n---\nb: 1\n", 3, 1, "a second document begins"),
    "a list as key": ("? [a]\n: b\n", 1, 3, "a key is not a word"),
    "syntax": ("a: 1\nb: [1, 2\nc: 3\n", 3, 2, "not YAML"),
    "a colon in a text": ("- {id: a}\n- text: so: it is\n", 2, 11, "not YAML: mapping values are not allowed"),
    "unclosed quotation": ("a: 'x\n", 2, 1, "not YAML"),
    "tab as indent": ("a:\n\tb: 1\n", 2, 1, "not YAML"),
    "empty": ("", 1, 1, "the file is empty"),
    "only a comment": ("# nothing\n", 1, 1, "the file is empty"),
    "deep flow": ("[" * 100_000, 1, 33, "nested deeper than 32 levels"),
    "deep block": ("- " * 100_000, 1, 65, "nested deeper than 32 levels"),
    "deep mappings": ("{a: " * 100_000, 1, 129, "nested deeper than 32 levels"),
}


@pytest.mark.parametrize(("content", "line", "column", "message"), REFUSED.values(), ids=REFUSED)
def test_what_case_files_do_not_use_of_yaml_is_refused(content: str, line: int, column: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_tree(content, "f.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("f.yaml", line, column)
    assert message in problem.message


@pytest.mark.parametrize(
    "content",
    [case[0] for name, case in REFUSED.items() if name not in {"syntax", "tab as indent", "unclosed quotation"}],
)
def test_the_parser_written_in_python_refuses_the_same(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    with pytest.raises(InputError) as fast:
        parse_tree(content, "f.yaml")
    monkeypatch.setattr(nesting, "yaml_loader", lambda: yaml.SafeLoader)
    with pytest.raises(InputError) as plain:
        parse_tree(content, "f.yaml")
    assert [(p.line, p.column) for p in plain.value.problems] == [(p.line, p.column) for p in fast.value.problems]


def test_a_limit_of_the_library_does_not_come_before_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    class Impatient(yaml.SafeLoader):
        """Refuses ten brackets before it gives its first event, as some versions of libyaml do with a thousand."""

        def __init__(self, stream: str) -> None:
            super().__init__(stream)
            if "[" * 10 in stream:
                raise yaml.scanner.ScannerError(
                    "", None, "too many", yaml.Mark("", len(stream), 0, len(stream), None, None)
                )

    monkeypatch.setattr(nesting, "yaml_loader", lambda: Impatient)
    with pytest.raises(InputError) as deep:
        parse_tree("[" * 40, "f.yaml")
    assert [(p.column, p.message) for p in deep.value.problems] == [(33, "nested deeper than 32 levels")]
    with pytest.raises(InputError, match="not YAML: too many"):
        parse_tree("[" * 10, "f.yaml")


@pytest.mark.parametrize(
    "content", ["[" * 32 + "x" + "]" * 32, "{a: " * 32 + "x" + "}" * 32, "- " * 32 + "x", "- " * 31 + "[x]"]
)
def test_thirty_two_levels_are_read(content: str) -> None:
    tree = parse_tree(content, "f.yaml")
    depth = 0
    while not isinstance(tree, Scalar):
        tree = tree.items[0] if isinstance(tree, Sequence) else next(iter(tree.entries.values()))[1]
        depth += 1
    assert depth == 32


BYTES = {
    "Latin-1": (b"a: 1\nb: caf\xe9\n", 2, 7, "byte 0xE9 at offset 11 is not UTF-8"),
    "after Japanese": ("日本: ".encode() + b"\xff\n", 1, 5, "byte 0xFF at offset 8 is not UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, 1, "the byte order mark of UTF-16"),
    "NUL": (b"a: 1\nb: x\x00y\n", 2, 5, "character U+0000"),
    "escape": (b"a: \x1b[31m\n", 1, 4, "character U+001B"),
    "line separator": ("a: x\u2028y\n".encode(), 1, 5, "character U+2028"),
    "second byte order mark": (b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n", 1, 1, "character U+FEFF"),
    "lone carriage return": (b"a: 1\rb: 2\n", 1, 5, "character U+000D"),
}


@pytest.mark.parametrize(("content", "line", "column", "message"), BYTES.values(), ids=BYTES)
def test_what_is_not_plain_utf_8_is_refused(
    tmp_path: Path, content: bytes, line: int, column: int, message: str
) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_tree(path, "f.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column)
    assert message in problem.message


def test_a_line_of_a_gigabyte_fails_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as stream:
        stream.write(b"- {id: a/b}\n- ")
        stream.truncate(1_000_000_000)  # sparse: the line is a gigabyte of NUL
    tracemalloc.start()
    with pytest.raises(InputError, match=r"f.yaml:2:1: the line is longer than 1,000,000 bytes"):
        read_tree(path, "f.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_file_over_the_limit_is_refused_at_the_line_that_passes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 20)
    path = tmp_path / "f.yaml"
    path.write_text("a: 123456\nb: 123456\nc: 1\n")
    with pytest.raises(InputError, match=r"f.yaml:3:1: the file is larger than 20 bytes"):
        read_tree(path, "f.yaml")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^gone.yaml: the file cannot be read: No such file or directory"):
        read_tree(tmp_path / "gone.yaml", "gone.yaml")
