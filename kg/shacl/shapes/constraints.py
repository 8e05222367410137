"""Read the constraints of a shape (W3C SHACL sections 4 to 6), and check the syntax rules of their values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.columns.arrays import flags as truth_values
from kg.core.terms import RDF, RDF_TYPE, SH, XSD, compact
from kg.shacl.nodes import FIRST, NIL, REST, Node, ShapeSyntaxError, is_true, sh, text_in
from kg.shacl.report.report import Concern
from kg.shacl.shapes.shapes import (
    COUNT_PARAMETERS,
    LIST_PARAMETERS,
    NODE_KINDS,
    SHAPE_LIST_PARAMETERS,
    SHAPE_PARAMETERS,
    TERM_PARAMETERS,
    Component,
    Constraint,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.columns.arrays import Mask
    from kg.shacl.nodes import DataGraph, Node, Path


_PREDICATE_PARAMETERS: Final = ("equals", "disjoint", "lessThan", "lessThanOrEquals")


def read_list(graph: DataGraph, head: Node) -> tuple[Node, ...]:
    """Return the members of an RDF list.

    Raises:
        ShapeSyntaxError: the list is broken or runs in a circle.

    """
    members: list[Node] = []
    seen: set[Node] = set()
    while head != NIL:
        first, rest = graph.objects(head, FIRST), graph.objects(head, REST)
        if head in seen or len(first) != 1 or len(rest) != 1:
            raise ShapeSyntaxError(head, "is not a well-formed RDF list")
        seen.add(head)
        members.append(first[0])
        head = rest[0]
    return tuple(members)


def read_constraints(
    graph: DataGraph, node: Node, path: Path | None, components: Iterable[Component]
) -> Iterator[Constraint]:
    """Yield the constraints that a shape declares, one per parameter value.

    Raises:
        ShapeSyntaxError: a parameter has a value that its component does not allow.

    """
    yield from _of_terms(graph, node)
    yield from _of_shapes(graph, node)
    yield from _pattern(graph, node)
    if is_true(graph.objects(node, sh("uniqueLang"))):
        yield Constraint("UniqueLang")
    yield from _closed(graph, node)
    yield from _qualified(graph, node)
    yield from _of_queries(graph, node, path, tuple(components))


def _of_queries(
    graph: DataGraph, node: Node, path: Path | None, components: tuple[Component, ...]
) -> Iterator[Constraint]:
    constraints = graph.objects(node, sh("sparql"))
    if not constraints and not components:
        return
    from kg.shacl.shapes.queries import read_custom, read_sparql

    for constraint in constraints:
        yield from read_sparql(graph, node, constraint, path)
    for component in components:
        yield from read_custom(graph, node, component, path)


def _of_terms(graph: DataGraph, node: Node) -> Iterator[Constraint]:
    for local, component in TERM_PARAMETERS.items():
        for term in graph.objects(node, sh(local)):
            _check_term(node, local, term)
            yield Constraint(component, terms=(term,))
    for local, component in COUNT_PARAMETERS.items():
        for term in graph.objects(node, sh(local)):
            yield Constraint(component, limit=_integer(node, local, term))
    for local, component in LIST_PARAMETERS.items():
        for head in graph.objects(node, sh(local)):
            yield Constraint(component, terms=read_list(graph, head))


def _of_shapes(graph: DataGraph, node: Node) -> Iterator[Constraint]:
    for local, component in SHAPE_PARAMETERS.items():
        for term in graph.objects(node, sh(local)):
            yield Constraint(component, shapes=(term,))
    for local, component in SHAPE_LIST_PARAMETERS.items():
        for head in graph.objects(node, sh(local)):
            yield Constraint(component, shapes=read_list(graph, head))


def _pattern(graph: DataGraph, node: Node) -> Iterator[Constraint]:
    flags = "".join(term.value for term in graph.objects(node, sh("flags")) if isinstance(term, Literal))
    for term in graph.objects(node, sh("pattern")):
        if not isinstance(term, Literal):
            raise ShapeSyntaxError(node, "has an sh:pattern that is no string")
        yield Constraint("Pattern", pattern=term.value, flags=flags)


def _check_term(node: Node, local: str, term: Node) -> None:
    if local in {"class", "datatype", *_PREDICATE_PARAMETERS} and not isinstance(term, NamedNode):
        raise ShapeSyntaxError(node, f"has an sh:{local} that is no IRI")
    if local == "nodeKind" and not (isinstance(term, NamedNode) and term.value.removeprefix(SH) in NODE_KINDS):
        raise ShapeSyntaxError(node, f"has an sh:nodeKind that SHACL does not know: {term}")
    if local.endswith(("clusive",)) and not isinstance(term, Literal):
        raise ShapeSyntaxError(node, f"has an sh:{local} that is no literal")


def _integer(node: Node, local: str, term: Node) -> int:
    if isinstance(term, Literal) and term.datatype.value == f"{XSD}integer" and term.value.lstrip("+").isdecimal():
        return int(term.value)
    raise ShapeSyntaxError(node, f"has an sh:{local} that is no xsd:integer of at least 0: {term}")


def _closed(graph: DataGraph, node: Node) -> Iterator[Constraint]:
    if is_true(graph.objects(node, sh("closed"))):
        ignored = (term for head in graph.objects(node, sh("ignoredProperties")) for term in read_list(graph, head))
        paths = (path for shape in graph.objects(node, sh("property")) for path in graph.objects(shape, sh("path")))
        yield Constraint(
            "Closed", terms=tuple(dict.fromkeys((*ignored, *(path for path in paths if isinstance(path, NamedNode)))))
        )


def _qualified(graph: DataGraph, node: Node) -> Iterator[Constraint]:
    shapes = graph.objects(node, sh("qualifiedValueShape"))
    if not shapes:
        return
    if len(shapes) > 1:
        raise ShapeSyntaxError(node, "has more than one sh:qualifiedValueShape")
    siblings: tuple[Node, ...] = ()
    if is_true(graph.objects(node, sh("qualifiedValueShapesDisjoint"))):
        beside = (
            shape
            for parent in graph.backward(sh("property")).get(node, ())
            for shape in graph.objects(parent, sh("property"))
        )
        others = (value for shape in beside for value in graph.objects(shape, sh("qualifiedValueShape")))
        siblings = tuple(dict.fromkeys(value for value in others if value != shapes[0]))
    has_count = False
    for local, component in (("qualifiedMinCount", "QualifiedMinCount"), ("qualifiedMaxCount", "QualifiedMaxCount")):
        for term in graph.objects(node, sh(local)):
            has_count = True
            yield Constraint(component, shapes=shapes, siblings=siblings, limit=_integer(node, local, term))
    if not has_count:
        raise ShapeSyntaxError(node, "has sh:qualifiedValueShape without sh:qualifiedMinCount or sh:qualifiedMaxCount")


_NAME: Final = re.compile(r"[^\W\d]\w*")
_RESERVED: Final = frozenset({"this", "shapesGraph", "currentShape", "path", "PATH", "value"})


def read_components(graph: DataGraph) -> tuple[tuple[Component, ...], tuple[ShapeSyntaxError, ...]]:
    """Return the constraint components that a shapes graph defines, and what is wrong with those that cannot be used.

    One is no IRI, has no mandatory parameter or one without a usable name. Definitions of SHACL's own components, as
    DASH has them, change nothing.
    """
    classes = sorted(graph.subclasses(sh("ConstraintComponent")), key=str)
    nodes = dict.fromkeys(node for cls in classes for node in graph.backward(RDF_TYPE).get(cls, ()))
    components: list[Component] = []
    broken: list[ShapeSyntaxError] = []
    for node in nodes:
        if not graph.objects(node, sh("parameter")) or text_in(node).startswith(SH):
            continue
        try:
            components.append(_read_component(graph, node))
        except ShapeSyntaxError as error:
            broken.append(error)
    return tuple(components), tuple(broken)


def without_validator(
    graph: DataGraph, node: Node, path: Path | None, components: Iterable[Component]
) -> Iterator[NamedNode]:
    """Yield the components that a shape uses and that have no SPARQL validator for a shape of its kind."""
    for component in components:
        mandatory = [predicate for predicate, _, optional in component.parameters if not optional]
        if all(graph.objects(node, predicate) for predicate in mandatory):
            from kg.shacl.shapes.queries import validator_of

            if validator_of(graph, component.node, path) is None:
                yield component.node


def _read_component(graph: DataGraph, node: Node) -> Component:
    if not isinstance(node, NamedNode):
        raise ShapeSyntaxError(node, "is a constraint component that is no IRI")
    parameters: list[tuple[NamedNode, str, bool]] = []
    for parameter in graph.objects(node, sh("parameter")):
        paths = graph.objects(parameter, sh("path"))
        if len(paths) != 1 or not isinstance(paths[0], NamedNode):
            raise ShapeSyntaxError(node, "has an sh:parameter without exactly one IRI as sh:path")
        name = re.split(r"[/#:]", paths[0].value)[-1]
        if name in _RESERVED or not _NAME.fullmatch(name):
            raise ShapeSyntaxError(node, f"has a parameter whose name cannot be a variable: {paths[0]}")
        parameters.append((paths[0], name, is_true(graph.objects(parameter, sh("optional")))))
    if all(optional for _, _, optional in parameters):
        raise ShapeSyntaxError(node, "has no parameter that is not optional")
    return Component(node, tuple(parameters))


_SIMPLE: Final = re.compile(r"(?:[^\\(\[]|\\[.\-+*?()\[\]{}|^$/\\]|\((?!\?)|\[(?!\[))*")


def matches(texts: pa.StringArray, pattern: str, flags: str) -> Mask:
    """Return which texts match a pattern.

    Patterns without flags, character classes by letter and extensions are matched by Arrow, others by Python; both read
    them alike, since :func:`regular_expression` takes none that they read differently.
    """
    from kg.shacl.shapes.patterns import regular_expression

    search = regular_expression(pattern, flags).search
    if not flags and _SIMPLE.fullmatch(pattern):
        try:
            return truth_values(pc.match_substring_regex(texts, pattern))
        except pa.ArrowInvalid:
            pass
    return np.fromiter((search(text) is not None for text in texts.to_pylist()), np.bool_, len(texts))


_LANG_STRING: Final = f"{RDF}langString"


@dataclass(frozen=True, slots=True)
class _ValueRule:
    """What the values of a property of shapes must be.

    ``holds`` must be true for each value, or with ``listed`` for each member of the list that the value is.
    """

    holds: Callable[[Node], bool]
    wanted: str
    most: int = 0
    listed: bool = False


def _is_iri(node: Node) -> bool:
    return isinstance(node, NamedNode)


def _is_shape(node: Node) -> bool:
    return isinstance(node, NamedNode | BlankNode)


def _is_literal(node: Node) -> bool:
    return isinstance(node, Literal)


def _typed(*datatypes: str) -> Callable[[Node], bool]:
    return lambda node: isinstance(node, Literal) and node.datatype.value in datatypes


_STRING, _BOOLEAN = _typed(f"{XSD}string"), _typed(f"{XSD}boolean")
_ADDRESS: Final = _typed(f"{XSD}anyURI", f"{XSD}string")
_TEXT: Final = _typed(f"{XSD}string", _LANG_STRING)


def _count(node: Node) -> bool:
    return isinstance(node, Literal) and node.datatype.value == f"{XSD}integer" and node.value.lstrip("+").isdecimal()


def _kind(node: Node) -> bool:
    return isinstance(node, NamedNode) and node.value.removeprefix(SH) in NODE_KINDS


_RULES: Final[dict[str, _ValueRule]] = {
    "targetNode": _ValueRule(lambda node: not isinstance(node, BlankNode), "an IRI or a literal"),
    **dict.fromkeys(("targetClass", "targetSubjectsOf", "targetObjectsOf", "class"), _ValueRule(_is_iri, "an IRI")),
    **dict.fromkeys(
        ("equals", "disjoint", "lessThan", "lessThanOrEquals", "entailment", "shapesGraph"),
        _ValueRule(_is_iri, "an IRI"),
    ),
    **dict.fromkeys(("datatype", "severity"), _ValueRule(_is_iri, "one IRI", most=1)),
    "message": _ValueRule(_TEXT, "a string, with or without a language"),
    **dict.fromkeys(
        ("deactivated", "uniqueLang", "closed", "qualifiedValueShapesDisjoint"),
        _ValueRule(_BOOLEAN, "one xsd:boolean", most=1),
    ),
    "nodeKind": _ValueRule(_kind, "one of the six kinds of node", most=1),
    **dict.fromkeys(
        ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"),
        _ValueRule(_count, "one xsd:integer of at least 0", most=1),
    ),
    **dict.fromkeys(
        ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"), _ValueRule(_is_literal, "one literal", most=1)
    ),
    "pattern": _ValueRule(_STRING, "an xsd:string"),
    "flags": _ValueRule(_STRING, "one xsd:string", most=1),
    "in": _ValueRule(lambda _: True, "one list", most=1, listed=True),
    "languageIn": _ValueRule(_STRING, "one list of xsd:string", most=1, listed=True),
    "ignoredProperties": _ValueRule(_is_iri, "one list of IRIs", most=1, listed=True),
    **dict.fromkeys(SHAPE_PARAMETERS, _ValueRule(_is_shape, "a shape, which is an IRI or a blank node")),
    "qualifiedValueShape": _ValueRule(_is_shape, "a shape, which is an IRI or a blank node", most=1),
    **dict.fromkeys(SHAPE_LIST_PARAMETERS, _ValueRule(_is_shape, "a list of shapes", listed=True)),
    "sparql": _ValueRule(_is_shape, "a constraint, which is an IRI or a blank node"),
    "path": _ValueRule(_is_shape, "one path", most=1),
}
_OF_QUERIES: Final[dict[str, _ValueRule]] = {
    "select": _ValueRule(_STRING, "one xsd:string", most=1),
    "ask": _ValueRule(_STRING, "one xsd:string", most=1),
    "prefixes": _ValueRule(_is_shape, "an IRI or a blank node"),
    "prefix": _ValueRule(_STRING, "one xsd:string", most=1),
    "namespace": _ValueRule(
        lambda node: _is_iri(node) or _ADDRESS(node), "one xsd:anyURI", most=1
    ),  # the W3C shapes for shapes write a string, others an IRI
    "declare": _ValueRule(_is_shape, "a prefix declaration, which is an IRI or a blank node"),
}


def ill_formed(graph: DataGraph, shapes: Iterable[Node]) -> Iterator[Concern]:
    """Yield each violation of a syntax rule by a shape, a query or a prefix declaration."""
    for shape in shapes:
        for local, rule in _RULES.items():
            yield from _breaches(graph, shape, local, rule)
        yield from _both_kinds(graph, shape)
        yield from _patterns(graph, shape)
    for local, rule in _OF_QUERIES.items():
        for node in graph.forward(sh(local)):
            yield from _breaches(graph, node, local, rule)


def _breaches(graph: DataGraph, node: Node, local: str, rule: _ValueRule) -> Iterator[Concern]:
    values = graph.objects(node, sh(local))
    if not values:
        return
    if rule.most and len(values) > rule.most:
        yield _breach(node, f"has {len(values)} values of sh:{local}, expected {rule.wanted}")
        return
    for value in values:
        try:
            members = read_list(graph, value) if rule.listed else (value,)
        except ShapeSyntaxError:
            yield _breach(node, f"has an sh:{local} that is no well-formed list, expected {rule.wanted}")
            continue
        for member in members:
            if not rule.holds(member):
                yield _breach(node, f"has {member} for sh:{local}, expected {rule.wanted}")


def _both_kinds(graph: DataGraph, shape: Node) -> Iterator[Concern]:
    if shape in graph.members(sh("NodeShape")) and (
        shape in graph.members(sh("PropertyShape")) or graph.objects(shape, sh("path"))
    ):
        yield _breach(shape, "is a node shape and a property shape at once")
    if isinstance(shape, Literal):
        yield _breach(shape, "is a literal, expected an IRI or a blank node")


def _patterns(graph: DataGraph, shape: Node) -> Iterator[Concern]:
    patterns = graph.objects(shape, sh("pattern"))
    if not patterns:
        return
    from kg.shacl.shapes.patterns import regular_expression

    flags = "".join(value.value for value in graph.objects(shape, sh("flags")) if isinstance(value, Literal))
    for value in patterns:
        if isinstance(value, Literal):
            try:
                regular_expression(value.value, flags)
            except ValueError as error:
                yield _breach(shape, f"has an sh:pattern that cannot be run: {error}")


def _breach(node: Node, text: str) -> Concern:
    name = (
        compact(node.value)
        if isinstance(node, NamedNode)
        else f"shape {node}"
        if isinstance(node, BlankNode)
        else str(node)
    )
    return Concern("ill-formed-shape", f"{name} {text}", node)
