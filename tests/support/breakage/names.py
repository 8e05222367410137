"""Ways to break the names in a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from breakage.source import Broken, Source, typo
from kg.core.terms import compact, prefixes
from kg.query.diagnosis import Kind
from kg.sparql import PrefixDeclaration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql import Iri


def _misspelt(source: Source, node: Iri, way: str) -> Broken:
    prefix, _, local = node.written.partition(":")
    return source.swap(way, [Kind.UNKNOWN_TERM], node.span, f"{prefix}:{typo(local)}", compact(node.value))


def misspelt_class(source: Source) -> Iterator[Broken]:
    return (_misspelt(source, node, "misspelt class") for node in source.classes())


def misspelt_property(source: Source) -> Iterator[Broken]:
    return (
        _misspelt(source, node, "misspelt property") for node in source.verbs() if len(node.value.rsplit("/", 1)[1]) > 3
    )


def misspelt_concept(source: Source) -> Iterator[Broken]:
    return (_misspelt(source, node, "misspelt concept") for node in source.concepts() if ":" in node.written)


def class_in_lower_case(source: Source) -> Iterator[Broken]:
    for node in source.classes():
        prefix, _, local = node.written.partition(":")
        new = f"{prefix}:{local.lower()}"
        yield source.swap(
            "class in lower case", [Kind.UNKNOWN_TERM, Kind.UNUSED_TERM], node.span, new, compact(node.value)
        )


def _declarations(source: Source) -> list[PrefixDeclaration]:
    return [each for each in source.tree.prologue if isinstance(each, PrefixDeclaration)]


def http_for_https(source: Source) -> Iterator[Broken]:
    for each in _declarations(source):
        if each.iri.value.startswith("https:"):
            new = f"<{each.iri.value.replace('https:', 'http:')}>"
            yield source.swap("http for https", [Kind.WRONG_PREFIX], each.iri.span, new, f"<{each.iri.value}>")


def hash_for_slash(source: Source) -> Iterator[Broken]:
    for each in _declarations(source):
        if each.iri.value.endswith("/"):
            yield source.swap(
                "hash for slash", [Kind.WRONG_PREFIX], each.iri.span, f"<{each.iri.value[:-1]}#>", f"<{each.iri.value}>"
            )


def missing_slash(source: Source) -> Iterator[Broken]:
    for each in _declarations(source):
        if each.iri.value.endswith("/"):
            yield source.swap(
                "missing slash", [Kind.WRONG_PREFIX], each.iri.span, f"<{each.iri.value[:-1]}>", f"<{each.iri.value}>"
            )


def prefix_of_another_namespace(source: Source) -> Iterator[Broken]:
    for each in _declarations(source):
        if "/concept/" in each.iri.value:
            new = f"<{prefixes()['obstacle']}>"
            yield source.swap(
                "prefix of another namespace", [Kind.WRONG_PREFIX], each.iri.span, new, f"<{each.iri.value}>"
            )


def iri_with_http(source: Source) -> Iterator[Broken]:
    for node in source.verbs():
        if node.value.startswith("https:"):
            new = f"<{node.value.replace('https:', 'http:')}>"
            yield source.swap("iri with http", [Kind.WRONG_PREFIX], node.span, new, compact(node.value))


def property_without_statements(source: Source) -> Iterator[Broken]:
    for node in source.verbs():
        if node.value.startswith(prefixes()["motkg"]):
            yield source.swap("property without statements", [Kind.UNUSED_TERM], node.span, "motkg:isAtStage")


def class_without_members(source: Source) -> Iterator[Broken]:
    return (
        source.swap("class without members", [Kind.UNUSED_TERM], node.span, "motkg:FactorAssessment")
        for node in source.classes()
    )


def class_for_a_property(source: Source) -> Iterator[Broken]:
    return (
        source.swap("class for a property", [Kind.UNUSED_TERM], node.span, "motkg:Sample") for node in source.verbs()
    )
