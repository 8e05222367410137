"""The command ``kg``: finds the verb, turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from kg.cli import buffer_output, drop_output
from kg.core.errors import DEBUG, KGError, did_you_mean, in_words, near_names
from kg.core.resources import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

COULD_NOT_RUN: Final = 2
INTERRUPTED: Final = 130
READER_GONE: Final = 141
"""The codes of shells for what ends by SIGINT and by SIGPIPE."""
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


@contextmanager
def _ending_without_reader() -> Iterator[None]:
    """End as other programs do when nobody reads any more; click would end with 1, which here means findings."""
    try:
        yield
    except BrokenPipeError:
        drop_output()
        sys.exit(READER_GONE)


class _Verbs(click.Group):
    """Loads the module of a verb only when that verb is called."""

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:  # noqa: ANN401 - as click has it
        with _ending_without_reader():  # of the help
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> object:
        with _ending_without_reader():
            return super().invoke(ctx)

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
@click.option(
    "--contexts",
    type=click.Path(exists=True, file_okay=False, resolve_path=True),
    help="the folder of the contexts that JSON-LD files name: that of https://example.org/a is example.org/a.jsonld",
)
def cli(*, no_pager: bool, contexts: str | None) -> None:
    """A knowledge graph of the management of technology: ask it, check it, export it."""
    if contexts:
        from kg.core.contexts import FOLDER

        os.environ[FOLDER] = contexts
    if no_pager:
        from kg.cli.printing import NO_PAGER

        os.environ[NO_PAGER] = "1"


def main() -> None:
    """Run the command. Exit codes: 0 fine, 1 findings, 2 could not run, 130 interrupted."""
    buffer_output()
    code = _delivered(_run())
    if code == COULD_NOT_RUN and "polars" in sys.modules:
        # a reader that was stopped half-way may have threads, which must not outlive their libraries
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run() -> int:
    """Run the command and return its exit code; whatever is raised on the way is told in words."""
    try:
        code = cli(prog_name="kg", standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else COULD_NOT_RUN
    except click.ClickException as error:
        return _told_as_click_does(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BaseException as error:  # noqa: BLE001 - engines also raise what is no Exception, such as panics of Rust
        return _told(error)
    return code if isinstance(code, int) else 0


def _told(error: BaseException) -> int:
    """Tell what went wrong; with ``KG_DEBUG`` also where."""
    from kg.cli import say

    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    known = error if isinstance(error, KGError) else in_words(error)
    say(f"kg: {known}\n")
    return COULD_NOT_RUN


def _told_as_click_does(error: click.ClickException) -> int:
    """Tell what is wrong with a command line, after its usage."""
    from io import StringIO

    from kg.cli import say

    message = StringIO()
    error.show(message)
    say(message.getvalue())
    return error.exit_code


def _delivered(code: int) -> int:
    """Write out what is left in the buffer of standard output, and return the exit code, 2 where that fails."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except (OSError, ValueError) as error:
        drop_output()
        return code if code == COULD_NOT_RUN else _told(error)
    return code
