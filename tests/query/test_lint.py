from __future__ import annotations

import json
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pyoxigraph
import pytest
from breakage import typo
from nightly import sample

from kg.core.resources import queries_dir
from kg.core.terms import BASE, compact, expand
from kg.query.catalogue.catalogue import Catalogue
from kg.query.diagnosis import Kind, diagnose, is_empty
from kg.query.lint import RULES, Linter, Severity
from kg.query.lint.renderings import render
from kg.sparql import Iri, parse, walk
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.query.catalogue.catalogue import CatalogueQuery

CATALOGUE = tuple(Catalogue(queries_dir()))
SARIF_SCHEMA = Path(__file__).parent.parent / "shacl" / "schemas" / "sarif-2.1.0-rtm.5.json"
PLANTED = 2  # typos that are planted in each query


@pytest.fixture(scope="module")
def linter(graph: Graph) -> Linter:
    return Linter(graph.store)


@pytest.mark.parametrize("query", sample(CATALOGUE, 14, attrgetter("topic")), ids=lambda query: query.name)
def test_a_typo_planted_in_any_term_is_named_with_the_right_suggestion(
    query: CatalogueQuery, linter: Linter, graph: Graph
) -> None:
    for node in sampled(query):
        prefix, _, local = node.written.partition(":")
        text = f"{query.text[: node.span.start]}{prefix}:{typo(local)}{query.text[node.span.end :]}"
        found = [finding for finding in linter.lint(text) if finding.rule == "unknown-term"]
        assert [(finding.span.start, compact(node.value) in finding.near) for finding in found] == [
            (node.span.start, True)
        ]
        if not is_empty(graph.store.query(query.text), parse(query.text)) and is_empty(
            graph.store.query(text), parse(text)
        ):
            cause = diagnose(text, graph.store).causes[0]
            assert (cause.kind, cause.span.start) == (Kind.UNKNOWN_TERM, node.span.start)
            assert compact(node.value) in [suggestion.replacement for suggestion in cause.suggestions]


