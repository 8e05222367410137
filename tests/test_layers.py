"""The house as a whole: rooms on floors, imports that only point downward, no cycle of modules."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

import kg

PACKAGE = Path(kg.__file__).parent
# From the ground up; a room imports from floors below its own. docs/architecture.md draws the same picture.
FLOORS = (
    {"core"},
    {"sparql", "columns", "loaders", "evidence"},
    {"store", "shacl"},
    {"query", "reason"},
    {"pipeline", "advice", "explanation", "publishing"},
    {"graph"},
    {"commands"},
    {"cli", "__init__"},
    {"__main__"},
)
# The arrows that there are, neither more nor fewer: whoever adds or removes one changes this table.
ARROWS = {
    "sparql": {"core"},
    "columns": {"core"},
    "loaders": {"core"},
    "evidence": {"core"},
    "store": {"core", "sparql"},
    "shacl": {"columns", "core", "loaders", "sparql"},
    "query": {"core", "sparql", "store"},
    "reason": {"core", "columns", "loaders", "store"},
    "pipeline": {"core", "evidence", "loaders", "reason", "shacl"},
    "advice": {"core", "loaders", "query", "store"},
    "explanation": {"core", "query", "reason", "sparql", "store"},
    "publishing": {"core", "query", "store"},
    "graph": {"core", "loaders", "pipeline", "query", "sparql", "store"},
    "commands": {
        *("advice", "columns", "core", "evidence", "explanation", "graph", "loaders", "pipeline", "publishing"),
        *("query", "reason", "shacl", "store"),
    },
    "cli": {
        *("commands", "core", "evidence", "graph", "loaders"),
        *("publishing", "query", "shacl", "store"),
    },
    "__init__": {"commands", "core", "graph"},
    "__main__": {"cli", "core", "graph"},
}


def modules() -> dict[str, Path]:
    """Return the path of each module of the package by its full name."""
    paths = [path for path in PACKAGE.rglob("*.py") if "data" not in path.relative_to(PACKAGE).parts]
    return {name_of(path): path for path in paths}


def name_of(path: Path) -> str:
    parts = ("kg", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules of kg that one imports, for type checkers and inside functions too."""
    targets: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            if node.module and node.module.split(".")[0] == "kg":
                full = {f"{node.module}.{alias.name}" for alias in node.names}
                targets |= {name if name in known else node.module for name in full}
        elif isinstance(node, ast.Import):
            targets |= {alias.name for alias in node.names if alias.name.split(".")[0] == "kg"}
    return targets


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    """The modules of kg that each module imports."""
    known = modules()
    return {name: imports(path, known) for name, path in known.items()}


def test_each_room_imports_from_lower_floors_only_and_every_arrow_is_drawn(imported: dict[str, set[str]]) -> None:
    floor = {name: number for number, rooms in enumerate(FLOORS) for name in rooms}
    drawn: dict[str, set[str]] = {}
    for module, targets in imported.items():
        for target in targets:
            if room(target) != room(module):
                drawn.setdefault(room(module), set()).add(room(target))
    assert [name for name in drawn.keys() | ARROWS.keys() if drawn.get(name) != ARROWS.get(name)] == []
    assert {room(module) for module in imported} <= floor.keys() == ARROWS.keys() | {"core"}
    assert [(a, b) for a, targets in drawn.items() for b in targets if floor[a] <= floor[b]] == []


def test_no_modules_import_each_other_in_a_circle(imported: dict[str, set[str]]) -> None:
    graphlib.TopologicalSorter(imported).prepare()


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("rdflib", "owlready2", "pyshacl", "scipy", "numpy", "rich", "yaml", "pyoxigraph", "click")
    code = f"import sys, kg; print([name for name in {heavy!r} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
