"""``kg validate``."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kg.cli import say
from kg.cli.printing import OutputFile, deliver
from kg.core.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.commands.validate import Data, GivenShapes
    from kg.shacl import Report, Shapes

    Engine = Literal["auto", "columnar", "sparql", "pyshacl"]

_PATH = click.Path(path_type=Path)
_ENGINES = ("auto", "columnar", "sparql", "pyshacl")
_FORMATS = ("human", "turtle", "jsonld", "json", "csv", "sarif", "junit", "github", "html")
_FOR_HOSTS = ("sarif", "github", "junit")
_ALLOWED = {
    "--allow-empty-targets": ("empty-target", "a target of your shapes that matches nothing"),
    "--allow-no-shapes": ("no-shapes", "shapes files without a shape or target"),
    "--allow-empty-data": ("empty-data", "data files without a statement"),
    "--allow-unknown-terms": ("unknown-shacl-term", "terms of the SHACL namespace that SHACL does not have"),
    "--allow-unknown-names": (
        "unknown-name",
        "classes and properties in your shapes that neither data nor ontology knows",
    ),
    "--allow-undeclared-terms": ("undeclared-term", "terms of motkg's namespace that its ontology does not declare"),
    "--allow-ill-formed-shapes": ("ill-formed-shape", "shapes that break a rule of SHACL and are not run"),
    "--allow-unread-imports": ("unread-import", "shapes that import what is not among the shapes files"),
    "--allow-unsupported-parts": ("unsupported-part", "rules, JavaScript and expressions, which are passed over"),
    "--allow-unchecked-data": ("unchecked-data", "data that the shipped shapes are not about, or that holds shapes"),
}


@dataclass(frozen=True)
class _Options:
    """The options of the command that say what to validate."""

    data: tuple[str, ...]
    graph: Path | None
    endpoint: str
    graph_uris: tuple[str, ...]
    timeout: float
    shapes: tuple[Path, ...]
    shapes_format: str
    focus: tuple[str, ...]
    shape_names: tuple[str, ...]
    infer: Literal["rdfs", "owlrl"] | None
    engine: Engine
    ontology: bool | None
    data_format: str
    since: str
    save_state: Path | None
    added: tuple[Path, ...]
    removed: tuple[Path, ...]
    allowed: frozenset[str]
    strict: bool


def _with_allowances(command: Callable[..., None]) -> Callable[..., None]:
    for flag, (kind, about) in reversed(_ALLOWED.items()):
        command = click.option(flag, kind.replace("-", "_"), is_flag=True, help=f"allow {about}")(command)
    return command


@click.command("validate")
@click.argument("data", nargs=-1)
@click.option("--graph", type=_PATH, help="a folder written by kg build or kg load")
@click.option("--endpoint", default="", metavar="URL", help="the SPARQL endpoint to validate")
@click.option(
    "--graph-uri",
    "graph_uris",
    multiple=True,
    metavar="IRI",
    help="a graph of the endpoint to validate, instead of all",
)
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="seconds to wait for each response of the endpoint",
)
@click.option("--shapes", multiple=True, type=_PATH, help="a file or folder of shapes; the shipped shapes otherwise")
@click.option(
    "--shapes-format", default="", metavar="ENDING", help="read the shapes as ttl, rdf …, whatever their name"
)
@click.option("--focus", multiple=True, metavar="IRI", help="a focus node to validate, instead of all")
@click.option("--shape", "shape_names", multiple=True, metavar="IRI", help="a shape to apply, instead of all")
@click.option(
    "--infer",
    default=None,
    type=click.Choice(["rdfs", "owlrl"]),
    help="validate DATA with what follows from it by RDFS or OWL 2 RL",
)
@click.option("--engine", default="auto", type=click.Choice(_ENGINES), help="the validator to use")
@click.option(
    "--with-ontology/--without-ontology",
    "ontology",
    default=None,
    help="add motkg's ontology to RDF; with its own shapes by default",
)
@click.option(
    "--data-format",
    default="",
    metavar="ENDING",
    help="the syntax of - or of files with any names: ttl, nt, nq, trig, rdf, jsonld or turtle …",
)
@click.option(
    "--since",
    default="",
    metavar="BASE",
    help="validate only what changed in DATA since a git revision, or since a state that --save-state wrote",
)
@click.option("--save-state", type=_PATH, metavar="DIR", help="save the report and the data in a folder, for --since")
@click.option(
    "--added", multiple=True, type=_PATH, metavar="FILE", help="with a state as BASE: statements that were added since"
)
@click.option(
    "--removed",
    multiple=True,
    type=_PATH,
    metavar="FILE",
    help="with a state as BASE: statements that were removed since",
)
@click.option(
    "--fail-on",
    default="info",
    type=click.Choice(["violation", "warning", "info"]),
    help="the least severity that gives exit code 1",
)
@click.option(
    "--strict",
    is_flag=True,
    help="count names of the shapes that the data does not use, although other shapes were applied",
)
@click.option("--baseline", type=_PATH, help="a file of accepted results; one that does not exist accepts none")
@click.option(
    "--write-baseline", is_flag=True, help="write all results to the file of --baseline instead of reading it"
)
@_with_allowances
@click.option("-f", "--format", "form", default="human", type=click.Choice(_FORMATS), help="the format of the report")
@click.option("-o", "--output", type=OutputFile(), help="the file to write the report to; standard output otherwise")
@click.option("--progress/--no-progress", default=None, help="report progress; at a terminal by default")
def command(  # noqa: PLR0913 - one for each option
    *,
    data: tuple[str, ...],
    graph: Path | None,
    endpoint: str,
    graph_uris: tuple[str, ...],
    timeout: float,
    shapes: tuple[Path, ...],
    shapes_format: str,
    focus: tuple[str, ...],
    shape_names: tuple[str, ...],
    infer: Literal["rdfs", "owlrl"] | None,
    engine: Engine,
    ontology: bool | None,
    data_format: str,
    since: str,
    save_state: Path | None,
    added: tuple[Path, ...],
    removed: tuple[Path, ...],
    fail_on: str,
    strict: bool,
    baseline: Path | None,
    write_baseline: bool,
    form: str,
    output: Path | None,
    progress: bool | None,
    **allowances: bool,
) -> None:
    """Validate DATA against SHACL shapes.

    DATA are RDF files, patterns, folders of RDF or case files, a build, a store of kg load, or - for standard input;
    without any it is the shipped graph. A run also fails when it checked less than it seems, for example because a
    target matches nothing or a name is unknown, unless an --allow option names the reason. Exit codes: 0 conforms, 1
    findings, 2 could not run.
    """
    from kg.core.errors import InputError
    from kg.shacl import render

    if write_baseline and baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    allowed = frozenset(kind for kind, _ in _ALLOWED.values() if allowances[kind.replace("-", "_")])
    options = _Options(
        data,
        graph,
        endpoint,
        graph_uris,
        timeout,
        shapes,
        shapes_format,
        focus,
        shape_names,
        infer,
        engine,
        ontology,
        data_format,
        since,
        save_state,
        added,
        removed,
        allowed,
        strict,
    )
    say = _speaker(progress)
    try:
        report, checked_shapes, base = _checked(options, say)
    except InputError as error:
        if form in {*_FOR_HOSTS, "json"}:
            from kg.shacl.report.concerns import refusal

            deliver(render(_for_hosts(refusal(error.problems), form, options), form), output, for_people=False)
        raise
    if baseline is not None:
        report = _with_baseline(report, baseline, write=write_baseline)
    text = render(_for_hosts(report, form, options), form, shapes=checked_shapes).replace(*base)
    deliver(text, output, for_people=form == "human")
    if report.fails(fail_on):
        sys.exit(1)


def _for_hosts(report: Report, form: str, options: _Options) -> Report:
    """Return the report with paths from the root of the repository in the formats for code hosts."""
    if form not in _FOR_HOSTS or options.endpoint:
        return report
    from kg.commands.validate.repository import document_folders, from_root

    return from_root(report, document_folders(options.data))


def _refuse_combinations(options: _Options) -> None:
    in_part = options.focus or options.shape_names or options.infer
    if in_part and (options.endpoint or options.since or options.save_state):
        raise click.UsageError("--focus, --shape and --infer need DATA, without --endpoint, --since or --save-state")
    if options.endpoint:
        return
    if options.graph_uris:
        raise click.UsageError("--graph-uri names a graph of --endpoint")
    if options.save_state and options.since:
        raise click.UsageError("--save-state keeps a full run: without --since")
    if (options.added or options.removed) and not options.since:
        raise click.UsageError("--added and --removed need --since DIR, a folder that --save-state wrote")


def _part(options: _Options, data: Data, given: GivenShapes) -> tuple[Data, GivenShapes]:
    """Return data with what follows from it, and the shapes and focus nodes that were chosen."""
    if not (options.focus or options.shape_names or options.infer):
        return data, given
    from kg.commands.validate.part import part_of, with_inference

    data = with_inference(data, options.infer) if options.infer else data
    return data, part_of(given, data, focus=options.focus, shapes=options.shape_names)


def _checked(options: _Options, say: Callable[[str], None]) -> tuple[Report, Shapes, tuple[str, str]]:
    from kg.commands.validate import check, read_data, read_given_shapes, shipped_shapes
    from kg.commands.validate.run import measured

    _refuse_combinations(options)
    if options.endpoint:
        return _at_endpoint(options, say)
    if options.save_state:
        from kg.shacl.incremental.state import STATE, key_of, write_state

        STATE.refuse_foreign(options.save_state)
    if options.since:
        from kg.shacl.incremental.since import Patch, data_since
    gc.freeze()  # what has been imported stays, so nobody need look at it again and again for what may go
    started = time.perf_counter()
    say("reading shapes and data")
    given = read_given_shapes(options.shapes, options.shapes_format) if options.shapes else shipped_shapes()
    stdin = sys.stdin.buffer.read() if "-" in options.data else None
    with_ontology = given.shipped if options.ontology is None else options.ontology

    def read() -> Data:
        return read_data(
            options.data,
            build=options.graph,
            stdin=stdin,
            syntax=options.data_format,
            with_ontology=with_ontology,
            by_file=options.save_state is not None,
        )

    validate = None
    if options.since:
        data, validate = data_since(
            options.since,
            options.data,
            given,
            read,
            engine=options.engine,
            syntax=options.data_format,
            with_ontology=with_ontology,
            patch=Patch(options.added, options.removed),
        )
    else:
        data = read()
    data, given = _part(options, data, given)
    loaded = time.perf_counter()
    say(f"validating {data.columns.size:,} statements against {len(given.shapes.by_node):,} shapes")
    report = check(data, given, engine=options.engine, strict=options.strict, validate=validate)
    if options.save_state:
        say(f"writing the state to {options.save_state}")
        write_state(options.save_state, data, report, key_of(given, options.engine))
    report = report.allowing(options.allowed)
    return measured(report, started, loaded, data), given.shapes, (BASE, data.base)


def _at_endpoint(options: _Options, say: Callable[[str], None]) -> tuple[Report, Shapes, tuple[str, str]]:
    from kg.commands.validate import read_given_shapes, shipped_shapes
    from kg.commands.validate.endpoint import check_store
    from kg.store.remote.store import EndpointStore

    about_files = (
        options.data,
        options.graph,
        options.since,
        options.save_state,
        options.added,
        options.removed,
        options.data_format,
    )
    foreign = any(about_files) or options.ontology is not None
    if foreign or options.engine not in {"auto", "sparql"}:
        raise click.UsageError(
            "--endpoint stands alone: without DATA, options about files, or another engine than sparql"
        )
    given = read_given_shapes(options.shapes, options.shapes_format) if options.shapes else shipped_shapes()
    say(f"querying {options.endpoint} for {len(given.shapes.by_node):,} shapes")
    store = EndpointStore(options.endpoint, options.timeout)
    return (
        check_store(store, given, graphs=options.graph_uris, allowed=options.allowed, strict=options.strict, say=say),
        given.shapes,
        (BASE, BASE),
    )


def _with_baseline(report: Report, file: Path, *, write: bool) -> Report:
    from kg.core.errors import InputError, Problem
    from kg.shacl.report.baseline import accepting, read_baseline, write_baseline

    if write:
        text = write_baseline(report)
        deliver(text, file, for_people=False)
        return accepting(report, read_baseline(text, str(file)))
    if not file.exists():
        say(f"kg: {file} does not exist, so no result is accepted; --write-baseline writes it\n")
        return report
    try:
        return accepting(report, read_baseline(file.read_text(encoding="utf-8"), str(file)))
    except OSError as error:
        raise InputError([Problem(str(file), 0, 0, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem(str(file), 0, 0, "is not text in UTF-8", "a file that --write-baseline wrote")]
        ) from error


def _speaker(progress: bool | None) -> Callable[[str], None]:  # noqa: FBT001 - three-valued, from the command line
    wanted = sys.stderr.isatty() if progress is None else progress
    return lambda line: click.echo(line, err=True) if wanted else None
