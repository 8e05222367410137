"""Which nodes a shape is applied to: every engine agrees, whatever makes a node a shape or a class its own target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from kg.commands.validate import check, read_data, read_given_shapes
from kg.core.errors import InputError
from kg.shacl import Report, read_shapes, validate

if TYPE_CHECKING:
    from pathlib import Path

    from kg.shacl.engine import Engine

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://example.org/> .
"""
EX = "https://example.org/"
ENGINES = pytest.mark.parametrize("engine", ["auto", "columnar", "sparql", "pyshacl"])
ASKS = "sh:property [ sh:path :p ; sh:maxCount 0 ]"


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TRIG))


def focus(data: str, shapes: str, engine: Engine = "auto") -> list[str]:
    report = validate(quads(data), read_shapes(quads(shapes)), engine=engine)
    assert report.focus_nodes >= len({result.focus for result in report.results})
    return sorted(str(result.focus).strip("<>").removeprefix(EX) for result in report.results)


DATA = ":a a :C ; :p 1 . :b a :D ; :p 1 . :D rdfs:subClassOf :C . :c a :E ; :p 1 ."


@ENGINES
@pytest.mark.parametrize(
    ("shapes", "wanted"),
    [
        (f":C a rdfs:Class , sh:NodeShape ; {ASKS} .", ["a", "b"]),
        (f":C a owl:Class , sh:NodeShape ; {ASKS} .", ["a", "b"]),
        (f":C a :Kind , sh:NodeShape ; {ASKS} . :Kind rdfs:subClassOf rdfs:Class .", ["a", "b"]),
        (f":C a :K , sh:NodeShape ; {ASKS} . :K rdfs:subClassOf :L . :L rdfs:subClassOf rdfs:Class .", ["a", "b"]),
        (f":C a rdfs:Class , :Own ; {ASKS} . :Own rdfs:subClassOf :O . :O rdfs:subClassOf sh:NodeShape .", ["a", "b"]),
        (f":C a :Both ; {ASKS} . :Both rdfs:subClassOf rdfs:Class , sh:NodeShape .", ["a", "b"]),
        (":C a rdfs:Class , :Own ; sh:path :p ; sh:maxCount 0 . :Own rdfs:subClassOf sh:PropertyShape .", ["a", "b"]),
        (f":C a rdfs:Class ; {ASKS} . :S sh:targetClass :E ; {ASKS} .", ["c"]),
        (f":C a sh:NodeShape ; {ASKS} . :S sh:targetClass :E ; {ASKS} .", ["c"]),
        (f":C a :Kind , sh:NodeShape ; {ASKS} . rdfs:Class rdfs:subClassOf :Kind . :S sh:targetClass :E ; {ASKS} .", ["c"]),
        ((f":C a :Kind , sh:NodeShape ; sh:deactivated true ; {ASKS} . :Kind rdfs:subClassOf rdfs:Class ."
         f" :S sh:targetClass :E ; {ASKS} ."), ["c"]),
        (f":C a rdfs:Class ; sh:targetNode :c ; {ASKS} .", ["c"]),
    ],
)  # fmt: skip
def test_a_shape_that_is_an_instance_of_the_class_of_classes_is_its_own_target(
    shapes: str, wanted: list[str], engine: Engine
) -> None:
    assert focus(DATA, shapes, engine) == wanted


def selecting(query: str, more: str = "a sh:SPARQLTarget") -> str:
    return f"sh:target [ {more} ; sh:select '''{query}''' ]"


COMPUTED = 'SELECT ?this WHERE { BIND (IRI(CONCAT("https://example.org/", "c")) AS ?this) }'
OF_C = "SELECT ?this WHERE { ?this a <https://example.org/C> }"


