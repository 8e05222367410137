"""RDF files in a store: their blank nodes, relative IRIs and graphs."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Store

from kg.commands.load import targets
from kg.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:"'
BLANK = {
    "a.nt": "_:a <urn:x:p> _:b .\n_:b <urn:x:p> '1' .\n".replace("'", '"'),
    "a.nq": "_:a <urn:x:p> _:b <urn:x:g> .\n_:c <urn:x:p> _:a _:g .\n",
    "a.ttl": "_:a <urn:x:p> [ <urn:x:p> ( 1 [] ) ] .\n",
    "b.ttl": "<urn:x:s> <urn:x:p> [] .\n",
    "c.ttl": "<urn:x:s> <urn:x:p> <<( _:a <urn:x:p> 1 )>> . _:a <urn:x:p> 2 .\n",
    "a.trig": "<urn:x:g> { [] <urn:x:p> 1 }\n",
    "a.rdf": f'<rdf:RDF {RDF}><rdf:Description><x:p rdf:parseType="Resource"/></rdf:Description></rdf:RDF>',
    "a.jsonld": '{"urn:x:p": [{"urn:x:q": 1}, {"urn:x:q": 2}]}',
}


def load(folder: Path, *files: Path, graph: str = "", store: str = "store") -> targets.LoadResult:
    return targets.load(*files, output=folder / store, graph=graph, alone=True, close=False)


def held(folder: Path, store: str = "store") -> list[str]:
    return sorted(str(quad) for quad in Store.read_only(str(folder / store / "store")))


@pytest.mark.parametrize("name", BLANK)
def test_blank_nodes_have_the_same_names_in_every_load(tmp_path: Path, name: str) -> None:
    """So that loading a file again adds nothing, as RDF says of a set."""
    file = tmp_path / name
    file.write_text(BLANK[name], encoding="utf-8")
    load(tmp_path, file)
    first = held(tmp_path)
    assert "_:" in "".join(first)
    assert load(tmp_path, file).statements == 0
    assert held(tmp_path) == first


def test_a_packed_file_has_the_blank_nodes_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(BLANK["a.ttl"], encoding="utf-8")
    (tmp_path / "a.ttl.gz").write_bytes(gzip.compress(BLANK["a.ttl"].encode()))
    load(tmp_path, tmp_path / "a.ttl")
    load(tmp_path, tmp_path / "a.ttl.gz", store="other")
    assert held(tmp_path, "other") == held(tmp_path)


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text('_:a <urn:x:p> "1" .\n', encoding="utf-8")
    load(tmp_path, tmp_path / "a.nt", tmp_path / "b.nt")
    assert len(held(tmp_path)) == 2


RELATIVE = {
    "a.ttl": ("<urn:x:s> <urn:x:p> <rel> .\n", "a.ttl:1:21: the IRI is relative"),
    "b.ttl": ("@prefix : <#> .\n:a <urn:x:p> [] .\n", "b.ttl:1:11: the IRI is relative"),
    "a.nt": ("<rel> <urn:x:p> <urn:x:s> .\n", "a.nt:1:1: the IRI is relative"),
    "a.rdf": (
        f'<rdf:RDF {RDF}><rdf:Description rdf:about="rel"><x:p>1</x:p></rdf:Description></rdf:RDF>',
        "a.rdf: the IRI 'rel' is relative",
    ),
    "b.rdf": (
        f'<rdf:RDF {RDF}><rdf:Description rdf:about=""><x:p>1</x:p></rdf:Description></rdf:RDF>',
        "b.rdf: the IRI '<>' is relative",
    ),
    "c.rdf": (
        f'<rdf:RDF {RDF}><rdf:Description><x:p rdf:datatype="rel">1</x:p></rdf:Description></rdf:RDF>',
        "c.rdf: the IRI 'rel' is relative",
    ),
    "a.jsonld": ('{"@id": "rel", "urn:x:p": {"@id": "urn:x:o"}}', "a.jsonld: the IRI 'rel' is relative"),
    "b.jsonld": ('{"urn:x:p": {"@id": "../rel"}}', "b.jsonld: the IRI 'rel' is relative"),
    "c.jsonld": ('{"@id": "//host/x", "urn:x:p": 1}', "c.jsonld: the IRI "),
}


@pytest.mark.parametrize("name", RELATIVE)
def test_a_relative_iri_is_never_a_path_of_this_machine(tmp_path: Path, name: str) -> None:
    text, message = RELATIVE[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path, tmp_path / name)
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(message)
    assert "a base in the file, or --graph-iri IRI" in str(caught.value)
    assert not (tmp_path / "store").exists()
    if name != "a.nt":  # N-Triples have no relative IRIs
        load(tmp_path, tmp_path / name, graph="http://example.org/doc")
        text = "".join(held(tmp_path))
        assert "file:" not in text
        assert "no-base" not in text


def test_a_base_in_the_file_is_its_base(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("@base <http://example.org/> .\n<s> <p> [] .\n", encoding="utf-8")
    load(tmp_path, tmp_path / "a.ttl", graph="http://example.com/doc")
    (line,) = held(tmp_path)
    assert line.startswith("<http://example.org/s> <http://example.org/p> _:")


QUADS = '<urn:x:s> <urn:x:p> "1" .\n<urn:x:s> <urn:x:p> "2" <urn:x:g> .\n_:a <urn:x:p> "3" .\n'


def test_statements_without_a_graph_go_to_the_graph_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text(QUADS, encoding="utf-8")
    load(tmp_path, tmp_path / "a.nq")
    assert sorted(line.endswith(" <urn:x:g>") for line in held(tmp_path)) == [False, False, True]
    load(tmp_path, tmp_path / "a.nq", graph="urn:x:mine", store="other")
    graphs = sorted(line.rpartition(" ")[2] for line in held(tmp_path, "other"))
    assert graphs == ["<urn:x:g>", "<urn:x:mine>", "<urn:x:mine>"]


def test_files_with_and_without_graphs_need_one_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text(QUADS, encoding="utf-8")
    (tmp_path / "b.ttl").write_text("<urn:x:s> <urn:x:p> 1 .\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.ttl: Turtle names no graph, as other files of this load do"):
        load(tmp_path, tmp_path / "a.nq", tmp_path / "b.ttl")
    load(tmp_path, tmp_path / "a.nq", tmp_path / "b.ttl", graph="urn:x:mine")
    assert len(held(tmp_path)) == 4


def test_the_graph_of_a_load_is_below_the_base_of_the_load(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text('<urn:x:a> <urn:x:p> "1" .\n', encoding="utf-8")
    base = "https://example.org/kg/"
    loaded = targets.load(file, output=tmp_path / "store", base=base, alone=True, close=False)
    assert loaded.graph == f"{base}graph/a"
    assert held(tmp_path) == [f'<urn:x:a> <urn:x:p> "1" <{base}graph/a>']
    assert f"into {base}graph/a" in str(loaded)
