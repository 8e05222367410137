"""Writes the parts of the documentation that the program knows best: the commands and the catalogue of queries.

python docs/generate.py          writes docs/reference/commands.md and docs/reference/queries.md
python docs/generate.py --check  exits with 1 when they are not what would be written
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.main import VERBS, cli
from kg.query.catalogue import Catalogue
from kg.query.rendering import render_catalogue
from kg.resources import queries_dir

REFERENCE = Path(__file__).resolve().parent / "reference"


def commands() -> str:
    """Gives the reference of all commands, from their own help."""
    context = click.Context(cli, info_name="kg", terminal_width=100, max_content_width=100)
    parts = ["# Commands\n\nMade from `kg --help` by `docs/generate.py`.\n", f"```\n{cli.get_help(context)}\n```\n"]
    for verb in VERBS:
        command = cli.get_command(context, verb)
        if command is not None:
            inner = click.Context(command, info_name=verb, parent=context, terminal_width=100, max_content_width=100)
            parts.append(f"## kg {verb}\n\n```\n{command.get_help(inner)}\n```\n")
    return "\n".join(parts)


def queries() -> str:
    """Gives the list of the catalogue: what each query answers, its parameters, columns and text."""
    head = (
        "# Queries\n\nMade from the files in `queries/` by `docs/generate.py`; `kg queries -f markdown` prints the same. "
        "The command below each question gives its parameters the values that they have without being given.\n"
    )
    return head + "\n" + render_catalogue(tuple(Catalogue(queries_dir())), "markdown")


def main() -> int:
    """Writes or checks the two pages."""
    pages = {REFERENCE / "commands.md": commands(), REFERENCE / "queries.md": queries()}
    if "--check" in sys.argv[1:]:
        return int(any(not path.is_file() or path.read_text(encoding="utf-8") != text for path, text in pages.items()))
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