@ENGINES
@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        (f":S {selecting(OF_C)} ; sh:path :p ; sh:maxCount 0 .", ["a"]),
        (f":S {selecting(OF_C)} ; {ASKS} .", ["a"]),
        (f":S a sh:NodeShape ; {selecting(OF_C, 'rdfs:label 1')} ; {ASKS} .", ["a"]),
        (f":S a sh:PropertyShape ; {selecting(OF_C)} ; sh:targetClass :E ; sh:path :p ; sh:maxCount 0 .", ["a", "c"]),
        (f":S {selecting('SELECT * WHERE { ?this a ?c } LIMIT 100')} ; {ASKS} .", ["a", "b", "c"]),
        (f":S {selecting(COMPUTED)} ; {ASKS} .", ["c"]),
        (":o sh:declare [ sh:prefix 'e' ; sh:namespace 'https://example.org/'^^xsd:anyURI ] . "
         f":S sh:target [ sh:prefixes :o ; sh:select 'SELECT DISTINCT ?this {{ ?this a/rdfs:subClassOf* e:C }}' ] ; {ASKS} ."
         .replace("a/rdfs:subClassOf*", "a/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"), ["a", "b"]),
        ((f":T a sh:SPARQLTargetType ; sh:parameter [ sh:path :of ] ; sh:select 'SELECT ?this {{ ?this a $of }}' ."
         f" :S sh:target [ a :T ; :of :E ] , [ a :T ; :of :D ] ; {ASKS} ."), ["b", "c"]),
        ((":T a sh:SPARQLTargetType ; sh:select 'SELECT ?this { ?this a ?c }' . :U rdfs:subClassOf :V ."
         f" :V rdfs:subClassOf :T . :S sh:target [ a :U ] ; {ASKS} ."), ["a", "b", "c"]),
        ((f":T a sh:SPARQLTargetType ; sh:parameter [ sh:path :of ; sh:optional true ] ; sh:select 'SELECT ?this {{ ?this a $of }}' ."
         f" :S sh:target [ a :T ] ; {ASKS} ."), ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_a_query_selects_the_focus_nodes_of_a_target(shape: str, wanted: list[str], engine: Engine) -> None:
    assert focus(DATA, shape, engine) == wanted


@ENGINES
def test_blank_nodes_and_literals_are_selected_as_well(engine: Engine) -> None:
    query = "SELECT ?this { { ?this <https://example.org/q> ?x } UNION { ?x <https://example.org/q> ?this } }"
    shape = f":S {selecting(query)} ; sh:nodeKind sh:IRI ."
    report = validate(quads("[] :q '007'^^xsd:integer ."), read_shapes(quads(shape)), engine=engine)
    assert (len(report.results), report.focus_nodes) == (2, 2)
    if engine != "sparql":  # the store of that engine rewrites literals
        assert "007" in {result.focus.value for result in report.results if hasattr(result.focus, "value")}


@ENGINES
def test_a_query_that_selects_nothing_is_told_like_any_empty_target(engine: Engine) -> None:
    shape = f":S {selecting(OF_C)} ; {ASKS} ."
    report = validate(quads(":c a :E ; :p 1 ."), read_shapes(quads(shape)), engine=engine)
    assert [(target.kind, target.known) for target in report.empty_targets] == [("target", True)]
    assert (report.results, report.focus_nodes) == ((), 0)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("[ sh:select 'SELECT ?x WHERE { ?x ?p ?o }' ]", "does not select ?this"),
        ("[ sh:select 'ASK { ?this ?p ?o }' ]", "does not select ?this"),
        ("[ a sh:SPARQLTarget ]", "without a query"),
        (":C", "without a query"),
        ("[ sh:select 'SELECT ?this WHERE { ?this }' ]", "cannot be read"),
        ("[ sh:select 1 , 2 ]", "exactly one sh:select"),
        ("[ sh:select 'SELECT ?this WHERE { GRAPH ?g { ?this ?p ?o } }' ]", "GRAPH"),
        ("[ sh:select 'SELECT ?this WHERE { ?this ?p ?o FILTER (<https://example.org/f>(?o)) }' ]", "example.org/f"),
        ("[ a :T ]", "0 values of"),
        ("[ a :T ; :of 1 , 2 ]", "2 values of"),
    ],
)
def test_a_target_that_cannot_be_evaluated_is_told_by_the_name_of_its_shape(target: str, told: str) -> None:
    kind = ":T a sh:SPARQLTargetType ; sh:parameter [ sh:path :of ] ; sh:select 'SELECT ?this { ?this a $of }' . "
    with pytest.raises(InputError) as caught:
        read_shapes(quads(f"{kind}:S sh:target {target} ; {ASKS} ."))
    assert told in str(caught.value)
    assert "https://example.org/S> has an sh:target" in str(caught.value)


