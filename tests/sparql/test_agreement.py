"""The engine's own parser as the judge: both take the same queries, but where a rule of the Recommendation says otherwise."""

from __future__ import annotations

import random
import re
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from querymutations import CHARACTERS, EXTRAS, mutated

from kg.core.errors import QueryError
from kg.sparql import FunctionCall, GroupCondition, Literal, Query, Variable, parse, walk, write
from kg.sparql.tokens import KEYWORDS, tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BASE = "http://example.org/"
LONGEST_MATCH = "19.8, note 3: the longest match is chosen"
NOTE_14 = "19.8, note 14: aggregates stand in SELECT, HAVING and ORDER BY only"
# What one parser takes and the other does not; the rule says that ours is right.
ONLY_OURS = {
    "ASK { FILTER(TRUE) }": "19.8, note 1: keywords are matched in either case, all but 'a'",
    "SELECT ?d { ?s ?p ?o } GROUP BY (?o AS ?d)": "[20] GroupCondition: '(' Expression ( 'AS' Var )? ')'",
    "SELECT (<http://example.org/f>(DISTINCT ?o) AS ?x) { ?s ?p ?o }": "[71] ArgList: '(' 'DISTINCT'? Expression ( ',' Expression )* ')'",
    r"ASK { ?a\u0062 ?p ?o }": "19.2: codepoint escapes may stand anywhere where the character may",
    'ASK { ?s ?p "a"@f }': "[145] LANGTAG: '@' [a-zA-Z]+ ('-' [a-zA-Z0-9]+)*",
}
ONLY_THEIRS = {
    "PREFIXex: <http://example.org/> ASK {}": LONGEST_MATCH,
    "ASK { FILTER(?x<?a&&?b>?y) }": LONGEST_MATCH,
    "SELECT ?n { ?s ?p ?o } GROUP BY ?n (COUNT(?o) > 2)": NOTE_14,
    "SELECT (COUNT(COUNT(?o)) AS ?n) { ?s ?p ?o }": "18.2.4.1: in an aggregate an expression is about one solution, not a group",
    "ASK { _:a ?p ?q . BIND(1 AS ?v) _:a ?p ?z }": "10.1 and 5.1.1: BIND ends the basic graph pattern, and a label belongs to one",
    "ASK { FILTER(- - 1 = 1) }": "[118] UnaryExpression: '-' PrimaryExpression",
    "ASK { ?s ?p ?o LATERAL { ?o ?q ?r } }": "[56] GraphPatternNotTriples: an extension",
}
LATER = re.compile(
    r"<<|>>|\{\||\|\}|~|--|\b(LATERAL|VERSION|ADJUST|LANGDIR|HASLANG\w*|STRLANGDIR|TRIPLE|SUBJECT|PREDICATE|OBJECT|ISTRIPLE)\b",
    re.IGNORECASE,
)
GLUED = re.compile(rf"({'|'.join(sorted(KEYWORDS))})[^\s]*:", re.IGNORECASE)
GARBAGE = st.text(max_size=60) | st.lists(
    st.sampled_from([*EXTRAS, *sorted(KEYWORDS), *CHARACTERS, "\ud800"]), max_size=30
).map(" ".join)
OPENINGS = [
    *("{", "(", "[", "{ OPTIONAL ", "FILTER(", "FILTER(!", "FILTER NOT EXISTS {", "?x (", "?x a (", "?x !(", "?x (^"),
    *("{ SELECT * ", "BIND(IF(", "FILTER(1 IN (", "GRAPH ?g {"),
]


def fault(text: str, known: Mapping[str, str] | None = MappingProxyType({})) -> QueryError | None:
    try:
        parse(text, base=BASE, known=known)
    except QueryError as error:
        return error
    return None


def ours(text: str) -> str | None:
    error = fault(text)
    return None if error is None else str(error)


@pytest.mark.parametrize(("query", "rule"), ONLY_OURS.items())
def test_the_grammar_takes_what_the_engine_refuses(query: str, rule: str, engine: Callable[[str], str | None]) -> None:
    assert ours(query) is None, rule
    assert engine(query) is not None, "the engine has learnt it: take the query off the list"


@pytest.mark.parametrize(("query", "rule"), ONLY_THEIRS.items())
def test_the_grammar_refuses_what_the_engine_takes(query: str, rule: str, engine: Callable[[str], str | None]) -> None:
    assert ours(query) is not None, rule
    assert engine(query) is None, "the engine has learnt it: take the query off the list"


@pytest.mark.w3c
def test_the_queries_of_the_w3c_suite_are_taken_or_refused_alike(
    w3c_queries: list[str], engine: Callable[[str], str | None]
) -> None:
    verdicts = Counter((ours(query) is None, engine(query) is None) for query in w3c_queries)
    assert set(verdicts) == {(True, True), (False, False)}
    assert verdicts[(True, True)] > verdicts[(False, False)] > 0