def sampled(query: CatalogueQuery) -> list[Iri]:
    """Gives some terms of a query, spread over its text."""
    named = [
        node for node in walk(parse(query.text)) if isinstance(node, Iri) and len(node.written.partition(":")[2]) > 3
    ]
    terms = [node for node in named if not node.written.startswith("<")]
    return [
        terms[len(terms) * step // PLANTED + len(query.name) % max(1, len(terms) // PLANTED)] for step in range(PLANTED)
    ]


def rules(linter: Linter, text: str) -> list[tuple[str, int, int]]:
    return [(finding.rule, finding.span.line, finding.span.column) for finding in linter.lint(text)]


CLEAN = "SELECT ?s ?l { [] motkg:stage ?s . ?s skos:prefLabel ?l } ORDER BY ?l"
DECLARED = "PREFIX motkg: <https://w3id.org/motkg/ontology/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        ("SELECT ?s { ?o motkg:stage ?s } }", "syntax", 33),
        ("SELECT ?s { ?s motkg:stge ?o . ?o a ?s }", "unknown-term", 16),
        ("SELECT ?s { ?s a motkg:Stge }", "unknown-term", 18),
        ("SELECT ?s { ?s motkg:stage specialist:vc }", "unknown-term", 28),
        ("SELECT ?s { ?s motkg:stage <https://w3id.org/motkg/concept/stage/basic> }", "unknown-term", 28),
        ("SELECT ?s { GRAPH graph:kirihata { ?s a motkg:Stage } }", "unknown-term", 19),
        ("SELECT ?s { ?s a motkg:stage }", "unknown-term", 18),
        ("SELECT ?s { ?s motkg:Stage [] }", "unknown-term", 16),
        ("SELECT ?s { ?s (motkg:stage|^motkg:stge)+ [] }", "unknown-term", 30),
        ("SELECT ?s { ?s a motkg:Stage FILTER(?s != stage:basic) }", "unknown-term", 43),
        ("SELECT ?s { ?s <http://w3id.org/motkg/ontology/stage> [] }", "wrong-prefix", 16),
        ("SELECT ?s { ?s wdt:P31 wd:Q5 ; wdt:P106 [] }", "unknown-namespace", 16),
        ("PREFIX motkg: <http://w3id.org/motkg/ontology/> SELECT ?s { ?s a motkg:Stage }", "wrong-prefix", 15),
        ("PREFIX m: <https://w3id.org/motkg/ontology#> SELECT ?s { ?s a m:Stage }", "wrong-prefix", 11),
        ("PREFIX stage: <https://w3id.org/motkg/concept/role/> SELECT ?s { ?s a stage:partner }", "wrong-prefix", 15),
        ("SELECT ?s { ?s motkg:isAtStage [] }", "unused-term", 16),
        ("PREFIX ex: <http://example.org/> SELECT ?s { ?s a motkg:Stage }", "unused-prefix", 1),
        ("SELECT ?s { ?s a motkg:Stage }", "undeclared-prefix", 18),
        ("SELECT ?s { ?s motkg:stage ?other }", "single-use", 28),
        ("SELECT (COUNT(?s) AS ?n) { ?s a motkg:Stage . ?s skos:prefLabel ?label }", "single-use", 65),
        ("SELECT ?s { { SELECT ?s { ?s motkg:stage ?x } } ?s a ?x . ?s skos:notation ?x }", "single-use", 42),
        ("SELECT ?s ?lable { ?s skos:prefLabel ?label FILTER(?label != '') }", "unbound-projection", 11),
        (
            "CONSTRUCT { ?s rdfs:label ?lable } { ?s skos:prefLabel ?label FILTER(?label != '') }",
            "unbound-projection",
            27,
        ),
        ("DESCRIBE ?x { ?s a motkg:Stage ; skos:notation ?s }", "unbound-projection", 10),
        ("SELECT ?s { ?s motkg:sampleSize ?n FILTER(?m > 1 && ?n > 1) }", "unbound-variable", 43),
        ("SELECT ?s { ?s motkg:sampleSize ?n { ?s a motkg:Sample FILTER(?n > 1) } }", "unbound-variable", 63),
        ("SELECT ?s { ?s motkg:sampleSize ?n MINUS { ?s a motkg:Sample FILTER(?n > 1) } }", "unbound-variable", 69),
        ("SELECT ?s { BIND(?n + 1 AS ?m) ?s motkg:sampleSize ?n FILTER(?m > 1) }", "unbound-variable", 18),
        ("SELECT ?s { ?s motkg:sampleSize ?n FILTER(?n > 1) } ORDER BY ?m", "unbound-variable", 62),
        ("SELECT ?s (SUM(?m) AS ?t) { ?s motkg:sampleSize ?n FILTER(?n > 1) } GROUP BY ?s", "unbound-variable", 16),
        ("SELECT ?s { ?s motkg:sampleSize ?n } GROUP BY ?s HAVING(SUM(?m) > MIN(?n))", "unbound-variable", 61),
        ("SELECT ?a ?b { ?a a motkg:Stage . ?b a motkg:Sample }", "cartesian-product", 38),
        ("SELECT ?a ?b { ?a a motkg:Stage . OPTIONAL { ?b a motkg:Sample } }", "cartesian-product", 35),
        (
            "SELECT ?a ?b ?c { ?a a motkg:Stage . OPTIONAL { ?a skos:notation ?b . ?c a motkg:Sample } }",
            "cartesian-product",
            74,
        ),
        ("SELECT ?a ?b { ?a a motkg:Stage . { SELECT ?b { ?b a motkg:Sample } } }", "cartesian-product", 37),
        ("SELECT ?s { ?s a motkg:Stage , motkg:CausalFactor }", "class-clash", 32),
        ("SELECT ?o { ?o motkg:stage ?s ; motkg:factor ?s }", "class-clash", 33),
        ("SELECT ?o { ?o motkg:stage factor:human-resources }", "class-clash", 28),
        ("SELECT ?o { ?o motkg:stage ?s OPTIONAL { ?s a motkg:CausalFactor } }", "class-clash", 47),
        ("SELECT ?o { ?o motkg:sampleSize '184' }", "wrong-datatype", 33),
        ("SELECT ?o { ?o motkg:sampleSize stage:commercialization }", "wrong-datatype", 33),
        ("SELECT ?o { ?o motkg:stage 'commercialization'@en }", "wrong-datatype", 28),
        ("SELECT ?s { ?s a motkg:Stage } LIMIT 2", "limit-without-order", 32),
        ("SELECT ?s { ?s a motkg:Stage } OFFSET 2", "limit-without-order", 32),
        ("SELECT ?s { ?s a motkg:Stage ; skos:notation ?n . ?s skos:notation ?n }", "duplicate-pattern", 54),
        (
            "SELECT (AVG(?v) AS ?mean) { ?o motkg:stage ?s ; sdmx-measure:obsValue ?v } GROUP BY ?s",
            "mixed-studies",
            9,
        ),
    ],
)
def test_fault(linter: Linter, text: str, rule: str, column: int) -> None:
    assert (rule, 1, column) in rules(linter, text)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("?s a motkg:Stage MINUS { ?other motkg:precedes ?next }", "single-use"),
        ("MINUS { ?s motkg:precedes ?next } ?s a motkg:Stage", "single-use"),
        ("?s motkg:precedes ?t MINUS { ?s a motkg:Stage . ?t a motkg:Stage }", "cartesian-product"),
        ("?s motkg:precedes ?t MINUS { ?s a motkg:Stage { ?t a motkg:Stage } }", "cartesian-product"),
        ("?s motkg:sampleSize ?n MINUS { ?s a motkg:Sample FILTER(?n > 1) }", "unbound-variable"),
        (
            "?s motkg:sampleSize ?n MINUS { ?s a motkg:Sample FILTER EXISTS { ?s a ?c FILTER(?n > 1) } }",
            "unbound-variable",
        ),
    ],
)
def test_minus_is_evaluated_by_itself_and_exists_for_each_solution(linter: Linter, pattern: str, rule: str) -> None:
    """SPARQL 1.1 Query, section 8.3: MINUS takes away compatible solutions, EXISTS sees the values from outside."""
    assert rule in {name for name, _, _ in rules(linter, f"SELECT ?s {{ {pattern} }}")}
    existential = f"SELECT ?s {{ {pattern.replace('MINUS', 'FILTER NOT EXISTS')} }}"
    assert rule not in {name for name, _, _ in rules(linter, existential)}


