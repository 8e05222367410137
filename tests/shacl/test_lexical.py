"""What columns decide at once about literals is what the careful functions say of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad

from kg.columns import columns_of_quads
from kg.core.terms import XSD
from kg.shacl.columnar.literals import NO_ORDER, Literals, comparison, well_formed
from kg.shacl.shapes.constraints import matches
from kg.shacl.shapes.patterns import regular_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

S, P = NamedNode("http://e/s"), NamedNode("http://e/p")
DATATYPES = st.sampled_from(
    ["integer", "decimal", "double", "nonNegativeInteger", "positiveInteger", "byte", "int", "long", "boolean", "string",
     "date", "dateTime", "gYear", "gYearMonth", "time", "gDay", "gMonthDay", "duration", "dayTimeDuration"]
)  # fmt: skip
NUMBERS = st.one_of(st.integers(-300, 300).map(str), st.decimals(-3, 3, places=3).map("{:f}".format), st.sampled_from(
    ["007", "+5", "-0", "1.", ".5", "1e3", "INF", "NaN", "", "12345678901234567890", "0.1", "0.10", "0.1000000000000001",
     "99999999999999999.1"]
))  # fmt: skip
DAYS = st.dates().map(str)
TEXTS = st.one_of(
    NUMBERS,
    DAYS,
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
    st.sampled_from(
        ["2021-02-29", "2020-02-29", "2020-01-01T24:00:00", "0000-01-01", "-0044-03-15", "2020-01-01+09:00"]
    ),
    st.sampled_from(["true", "0", "1987-11", "a\nb", "1987", "1990Z", "---07", "--12-31", "P1D", "P1M", "PT36H"]),
)
LITERALS = st.builds(lambda text, name: Literal(text, datatype=NamedNode(XSD + name)), TEXTS, DATATYPES)


@pytest.fixture(autouse=True, scope="module")
def _in_columns_even_if_few() -> Iterator[None]:
    with patch("kg.shacl.columnar.literals._FEW", 0):
        yield


@settings(deadline=None, max_examples=examples(200))
@given(st.lists(LITERALS, min_size=1, max_size=30))
def test_well_formedness(nodes: list[Literal]) -> None:
    terms = columns_of_quads(Quad(S, P, node) for node in nodes).terms.including(nodes)
    literals = Literals(terms)
    for datatype in {node.datatype.value for node in nodes}:
        some = [node for node in nodes if node.datatype.value == datatype]
        ids = terms.positions(some)
        found = dict(zip(ids.tolist(), literals.well_formed(ids, datatype).tolist(), strict=True))
        assert [found[terms.position(node)] for node in some] == [well_formed(node) for node in some]
        assert literals.of_datatype(terms.positions(nodes), datatype).sum() == len(ids)


@settings(deadline=None, max_examples=examples(300))
@given(st.lists(st.tuples(LITERALS, LITERALS), min_size=1, max_size=30))
def test_order(pairs: list[tuple[Literal, Literal]]) -> None:
    nodes = [node for pair in pairs for node in pair]
    terms = columns_of_quads(Quad(S, P, node) for node in nodes).terms.including(nodes)
    left, right = (np.array([terms.position(pair[side]) for pair in pairs], np.int32) for side in (0, 1))
    orders = [comparison(*pair) for pair in pairs]
    assert Literals(terms).compare(left, right).tolist() == [NO_ORDER if order is None else order for order in orders]


PATTERNS = [
    *("^[A-Z][0-9]{2}$", "a|b", "^(ab)+$", r"a\.b", "^$", "a.b", "[^a]$", r"\d", r"\w+"),
    *("日", "a{2,}", "^a*?b", "(?i)A", "$"),
]


@settings(deadline=None)
@given(
    st.lists(st.text("abAZ09.\n 日é", max_size=6), max_size=10),
    st.sampled_from(PATTERNS),
    st.sampled_from(["", "i", "s", "m"]),
)
def test_patterns_mean_the_same_on_arrow(texts: list[str], pattern: str, flags: str) -> None:
    expected = [re.search(regular_expression(pattern, flags), text) is not None for text in texts]
    assert matches(pa.array(texts, pa.string()), pattern, flags).tolist() == expected
