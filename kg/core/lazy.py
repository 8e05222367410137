"""Let a package export names without importing the modules that define them until a name is used."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def exports(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return a ``__getattr__`` for a package, which imports a module when one of its names is first used.

    Type checkers see the names by imports under ``TYPE_CHECKING``.

    Args:
        package: the name of the package, its ``__name__``.
        modules: the names that each module defines, by the name of the module below the package.

    Example:
        >>> __getattr__ = exports(__name__, {"parser": ("parse",), "writing": ("write",)})

    """
    homes = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
