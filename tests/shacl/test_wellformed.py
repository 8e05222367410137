"""A shapes graph that breaks a syntax rule of SHACL is told shape by shape, and what can be run is."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.core.resources import shape_files
from kg.shacl import validate
from kg.shacl.shapes.reading import examine_shapes, shape_quads

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/> .
"""
EX = "https://example.org/"


def found(text: str) -> tuple[set[str], list[tuple[str, str]]]:
    shapes, concerns = examine_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))
    return {str(node.value).removeprefix(EX) for node in shapes.by_node}, [
        (concern.kind, concern.message) for concern in concerns
    ]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('sh:targetClass "C"', 'has "C" for sh:targetClass, expected an IRI'),
        ("sh:targetNode []", "for sh:targetNode, expected an IRI or a literal"),
        ("sh:targetSubjectsOf 1", "for sh:targetSubjectsOf, expected an IRI"),
        ("sh:message 5", "for sh:message, expected a string, with or without a language"),
        ('sh:deactivated "yes"', 'has "yes" for sh:deactivated, expected one xsd:boolean'),
        ("sh:path :p ; sh:uniqueLang 1", "for sh:uniqueLang, expected one xsd:boolean"),
        ('sh:closed "true"', 'has "true" for sh:closed, expected one xsd:boolean'),
        ('sh:ignoredProperties ( "p" )', 'has "p" for sh:ignoredProperties, expected one list of IRIs'),
        ('sh:languageIn ( "en"@en )', "for sh:languageIn, expected one list of xsd:string"),
        ('sh:pattern "a"@en', "for sh:pattern, expected an xsd:string"),
        ('sh:flags "i" , "s" ; sh:pattern "a"', "more than one value of sh:flags"),
        ('sh:not "shape"', "is a literal and cannot be a shape"),
        ("sh:datatype xsd:string , xsd:integer", "more than one value of sh:datatype"),
        ("a sh:NodeShape ; sh:path :p", "is a node shape and a property shape at once"),
        ('sh:pattern "("', "has an sh:pattern that cannot be run"),
    ],
)
def test_each_rule_has_its_sentence(statement: str, message: str) -> None:
    runnable, concerns = found(f":S sh:nodeKind sh:IRI ; {statement} . :Good sh:targetClass :C .")
    assert "S" not in runnable
    assert "Good" in runnable
    assert any(kind == "ill-formed-shape" and message in text for kind, text in concerns), concerns


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ('sh:declare [ sh:prefix "ex" ; sh:namespace 5 ]', "expected one xsd:anyURI"),
        ('sh:declare "ex"', "expected a prefix declaration"),
    ],
)
def test_prefix_declarations_have_rules_too(declaration: str, message: str) -> None:
    _, concerns = found(f":S sh:targetClass :C . :ontology {declaration} .")
    assert any(message in text for _, text in concerns)


def test_a_shape_that_refers_to_one_that_cannot_be_run_loses_what_it_asks_by_it() -> None:
    runnable, concerns = found(
        ":S sh:targetClass :C ; sh:and ( :T ) . :T sh:node :U . :U sh:deactivated 1 . :V sh:targetClass :C ."
    )
    assert runnable == {"S", "T", "V"}
    assert [message.split(">")[0].removeprefix(f"<{EX}") for _, message in concerns] == ["U", "T", "S"]


@pytest.mark.parametrize(
    ("start", "end"), [("[ sh:node ", "]"), ("[ sh:or ( ", ") ]"), ("[ sh:path :p ; sh:property ", "]")]
)
@pytest.mark.parametrize(("levels", "left_out"), [(60, 0), (70, 1), (1000, 15)])
def test_shapes_nested_too_deeply_are_left_out_and_told(start: str, end: str, levels: int, left_out: int) -> None:
    """Of 1,000 shapes inside one another the 65th from inside is left out, then the 65th above it, and so on."""
    parameter = "sh:property" if "sh:path" in start else "sh:node"
    innermost = "[ sh:path :p ; sh:minCount 1 ]" if "sh:path" in start else "[ sh:nodeKind sh:IRI ]"
    text = f":S sh:targetClass :C ; {parameter} {start * levels}{innermost}{end * levels} ."
    runnable, concerns = found(text)
    assert "S" in runnable
    assert sum("nests shapes more than 64 levels deep" in message for _, message in concerns) == left_out
    assert validate(
        parse(PREFIXES + ":a a :C .", RdfFormat.TURTLE), examine_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))[0]
    )


