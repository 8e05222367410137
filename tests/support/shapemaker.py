"""Shapes and data at random, on which two independent validators are to come to the same results.

The shapes are nested and named, have all kinds of targets and paths, qualified shapes with disjoint siblings, closed
shapes, pairs of properties, languages and queries. None refers to itself: SHACL leaves recursion open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

PREFIXES: Final = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <https://example.org/> .
"""
_NODES: Final = (":a", ":b", ":c", ":d", "_:e")
_PROPERTIES: Final = (":p", ":q", ":r")
_CLASSES: Final = (":A", ":B", ":C", ":D")
_LITERALS: Final = (
    *("1", "2", "10", "1.0", "1.5", "-3", "1e0", '"x"', '"xy"', '"X"', '""', "true", "false", '"1"'),
    *(
        '"y"@en',
        '"z"@de',
        '"y"@en-GB',
        '"w"@en',
        '"x"^^:own',
        '"abc"^^xsd:integer',
        '"2005"^^xsd:gYear',
        '"1999"^^xsd:gYear',
    ),
    *(
        '"2020-01-01"^^xsd:date',
        '"2021-05-05"^^xsd:date',
        '"2020-01-01T00:00:00"^^xsd:dateTime',
        '"P1D"^^xsd:dayTimeDuration',
    ),
)
_DATATYPES: Final = tuple(
    f"xsd:{name}" for name in ("integer", "string", "decimal", "boolean", "date", "gYear", "double")
)


def make_data(random: Random) -> str:
    """Return a small graph in Turtle: instances of classes, some of them subclasses, and values of all kinds."""
    lines = [f"{node} a {kind} ." for node in _NODES for kind in random.sample(_CLASSES, random.choice((0, 1, 1, 2)))]
    lines += [":B rdfs:subClassOf :A .", ":D rdfs:subClassOf :B ."]
    for _ in range(random.randint(8, 18)):
        value = random.choice(_NODES) if random.random() < 0.5 else random.choice(_LITERALS)
        lines.append(f"{random.choice(_NODES)} {random.choice(_PROPERTIES)} {value} .")
    return PREFIXES + "\n".join(lines) + "\n"


