"""Every namespace is written once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import kg
from kg.core import terms
from kg.core.terms import prefixes

PACKAGE = Path(kg.__file__).parent
KNOWN = {name: value for name, value in vars(terms).items() if name.isupper() and isinstance(value, str)}
# An IRI that ends in # or /, with a name of a domain: a namespace, whether kg.core.terms knows it or not.
NAMESPACE = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+/(?:[^\s\"'<>{}]*[#/])?(?=[\w-]*(?:[>\"'\s]|$))")
ALLOWED = re.compile(r"https://(?:json-schema\.org|docs\.oasis-open\.org)/|https?://example\.org/")


def literals(path: Path) -> list[tuple[int, str]]:
    """Return the texts of a module with their lines, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in docstrings)
    return [(node.lineno, node.value) for node in constants if isinstance(node.value, str)]


def has_namespace(text: str) -> bool:
    return any(value in text for value in KNOWN.values()) or (
        NAMESPACE.search(text) is not None and not ALLOWED.search(text)
    )


def test_no_module_but_one_writes_a_namespace() -> None:
    paths = [path for path in PACKAGE.rglob("*.py") if "data" not in path.relative_to(PACKAGE).parts]
    assert paths
    assert [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in paths
        if path != PACKAGE / "core" / "terms.py"
        for line, text in literals(path)
        if has_namespace(text)
    ] == []


def test_a_namespace_is_recognized_inside_a_text_and_when_it_is_new() -> None:
    assert has_namespace('"^^<http://www.w3.org/2001/XMLSchema#string>')
    assert has_namespace("http://www.w3.org/ns/ssn/")
    assert has_namespace("http://www.w3.org/2006/time#Instant")
    assert not has_namespace("https://json-schema.org/draft/2020-12/schema")
    assert not has_namespace("http://")


def test_prefixes_that_people_write_have_the_namespaces_that_the_program_uses() -> None:
    named = {"motkg": "ONTOLOGY", **{prefix: prefix.upper() for prefix in prefixes() if prefix.upper() in KNOWN}}
    assert {"rdf", "rdfs", "owl", "xsd", "sh", "skos", "dc", "dcterms", "foaf", "graph"} <= named.keys()
    assert {prefix: KNOWN[name] for prefix, name in named.items()} == {prefix: prefixes()[prefix] for prefix in named}
