"""What every part of motkg builds on: errors with their places, terms and prefixes, files, and the user's cache.

A reader starts with ``kg.core.errors`` (the tree of ``KGError``), ``kg.core.terms`` (IRIs and prefixes) and
``kg.core.origin`` (the place in a file that a statement comes from). Nothing here imports another part of the package.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it; every command starts here
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["lazy_names"]


def lazy_names(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package (PEP 562) whose names stand in other modules.

    A type checker sees the names by imports below ``TYPE_CHECKING``.

    Args:
        package: the ``__name__`` of the package.
        modules: each name with the full name of the module that defines it.

    Example:
        >>> load = lazy_names("kg.core", {"near_names": "kg.core.errors"})
        >>> load("near_names")("frim", ["firm", "bank"])
        ('firm',)

    """

    def load(name: str) -> object:
        import sys
        from importlib import import_module

        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
