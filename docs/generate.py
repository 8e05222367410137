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
    """Gives the list of the catalogue, with what each query answers."""
    parts = ["# Queries\n\nMade from the headers of `queries/` by `docs/generate.py`. `kg describe NAME` shows one whole.\n"]
    topic = ""
    for query in Catalogue(queries_dir()):
        if query.topic != topic:
            topic = query.topic
            parts.append(f"## {topic}\n")
        options = " ".join(f"--{name} …" for name in query.parameters)
        parts.append(f"### {query.name}\n\n{query.summary}\n\n```\nkg query {query.name} {options}".rstrip() + "\n```\n")
        if query.description:
            parts.append(f"{query.description.strip()}\n")
        if query.columns:
            parts.append("\n".join(f"- `{name}`: {about}" for name, about in query.columns.items()) + "\n")
    return "\n".join(parts)


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
