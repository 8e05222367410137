"""RDF/XML says what XML 1.0 and RDF 1.1 XML Syntax say, whatever the engine's parser makes of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, RdfFormat, parse

from kg.core.rdfreading import parse_rdf, problem_of, rdf_stream
from kg.core.rdfxml import Rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
HEAD = f'<rdf:RDF xml:lang="en" xmlns:rdf="{RDF}" xmlns:e="http://e/">'
THING = '<rdf:Description rdf:about="http://e/s">'


def document(inside: str, head: str = HEAD) -> str:
    return f"{head}{THING}{inside}</rdf:Description></rdf:RDF>"


def stated(content: bytes) -> list[str]:
    return sorted(str(quad) for quad in parse_rdf(io.BytesIO(content), RdfFormat.RDF_XML, "http://b/"))


def failure(content: bytes) -> str:
    with pytest.raises(SyntaxError) as caught:
        stated(content)
    return str(problem_of("f.rdf", RdfFormat.RDF_XML, caught.value))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        # RDF/XML, section 2.7: an empty tag is no language
        ('<e:p xml:lang="">y</e:p><e:p>z</e:p>', {'s p "y"', 's p "z"@en'}),
        ("<e:p xml:lang=''>y</e:p>", {'s p "y"'}),
        (
            '<e:q><e:T rdf:about="http://e/t" xml:lang="" e:a="1"><e:p xml:lang="de">2</e:p><e:p>3</e:p></e:T></e:q>',
            {"s q t", f"t <{RDF}type> T", 't a "1"', 't p "2"@de', 't p "3"'},
        ),
        (
            '<e:q xml:lang="fr"><e:T rdf:about="http://e/t" e:a="1"><e:p xml:lang="">2</e:p></e:T></e:q>',
            {"s q t", f"t <{RDF}type> T", 't a "1"@fr', 't p "2"'},
        ),
        # comments, processing instructions and the bounds of CDATA sections end no text
        ("<e:p>a <!-- c --> b</e:p>", {'s p "a  b"@en'}),
        ("<e:p>a <?x y?> b</e:p>", {'s p "a  b"@en'}),
        ("<e:p>a <![CDATA[<b>]]>&amp;<![CDATA[]]> c</e:p>", {'s p "a <b>& c"@en'}),
        ("<e:p> <!-- c --> </e:p>", {'s p "  "@en'}),
        ("<!-- c --> <e:p>a</e:p><!-- d -->", {'s p "a"@en'}),
        # XML 1.0, sections 2.11 and 3.3.3
        ("<e:p>a\r\nb\rc&#13;\n</e:p>", {'s p "a\\nb\\nc\\r\\n"@en'}),
        ("<e:q rdf:resource='http://e/t' e:a='b\nc\td&#10;'/>", {"s q t", 't a "b c d\\n"@en'}),
        # what the rewriting must leave as it is
        ('<!-- --><e:p rdf:datatype="http://e/d">2</e:p ><?x?>', {'s p "2"^^<http://e/d>'}),
        ('<!-- --><e:q rdf:parseType="Collection"/><?x?>', {f"s q <{RDF}nil>"}),
        ('<?x?><e:q rdf:ID="i" rdf:resource="#r"/>', {"s q <http://b/#r>", f"<http://b/#i> <{RDF}subject> s",
         f"<http://b/#i> <{RDF}predicate> q", f"<http://b/#i> <{RDF}object> <http://b/#r>",
         f"<http://b/#i> <{RDF}type> <{RDF}Statement>"}),
        ("<?x?><rdf:li>1</rdf:li><rdf:li>2</rdf:li>", {f's <{RDF}_1> "1"@en', f's <{RDF}_2> "2"@en'}),
        # RDF/XML, section 7.2.20: another parse type is Literal
        ('<e:p rdf:parseType="daml">a</e:p>', {f's p "a"^^<{RDF}XMLLiteral>'}),
        ('<?x?><e:p rdf:parseType="Literal">a&lt;</e:p>', {f's p "a&lt;"^^<{RDF}XMLLiteral>'}),
    ],
)  # fmt: skip
def test_what_a_document_says(inside: str, expected: set[str]) -> None:
    def full(statement: str) -> str:
        words = statement.split(" ", 2)
        return " ".join(f"<http://e/{word}>" if len(word) == 1 else word for word in words)

    assert set(stated(document(inside).encode())) == set(map(full, expected))
    other_prefix = document(inside).replace("rdf:", "r:").replace("xmlns:rdf", "xmlns:r")
    assert set(stated(other_prefix.encode())) == set(map(full, expected))


XML_LITERAL = f"^^<{RDF}XMLLiteral>"
SCOPE = f' xmlns:rdf="{RDF}" xmlns:e="http://e/"'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("a <!-- c --> b<?x y?>", "a <!-- c --> b<?x y?>"),
        ("<![CDATA[<z>]]>&#13;\r\n", "&lt;z&gt;&#13;\n"),
        ("<b a='&lt;&#10;'>q<c/></b>", f'<b a="&lt;&#10;"{SCOPE}>q<c></c></b>'),
        ('<b xmlns="x:y"/>', f'<b xmlns="x:y"{SCOPE}></b>'),  # and not twice
        ('<e:b xmlns:e="x:y"/>', f'<e:b xmlns:e="x:y" xmlns:rdf="{RDF}"></e:b>'),
    ],
)
@pytest.mark.parametrize("kind", ["Literal", "other"])
def test_an_xml_literal_is_xml_with_its_namespaces(inside: str, expected: str, kind: str) -> None:
    (statement,) = stated(document(f'<e:p rdf:parseType="{kind}">{inside}</e:p>').encode())
    assert statement == f"<http://e/s> <http://e/p> {Literal(expected)}{XML_LITERAL}"


@pytest.mark.parametrize(
    "inside",
    [
        "<e:p>a</e:p>",
        '<e:p rdf:parseType="Literal">a<b c="1" xml:lang="">q <c>r</c></b><d/></e:p>',
        '<e:q e:a="1" rdf:resource="http://e/t"/><e:q e:b="2" xml:lang="de"/>',
        '<e:q><e:T rdf:ID="t" e:a="1"><e:p xml:lang="fr">2</e:p></e:T></e:q>',
        '<e:q rdf:parseType="Collection"><e:T/><rdf:Description rdf:nodeID="n" e:a="1"/></e:q><e:q rdf:nodeID="n"/>',
        '<e:q rdf:parseType="Resource"><rdf:value>1</rdf:value><e:q xml:base="http://c/" rdf:resource="r"/></e:q>',
        '<rdf:type rdf:resource="http://e/T"/><rdf:li>1</rdf:li><rdf:_5>2</rdf:_5>',
        '<e:q rdf:version="1.2" rdf:parseType="Triple"><e:T rdf:about="http://e/a"/></e:q>',
    ],
)
def test_what_needs_no_rewriting_says_the_same_when_it_is_rewritten(inside: str) -> None:
    content = document(inside).encode()

    def graph(text: bytes) -> Dataset:
        return Dataset(parse(text, RdfFormat.RDF_XML, base_iri="http://b/"))

    plain, rewritten = graph(content), graph(Rewritten(io.BytesIO(content)).read())
    plain.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    rewritten.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    assert set(plain) == set(rewritten) != set()


def test_elements_without_a_bottom_are_refused() -> None:
    content = document("<e:q><e:T>" * 600 + "</e:T></e:q>" * 600).encode("utf-16")
    assert "nested deeper than 1,000 levels" in failure(content)


def test_a_resource_without_a_name_keeps_its_language() -> None:
    content = document('<?x?><e:q rdf:parseType="Resource"><e:p>1</e:p><e:p xml:lang="">2</e:p></e:q>').encode()
    assert {line.split(" ", 1)[1] for line in stated(content) if line.startswith("_:")} == {
        '<http://e/p> "1"@en',
        '<http://e/p> "2"',
    }


@pytest.mark.parametrize("size", [1, 7, -1])
def test_a_stream_is_read_in_any_pieces(size: int) -> None:
    content = document("<e:p>é <!-- ü --> 日本</e:p>").encode()
    stream = Rewritten(io.BytesIO(content))
    pieces = iter(lambda: stream.read(size), b"")
    assert stated(b"".join(pieces)) == ['<http://e/s> <http://e/p> "é  日本"@en']


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("ISO-8859-1", "latin-1", "é\xff"),
        ("iso-8859-15", "iso-8859-15", "€"),
        ("windows-1252", "cp1252", "“é”"),
        ("UTF-16", "utf-16", "日本\U00010000"),
        ("UTF-16", "utf-16-le", "日本"),
        ("UTF-16BE", "utf-16-be", "é"),
        ("UTF-32", "utf-32", "é"),
        ("Shift_JIS", "shift_jis", "日本"),
        ("EUC-JP", "euc-jp", "日本"),
        ("UTF-8", "utf-8-sig", "é"),
        ("us-ascii", "ascii", "e"),
    ],
)
def test_a_document_is_read_in_its_encoding(declared: str, codec: str, text: str) -> None:
    content = f'<?xml version="1.0" encoding="{declared}"?>' + document(f"<e:p>{text}</e:p>")
    assert stated(content.encode(codec)) == [f'<http://e/s> <http://e/p> "{text}"@en']


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<?xml version="1.0" encoding="latin-99"?><a/>', "f.rdf:1:1: the declared encoding latin-99 is unknown"),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', "f.rdf:1:1: the declared encoding rot13 is unknown"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "f.rdf:1:1: the declared encoding is UTF-16"),
        (b'<?xml version="1.0" encoding="us-ascii"?>\n<a>\n12\xe9</a>', "f.rdf:3:3: the text is not in ASCII"),
        (document("\n<?x?>\n<e:p></e:q>").encode(), "f.rdf:3:8: not RDF/XML: mismatched tag"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + document("<e:p>&x;</e:p>").encode(), "&x; is not declared in this"),
        (
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + document("<e:p>&x;</e:p>").encode(),
            "f.rdf: the entity &x; is not declared in this file, and no other file is read",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_a_place(content: bytes, message: str) -> None:
    assert message in failure(content)


def test_entities_stand_for_their_text() -> None:
    head = f'<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/"><!ENTITY f "a&#38;amp;b">]>{HEAD}'
    assert stated(document("<e:p>&f;</e:p><e:q rdf:resource='&e;t'/>", head).encode()) == [
        '<http://e/s> <http://e/p> "a&b"@en',
        "<http://e/s> <http://e/q> <http://e/t>",
    ]


def test_entities_that_grow_without_bound_are_refused() -> None:
    names = [f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 9)]
    content = f'<!DOCTYPE a [<!ENTITY a0 "0123456789">{"".join(names)}]>{document("<e:p>&a8;</e:p>")}'
    assert "amplification" in failure(content.encode())


def test_a_plain_document_is_not_rewritten_which_would_cost_time() -> None:
    stream = io.BytesIO(document("<!-- a --><!-- b --> <e:p>a</e:p>").encode())
    assert rdf_stream(stream, RdfFormat.RDF_XML) is stream


def test_other_syntaxes_drop_a_byte_order_mark_and_refuse_wide_encodings() -> None:
    texts = {
        RdfFormat.TURTLE: "<a:s> <a:p> 'x' .",
        RdfFormat.TRIG: "<a:s> <a:p> 'x' .",
        RdfFormat.N3: "<a:s> <a:p> 'x' .",
        RdfFormat.N_TRIPLES: '<a:s> <a:p> "x" .',
        RdfFormat.N_QUADS: '<a:s> <a:p> "x" .',
        RdfFormat.JSON_LD: '{"@id": "a:s", "a:p": "x"}',
    }
    for syntax, text in texts.items():
        assert _all(parse_rdf(io.BytesIO(text.encode("utf-8-sig")), syntax)) == ['<a:s> <a:p> "x"']
        for codec, name in [("utf-16", "UTF-16"), ("utf-32", "UTF-32")]:
            with pytest.raises(SyntaxError, match=f"the text is in {name}; .* is always in UTF-8"):
                parse_rdf(io.BytesIO(text.encode(codec)), syntax)


def _all(quads: Iterable[object]) -> list[str]:
    return [str(quad) for quad in quads]