def test_what_minus_takes_away_need_not_exist(linter: Linter) -> None:
    pattern = "SELECT ?s {{ ?s a motkg:Stage {} {{ ?s a motkg:CausalFactor }} }}"
    assert "class-clash" not in {name for name, _, _ in rules(linter, pattern.format("MINUS"))}
    assert "class-clash" in {name for name, _, _ in rules(linter, pattern.format("FILTER EXISTS"))}


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "SELECT * { ?o motkg:stage ?s }",
        "SELECT ?s { ?s a motkg:Stage ; skos:notation [] }",
        "SELECT ?s { ?s a motkg:Stage ; skos:notation ?_any }",
        "SELECT ?s { ?s a motkg:Stage FILTER NOT EXISTS { ?s motkg:precedes ?next } }",
        "SELECT ?s { ?s a motkg:Stage MINUS { ?s motkg:precedes ?next } }",
        "SELECT ?s { ?s motkg:sampleSize ?n FILTER NOT EXISTS { ?s a motkg:Sample FILTER(?n > 1) } }",
        "SELECT ?s { ?s motkg:sampleSize ?n OPTIONAL { ?s a motkg:Sample FILTER(?n > 1) } }",
        "SELECT ?s ?m { ?s a motkg:Stage BIND(IF(ISIRI(?s), ?s, ?unbound) AS ?m) }",
        "SELECT ?s { ?s motkg:sampleSize ?n OPTIONAL { ?s motkg:drawnFrom ?whole FILTER(?n > 1) } FILTER(BOUND(?whole)) }",
        "SELECT ?a ?b { ?a motkg:sampleSize ?n . ?b motkg:sampleSize ?m FILTER(?n < ?m) }",
        "SELECT ?a ?b { ?a motkg:sampleSize ?n . ?b motkg:sampleSize ?m FILTER EXISTS { ?a motkg:drawnFrom ?b } FILTER(?n != ?m) }",
        "SELECT ?a ?n { VALUES ?a { stage:commercialization } { SELECT (COUNT(*) AS ?n) { ?x motkg:stage ?y } } ?o motkg:stage ?a }",
        "SELECT ?s { ?s a motkg:Stage } ORDER BY ?s LIMIT 2",
        "SELECT ?s { { ?s a motkg:Stage } UNION { ?s a motkg:CausalFactor } }",
        "SELECT ?o { ?o motkg:sampleSize 184 }",
        "CONSTRUCT WHERE { ?s skos:prefLabel ?l }",
        "CONSTRUCT { ?s <http://example.org/mine> ?l } WHERE { ?s skos:prefLabel ?l }",
        "SELECT (xsd:integer(?n) AS ?m) { [] motkg:sampleSize ?n FILTER(DATATYPE(?n) = xsd:integer) }",
        'SELECT (COUNT(*) AS ?n) { ?s skos:prefLabel ?l FILTER(STRSTARTS(?l, "PREFIX no: <x>")) }',
    ],
)
def test_nothing_is_wrong_with(linter: Linter, text: str) -> None:
    assert [str(finding) for finding in linter.lint(text) if finding.counts] == []


