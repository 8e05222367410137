"""What the data and the shapes files say that helps to mend a result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode

from kg.core.errors import near_names
from kg.core.terms import RDF_TYPE
from kg.shacl.columnar.columngraph import split
from kg.shacl.report.report import Hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.columns import Columns
    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result
    from kg.shacl.shapes.shapes import Shapes

MOST_VALUES: Final = 100
"""Values of a report for which names that resemble them are looked for, so that a long report does not wait for it."""
_MOST_MEMBERS: Final = 10_000


def unnamed_shapes(results: Iterable[Result]) -> set[Node]:
    """Return the shapes without a name among the shapes of some results."""
    return {result.shape for result in results if isinstance(result.shape, BlankNode)}


def with_hints(
    results: Iterable[Result], columns: Columns, shapes: Shapes, places: Mapping[Node, Origin]
) -> tuple[Result, ...]:
    """Return the results, each with what helps to mend it.

    Args:
        results: the results of a validation.
        columns: the data.
        shapes: the shapes that were applied.
        places: where the shapes without a name are stated.

    """
    members: dict[Node, list[str]] = {}
    looked_up: dict[tuple[Node, Node], Hint] = {}
    kept = list(results)
    for number, result in enumerate(kept):
        hint = Hint(places.get(result.shape))
        wanted = _class_of(result, shapes)
        if wanted is not None and isinstance(result.value, NamedNode):
            key = result.value, wanted
            if key not in looked_up and len(looked_up) < MOST_VALUES:
                if wanted not in members:
                    members[wanted] = _members(columns, wanted)
                looked_up[key] = _hint(result.value, columns, members[wanted])
            if key in looked_up:
                hint = replace(looked_up[key], shape=hint.shape)
        if hint != Hint():
            kept[number] = replace(result, hint=hint)
    return tuple(kept)


def _class_of(result: Result, shapes: Shapes) -> Node | None:
    """Return the class that the value of a result should be an instance of, where one constraint asks for one."""
    shape = shapes.by_node.get(result.shape)
    if shape is None or not result.component.value.endswith("#ClassConstraintComponent"):
        return None
    classes = [constraint.terms[0] for constraint in shape.constraints if constraint.component == "Class"]
    return classes[0] if len(classes) == 1 else None


def _hint(value: NamedNode, columns: Columns, members: list[str]) -> Hint:
    namespace, local = split(value.value)
    beside = [name for member in members for space, name in [split(member)] if space == namespace]
    near = near_names(local, beside, cutoff=0.7) if _says_nothing(value, columns) else ()
    return Hint(unknown=_says_nothing(value, columns), near=tuple(NamedNode(namespace + name) for name in near))


def _says_nothing(node: Node, columns: Columns) -> bool:
    position = columns.terms.find(node)
    if position is None:
        return True
    return not any(
        place < len(subjects) and subjects[place] == position
        for subjects in (columns.forward(predicate)[0] for predicate in columns.predicates())
        for place in [int(subjects.searchsorted(position))]
    )


def _members(columns: Columns, wanted: Node) -> list[str]:
    """Return the IRIs of the instances of a class, up to some number of them."""
    types, position = columns.terms.find(RDF_TYPE), columns.terms.find(wanted)
    if types is None or position is None:
        return []
    subjects, classes = columns.forward(types)
    nodes = columns.terms.nodes(subjects[classes == position][:_MOST_MEMBERS].tolist())
    return [node.value for node in nodes if isinstance(node, NamedNode)]
