"""Ways to break the literals and other constants of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal as LiteralTerm

from kg.core.terms import prefixes
from kg.query.diagnosis import Kind
from kg.sparql import BuiltInCall, Comparison, Iri, Literal, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from breakage.source import Broken, Source


def _languages(source: Source, way: str, tag: str) -> Iterator[Broken]:
    for node in source.nodes():
        if (
            isinstance(node, Comparison)
            and isinstance(node.left, BuiltInCall)
            and node.left.name == "LANG"
            and isinstance(node.right, Literal)
        ):
            yield source.swap(way, [Kind.OTHER_LITERAL], node.right.span, f'"{tag}"', f'"{node.right.value}"')


def unknown_language(source: Source) -> Iterator[Broken]:
    return _languages(source, "unknown language", "eng")


def missing_language(source: Source) -> Iterator[Broken]:
    return _languages(source, "missing language", "")


def _text_filter(source: Source, way: str, change: Callable[[LiteralTerm], str]) -> Iterator[Broken]:
    for name, value in source.values(lambda literal: literal.language == "en"):
        new = change(value)
        if new != str(value):
            yield source.added(way, [Kind.OTHER_LITERAL], f" FILTER(?{name} = {new}) ", new)


def text_without_its_language(source: Source) -> Iterator[Broken]:
    return _text_filter(source, "text without its language", lambda value: str(LiteralTerm(value.value)))


def text_in_other_case(source: Source) -> Iterator[Broken]:
    return _text_filter(
        source, "text in other case", lambda value: str(LiteralTerm(value.value.swapcase(), language="en"))
    )


def text_with_other_spaces(source: Source) -> Iterator[Broken]:
    return _text_filter(
        source, "text with other spaces", lambda value: str(LiteralTerm(f"{value.value} ", language="en"))
    )


def numeric(value: LiteralTerm) -> bool:
    return value.datatype.value.rsplit("#")[-1] in {"integer", "decimal"}


def number_as_text(source: Source) -> Iterator[Broken]:
    for name, value in source.values(numeric):
        new = f'"{value.value}"'
        yield source.added("number as text", [Kind.OTHER_LITERAL], f" FILTER(?{name} IN ({new})) ", new)


def label_pattern_without_language(source: Source) -> Iterator[Broken]:
    for node in source.properties():
        label = node.objects[0]
        if isinstance(node.verb, Iri) and node.verb.written.endswith("abel") and isinstance(label, Variable):
            value = next(
                (v for name, v in source.values(lambda literal: literal.language == "en") if name == label.name), None
            )
            if value is not None:
                new = str(LiteralTerm(value.value))
                added = f"{node.verb.written} {new} ; "
                start = node.span.start + len(node.verb.written) + 1
                yield source.broken(
                    "label pattern without language",
                    [Kind.OTHER_LITERAL],
                    start,
                    (node.span.start, node.span.start, added),
                )


def text_for_a_thing(source: Source) -> Iterator[Broken]:
    for node in source.properties():
        for each in node.objects:
            if isinstance(each, Iri) and "/concept/" in each.value:
                new = '"' + each.value.rsplit("/", 1)[1].replace("-", " ") + '"'
                yield source.swap("text for a thing", [Kind.WRONG_VALUE], each.span, new)


def concept_of_another_scheme(source: Source) -> Iterator[Broken]:
    for node in source.concepts():
        if not node.value.startswith(prefixes()["role"]):
            yield source.swap(
                "concept of another scheme",
                [Kind.WRONG_VALUE, Kind.VALUES],
                node.span,
                f"<{prefixes()['role']}partner>",
            )


def search_in_other_case(source: Source) -> Iterator[Broken]:
    for name, value in source.values(lambda literal: literal.language == "en"):
        new = value.value[:6].swapcase()
        yield source.added(
            "search in other case", [Kind.OTHER_LITERAL], f' FILTER(CONTAINS(?{name}, "{new}")) ', f'"{new}"'
        )


def number_compared_with_text(source: Source) -> Iterator[Broken]:
    for name, _ in source.values(numeric):
        yield source.added(
            "number compared with text", [Kind.EXPRESSION_ERROR], f' FILTER(?{name} > "0") ', f'?{name} > "0"'
        )


def text_function_on_a_thing(source: Source) -> Iterator[Broken]:
    for name in sorted(source.bound()):
        if name.startswith("the"):
            new = f' FILTER(CONTAINS(?{name}, "/")) '
            yield source.added("text function on a thing", [Kind.EXPRESSION_ERROR], new, "CONTAINS")


def failing_bind(source: Source) -> Iterator[Broken]:
    for name, _ in source.values(numeric):
        new = f" BIND(STRLEN(?{name}) AS ?longForm) FILTER(?longForm > 0) "
        yield source.added("failing bind", [Kind.EXPRESSION_ERROR], new, "BIND")


def too_strict_filter(source: Source) -> Iterator[Broken]:
    for name, _ in source.values(numeric):
        yield source.added("too strict filter", [Kind.FILTER], f" FILTER(?{name} > 1000000) ", f"?{name} >")


def values_that_do_not_fit(source: Source) -> Iterator[Broken]:
    for name in sorted(source.bound()):
        if name.startswith("the"):
            yield source.added(
                "values that do not fit",
                [Kind.VALUES, Kind.WRONG_VALUE],
                f" VALUES ?{name} {{ role:partner unit:percent }} ",
            )