def test_declared_prefixes_leave_nothing_to_say(linter: Linter) -> None:
    assert linter.lint(DECLARED + CLEAN) == []


def test_a_deprecated_term_is_named(graph: Graph) -> None:
    yes = pyoxigraph.Literal("true", datatype=expand("xsd:boolean"))
    old = pyoxigraph.Quad(expand("motkg:stage"), expand("owl:deprecated"), yes)
    linter = Linter(EmbeddedStore.of([*graph.store.quads(), old]))
    assert ("deprecated-term", 2, 16) in rules(
        linter, f"{DECLARED}SELECT * {{ ?s  motkg:stage ?l . ?l skos:prefLabel ?x }}"
    )


def test_a_suggestion_stands_beside_the_finding(linter: Linter) -> None:
    found = {
        finding.rule: finding for finding in linter.lint("SELECT ?lable { ?s skos:prefLable ?label . ?label a ?s }")
    }
    assert found["unknown-term"].near == ("skos:prefLabel",)
    assert found["unbound-projection"].near == ("?label",)


def test_every_rule_has_a_case_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule for rule in RULES if f'"{rule}"' not in text] == []


def test_a_query_is_linted_below_another_base(graph: Graph) -> None:
    base = "https://example.org/mot/"
    text = (pyoxigraph.serialize(graph.store.quads(), format=pyoxigraph.RdfFormat.N_QUADS) or b"").decode()
    moved = EmbeddedStore.of(pyoxigraph.parse(text.replace(BASE, base), format=pyoxigraph.RdfFormat.N_QUADS))
    assert [finding.rule for finding in Linter(moved, base).lint(DECLARED + CLEAN)] == []
    assert [finding.rule for finding in Linter(moved, base).lint(DECLARED + CLEAN.replace("stage", "stge"))] == [
        "unknown-term"
    ]


