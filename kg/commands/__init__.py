"""What the commands do, as functions: one module a verb, without command lines and without printing.

Each function takes paths and what a program holds, calls the packages below, and returns a frozen result that prints
itself, shows itself in a notebook and renders the other formats of its command. ``kg.build``, ``kg.validate`` … are
these functions; ``kg.cli`` parses a command line, calls one of them and prints.

    from kg.commands.build import build

    build("my-study", output="my-build")
"""

from __future__ import annotations

__all__ = [
    "advise",
    "audit",
    "build",
    "describe",
    "explain",
    "export",
    "lint",
    "load",
    "queries",
    "query",
    "reason",
    "validate",
    "verify_sources",
]
