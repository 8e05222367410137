"""Statements of RDF files are found where they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.core.resources import ontology_dir
from kg.loaders import load_rdf
from kg.loaders.rdf.addresses import places_of
from kg.loaders.rdf.addresses.jsonld import json_statements
from kg.loaders.rdf.addresses.rdfxml import xml_statements
from kg.loaders.rdf.addresses.turtle import Stated, statements
from kg.loaders.rdf.reading import RdfSource, rdf_source

TESTS = Path(__file__).parents[2]
FILES = sorted([*ontology_dir().rglob("*.ttl"), *TESTS.rglob("*.ttl"), *TESTS.rglob("*.trig")])
EX = "https://example.org/"
A, B, P, Q = (NamedNode(EX + name) for name in "abpq")


def same(mine: list[Stated], theirs: list[object]) -> bool:
    """Tells whether two lists state the same in the same order, but for the names of blank nodes."""
    names: dict[BlankNode, BlankNode] = {}
    return len(mine) == len(theirs) and all(
        names.setdefault(ours, other) == other
        if isinstance(ours, BlankNode) and isinstance(other, BlankNode)
        else ours == other
        for stated, quad in zip(mine, theirs, strict=True)
        for ours, other in zip(stated[:3], quad.triple, strict=True)  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_reader_states_what_pyoxigraph_states_in_the_same_order(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    syntax = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
    assert same(list(statements(text, "file:///x/")), list(parse(text, syntax, base_iri="file:///x/")))


OBJECTS = st.recursive(
    st.sampled_from(
        [
            ":a",
            "ex:p.q-r",
            "<b#c>",
            "_:x.y",
            "12",
            "-1.5",
            "1e3",
            "true",
            '"s"',
            "'s'@en-GB",
            '"1"^^xsd:byte',
            '"""a"b\n\\u00e9"""',
            "()",
            "[]",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"( {' '.join(items)} )"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"[ :q {' , '.join(items)} ; a :c ; ]"),
    ),
    max_leaves=8,
)
SUBJECTS = st.one_of(st.sampled_from([":a", "<b>", "_:x", "[]"]), OBJECTS.filter(lambda text: text[0] in "(["))
GAPS = st.sampled_from([" ", "\n", '\t# a comment ; . "\n', "  \r\n "])
PROLOGUE = "@prefix : <https://example.org/> . PREFIX ex: <https://example.org/ex/>\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.tuples(SUBJECTS, st.lists(OBJECTS, min_size=1, max_size=3), GAPS), max_size=4))
def test_any_turtle_is_read_as_pyoxigraph_reads_it(triples: list[tuple[str, list[str], str]]) -> None:
    text = PROLOGUE + "".join(
        f"{s}{gap}:p{gap}{f'{gap},{gap}'.join(objects)}{gap};{gap}; :q 1{gap}.\n" for s, objects, gap in triples
    )
    theirs = list(parse(text, RdfFormat.TURTLE, base_iri="http://h/d/"))
    assert same(list(statements(text, "http://h/d/")), theirs)


VALUES = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters='"\\'), max_size=12)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), VALUES, GAPS, st.booleans()), min_size=1, max_size=8),
    st.sampled_from(["ttl", "trig"]),
)
def test_a_statement_is_found_at_the_line_and_column_where_it_was_written(
    parts: list[tuple[int, str, str, bool]], ending: str
) -> None:
    text, wanted, firsts = PROLOGUE, {}, {}
    for number, value, gap, long in parts:
        text += gap
        firsts.setdefault(number, len(text))
        text += f":s{number}{gap}:p{gap}"
        wanted.setdefault((number, value), len(text))
        text += f"{f'''{chr(34) * 3}{value}{chr(34) * 3}''' if long else f'{chr(34)}{value}{chr(34)}'}{gap}."
    source = RdfSource("-", RdfFormat.from_extension(ending), content=text.encode())
    found = places_of(source, {NamedNode(f"{EX}s{number}") for number, *_ in parts})

    def place(offset: int) -> tuple[int, int]:
        before = text[:offset].split("\n")
        return len(before), len(before[-1]) + 1

    for (number, value), offset in wanted.items():
        origin = found.triples[NamedNode(f"{EX}s{number}"), P, Literal(value)]
        assert (origin.line, origin.column) == place(offset)
    assert {subject: (origin.line, origin.column) for subject, origin in found.subjects.items()} == {
        NamedNode(f"{EX}s{number}"): place(offset) for number, offset in firsts.items()
    }


