"""Packages that motkg needs only for some of its answers: brought in when used, or an error that names what to install."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kg.core.errors import QueryError

if TYPE_CHECKING:
    from types import ModuleType


def optional_package(name: str, extra: str, purpose: str) -> ModuleType:
    """Import a package of an optional extra.

    Raises:
        QueryError: it is not installed; the hint says how to install the extra.

    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise QueryError(
            f"{purpose} needs the package {error.name}", hint=f"install it with: pip install 'motkg[{extra}]'"
        ) from error
