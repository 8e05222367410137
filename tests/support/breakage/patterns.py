"""Ways to break what a query asks of its variables, and what it leaves of its solutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breakage.source import RDF_TYPE, Broken, Source
from kg.query.diagnosis import Kind
from kg.sparql import Filter, Iri, TriplesBlock, Variable, walk

if TYPE_CHECKING:
    from collections.abc import Iterator


def turned_property(source: Source) -> Iterator[Broken]:
    for node in source.properties():
        if isinstance(node.verb, Iri) and node.verb.value != RDF_TYPE and isinstance(node.objects[0], Variable):
            yield source.swap(
                "turned property", [Kind.WRONG_DIRECTION], node.verb.span, f"^{node.verb.written}", node.verb.written
            )


def wrong_graph(source: Source) -> Iterator[Broken]:
    for element in source.tree.where.elements:
        if isinstance(element, TriplesBlock):
            name = (
                "graph:kanai-hara-1992"
                if "kanai" not in source.text and "alliances" not in source.name
                else "graph:kirihata-mot"
            )
            start, end = element.span.start, element.span.end
            before = f"GRAPH {name} {{ "
            yield source.broken(
                "wrong graph", [Kind.WRONG_GRAPH], start + len("GRAPH "), (start, start, before), (end, end, " } ")
            )
            return


def unknown_graph(source: Source) -> Iterator[Broken]:
    for element in source.tree.where.elements:
        if isinstance(element, TriplesBlock):
            start, end = element.span.start, element.span.end
            before = "GRAPH graph:kirihata-mott { "
            yield source.broken(
                "unknown graph", [Kind.UNKNOWN_TERM], start + len("GRAPH "), (start, start, before), (end, end, " } ")
            )
            return


def misspelt_variable_in_filter(source: Source) -> Iterator[Broken]:
    for element in source.tree.where.elements:
        if isinstance(element, Filter):
            for node in walk(element):
                if isinstance(node, Variable) and node.name in source.bound():
                    new = f"?{node.name}x"
                    yield source.swap(
                        "misspelt variable in filter", [Kind.UNBOUND_VARIABLE], node.span, new, f"?{node.name}"
                    )


def another_class(source: Source) -> Iterator[Broken]:
    for node in source.classes():
        other = "motkg:RDGeneration" if "alliance" not in source.name else "motkg:CausalFactor"
        yield source.swap("another class", [Kind.CLASS_CLASH], node.span, other)


def second_class(source: Source) -> Iterator[Broken]:
    for node in source.classes():
        end = node.span.end
        yield source.broken("second class", [Kind.CLASS_CLASH], None, (end, end, ", motkg:MatchmakingEvent"))


def minus_of_everything(source: Source) -> Iterator[Broken]:
    for name in sorted(source.bound()):
        yield source.added(
            "minus of everything", [Kind.MINUS], f" MINUS {{ ?{name} ?anyProperty ?anyValue }} ", "MINUS"
        )


def not_exists_of_everything(source: Source) -> Iterator[Broken]:
    for name in sorted(source.bound()):
        new = f" FILTER NOT EXISTS {{ ?{name} ?anyProperty ?anyValue }} "
        yield source.added("not exists of everything", [Kind.MINUS], new, "NOT EXISTS")


def too_strict_having(source: Source) -> Iterator[Broken]:
    modifiers = source.tree.modifiers
    if modifiers.group_by and not modifiers.having:
        end = modifiers.group_by[-1].span.end
        yield source.broken("too strict having", [Kind.HAVING], None, (end, end, "\nHAVING (COUNT(*) > 1000000)"))


def offset_beyond(source: Source) -> Iterator[Broken]:
    end = len(source.text.rstrip())
    if source.tree.modifiers.limit is None:
        yield source.broken(
            "offset beyond", [Kind.OFFSET], end + 1, (end, end, f"\nOFFSET {len(source.answer.rows) + 5}")
        )


def limit_of_nothing(source: Source) -> Iterator[Broken]:
    end = len(source.text.rstrip())
    if source.tree.modifiers.limit is None:
        yield source.broken("limit of nothing", [Kind.LIMIT], end + 1, (end, end, "\nLIMIT 0"))


def text_joined_with_a_thing(source: Source) -> Iterator[Broken]:
    blocks = [element for element in source.tree.where.elements if isinstance(element, TriplesBlock)]
    things = {block.triples[0].subject.name for block in blocks if isinstance(block.triples[0].subject, Variable)}
    labels = [name for name, _ in source.values(lambda literal: literal.language == "en")]
    for thing in sorted(things):
        for label in labels:
            new = f" ?{thing} motkg:statedAt ?{label} . "
            if "statedAt" in source.text:
                yield source.added("text joined with a thing", [Kind.JOIN, Kind.WRONG_VALUE], new, "motkg:statedAt")
