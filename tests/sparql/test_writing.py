from __future__ import annotations

import subprocess
import sys

import pytest

from kg.core.errors import QueryError
from kg.sparql import NOWHERE, BlankNode, Iri, Literal, Node, Variable, parse, replace, transform, write

QUERY = """\
PREFIX ex: <http://example.org/>
SELECT DISTINCT ?x (COUNT(?y) AS ?n)
FROM <urn:g>
WHERE {
  ?x a ex:A ;
      ex:p / ^ex:q* ?y, 1.50, "a\\"b"@en .
  OPTIONAL {
    ?x ex:r [ ex:s (1 2) ] .
    FILTER (?y > 3 && !BOUND(?z))
  }
  {
    BIND (?y - 1 AS ?z)
  } UNION { }
  VALUES ?x { ex:a UNDEF }
}
GROUP BY ?x
HAVING (COUNT(?y) > 1)
ORDER BY DESC(?n) ?x
LIMIT 10
OFFSET 5
"""


def test_what_is_written_is_what_a_person_would_write() -> None:
    assert write(parse(QUERY)) == QUERY
    assert write(parse(" ".join(QUERY.split()))) == QUERY


def test_prefixes_that_are_only_known_are_written_out() -> None:
    assert "<http://www.w3.org/2004/02/skos/core#Concept>" in write(parse("ASK { ?x a skos:Concept }"))


def test_the_longest_namespace_gives_the_name() -> None:
    prefixes = "PREFIX a: <http://example.org/> PREFIX b: <http://example.org/b/> "
    query = prefixes + "ASK { a:x a b:y, <http://example.org/b/c/d>, <http://example.org/ü.> }"
    assert "a:x a b:y, <http://example.org/b/c/d>, <http://example.org/ü.> ." in write(parse(query))


def test_lexical_forms_stay() -> None:
    query = 'ASK { ?x ?y 01, +1, 1.0, 1.e0, true, "01"^^xsd:byte, "x"^^xsd:integer }'
    written = write(parse(query))
    for literal in ("01,", "+1,", "1.0,", "1.e0,", "true,", '"01"^^<http', '"x"^^<http'):
        assert literal in written


@pytest.mark.parametrize(
    "expression",
    [
        "(?a || ?b) || ?c",
        "?a - (?b - ?c)",
        "(?a = ?b) = ?c",
        "- (- ?a)",
        "!(!?a)",
        "- -1",
        "?a - -1",
        "?a + - 1",
        "(?a + ?b) * ?c",
        "- (1)",
        "(?a IN (1)) = ?b",
    ],
)
def test_brackets_come_back_where_they_matter(expression: str) -> None:
    tree = parse(f"ASK {{ FILTER({expression}) }}")
    assert parse(write(tree)) == tree


@pytest.mark.parametrize(
    "wrong",
    [
        Variable(NOWHERE, "a b"),
        Literal(NOWHERE, "a", "urn:d", "e n"),
        BlankNode(NOWHERE, "a b"),
        Iri(NOWHERE, "a b", ""),
    ],
)
def test_names_that_cannot_be_are_refused(wrong: Node) -> None:
    tree = transform(
        parse("ASK { ?x ?y ?marker }"), lambda node: wrong if node == Variable(NOWHERE, "marker") else node
    )
    with pytest.raises(QueryError, match="cannot be"):
        write(tree)


def test_a_limit_of_nothing_is_not_no_limit() -> None:
    tree = parse("SELECT * { } LIMIT 0")
    assert "LIMIT 0" in write(tree)
    assert "LIMIT" not in write(replace(tree, modifiers=replace(tree.modifiers, limit=None)))


def test_the_parser_starts_without_anything_heavy() -> None:
    code = "import kg.sparql, sys; print([name for name in ('rdflib', 'yaml', 'lark', 'kg.sparql.slips', 'kg.store') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
