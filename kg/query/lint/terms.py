"""Rules about terms and prefixes: unknown, unused, deprecated, or of another namespace than the known one."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.core.terms import BASE, ENDPOINT_PREFIXES, OWL, RDF, RDFS, XSD, prefixes
from kg.query.diagnosis.parts import Splitter
from kg.query.lint.model import Finding
from kg.query.lint.variables import scopes
from kg.query.vocabulary import Role, like_namespace, meant_iri, meant_namespace, namespace_of, shown
from kg.sparql import (
    ConstructQuery,
    DatasetClause,
    FunctionCall,
    GraphPattern,
    Iri,
    Literal,
    PrefixDeclaration,
    Service,
    children,
    walk,
)
from kg.sparql.tokens import Source, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.query.lint.ontology import Ontology
    from kg.query.vocabulary import Vocabulary
    from kg.sparql import Node, Query

# Terms of the languages themselves mean something in a query whether or not a graph has a statement about them.
_LANGUAGE: Final = frozenset(
    {
        f"{RDF}{name}"
        for name in ("type", "first", "rest", "nil", "List", "Property", "langString", "HTML", "XMLLiteral")
    }
    | {f"{RDF}{name}" for name in ("Statement", "subject", "predicate", "object", "value", "reifies", "dirLangString")}
    | {
        f"{RDFS}{name}"
        for name in ("label", "comment", "seeAlso", "isDefinedBy", "subClassOf", "subPropertyOf", "domain", "range")
    }
    | {f"{RDFS}{name}" for name in ("Class", "Resource", "Literal", "Datatype", "member", "Container")}
    | {
        f"{OWL}{name}"
        for name in (
            "Class",
            "Thing",
            "Nothing",
            "ObjectProperty",
            "DatatypeProperty",
            "AnnotationProperty",
            "Ontology",
        )
    }
    | {
        f"{OWL}{name}"
        for name in (
            "sameAs",
            "differentFrom",
            "equivalentClass",
            "inverseOf",
            "disjointWith",
            "deprecated",
            "versionInfo",
        )
    }
)
_ADVISED: Final = 30  # of many unknown terms only the first get near names, each of which costs a look at all names
_DATATYPE: Final = re.compile(
    rf"{re.escape(XSD)}(string|boolean|decimal|integer|double|float|date|time|dateTime|dateTimeStamp|gYear|gYearMonth|gMonth|gMonthDay|gDay"
    r"|duration|yearMonthDuration|dayTimeDuration|byte|short|int|long|unsigned(Byte|Short|Int|Long)|(non)?(Positive|Negative)Integer"
    r"|(non)?(positive|negative)Integer|hexBinary|base64Binary|anyURI|language|normalizedString|token|NMTOKEN|Name|NCName)"
)


def known_prefixes() -> dict[str, str]:
    """Return the prefixes that a query may use without declaring them."""
    return ENDPOINT_PREFIXES | prefixes()


def unknown_terms(query: Query, vocabulary: Vocabulary, ontology: Ontology) -> Iterator[Finding]:
    """Find IRIs that the graph does not know, or knows only as declared or as deprecated."""
    roles = _roles(query)
    declarations = [each for each in query.prologue if isinstance(each, PrefixDeclaration)]
    faulty = {
        each.prefix
        for each in declarations
        if (meant := meant_namespace(each.prefix, each.iri.value)) and _is_wrong(each.iri.value, meant, vocabulary)
    }
    known: dict[str, bool] = {}
    unknown: dict[tuple[str, str, Role], Finding] = {}
    foreign = _foreign(query, vocabulary)
    told: set[str] = set()
    for node in _asked(query):
        if (space := namespace_of(node.value)) in foreign:
            if space not in told:
                told.add(space)
                yield _of_foreign(node, space, foreign[space])
            continue
        if node.value in _LANGUAGE or _DATATYPE.fullmatch(node.value) or node.written.partition(":")[0] in faulty:
            continue
        role = roles.get(node.span.start, Role.THING)
        if node.value not in known:
            known[node.value] = vocabulary.occurs(node.value)
        if not known[node.value]:
            key = (node.value, node.written, role)
            if key not in unknown:
                unknown[key] = _unknown(node, role, vocabulary, advise=len(unknown) < _ADVISED)
            yield replace(unknown[key], span=node.span)
        elif node.value in ontology.deprecated:
            yield Finding("deprecated-term", f"{shown(node.value)} is deprecated", node.span)
        elif role is not Role.THING and not vocabulary.used(node.value, role):
            yield _unused(node, role, vocabulary)


def _foreign(query: Query, vocabulary: Vocabulary) -> dict[str, int]:
    """Return the namespaces of which the graph has nothing at all, with the number of terms that the query has of them.

    Not those that look like a namespace of the graph.
    """
    terms: dict[str, set[str]] = {}
    for node in _asked(query):
        if node.value not in _LANGUAGE and not _DATATYPE.fullmatch(node.value):
            terms.setdefault(namespace_of(node.value), set()).add(node.value)
    return {
        space: len(iris)
        for space, iris in terms.items()
        if not vocabulary.resembles_namespace(space)
        and not meant_iri(space + "x")
        and not vocabulary.has_namespace(space)
        and not any(map(vocabulary.occurs, sorted(iris)))
    }


def _of_foreign(node: Iri, space: str, count: int) -> Finding:
    terms = f"{count} terms" if count > 1 else "a term"
    message = f"the graph has nothing of <{space}>, of which the query has {terms}: is it about other data?"
    return Finding("unknown-namespace", message, node.span)


def _unknown(node: Iri, role: Role, vocabulary: Vocabulary, *, advise: bool) -> Finding:
    meant = meant_iri(node.value)
    if meant and vocabulary.occurs(meant):
        return Finding(
            "wrong-prefix", f"{node.written} differs from a known IRI only in its beginning", node.span, (f"<{meant}>",)
        )
    near = tuple(map(shown, vocabulary.near(node.value, role))) if advise else ()
    return Finding("unknown-term", f"{node.written} is known neither to the ontology nor to the data", node.span, near)


def _unused(node: Iri, role: Role, vocabulary: Vocabulary) -> Finding:
    other = next(
        (each for each in (Role.CLASS, Role.PROPERTY) if each is not role and vocabulary.used(node.value, each)), None
    )
    if other:
        near = tuple(map(shown, vocabulary.near(node.value, role)))
        return Finding("unknown-term", f"{node.written} is a {other} and stands here as a {role}", node.span, near)
    return Finding("unused-term", f"{node.written} is known, but the graph does not use it as a {role}", node.span)


def _asked(query: Query) -> Iterator[Iri]:
    """Yield the IRIs that a query asks the graph for: not those that it makes, calls, or reads from elsewhere."""
    waiting: deque[Node] = deque(child for child in children(query) if not isinstance(child, PrefixDeclaration))
    if isinstance(query, ConstructQuery):
        made = set(map(id, query.template or ()))
        waiting = deque(node for node in waiting if id(node) not in made)
    while waiting:
        node = waiting.popleft()
        if isinstance(node, Iri) and node.written != "a":
            yield node
        elif isinstance(node, FunctionCall):
            waiting += node.arguments
        elif not isinstance(node, Service | Literal):
            waiting += children(node)


def _roles(query: Query) -> dict[int, Role]:
    """Return what each place takes its IRI for."""
    found: dict[int, Role] = {}
    for scope in scopes(query):
        for part in Splitter().parts(scope.group):
            if part.triple:
                found |= {node.span.start: Role.PROPERTY for node in walk(part.triple.path) if isinstance(node, Iri)}
                if part.triple.is_type and isinstance(part.triple.object, Iri):
                    found[part.triple.object.span.start] = Role.CLASS
    for node in walk(query):
        name = node.name if isinstance(node, GraphPattern) else node.iri if isinstance(node, DatasetClause) else None
        if isinstance(name, Iri):
            found[name.span.start] = Role.GRAPH
    return found


def wrong_prefixes(query: Query, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Find declarations of a known prefix for another namespace, and of a namespace that resembles a known one.

    A namespace that the graph has is none of them, and neither is one that another vocabulary of the same name has
    where the graph has nothing of the known one.
    """
    for each in query.prologue:
        if isinstance(each, PrefixDeclaration):
            namespace = each.iri.value
            meant = meant_namespace(each.prefix, namespace)
            if meant and _is_wrong(namespace, meant, vocabulary):
                alike = like_namespace(meant) == like_namespace(namespace)
                how = (
                    "which differs from the known one only at its beginning or end"
                    if alike
                    else f"but known as <{meant}>"
                )
                message = f"the prefix {each.prefix}: is declared as <{namespace}>, {how}"
                yield Finding("wrong-prefix", message, each.iri.span, (f"<{meant}>",))


