"""Files of data and shapes are read whatever their endings, compression and byte order marks."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import RdfFormat, parse, serialize

from kg.cli.validate import command
from kg.columns import columns_of_files
from kg.core.errors import InputError
from kg.shacl import load_shapes

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> . "
DATA = PREFIXES + ":a a :Firm ; :name 'Ä' ."
SHAPES = PREFIXES + ":S sh:targetClass :Firm ; sh:property [ sh:path :name ; sh:maxLength 0 ] ."
MARK = b"\xef\xbb\xbf"
WRITTEN = {
    "d.ttl": DATA.encode(),
    "d.TTL": DATA.encode(),
    "d.turtle": DATA.encode(),
    "d.owl": DATA.encode(),
    "x.owl": serialize(parse(DATA, RdfFormat.TURTLE), format=RdfFormat.RDF_XML),
    "d.rdf": serialize(parse(DATA, RdfFormat.TURTLE), format=RdfFormat.RDF_XML),
    "d.nt": serialize(parse(DATA, RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES),
    "d.jsonld": serialize(parse(DATA, RdfFormat.TURTLE), format=RdfFormat.JSON_LD),
}


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shapes.ttl").write_text(SHAPES, encoding="utf-8")


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(command, [*arguments, "--no-progress"], input=stdin)


def one_result(done: Result) -> bool:
    assert not isinstance(done.exception, InputError), done.exception
    return done.exit_code == 1 and "does not conform: 1 result, 1 focus node" in done.output


@pytest.mark.parametrize("wrapped", ["", "mark", "gzip", "mark in gzip"])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_is_read_by_its_ending_in_both_ways_of_reading(name: str, wrapped: str) -> None:
    content = (MARK if "mark" in wrapped else b"") + WRITTEN[name]
    path = Path(name + (".gz" if "gzip" in wrapped else ""))
    path.write_bytes(gzip.compress(content) if "gzip" in wrapped else content)
    done = run(str(path), "--shapes", "shapes.ttl")
    assert one_result(done)
    if name.endswith(".ttl"):
        assert f"{path}:1:" in done.output
    assert columns_of_files([path]).size == 2


@pytest.mark.parametrize("name", ["s.shacl", "s.ttl", "s.ttl.gz", "s.turtle"])
def test_shapes_are_read_by_their_ending_and_in_folders(name: str) -> None:
    Path("shapes").mkdir()
    content = MARK + SHAPES.encode()
    (Path("shapes") / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    Path("data.ttl").write_text(DATA, encoding="utf-8")
    assert one_result(run("data.ttl", "--shapes", "shapes"))
    assert one_result(run("data.ttl", "--shapes", f"shapes/{name}"))
    assert len(load_shapes([Path("shapes") / name]).by_node) == 2


@pytest.mark.parametrize("syntax", ["ttl", "turtle", "Turtle"])
def test_the_syntax_of_files_with_any_name_can_be_said(syntax: str) -> None:
    Path("data.txt").write_text(DATA, encoding="utf-8")
    Path("shapes.any").write_text(SHAPES, encoding="utf-8")
    Path("data.any").write_text(DATA, encoding="utf-8")
    assert one_result(run("data.any", "--data-format", syntax, "--shapes", "shapes.any", "--shapes-format", syntax))


def test_beside_standard_input_files_are_read_by_their_endings() -> None:
    Path("data.ttl").write_text(PREFIXES + ":b a :Other .", encoding="utf-8")
    assert one_result(run("data.ttl", "-", "--data-format", "nq", "--shapes", "shapes.ttl", stdin=WRITTEN["d.nt"]))
    Path("data.any").write_bytes(WRITTEN["d.nt"])
    assert one_result(run("data.any", "-", "--data-format", "nq", "--shapes", "shapes.ttl", stdin=MARK + b"\n"))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("d.ttl", DATA.encode("utf-16"), "UTF-16"),
        ("d.ttl.gz", gzip.compress(DATA.encode())[:-9], "cannot be read"),
        ("d.ttl.gz", b"\x1f\x8b nothing", "cannot be read"),
        ("d.gz", gzip.compress(DATA.encode()), "no RDF syntax"),
        ("d.xyz", DATA.encode(), "no RDF syntax"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_name(name: str, content: bytes, told: str) -> None:
    Path(name).write_bytes(content)
    error = run(name, "--shapes", "shapes.ttl").exception
    assert isinstance(error, InputError)
    assert told in str(error)
    assert name in str(error)
    with pytest.raises(InputError, match=told):
        columns_of_files([Path(name)])
