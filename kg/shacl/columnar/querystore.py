"""An Oxigraph store of the statements that a query can reach, for queries that columns do not answer.

Oxigraph rewrites literals of the datatypes it computes with. Where that would change a literal of the data or the
query, the store holds these literals under other datatypes, and the query is rewritten to read them back.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, RdfFormat

from kg import sparql
from kg.columns import arrays
from kg.columns.graph import TermKind
from kg.core.terms import XSD
from kg.shacl.nodes import CannotSelectError
from kg.shacl.shapes.queries import SHAPES_GRAPH, as_node, asks_for_graphs, named, predicates_of
from kg.sparql import NOWHERE
from kg.sparql.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.nodes import Node


_BATCH: Final = 1 << 19


class QueryStore:
    """Stores of one graph, each filled when a query first needs its predicates."""

    def __init__(self, data: ColumnGraph, shapes: Iterable[Quad]) -> None:
        self._data = data
        self._shapes = tuple(shapes)
        self._stores: dict[tuple[frozenset[str] | None, bool, bool], pyoxigraph.Store] = {}

    @cached_property
    def _rewrites(self) -> bool:
        """Whether a store would rewrite a literal of the data."""
        return are_rewritten(self._data.terms.texts)

    def query(self, query: sparql.SelectQuery, tree: sparql.Query) -> Iterator[dict[str, Node]]:
        """Yield the solutions of a SELECT query over those statements that the query of ``tree`` can reach.

        Raises:
            CannotSelectError: the store refuses the query.

        """
        written = self._rewrites or names_what_is_rewritten(tree)
        store = self._store(predicates_of(tree), with_shapes=asks_for_graphs(tree), written=written)
        try:
            text = spelt(sparql.write(seeing_texts(query) if written else query)).text
            solutions = store.query(text, custom_functions=FUNCTIONS)
            if not isinstance(solutions, QuerySolutions):
                raise CannotSelectError("a SPARQL query of it is no SELECT query")
            names = [variable.value for variable in solutions.variables]
            for solution in solutions:
                yield {name: decoded(solution[name]) for name in names if solution[name] is not None}
        except (SyntaxError, RuntimeError, OSError) as error:
            raise CannotSelectError(f"a SPARQL query of it cannot be run: {error}") from error

    def _store(self, predicates: frozenset[str] | None, *, with_shapes: bool, written: bool) -> pyoxigraph.Store:
        key = (predicates, with_shapes, written)
        if key not in self._stores:
            store = pyoxigraph.Store()
            for block in lines(self._data, predicates, written=written):
                store.bulk_load(input=block, format=RdfFormat.N_TRIPLES)
            if with_shapes:
                seen = coded if written else _unchanged
                store.bulk_extend(
                    Quad(_named(q.subject), q.predicate, seen(_named(q.object)), SHAPES_GRAPH)  # type: ignore[arg-type]
                    for q in self._shapes
                )
            self._stores[key] = store
        return self._stores[key]


def lines(data: ColumnGraph, predicates: frozenset[str] | None = None, *, written: bool = False) -> Iterator[bytes]:
    """Yield statements as blocks of N-Triples.

    Blank nodes are replaced by IRIs, and literals by other datatypes as ``written`` says.
    """
    texts = coded_texts(data.terms.texts) if written else data.terms.texts
    blank = np.flatnonzero(data.terms.kinds == TermKind.BLANK)
    if len(blank):
        renamed = arrays.texts([named(text) for text in arrays.chosen(texts, blank).to_pylist()])
        positions = np.arange(len(texts))
        positions[blank] = len(texts) + np.arange(len(blank))
        texts = arrays.chosen(pa.concat_arrays([texts, renamed]), positions)
    wanted = None if predicates is None else {data.terms.find(NamedNode(predicate)) for predicate in predicates}
    tables = [table for table in data.columns.rows() if wanted is None or table[0] in wanted]
    if not tables:
        return
    subjects, objects = (np.concatenate([table[place] for table in tables]) for place in (1, 2))
    names = np.repeat(np.array([table[0] for table in tables], np.int32), [len(table[1]) for table in tables])
    space, end, nothing = (pa.scalar(text, pa.binary()) for text in (b" ", b" .\n", b""))
    for start in range(0, len(names), _BATCH):
        columns = (arrays.chosen(texts, ids[start : start + _BATCH]) for ids in (subjects, names, objects))
        subject, predicate, value = columns
        joined = pc.binary_join_element_wise(subject, space, predicate, space, value, end, nothing)
        offsets = np.frombuffer(joined.buffers()[1], np.int32)
        yield joined.buffers()[2][int(offsets[0]) : int(offsets[len(joined)])].to_pybytes()


def _unchanged(node: Node) -> Node:
    return node


def _named(node: Node) -> Node:
    return NamedNode(as_node(node).value) if isinstance(node, BlankNode) else node


Q = TypeVar("Q", bound=sparql.SelectQuery | sparql.AskQuery)

_WRITTEN: Final = "urn:motkg:validation:written:"
_READ: Final = NamedNode("urn:motkg:validation:read")
_DATATYPE: Final = NamedNode("urn:motkg:validation:datatype")
_WHOLE: Final = (
    *("integer", "long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
)
_REWRITTEN: Final = (
    *(*_WHOLE, "decimal", "float", "double", "boolean", "dateTime", "dateTimeStamp", "date", "time"),
    *("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration", "yearMonthDuration", "dayTimeDuration"),
)
_DATATYPES: Final = frozenset(XSD + name for name in _REWRITTEN)
_TEXT: Final = rf'"\^\^<{XSD.replace(".", "[.]")}({"|".join(_REWRITTEN)})>$'
_LEFT_ALONE: Final = "|".join(
    rf'^"{form}"\^\^<{XSD.replace(".", "[.]")}{name}>$'
    for name, form in (
        ("integer", "(0|-?[1-9][0-9]{0,17})"),
        ("decimal", r"(0|-?[1-9][0-9]{0,9}|-?(0|[1-9][0-9]{0,9})[.][0-9]{0,6}[1-9])"),
        ("boolean", "(true|false)"),
        ("gYear", "[1-9][0-9]{3}"),
        ("date", "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"),
        ("dateTime", "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z?"),
    )
)
"""The forms that are sure to stay as they are."""
_PLAIN: Final = re.compile(_LEFT_ALONE)
_AS_THEY_ARE: Final = frozenset(
    {"STR", "LANG", "BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "SAMETERM", "COALESCE", "IF"}
)
"""Functions that see a term and not its value, and those that hand on one of their arguments."""


def are_rewritten(texts: pa.Array) -> bool:
    """Return whether Oxigraph would rewrite one of these terms in N-Triples; rare forms count as rewritten."""
    typed = texts.filter(pc.match_substring(texts, f'"^^<{XSD}'))
    literals = typed.filter(pc.match_substring_regex(typed, _TEXT))
    return not pc.all(pc.match_substring_regex(literals, _LEFT_ALONE)).as_py()


def names_what_is_rewritten(query: sparql.Query) -> bool:
    """Return whether a query holds a literal that the store would rewrite."""
    literals = {node for node in sparql.walk(query) if isinstance(node, sparql.Literal) and node.datatype in _DATATYPES}
    return any(not _PLAIN.search(f'"{literal.value}"^^<{literal.datatype}>') for literal in literals)


def coded_texts(texts: pa.Array) -> pa.Array:
    """Return terms in N-Triples with substituted datatypes."""
    return pc.replace_substring_regex(texts, pattern=_TEXT, replacement=rf'"^^<{_WRITTEN}\1>')


def coded(term: Node) -> Node:
    """Return a term with its substituted datatype."""
    if isinstance(term, pyoxigraph.Literal) and term.datatype.value in _DATATYPES:
        return pyoxigraph.Literal(term.value, datatype=NamedNode(_WRITTEN + term.datatype.value.removeprefix(XSD)))
    return term


def decoded(term: Node) -> Node:
    """Return a term with its original datatype."""
    if isinstance(term, pyoxigraph.Literal) and term.datatype.value.startswith(_WRITTEN):
        return pyoxigraph.Literal(term.value, datatype=NamedNode(XSD + term.datatype.value.removeprefix(_WRITTEN)))
    return term


def _datatype(term: Node) -> NamedNode | None:
    term = decoded(term)
    return term.datatype if isinstance(term, pyoxigraph.Literal) else None


FUNCTIONS: Final[dict[NamedNode, Callable[..., Node | None]]] = {_READ: decoded, _DATATYPE: _datatype}
"""The functions that a query of `seeing_texts` calls."""


def seeing_texts(query: Q) -> Q:
    """Return a query that has the same meaning over literals of the substituted datatypes."""
    return sparql.transform(query, _seeing)


def _seeing(node: sparql.Node) -> sparql.Node:  # noqa: C901, PLR0911, PLR0912 - one case a kind of node
    match node:
        case sparql.TriplesSameSubject():
            return sparql.replace(node, subject=_as_it_is(node.subject))
        case sparql.PropertyObjects():
            return sparql.replace(node, objects=_all(_as_it_is, node.objects))
        case sparql.Collection():
            return sparql.replace(node, items=_all(_as_it_is, node.items))
        case sparql.Row():
            return sparql.replace(node, values=_all(_as_it_is, node.values))
        case sparql.Bind() | sparql.Projection() | sparql.GroupCondition():
            return sparql.replace(node, expression=_as_it_is(node.expression))
        case sparql.BuiltInCall(span, "DATATYPE", arguments):
            return _call(_DATATYPE, _all(_as_it_is, arguments), span)
        case sparql.BuiltInCall(_, "IF", (condition, *choices)):
            return sparql.replace(node, arguments=(_read(condition), *_all(_as_it_is, choices)))
        case sparql.BuiltInCall(_, name, arguments):
            return sparql.replace(node, arguments=_all(_as_it_is if name in _AS_THEY_ARE else _read, arguments))
        case sparql.FunctionCall() if NamedNode(node.function.value) not in FUNCTIONS:
            return sparql.replace(node, arguments=_all(_read, node.arguments))
        case sparql.Aggregate() if node.expression is not None and node.name not in {"COUNT", "SAMPLE"}:
            return sparql.replace(node, expression=_read(node.expression))
        case sparql.Comparison():
            return sparql.replace(node, left=_read(node.left), right=_read(node.right))
        case sparql.In():
            return sparql.replace(node, expression=_read(node.expression), choices=_all(_read, node.choices))
        case sparql.Logical() | sparql.Arithmetic():
            return sparql.replace(node, operands=_all(_read, node.operands))
        case sparql.Unary():
            return sparql.replace(node, operand=_read(node.operand))
        case sparql.Filter():
            return sparql.replace(node, condition=_read(node.condition))
        case sparql.OrderCondition():
            return sparql.replace(node, expression=_read(node.expression))
        case sparql.Modifiers():
            return sparql.replace(node, having=_all(_read, node.having))
        case _:
            return node


def _all(change: Callable[[sparql.Node], sparql.Node], nodes: Iterable[sparql.Node]) -> tuple[sparql.Node, ...]:
    return tuple(change(node) for node in nodes)


def _as_it_is(node: sparql.Node) -> sparql.Node:
    """Return a constant in the form that it has in the store."""
    if isinstance(node, sparql.Literal) and node.datatype in _DATATYPES:
        return sparql.replace(node, datatype=_WRITTEN + node.datatype.removeprefix(XSD))
    return node


def _read(node: sparql.Node) -> sparql.Node:
    """Return the value of what may be a literal of the store."""
    handing_on = isinstance(node, sparql.BuiltInCall) and node.name in {"COALESCE", "IF"}
    if handing_on or isinstance(node, sparql.Variable | sparql.Aggregate):
        return _call(_READ, (node,))
    return node


def _call(name: NamedNode, arguments: tuple[sparql.Node, ...], span: sparql.Span = NOWHERE) -> sparql.FunctionCall:
    function = sparql.Iri(span, name.value, f"<{name.value}>")
    return sparql.FunctionCall(span, function, distinct=False, arguments=arguments)  # type: ignore[arg-type] # expressions stay expressions
