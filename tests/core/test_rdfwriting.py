"""What is written in a syntax of RDF reads back as the same statements, in two parsers, or is refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib.compare import isomorphic

from kg.core.errors import QueryError
from kg.core.rdflibterms import literals_as_written, to_rdflib
from kg.core.rdfwriting import rdf_bytes
from kg.core.terms import RDF, XML, XSD, prefixes
from kg.publishing.answers import FORMATS
from tests.support.nightly import examples

if TYPE_CHECKING:
    from collections.abc import Iterable

S: Final = NamedNode("https://example.org/s")
P: Final = NamedNode("https://example.org/p")
_RDFLIB: Final = {
    "nq": "nquads",
    "trig": "trig",
    "nt": "nt",
    "ttl": "turtle",
    "rdf": "xml",
    "jsonld": "json-ld",
    "owl": "xml",
}

_ODD: Final = "\r\n\t \"'\\<>&]\x00\x01\x0b\x7f\x85\u2028\ufeff\ufffe\uffff\U00010000é%@{}_:-"
_TEXTS: Final = st.text(st.one_of(st.sampled_from(_ODD), st.characters(exclude_categories=["Cs"])), max_size=8)
_LITERALS: Final = st.one_of(
    st.builds(Literal, _TEXTS),
    st.builds(lambda text, tag: Literal(text, language=tag), _TEXTS, st.sampled_from(["en", "de-ch-1996"])),
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(name)),
        _TEXTS,
        st.sampled_from([f"{XSD}date", f"{RDF}XMLLiteral", "https://example.org/d?a&b='c'"]),
    ),
)
_ENDS: Final = [
    "p",
    "p/1",
    "a:b",
    "p#1a",
    "p.1-",
    "é",
    "\U00010000x",
    "p?x=1&y",
    "p'",
    "p/",
    "日本",
    "·",
    "_",
    "a%20b",
    "x.",
    "-",
]
_PROPERTIES: Final = st.sampled_from(
    [NamedNode(f"https://example.org/{end}") for end in _ENDS]
    + [NamedNode(f"{RDF}{name}") for name in ("type", "first", "_1", "li", "about", "Description")]
    + [NamedNode("urn:x"), NamedNode(f"{XML}lang"), NamedNode("http://www.w3.org/2000/xmlns/foo")]
)
_NODES: Final = st.sampled_from(
    [S, NamedNode("urn:a&b"), BlankNode("0a"), BlankNode("a.b"), BlankNode("_0a"), BlankNode("c")]
)
_TRIPLES: Final = st.lists(st.builds(Triple, _NODES, _PROPERTIES, st.one_of(_LITERALS, _NODES)), max_size=4)


def _written(triples: Iterable[Triple], form: str) -> bytes | None:
    try:
        return rdf_bytes(triples, FORMATS[form], prefixes())
    except QueryError:
        return None


def _of_rdflib(triples: Iterable[Triple]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return graph


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # in the reader of TriG
@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=examples(40), deadline=None)
@given(_TRIPLES)
@example([Triple(S, P, Literal("A\r\nB"))])
@example([Triple(S, NamedNode(f"{RDF}type"), NamedNode("https://example.org/c/1"))])
def test_what_is_written_reads_back_in_two_parsers_or_is_refused(form: str, triples: list[Triple]) -> None:
    with literals_as_written():
        expected = _of_rdflib(triples)
        written = _written(triples, form)
        if written is None:
            assert form in {"rdf", "owl"}
            return
        read = _of_rdflib(quad.triple for quad in parse(written, format=FORMATS[form]))
        other = rdflib.Dataset(default_union=True) if FORMATS[form].supports_datasets else rdflib.Graph()
        other.parse(data=written, format=_RDFLIB[form])
        of_other = rdflib.Graph()
        for triple in other.triples((None, None, None)):
            of_other.add(triple)
        assert isomorphic(read, expected)
        assert isomorphic(of_other, expected)


def test_rdfxml_refuses_only_what_it_cannot_hold() -> None:
    for end, fits in [
        ("p", True),
        ("a:b", True),
        ("é", True),
        ("p#1a", True),
        ("p/1", False),
        ("p/", False),
        ("-", False),
    ]:
        triple = Triple(S, NamedNode(f"https://example.org/{end}"), Literal("x"))
        assert (_written([triple], "rdf") is not None) == fits, end
    for code in [*range(0x100), 0x85, 0x2028, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000]:
        # production 2 of XML 1.0
        fits = code in {0x9, 0xA, 0xD} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
        assert (_written([Triple(S, P, Literal(chr(code)))], "rdf") is not None) == fits, hex(code)


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("https://example.org/p/1", "<https://example.org/p/1>, because its end is no name of XML"),
        (f"{RDF}li", "li>, which means something else there"),
    ],
)
def test_a_property_that_rdfxml_cannot_say_is_named(iri: str, words: str) -> None:
    with pytest.raises(QueryError, match="RDF/XML cannot say the property") as caught:
        rdf_bytes([Triple(S, NamedNode(iri), Literal("x"))], RdfFormat.RDF_XML)
    assert words in str(caught.value)
    assert "ask for Turtle" in str(caught.value)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "value",
    [
        Triple(S, P, Literal("x\r", language="en")),
        Triple(S, P, Triple(S, NamedNode("urn:x"), BlankNode("0b"))),
        Literal("x", language="he", direction=BaseDirection.RTL),
    ],
)
def test_triple_terms_and_directions_are_written_or_refused(form: str, value: Triple | Literal) -> None:
    quads = [Quad(S, P, value)]
    if form == "jsonld" and isinstance(value, Triple):
        with pytest.raises(QueryError, match="JSON-LD cannot hold the triple term <<"):
            rdf_bytes(quads, FORMATS[form])
        return
    written = rdf_bytes(quads, FORMATS[form])
    read = list(parse(written, format=FORMATS[form], rename_blank_nodes=False))
    assert str(read[0]).replace("_:_0b", "_:0b") == str(quads[0])


def test_rdfxml_does_not_drop_the_name_of_a_graph() -> None:
    with pytest.raises(QueryError, match="RDF/XML cannot hold the graph <urn:g>"):
        rdf_bytes([Quad(S, P, S, NamedNode("urn:g"))], RdfFormat.RDF_XML)
