"""The command ``kg``: finds the verb, turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

import click

from kg.core.errors import KGError, did_you_mean, near_names
from kg.core.resources import VERSION

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS: Final = {
    "build": "build a graph from case files and tables",
    "load": "load tables of firms or RDF files into a store",
    "query": "ask a query of the catalogue, a file, or standard input",
    "queries": "list the catalogue of queries",
    "lint": "find faults of queries without running them",
    "describe": "tell what is known of a query, a term or a thing",
    "reason": "write what follows under OWL 2 RL, or look for contradictions",
    "explain": "tell why the graph holds a statement, down to its sources",
    "validate": "check a graph or RDF files against SHACL shapes",
    "audit": "check whether printed numbers, names and references can be right",
    "advise": "say what the evidence points a firm to, by its own description",
    "export": "write the graph in a syntax of linked data",
    "verify-sources": "check every span and printed number against the documents",
}


class _Verbs(click.Group):
    """Loads the module of a verb only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"kg.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            near = near_names(args[0], VERBS)
            ctx.fail(f"no command is called '{args[0]}'" + (f"; {did_you_mean(near)}" if near else ""))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        verbs = [CompletionItem(verb, help=about) for verb, about in VERBS.items() if verb.startswith(incomplete)]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="kg")
@click.option("--no-pager", is_flag=True, help="print long answers without a pager, as an empty PAGER does")
def cli(*, no_pager: bool) -> None:
    """A knowledge graph of the management of technology: ask it, check it, export it."""
    if no_pager:
        from kg.cli.printing import NO_PAGER

        os.environ[NO_PAGER] = "1"


def main() -> None:
    """Run the command. Exit codes: 0 fine, 1 findings, 2 could not run."""
    try:
        cli(prog_name="kg")
    except KGError as error:
        from kg.core.text import printable_lines

        click.echo(printable_lines(f"kg: {error}"), err=True)
        if (
            "polars" in sys.modules
        ):  # a reader that was stopped half-way may have threads, which must not outlive their libraries
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(2)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
