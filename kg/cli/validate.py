"""``kg validate``."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.validate import Report, Shapes

    Engine = Literal["auto", "columnar", "sparql", "pyshacl"]

_PATH = click.Path(path_type=Path)
_ENGINES = ("auto", "columnar", "sparql", "pyshacl")
_FORMATS = ("human", "turtle", "json", "sarif", "junit", "github", "html")
_ALLOWED = {
    "--allow-empty-targets": ("empty-target", "a target of your shapes that matches nothing"),
    "--allow-no-shapes": ("no-shapes", "shapes files without a shape or target"),
    "--allow-empty-data": ("empty-data", "data files without a statement"),
    "--allow-unknown-terms": ("unknown-shacl-term", "terms of the SHACL namespace that SHACL does not have"),
    "--allow-unknown-names": ("unknown-name", "classes and properties in your shapes that neither data nor ontology knows"),
    "--allow-undeclared-terms": ("undeclared-term", "terms of motkg's namespace that its ontology does not declare"),
    "--allow-ill-formed-shapes": ("ill-formed-shape", "shapes that break a rule of SHACL and are not run"),
}


@dataclass(frozen=True)
class _Request:
    """What the command line asks for."""

    data: tuple[str, ...]
    graph: Path | None
    endpoint: str
    shapes: tuple[Path, ...]
    engine: Engine
    ontology: bool | None
    data_format: str
    since: str
    allowed: frozenset[str]


def _with_allowances(command: Callable[..., None]) -> Callable[..., None]:
    for flag, (kind, about) in reversed(_ALLOWED.items()):
        command = click.option(flag, kind.replace("-", "_"), is_flag=True, help=f"allow {about}")(command)
    return command


@click.command("validate")
@click.argument("data", nargs=-1)
@click.option("--graph", type=_PATH, help="a folder written by kg build")
@click.option("--endpoint", default="", metavar="URL", help="validate what a SPARQL endpoint holds, where it is")
@click.option("--shapes", multiple=True, type=_PATH, help="a file or folder of shapes; the shipped shapes otherwise")
@click.option("--engine", default="auto", type=click.Choice(_ENGINES), help="which validator to use")
@click.option(
    "--with-ontology/--without-ontology", "ontology", default=None, help="add motkg's ontology to RDF; with its own shapes by default"
)
@click.option("--data-format", default="", metavar="ENDING", help="read DATA as ttl, nt, nq, trig, rdf or jsonld, whatever its name")
@click.option(
    "--since",
    default="",
    metavar="REVISION",
    help="validate only what changed in DATA since a git revision; the report is that of a full run",
)
@click.option(
    "--fail-on", default="info", type=click.Choice(["violation", "warning", "info"]), help="the least severity that gives exit code 1"
)
@click.option("--baseline", type=_PATH, help="a file of accepted results")
@click.option("--write-baseline", is_flag=True, help="write all results to the file of --baseline instead of reading it")
@_with_allowances
@click.option("-f", "--format", "form", default="human", type=click.Choice(_FORMATS), help="the form of the report")
@click.option("-o", "--output", type=_PATH, help="the file to write the report to; standard output otherwise")
@click.option("--progress/--no-progress", default=None, help="tell what is going on; on a terminal by default")
def command(  # noqa: PLR0913 - one for each option
    *,
    data: tuple[str, ...],
    graph: Path | None,
    endpoint: str,
    shapes: tuple[Path, ...],
    engine: Engine,
    ontology: bool | None,
    data_format: str,
    since: str,
    fail_on: str,
    baseline: Path | None,
    write_baseline: bool,
    form: str,
    output: Path | None,
    progress: bool | None,
    **allowances: bool,
) -> None:
    """Checks DATA against SHACL shapes: RDF files, patterns, folders, - for standard input; a build, or the shipped graph.

    A run that says less than it seems to, because a target matches nothing or a name is unknown, fails as well, unless an --allow
    option names it. Exit codes: 0 conforms, 1 findings, 2 could not run.
    """
    from kg.validate import render  # noqa: PLC0415

    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    allowed = frozenset(kind for kind, _ in _ALLOWED.values() if allowances[kind.replace("-", "_")])
    request = _Request(data, graph, endpoint, shapes, engine, ontology, data_format, since, allowed)
    say = _speaker(progress)
    report, checked_shapes, base = _checked(request, say)
    if baseline is not None:
        report = _with_baseline(report, baseline, write=write_baseline)
    _write(render(report, form, shapes=checked_shapes).replace(*base), output)
    if report.fails(fail_on):
        sys.exit(1)


def _checked(request: _Request, say: Callable[[str], None]) -> tuple[Report, Shapes, tuple[str, str]]:
    from kg.terms import BASE  # noqa: PLC0415
    from kg.validation import check, read_data, read_given_shapes, shipped_shapes  # noqa: PLC0415
    from kg.validation.run import measured  # noqa: PLC0415

    if request.endpoint:
        return _at_endpoint(request, say)
    started = time.perf_counter()
    say("reading shapes and data")
    given = read_given_shapes(request.shapes) if request.shapes else shipped_shapes()
    stdin = sys.stdin.buffer.read() if "-" in request.data else None
    with_ontology = given.shipped if request.ontology is None else request.ontology
    data = read_data(request.data, build=request.graph, stdin=stdin, syntax=request.data_format, with_ontology=with_ontology)
    loaded = time.perf_counter()
    say(f"validating {data.columns.size:,} statements against {len(given.shapes.by_node):,} shapes")
    validate = None
    if request.since:
        from kg.validation.since import Since  # noqa: PLC0415

        validate = Since(request.since, data, given, request.engine).validate
    report = check(data, given, engine=request.engine, allowed=request.allowed, validate=validate)
    return measured(report, started, loaded, data), given.shapes, (BASE, data.base)


def _at_endpoint(request: _Request, say: Callable[[str], None]) -> tuple[Report, Shapes, tuple[str, str]]:
    from kg.store.endpoint import EndpointStore  # noqa: PLC0415
    from kg.terms import BASE  # noqa: PLC0415
    from kg.validation import read_given_shapes, shipped_shapes  # noqa: PLC0415
    from kg.validation.endpoint import check_store  # noqa: PLC0415

    if request.data or request.graph or request.since or request.engine not in {"auto", "sparql"}:
        raise click.UsageError("--endpoint stands alone: without DATA, --graph, --since or another engine than sparql")
    given = read_given_shapes(request.shapes) if request.shapes else shipped_shapes()
    say(f"asking {request.endpoint} about {len(given.shapes.by_node):,} shapes")
    return check_store(EndpointStore(request.endpoint), given, allowed=request.allowed), given.shapes, (BASE, BASE)


def _with_baseline(report: Report, file: Path, *, write: bool) -> Report:
    from kg.errors import InputError, Problem  # noqa: PLC0415
    from kg.validate.baseline import accepting, read_baseline, write_baseline  # noqa: PLC0415

    try:
        if write:
            file.write_text(write_baseline(report), encoding="utf-8")
        return accepting(report, read_baseline(file.read_text(encoding="utf-8"), str(file)))
    except OSError as error:
        raise InputError([Problem(str(file), 0, 0, f"cannot be {'written' if write else 'read'}: {error.strerror}")]) from error


def _write(text: str, output: Path | None) -> None:
    from kg.errors import StoreError  # noqa: PLC0415

    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{output} cannot be written: {error.strerror}") from error


def _speaker(progress: bool | None) -> Callable[[str], None]:  # noqa: FBT001 - three-valued, from the command line
    wanted = sys.stderr.isatty() if progress is None else progress
    return lambda line: click.echo(line, err=True) if wanted else None
