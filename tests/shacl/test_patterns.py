"""Patterns of shapes are regular expressions of SPARQL: each has one reading, by the grammar of XPath."""

from __future__ import annotations

import re
import unicodedata
import warnings

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Literal, Quad, RdfFormat, parse

from kg.shacl import read_shapes, validate
from kg.shacl.shapes import examine_shapes
from kg.shacl.shapes.patterns import regular_expression

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> . "


@pytest.mark.parametrize(
    ("pattern", "flags", "fits", "fails"),
    [
        (r"^\p{L}+$", "", ["Zürich", "東京", "ǅ"], ["B52", "", "a b", "_"]),
        (r"^\p{Lu}\p{Ll}*$", "", ["Éa", "Z"], ["éa", "ZZ"]),
        (r"^\P{N}+$", "", ["ab-"], ["a1", "٣"]),
        (r"^[\p{L}\p{Nd}-]+$", "", ["a-1é"], ["a_1", "a b"]),
        (r"^[^\p{L}]$", "", ["1", "\n"], ["é"]),
        (r"^\p{IsCyrillic}+$", "", ["Привет"], ["Hi"]),
        (r"^\p{IsBasicLatin}*$", "", ["abc~"], ["é"]),
        (r"^[a-z-[aeiou]]+$", "", ["xyz"], ["xaz", "A"]),
        (r"^[\p{L}-[a-z]]$", "", ["é", "A"], ["a", "1"]),
        (r"^[a-z-[b-d-[c]]]$", "", ["a", "c", "e"], ["b", "d"]),
        (r"^[^a-z-[A-Z]]$", "", ["1"], ["a", "B"]),
        (r"^\i\c*$", "", ["a-b.c", "_x", ":x"], ["1a", "a b"]),
        (r"^\S+$", "", ["a\u00a0b"], ["a b", "a\tb"]),
        (r"^\d+$", "", ["12", "٣"], ["1.2", "Ⅳ"]),
        (r"^\w+$", "", ["a_1é"], ["a-b", "a$"]),
        (r"^[\w-\.]+@[\w-]+$", "", ["a-b.c@d-e"], ["a b@c"]),
        (r"^a # c$", "x", ["a#c"], ["abc", "a # c", "a"]),
        (r"^[ a] b$", "x", [" b", "ab"], ["b"]),
        ("^h e l l o\\sw$", "x", ["hello w"], ["hellow"]),
        (r"a.b", "q", ["xa.bx"], ["axb"]),
        (r"A.B[", "qi", ["a.b["], ["axb["]),
        (r"^\p{Lu}$", "i", ["A"], ["a"]),
        (r"^[\p{Lu}x]$", "i", ["A", "x", "X"], ["a"]),
        (r"^[a-c]é$", "i", ["BÉ", "aé"], ["dé"]),
        (r"^[a-z-[c]]$", "i", ["A", "b"], ["c", "C"]),
        (r"^a.c$", "", ["abc"], ["a\nc"]),
        (r"^a.c$", "s", ["a\nc"], ["ac"]),
        (r"^b$", "m", ["a\nb\nc"], ["ab"]),
        (r"^b$", "", ["b"], ["a\nb", "b\n"]),
        (r"^(a|b)\1$", "", ["aa", "bb"], ["ab"]),
        (r"^(a)\10$", "", ["aa0"], ["aa"]),
        (r"^(?:(a)|b)\1c$", "", ["aac", "bc"], ["ac"]),
        (r"^a{2}b{1,}c{0,1}$", "", ["aab", "aabbc"], ["ab"]),
        (r"^a{2,3}?b+?$", "", ["aab"], ["ab"]),
        (r"^(?=.*\d)(?!.*x).{3}$", "", ["a1b"], ["abc", "1ax"]),
        (r"(?i)^abc$", "", ["ABC"], ["ab"]),
        (r"\bcat\b", "", ["a cat."], ["concat"]),
        (r"^\/\:\@\_\-$", "", ["/:@_-"], ["\\/"]),
        (r"^[]-a]$".replace("]-a", r"\]-a"), "", ["]", "a", "^"], ["b"]),
        (r"^[a\-z]$", "", ["-", "a", "z"], ["b"]),
        (r"^[-a]$", "", ["-"], ["b"]),
        (r"^[a-]$", "", ["-"], ["b"]),
        (r"^[a-c-e]$", "", ["-", "e", "b"], ["d"]),
        (r"^\x41\u00e9$", "", ["Aé"], ["A"]),
        (r"^a}]$", "", ["a}]"], ["a"]),
        ("", "", ["", "x"], []),
        ("a|", "", ["", "b"], []),
    ],
)
def test_a_pattern_means_what_xpath_says(pattern: str, flags: str, fits: list[str], fails: list[str]) -> None:
    search = regular_expression(pattern, flags).search
    assert [text for text in fits if not search(text)] == []
    assert [text for text in fails if search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("^a{,3}$", "no quantifier"),
        ("a{", "no quantifier"),
        ("{id}", "nothing before"),
        ("a**", "nothing before"),
        ("a++", "nothing before"),
        ("*a", "nothing before"),
        ("^*", "nothing before"),
        ("(|*)", "nothing before"),
        ("a{3,2}", "above the greatest"),
        ("a{99999}", "repeats more"),
        ("^[[a]+$", "unescaped ["),
        ("[[:alpha:]]", "unescaped ["),
        ("[]a]", "unescaped ]"),
        ("[a", "unterminated"),
        ("[]", "unescaped ]"),
        ("[z-a]", "bad character range"),
        ("[a-[b]c]", "end its character class"),
        ("(a", "unterminated"),
        ("a)", "unbalanced"),
        (r"\p{Nope}", "no category"),
        (r"\p{IsNowhere}", "not supported"),
        (r"\pL", "in braces"),
        (r"\y", "no escape"),
        (r"\Qa\E", "no escape"),
        ("a\\", "ends the pattern"),
        (r"(a\1)", "not closed"),
        (r"\2(a)", "not closed"),
        ("(?P<n>a)", "no group"),
        ("a(?i)b", "no group"),
        ("(?>a)", "no group"),
    ],
)
@pytest.mark.parametrize("flags", ["", "s", "i"])
def test_what_engines_read_in_different_ways_or_not_at_all_is_no_pattern(pattern: str, told: str, flags: str) -> None:
    with warnings.catch_warnings(action="error"), pytest.raises(ValueError, match=re.escape(told)):
        regular_expression(pattern, flags)


