from __future__ import annotations

import pytest

from kg.core.errors import QueryError
from kg.core.terms import prefixes
from kg.store.protocol import query_form, with_prefixes

SKOS = prefixes()["skos"]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("ask {}", "ASK"),
        ("# CONSTRUCT\nBASE <http://e.org/select> PREFIX ask: <http://e.org/#> DESCRIBE ask:a", "DESCRIBE"),
        ("PREFIX insert:<http://e.org/> construct { ?s ?p ?o } WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("#+ summary: delete? \n\nselect ?delete {}", "SELECT"),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text: str, form: str) -> None:
    assert query_form(text) == form


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <a:> <b:> <c:> }", "PREFIX s: <http://e.org/SELECT> DROP ALL", "with <g:> delete {} where {}"],
)
def test_an_update_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="is an update"):
        query_form(text)


@pytest.mark.parametrize("text", ["", "# SELECT", "'SELECT'", "SELCT * {}"])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="not a SPARQL query"):
        query_form(text)


def test_a_known_prefix_is_declared_on_the_first_line() -> None:
    assert (
        with_prefixes("SELECT * {\n ?s skos:prefLabel ?o }")
        == f"PREFIX skos: <{SKOS}> SELECT * {{\n ?s skos:prefLabel ?o }}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX skos: <http://e.org/> SELECT * { ?s skos:a ?o }",
        "prefix skos:<http://e.org/>SELECT * { ?s skos:a ?o }",
        "SELECT * { ?s ?p 'skos:a' , \"skos:b\" , '''skos:c' ''' , \"\"\"\nskos:d\"\"\" , 'it\\'s skos:e' }",
        "SELECT * { ?s ?p <skos:a> } # skos:b",
        "SELECT * { <http://e.org/#skos:x> ?p ?o }",
        "SELECT * { ?s nowhere:a ?o }",
        "SELECT * { ?s ?p 'a'@en FILTER(?skos < 3) }",
    ],
)
def test_what_is_declared_silent_or_unknown_is_left_alone(text: str) -> None:
    assert with_prefixes(text) == text


@pytest.mark.parametrize(
    "text",
    ["SELECT * { ?s ?p 1 FILTER(?p<3&&?o>skos:a) }", "SELECT * { ?s !skos:a|^skos:b ?o }", "ASK{'x'^^skos:a ?p ?o}"],
)
def test_a_prefix_is_seen_among_operators(text: str) -> None:
    assert with_prefixes(text) == f"PREFIX skos: <{SKOS}> {text}"