SYNTAXES = {
    "turtle.ttl": f"""@prefix : <{EX}> .
:a :p "één" , :b ;
   :q [ :p 1 ] .
""",
    "lines.nt": f"""# comment
<{EX}a> <{EX}p> "één" .
  <{EX}a> <{EX}p> <{EX}b> .
<{EX}a> <{EX}q> _:n .
_:n <{EX}p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
""",
    "lines.nq": f"""<{EX}a> <{EX}p> "één" <{EX}g> .
<{EX}a> <{EX}p> <{EX}b> .
<{EX}a> <{EX}q> _:n _:n .
_:n <{EX}p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
""",
    "graphs.trig": f"""@prefix : <{EX}> .
:g {{ :a :p "één" }}
GRAPH :h {{ :a :p :b ; :q _:n . _:n :p 1 . }}
""",
    "document.jsonld": f"""{{
  "@context": {{"ex": "{EX}", "p": {{"@id": "ex:p"}}, "link": {{"@id": "ex:p", "@type": "@id"}}, "id": "@id"}},
  "@graph": [
    {{"id": "ex:a", "p": "één",
     "link": "{EX}b",
     "ex:q": {{"p": 1}}}}
  ]
}}
""",
    "document.rdf": f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{EX}">
  <rdf:Description rdf:about="{EX}a">
    <p>één</p> <p rdf:resource="{EX}b"/>
    <q><rdf:Description><p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">1</p></rdf:Description></q>
  </rdf:Description>
</rdf:RDF>
""",
}
PLACES = {
    "turtle.ttl": ((2, 1), (2, 7), (2, 15), (3, 7), (3, 12)),
    "lines.nt": ((2, 1), (2, 49), (3, 51), (4, 49), (5, 29)),
    "lines.nq": ((1, 1), (1, 49), (2, 49), (3, 49), (4, 29)),
    "graphs.trig": ((2, 6), (2, 12), (3, 18), (3, 26), (3, 39)),
    "document.jsonld": ((4, 12), (4, 25), (5, 14), (6, 14), (6, 20)),
    "document.rdf": ((3, 3), (4, 5), (4, 16), (5, 5), (5, 25)),
}


@pytest.mark.parametrize("name", SYNTAXES)
def test_every_syntax_leads_to_line_and_column_also_for_blank_nodes_where_their_order_is_known(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(SYNTAXES[name], encoding="utf-8")
    quads = load_rdf([path]).quads
    inner = next(quad.object for quad in quads if quad.predicate == Q)
    assert isinstance(inner, BlankNode)
    (source,) = [RdfSource(str(path), RdfFormat.from_extension(path.suffix[1:]), path.as_uri())]
    found = places_of(source, {A, inner})
    subject, text, link, nested, number = PLACES[name]
    one = Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    asked = {
        subject: found.subjects[A],
        text: found.triples[A, P, Literal("één")],
        link: found.triples[A, P, B],
        nested: found.predicates[A, Q],
    }
    assert {(origin.line, origin.column) for origin in asked.values()} == {subject, text, link, nested}
    assert all((origin.line, origin.column) == place for place, origin in asked.items())
    origin = found.triples[inner, P, one]
    assert (origin.line, origin.column) == number


NESTED = {
    "lists.jsonld": """{"@context": {"ex": "https://example.org/", "l": {"@id": "ex:l", "@container": "@list"}}, "@id": "ex:x",
 "l": [{"ex:p": 1}, {"ex:p": {"ex:q": 2}}, "t"],
 "ex:e": {"@list": []}, "ex:m": {"@list": [{"ex:p": 5}, 7]}, "ex:z": {"ex:y": {"ex:p": 3}, "@type": "ex:C"},
 "ex:b": {"@id": "_:b", "ex:p": 4}}""",
    "lists.rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/"><ex:C>
 <ex:p>one</ex:p><ex:q><ex:D><ex:p>two</ex:p><rdf:li>u</rdf:li><rdf:li><ex:Z/></rdf:li></ex:D></ex:q>
 <ex:q rdf:parseType="Resource"><ex:p>three</ex:p></ex:q><ex:q ex:p="four"/>
 <ex:l rdf:parseType="Collection"><ex:D ex:p="c1"/><rdf:Description><ex:q><ex:Q/></ex:q></rdf:Description><rdf:Description/></ex:l></ex:C>
 <rdf:Description rdf:nodeID="n" ex:p="five"><ex:q rdf:nodeID="m"/></rdf:Description></rdf:RDF>""",
}


