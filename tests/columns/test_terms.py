"""The dictionary of terms: kinds, datatypes, languages and texts by position."""

from __future__ import annotations

import numpy as np
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.columns import TermKind, Terms, columns_of_quads

S, P = NamedNode("http://e/s"), NamedNode("http://e/p")
NODES = [
    NamedNode("http://e/o"), BlankNode("b"), Literal("plain"), Literal('a "b" \\ c', language="en"), Literal("x", language="ja-JP"),
    Literal("12", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), Literal('ends"^^', datatype=NamedNode("http://e/d")),
    Literal(""), Literal("\u65e5\u672c"),
]  # fmt: skip


@pytest.fixture
def terms() -> Terms:
    return columns_of_quads(Quad(S, P, node) for node in NODES).terms.including(NODES)


def test_terms_come_back_as_they_were(terms: Terms) -> None:
    assert [terms.node(terms.position(node)) for node in NODES] == NODES


def test_kinds(terms: Terms) -> None:
    expected = [TermKind.IRI, TermKind.BLANK] + [TermKind.LITERAL] * 7
    assert [TermKind(terms.kinds[terms.position(node)]) for node in NODES] == expected


def test_datatypes_and_languages_of_literals(terms: Terms) -> None:
    literals = [node for node in NODES if isinstance(node, Literal)]
    codes = [int(terms.endings[terms.position(node)]) for node in literals]
    assert [terms.datatypes[code] for code in codes] == [node.datatype.value for node in literals]
    assert [terms.languages[code] for code in codes] == [(node.language or "").lower() for node in literals]
    assert terms.endings[terms.position(NODES[0])] == -1


def test_written_texts_keep_their_escapes(terms: Terms) -> None:
    ids = np.array(sorted(terms.position(node) for node in NODES if not isinstance(node, BlankNode)), np.int32)
    texts = dict(zip(ids.tolist(), terms.written(ids).to_pylist(), strict=True))
    assert texts[terms.position(NODES[0])] == "http://e/o"
    assert texts[terms.position(NODES[3])] == 'a \\"b\\" \\\\ c'
    assert texts[terms.position(NODES[6])] == 'ends\\"^^'
    assert texts[terms.position(NODES[8])] == "\u65e5\u672c"


def test_new_terms_come_after_the_old_which_keep_their_places(terms: Terms) -> None:
    new = Literal("never seen")
    assert terms.find(new) is None
    longer = terms.including([new, S])
    assert longer.position(new) == terms.size
    assert [longer.find(node) for node in NODES] == [terms.find(node) for node in NODES]
    assert longer.node(longer.position(new)) == new


def test_an_empty_graph_has_an_empty_dictionary() -> None:
    columns = columns_of_quads([])
    assert (columns.size, columns.terms.size, columns.terms.including([S]).size) == (0, 0, 1)


def test_triple_terms_are_terms() -> None:
    columns = columns_of_quads([Quad(S, P, Triple(S, P, Literal("x")))])
    ((_, _, objects),) = columns.rows()
    assert columns.terms.kinds[objects[0]] == TermKind.TRIPLE
