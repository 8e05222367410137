from __future__ import annotations

import re
import sys

import pytest

from kg.core.errors import QueryError
from kg.sparql import Values, parse, walk
from kg.sparql.tokens import (
    _TOKEN,
    KEYWORDS,
    Source,
    is_label,
    is_local,
    is_name,
    is_prefix,
    may_begin,
    may_follow,
    tokenise,
)

# The classes of the grammar, spelt out as it spells them [164-167].
PN_CHARS_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
PN_CHARS_U = PN_CHARS_BASE + "_"
PN_CHARS = PN_CHARS_U + r"\-0-9\u00B7\u0300-\u036F\u203F-\u2040"


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokenise(text)][:-1]


def test_the_name_of_a_terminal_is_no_keyword() -> None:
    assert not KEYWORDS & set(_TOKEN.groupindex)


def test_the_characters_of_names_are_those_of_the_grammar() -> None:
    begin, follow = re.compile(f"[{PN_CHARS_BASE}]"), re.compile(f"[{PN_CHARS}]")
    borders = [
        ord(char) for char in re.sub(r"\\[uU]([0-9A-F]+)", lambda m: chr(int(m[1], 16)), PN_CHARS) if ord(char) > 0x7F
    ]
    for number in {border + step for border in borders for step in (-1, 0, 1)} | set(range(0x80, 0x400)):
        character = chr(number)
        assert may_begin(character) == bool(begin.match(character)), hex(number)
        assert may_follow(character) == bool(follow.match(character)), hex(number)


@pytest.mark.parametrize("number", [*range(0x80), 0xB7, 0xD7, 0xE9, 0x300, 0x3042])
def test_names_of_two_characters_are_those_of_the_grammar(number: int) -> None:
    for text in (chr(number), f"{chr(number)}a", f"a{chr(number)}", f"a.{chr(number)}"):
        assert is_name(text) == bool(
            re.fullmatch(rf"[{PN_CHARS_U}0-9][{PN_CHARS_U}0-9\u00B7\u0300-\u036F\u203F-\u2040]*", text)
        ), text
        assert is_label(text) == bool(re.fullmatch(rf"[{PN_CHARS_U}0-9]([{PN_CHARS}.]*[{PN_CHARS}])?", text)), text
        assert is_prefix(text) == bool(re.fullmatch(rf"([{PN_CHARS_BASE}]([{PN_CHARS}.]*[{PN_CHARS}])?)?", text)), text
        assert is_local(text) == bool(re.fullmatch(rf"([{PN_CHARS_U}:0-9]([{PN_CHARS}.:]*[{PN_CHARS}:])?)?", text)), (
            text
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?x $y", ["VAR", "VAR"]),
        ("ex:a.b.", ["PNAME", "."]),
        ("ex: :b :", ["NAMESPACE", "PNAME", "NAMESPACE"]),
        ("_:a.b .", ["LABEL", "."]),
        ("a A as", ["a", "WORD", "AS"]),
        ("<a> < b", ["IRIREF", "<", "WORD"]),
        ("?x<?a&&?b>?y", ["VAR", "IRIREF", "VAR"]),
        (
            "1 1.0 1. 1.e1 .5 -1 +.5e-3",
            ["INTEGER", "DECIMAL", "INTEGER", ".", "DOUBLE", "DECIMAL", "INTEGER", "DOUBLE"],
        ),
        ("?x-1", ["VAR", "INTEGER"]),
        ("( ) (\n) (1) [ ]", ["NIL", "NIL", "(", "INTEGER", ")", "ANON"]),
        ('"a" \'b\' """c"d""" \'\'\'e\'\'\' ""', ["STRING"] * 5),
        ('"a"@en-GB^^', ["STRING", "LANGTAG", "^^"]),
        ("# ?x\n?y # z", ["VAR"]),
        ("GROUPBY ORDERBY NOTIN LIMIT10", ["GROUP", "BY", "ORDER", "BY", "NOT", "IN", "LIMIT", "INTEGER"]),
        ("ISIRI IRI BNODE LANG sha256", ["ISIRI", "IRI", "BNODE", "LANG", "SHA256"]),
        ("ex:a%20b ex:a\\-b ex:%2", ["PNAME", "PNAME", "NAMESPACE", "BAD", "INTEGER"]),
        ("?段階 会社:名前", ["VAR", "PNAME"]),
        ("?x” “a", ["VAR", "BAD", "BAD", "a"]),
        ("?·", ["?", "BAD"]),
        ('"abc', ["UNCLOSED"]),
    ],
)
def test_the_longest_match_is_chosen(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_on_every_system(end: str) -> None:
    source = Source(f"a{end}{end}  bc{end}d")
    span = source.span(source.text.index("bc"), source.text.index("bc") + 2)
    assert (span.line, span.column) == (3, 3)
    assert source.line(3) == "  bc"
    assert source.line(4) == "d"


def test_columns_count_characters_not_bytes_or_cells() -> None:
    text = 'SELECT ?x { ?x ?p "日本𠮷" . ?y ?p ?x }'
    token = next(token for token in tokenise(text) if token.text == "?y")
    assert Source(text).span(token.start, token.end).column == text.index("?y") + 1


def test_a_long_word_is_taken_in_linear_time() -> None:
    assert kinds("IN" * (sys.getrecursionlimit() * 2)) == ["WORD"]


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s ?p a{'.b' * 200_000} }}",
        f"SELECT * {{ ?s ?p str{'.str' * 100_000} }}",
        f"SELECT * {{ ?s ?p a{'“b' * 100_000} }}",
        f"SELECT * {{ ?s ?p ab{'…' * 200_000} }}",
    ],
    ids=lambda text: text[18:24],
)
def test_what_is_no_query_is_refused_in_time_that_grows_with_its_length(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.line == 1


def test_a_data_block_of_twenty_thousand_rows_is_read() -> None:
    rows = "".join(
        f'  (<http://example.org/thing/{number}> "label {number} of a thing"@en)\n' for number in range(20_000)
    )
    query = parse(f"SELECT ?s WHERE {{\n VALUES (?s ?l) {{\n{rows} }}\n ?s rdfs:label ?l }}")
    (block,) = (node for node in walk(query) if isinstance(node, Values))
    assert len(block.rows) == 20_000
    assert block.rows[-1].span.line == 20_002
