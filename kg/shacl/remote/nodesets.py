"""Sets of nodes as patterns of SPARQL, made of plain triples alone: no property paths, no filters on values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.shacl.nodes import TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import NamedNode


@dataclass(frozen=True, slots=True)
class NodeSet:
    """The nodes that ``pattern`` binds to ``variable``, with ``conditions`` that hold once a triple mentions it.

    ``before`` are the nodes one step earlier, and ``by`` the predicate of that step, and whether it was followed
    backwards.
    """

    pattern: str
    conditions: str = ""
    steps: int = 0
    before: NodeSet | None = None
    by: tuple[NamedNode, bool] | None = None

    @property
    def variable(self) -> str:
        """Return the variable of the nodes."""
        return f"?n{self.steps}"

    def step(self, predicate: NamedNode, *, backwards: bool) -> NodeSet:
        """Return the nodes that a predicate leads to."""
        here, there = self.variable, f"?n{self.steps + 1}"
        subject, value = (there, here) if backwards else (here, there)
        return NodeSet(
            f"{self.pattern}{subject} {predicate} {value} . ",
            self.conditions,
            self.steps + 1,
            self,
            (predicate, backwards),
        )


def instances(classes: Iterable[str]) -> NodeSet:
    """Return the nodes that are typed with one of some classes."""
    several = sorted(classes)
    if len(several) == 1:
        return NodeSet(f"?n0 {TYPE} <{several[0]}> . ")
    return NodeSet(f"?n0 {TYPE} ?class . ", f"FILTER (?class IN ({', '.join(f'<{name}>' for name in several)}))")


def named(nodes: Iterable[NamedNode]) -> NodeSet:
    """Return some nodes; the triple that mentions them has to come from elsewhere."""
    return NodeSet("", f"FILTER (?n0 IN ({', '.join(sorted(map(str, nodes)))}))")


def subjects_of(predicate: str) -> NodeSet:
    """Return the nodes that have a value for a predicate."""
    return NodeSet(f"?n0 <{predicate}> ?had . ")


def values_of(predicate: str) -> NodeSet:
    """Return the nodes that are a value of a predicate."""
    return NodeSet(f"?having <{predicate}> ?n0 . ")


def either(sets: Iterable[NodeSet | None]) -> NodeSet | None:
    """Return the nodes of several sets; ``None`` stands for all nodes there are."""
    several = list(dict.fromkeys(sets))
    found = [each for each in several if each is not None]
    if len(found) < len(several):
        return None
    if len(found) == 1:
        return found[0]
    most = 1 + max(each.steps for each in found)
    parts = (f"{{ {each.pattern}{each.conditions} }}".replace(each.variable, f"?n{most}") for each in found)
    return NodeSet(f"{' UNION '.join(parts)} ", "", most) if all(each.pattern for each in found) else None


def together(sets: Iterable[NodeSet]) -> Iterator[NodeSet]:
    """Yield fewer sets of the same nodes: steps from the same nodes become one step along any of their predicates."""
    steps: dict[tuple[NodeSet, bool], list[NodeSet]] = {}
    for each in sets:
        if each.before is None or each.by is None:
            yield each
        else:
            steps.setdefault((each.before, each.by[1]), []).append(each)
    for (before, backwards), several in steps.items():
        if len(several) == 1:
            yield several[0]
            continue
        here, there, by = before.variable, f"?n{before.steps + 1}", f"?by{before.steps}"
        subject, value = (there, here) if backwards else (here, there)
        predicates = ", ".join(sorted(str(each.by[0]) for each in several if each.by))
        conditions = f"{before.conditions} FILTER ({by} IN ({predicates}))"
        yield NodeSet(f"{before.pattern}{subject} {by} {value} . ", conditions, before.steps + 1)
