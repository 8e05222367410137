"""Generated documents of RDF/XML say the same to motkg and to rdflib, whose parser is another one."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Final

import pytest
import rdflib
from nightly import NIGHTLY, SEED
from pyoxigraph import RdfFormat
from rdflib.compare import isomorphic

from kg.core.rdflibterms import literals_as_written, to_rdflib
from kg.core.rdfreading import parse_rdf
from kg.core.terms import RDF

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOCTYPE: Final = '<!DOCTYPE rdf:RDF [<!ENTITY ent "x&#38;amp;y">]>'
_BETWEEN: Final = ("", "", "", " ", "\n", "\r\n", "<!-- c>d -->", "<?pi x?>")
_TEXTS: Final = (
    "a", " ", "\n", "\r\n", "\r", "&#13;", "&amp;", "&lt;", "<![CDATA[<x>]]>", "<![CDATA[]]>", "<!-- c -->", "<?p q?>",
    "é", "&ent;", "&#10;", ">", "日",
)  # fmt: skip
_VALUES: Final = ("a", " ", "\n", "\t", "&#9;", "&amp;", "&quot;", "é", "&ent;", "\r\n", ">")
_LANGUAGES: Final = ("", "", ' xml:lang=""', " xml:lang='de'", ' xml:lang="fr"')
_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16")
_DEEPEST: Final = 3


class _Generator:
    """Writes documents with everything of XML that could matter to a reader of RDF/XML, the literals of XML aside."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a sample, not a secret
        self._identifiers = 0

    def document(self) -> bytes:
        """Return a document in one of the encodings."""
        inside = "".join(self._pick(_BETWEEN) + self._node(0) for _ in range(self._random.randint(1, 3)))
        head = f'<rdf:RDF{self._pick(_LANGUAGES)} xmlns:rdf="{RDF}" xmlns:e="http://e/" xmlns:f="http://f/ns#">'
        return f"{_DOCTYPE}{head}{inside}{self._pick(_BETWEEN)}</rdf:RDF>".encode(self._pick(_ENCODINGS))

    def _pick(self, choices: Sequence[str]) -> str:
        return self._random.choice(choices)

    def _some(self, choices: Sequence[str], most: int) -> str:
        return "".join(self._pick(choices) for _ in range(self._random.randint(0, most)))

    def _identifier(self) -> str:
        self._identifiers += 1
        return f' rdf:ID="i{self._identifiers}"'

    def _node(self, depth: int) -> str:
        names = (
            "",
            ' rdf:about="http://e/a"',
            ' rdf:about="#x"',
            ' rdf:about=""',
            ' rdf:nodeID="n1"',
            ' rdf:nodeID="n2"',
        )
        name = self._identifier() if self._random.random() < 0.1 else self._pick(names)
        keys = self._random.sample(["e:p", "f:q", "rdf:value"], self._random.randint(0, 2))
        attributes = "".join(f' {key}="{self._some(_VALUES, 4)}"' for key in keys)
        base = self._pick(("", "", "", ' xml:base="http://c/d"', " xmlns:g='http://g/'"))
        element = self._pick(("rdf:Description", "e:T", "f:U"))
        inside = self._several(depth, most=3 if depth < _DEEPEST else 1)
        return f"<{element}{name}{self._pick(_LANGUAGES)}{attributes}{base}>{inside}</{element}>"

    def _several(self, depth: int, most: int) -> str:
        count = self._random.randint(0, most)
        return "".join(self._pick(_BETWEEN) + self._property(depth + 1) for _ in range(count)) + self._pick(_BETWEEN)

    def _property(self, depth: int) -> str:
        name, language = self._pick(("e:p", "f:q", "rdf:li", "e:r")), self._pick(_LANGUAGES)
        reified = self._identifier() if self._random.random() < 0.1 else ""
        kind = self._random.random() if depth <= _DEEPEST else 0
        if kind < 0.5:
            about = language if kind < 0.4 else ' rdf:datatype="http://e/d"'
            return f"<{name}{reified}{about}>{self._some(_TEXTS, 5)}</{name}>"
        if kind < 0.6:
            return f'<{name}{reified}{language} rdf:resource="{self._pick(("x", "http://e/o", ""))}"/>'
        if kind < 0.65:
            return f'<{name}{language} e:p="{self._some(_VALUES, 4)}" f:q="{self._some(_VALUES, 4)}"/>'
        if kind < 0.75:
            return f'<{name}{language} rdf:parseType="Resource">{self._several(depth, 2)}</{name}>'
        if kind < 0.82:
            members = "".join(self._pick(_BETWEEN) + self._node(depth + 1) for _ in range(self._random.randint(0, 2)))
            return f'<{name}{language} rdf:parseType="Collection">{members}{self._pick(_BETWEEN)}</{name}>'
        inside = f"{self._pick(_BETWEEN)}{self._node(depth + 1)}{self._pick(_BETWEEN)}"
        return f"<{name}{reified}{language}>{inside}</{name}>"


@pytest.mark.parametrize("part", range(20 if NIGHTLY else 1))
def test_generated_documents_say_the_same_to_two_parsers(part: int) -> None:
    generator = _Generator(f"{SEED}-{part}")
    with literals_as_written():
        for _ in range(1000 if NIGHTLY else 100):
            document = generator.document()
            read = rdflib.Graph()
            for quad in parse_rdf(io.BytesIO(document), RdfFormat.RDF_XML, "http://b/"):
                read.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
            encoding = "utf-16" if document.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
            other = rdflib.Graph().parse(data=document.decode(encoding), format="xml", publicID="http://b/")
            assert isomorphic(read, other), document
