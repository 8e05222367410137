"""Turn filters that name the wanted terms into data blocks, so that the engine looks the terms up.

Such filters are ``?v IN (…)`` and ``?v = … || ?v = …``.

A filter compares values and a data block matches terms. They agree on IRIs, strings and strings with a language;
numbers, dates and booleans have many forms of one value and are left alone. The variable must be bound by triples
before any OPTIONAL, MINUS or BIND of the group, so that the filter could as well stand right behind these triples,
where it is a join with the terms.

``STR(?v) = "http://…"`` where ?v is a resource is the same as ``?v = <http://…>``. STR returns the text of an IRI, and
of a blank node an error; of a literal its text too, so ?v must be no literal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.terms import RDF, XSD
from kg.sparql.nodes import (
    NOWHERE,
    Bind,
    BuiltInCall,
    Comparison,
    Filter,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Minus,
    Node,
    Optional,
    PropertyObjects,
    Row,
    TriplesBlock,
    TriplesSameSubject,
    Values,
    Variable,
    replace,
    transform,
)
from kg.store.embedded.rewriting.patterns import (
    anchors,
    conjuncts,
    fewest,
    filters,
    is_term,
    node_names,
    pieces,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from kg.sparql.nodes import Expression, Pattern
    from kg.store.embedded.rewriting.patterns import Count


# IRIs that no parser refuses or changes: a query with such an IRI is a query wherever the one with the text is.
_PLAIN: Final = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,4})?(?:/[A-Za-z0-9_~=+,;@:.-]*)*(?:#[A-Za-z0-9_~./-]*)?"
)
_DOTS: Final = re.compile(r"/\.{1,2}(?:/|#|$)")


def texts_as_iris(condition: Expression, resources: AbstractSet[str]) -> Expression:
    """Return a condition that compares resources themselves where it compares their texts.

    ``resources`` are no literals.
    """

    def changed(node: Node) -> Node:
        match node:
            case Comparison(_, "=", left, right) if (resource := _of_text(left, resources)) and (iri := _iri(right)):
                return replace(node, left=resource, right=iri)
            case Comparison(_, "=", left, right) if (resource := _of_text(right, resources)) and (iri := _iri(left)):
                return replace(node, left=iri, right=resource)
            case In(_, value, choices, False) if (resource := _of_text(value, resources)) and all(map(_iri, choices)):
                return replace(node, expression=resource, choices=tuple(map(_iri, choices)))
        return node

    return transform(condition, changed)


def _of_text(expression: Expression, resources: AbstractSet[str]) -> Variable | None:
    """Return the resource whose text an expression is."""
    match expression:
        case BuiltInCall(_, "STR", (Variable(_, name) as variable,)) if name in resources:
            return variable
    return None


def _iri(expression: Expression) -> Iri | None:
    match expression:
        case Literal(_, value, datatype) if (
            datatype == f"{XSD}string" and _PLAIN.fullmatch(value) and not _DOTS.search(value)
        ):
            return Iri(NOWHERE, value, f"<{value}>")
    return None


Term = Iri | Literal
_TERMS: Final = (f"{XSD}string", f"{RDF}langString")
_FEW: Final = 100


def choices_first(group: Group, count: Count | None) -> Group:
    """Return a group in which one filter that names terms is a data block at the start.

    It is moved only where that cannot cost more than it gains.
    """
    before = _joined_first(group)
    if len(before) != _inside(group):
        return group  # the engine may have a better beginning in what else is joined
    ends, resources = node_names(before)
    best: tuple[int, Expression, Values] | None = None
    for element in group.elements:
        for condition in conjuncts(element.condition) if isinstance(element, Filter) else ():
            found = _choice(texts_as_iris(condition, resources))
            if found and found[0].name in ends:
                rank = _worth(before, *found, count)
                if rank is not None and (best is None or rank < best[0]):
                    block = Values(NOWHERE, (found[0],), tuple(Row(NOWHERE, (term,)) for term in found[1]))
                    best = (rank, condition, block)
    return _placed(group, best[1], best[2]) if best else group


def _joined_first(group: Group) -> list[TriplesBlock]:
    """Return the triple blocks that are joined before any other kind of element.

    A value moved in front of OPTIONAL must have been bound before it.
    """
    found: list[TriplesBlock] = []
    for element in group.elements:
        if isinstance(element, TriplesBlock):
            found.append(element)
        elif not isinstance(element, Filter):
            break
    return found


def _inside(group: Group) -> int:
    """Return the number of parts that are joined, any of which the engine may begin with."""
    return sum(not isinstance(element, Filter | Optional | Minus | Bind) for element in group.elements)


def _choice(condition: Expression) -> tuple[Variable, tuple[Term, ...]] | None:
    """Read a condition that says which terms one variable may be; each term once."""
    match condition:
        case In(_, Variable() as variable, choices, False) if all(map(_is_term, choices)):
            return variable, _each_once(choices)  # type: ignore[arg-type] # _is_term has looked
        case Comparison(_, "=", left, right) | BuiltInCall(_, "SAMETERM", (left, right)):
            if isinstance(left, Variable) and _is_term(right):
                return left, (right,)  # type: ignore[return-value]
            if isinstance(right, Variable) and _is_term(left):
                return right, (left,)  # type: ignore[return-value]
        case Logical(_, "||", operands):
            named = [choice for choice in map(_choice, operands) if choice]
            variables = {variable for variable, _ in named}
            if len(named) == len(operands) and len(variables) == 1:
                return variables.pop(), _each_once(term for _, terms in named for term in terms)
    return None


def _each_once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms without repetition: a data block would give as many solutions.

    Tags of languages are compared in small letters.
    """
    return tuple(
        {
            (term if isinstance(term, Iri) else replace(term, language=term.language.lower())): term for term in terms
        }.values()
    )


def _is_term(expression: Expression) -> bool:
    return isinstance(expression, Iri) or (isinstance(expression, Literal) and expression.datatype in _TERMS)


def _worth(before: list[TriplesBlock], variable: Variable, terms: tuple[Term, ...], count: Count | None) -> int | None:
    """Return how good it is to begin with the terms, smaller being better.

    None where the engine may have a better beginning.
    """
    parts = [piece for block in before for piece in pieces(block)]
    if any(piece.subject == variable for piece in parts):
        return len(terms) if len(terms) <= _FEW else None
    others = anchors(parts)
    if any(is_term(piece.subject) for piece in others):
        return None  # a known subject has few statements
    if others or not all(map(plain, parts)):
        if count is None or len(terms) > _FEW:
            return None
        mine = [asked for piece in parts for asked in _asked(piece, variable, terms)]
        if fewest([mine, *([piece] for piece in others)], count) != 0:
            return None
    return len(terms) * _FEW


def _asked(piece: TriplesSameSubject, variable: Variable, terms: tuple[Term, ...]) -> list[TriplesSameSubject]:
    """Return a plain triple with each term in place of the variable that is its object; nothing for any other."""
    match piece:
        case TriplesSameSubject(_, _, (PropertyObjects(_, verb, (value,)),)) if plain(piece) and value == variable:
            return [replace(piece, properties=(PropertyObjects(NOWHERE, verb, (term,)),)) for term in terms]
    return []


def _placed(group: Group, condition: Expression, block: Values) -> Group:
    elements: list[Pattern] = [block]
    for element in group.elements:
        if isinstance(element, Filter):
            elements += filters(part for part in conjuncts(element.condition) if part is not condition)
        else:
            elements.append(element)
    return replace(group, elements=tuple(elements))
