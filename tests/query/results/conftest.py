from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.store.protocol import Solutions

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


@pytest.fixture
def tricky() -> Solutions:
    """Every kind of term, and every character that some format must escape."""
    return Solutions(
        ("thing", "text", "n"),
        (
            (NamedNode("http://example.org/a?b=c&d"), Literal('comma, "quote"'), typed("0.50", "decimal")),
            (BlankNode("b1"), Literal("two\nlines\tand tab\r\\"), typed("007", "integer")),
            (
                NamedNode("https://w3id.org/motkg/concept/stage/commercialization"),
                Literal("事業化", language="ja"),
                None,
            ),
            (None, Literal("<b> | $5_% #{x}^~ 'q' --", language="en-gb"), typed("1.0E3", "double")),
            (typed("true", "boolean"), Literal(""), typed("2026-01-31", "date")),
        ),
    )
