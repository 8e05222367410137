"""``kg reason``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli import say
from kg.cli.printing import OutputFile, deliver
from kg.core.text import printable_lines


@click.command("reason")
@click.argument("data", nargs=-1)
@click.option("--graph", type=click.Path(path_type=Path), help="a folder written by kg build, instead of DATA")
@click.option(
    "--data-format", default="", metavar="ENDING", help="the syntax of DATA, such as ttl; standard input needs it"
)
@click.option("--without-ontology", is_flag=True, help="read RDF files without motkg's ontology")
@click.option("--check", is_flag=True, help="look for contradictions instead, and say which statements make them")
@click.option("--rules-only", is_flag=True, help="check by the rules of OWL 2 RL alone, which needs no Java")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    help="seconds that the DL reasoner may take",
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    help="the file to write, whole or not at all; standard output otherwise",
)
def command(  # noqa: PLR0913 - one for each option
    data: tuple[str, ...],
    graph: Path | None,
    data_format: str,
    timeout: float,
    output: Path | None,
    *,
    without_ontology: bool,
    check: bool,
    rules_only: bool,
) -> None:
    """Write what follows from DATA under OWL 2 RL, as N-Quads of the graph of the closure.

    DATA are RDF files, folders of case files, patterns, or - for standard input; without any it is the shipped graph.
    With --check, exit code 1 says that the data contradicts itself or that a class can have no member.
    """
    from kg.commands.reason import check_consistency, infer

    names = [*data, *([str(graph)] if graph is not None else [])]
    stdin = sys.stdin.buffer.read() if "-" in data else None
    if check:
        report = check_consistency(
            names or None,
            rules_only=rules_only,
            timeout=timeout,
            with_ontology=not without_ontology,
            stdin=stdin,
            syntax=data_format,
        )
        deliver(printable_lines(str(report)), for_people=True)
        sys.exit(0 if report.consistent else 1)
    target = sys.stdout.buffer if output is None else output
    inference = infer(names or None, with_ontology=not without_ontology, output=target, stdin=stdin, syntax=data_format)
    sys.stdout.buffer.flush()
    say(f"{inference}\n")
