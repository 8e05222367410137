"""How a server writes literals: many keep the value of a number and forget how it was written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.core.errors import KGError, LimitError
from kg.shacl.nodes import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.shacl.remote.server import Server
    from kg.shacl.shapes.shapes import Constraint, Shapes

_OWN_WAYS: Final = (
    ("01", "integer"), ("1.50", "decimal"), ("1", "boolean"), ("10.0", "double"), ("2020-01-01T00:00:00+00:00", "dateTime"),
)  # fmt: skip
_TRIED: Final = tuple(Literal(text, datatype=NamedNode(XSD + name)) for text, name in _OWN_WAYS)
_COMPARED: Final = frozenset({"In", "HasValue"})
_AT_ONCE: Final = 200
_OF_TRIAL: Final = "urn:motkg:validation:form:"


def forms_at(server: Server, literals: Iterable[Literal]) -> dict[Literal, Literal]:
    """Return the literals that a server writes in another way, each with what it makes of it.

    One that it refuses stays as it is.

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
    """Return some literals that are written in a way of their own and that a server rewrites, each with what it makes of it."""
    return forms_at(server, _TRIED)


def in_forms_of(server: Server, shapes: Shapes) -> Shapes:
    """Return shapes whose lists and wanted values are written as the server writes them, so that they equal the literals that it gives."""
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