def test_an_unknown_flag_is_told() -> None:
    with pytest.raises(ValueError, match="unknown flag 'z'"):
        regular_expression("a", "iz")


PARTS = st.sampled_from(
    [
        "a",
        "b",
        "é",
        "1",
        ".",
        r"\.",
        "[ab]",
        "[^a1]",
        r"\p{L}",
        r"\P{Lu}",
        r"[\p{N}_]",
        "(a|b)",
        "(?:ab)",
        "|",
        "$",
        "^",
        r"\d",
        "É",
    ]
)
COUNTS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])
TEXTS = st.lists(st.text("abAÉé1_.\n ٣", max_size=5), min_size=1, max_size=6, unique=True)


@settings(deadline=None, max_examples=examples(150))
@given(st.lists(st.tuples(PARTS, COUNTS), min_size=1, max_size=5), st.sampled_from(["", "s", "i", "m", "is"]), TEXTS)
def test_patterns_and_the_engine_of_queries_agree(parts: list[tuple[str, str]], flags: str, texts: list[str]) -> None:
    """Categories under the flag i, which XPath leaves as they are and the engine does not, are the one difference."""
    pattern = "".join(part + ("" if part in "|$^" else count) for part, count in parts)
    if "i" in flags and (r"\p" in pattern.lower()):
        return
    store = pyoxigraph.Store()
    for number, text in enumerate(texts):
        node = pyoxigraph.NamedNode(f"urn:{number}")
        store.add(Quad(node, node, Literal(text)))
    query = f"SELECT ?t {{ ?s ?p ?t FILTER (REGEX(?t, {Literal(pattern)}, {Literal(flags)})) }}"
    wanted = {solution["t"].value for solution in store.query(query)}  # type: ignore[union-attr]
    compiled = regular_expression(pattern, flags)
    assert {text for text in texts if compiled.search(text)} == wanted


@pytest.mark.parametrize("engine", ["auto", "sparql", "pyshacl"])
@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        (r'sh:pattern "^\\p{L}+$"', {"B52"}),
        (r'sh:pattern "^[a-z-[b]] # 5 2$" ; sh:flags "x"', {"Zürich", "B52"}),
        (r'sh:pattern "^B.2$" ; sh:flags "s"', {"Zürich"}),
        (r'sh:pattern "^zÜ" ; sh:flags "i"', {"B52"}),
    ],
)
def test_every_engine_reads_patterns_alike(constraint: str, wrong: set[str], engine: str) -> None:
    data = list(parse(PREFIXES + ':a :p "Zürich" , "B52" .', RdfFormat.TURTLE))
    shapes = read_shapes(parse(PREFIXES + f":S sh:targetNode :a ; sh:path :p ; {constraint} .", RdfFormat.TURTLE))
    report = validate(data, shapes, engine=engine)  # type: ignore[arg-type]
    assert {result.value.value for result in report.results if isinstance(result.value, Literal)} == wrong


def test_a_pattern_that_cannot_be_run_leaves_out_its_shape_with_and_without_flags() -> None:
    text = ':S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern "^a{,3}$" ] , [ sh:path :p ; sh:pattern "^a{,3}$" ; sh:flags "s" ] .'
    _, concerns = examine_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))
    assert sum("has an sh:pattern that cannot be run" in concern.message for concern in concerns) == 2


def test_the_categories_are_those_of_unicode() -> None:
    search = regular_expression(r"^\p{Sc}$", "").search
    assert {sign for sign in map(chr, range(0x3000)) if search(sign)} == {
        sign for sign in map(chr, range(0x3000)) if unicodedata.category(sign) == "Sc"
    }
