"""Each rule of a diagnosis on a graph that fits on a page: all causes, their places and corrections, by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.query.diagnosis import Cause, Kind, Limits, Suggestion, diagnose
from kg.query.diagnosis.conditions import _short
from kg.query.diagnosis.joins import _alike, _sort, _telling, _words
from kg.query.diagnosis.parts import Splitter
from kg.query.diagnosis.search import _ordered
from kg.sparql import Span
from kg.sparql import parse as parse_query
from kg.store.embedded.store import EmbeddedStore

E = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIX = f"PREFIX : <{E}> "
DATA = f"""
@prefix : <{E}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:g1 {{ :a a :Firm ; :size 10 ; :name "Aster"@en ; :born "1987"^^xsd:gYear . :b a :Firm ; :size 30 ; :name "Beryl"@en . }}
:g2 {{ :c a :Lab ; :size 50 ; :name "Cedar"@de ; :partner :a ; :code "X1" . :Idle a owl:Class . :Labx a owl:Class . :idle a owl:ObjectProperty .
       :a rdfs:label "Aster Works" . :k :rank 5 ; :ranks 6 ; :tag "on" , "ON" . :beta :rel :beta1 , :gamma-one . :beta :not :beta2 , :gamma-onex . }}
"""
A, B, C = (f"<{E}{name}>" for name in "abc")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore.of(list(parse(DATA, format=RdfFormat.TRIG)))


def causes(store: EmbeddedStore, text: str) -> list[tuple[str, str, str, list[str]]]:
    """Return kind, place, sentence and corrections of each cause; a correction that gives rows ends with a mark."""
    whole = text.split(maxsplit=1)[0] in {"PREFIX", "SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
    query = text if whole else f"SELECT * {{ {text} }}"
    diagnosis = diagnose(PREFIX + query, store, Limits(probes=2000, seconds=60))
    assert diagnosis.complete
    for cause in diagnosis.causes:
        before = (PREFIX + query)[: cause.span.start]
        assert (cause.line, cause.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    return [
        (
            str(cause.kind),
            cause.written,
            cause.sentence.replace(E, ""),
            [each.replacement + "!" * each.gives_rows for each in cause.suggestions],
        )
        for cause in diagnosis.causes
    ]


UNKNOWN = "is in no statement of the graph: neither ontology nor data know such a"
SIEZ = [("unknown-term", ":siez", f":siez {UNKNOWN} property", [":size!"])]
NOTHING = "no statement of the graph matches"
ALL = {
    # --- terms in their roles
    "?x a :a": [("unused-term", ":a", "<a> is in the graph, but not as a class", [])],
    "?x a :Idle": [("unused-term", ":Idle", "<Idle> is declared, but the graph holds nothing of this class", [])],
    "?x :idle ?y": [("unused-term", ":idle", "<idle> is declared, but no statement of the graph has it as its property", [])],
    "?x :a ?y": [("unused-term", ":a", "<a> is in the graph, but not as a property", [])],
    "?x :Idle ?y": [("unused-term", ":Idle", "<Idle> is in the graph, but not as a property", [])],
    "?x a :size": [("unused-term", ":size", "<size> is a property and stands here as a class", [])],
    "?x :Firm ?y": [("unused-term", ":Firm", "<Firm> is a class and stands here as a property", [])],
    "GRAPH :a { ?x :size ?n }": [("unused-term", ":a", "<a> is no graph of the store", [])],
    "?x :siez ?n": SIEZ,
    "?x :siez ?n . ?y :siez ?m": SIEZ,
    "DESCRIBE :d :e": [("unknown-term", f":{name}", f":{name} {UNKNOWN} thing", []) for name in "de"],
    # --- going down into what is made of parts
    "{ ?x :siez ?n OPTIONAL { ?x :name ?l } } ?x a :Firm": SIEZ,
    "GRAPH :g1 { ?x :siez ?n OPTIONAL { ?x :name ?l } }": SIEZ,
    "{ SELECT ?x { ?x :siez ?n } } ?x a :Firm": SIEZ,
    "{ SELECT ?x { ?x :siez ?n } LIMIT 3 } ?x a :Firm": SIEZ,
    "SELECT ?x FROM :g1 { ?x :siez ?y }": SIEZ,
    "?x :size ?n FILTER EXISTS { ?x :siez ?m }": SIEZ,
    "ASK { ?x :siez ?n }": SIEZ,
    "CONSTRUCT WHERE { ?x :siez ?n }": SIEZ,
    # --- data sets
    "SELECT ?x FROM :g1\n  FROM NAMED :g1 { ?x :partner ?y }": [
        ("wrong-graph", "FROM :g1\n  FROM NAMED :g1",
         "'FROM :g1 FROM NAMED :g1' leaves out the graphs that hold what is asked for", ["no FROM!"]),
    ],
    # --- filters
    "?x :size ?n FILTER(?n > 20) FILTER(?n < 15)": [
        ("filter", "?n > 20", "no solution fulfils all of these, though some fulfil each: '?n > 20', '?n < 15'", []),
        ("filter", "?n < 15",
         "where '?n > 20' holds, the condition '?n < 15' removes all 2 solutions of the rest; ?n lies between 30 and 50", []),
    ],
    "?x :size ?n FILTER(?n > 100)": [
        ("filter", "?n > 100", "the condition '?n > 100' removes all 3 solutions of the rest; ?n lies between 10 and 50", [])],
    "?x :size ?n FILTER(100 < ?n)": [("filter", "100 < ?n", "the condition '100 < ?n' removes all 3 solutions of the rest", [])],
    "?x :size ?n . ?y :partner ?x FILTER(?n > ?n + 1)": [
        ("filter", "?n > ?n + 1", "the condition '?n > ?n + 1' removes the one solution of the rest; ?n is 10", [])],
    ":a :size ?n . :b :size ?m FILTER(?n > ?m)": [
        ("filter", "?n > ?m", "the condition '?n > ?m' removes the one solution of the rest; ?n is 10; ?m is 30", [])],
    "?x :size ?n FILTER(COALESCE(?z, 1) > 5)": [
        ("filter", "COALESCE(?z, 1) > 5",
         "the condition 'COALESCE(?z, 1) > 5' removes all 3 solutions of the rest; COALESCE(?z, 1) is 1", [])],
    "?x :size ?n FILTER(?n IN (11, 12))": [
        ("filter", "?n IN (11, 12)", "the condition '?n IN (11, 12)' removes all 3 solutions of the rest", [])],
    "?x :name ?l FILTER(?l IN ('Aster'))": [
        ("other-literal", "'Aster'",
         "the literal 'Aster' has no match among the values of ?l; the graph has it with the language tag @en: \"Aster\"@en",
         ['"Aster"@en!'])],
    "?x :name ?l FILTER('Aster' = ?l)": [
        ("other-literal", "'Aster'",
         "the literal 'Aster' has no match among the values of ?l; the graph has it with the language tag @en: \"Aster\"@en",
         ['"Aster"@en!'])],
    "?x :code ?l FILTER(LANG(?l) = 'en')": [
        ("other-literal", "'en'", "?l has no value in the language 'en'; its values are in: no language at all", ['""!'])],
    "?x :code ?l FILTER(STRSTARTS(?l, 'x'))": [
        ("other-literal", "'x'", "'x' is there only in other case, or in text with a language tag", ['STRSTARTS(LCASE(STR(?l)), "x")!'])],
    "?x :code ?l FILTER(REGEX(STR(?l), '^x', ''))": [
        ("other-literal", "'^x'", "'^x' is there only in other case, or in text with a language tag",
         ["REGEX(LCASE(STR(?l)), \"^x\", '')!"])],
    "?x :size ?fsize FILTER(?size > 1)": [
        ("unbound-variable", "?size", "?size has no value where this condition stands, so that it is never fulfilled", ["?fsize!"])],
    "{ SELECT ?x { ?x :size ?n } } FILTER(?n > 1)": [
        ("unbound-variable", "?n", "?n has no value where this condition stands, so that it is never fulfilled; "  # noqa: ISC004
         "it has one only in another group", [])],
    "?x :size ?n FILTER(BOUND(?z))": [
        ("unbound-variable", "?z", "?z has no value where this condition stands, so that it is never fulfilled", [])],
    "?x :partner ?y OPTIONAL { ?x :born ?z } FILTER(?z > 1)": [
        ("unbound-variable", "?z",
         "?z never gets a value, because its OPTIONAL never matches, and so the condition is never fulfilled", [])],
    ":a :size ?n FILTER(?n + 'a' > 1)": [
        ("expression-error", "?n + 'a' > 1",
         "the condition '?n + 'a' > 1' is an error for every solution: ?n is a number (xsd:integer)", [])],
    ":a :born ?n FILTER(?n > 1900)": [
        ("expression-error", "?n > 1900", "the condition '?n > 1900' is an error for every solution: ?n is a value of xsd:gYear", [])],
    # --- joins
    "?x :size 10 . ?x :name 'Beryl'@en": [
        ("join", ":size 10", "each of these has solutions, but not together, joined by ?x: '?x <size> \"10\"' and '?x <name> \"Beryl\"'", []),
        ("wrong-value", "10", "the literal 10 has no match as the value of <size>; values that have one are, for example, 30", []),
        ("wrong-value", "'Beryl'@en",
         "the literal 'Beryl'@en has no match as the value of <name>; values that have one are, for example, \"Aster\"@en", []),
    ],
    "?x :size 11 . ?x :name 'Aster'@en": [
        ("wrong-value", "11", "the literal 11 has no match as the value of <size>; values that have one are, for example, 10", []),
        ("no-statement", ":size 11", f"{NOTHING} '?x <size> \"11\"'", [])],
    "?x :size 11": [
        ("wrong-value", "11", "the literal 11 has no match as the value of <size>; values that have one are, for example, 10, 30, 50", []),
        ("no-statement", ":size 11", f"{NOTHING} '?x <size> \"11\"'", [])],
    "?x (:size|:born) 11": [
        ("wrong-value", "11",
         'the literal 11 has no match in this pattern; values that have one are, for example, 10, "1987"^^xsd:gYear, 30', []),
        ("no-statement", "(:size|:born) 11", f"{NOTHING} '?x a path \"11\"'", [])],
    "BIND(11 AS ?n) ?x :size ?n": [
        ("join", "BIND(11 AS ?n)", "each of these has solutions, but not together, joined by ?n: BIND and '?x <size> ?n'", []),
        ("wrong-value", "11", "the literal 11 has no match here; values that have one are, for example, 10, 30, 50", [])],
    "?x :partner :b": [
        ("wrong-value", ":b", "<b> is known, but as the value of <partner> it has no match; in its place fit, for example, <a>", []),
        ("no-statement", ":partner :b", f"{NOTHING} '?x <partner> <b>'", [])],
    ":b :partner ?y": [
        ("wrong-value", ":b", "<b> is known, but as the subject of <partner> it has no match; in its place fit, for example, <c>", []),
        ("no-statement", ":partner ?y", f"{NOTHING} '<b> <partner> ?y'", [])],
    "?x :partner 'https://example.org/a'": [
        ("wrong-value", "'https://example.org/a'", "the text 'a' stands where the graph has a thing of that IRI", [":a!"])],
    "?x :partner 'aster works'": [
        ("wrong-value", "'aster works'", "the text 'aster works' stands where the graph has a thing of that name", [":a!"])],
    "?x :name 'Astre'@en": [
        ("wrong-value", "'Astre'@en", "the literal 'Astre'@en has no match as the value of <name>", ['"Aster"@en!'])],
    "?x :name 'aster'@en": [
        ("other-literal", "'aster'@en",
         "the literal 'aster'@en has no match as the value of <name>; the graph has it in other case: \"Aster\"@en", ['"Aster"@en!'])],
    ":a :partner ?x": [
        ("wrong-direction", ":partner",
         "<partner> matches nothing in this direction, but it does from what stands here as its value to its subject", ["^:partner!"])],
    "GRAPH :g1 { :a ^:partner ?x }": [
        ("wrong-graph", ":g1", "what is asked of <g1> stands in another graph: <g2>", [":g2!"])],
    "?x a :Lab . ?x :born ?y": [
        ("class-clash", ":born", "<born> is no property of ?x but of its neighbours", [":partner/:born!"]),
        ("class-clash", ":Lab", "nothing that matches '?x <born> ?y' is a <Lab>; it is <Firm>", [":Firm!"])],
    "?firm1 a :Lab ; :partner ?firm . ?firm1 :born ?b": [
        ("join", "?firm1", "?firm1 joins '?firm1 a <Lab>' and '?firm1 <born> ?b', which have no solution together", ["?firm!"]),
        ("class-clash", ":born", "<born> is no property of ?firm1 but of its neighbours", [":partner/:born!"])],
    "{ SELECT ?x { ?x a :Lab } LIMIT 1 } ?x :born ?y": [
        ("class-clash", ":born ?y", "?x is a <Lab> in the inner query and a <Firm> in '?x <born> ?y': nothing is both", [])],
    ":c ^:partner ?x": [
        ("wrong-direction", "^:partner",
         "<partner> matches nothing in this direction, but it does from what stands here as its value to its subject", [":partner!"])],
    ":a :partner ?x . ?y :siez ?z": [
        ("wrong-direction", ":partner",
         "<partner> matches nothing in this direction, but it does from what stands here as its value to its subject", ["^:partner"]),
        ("wrong-value", ":a", "<a> is known, but as the subject of <partner> it has no match; in its place fit, for example, <c>", []),
        ("no-statement", ":partner ?x", f"{NOTHING} '<a> <partner> ?x'", [])],
    "?x :partner 'zzz'": [
        ("wrong-value", "'zzz'", "the literal 'zzz' has no match as the value of <partner>; values that have one are, for example, :a", []),
        ("no-statement", ":partner 'zzz'", f"{NOTHING} '?x <partner> \"zzz\"'", [])],
    "?x :name 'zz'@de": [
        ("wrong-value", "'zz'@de", "the literal 'zz'@de has no match as the value of <name>; "  # noqa: ISC004
         'values that have one are, for example, "Cedar"@de, "Aster"@en, "Beryl"@en', []),
        ("no-statement", ":name 'zz'@de", f"{NOTHING} '?x <name> \"zz\"'", [])],
    ":b (:partner|:code) ?y": [
        ("wrong-value", ":b", "<b> is known, but in this pattern it has no match; in its place fit, for example, <c>", []),
        ("no-statement", "(:partner|:code) ?y", f"{NOTHING} '<b> a path ?y'", [])],
    "GRAPH ?g { ?x :born ?y . ?x :partner ?z }": [
        ("class-clash", ":partner ?z", "?x is a <Firm> in '?x <born> ?y' and a <Lab> in '?x <partner> ?z': nothing is both", [])],
    "?x :size ?s .\n GRAPH ?g { :c :partner ?p . ?p :born ?n }": [
        ("wrong-graph", "GRAPH ?g",
         "no one graph holds '<c> <partner> ?p' and '?p <born> ?n' together; several graphs do, each a part", ["no GRAPH!"])],
    "?x :partner :a . ?x :born ?y": [
        ("class-clash", ":born ?y", "?x is a <Lab> in '?x <partner> <a>' and a <Firm> in '?x <born> ?y': nothing is both", [])],
    "?x a ?c . ?c :size ?n": [
        ("join", "a ?c", "each of these has solutions, but not together, joined by ?c: '?x a ?c' and '?c <size> ?n'", [])],
    "?x a :Lab . ?x :rank ?r": [
        ("join", "a :Lab", "each of these has solutions, but not together, joined by ?x: '?x a <Lab>' and '?x <rank> ?r'", [])],
    "VALUES ?x { :a } ?x a :Lab": [
        ("values", ":a", "VALUES gives ?x no value that fits '?x a <Lab>'; what would fit ?x is, for example, <c>", []),
        ("class-clash", "a :Lab", "?x is a <Firm> in VALUES and a <Lab> in '?x a <Lab>': nothing is both", [])],
    "?x :size ?n FILTER(?x = :d)": [("unknown-term", ":d", f":d {UNKNOWN} thing", [])],
    "?x :size ?n FILTER(DATATYPE(?n) = xsd:double)": [
        ("other-literal", "xsd:double", "?n has no value of xsd:double; its datatypes are: xsd:integer", ["xsd:integer!"])],
    "?x :size ?n FILTER(DATATYPE(?n) = xsd:integer && ?n > 99)": [
        ("filter", "?n > 99", "the condition '?n > 99' removes all 3 solutions of the rest; ?n lies between 10 and 50", [])],
    "?x :size ?n FILTER(?n = 10 && ?n = 30)": [
        ("filter", "?n = 10", "no solution fulfils all of these, though some fulfil each: '?n = 10', '?n = 30'", []),
        ("filter", "?n = 30", "where '?n = 10' holds, the condition '?n = 30' removes the one solution of the rest; ?n is 10", [])],
    "?x :size ?n FILTER(?n != 10) FILTER(?n IN (10))": [
        ("filter", "?n != 10", "no solution fulfils all of these, though some fulfil each: '?n != 10', '?n IN (10)'", []),
        ("filter", "?n IN (10)", "where '?n != 10' holds, the condition '?n IN (10)' removes all 2 solutions of the rest", [])],
    "?x :size ?employeesize FILTER(?size > 1)": [
        ("unbound-variable", "?size", "?size has no value where this condition stands, so that it is never fulfilled", ["?employeesize!"])],
    "?x ?p 5 FILTER(?p = :ranks)": [("wrong-value", ":ranks", "<ranks> is no value of ?p here", [":rank!"])],
    "?x :size ?n FILTER(?n = 11)": [
        ("filter", "?n = 11", "the condition '?n = 11' removes all 3 solutions of the rest; ?n lies between 10 and 50", [])],
    "?x :size ?n FILTER(!(?n > 1 || ?n < 1))": [
        ("filter", "!(?n > 1 || ?n < 1)",
         "the condition '!(?n > 1 || ?n < 1)' removes all 3 solutions of the rest; ?n lies between 10 and 50", [])],
    "?x :partner ?y FILTER(DATATYPE(?y) = xsd:integer)": [
        ("expression-error", "DATATYPE(?y) = xsd:integer",
         "the condition 'DATATYPE(?y) = xsd:integer' is an error for every solution: ?y is an IRI", []),
        ("other-literal", "xsd:integer", "?y has no value of xsd:integer; its datatypes are: none", [])],
    "?x :code ?l FILTER(!(!CONTAINS(?l, 'x')))": [
        ("other-literal", "'x'", "'x' is there only in other case, or in text with a language tag", ['CONTAINS(LCASE(STR(?l)), "x")!'])],
    "?x :size ?n FILTER(?n > '10')": [
        ("expression-error", "?n > '10'",
         "the condition '?n > '10'' is an error for every solution: ?n is a number (xsd:integer)", ["STR(?n)!", "10!"])],
    "?x :code ?l FILTER(?l > 10)": [
        ("expression-error", "?l > 10",
         "the condition '?l > 10' is an error for every solution: ?l is text without a language", ['"10"!'])],
    "?x :size ?x . ?y :size ?xx": [("no-statement", ":size ?x", f"{NOTHING} '?x <size> ?x'", [])],
    "?x ?p ?x": [("no-statement", "?p ?x", f"{NOTHING} '?x ?p ?x'", [])],
    "?lab1 a :Lab . ?lab1 :rank ?lab2": [
        ("join", "a :Lab", "each of these has solutions, but not together, joined by ?lab1: '?lab1 a <Lab>' and '?lab1 <rank> ?lab2'", [])],
    "?x :partner/:rank ?r": [
        ("join", ":partner/:rank ?r", "each of these has solutions, but not together: '?x <partner> []' and '[] <rank> ?r'", [])],
    "CONSTRUCT { ?x :size ?n } WHERE { ?x :size ?n } LIMIT 0": [("limit", "LIMIT 0", "LIMIT 0 leaves no row", [])],
    "CONSTRUCT { ?z :size ?n } WHERE { ?x :size ?n OPTIONAL { ?x :siez ?z } }": [],
    "?x :size ?n FILTER(DATATYPE(?n) = 'integer')": [
        ("filter", "DATATYPE(?n) = 'integer'", "the condition 'DATATYPE(?n) = 'integer'' removes all 3 solutions of the rest", [])],
    "?x :tag ?t FILTER(!(?t = 'on' || ?t != 'on'))": [
        ("filter", "!(?t = 'on' || ?t != 'on')", "the condition '!(?t = 'on' || ?t != 'on')' removes all 2 solutions of the rest", [])],
    "?x :code ?l . ?x :name ?m FILTER(CONTAINS(?l, STR(?m)))": [
        ("filter", "CONTAINS(?l, STR(?m))", "the condition 'CONTAINS(?l, STR(?m))' removes the one solution of the rest", [])],
    "?x :code ?l FILTER(!CONTAINS(?l, 'X'))": [
        ("filter", "!CONTAINS(?l, 'X')", "the condition '!CONTAINS(?l, 'X')' removes the one solution of the rest", [])],
    "?x :size ?n FILTER('a' = 'A')": [
        ("filter", "'a' = 'A'", "the condition ''a' = 'A'' removes all 3 solutions of the rest", [])],
    "?x :size ?n FILTER(:a = :zz)": [
        ("filter", ":a = :zz", "the condition ':a = :zz' removes all 3 solutions of the rest", [])],
    "?x :code ?l FILTER(?l NOT IN ('X1', 'x1'))": [
        ("filter", "?l NOT IN ('X1', 'x1')", "the condition '?l NOT IN ('X1', 'x1')' removes the one solution of the rest", [])],
    "?x :name ?size1 . ?x :size ?size2 FILTER(?size > 5)": [
        ("unbound-variable", "?size", "?size has no value where this condition stands, so that it is never fulfilled",
         ["?size2!", "?size1"])],
    "?x :size ?n FILTER(STRLEN(?z) > 1)": [
        ("unbound-variable", "?z", "?z has no value where this condition stands, so that it is never fulfilled", [])],
    "?x :partner ?y OPTIONAL { ?x :siez ?q } OPTIONAL { ?x :born ?z } FILTER(?z > 1)": [
        ("unbound-variable", "?z",
         "?z never gets a value, because its OPTIONAL never matches, and so the condition is never fulfilled", [])],
    "?x a :Firm OPTIONAL { ?x :size 10 ; :bron ?z } FILTER(BOUND(?z))": [
        ("unknown-term", ":bron", f":bron {UNKNOWN} property", [":born!"])],
    "?x :size ?n BIND(?z + 1 AS ?m) FILTER(?m > 1)": [
        ("expression-error", "BIND(?z + 1 AS ?m)",
         "BIND gives ?m no value: '?z + 1' is an error for every solution: ?z has no value", [])],
    "?x (:idle|:siez) ?n": SIEZ,
    "DESCRIBE ?x WHERE { ?x :siez ?n }": SIEZ,
    "?x :code ?l FILTER(STRENDS(?l, 'x1'))": [
        ("other-literal", "'x1'", "'x1' is there only in other case, or in text with a language tag", ['STRENDS(LCASE(STR(?l)), "x1")!'])],
    "?x <https://example.org/rank/> ?r": [
        ("unknown-term", "<https://example.org/rank/>", f"<rank/> {UNKNOWN} property", [":rank!"])],
    "?x <https://example.org/siez/> ?r": [
        ("unknown-term", "<https://example.org/siez/>", f"<siez/> {UNKNOWN} property", [])],
    "?x :partner ?y FILTER(STRLEN(?y) = 3)": [
        ("expression-error", "STRLEN(?y) = 3", "the condition 'STRLEN(?y) = 3' is an error for every solution: ?y is an IRI", [])],
    "?x :size 10 . ?x :rank ?r": [
        ("join", ":size 10", "each of these has solutions, but not together, joined by ?x: '?x <size> \"10\"' and '?x <rank> ?r'", [])],
    "?x a :Labx": [("unused-term", ":Labx", "<Labx> is declared, but the graph holds nothing of this class", [":Lab!"])],
    "?x skos:prefLabel ?l": [("unknown-term", "skos:prefLabel", f"skos:prefLabel {UNKNOWN} property", ["rdfs:label!"])],
    "PREFIX rdfs: <urn:x:> SELECT * { ?x rdfs:nosuch ?l }": [
        ("unknown-term", "rdfs:nosuch", f"rdfs:nosuch {UNKNOWN} property", [])],
    "{ SELECT ?x { ?x a :Lab } } ?x :born ?y": [
        ("class-clash", ":born", "<born> is no property of ?x but of its neighbours", [":partner/:born!"]),
        ("class-clash", ":Lab", "nothing that matches '?x <born> ?y' is a <Lab>; it is <Firm>", [":Firm!"])],
    "DESCRIBE :g1 :d": [("unknown-term", ":d", f":d {UNKNOWN} thing", [])],
    "CONSTRUCT WHERE { ?x :size ?n } LIMIT 0": [("limit", "LIMIT 0", "LIMIT 0 leaves no row", [])],
    "PREFIX rdfs: <urn:x:> SELECT * { ?x rdfs:label ?l }": [
        ("wrong-prefix", "<urn:x:>",
         "the prefix rdfs: is declared here as <urn:x:>, but it is known as <http://www.w3.org/2000/01/rdf-schema#>, where rdfs:label is",
         ["<http://www.w3.org/2000/01/rdf-schema#>!"])],
    "?x :size ?n FILTER(?n > 100 || ?n < 5)": [
        ("filter", "?n > 100 || ?n < 5",
         "the condition '?n > 100 || ?n < 5' removes all 3 solutions of the rest; ?n lies between 10 and 50", [])],
    "SELECT ?x { ?x :size ?n } GROUP BY ?x HAVING(SUM(?n) > 20 && SUM(?n) < 15)": [
        ("having", "SUM(?n) > 20",
         "no group fulfils all of these, though some fulfil each: 'SUM(?n) > 20', 'SUM(?n) < 15'; SUM(?n) lies between 10 and 50", [])],
    "SELECT ?x { ?x :size ?n } GROUP BY ?x HAVING(MAX(?z) > 1)": [
        ("having", "MAX(?z) > 1", "HAVING MAX(?z) > 1 removes all 3 groups", [])],
    "?x :rel :beta2": [
        ("wrong-value", ":beta2",
         "<beta2> is known, but as the value of <rel> it has no match; in its place fit, for example, <beta1>, <gamma-one>",
         [":beta1!"])],
    "?x :rel :gamma-onex": [
        ("wrong-value", ":gamma-onex",
         "<gamma-onex> is known, but as the value of <rel> it has no match; in its place fit, for example, <beta1>, <gamma-one>",
         [":gamma-one!"])],
    "?x :born ?y . ?x a :Lab": [
        ("class-clash", ":born", "<born> is no property of ?x but of its neighbours", [":partner/:born!"]),
        ("class-clash", ":Lab", "nothing that matches '?x <born> ?y' is a <Lab>; it is <Firm>", [":Firm!"])],
    "GRAPH ?g { ?x :size ?n } ?g :size ?m": [
        ("join", ":size ?n", "each of these has solutions, but not together, joined by ?g: '?x <size> ?n' and '?g <size> ?m'", [])],
    "SELECT ?x { ?x :size ?n } GROUP BY ?x HAVING(COUNT(*) > 5 || SUM(?n) > 600)": [
        ("having", "COUNT(*) > 5 || SUM(?n) > 600",
         "HAVING COUNT(*) > 5 || SUM(?n) > 600 removes all 3 groups; COUNT(*) lies between 1 and 1; SUM(?n) lies between 10 and 50", [])],
    "VALUES ?x { } ?x :size ?n": [("values", "VALUES ?x { }", "VALUES gives ?x no value at all", [])],
    # --- modifiers
    "SELECT * { :a :size ?n } OFFSET 1": [("offset", "OFFSET 1", "OFFSET 1 skips more than there is: the answer has 1 row", [])],
    "SELECT * { ?x :size ?n }\nLIMIT 2\n  OFFSET 3": [
        ("offset", "OFFSET 3", "OFFSET 3 skips more than there is: the answer has 3 rows", [])],
    "SELECT * { ?x :size ?n } ORDER BY ?n LIMIT 0": [("limit", "LIMIT 0", "LIMIT 0 leaves no row", [])],
    "SELECT ?x { ?x :size ?n } GROUP BY ?x HAVING(COUNT(*) > 0 && SUM(?n) > 60)": [
        ("having", "SUM(?n) > 60", "HAVING SUM(?n) > 60 removes all 3 groups; SUM(?n) lies between 10 and 50", [])],
    "SELECT ?x { :a :size ?n } GROUP BY ?x HAVING(MAX(STR(?n)) = 'x')": [
        ("having", "MAX(STR(?n)) = 'x'", "HAVING MAX(STR(?n)) = 'x' removes the one group; MAX(STR(?n)) lies between 10 and 10", [])],
    "SELECT ?x { ?x :name ?l } GROUP BY ?x HAVING(MAX(?l) = 'x')": [
        ("having", "MAX(?l) = 'x'", "HAVING MAX(?l) = 'x' removes all 3 groups", [])],
    "SELECT (MAX(?l + 1) AS ?m) { :a :name ?l }": [
        ("aggregate", "MAX(?l + 1)",
         "the pattern has 1 solution, but MAX(?l + 1) takes nothing from them: ?l is text in the language en", [])],
    "SELECT (MAX(?n + 'a') AS ?m) { ?x :size ?n }": [
        ("aggregate", "MAX(?n + 'a')",
         "the pattern has 3 solutions, but MAX(?n + 'a') takes nothing from them: ?n is a number (xsd:integer)", [])],
    # --- templates
    "CONSTRUCT { ?n :size ?x } WHERE { ?x :size ?n }": [
        ("expression-error", "?n", "?n is a number (xsd:integer), and no literal can be the subject of a statement", [])],
    "CONSTRUCT { ?firms :size ?n . ?z :size ?n } WHERE { ?firm :size ?n }": [
        ("unbound-variable", "?firms", "?firms has no value in the pattern, and no statement is made without it", ["?firm!"])],
    "CONSTRUCT { ?firms :size ?n } WHERE { ?firm :size ?n }": [
        ("unbound-variable", "?firms", "?firms has no value in the pattern, and no statement is made without it", ["?firm!"])],
}  # fmt: skip


@pytest.mark.parametrize("text", ALL)
def test_all_causes_of_a_query_in_words(store: EmbeddedStore, text: str) -> None:
    assert causes(store, text) == ALL[text]


def test_conditions_that_exclude_each_other_are_told_with_the_places_of_both(store: EmbeddedStore) -> None:
    text = f"{PREFIX}SELECT * {{ ?x :size ?n FILTER(?n < 15) FILTER(?n > 20) }}"
    first, *_ = diagnose(text, store).causes
    assert [text[span.start : span.end] for span in (first.span, *first.also)] == ["?n < 15", "?n > 20"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 70, "x" * 70),
        ("x" * 71, "x" * 67 + "…"),
        (" ?n  >\n 1 ", "?n > 1"),
        ("x" * 35 + " \n " + "y" * 34, "x" * 35 + " " + "y" * 34),
    ],
)
def test_a_long_condition_is_cut(text: str, shown: str) -> None:
    assert _short(text) == shown


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("size", "firmSize", True),  # the end of one is the other, whatever the case
        ("firmSize", "size", True),
        ("abcde", "abcdx", True),  # four letters of five
        ("abcd", "abcx", False),
        ("x", "y", False),
        ("x", "__x", False),  # a name that nobody wrote
    ],
)
def test_names_of_variables_that_are_alike(one: str, other: str, alike: bool) -> None:  # noqa: FBT001 - a column of the table
    assert _alike(one, other) is alike


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ SELECT * { ?a ?b ?c } }", "the inner query"),
        ("GRAPH ?g { ?a ?b ?c OPTIONAL { ?d ?e ?f } }", "GRAPH"),
        ("{ ?a ?b ?c OPTIONAL { ?d ?e ?f } }", "the group"),
        ("{ ?a ?b ?c } UNION { ?d ?e ?f }", "UNION"),
        ("VALUES ?a { 1 }", "VALUES"),
        ("BIND(1 AS ?a)", "BIND"),
        ("OPTIONAL { ?a ?b ?c }", "OPTIONAL"),
        ("?a a :C", "'?a a :C'"),
        ("?a :p+ 1", "'?a a path \"1\"'"),
        ("[] ?p :o", "'[] ?p :o'"),
    ],
)
def test_a_part_in_words(text: str, words: str) -> None:
    where = parse_query(f"PREFIX : <{E}> SELECT * {{ {text} }}").where
    assert where is not None
    (part,) = Splitter().parts(where)
    assert _words(part).replace(f"<{E}C>", ":C").replace(f"<{E}o>", ":o") == words


def test_values_that_may_be_equal_are_of_one_sort() -> None:
    number, other = (LiteralTerm("1", datatype=NamedNode(f"{XSD}{name}")) for name in ("integer", "gYear"))
    terms: list[NamedNode | LiteralTerm] = [
        NamedNode("urn:a"),
        LiteralTerm("a"),
        LiteralTerm("a", language="en"),
        LiteralTerm("a", language="de"),
        number,
        other,
    ]
    assert len({_sort(term) for term in terms}) == len(terms)
    assert _sort(NamedNode("urn:a")) == _sort(NamedNode("urn:b"))
    assert _sort(LiteralTerm("a", language="en")) == _sort(LiteralTerm("b", language="en"))


def test_of_many_classes_three_of_this_graph_are_told_first() -> None:
    own = [f"https://w3id.org/motkg/ontology/{name}" for name in "cab"]
    assert _telling(["http://x.org/a", *own]) == sorted(own)
    assert _telling(["http://x.org/b", "http://y.org/a", own[0]]) == [own[0], "http://y.org/a", "http://x.org/b"]


def made(score: float, start: int = 0, kind: Kind = Kind.JOIN, *, confirmed: bool = False) -> Cause:
    suggestions = (Suggestion("x", "q", gives_rows=True),) if confirmed else ()
    return Cause(kind, f"{score}", Span(start, start + 1, 1, start + 1), "w", suggestions, score=score)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], []),
        ([(40, 1), (60, 2), (50, 3)], ["60", "50", "40"]),
        ([(60, 9), (60, 2)], ["60 at 2", "60 at 9"]),  # of equals the first in the text
        ([(60, 1), (30, 2)], ["60", "30"]),  # half as good is told, less is noise
        ([(60, 1), (29, 2)], ["60"]),
        ([(50 + number, number) for number in range(6)], ["55", "54", "53", "52"]),  # no more than four
        ([(60, 1), (50, 1), (40, 2)], ["60", "40"]),  # one of a kind at a place
    ],
)
def test_the_best_causes_are_told_the_best_first(given: list[tuple[float, int]], kept: list[str]) -> None:
    found = _ordered(made(score, start) for score, start in given)
    assert [f"{each.sentence} at {each.span.start}" if " at " in kept[0] else each.sentence for each in found] == kept


def test_causes_of_several_kinds_may_stand_at_one_place() -> None:
    found = _ordered([made(60, 1), made(50, 1, Kind.FILTER)])
    assert [each.kind for each in found] == [Kind.JOIN, Kind.FILTER]


@pytest.mark.parametrize(("guess", "first"), [(55, "50"), (57, "57")])
def test_an_answer_is_worth_six_points_and_a_cause_with_one_leaves_guesses_behind(guess: float, first: str) -> None:
    found = _ordered([made(guess, 1), made(50, 2, confirmed=True)])
    assert found[0].sentence == first
    assert len(found) == (1 if found[0].confirmed else 2)
    confirmed = next(each for each in found if each.confirmed)
    assert confirmed.score == 56
    assert replace(confirmed, score=50.0) == made(50, 2, confirmed=True)


# From what is certain to what is a guess: a cause before another says more of what is meant.
BY_PROBABILITY = [
    ("PREFIX rdfs: <urn:x:> SELECT * { ?x rdfs:label ?l }", Kind.WRONG_PREFIX),
    ("?x <https://www.w3.org/2000/01/rdf-schema#label> ?l", Kind.WRONG_PREFIX),
    ("?x :siez ?n", Kind.UNKNOWN_TERM),
    ("SELECT * FROM :g1 { ?x :partner ?y }", Kind.WRONG_GRAPH),
    ("?x :size ?n FILTER(?n > 20) FILTER(?n < 15)", Kind.FILTER),
    ("?x :size ?n BIND(?n + 'a' AS ?m) FILTER(?m > 1)", Kind.EXPRESSION_ERROR),
    ("?x :size ?n FILTER(?z > 1)", Kind.UNBOUND_VARIABLE),
    ("?x :partner ?y OPTIONAL { ?x :born ?z } FILTER(?z > 1)", Kind.UNBOUND_VARIABLE),
    (":a :size ?n FILTER(?n + 'a' > 1)", Kind.EXPRESSION_ERROR),
    ("?x :name 'Aster'", Kind.OTHER_LITERAL),
    ("?x :code ?l FILTER(STRSTARTS(?l, 'x'))", Kind.OTHER_LITERAL),
    ("?x :partner 'aster works'", Kind.WRONG_VALUE),
    ("GRAPH ?g { :c :partner ?p . ?p :size ?n }", Kind.WRONG_GRAPH),
    ("?x a :Idle", Kind.UNUSED_TERM),
    (":a :partner ?x", Kind.WRONG_DIRECTION),
    ("?firm1 a :Lab ; :partner ?firm . ?firm1 :born ?b", Kind.JOIN),
    ("?x a :Lab . ?x :born ?y", Kind.CLASS_CLASH),
    ("?x ?p 5 FILTER(?p = :ranks)", Kind.WRONG_VALUE),
    ("VALUES ?x { :a } ?x a :Lab", Kind.VALUES),
    ("?x :size ?m . ?y :name ?m", Kind.JOIN),
    ("VALUES ?x { :a } ?x a :Lab", Kind.CLASS_CLASH),
    ("?x :name 'Astre'@en", Kind.WRONG_VALUE),
    ("?x :size ?n FILTER(?n > 100)", Kind.FILTER),
    (":a :partner ?x . ?y :siez ?z", Kind.WRONG_DIRECTION),
    ("?x :size 11", Kind.WRONG_VALUE),
    ("?x a :Lab . ?x :rank ?r", Kind.JOIN),
    ("BIND(11 AS ?n) ?x :size ?n", Kind.WRONG_VALUE),
    ("?x :size 11", Kind.NO_STATEMENT),
]


def test_the_order_of_causes_is_that_of_their_probability(store: EmbeddedStore) -> None:
    """Whether a correction gives an answer is another matter, and left out here."""
    scores = []
    for text, kind in BY_PROBABILITY:
        query = text if "{" in text and "SELECT" in text else f"SELECT * {{ {text} }}"
        found = [each for each in diagnose(PREFIX + query, store, Limits(2000, 60)).causes if each.kind is kind]
        assert found, text
        scores.append(found[0].score - 6 * found[0].confirmed)
    assert all(one > other for one, other in pairwise(scores)), scores


@pytest.mark.parametrize(("rows", "kind"), [(50, "unknown-term"), (51, "values")])
def test_of_a_long_data_block_no_single_value_is_the_cause(store: EmbeddedStore, rows: int, kind: str) -> None:
    listed = " ".join([":zz"] * rows)
    assert causes(store, f"VALUES ?x {{ {listed} }} ?x :size ?n")[0][0] == kind
