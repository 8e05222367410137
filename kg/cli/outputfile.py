"""The option ``-o`` of commands that otherwise write to standard output."""

from __future__ import annotations

import os
from typing import Any

import click


class OutputFile(click.Path):
    """The path of a file to write; ``-`` is standard output, as without the option."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click
        """Return the path, or None for standard output."""
        if value == "-":
            return None
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))
