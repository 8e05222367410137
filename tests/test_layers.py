"""The house has one direction: sources, loaders, store, reason, validate, query, publish, serve."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kg

PACKAGE = Path(kg.__file__).parent
# Each part may import from itself and from the parts named here; docs/architecture.md draws the same picture.
FOUNDATION = {"errors", "terms", "origin", "rdflibterms", "resources", "cache", "version", "yamlevents"}
ALLOWED = {
    "errors": set(),
    "version": set(),
    "origin": set(),
    "yamlevents": set(),
    "rdflibterms": {"errors"},
    "resources": set(),
    "cache": {"resources"},
    "terms": {"errors", "resources"},
    "columns": FOUNDATION,
    "loaders": FOUNDATION,
    "sparql": FOUNDATION,
    "store": FOUNDATION | {"sparql"},
    "reason": FOUNDATION | {"columns"},
    "validate": FOUNDATION | {"sparql", "columns"},
    "query": FOUNDATION | {"sparql", "store"},
    "evidence": FOUNDATION | {"store", "query"},
    "publish": FOUNDATION | {"store", "query"},
    "builds": FOUNDATION,
    "questions": FOUNDATION | {"query"},
    "index": FOUNDATION | {"store", "publish"},
    "objects": FOUNDATION | {"store"},
    "graph": FOUNDATION
    | {"objects", "advising", "index", "sparql", "builds", "store", "query", "questions", "publish", "pipeline"},
    "opening": FOUNDATION | {"store", "publish", "graph"},
    "planning": FOUNDATION,
    "notebook": FOUNDATION | {"store", "query", "graph", "opening"},
    "pipeline": FOUNDATION | {"loaders", "store", "reason", "validate", "query", "evidence", "publish", "builds"},
    "validation": FOUNDATION | {"builds", "columns", "loaders", "store", "validate", "publish", "pipeline"},
    "loading": FOUNDATION | {"columns", "loaders", "reason", "store", "builds", "publish", "graph"},
    "advising": FOUNDATION | {"loaders", "store", "query", "graph"},
    "auditing": FOUNDATION | {"loaders", "evidence", "builds", "pipeline"},
    "explanation": FOUNDATION | {"sparql", "store", "reason", "query"},
    "reasoning": FOUNDATION | {"builds", "explanation", "loaders", "reason", "validation"},
    "explaining": FOUNDATION | {"explanation", "loaders", "query", "builds", "graph"},
    "cli": FOUNDATION
    | {"opening", "planning", "explanation", "explaining", "reasoning", "validation", "advising", "auditing", "loading"}
    | {"loaders", "store", "reason", "validate", "query", "evidence", "publish", "builds", "graph", "pipeline", "cli"},
    "__init__": {"graph", "opening", "version"},
    "__main__": {"cli"},
}
# Two modules need each other only at run time, inside a function: the shipped graph is built the first time, and advice asks a graph.
AT_RUN_TIME = {("graph", "pipeline"), ("graph", "advising"), ("__init__", "graph")}


def imports(path: Path) -> list[tuple[str, bool]]:
    """Gives each part of kg that a module imports, and whether it does so inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            names = [f"{node.module}.{alias.name}" if node.module == "kg" else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] == "kg"]
        found += [(name.split(".")[1] if "." in name else "__init__", id(node) in inside) for name in names]
    return found


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.relative_to(PACKAGE).parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    part = part_of(path)
    wrong = [
        target
        for target, inside in imports(path)
        if target != part
        and (target not in ALLOWED[part] or ((part, target) in AT_RUN_TIME and not inside and target == "pipeline"))
    ]
    assert wrong == []


def test_the_order_has_no_cycle_but_the_one_at_run_time() -> None:
    arrows = {part: {t for t in targets if (part, t) not in AT_RUN_TIME} - {part} for part, targets in ALLOWED.items()}
    while arrows:
        free = {part for part, targets in arrows.items() if not targets & arrows.keys()}
        assert free, f"a cycle among {sorted(arrows)}"
        arrows = {part: targets for part, targets in arrows.items() if part not in free}


def test_importing_the_package_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = ("rdflib", "owlready2", "pyshacl", "scipy", "numpy", "rich", "yaml", "pyoxigraph", "click")
    code = f"import sys, kg; print([name for name in {heavy!r} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
