"""Columns hold what pyoxigraph's parser reads, literals as written, and refuse what it refuses with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import RdfFormat, parse

from kg.columns import Columns, columns_of_files, columns_of_quads, reading
from kg.columns.graph import text_of
from kg.columns.reading import read_files
from kg.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def triples(columns: Columns) -> set[str]:
    terms = columns.terms
    return {
        " ".join(map(text_of, terms.nodes((s, predicate, o))))
        for predicate, subjects, objects in columns.rows()
        for s, o in zip(subjects.tolist(), objects.tolist(), strict=True)
    }


def parsed(text: bytes, syntax: RdfFormat) -> set[str]:
    return {" ".join(map(text_of, (quad.subject, quad.predicate, quad.object))) for quad in parse(text, syntax)}


def read(folder: Path, text: bytes, ending: str = "nt") -> Columns:
    path = folder / f"data.{ending}"
    path.write_bytes(text)
    return columns_of_files([path])


PLAIN = b'<http://e/s> <http://e/p> <http://e/o> .\n<http://e/s> <http://e/p> "a b . c"@en .\n'
SAME = [
    b"",
    b"\n",
    b"# nothing but a comment\n",
    PLAIN,
    PLAIN.removesuffix(b"\n"),
    PLAIN.replace(b"\n", b"\r\n"),
    PLAIN + b"# a comment\n\n" + PLAIN,
    b"<http://e/s>\t<http://e/p>\t<http://e/o>\t.\n" + PLAIN,
    b"  <http://e/s>  <http://e/p>   <http://e/o>  .  # spaced\n" + PLAIN,
    b"<http://e/s><http://e/p><http://e/o>.\n" + PLAIN,
    b"<http://e/s> <http://e/p> <http://e/o>. # <http://e/o> .\n",
    b"<http://e/s> <http://e/p> <http://e/o> . # <http://e/o> .\n",
    b'<http://e/s> <http://e/p> "\\u00e9 \\"quoted\\" \\n" .\n<http://e/s> <http://e/p> "\xc3\xa9 \\"quoted\\" \\n" .\n',
    b"<http://e/\\u00e9> <http://e/p> <http://e/\xc3\xa9> .\n",
    b'<http://e/s> <http://e/p> "x"^^<http://www.w3.org/2001/XMLSchema#string> .\n<http://e/s> <http://e/p> "x" .\n',
    b'<http://e/s> <http://e/p> "x"@EN-us .\n<http://e/s> <http://e/p> "x"@en-US .\n',
    b'<http://e/s> <http://e/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    b'<http://e/s> <http://e/p> "300"^^<http://www.w3.org/2001/XMLSchema#byte> .\n',
    b"_:b1 <http://e/p> _:b-2.x .\n_:b1 <http://e/p> _:\xe6\x97\xa5\xe6\x9c\xac .\n",
    b'<http://e/s> <http://e/p> "" .\n<http://e/s> <http://e/p> " " .\n<http://e/s> <http://e/p> " ." .\n',
    b"<urn:x:y> <mailto:a@b> <tag:x,2020:y> .\n<http://e/%C3%A9?q=a%20b#c> <http://e:80/p> <http://[::1]/> .\n",
    b'<http://e/s> <http://e/p> <<( <http://e/a> <http://e/b> "c" )>> .\n',
    b"<http://e/s> <http://e/p> <http://e/o> .\n" * 3,
]
WRONG = [
    b"<http://e/s> <http://e/p> .\n",
    PLAIN + b"<http://e/s> <http://e/p> <http://e/o>\n",
    PLAIN + b'"x" <http://e/p> <http://e/o> .\n',
    PLAIN + b"<http://e/s> _:p <http://e/o> .\n",
    PLAIN + b"<http://e/s> <http://e/p> <http://e/ o> .\n",
    PLAIN + b"<http://e/s> <http://e/p> <relative> .\n",
    PLAIN + b"<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n",
    PLAIN + b'<http://e/s> <http://e/p> "unclosed .\n',
    PLAIN + b'<http://e/s> <http://e/p> "bad \\escape" .\n',
    PLAIN + b'<http://e/s> <http://e/p> "x"@ .\n',
    PLAIN + b'<http://e/s> <http://e/p> "x"@toolonglanguage .\n',
    PLAIN + b'<http://e/s> <http://e/p> "\xff" .\n',
    PLAIN + b"<http://e/s> <http://e/%zz> <http://e/o> .\n",
    PLAIN + b"nonsense\n" + PLAIN,
]


@pytest.mark.parametrize("text", SAME)
@pytest.mark.parametrize("ending", ["nt", "nq"])
def test_every_spelling_is_read_as_the_parser_reads_it(tmp_path: Path, text: bytes, ending: str) -> None:
    assert triples(read(tmp_path, text, ending)) == parsed(text, RdfFormat.from_extension(ending))


@pytest.mark.parametrize("text", WRONG)
def test_an_ill_formed_file_is_refused_with_the_place_and_words_of_the_parser(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(SyntaxError) as expected:
        list(parse(text, RdfFormat.N_TRIPLES))
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (expected.value.lineno, expected.value.offset)
    assert expected.value.msg in problem.message


@pytest.mark.parametrize(
    "text",
    [
        b"<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n<http://e/s> <http://e/p> <http://e/o> .\n",
        b'<http://e/s> <http://e/p> "a <http://e/g> ." <http://e/g> .\n',
        b'<http://e/s> <http://e/p> "a <b" <http://e/g> .\n<http://e/s> <http://e/p> "a <b>" .\n',
        b'<http://e/s> <http://e/p> "a <b"^^<http://e/d> .\n<http://e/s> <http://e/p> "say _:b" .\n',
        b'<http://e/s> <http://e/p> "say _:b" _:g .\n<http://e/s> <http://e/p> "a" <http://e/\xe6\x97\xa5> .\n',
    ],
)
def test_graphs_are_told_from_the_ends_of_literals(tmp_path: Path, text: bytes) -> None:
    assert triples(read(tmp_path, text, "nq")) == parsed(text, RdfFormat.N_QUADS)


def test_an_ill_formed_name_of_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read(tmp_path, b"<http://e/s> <http://e/p> <http://e/o> <relative> .\n", "nq")


def test_terms_keep_apart_what_only_looks_alike(tmp_path: Path) -> None:
    text = b'<http://e/s> <http://e/p> "1" , "01"^^<http://www.w3.org/2001/XMLSchema#integer> , 1 , 1.0 , "1"@en .'
    assert read(tmp_path, text, "ttl").size == 5


@pytest.mark.parametrize("ending", ["ttl", "trig", "rdf", "jsonld"])
def test_other_syntaxes_are_read_too(tmp_path: Path, ending: str) -> None:
    from pyoxigraph import serialize

    quads = list(parse(PLAIN, RdfFormat.N_TRIPLES))
    text = serialize([quad.triple for quad in quads], format=RdfFormat.from_extension(ending))
    assert triples(read(tmp_path, text, ending)) == parsed(PLAIN, RdfFormat.N_TRIPLES)


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.nt" for name in "ab"]
    for path in paths:
        path.write_bytes(b"_:b <http://e/p> <http://e/o> .\n")
    assert columns_of_files(paths).size == 2
    assert columns_of_files(paths[:1]).size == 1


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad.nt").write_text("nonsense", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        columns_of_files([tmp_path / "bad.nt", tmp_path / "missing.nt", tmp_path / "data.tll"])
    assert [problem.file.rsplit("/", 1)[1] for problem in caught.value.problems] == ["bad.nt", "data.tll", "missing.nt"]


IRIS = st.sampled_from(["<http://e/a>", "<http://e/b>", "<urn:x:c>", "<http://e/\u65e5>", "_:x", "_:y.z"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
SPACES = st.sampled_from([" ", " ", " ", "\t", "  "])


@st.composite
def lines(draw: st.DrawFn) -> str:
    text = draw(TEXTS).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    suffix = draw(
        st.sampled_from(
            [
                "",
                "@en",
                "@ja-JP",
                "^^<http://www.w3.org/2001/XMLSchema#date>",
                "^^<http://www.w3.org/2001/XMLSchema#string>",
            ]
        )
    )
    value = draw(st.one_of(IRIS, st.just(f'"{text}"{suffix}')))
    parts = [draw(IRIS), draw(SPACES), "<http://e/p>", draw(SPACES), value, draw(SPACES)]
    return "".join(parts) + draw(st.sampled_from([".", ".", ". # end"])) + "\n"


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(lines(), max_size=12), st.integers(1, 200))
def test_blocks_of_any_size_give_the_same_statements(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], size: int
) -> None:
    text = "".join(texts).encode()
    before = reading._BLOCK
    reading._BLOCK = size  # type: ignore[misc]
    try:
        assert triples(read(tmp_path_factory.mktemp("blocks"), text)) == parsed(text, RdfFormat.N_TRIPLES)
    finally:
        reading._BLOCK = before  # type: ignore[misc]


def test_a_line_longer_than_several_blocks_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BLOCK", 7)
    (tmp_path / "data.nt").write_bytes(PLAIN)
    found = read_files([tmp_path / "data.nt"])
    assert triples(found.columns()) == parsed(PLAIN, RdfFormat.N_TRIPLES)
    assert found.by_line == (True,)  # and not by the parser, to which lines go that were not understood


def test_statements_stay_in_the_order_of_their_lines_however_many_blocks_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_BLOCK", 64)
    file = tmp_path / "data.nt"
    subjects = [f"<http://e/s{number}>" for number in range(40)]
    file.write_text("".join(f"{subject} <http://e/p> <http://e/o> .\n" for subject in subjects), encoding="utf-8")
    found = read_files([file])
    assert [str(node) for node in found.terms.nodes(found.rows[0].tolist())] == subjects
    assert found.by_line == (True,)


@pytest.mark.parametrize(
    ("text", "by_line"),
    [
        (b"<http://e/s> <http://e/p> <http://e/o> .\n", True),
        (b'<http://e/s> <http://e/p> "\\u00e9" .\n', True),
        (b"<http://e/\\u00e9> <http://e/p> <http://e/o> .\n", False),
        (b"<http://e/s> <http://e/p> <http://e/o> .\n\n", False),
    ],
    ids=["plain", "literal spelt otherwise", "subject spelt otherwise", "empty line"],
)
def test_lines_are_told_to_be_statements_only_where_each_is_one_spelt_as_it_is_held(
    tmp_path: Path,
    text: bytes,
    by_line: bool,  # noqa: FBT001
) -> None:
    (tmp_path / "data.nt").write_bytes(text)
    assert read_files([tmp_path / "data.nt"]).by_line == (by_line,)


@settings(deadline=None)
@given(st.lists(lines(), max_size=12))
def test_quads_and_their_text_make_the_same_columns(texts: list[str]) -> None:
    text = "".join(texts).encode()
    assert triples(columns_of_quads(parse(text, RdfFormat.N_TRIPLES))) == parsed(text, RdfFormat.N_TRIPLES)