def make_shapes(random: Random) -> str:
    """Return a shapes graph in Turtle."""
    return PREFIXES + _Maker(random).shapes()


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def shapes(self) -> str:
        shapes = [self._targeted(number) for number in range(self._random.randint(1, 3))]
        shapes.append(f":N1 {self._simple()} .")
        shapes.append(f":N2 sh:property [ sh:path {self._path(1)} ; {self._one('sh:minCount 1', 'sh:maxCount 1')} ] .")
        shapes.append(f":N3 a sh:NodeShape ; {self._one('sh:node', 'sh:not')} :N1 ; {self._simple()} .")
        shapes.append(f":P1 sh:path {self._path(1)} ; {self._property_constraint(3)} .")
        return "\n".join(shapes) + "\n"

    def _targeted(self, number: int) -> str:
        body = self._body(0)
        if self._chance(12):  # an implicit class target
            return f"{_CLASSES[number]} a rdfs:Class , sh:NodeShape ; {body} ."
        target = self._one(
            f"sh:targetClass {self._one(*_CLASSES)}",
            f"sh:targetNode {self._one(*_NODES[:4])} , {self._one('1', self._one(*_LITERALS))}",
            f"sh:targetSubjectsOf {self._one(*_PROPERTIES)}",
            f"sh:targetObjectsOf {self._one(*_PROPERTIES)}",
            'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this '
            f'{{ ?this <https://example.org/{self._one("p", "q", "r")}> ?value FILTER(isIRI(?value)) }}" ]',
        )
        if self._chance(15):
            constraint = self._property_constraint(3)
            return f":S{number} a sh:PropertyShape ; {target} ; sh:path {self._path(0)} ; {constraint} ."
        kind = self._one("", "a sh:NodeShape ; ")
        return f":S{number} {kind}{target} ; {body}{self._severity()} ."

    def _severity(self) -> str:
        return f" ; sh:severity sh:{self._one('Warning', 'Info')}" if self._chance(15) else ""

    def _body(self, depth: int) -> str:
        """Return one to three constraints of a node shape, each of another parameter."""
        parts: dict[str, str] = {}
        for _ in range(self._random.choice((1, 1, 2, 3))):
            part = self._one(self._simple(), self._property(depth + 1), self._property(depth + 1), self._logic(depth))
            if self._chance(12):
                part = f"sh:closed true ; sh:ignoredProperties ( {self._one(*_PROPERTIES)} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> )"
            if self._chance(6):
                part = (
                    'sh:sparql [ sh:message "m" ; sh:select "SELECT $this ?value '
                    f'{{ $this <https://example.org/{self._one("p", "q")}> ?value FILTER(isLiteral(?value)) }}" ]'
                )
            parts.setdefault(part.split()[0], part)
        return " ; ".join(parts.values())

    def _simple(self) -> str:
        return self._one(
            f"sh:nodeKind sh:{self._one('IRI', 'Literal', 'BlankNode', 'IRIOrLiteral', 'BlankNodeOrIRI', 'BlankNodeOrLiteral')}",
            f"sh:class {self._one(*_CLASSES)}",
            f"sh:datatype {self._one(*_DATATYPES)}",
            f"sh:{self._one('minInclusive', 'minExclusive', 'maxInclusive', 'maxExclusive')} "
            + self._one("1", "1.5", '"2000"^^xsd:gYear', '"2020-06-01"^^xsd:date'),
            f"sh:{self._one('minLength', 'maxLength')} {self._one('0', '1', '2')}",
            f'sh:pattern "{self._one("^[a-z]+$", "x", "^.{2}$", "[0-9]")}"{self._one("", self._flags())}',
            f"sh:languageIn ( {self._one(chr(34) + 'en' + chr(34), chr(34) + 'de' + chr(34) + ' ' + chr(34) + 'en-GB' + chr(34))} )",
            f'sh:in ( 1 "x" {self._one(*_NODES[:4])} {self._one(*_LITERALS)} )',
            f"sh:hasValue {self._one(*_NODES[:4], *_LITERALS)}",
        )

    def _flags(self) -> str:
        return ' ; sh:flags "i"'

    def _property(self, depth: int) -> str:
        if self._chance(10):
            return "sh:property :P1"
        if self._chance(12) and depth < 3:
            return self._siblings(depth)
        constraints: dict[str, str] = {}
        for _ in range(self._random.choice((1, 1, 2))):
            constraint = self._property_constraint(depth)
            constraints.setdefault(constraint.split()[0], constraint)
        off = " ; sh:deactivated true" if self._chance(5) else ""
        kind = self._one("", "a sh:PropertyShape ; ")
        joined = " ; ".join(constraints.values())
        return f"sh:property [ {kind}sh:path {self._path(0)} ; {joined}{self._severity()}{off} ]"

    def _property_constraint(self, depth: int) -> str:
        # only where its results are seen: engines differ in whether a resource is less than or equal to itself
        pair = self._one("equals", "disjoint", "lessThan", *(("lessThanOrEquals",) if depth == 1 else ()))
        choices = [
            f"sh:minCount {self._one('1', '2')}",
            f"sh:maxCount {self._one('0', '1')}",
            "sh:uniqueLang true",
            f"sh:{pair} {self._one(*_PROPERTIES)}",
            self._simple(),
            self._simple(),
        ]
        if depth < 3:
            choices += [self._logic(depth), self._property(depth + 1), self._qualified(depth)]
        return self._random.choice(choices)

    def _qualified(self, depth: int) -> str:
        return f"sh:qualifiedValueShape {self._shape(depth)} ; sh:qualified{self._one('MinCount 1', 'MaxCount 1', 'MinCount 2')}"

    def _siblings(self, depth: int) -> str:
        """Return two property shapes whose qualified shapes are disjoint."""
        path = self._path(1)
        shapes = [
            f"[ sh:path {path if self._chance(70) else self._path(1)} ; sh:qualifiedValueShapesDisjoint true ; {self._qualified(depth + 1)} ]"
            for _ in range(2)
        ]
        return f"sh:property {' , '.join(shapes)}"

    def _logic(self, depth: int) -> str:
        if depth > 2:
            return self._simple()
        match self._random.randrange(5):
            case 0:
                return f"sh:node {self._shape(depth)}"
            case 1:
                return f"sh:not {self._shape(depth)}"
        word = self._one("and", "or", "xone")
        shapes = " ".join(self._shape(depth) for _ in range(self._random.choice((1, 2, 2, 3))))
        return f"sh:{word} ( {shapes} )"

    def _shape(self, depth: int) -> str:
        if self._chance(35) or depth > 2:
            return self._one(":N1", ":N2", ":N3")
        return f"[ {self._one('', 'a sh:NodeShape ; ')}{self._body(depth + 1)} ]"

    def _path(self, depth: int) -> str:
        if depth > 2 or self._chance(45):
            return self._one(*_PROPERTIES)
        first, second = self._path(depth + 1), self._path(depth + 1)
        return self._one(
            f"[ sh:inversePath {first} ]",
            f"( {first} {second} )",
            f"[ sh:alternativePath ( {first} {second} ) ]",
            f"[ sh:zeroOrMorePath {first} ]",
            f"[ sh:oneOrMorePath {first} ]",
            f"[ sh:zeroOrOnePath {first} ]",
        )
