"""The SPARQL of a shapes graph: read, checked, and with pre-bound variables (W3C SHACL sections 5, 6).

``refused_texts`` checks every text before an engine sees it: none may reach an address or another graph.
``read_sparql``, ``read_custom`` and ``read_target`` read the queries of constraints, components and targets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg import sparql
from kg.core.errors import InputError, Problem, QueryError
from kg.core.terms import RDF_TYPE, XSD, compact
from kg.shacl.nodes import IMPORTS, SUBCLASS, ShapeSyntaxError, is_true, path_sparql, sh, text_in
from kg.shacl.report.report import FORBIDDEN, Concern
from kg.shacl.shapes.shapes import DECLARATION_TEXTS, QUERY_TEXTS, Constraint, Select
from kg.sparql import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.shacl.nodes import DataGraph, Node, Path
    from kg.shacl.shapes.shapes import Component

    Rows = tuple[sparql.Row, ...]


_READ_LATER: Final = ("sparql", "validator", "nodeValidator", "propertyValidator")
"""Terms whose values are parsed with their shapes.

A query that is not valid SPARQL makes its shape ill-formed.
"""
_REACHING: Final = re.compile(r"service|from|load|\\u", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PREFIX: Final = re.compile(r"[\w.-]*")
_NAMESPACE: Final = re.compile(r"[^\x00-\x20<>\"{}|^`\\]*")


def refuse_texts(graph: DataGraph) -> None:
    """Refuse a shapes graph with any SPARQL text that reaches beyond the data graph or that the parser cannot read.

    Raises:
        InputError: there is one, or a prefix declaration that would add to the text of a query.

    """
    refused = [Problem("shapes graph", 0, 0, concern.message) for concern in refused_texts(graph, unread=True)]
    if refused:
        raise InputError(refused)


def parsed_later(graph: DataGraph) -> set[Node]:
    """Return the constraints and validators, whose texts are parsed with their shapes."""
    return {node for local in _READ_LATER for node in graph.backward(sh(local))}


def refused_texts(graph: DataGraph, *, unread: bool = False) -> Iterator[Concern]:
    """Return a concern for each text that reaches beyond the data graph or that only another engine would read.

    Functions are for another engine, with ``unread`` constraints and validators too; otherwise these are left to the
    reader of shapes. Texts that belong to neither are never run.
    """
    yield from _refused_declarations(graph)
    run = graph.members(sh("SPARQLFunction")) | (parsed_later(graph) if unread else set())
    for local in QUERY_TEXTS:
        for holder, terms in graph.forward(sh(local)).items():
            for text in map(text_in, terms):
                reason = _reason(graph, holder, text, tolerant=holder not in run)
                if reason:
                    yield Concern(FORBIDDEN, f"{_name(graph, holder)} has a SPARQL query {reason}", holder, sh(local))


def _refused_declarations(graph: DataGraph) -> Iterator[Concern]:
    """Find prefix declarations that are more than a prefix and a namespace: engines paste them before the query."""
    for local, pattern in zip(DECLARATION_TEXTS, (_PREFIX, _NAMESPACE), strict=True):
        for holder, terms in graph.forward(sh(local)).items():
            if not all(pattern.fullmatch(text_in(term)) for term in terms):
                yield Concern(
                    FORBIDDEN, f"{_name(graph, holder)} has an sh:{local} that is no {local}", holder, sh(local)
                )


def _reason(graph: DataGraph, holder: Node, text: str, *, tolerant: bool) -> str:
    if tolerant and not _REACHING.search(text):
        return ""
    try:
        complete = "".join(prologue(graph, holder)) + with_path(text, "<urn:path>")
    except ShapeSyntaxError as error:
        return "" if tolerant else f"whose prefixes cannot be read: it {error}"
    # Some engines resolve escapes in the whole text before they parse it, others only within names and strings.
    unreadable = ""
    for variant in dict.fromkeys((complete, _ESCAPE.sub(_resolved, complete))):
        try:
            if reached := _reached(variant):
                return reached
        except QueryError as error:
            unreadable = unreadable or f"that cannot be read: {error}"
    return "" if tolerant else unreadable


def _reached(text: str) -> str:
    from kg import sparql

    query = sparql.parse(text)
    if any(isinstance(node, sparql.Service) for node in sparql.walk(query)):
        return "with SERVICE, which would send data of the graph to another address"
    return "with FROM, but what it asks is the data graph" if query.dataset else ""


def _resolved(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= 0x10FFFF else escape[0]  # noqa: PLR2004 - the last character of Unicode


def _name(graph: DataGraph, node: Node) -> str:
    """Name a node by its IRI, or by that of the nearest node with an IRI which leads to it."""
    nearest, seen = [node], {node}
    while nearest:
        named = sorted(node_above.value for node_above in nearest if isinstance(node_above, NamedNode))
        if named:
            return compact(named[0])
        above = dict.fromkeys(
            parent
            for node_above in nearest
            for name in graph.predicates()
            for parent in graph.backward(name).get(node_above, ())
        )
        nearest = [parent for parent in above if parent not in seen]
        seen.update(nearest)
    return f"shape {node}" if isinstance(node, BlankNode) else str(node)


_PATH: Final = re.compile(
    r"""(?P<other>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|<[^<>"{}|^`\\\s]*>|\#[^\n]*)|[?$]PATH\b""",
    re.DOTALL,
)
"""The placeholder of a path, or what stands between marks and may look like one: texts, IRIs, comments."""
_OWN: Final = frozenset({"this", "shapesGraph", "currentShape"})


def read_sparql(graph: DataGraph, node: Node, constraint: Node, path: Path | None) -> Iterator[Constraint]:
    """Yield the constraint that a value of ``sh:sparql`` describes, if it is active.

    Raises:
        ShapeSyntaxError: it has not one query, or a query that must not be run.

    """
    if is_true(graph.objects(constraint, sh("deactivated"))):
        return
    select = _read_query(graph, node, constraint, "select", path, _OWN)
    yield Constraint("SPARQL", select=select)


def read_custom(graph: DataGraph, node: Node, component: Component, path: Path | None) -> Iterator[Constraint]:
    """Yield the constraints of a shape for a custom component: one for each value of a single parameter, or one in all.

    Raises:
        ShapeSyntaxError: several values for one of several parameters, or a query that must not be run.

    """
    values = {name: graph.objects(node, predicate) for predicate, name, _ in component.parameters}
    if not all(values[name] for _, name, optional in component.parameters if not optional):
        return
    if len(component.parameters) > 1 and any(len(terms) > 1 for terms in values.values()):
        raise ShapeSyntaxError(
            node, f"has several values for a parameter of {component.node}, which has more than one parameter"
        )
    validator = validator_of(graph, component.node, path)
    if validator is None:
        return
    kind = "ask" if graph.objects(validator, sh("ask")) else "select"
    names = _OWN | values.keys() | ({"value"} if kind == "ask" else set())
    select = _read_query(graph, node, validator, kind, path, frozenset(names))
    if not select.messages:
        messages = tuple(term for term in graph.objects(component.node, sh("message")) if isinstance(term, Literal))
        select = Select(select.node, select.query, messages, select.tree)
    only = next(iter(values)) if len(values) == 1 else None
    for term in values[only] if only else (None,):
        bound = (
            {only: term} if only and term is not None else {name: terms[0] for name, terms in values.items() if terms}
        )
        parameters = tuple(bound.items())
        yield Constraint(
            "Custom",
            select=Select(select.node, select.query, select.messages, select.tree, parameters, node),
            custom=component.node,
        )


def with_path(text: str, path: str) -> str:
    """Return a query with ``$PATH`` replaced by a path, outside strings, IRIs and comments."""
    return _PATH.sub(lambda found: found["other"] or path, text)


def validator_of(graph: DataGraph, component: Node, path: Path | None) -> Node | None:
    """Choose the SPARQL validator of a component for a shape, in the order of W3C SHACL section 6.2.3."""
    own = "nodeValidator" if path is None else "propertyValidator"
    validators = (node for local in (own, "validator") for node in graph.objects(component, sh(local)))
    return next((node for node in validators if any(graph.objects(node, sh(kind)) for kind in ("ask", "select"))), None)


def read_target(graph: DataGraph, node: Node, target: Node) -> Select:
    """Return the query of a value of ``sh:target``: its own, or that of its target type with its parameters.

    Raises:
        ShapeSyntaxError: it has not one query, lacks a parameter of its type, or its query cannot be run.

    """
    if graph.objects(target, sh("select")):
        return _target_query(graph, node, target, {})
    kind = next((cls for cls in _types(graph, target) if graph.objects(cls, sh("select"))), None)
    if kind is None:
        raise ShapeSyntaxError(
            node, "has an sh:target without a query: expected an sh:select, or a type of targets that has one"
        )
    values: dict[str, Node] = {}
    for parameter in graph.objects(kind, sh("parameter")):
        for predicate in graph.objects(parameter, sh("path")):
            terms = graph.objects(target, predicate) if isinstance(predicate, NamedNode) else ()
            if len(terms) == 1:
                values[re.split(r"[/#:]", text_in(predicate))[-1]] = terms[0]
            elif terms or not is_true(graph.objects(parameter, sh("optional"))):
                raise ShapeSyntaxError(node, f"has an sh:target with {len(terms)} values of {predicate}, expected one")
    return _target_query(graph, node, kind, values)


def _types(graph: DataGraph, node: Node) -> list[Node]:
    """Return the types of a node, and behind them their superclasses, the nearest first."""
    types = list(graph.objects(node, RDF_TYPE))
    for cls in types:  # which grows
        types += (above for above in graph.objects(cls, SUBCLASS) if above not in types)
    return types


def _target_query(graph: DataGraph, node: Node, holder: Node, values: Mapping[str, Node]) -> Select:
    queries = [term.value for term in graph.objects(holder, sh("select")) if isinstance(term, Literal)]
    if len(queries) != 1:
        raise ShapeSyntaxError(node, "has an sh:target without exactly one sh:select")
    text = "".join(prologue(graph, holder)) + queries[0]
    try:
        tree = sparql.parse(text, known={})
        if values:
            check_prebound(tree, frozenset(values), of_focus=False)
    except QueryError as error:
        raise ShapeSyntaxError(node, f"has an sh:target whose query cannot be read: {error}") from error
    except ForbiddenError as error:
        raise ShapeSyntaxError(node, f"has an sh:target whose query has {error}, which SHACL forbids") from error
    if not isinstance(tree, sparql.SelectQuery) or "this" not in sparql.selected(tree):
        raise ShapeSyntaxError(node, "has an sh:target whose query does not select ?this")
    if any(isinstance(inner, sparql.Service) for inner in sparql.walk(tree)):
        raise ShapeSyntaxError(node, "has an sh:target whose query has SERVICE, which reaches beyond the graph")
    if reason := _other_graphs(tree):
        raise ShapeSyntaxError(node, f"has an sh:target whose query has {reason}")
    if calls := calls_of_shapes(tree):
        raise ShapeSyntaxError(node, f"has an sh:target whose query calls {calls[0]}, no function of SPARQL's own")
    return Select(holder, text, (), tree, tuple(values.items()))


def _read_query(  # noqa: PLR0913, PLR0917 (each says another thing about the one query)
    graph: DataGraph, node: Node, holder: Node, kind: str, path: Path | None, names: frozenset[str]
) -> Select:
    queries = [term.value for term in graph.objects(holder, sh(kind)) if isinstance(term, Literal)]
    if len(queries) != 1:
        raise ShapeSyntaxError(node, f"has an sh:sparql without exactly one sh:{kind}")
    text = queries[0]
    if path is not None:
        text = with_path(text, path_sparql(path))
    elif any(not found["other"] for found in _PATH.finditer(text)):
        raise ShapeSyntaxError(node, "has a query with $PATH, but no path")
    text = "".join(prologue(graph, holder)) + text
    try:
        tree = sparql.parse(text, known={})
        if sparql.beyond_1_1(tree) is not None:
            raise ShapeSyntaxError(node, "has a query in SPARQL 1.2, while SHACL is defined for SPARQL 1.1")
        check_prebound(tree, names)
    except QueryError as error:
        raise ShapeSyntaxError(node, f"has a SPARQL query that cannot be read: {error}") from error
    except ForbiddenError as error:
        raise ShapeSyntaxError(node, f"has a SPARQL query with {error}, which SHACL forbids") from error
    if not isinstance(tree, sparql.SelectQuery if kind == "select" else sparql.AskQuery):
        raise ShapeSyntaxError(node, f"has an sh:{kind} that is another kind of query")
    if isinstance(tree, sparql.SelectQuery) and "this" not in sparql.selected(tree):
        raise ShapeSyntaxError(node, "has a SPARQL query that does not select $this")
    if reason := _other_graphs(tree):
        raise ShapeSyntaxError(node, f"has a SPARQL query with {reason}")
    _refuse_unknown_calls(graph, node, tree)
    messages = tuple(term for term in graph.objects(holder, sh("message")) if isinstance(term, Literal))
    return Select(holder, text, messages, tree, (), node)


def _refuse_unknown_calls(graph: DataGraph, node: Node, tree: sparql.Query) -> None:
    """Refuse calls of undefined functions: an engine would treat them as errors and report nothing."""
    defined = graph.members(sh("SPARQLFunction"))
    for call in calls_of_shapes(tree):
        if NamedNode(call) not in defined:
            message = f"has a SPARQL query that calls {call}, which is no function of SPARQL or of the shapes"
            raise ShapeSyntaxError(node, message)


def _other_graphs(tree: sparql.SelectQuery | sparql.AskQuery) -> str:
    """Return the graph that a query names beside data graph and ``$shapesGraph``; it would be empty."""
    if tree.dataset:
        return "FROM, but what it asks is the data graph"
    names = (node.name for node in sparql.walk(tree) if isinstance(node, sparql.GraphPattern))
    if all(isinstance(name, sparql.Variable) and name.name == "shapesGraph" for name in names):
        return ""
    return "GRAPH, but data is validated as one graph, beside which there is $shapesGraph alone"


def prologue(graph: DataGraph, holder: Node) -> Iterator[str]:
    """Return the prefixes that a query may use: those its ontologies declare, and the ontologies that these import."""
    waiting, seen = [*graph.objects(holder, sh("prefixes"))], set()
    declared: dict[str, str] = {}
    while waiting:
        ontology = waiting.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        waiting.extend(graph.objects(ontology, IMPORTS))
        for declaration in graph.objects(ontology, sh("declare")):
            prefix, namespace = graph.objects(declaration, sh("prefix")), graph.objects(declaration, sh("namespace"))
            if (
                len(prefix) != 1
                or len(namespace) != 1
                or not isinstance(prefix[0], Literal)
                or not isinstance(namespace[0], Literal | NamedNode)
            ):
                raise ShapeSyntaxError(
                    holder, "uses a prefix declaration without exactly one sh:prefix and sh:namespace"
                )
            if declared.setdefault(prefix[0].value, namespace[0].value) != namespace[0].value:
                raise ShapeSyntaxError(holder, f"uses two namespaces for the prefix {prefix[0].value}:")
    return (f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())


Q = TypeVar("Q", bound=sparql.SelectQuery | sparql.AskQuery)
SHAPES_GRAPH: Final = NamedNode("urn:motkg:validation:shapes-graph")
_SKOLEM: Final = "urn:motkg:validation:blank:"
_KEPT: Final = "="
"""Begins the name of a variable that is to stay; no name of SPARQL begins so."""
_ERROR: Final = sparql.BuiltInCall(NOWHERE, "ABS", (sparql.Literal(NOWHERE, "", f"{XSD}string", ""),))
"""Has no value anywhere, not even after GROUP BY, where a variable may not stand."""
_ONLY_IF_USED: Final = frozenset({"shapesGraph", "currentShape"})


class ForbiddenError(Exception):
    """A query uses what SHACL forbids where variables are pre-bound; the message names it."""


def check_prebound(query: sparql.Query, names: frozenset[str], *, of_focus: bool = True) -> None:
    """Refuse what must not occur in a query with pre-bound variables of these names.

    With ``of_focus``, ``$this`` is pre-bound as well, and every subquery has to select it.

    Raises:
        ForbiddenError: the query has MINUS, SERVICE, VALUES, gives a pre-bound variable a value, or hides one in a
            subquery.

    """
    always = {"this"} if of_focus else set()
    for node in sparql.walk(query):
        match node:
            case sparql.Minus():
                raise ForbiddenError("MINUS")
            case sparql.Service():
                raise ForbiddenError("SERVICE")
            case sparql.Values():
                raise ForbiddenError("VALUES")
            case sparql.Bind(_, _, variable) | sparql.Projection(_, _, variable) if variable.name in names:
                raise ForbiddenError(f"AS ?{variable.name}, a variable that has its value from outside")
            case sparql.GroupCondition(_, _, sparql.Variable(_, name)) if name in names:
                raise ForbiddenError(f"AS ?{name}, a variable that has its value from outside")
            case sparql.SubSelect():
                used = {inner.name for inner in sparql.walk(node) if isinstance(inner, sparql.Variable)}
                if hidden := (always | (used & names)) - _ONLY_IF_USED - sparql.selected(node):
                    raise ForbiddenError(f"a subquery that does not select ?{min(hidden)}")


def runs_for_sets(query: sparql.Query) -> bool:
    """Return whether one run for many focus nodes has the same result as a run for each.

    It has where there is no LIMIT, and grouping keeps focus nodes apart.
    """
    for node in sparql.walk(query):
        if isinstance(node, sparql.Modifiers) and (node.limit is not None or node.offset is not None):
            return False
        if isinstance(node, sparql.SelectQuery | sparql.SubSelect):
            grouped = {
                part.expression.name for part in node.modifiers.group_by if isinstance(part.expression, sparql.Variable)
            }
            parts = (*node.selection.items, *node.modifiers.having, *node.modifiers.order_by)
            aggregated = any(isinstance(inner, sparql.Aggregate) for part in parts for inner in sparql.walk(part))
            if (aggregated or node.modifiers.group_by) and "this" not in grouped:
                return False
    return True


def seeing_blank_nodes(query: Q) -> Q:
    """Make functions such as ``isBlank`` and ``STR`` treat the IRI of a blank node as the blank node."""

    def change(node: sparql.Node) -> sparql.Node:
        match node:
            case sparql.BuiltInCall(span, "ISBLANK", (argument,)):
                return sparql.Logical(span, "||", (node, _is_skolem(argument)))
            case sparql.BuiltInCall(span, "ISIRI" | "ISURI", (argument,)):
                return sparql.Logical(span, "&&", (node, sparql.Unary(span, "!", _is_skolem(argument))))
            case sparql.BuiltInCall(span, "STR", (argument,)):
                return sparql.BuiltInCall(span, "IF", (_is_skolem(argument), _ERROR, node))
            case _:
                return node

    return sparql.transform(query, change)


def _is_skolem(argument: sparql.Expression) -> sparql.Expression:
    start = sparql.Literal(NOWHERE, _SKOLEM, f"{XSD}string", "")
    begins = sparql.BuiltInCall(NOWHERE, "STRSTARTS", (sparql.BuiltInCall(NOWHERE, "STR", (argument,)), start))
    return sparql.Logical(NOWHERE, "&&", (sparql.BuiltInCall(NOWHERE, "ISIRI", (argument,)), begins))


def substituted(query: Q, terms: Mapping[str, Node]) -> Q:
    """Replace variables by terms; a variable that a query or subquery selects keeps its name."""
    nodes = {name: as_node(term) for name, term in terms.items()}

    def named(node: sparql.Node) -> sparql.Node:
        if not isinstance(node, sparql.Selection):
            return node
        items = tuple(
            sparql.Projection(NOWHERE, item, sparql.Variable(NOWHERE, _KEPT + item.name))
            if isinstance(item, sparql.Variable) and item.name in nodes
            else item
            for item in node.items
        )
        return sparql.replace(node, items=items)

    def change(node: sparql.Node) -> sparql.Node:
        match node:
            case sparql.Variable(_, name) if name in nodes:
                return nodes[name]
            case sparql.Variable(span, name) if name.startswith(_KEPT):
                return sparql.Variable(span, name.removeprefix(_KEPT))
            case sparql.BuiltInCall(_, "BOUND", (sparql.Iri() | sparql.Literal(),)):
                return sparql.Literal(NOWHERE, "true", f"{XSD}boolean", "")
            case _:
                return node

    return sparql.transform(sparql.transform(query, named), change) if nodes else query


def data_block(names: Sequence[str], rows: Rows) -> sparql.Values:
    """Return a VALUES block for some variables."""
    return sparql.Values(NOWHERE, tuple(sparql.Variable(NOWHERE, name) for name in names), rows)


def bound(query: Q, names: Sequence[str], block: sparql.Pattern) -> Q:
    """Bind variables by a VALUES block at the head of every group that mentions one, except inside ``EXISTS``.

    ``EXISTS`` takes its values from the group around it. Joining the groups on the variables has for each row of values
    the result that this row alone would have, where :func:`runs_for_sets` is true.
    """
    wanted = frozenset(names)
    inner: tuple[sparql.Pattern, ...] = tuple(_headed(element, block, wanted) for element in query.where.elements)
    if inner and isinstance(inner[0], sparql.SubSelect):
        inner = (sparql.Group(NOWHERE, inner),)
    return sparql.replace(query, where=sparql.Group(NOWHERE, (block, *inner)))


def _headed(pattern: sparql.Pattern, block: sparql.Pattern, names: frozenset[str]) -> sparql.Pattern:
    match pattern:
        case sparql.Group():
            elements = tuple(_headed(element, block, names) for element in pattern.elements)
            if not _mentions(pattern, names):
                return sparql.replace(pattern, elements=elements)
            if elements and isinstance(elements[0], sparql.SubSelect):
                elements = (sparql.Group(NOWHERE, elements),)
            return sparql.replace(pattern, elements=(block, *elements))
        case sparql.Optional() | sparql.GraphPattern():
            return sparql.replace(pattern, group=_headed(pattern.group, block, names))
        case sparql.Union():
            return sparql.replace(pattern, groups=tuple(_headed(group, block, names) for group in pattern.groups))
        case sparql.SubSelect():
            return sparql.replace(pattern, where=_headed(pattern.where, block, names & sparql.selected(pattern)))
        case _:
            return pattern


def _mentions(node: sparql.Node, names: frozenset[str]) -> bool:
    return any(isinstance(inner, sparql.Variable) and inner.name in names for inner in sparql.walk(node))


def as_node(term: Node) -> sparql.Iri | sparql.Literal:
    """Return the syntax node of a term; a blank node is represented by an IRI, in the query as in the store."""
    if isinstance(term, pyoxigraph.BlankNode):
        return sparql.Iri(NOWHERE, _SKOLEM + term.value, f"<{_SKOLEM}{term.value}>")
    if isinstance(term, Triple):
        raise ForbiddenError("a triple term")
    if isinstance(term, NamedNode):
        return sparql.Iri(NOWHERE, term.value, f"<{term.value}>")
    return sparql.Literal(NOWHERE, term.value, term.datatype.value, term.language or "")


def named(text: bytes) -> bytes:
    """Return the IRI that represents a blank node of N-Triples."""
    return b"<" + _SKOLEM.encode() + text[2:] + b">"


def original(term: Node) -> Node:
    """Return the blank node that an IRI represents, and any other term unchanged."""
    if isinstance(term, NamedNode) and term.value.startswith(_SKOLEM):
        return pyoxigraph.BlankNode(term.value.removeprefix(_SKOLEM))
    return term


def asks_for_graphs(query: sparql.Query) -> bool:
    """Return whether a query names a graph, which can only be the shapes graph."""
    return any(isinstance(node, sparql.GraphPattern) for node in sparql.walk(query))


def calls_of_shapes(query: sparql.Query) -> tuple[str, ...]:
    """Return the functions that a query calls and SPARQL does not define; the shapes have to."""
    calls = (node.function.value for node in sparql.walk(query) if isinstance(node, sparql.FunctionCall))
    return tuple(name for name in calls if not name.startswith(XSD))


def may_stay_put(path: sparql.Path) -> bool:
    """Return whether a path can lead from any node to itself, so that it depends on all statements."""
    match path:
        case sparql.PathRepeat(_, _, modifier):
            return modifier in {"*", "?"} or may_stay_put(path.path)
        case sparql.PathSequence(_, paths):
            return all(map(may_stay_put, paths))
        case sparql.PathAlternative(_, paths):
            return any(map(may_stay_put, paths))
        case sparql.PathInverse(_, inner):
            return may_stay_put(inner)
        case _:
            return False


def predicates_of(query: sparql.Query) -> frozenset[str] | None:
    """Return the predicates that a query can follow, or ``None`` where it may follow any."""
    found: set[str] = set()
    for node in sparql.walk(query):
        if not isinstance(node, sparql.PropertyObjects):
            continue
        if isinstance(node.verb, sparql.Variable) or may_stay_put(node.verb):
            return None
        for part in sparql.walk(node.verb):
            if isinstance(part, sparql.PathNegated):
                return None
            if isinstance(part, sparql.Iri):
                found.add(part.value)
    return frozenset(found)
