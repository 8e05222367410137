"""Run shapes with pySHACL, and read the results of its standard validation report (W3C SHACL section 3.6)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import rdflib
from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.core.errors import InputError, Problem, StoreError
from kg.core.rdflibterms import from_rdflib, literals_as_written, offline, to_rdflib
from kg.core.terms import RDF_TYPE
from kg.shacl.nodes import CLASSES, DataGraph, Node, sh, text_in
from kg.shacl.report.report import Result
from kg.shacl.shapes.patterns import OPTIONS, python_pattern
from kg.shacl.shapes.queries import parsed_later, refuse_texts
from kg.shacl.shapes.reading import read_path
from kg.shacl.shapes.shapes import PASSED_OVER, SELECTED, TARGETS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from rdflib.term import Node as RdflibNode

    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Shapes


def run_pyshacl(
    triples: Iterable[tuple[Node, NamedNode, Node]], shapes: Shapes, only: Collection[Node] | None = None
) -> list[Result]:
    """Validate with pySHACL, all shapes or only those named.

    All other shapes then keep their constraints but lose their targets.

    Raises:
        StoreError: pySHACL is not installed.
        InputError: pySHACL refuses the shapes, or a SPARQL text of theirs may not be run.

    """
    quads = tuple(_quads_for_pyshacl(shapes, only))
    refuse_texts(DataGraph(quads))
    try:
        import pyshacl
    except ImportError as error:
        raise StoreError("pySHACL is not installed: install it with 'pip install pyshacl'") from error
    with literals_as_written(), offline(refusing_graphs=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about recursion and odd literals, in words of its own, on standard error
        shapes_graph = _rdflib_graph(quads)
        data_graph = _rdflib_graph(triples)
        try:
            _, report, text = pyshacl.validate(
                data_graph,
                shacl_graph=shapes_graph,
                inplace=True,
                advanced=any(quad.predicate == RDF_TYPE and quad.object == sh("SPARQLFunction") for quad in quads),
                max_validation_depth=30,
            )
        except (
            Exception
        ) as error:  # pySHACL and the SPARQL of rdflib raise whatever they like, Exception itself among it
            raise InputError([Problem("shapes graph", 0, 0, f"pySHACL cannot run it: {error}")]) from error
        if not isinstance(report, rdflib.Graph):
            raise InputError([Problem("shapes graph", 0, 0, f"pySHACL gave no report: {text}")])
        return list(read_results(DataGraph(sorted(quads_of(report), key=str))))  # rdflib's order is another each time


def _quads_for_pyshacl(shapes: Shapes, only: Collection[Node] | None) -> Iterator[Quad]:
    """Yield the shapes graph with the targets of some shapes alone, all stated so that pySHACL knows them.

    pySHACL takes no node for a shape because of ``sh:target``, finds classes that are shapes one level deep, runs rules
    and expressions together with functions, and gives up all components where one has no validator.
    """
    graph = DataGraph(shapes.quads)
    classes = {cls for top in CLASSES for cls in graph.subclasses(top)}
    asking = graph.members(sh("SPARQLFunction")) | parsed_later(graph)
    components = graph.subclasses(sh("ConstraintComponent"))
    custom = [each for shape in shapes.by_node.values() for each in shape.constraints if each.custom is not None]
    used = {each.custom for each in custom}
    validators = {sh(local) for local in ("validator", "nodeValidator", "propertyValidator")}
    queried = {node for kind in ("ask", "select") for node in graph.forward(sh(kind))}
    left = {sh(local) for local in (*PASSED_OVER, SELECTED, "construct", "update")}
    targets = {sh(kind) for kind in TARGETS}
    queries = (sh("select"), sh("ask"))
    for quad in shapes.quads:
        typed = quad.predicate == RDF_TYPE
        is_class = typed and quad.object in classes and quad.subject in shapes.by_node
        is_idle = typed and quad.object in components and quad.subject not in used
        is_idle = is_idle or (quad.predicate in validators and quad.object not in queried)
        is_unread = quad.predicate in queries and quad.subject not in asking
        if quad.predicate == sh("pattern") and isinstance(quad.object, Literal):
            yield _with_python_pattern(graph, quad, quad.object)
        elif not (quad.predicate in left or is_class or is_idle or is_unread or quad.predicate in targets):
            yield quad
    for each in custom:
        if each.select is not None:
            kind = "SPARQLAskValidator" if graph.objects(each.select.node, sh("ask")) else "SPARQLSelectValidator"
            yield Quad(each.select.node, RDF_TYPE, sh(kind))  # type: ignore[arg-type]
    for node, shape in shapes.by_node.items():
        yield Quad(node, RDF_TYPE, sh("NodeShape" if shape.path is None else "PropertyShape"))  # type: ignore[arg-type]
        for target in shape.targets if only is None or node in only else ():
            if target.select is None:
                kind = "targetClass" if target.kind == "implicit" else target.kind
                yield Quad(node, sh(kind), target.term)  # type: ignore[arg-type]
            for focus in target.nodes:
                yield Quad(node, sh("targetNode"), focus)  # type: ignore[arg-type]


def _with_python_pattern(graph: DataGraph, quad: Quad, pattern: Literal) -> Quad:
    """Return the statement of a pattern as pySHACL has to have it, which takes it for one of Python."""
    flags = "".join(text_in(value) for value in graph.objects(quad.subject, sh("flags")))
    try:
        text, options = python_pattern(pattern.value, flags)
    except ValueError:
        return quad
    letters = "".join(letter for letter, option in OPTIONS.items() if options & option)
    return Quad(quad.subject, quad.predicate, Literal(f"(?{letters}){text}" if letters else text))


def _rdflib_graph(quads: Iterable[Quad | tuple[Node, NamedNode, Node]]) -> rdflib.Graph:
    graph = rdflib.Graph()
    known: dict[Node, RdflibNode] = {}

    def convert(node: Node) -> RdflibNode:
        if node not in known:
            if isinstance(node, Triple):
                raise StoreError("pySHACL cannot validate triple terms")
            known[node] = to_rdflib(node)
        return known[node]

    for subject, predicate, value, *_graph in quads:
        graph.add((convert(subject), convert(predicate), convert(value)))
    return graph


def quads_of(graph: rdflib.Graph) -> Iterator[Quad]:
    """Yield the statements of an rdflib graph."""
    for subject, predicate, value in graph:
        yield Quad(from_rdflib(subject), from_rdflib(predicate), from_rdflib(value))  # type: ignore[arg-type]


def read_results(graph: DataGraph) -> Iterator[Result]:
    """Yield every ``sh:ValidationResult`` of a graph that is no detail of another one.

    Raises:
        InputError: a result lacks one of the parts that SHACL requires.

    """
    details = graph.backward(sh("detail"))
    for node in graph.backward(RDF_TYPE).get(sh("ValidationResult"), ()):
        if node not in details:
            yield read_result(graph, node)


def read_result(graph: DataGraph, node: Node) -> Result:
    """Return the result that a node describes.

    Raises:
        InputError: a part that SHACL requires is missing, or the component or severity is no IRI.

    """

    def part(local: str) -> Node:
        values = graph.objects(node, sh(local))
        if len(values) != 1:
            raise InputError(
                [Problem("validation report", 0, 0, f"{node} has {len(values)} values of sh:{local}", "exactly one")]
            )
        return values[0]

    component, severity = part("sourceConstraintComponent"), part("resultSeverity")
    if not (isinstance(component, NamedNode) and isinstance(severity, NamedNode)):
        raise InputError([Problem("validation report", 0, 0, f"{node} has a component or severity that is no IRI")])
    paths = graph.objects(node, sh("resultPath"))
    return Result(
        focus=part("focusNode"),
        path=read_path(graph, paths[0]) if paths else None,
        value=next(iter(graph.objects(node, sh("value"))), None),
        component=component,
        shape=part("sourceShape"),
        severity=severity,
        constraint=next(iter(graph.objects(node, sh("sourceConstraint"))), None),
        messages=tuple(text for text in graph.objects(node, sh("resultMessage")) if isinstance(text, Literal)),
    )