@pytest.mark.parametrize("name", NESTED)
def test_blank_nodes_of_nested_objects_and_lists_are_found_where_they_stand(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(NESTED[name], encoding="utf-8")
    quads = load_rdf([path]).quads
    blank = {quad.subject for quad in quads if isinstance(quad.subject, BlankNode)}
    found = places_of(rdf_source(path), blank)
    assert found.subjects.keys() == blank
    assert {
        (quad.subject, quad.predicate, quad.object) for quad in quads if quad.subject in blank
    } == found.triples.keys()
    lines = NESTED[name].splitlines()
    for (_, predicate, value), origin in found.triples.items():
        if predicate == P and isinstance(value, Literal):
            assert lines[origin.line - 1][origin.column - 1 :].partition(value.value)[1], (value, origin)


def test_blank_nodes_have_no_line_where_not_all_of_the_file_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "odd.rdf"
    path.write_text(NESTED["lists.rdf"].replace("<ex:p>one", '<ex:p rdf:parseType="Literal">one'), encoding="utf-8")
    blank = {quad.subject for quad in load_rdf([path]).quads if isinstance(quad.subject, BlankNode)}
    assert places_of(rdf_source(path), blank) == places_of(rdf_source(path), ())


def facts(stated: list[Stated]) -> set[tuple[str, ...]]:
    return {tuple("_" if isinstance(term, BlankNode) else str(term) for term in one[:3]) for one in stated}


XML = """<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="https://example.org/" xmlns:e="https://example.org/"
  xml:base="https://example.org/d/" xml:lang="en">
<C r:ID="one" e:name="n"><p r:nodeID="x"/><q r:parseType="Resource"><p xml:lang="de">plain</p></q>
<s e:q="v"/></C>
<r:Description r:nodeID="x" r:type="https://example.org/D"><p><C r:about="../e"/></p><p></p></r:Description></r:RDF>"""
JSON = """{"@context": [{"@vocab": "https://example.org/", "@language": "en", "ex": "https://example.org/ex/",
  "label": {"@container": "@language"}, "when": {"@type": "ex:date"}, "kind": {"@type": "@vocab"}, "of": {"@reverse": "has"},
  "plain": {"@language": null}, "type": "@type"}],
  "@id": "ex:1", "type": ["C", "ex:D"], "label": {"en": "a", "ja": ["b", "c"]}, "when": "now",
  "kind": "Thing",
  "of": {"@id": "ex:2", "size": 1.5},
  "plain": "x", "text": {"@value": "y", "@language": "fr"}, "flag": true, "set": {"@set": [1, {"@id": "_:b", "in": "z"}]}, "none": null,
  "@reverse": {"part": {"@id": "ex:3"}}}"""


@pytest.mark.parametrize(
    ("text", "syntax", "read"),
    [(XML, RdfFormat.RDF_XML, xml_statements), (JSON, RdfFormat.JSON_LD, json_statements)],
    ids=["xml", "json"],
)
def test_rdf_xml_and_json_ld_are_read_as_pyoxigraph_reads_them(text: str, syntax: RdfFormat, read: object) -> None:
    theirs = {
        tuple("_" if isinstance(t, BlankNode) else str(t) for t in quad.triple)
        for quad in parse(text, syntax, base_iri="https://h/")
    }
    assert facts(list(read(text, "https://h/"))) == theirs  # type: ignore[operator]


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        ("<a> <b> ", "ttl"),
        ("{", "jsonld"),
        ("<x", "rdf"),
        ("_:g { <a:a> <a:p> <a:b> }", "trig"),
        ("<a:a> <a:p> <<( <a:b> <a:b> <a:b> )>> .", "ttl"),
    ],
)
def test_what_cannot_be_read_for_positions_has_none(content: str, ending: str) -> None:
    source = RdfSource("-", RdfFormat.from_extension(ending), content=content.encode())
    assert places_of(source, {NamedNode("a:a")}).subjects == {}


def test_blank_nodes_get_the_same_names_each_time_and_others_in_another_file(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.ttl").write_text("[] <https://example.org/p> [] .", encoding="utf-8")
    first, second = (load_rdf([tmp_path / f"{name}.ttl"]).quads for name in "ab")
    assert load_rdf([tmp_path / "a.ttl"]).quads == first
    assert first != second
    assert all(re.fullmatch(r"f[0-9a-f]{16}x[01]", node.value) for node in (first[0].subject, first[0].object))


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-" + "9" * 30, "1" * 30, "1000000000000000000000", "-7"])
def test_large_numbers_of_json_ld_have_places(tmp_path: Path, number: str) -> None:
    path = tmp_path / "data.jsonld"
    path.write_text(f'{{"@id": "urn:x:a",\n "urn:x:p": {number}}}', encoding="utf-8")
    (quad,) = load_rdf([path]).quads
    places = places_of(rdf_source(path), [quad.subject])
    assert [place.line for place in places.triples.values()] == [2]
    assert set(places.triples) == {(quad.subject, quad.predicate, quad.object)}
