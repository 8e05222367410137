"""motkg: a knowledge graph of the management of technology, from Python.

    import kg

    graph = kg.open()
    graph.query("factors-at-stage", {"stage": "commercialization"}).to_pandas()

In a notebook ``%load_ext kg`` adds the magics ``%sparql`` and ``%%sparql``. Importing the package loads nothing else;
each function is loaded when it is first used.
"""

from __future__ import annotations

from kg.core.resources import VERSION

TYPE_CHECKING = False  # as typing has it; importing the package costs nothing
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from kg.commands.advise import advise
    from kg.commands.audit import audit
    from kg.commands.build import build
    from kg.commands.describe import describe
    from kg.commands.explain import explain
    from kg.commands.export import export, export_queries
    from kg.commands.lint import lint
    from kg.commands.load.targets import load
    from kg.commands.queries import queries
    from kg.commands.reason import check_consistency, infer
    from kg.commands.validate import validate
    from kg.commands.verify_sources import verify_sources
    from kg.core.errors import (
        ContradictionError,
        InputError,
        KGError,
        LimitError,
        QueryError,
        ReasonerError,
        StoreError,
    )
    from kg.graph import Graph
    from kg.graph import open_graph as open  # noqa: A004 - like gzip.open

__version__ = VERSION
__all__ = [
    "ContradictionError",
    "Graph",
    "InputError",
    "KGError",
    "LimitError",
    "QueryError",
    "ReasonerError",
    "StoreError",
    "__version__",
    "advise",
    "audit",
    "build",
    "check_consistency",
    "describe",
    "explain",
    "export",
    "export_queries",
    "infer",
    "lint",
    "load",
    "open",
    "queries",
    "validate",
    "verify_sources",
]

_ERRORS = ("ContradictionError", "InputError", "KGError", "LimitError", "QueryError", "ReasonerError", "StoreError")
_VERBS = ("advise", "audit", "build", "describe", "explain", "export", "lint", "queries", "validate", "verify_sources")
_PLACES = {
    **{name: ("kg.core.errors", name) for name in _ERRORS},
    **{name: (f"kg.commands.{name}", name) for name in _VERBS},
    "check_consistency": ("kg.commands.reason", "check_consistency"),
    "export_queries": ("kg.commands.export", "export_queries"),
    "Graph": ("kg.graph", "Graph"),
    "infer": ("kg.commands.reason", "infer"),
    "load": ("kg.commands.load.targets", "load"),
    "open": ("kg.graph", "open_graph"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, there = _PLACES[name]
    value: object = getattr(import_module(module), there)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics ``%sparql`` and ``%%sparql``; IPython calls this for ``%load_ext kg``."""
    from kg.graph.notebook import load_ipython_extension

    load_ipython_extension(shell)