@pytest.mark.parametrize(
    ("start", "end"), [("( :p ", " )"), ("[ sh:inversePath ", "]"), ("[ sh:alternativePath ( :p ", ") ]")]
)
def test_a_path_nested_too_deeply_is_none(start: str, end: str) -> None:
    def concerns(levels: int) -> list[str]:
        text = f":S sh:targetClass :C ; sh:path {start * levels}:q{end * levels} ; sh:minCount 1 ."
        return [message for _, message in found(text)[1]]

    assert concerns(100) == []
    assert "nested deeper than 100 levels" in concerns(101)[0]
    assert "nested deeper than 100 levels" in concerns(2000)[0]


def test_unknown_terms_do_not_keep_the_rest_from_running_and_are_told_with_their_shape() -> None:
    shapes, (concern,) = examine_shapes(parse(f"{PREFIXES}:S sh:targetClass :C ; sh:mincount 1 .", RdfFormat.TURTLE))
    assert set(shapes.by_node) == {NamedNode(f"{EX}S")}
    assert (concern.kind, concern.shape, concern.near[0]) == ("unknown-shacl-term", NamedNode(f"{EX}S"), "sh:minCount")


def test_the_shipped_shapes_are_well_formed() -> None:
    shapes, concerns = examine_shapes(shape_quads(shape_files()))
    assert concerns == ()
    assert len(shapes.by_node) > 200


BAD = 'sh:property [ sh:path ex:p ; sh:pattern "(" ]'
GOOD = "sh:property [ sh:path ex:q ; sh:maxCount 0 ]"


@pytest.mark.parametrize(
    ("shapes", "results", "concerns"),
    [
        (f"ex:S sh:targetNode ex:a ; {BAD} ; {GOOD} .", ["MaxCount"], 2),
        (f"ex:S sh:targetNode ex:a ; sh:node ex:T ; {GOOD} . ex:T {BAD} ; sh:nodeKind sh:Literal .", ["MaxCount", "Node"], 2),
        (f"ex:S sh:targetNode ex:a ; sh:not ex:T ; {GOOD} . ex:T {BAD} .", ["MaxCount"], 3),
        (f"ex:S sh:targetNode ex:a ; sh:not ex:U ; {GOOD} . ex:U sh:node ex:T . ex:T {BAD} .", ["MaxCount"], 3),
        (f"ex:S sh:targetNode ex:a ; sh:or ( ex:T ex:V ) ; {GOOD} . ex:T {BAD} . ex:V sh:nodeKind sh:IRI .", ["MaxCount"], 3),
        (f"ex:R sh:targetNode ex:a ; sh:property [ sh:path ex:q ; sh:not ex:S ] . ex:S sh:targetNode ex:a ; {BAD} ; {GOOD} .", ["MaxCount"], 3),
    ],
)  # fmt: skip
def test_a_shape_is_applied_without_what_depends_on_one_that_cannot_be_run(
    shapes: str, results: list[str], concerns: int
) -> None:
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> . "
    read, told = examine_shapes(parse(prefixes + shapes, RdfFormat.TURTLE))
    found = (
        validate(parse(f"{prefixes}ex:a ex:p 'x' ; ex:q 1 .", RdfFormat.TURTLE), read) if read.with_targets() else None
    )
    assert sorted(r.component.value[27:-19] for r in (found.results if found else ())) == results
    assert [concern.kind for concern in told] == ["ill-formed-shape"] * concerns
