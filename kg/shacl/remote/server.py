"""SPARQL servers as the validator uses them: queries, and the form in which a server writes literals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Store, parse, serialize

from kg.core.errors import KGError, LimitError
from kg.core.terms import XSD
from kg.sparql.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.shacl.nodes import Node, Subject
    from kg.shacl.shapes.shapes import Constraint, Shapes


class Server(Protocol):
    """Anything that answers SPARQL. An incomplete answer must be an error, not a shorter answer."""

    @property
    def name(self) -> str:
        """The name of the server in messages."""

    @property
    def dataset(self) -> str:
        """The ``FROM`` clauses of the graphs to query, each followed by a space; empty for the default graph."""

    def select(self, text: str) -> Iterable[Mapping[str, Node | None]]:
        """Answer a SELECT query: a mapping from variable to term for each solution.

        Raises:
            KGError: the server cannot be asked, or does not answer.

        """

    def construct(self, text: str) -> bytes:
        """Answer a CONSTRUCT query: N-Triples.

        Raises:
            KGError: the server cannot be asked, or does not answer.

        """


class MemoryServer:
    """A store in memory that is used through query texts alone, like a remote one.

    It rewrites literals: ``"01"^^xsd:integer`` becomes ``1``.
    """

    name = "a store in memory"
    dataset = ""

    def __init__(self, triples: Iterable[tuple[Subject, NamedNode, Node]]) -> None:
        self._store = Store()
        self._store.bulk_extend(Quad(*triple) for triple in triples)

    def select(self, text: str) -> list[dict[str, Node | None]]:
        """Answer a SELECT query."""
        solutions = self._store.query(spelt(text).text)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("only SELECT queries are asked")
        names = [variable.value for variable in solutions.variables]
        return [{name: solution[name] for name in names} for solution in solutions]

    def construct(self, text: str) -> bytes:
        """Answer a CONSTRUCT query."""
        triples = self._store.query(spelt(text).text)
        if not isinstance(triples, QueryTriples):
            raise TypeError("only CONSTRUCT queries are told")
        return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


_OWN_WAYS: Final = (
    ("01", "integer"), ("1.50", "decimal"), ("1", "boolean"), ("10.0", "double"),
    ("2020-01-01T00:00:00+00:00", "dateTime"),
)  # fmt: skip
_TRIED: Final = tuple(Literal(text, datatype=NamedNode(XSD + name)) for text, name in _OWN_WAYS)
_COMPARED: Final = frozenset({"In", "HasValue"})
_AT_ONCE: Final = 200
_OF_TRIAL: Final = "urn:motkg:validation:form:"


def forms_at(server: Server, literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Return the literals that a server rewrites, each with its new form; one that it refuses is left out.

    Raises:
        KGError: the server cannot be asked.

    """
    waiting = list(dict.fromkeys(literals))
    found: dict[Literal, Literal] = {}
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        try:
            found |= _tried(server, some)
        except LimitError:
            raise
        except KGError:
            if len(some) == 1:
                continue
            for each in some:
                found |= forms_at(server, [each])
    return found


def _tried(server: Server, literals: list[Literal]) -> dict[Literal, Literal]:
    rows = " ".join(f"(<{_OF_TRIAL}{number}> {literal})" for number, literal in enumerate(literals))
    text = f"CONSTRUCT {{ ?number <{_OF_TRIAL}> ?made }} WHERE {{ VALUES (?number ?made) {{ {rows} }} }}"
    answer = parse(server.construct(text), RdfFormat.N_TRIPLES)
    numbers = (
        (quad.subject.value.removeprefix(_OF_TRIAL), quad.object)
        for quad in answer
        if isinstance(quad.subject, NamedNode)
    )
    pairs = ((literals[int(number)], made) for number, made in numbers)
    return {literal: made for literal, made in pairs if isinstance(made, Literal) and made != literal}


def rewritten_at(server: Server) -> dict[Literal, Literal]:
    """Return some unusual literals that a server rewrites, each with its new form."""
    return forms_at(server, _TRIED)


def in_forms_of(server: Server, shapes: Shapes) -> Shapes:
    """Return shapes whose literals are written as the server writes them, so that they equal those it returns."""
    compared = (each for shape in shapes.by_node.values() for each in shape.constraints if each.component in _COMPARED)
    forms = forms_at(
        server, (term for each in compared for term in each.terms if isinstance(term, Literal) and _may_change(term))
    )
    if not forms:
        return shapes

    def changed(constraint: Constraint) -> Constraint:
        if constraint.component not in _COMPARED:
            return constraint
        return replace(
            constraint,
            terms=tuple(forms.get(term, term) if isinstance(term, Literal) else term for term in constraint.terms),
        )

    by_node = {
        node: replace(shape, constraints=tuple(map(changed, shape.constraints)))
        for node, shape in shapes.by_node.items()
    }
    return replace(shapes, by_node=by_node)


def _may_change(literal: Literal) -> bool:
    """Tell of a literal whether a server may write it in another way of the same meaning.

    Some round a double that a query names.
    """
    return bool(literal.language) or literal.datatype.value.removeprefix(XSD) not in {"string", "double", "float"}