def run(folder: Path, data: str, shapes: str) -> Report:
    (folder / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    (folder / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    return check(read_data([str(folder / "data.ttl")], with_ontology=False), read_given_shapes([folder / "shapes.ttl"]))


def concerns(report: Report) -> list[tuple[str, int]]:
    return sorted((each.kind, each.origin.line if each.origin else 0) for each in report.concerns)


def test_an_empty_target_by_query_makes_the_run_unclean_at_the_place_of_its_shape(tmp_path: Path) -> None:
    report = run(tmp_path, ":c a :E ; :p 1 .", f":S {selecting(OF_C)} ; {ASKS} .")
    assert (report.conforms, report.fails(), concerns(report)) == (True, True, [("empty-target", 4)])


def test_a_shape_with_the_name_of_a_class_of_the_data_and_no_target_is_told(tmp_path: Path) -> None:
    shapes = f":C a sh:NodeShape ; {ASKS} .\n:S sh:targetClass :E ; sh:nodeKind sh:IRI ."
    report = run(tmp_path, ":a a :C ; :p 1 . :c a :E . :C a rdfs:Class .", shapes)
    assert (report.results, concerns(report)) == ((), [("no-shapes", 4)])
    assert "sh:targetClass" in report.concerns[0].message
    for cure in (f":C a sh:NodeShape , rdfs:Class ; {ASKS} .", f":C sh:targetClass :C ; {ASKS} ."):
        assert len(run(tmp_path, ":a a :C ; :p 1 . :c a :E .", cure).results) == 1
    used = f"{shapes} :R sh:targetClass :E ; sh:not :C ."
    assert not concerns(run(tmp_path, ":a a :C ; :p 1 . :c a :E ; :p 1 .", used))


PASSED = {
    "rule": "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 1 ; sh:condition :Z ]",
    "rule with a query": "sh:rule [ a sh:SPARQLRule ; sh:construct 'no SPARQL at all' ]",
    "values": "sh:property [ sh:path :p ; sh:values [ sh:path :p ] ]",
    "expression": "sh:expression [ sh:exists [ sh:path :p ] ]",
    "JavaScript": "sh:js [ a sh:JSConstraint ; sh:jsFunctionName 'f' ; sh:jsLibrary [ sh:jsLibraryURL 'f.js'^^xsd:anyURI ] ]",
}


@pytest.mark.parametrize("passed", PASSED)
def test_what_is_not_supported_is_told_and_everything_else_runs(tmp_path: Path, passed: str) -> None:
    report = run(tmp_path, DATA, f":S sh:targetClass :C ; {ASKS} ; {PASSED[passed]} .\n:Z sh:class :C .")
    assert len(report.results) == 2
    assert concerns(report) == [("unsupported-part", 4)]
    assert not report.allowing({"unsupported-part"}).concerns[0].message.startswith("unknown")


def test_words_of_expressions_on_a_shape_are_misspelt_parameters(tmp_path: Path) -> None:
    report = run(
        tmp_path, DATA, f":S sh:targetClass :C ; {ASKS} ; sh:property [ sh:path :q ; sh:max 0 ; sh:minCount 0 ] ."
    )
    assert ("unknown-shacl-term", 4) in concerns(report)


COMPONENTS = """
:NoWay a sh:ConstraintComponent ; sh:parameter [ sh:path :noWay ] .
:ByScript a sh:ConstraintComponent ; sh:parameter [ sh:path :byScript ] ; sh:validator [ a sh:JSValidator ; sh:jsFunctionName "f" ] .
:Two a sh:ConstraintComponent ; sh:parameter [ sh:path :two ] ; sh:validator [ a sh:JSValidator ; sh:jsFunctionName "f" ] ,
  [ a sh:SPARQLAskValidator ; sh:ask "ASK { $this <urn:none> $value }" ] .
:Broken a sh:ConstraintComponent ; sh:parameter [ sh:path :a-b ] ; sh:validator [ sh:ask "ASK { }" ] .
sh:MaxCountConstraintComponent a sh:ConstraintComponent ; sh:parameter [ sh:path sh:maxCount ] ;
  sh:validator [ sh:ask "ASK { FILTER (1 = 2) }" ] .
:Never a sh:ConstraintComponent ; sh:parameter [ sh:path :never ] ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { $this <urn:none> $value }" ] .
"""


@ENGINES
def test_a_component_that_cannot_be_used_leaves_the_others_alone(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "shapes.ttl").write_text(
        f"{PREFIXES}{COMPONENTS}:S sh:targetClass :E ; sh:property [ sh:path :p ; :never true ; sh:maxCount 1 ] , "
        "[ sh:path :p ; :two 1 ] .",
        encoding="utf-8",
    )
    given = read_given_shapes([tmp_path / "shapes.ttl"])
    assert [(each.kind, "a-b" in each.message) for each in given.concerns] == [("ill-formed-shape", True)]
    report = validate(quads(DATA), given.shapes, engine=engine)
    assert sorted(result.component.value.removeprefix(EX) for result in report.results) == ["Never", "Two"]


@pytest.mark.parametrize("parameter", ["noWay", "byScript"])
def test_a_constraint_without_a_sparql_validator_is_told_where_a_shape_uses_it(tmp_path: Path, parameter: str) -> None:
    shapes = f"{COMPONENTS.replace(':a-b', ':ab')}:S sh:targetClass :E ; sh:path :p ; :never true ; :{parameter} 1 ."
    report = run(tmp_path, ":c a :E ; :p 1 .", shapes)
    assert [result.component.value for result in report.results] == [f"{EX}Never"]
    assert [kind for kind, _ in concerns(report)] == ["unsupported-part"]


@pytest.mark.parametrize(
    "said",
    ['sh:description "Weight in <b>kg</b>"^^rdf:HTML', "sh:name 1", "sh:name :n", "sh:order 'first'", "sh:group 1", "sh:defaultValue :d"],
)  # fmt: skip
def test_what_a_shape_says_for_readers_never_keeps_it_from_running(tmp_path: Path, said: str) -> None:
    report = run(
        tmp_path, ":c a :E ; :p 1 .", f":S sh:targetClass :E ; sh:property [ sh:path :p ; sh:maxCount 0 ; {said} ] ."
    )
    assert (len(report.results), concerns(report)) == (1, [])
