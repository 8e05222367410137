"""Write what is generated: the pages of commands, functions and queries, and the shapes that mirror domains.

python docs/generate.py          writes docs/reference/{commands,python,queries,claims}.md and
                                 docs/reference/queries/<topic>/<name>.md, and ontology/shapes/domains.ttl
python docs/generate.py --check  exits with 1 when they are not what would be written, and names those that are not
"""

from __future__ import annotations

import sys
from pathlib import Path

import claims_page
import click
import domain_shapes
import python_page
import query_pages

from kg.cli.main import VERBS, cli

REFERENCE = Path(__file__).resolve().parent / "reference"


def commands() -> str:
    """Return the reference of all commands, from their own help."""
    context = click.Context(cli, info_name="kg", terminal_width=100, max_content_width=100)
    parts = ["# Commands\n\nMade from `kg --help` by `docs/generate.py`.\n", f"```\n{cli.get_help(context)}\n```\n"]
    for verb in VERBS:
        command = cli.get_command(context, verb)
        if command is not None:
            inner = click.Context(command, info_name=verb, parent=context, terminal_width=100, max_content_width=100)
            parts.append(f"## kg {verb}\n\n```\n{command.get_help(inner)}\n```\n")
    return "\n".join(parts)


def main() -> int:
    """Write or check the pages; one that nothing makes any more is taken away, or found."""
    wanted = {
        REFERENCE / "commands.md": commands(),
        REFERENCE / "python.md": python_page.page(),
        REFERENCE / "claims.md": claims_page.page(),
        domain_shapes.path(): domain_shapes.text(),
    } | {REFERENCE / name: text for name, text in query_pages.pages().items()}
    surplus = sorted(set((REFERENCE / "queries").rglob("*.md")) - wanted.keys())
    if "--check" in sys.argv[1:]:
        old = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
        return int(bool(old or surplus))
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in surplus:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
