"""Write the shapes that mirror domains and ranges of the ontology: ``ontology/shapes/domains.ttl``.

The class of a subject follows from an ``rdfs:domain``, so nothing tells somebody who uses the property on another thing
than a contradiction, at best. Each property with a domain has a shape here whose message says what it belongs to.
Ranges are mirrored where no shape written by hand looks at the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, parse

from kg.core.resources import ontology_dir, shape_files
from kg.core.terms import ONTOLOGY, RDF, RDFS, XSD, compact, prefixes
from kg.shacl.nodes import DataGraph, sh

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "domains.ttl"
_HEAD: Final = """\
# Shapes that mirror the domains of properties, and ranges that no other shape looks at. Made from the ontology by
# docs/generate.py; change the ontology, not this file.
"""
_NO_BLANK_NODE: Final = (
    "Give it an IRI of its own: published data has no blank nodes.",
    "固有のIRIを与えてください。公開データに空白ノードは使えません。",
)
_DOMAIN: Final = NamedNode(f"{RDFS}domain")
_RANGE: Final = NamedNode(f"{RDFS}range")
_LABEL: Final = NamedNode(f"{RDFS}label")
_CHECKS: Final = tuple(map(sh, ("class", "datatype", "node", "in", "nodeKind", "or", "xone")))


def path() -> Path:
    """Return the file that holds the shapes."""
    return ontology_dir() / "shapes" / NAME


def text() -> str:
    """Return the shapes in Turtle."""
    folder = ontology_dir()
    graph = DataGraph(quad for name in ("motkg.ttl", "cubes.ttl") for quad in parse(path=str(folder / name)))
    by_hand = DataGraph(
        quad for file in shape_files() if file.name != NAME for quad in parse(path=str(file), rename_blank_nodes=True)
    )
    domains, ranges = _stated(graph, _DOMAIN), _stated(graph, _RANGE)
    body = "".join(
        _shape(graph, term, domains.get(term), None if _looked_at(by_hand, term) else ranges.get(term))
        for term in sorted({*domains, *ranges}, key=str)
    )
    used = {name.partition(":")[0] for name in body.replace("(", " ").split() if ":" in name}
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes().items() if name in used)
    return _HEAD + head + body


def _stated(graph: DataGraph, predicate: NamedNode) -> dict[NamedNode, NamedNode]:
    return {
        subject: value
        for subject, values in graph.forward(predicate).items()
        for value in values
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode) and subject.value.startswith(ONTOLOGY)
    }


def _looked_at(shapes: DataGraph, term: NamedNode) -> bool:
    on_path = shapes.backward(sh("path")).get(term, ())
    return any(shapes.forward(check).get(shape) for shape in on_path for check in _CHECKS)


def _shape(graph: DataGraph, term: NamedNode, domain: NamedNode | None, values: NamedNode | None) -> str:
    if domain is None and values is None:
        return ""
    name, word = compact(term.value), term.value.removeprefix(ONTOLOGY)
    shape = f"shape:Having{word[0].upper()}{word[1:]}"
    lines = [f"\n{shape} a sh:NodeShape", f"sh:targetSubjectsOf {name}"]
    lines.append("sh:nodeKind sh:IRI" if domain is None else f"sh:class {compact(domain.value)}")
    if values is not None:
        lines.append(f"sh:property {shape}-{word}")
    english, japanese = _named(graph, domain, "en"), _named(graph, domain, "ja")
    lines += (
        _end(*_NO_BLANK_NODE)
        if domain is None
        else _end(
            f"Only {english} has {name}: give it that type, or take the property away.",
            f"{name} を持つのは{japanese}だけです。その型を与えるか、このプロパティを除いてください。",
        )
    )
    block = " ;\n    ".join(lines) + " .\n"
    return block if values is None else block + _property(graph, f"{shape}-{word}", name, values)


def _property(graph: DataGraph, shape: str, name: str, values: NamedNode) -> str:
    kind = compact(values.value)
    datatype = values.value.startswith(XSD) or values.value == f"{RDF}langString"
    check = "sh:nodeKind sh:Literal" if values.value == f"{RDFS}Literal" else f"sh:datatype {kind}"
    english, japanese = (_named(graph, values, language) for language in ("en", "ja"))
    lines = [f"\n{shape} a sh:PropertyShape", f"sh:path {name}"]
    if datatype or values.value == f"{RDFS}Literal":
        lines += [check, *_end(f"Write a value of {name} as {kind}.", f"{name} の値は {kind} で記してください。")]
    else:
        lines += [
            f"sh:class {kind}",
            *_end(f"Let {name} point to {english}.", f"{name} には{japanese}を指定してください。"),
        ]
    return " ;\n    ".join(lines) + " .\n"


def _end(english: str, japanese: str) -> list[str]:
    return ["sh:severity sh:Violation", f'sh:message "{english}"@en , "{japanese}"@ja']


def _named(graph: DataGraph, term: NamedNode | None, language: str) -> str:
    if term is None:
        return ""
    labels = [
        label.value
        for label in graph.forward(_LABEL).get(term, ())
        if isinstance(label, Literal) and label.language == language
    ]
    if not labels:
        return _with_article(compact(term.value)) if language == "en" else f" {compact(term.value)} "
    if language == "en":
        return f"{_with_article(labels[0])} ({compact(term.value)})"
    return f"{labels[0]} ({compact(term.value)}) "


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"