def _is_wrong(namespace: str, meant: str, vocabulary: Vocabulary) -> bool:
    if meant.startswith(BASE) and namespace.startswith(BASE):
        return True
    if vocabulary.has_namespace(namespace):
        return False
    return like_namespace(meant) == like_namespace(namespace) or vocabulary.has_namespace(meant)


def unused_prefixes(text: str, query: Query) -> Iterator[Finding]:
    """Find prefixes that are declared and not used, and those that are used and not declared."""
    declared = {each.prefix: each for each in query.prologue if isinstance(each, PrefixDeclaration)}
    in_prologue = {each.span.start for each in declared.values()}
    source, used = Source(text), set()
    tokens = tokenise(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.kind not in {"PNAME", "NAMESPACE"} or (before and before.start in in_prologue):
            continue
        prefix = token.text.partition(":")[0]
        if prefix not in declared and prefix not in used and (namespace := known_prefixes().get(prefix)):
            who = "is known here; other tools need" if prefix in prefixes() else "is well known; some engines need"
            message = f"the prefix {prefix}: {who} PREFIX {prefix}: <{namespace}>"
            yield Finding("undeclared-prefix", message, source.span(token.start, token.end))
        used.add(prefix)
    for prefix, declaration in declared.items():
        if prefix not in used:
            yield Finding("unused-prefix", f"the prefix {prefix}: is declared and not used", declaration.span)
