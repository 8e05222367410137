"""The schema rules (scm-*) of OWL 2 RL read backwards, and what all such readings share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import Triple

from kg.reason.closure.vocabulary import NODES
from kg.reason.walks import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.columns.graph import Node

    Match: TypeAlias = Callable[[Node | None, Node | None, Node | None], Iterable[Triple]]
    Step: TypeAlias = tuple[str, tuple[Triple, ...]]

_SUBCLASS, _SUBPROPERTY = NODES["subClassOf"], NODES["subPropertyOf"]


def stated(subject: Node, predicate: Node, value: Node) -> Triple:
    """Return a statement; a literal as its subject, as rules may have, is an error of the caller."""
    return Triple(subject, predicate, value)  # type: ignore[arg-type]


def members_of(match: Match, head: Node) -> tuple[list[Node], list[Triple]]:
    """Return the members of a list and the statements that make it.

    Neither where it is empty, breaks off or comes back to itself.
    """

    def links(cell: Node) -> tuple[Node, Node] | None:
        first, rest = (
            next(iter(match(cell, NODES["first"], None)), None),
            next(iter(match(cell, NODES["rest"], None)), None),
        )
        return (first.object, rest.object) if first and rest else None

    found = cells(head, links, NODES["nil"]) or []
    made = [(stated(cell, NODES["first"], member), stated(cell, NODES["rest"], rest)) for cell, member, rest in found]
    return [member for _, member, _ in found], [triple for pair in made for triple in pair]


def _to_subclass(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqc1, scm-int, scm-uni, scm-hv, scm-svf1, scm-svf2, scm-avf1, scm-avf2 and scm-sco."""
    low, high = statement.subject, statement.object
    for rule in (stated(low, NODES["equivalentClass"], high), stated(high, NODES["equivalentClass"], low)):
        yield "scm-eqc1", (rule,)
    for whole in match(low, NODES["intersectionOf"], None):
        members, made = members_of(match, whole.object)
        if high in members:
            yield "scm-int", (whole, *made)
    for whole in match(high, NODES["unionOf"], None):
        members, made = members_of(match, whole.object)
        if low in members:
            yield "scm-uni", (whole, *made)
    yield from _to_restrictions(match, low, high)
    above = [each.object for each in (*match(low, _SUBCLASS, None), *match(low, NODES["equivalentClass"], None))]
    above += [each.subject for each in match(None, NODES["equivalentClass"], low)]
    for middle in above:
        if middle not in {low, high}:
            yield "scm-sco", (stated(low, _SUBCLASS, middle), stated(middle, _SUBCLASS, high))


def _to_restrictions(match: Match, low: Node, high: Node) -> Iterator[Step]:
    for narrow in match(low, NODES["onProperty"], None):
        for wide in match(high, NODES["onProperty"], None):
            same = narrow.object == wide.object
            for name, rule in (("someValuesFrom", "scm-svf"), ("allValuesFrom", "scm-avf"), ("hasValue", "scm-hv")):
                for one in match(low, NODES[name], None):
                    for other in match(high, NODES[name], None):
                        if same and one.object != other.object and rule != "scm-hv":
                            yield f"{rule}1", (narrow, one, wide, other, stated(one.object, _SUBCLASS, other.object))
                        elif one.object == other.object and not same:
                            ends = (wide.object, narrow.object) if rule == "scm-avf" else (narrow.object, wide.object)
                            number = "" if rule == "scm-hv" else "2"
                            yield f"{rule}{number}", (narrow, one, wide, other, stated(ends[0], _SUBPROPERTY, ends[1]))
                        elif one.object == other.object:
                            yield f"{rule}{'' if rule == 'scm-hv' else '1'}", (narrow, one, wide, other)


def _to_subproperty(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqp1 and scm-spo."""
    low, high = statement.subject, statement.object
    for rule in (stated(low, NODES["equivalentProperty"], high), stated(high, NODES["equivalentProperty"], low)):
        yield "scm-eqp1", (rule,)
    for middle in match(low, _SUBPROPERTY, None):
        if middle.object not in {low, high}:
            yield "scm-spo", (middle, stated(middle.object, _SUBPROPERTY, high))


def _to_equivalent(_match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqc2 and scm-eqp2."""
    one, other = statement.subject, statement.object
    rule, below = (
        ("scm-eqc2", _SUBCLASS) if statement.predicate == NODES["equivalentClass"] else ("scm-eqp2", _SUBPROPERTY)
    )
    yield rule, (stated(one, below, other), stated(other, below, one))


def _to_end(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-dom1 and scm-dom2, or scm-rng1 and scm-rng2."""
    prop, end, cls = statement.subject, statement.predicate, statement.object
    rule = "scm-dom" if end == NODES["domain"] else "scm-rng"
    for below in match(prop, end, None):
        if below.object != cls:
            yield f"{rule}1", (below, stated(below.object, _SUBCLASS, cls))
    for above in match(prop, _SUBPROPERTY, None):
        if above.object != prop:
            yield f"{rule}2", (stated(above.object, end, cls), above)


SCHEMA: Final = {
    _SUBCLASS: _to_subclass,
    _SUBPROPERTY: _to_subproperty,
    NODES["equivalentClass"]: _to_equivalent,
    NODES["equivalentProperty"]: _to_equivalent,
    NODES["domain"]: _to_end,
    NODES["range"]: _to_end,
}
