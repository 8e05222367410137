"""Files of RDF that would take a reader gigabytes, or end it, are refused with their place; others are read.

Every way into the product refuses them, whatever command reads the file.
"""

from __future__ import annotations

import gzip
import io
import time
from typing import TYPE_CHECKING

import pytest
from commandline import kg
from pyoxigraph import RdfFormat, parse

from kg.core import rdfreading
from kg.core.errors import InputError
from kg.core.rdfreading import MOST_LEVELS, MOST_TRIPLE_TERMS, naming_long_tokens, refuse_bombs
from kg.loaders.rdf.reading import load_rdf
from kg.shacl.shapes import load_shapes
from kg.store.embedded.writable import WritableEmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

ROOT = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="urn:x:">'
LABEL = "<r:Description><a:p>{}</a:p></r:Description></r:RDF>"
P = "<urn:x:s> <urn:x:p> "
XML, JSON, TTL, NT = RdfFormat.RDF_XML, RdfFormat.JSON_LD, RdfFormat.TURTLE, RdfFormat.N_TRIPLES


def entities(*values: str, body: str) -> str:
    declared = "".join(f'<!ENTITY e{number} "{value}">' for number, value in enumerate(values))
    return f"<?xml version='1.0'?>\n<!DOCTYPE r:RDF [{declared}]>\n{ROOT}{LABEL.format(body)}"


def laughs(levels: int) -> str:
    return entities("ha" * 10, *(f"&e{level};" * 10 for level in range(levels)), body=f"&e{levels};")


def nested(opening: str, closing: str, levels: int, inside: str = "1") -> str:
    return opening * levels + inside + closing * levels


def refused(text: str, syntax: RdfFormat) -> str:
    try:
        refuse_bombs("f", syntax, lambda: io.BytesIO(text.encode()))
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "text",
    [
        laughs(5),
        laughs(30),
        entities("x" * 20_000, body="&e0;" * 1_000),
        entities("&e1;", "&e0;", body="&e0;"),
        entities("y" * 400, body="&e0;" * 300_000),
    ],
    ids=["in each other", "beyond any memory", "often", "in a circle", "in several blocks"],
)
def test_entities_that_grow_are_refused(text: str) -> None:
    assert "the entities of this file of " in refused(text, XML)


def test_entities_are_found_wherever_they_are_declared() -> None:
    for ahead in (2**20 - 5, 2_000_000):
        assert "the entities of this file of " in refused(f"<!--{' ' * ahead}-->{laughs(30)}", XML)


def test_entities_as_editors_of_ontologies_write_them_are_read() -> None:
    text = entities("http://www.w3.org/2002/07/owl#", "&e0;more", body="&e0;Thing &e1; &amp; &#65; " * 3_000)
    assert refused(text, XML) == ""
    assert len(list(parse(text.encode(), format=XML))) == 1


@pytest.mark.parametrize(
    ("text", "syntax", "levels"),
    [
        (ROOT + nested("<r:Description><a:p>", "</a:p></r:Description>", 20_000) + "</r:RDF>", XML, MOST_LEVELS[XML]),
        ('{"a:p":' + nested('{"@list":[', "]}", 8_000) + "}", JSON, MOST_LEVELS[JSON]),
        ('{"a:p":' + nested('{"a:p":', "}", 8_000) + "}", JSON, MOST_LEVELS[JSON]),
        (P + nested("<<( <a:a> <a:b> ", " )>>", 200_000) + " .", NT, MOST_TRIPLE_TERMS),
        (P + nested("<<( <a:a> <a:b> ", " )>>", 200_000) + " .", TTL, MOST_TRIPLE_TERMS),
        (f"{P}'<<' .\n" * 50_000 + P + nested("<<( <a:a> <a:b> ", " )>>", 70) + " .", TTL, MOST_TRIPLE_TERMS),
        ("<!-- x -->" * 200_000 + ROOT + nested("<a:p>\n", "</a:p>", 2_000) + "</r:RDF>", XML, MOST_LEVELS[XML]),
    ],
    ids=["xml", "lists", "objects", "triple terms", "turtle", "after texts with brackets", "after comments"],
)
def test_what_is_nested_too_deeply_is_refused_with_its_place(text: str, syntax: RdfFormat, levels: int) -> None:
    begin = time.process_time()
    assert f"nested deeper than {levels:,} levels" in refused(text, syntax)
    assert time.process_time() - begin < 3


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        (ROOT + "<r:Description><a:p>1</a:p></r:Description>\n" * 60_000 + "</r:RDF>", XML),
        (ROOT + "<r:Description a:p='/>' a:q=\"<x\"/>\n" * 5_000 + "</r:RDF>", XML),
        (ROOT + "<!-- <a> <b> -->" * 5_000 + "<![CDATA[<a><b>]]>" * 5_000 + "</r:RDF>", XML),
        (ROOT + nested("<r:Description><a:p>", "</a:p></r:Description>", 400) + "</r:RDF>", XML),
        ('[{"a:p":"' + "[{" * 10_000 + '"},' + '{"@id":"a:b"},' * 10_000 + '{"a:p":[1]}]', JSON),
        ("".join(f"{P}'a << b << {n}' . # << <<\n" for n in range(1_000)), TTL),
        (P + nested("<<( <a:a> <a:b> ", " )>>", MOST_TRIPLE_TERMS) + " .", NT),
        (P + "(" * 5_000 + ")" * 5_000 + ".", TTL),
    ],
    ids=["many", "attributes", "comments", "deep enough", "texts", "strings", "triple terms", "lists"],
)
def test_what_is_not_too_deep_is_not_refused(text: str, syntax: RdfFormat) -> None:
    assert refused(text, syntax) == ""


@pytest.fixture
def bomb(tmp_path: Path) -> Path:
    path = tmp_path / "bomb.rdf"
    path.write_text(laughs(5), encoding="utf-8")
    with gzip.open(tmp_path / "bomb.rdf.gz", "wb") as packed:
        packed.write(laughs(5).encode())
    return path


@pytest.mark.parametrize(
    "command",
    [
        "validate bomb.rdf",
        "validate bomb.rdf --shapes bomb.rdf",
        "reason bomb.rdf --without-ontology",
        "query ASK{} --data bomb.rdf",
        "load bomb.rdf --alone --no-close -o st",
        "load bomb.rdf.gz --alone --no-close -o st",
    ],
)
def test_every_command_refuses_a_bomb(bomb: Path, command: str) -> None:
    ran = kg(*command.split(), cwd=bomb.parent)
    assert (ran.returncode, "entities" in ran.stderr) == (2, True), ran.stderr


def test_python_refuses_a_bomb(bomb: Path) -> None:
    for read in (
        lambda: load_rdf([bomb]),
        lambda: load_shapes([bomb]),
        lambda: WritableEmbeddedStore.in_memory().load(bomb),
    ):
        with pytest.raises(InputError, match="the entities of this file"):
            read()


def test_a_token_that_is_too_long_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdfreading, "LONGEST", 1_000)
    text = f"{P}1 .\n{P}'{'x' * 2_000}' .\n".encode()
    with (
        pytest.raises(InputError, match=r"f:2:21: a literal or another token is longer than"),
        naming_long_tokens("f", lambda: io.BytesIO(text)),
    ):
        raise MemoryError