def test_sarif_keeps_to_its_schema_and_points_at_the_place(linter: Linter) -> None:
    text = "SELECT ?s { ?s motkg:stge ?x , ?stages ; motkg:stage ?stage } LIMIT 1"
    findings = {"a file.rq": linter.lint(text), "clean.rq": linter.lint(DECLARED + CLEAN)}
    log = json.loads(render(findings, "sarif"))
    run = log["runs"][0]
    rules_used = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    jsonschema.validate(log, json.loads(SARIF_SCHEMA.read_text(encoding="utf-8")))
    assert [rules_used[result["ruleIndex"]] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    unknown = next(result for result in run["results"] if result["ruleId"] == "unknown-term")
    place = unknown["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20file.rq"}
    assert place["region"] == {"startLine": 1, "startColumn": 16, "charOffset": 15, "charLength": 10}
    assert unknown["message"]["text"].endswith("did you mean motkg:stage?")


def test_infos_alone_leave_a_query_clean(linter: Linter) -> None:
    found = linter.lint("SELECT ?s { ?s a motkg:Stage } LIMIT 2")
    assert {finding.severity for finding in found} == {Severity.INFO}
    assert not any(finding.counts for finding in found)


def test_of_thousands_of_unknown_terms_each_is_found_and_the_first_get_advice(linter: Linter) -> None:
    rows = " ".join(f"stage:comercialization{number}" for number in range(3000))
    found = [
        each
        for each in linter.lint(f"SELECT ?s {{ VALUES ?s {{ {rows} }} ?s a motkg:Stage }}")
        if each.rule == "unknown-term"
    ]
    assert len(found) == 3000
    assert len({each.span.start for each in found}) == 3000
    assert [bool(each.near) for each in found[:30]] == [True] * 30
    assert not any(each.near for each in found[30:])


OWN = """@prefix : <http://example.org/> . @prefix dc: <http://purl.org/dc/terms/> .
:work a :Work ; dc:title "T" ; :by :author ; <http://schema.org/name> "N" .
"""


@pytest.fixture
def own(tmp_path: Path) -> Linter:
    file = tmp_path / "own.ttl"
    file.write_text(OWN, encoding="utf-8")
    return Linter(EmbeddedStore.of(pyoxigraph.parse(path=file)))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        # terms of the data, by the prefixes that the query declares for them
        ("PREFIX dc: <http://purl.org/dc/terms/> SELECT ?t { ?w dc:title ?t }", []),
        ("SELECT ?n { ?w schema:name ?n }", []),  # well known, and not declared
        ("PREFIX : <http://example.org/> SELECT ?w { ?w :by :author ; a :Work }", []),
        # one finding for all terms of a namespace of which the data has nothing
        ("SELECT ?w { ?w wdt:P31 wd:Q5 ; wdt:P106 wd:Q1 }", ["unknown-namespace", "unknown-namespace"]),
        # a misspelt term, and a misspelt namespace
        ("PREFIX : <http://example.org/> SELECT ?w { ?w :bye :author }", ["unknown-term"]),
        ("PREFIX : <https://example.org/> SELECT ?w { ?w :by ?a . ?a ?p ?w }", ["unknown-term"]),
        # names that the label service makes
        (
            (
                "SELECT ?w ?wLabel ?wAltLabel { ?w schema:name ?n . ?n ?p ?w . SERVICE wikibase:label { "
                "bd:serviceParam wikibase:language 'en' } FILTER(?wLabel != '') } ORDER BY ?wLabel"
            ),
            [],
        ),
        # a variable that stands once: meant, unless another one is called almost the same
        ("SELECT ?name { ?w schema:name ?name ; ?p ?nmae }", ["single-use"]),
        ("SELECT ?wLabel { ?w schema:name ?n . ?n ?p ?w }", ["unbound-projection"]),
    ],
)
def test_queries_about_other_data_are_held_against_its_vocabulary(own: Linter, text: str, counted: list[str]) -> None:
    assert [finding.rule for finding in own.lint(text) if finding.counts] == counted


def test_the_variables_of_a_triple_term_are_used(own: Linter) -> None:
    text = "SELECT ?s ?t { ?t rdf:reifies <<( ?s ?p ?p )>> }"
    assert not [finding for finding in own.lint(text) if finding.counts]


@pytest.mark.parametrize(
    ("once", "twice", "slip"),
    [
        ("nmae", "name", True),
        ("naem", "name", True),
        ("nam", "name", False),  # of three letters, every other name is near
        ("names", "name", True),
        ("NAME", "name", True),
        ("swisslipidHexadeconate", "swisslipidHexadecanoate", True),
        ("glycoprotein", "protein", False),
        ("compound", "compoundCategory", False),
        ("geoId", "gndId", False),
        ("name1", "name2", False),
        ("sourceSample", "targetSample", False),
    ],
)
def test_a_variable_that_stands_once_counts_where_another_is_called_so_but_for_a_slip(
    once: str,
    twice: str,
    slip: bool,  # noqa: FBT001
) -> None:
    text = f"SELECT ?{twice} {{ ?thing rdfs:label ?{twice} ; ?property ?{once} . ?thing ?property ?thing }}"
    store = EmbeddedStore.of([])
    found = [each for each in Linter(store).lint(text) if each.rule == "single-use"]
    assert [(each.near, each.counts) for each in found] == [((f"?{twice}",) if slip else (), slip)]
