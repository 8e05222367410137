"""Blank nodes of a file that is opened have the same names in every reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import kg

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "a.ttl": "_:a <urn:x:p> ( 1 [] ) . <urn:x:s> <urn:x:p> <<( _:a <urn:x:p> 1 )>> .\n",
    "a.nt": '_:a <urn:x:p> _:b .\n_:b <urn:x:p> "1" .\n',
    "a.trig": "<urn:x:g> { [] <urn:x:p> 1 } [] <urn:x:p> 2 .\n",
    "a.jsonld": '{"urn:x:p": [{"urn:x:q": 1}, {"urn:x:q": 2}]}',
    "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
    '<rdf:Description><x:p rdf:parseType="Resource"/></rdf:Description></rdf:RDF>',
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_gives_the_same_export_each_time(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name], encoding="utf-8")
    first = kg.export(str(path), "nq")
    assert "_:" in first
    assert kg.export(str(path), "nq") == first


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text('_:a <urn:x:p> "1" .\n', encoding="utf-8")
    graph = kg.open(data=[tmp_path / "a.nt", tmp_path / "b.nt"])
    assert len(graph.query("SELECT DISTINCT ?s { ?s ?p ?o }").rows) == 2