@pytest.mark.w3c
def test_the_queries_of_the_w3c_suite_come_back_the_same(
    w3c_queries: list[str], engine: Callable[[str], str | None]
) -> None:
    taken = [query for query in w3c_queries if ours(query) is None]
    assert taken
    assert [changed for query in taken if (changed := changed_by_writing(query, engine))] == []


def test_the_queries_of_the_catalogue_are_taken_and_come_back_the_same(
    catalogue_queries: list[str],
    engine: Callable[[str], str | None],
) -> None:
    assert catalogue_queries
    assert [changed for query in catalogue_queries if (changed := changed_by_writing(query, engine))] == []


def changed_by_writing(query: str, engine: Callable[[str], str | None]) -> str:
    """Gives what is written for a query where it is read as another, or refused by the engine.

    Nothing where all is well.
    """
    tree = parse(query, base=BASE, known={})
    written = write(tree)
    same = parse(written, known={}) == tree
    return "" if same and (explained_when_ours(tree, written) or engine(written) is None) else written


def explained_when_ours(tree: Query, text: str) -> bool:
    """Says whether one of the rules of ONLY_OURS is behind a query that only our parser takes."""
    for node in walk(tree):
        if isinstance(node, GroupCondition) and node.variable and isinstance(node.expression, Variable):
            return True
        if isinstance(node, FunctionCall) and node.distinct:
            return True
        if isinstance(node, Literal) and node.language and not well_formed(node.language):
            return True
    tokens = tokenise(text)
    return any(token.kind in {"TRUE", "FALSE"} and not token.text.islower() for token in tokens) or any(
        token.kind in {"VAR", "PNAME", "NAMESPACE", "LABEL"} and re.search(r"\\[uU]", token.text) for token in tokens
    )


def well_formed(language: str) -> bool:
    try:
        pyoxigraph.Literal("", language=language)
    except ValueError:
        return False
    return True


def explained_when_theirs(error: QueryError, text: str) -> bool:
    """Says whether one of the rules of ONLY_THEIRS is behind a query that only the engine takes."""
    message, token = str(error).splitlines()[0], error.token or ""
    glued = GLUED.match(token) is not None or (token.startswith(("<?", "<$")) and token.endswith(">"))
    glued = glued or (token.startswith("a") and f"PREFIX {token[1:].partition(':')[0]}:" in text)  # "a" and a name
    doubled = token in {"!", "+", "-"} and re.search(r"expected a value after '[!+-]'", message) is not None
    return (
        glued
        or doubled
        or "the aggregate " in message
        or "the blank node _:" in message
        or LATER.search(text) is not None
    )


def agree_on_mutations(
    queries: list[str], count: int, engine: Callable[[str], str | None]
) -> Counter[tuple[bool, bool]]:
    choice = random.Random(11)  # noqa: S311 - the same mutations every time
    words = EXTRAS + [token.text for query in queries for token in tokenise(query)]
    verdicts: Counter[tuple[bool, bool]] = Counter()
    for _ in range(count):
        query = mutated(choice.choice(queries), choice, words)
        theirs = engine(query) is None
        error = fault(query)
        verdicts[(error is None, theirs)] += 1
        if error:
            assert not theirs or explained_when_theirs(error, query), f"{query}\n{error}"
        else:
            tree = parse(query, base=BASE, known={})
            assert theirs or explained_when_ours(tree, query), query
            assert parse(write(tree), known={}) == tree, query
    return verdicts


@pytest.mark.w3c
def test_mutations_of_w3c_queries_are_taken_or_refused_alike(
    w3c_queries: list[str], engine: Callable[[str], str | None]
) -> None:
    assert agree_on_mutations(w3c_queries, 1500, engine)[(True, True)] >= 100


def test_mutations_of_catalogue_queries_are_taken_or_refused_alike(
    catalogue_queries: list[str],
    engine: Callable[[str], str | None],
) -> None:
    assert agree_on_mutations(catalogue_queries, 1500, engine)[(True, True)] >= 100


@given(GARBAGE)
@settings(max_examples=examples(1500), deadline=None)
def test_garbage_raises_nothing_but_the_error_of_queries(text: str) -> None:
    error = fault(text, known=None)
    if error is None:
        tree = parse(text, base=BASE)
        assert parse(write(tree)) == tree
    else:
        assert error.line is not None
        assert error.column is not None
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + 1


@pytest.mark.parametrize("opening", OPENINGS)
def test_depth_has_a_limit_that_is_an_error_of_queries(opening: str) -> None:
    with pytest.raises(QueryError):
        parse("SELECT * WHERE { " + opening * 5000)


def test_brackets_may_be_nested_deeply_enough() -> None:
    tree = parse("ASK { " + "{ " * 30 + "FILTER(" + "(" * 30 + "1" + ")" * 30 + ")" + " }" * 30 + " }")
    assert parse(write(tree)) == tree


@pytest.mark.parametrize("operator", [" + ", " * ", " || ", " && ", ", "])
def test_chains_may_be_long(operator: str) -> None:
    tree = parse(f"ASK {{ FILTER(COALESCE({operator.join(['?x'] * 2400)})) }}")
    assert parse(write(tree)) == tree
