"""Every way in which RDF files come in reads the same statements from them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import NamedNode, Store

import kg
from kg.columns import read_files
from kg.commands.load.targets import load
from kg.core.contexts import FOLDER
from kg.core.errors import InputError
from kg.loaders import load_rdf
from kg.loaders.rdf.addresses import places_of
from kg.loaders.rdf.reading import RdfSource, rdf_source
from kg.shacl.shapes.reading import shape_quads
from kg.store.embedded.bulk import BulkStore
from kg.store.statements import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_XML: Final = (
    '<rdf:RDF xml:lang="en" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
    '<rdf:Description rdf:about="urn:e:s"><e:p{}>{}</e:p></rdf:Description></rdf:RDF>'
)
_LATIN: Final = '<?xml version="1.0" encoding="ISO-8859-1"?>'
FILES: Final = {  # the text of each file about the thing urn:e:s, its encoding, and the value that it states
    "mark.ttl": ("\ufeff<urn:e:s> <urn:e:p> 'é' .", "utf-8", '"é"'),
    "mark.nt": ('\ufeff<urn:e:s> <urn:e:p> "é" .\n', "utf-8", '"é"'),
    "mark.nq": ('\ufeff<urn:e:s> <urn:e:p> "é" .\n', "utf-8", '"é"'),
    "mark.trig": ("\ufeff<urn:e:s> <urn:e:p> 'é' .", "utf-8", '"é"'),
    "mark.jsonld": ('\ufeff{"@id": "urn:e:s", "urn:e:p": "é"}', "utf-8", '"é"'),
    "context.jsonld": ('{"@context": "https://a.example/c", "@id": "urn:e:s", "p": "1"}', "utf-8", '"1"'),
    "mark.rdf": (f"\ufeff{_XML.format('', 'é')}", "utf-8", '"é"@en'),
    "language.rdf": (_XML.format(' xml:lang=""', "y"), "utf-8", '"y"'),
    "comment.rdf": (_XML.format("", "a <!-- c --> b"), "utf-8", '"a  b"@en'),
    "section.rdf": (_XML.format("", "a<![CDATA[&]]>"), "utf-8", '"a&"@en'),
    "lines.rdf": (_XML.format("", "a\r\nb&#13;"), "utf-8", '"a\\nb\\r"@en'),
    "latin.rdf": (f"{_LATIN}{_XML.format('', 'é')}", "latin-1", '"é"@en'),
    "wide.rdf": (_XML.format("", "é"), "utf-16", '"é"@en'),
    "wide.owl": (_XML.format("", "é"), "utf-16", '"é"@en'),
    "turtle.owl": ("<urn:e:s> <urn:e:p> 'é' .", "utf-8", '"é"'),
}
BAD: Final = {
    "wide.ttl": ("<urn:e:s> <urn:e:p> 'x' .".encode("utf-16"), "the text is in UTF-16; Turtle is always in UTF-8"),
    "wide.nt": ('<urn:e:s> <urn:e:p> "x" .'.encode("utf-16"), "the text is in UTF-16; N-Triples is always in UTF-8"),
    "none.jsonld": (b'{"@context": "https://a.example/none"}', "asks for the context https://a.example/none"),
    "entity.rdf": (f"<!DOCTYPE a SYSTEM 'a'>{_XML.format('', '&x;')}".encode(), "the entity &x; is not declared"),
}


def _loaded(files: Sequence[Path]) -> set[str]:
    folder = files[0].parent / "store"
    load(*files, output=folder, graph="urn:g", alone=True, close=False)
    return {str(quad.triple) for quad in Store.read_only(str(folder / "store"))}


def _bulk(files: Sequence[Path]) -> set[str]:
    with BulkStore(files[0].parent / "bulk") as store:
        for file in files:
            with file.open("rb") as stream:
                store.load_stream(stream, rdf_source(file).syntax, str(file))
        return {str(quad.triple) for quad in store.store}


def _columns(files: Sequence[Path]) -> set[str]:
    held = read_files(files)
    nodes = [held.terms.nodes(column.tolist()) for column in held.rows]
    return {" ".join(map(str, statement)) for statement in zip(*nodes, strict=True)}


def _validated(files: Sequence[Path]) -> set[str]:
    """Return the statements whose values a shape reports that no value conforms to."""
    shapes = files[0].parent / "shapes"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:e:S> a sh:NodeShape ; sh:targetSubjectsOf <urn:e:p> ;"
        ' sh:property [ sh:path <urn:e:p> ; sh:in ("nothing") ] .',
        encoding="utf-8",
    )
    report = kg.validate(files, shapes=shapes.rename(shapes.with_suffix(".ttl")))
    return {f"{result.focus} <urn:e:p> {result.value}" for result in report.results}


DOORS: Final[dict[str, Callable[[Sequence[Path]], set[str]]]] = {
    "load_rdf": lambda files: {str(quad.triple) for quad in load_rdf(files).quads},
    "open": lambda files: {str(quad.triple) for quad in kg.open(data=files).store.quads()},
    "load": _loaded,
    "bulk": _bulk,
    "statements": lambda files: {str(quad.triple) for file in files for quad in statements(file)},
    "columns": _columns,
    "shapes": lambda files: {str(quad.triple) for quad in shape_quads(files)},
    "validate": _validated,
}


@pytest.fixture(autouse=True)
def _contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "contexts" / "a.example" / "c.jsonld"
    place.parent.mkdir(parents=True)
    place.write_text('{"@context": {"p": "urn:e:p"}}', encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path / "contexts"))


@pytest.mark.parametrize("door", DOORS)
def test_every_door_reads_every_file(tmp_path: Path, door: str) -> None:
    files = []
    for name, (text, encoding, _) in FILES.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(text.replace("urn:e:s", f"urn:e:{name}").encode(encoding))
    assert DOORS[door](files) == {f"<urn:e:{name}> <urn:e:p> {value}" for name, (*_, value) in FILES.items()}


@pytest.mark.parametrize("door", [door for door in DOORS if door != "bulk"])  # which reads what the caller opened
def test_every_door_reads_what_gzip_compressed(tmp_path: Path, door: str) -> None:
    files = [tmp_path / "mark.ttl.gz", tmp_path / "wide.rdf.gz"]
    for file in files:
        text, encoding, _ = FILES[file.stem]
        file.write_bytes(gzip.compress(text.replace("urn:e:s", f"urn:e:{file.stem}").encode(encoding)))
    assert DOORS[door](files) == {'<urn:e:mark.ttl> <urn:e:p> "é"', '<urn:e:wide.rdf> <urn:e:p> "é"@en'}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_refuses_in_words(tmp_path: Path, door: str) -> None:
    for name, (content, message) in BAD.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(content)
        with pytest.raises(InputError) as caught:
            DOORS[door]([folder / name])
        assert message in str(caught.value)
        assert str(folder / name) in str(caught.value)


def test_standard_input_is_a_door() -> None:
    for name, (text, encoding, value) in FILES.items():
        syntax = rdf_source(Path(name), "ttl" if name == "turtle.owl" else "").syntax
        read = load_rdf([RdfSource("-", syntax, "urn:x:", text.encode(encoding))]).quads
        assert [str(quad.triple) for quad in read] == [f"<urn:e:s> <urn:e:p> {value}"]


def test_places_are_those_of_the_text(tmp_path: Path) -> None:
    """A column counts characters, whatever their encoding, and no byte order mark."""
    lines = f"{_LATIN}\n<!-- é -->\n{_XML.format('', 'é')}".replace("<e:p>", "\n <!-- é --><e:p>")
    for name, text, encoding in [
        ("mark.ttl", "\ufeff<urn:e:s> <urn:e:p> 'é' .", "utf-8"),
        ("mark.nt", '\ufeff<urn:e:s> <urn:e:p> "é" .', "utf-8"),
        ("latin.rdf", lines, "latin-1"),
        ("wide.rdf", lines.partition("\n")[2], "utf-16"),
    ]:
        file = tmp_path / name
        file.write_bytes(text.encode(encoding))
        found = places_of(rdf_source(file), [NamedNode("urn:e:s")]).triples
        (place,) = found.values()
        before = text.removeprefix("\ufeff").partition("<e:p" if "<e:p" in text else "'é'" if "'é'" in text else '"é"')[
            0
        ]
        assert (place.line, place.column) == (before.count("\n") + 1, len(before) - before.rfind("\n")), name
