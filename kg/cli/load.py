"""``kg load``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Callable


_PATH = click.Path(path_type=Path)
_NOT_STORES = frozenset(
    f".{ending}"
    for ending in (
        "ttl",
        "nq",
        "trig",
        "rdf",
        "jsonld",
        "n3",
        "gz",
        "bz2",
        "xz",
        "csv",
        "tsv",
        "parquet",
        "jsonl",
        "xlsx",
        "db",
        "duckdb",
    )
)


@click.command("load")
@click.argument("sources", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=_PATH,
    help="the store folder to make or add to, which stays as it was unless all goes well; or a file in .nt for "
    "N-Triples",
)
@click.option(
    "--endpoint",
    default="",
    metavar="URL",
    help="add to the graphs of a SPARQL engine instead; who you are comes from the environment",
)
@click.option(
    "--bulk-folder",
    type=_PATH,
    help="with --endpoint, a folder that the Virtuoso there may read (DirsAllowed): its own bulk loader takes files "
    "from it",
)
@click.option(
    "--bulk-sql", default="", metavar="HOST:PORT", help="where that Virtuoso takes SQL; 127.0.0.1:1111 otherwise"
)
@click.option(
    "--map",
    "map_file",
    type=_PATH,
    help="a file that says what the columns mean, in YAML; or an RML mapping (.rml.ttl)",
)
@click.option(
    "--as", "kind", default="", metavar="KIND", help="what the rows are: firm, alliance, specialist, person …"
)
@click.option(
    "--into",
    "graph",
    default="",
    metavar="NAME",
    help="the graph that takes the statements; that of the map or table otherwise",
)
@click.option("--graph-iri", default="", metavar="IRI", help="the same by its IRI, for RDF files")
@click.option("--table", default="", metavar="NAME", help="the table of a database or the sheet of a workbook")
@click.option("--rejects", type=_PATH, help="a CSV file for the rows that cannot be loaded, with their reasons")
@click.option(
    "--on-error", default="stop", type=click.Choice(["stop", "continue"]), help="whether faulty rows stop the load"
)
@click.option("--alone", is_flag=True, help="make a store without the shipped graph")
@click.option("--base", default="", metavar="IRI", help="the base IRI of a new store")
@click.option(
    "--close/--no-close", "close", default=None, help="add what follows from the statements; by default up to 2 million"
)
@click.option(
    "--resume",
    is_flag=True,
    help="go on with a load that was interrupted; with --endpoint, give it from the first time",
)
@click.option(
    "--replace",
    is_flag=True,
    help="take the graph out of the store first: for tables that were corrected",
)
@click.option(
    "--validate",
    "validate",
    is_flag=True,
    help="check what was loaded against the shipped shapes; exit code 1 for findings",
)
@click.option(
    "--data-format",
    "syntax",
    default="",
    metavar="ENDING",
    help="read RDF files as ttl, nt, nq …, whatever their names",
)
@click.option(
    "--infer-map", is_flag=True, help="print a map for one table, guessed from its columns, instead of loading"
)
@click.option(
    "--progress/--no-progress", default=None, help="tell how far the load is; on a terminal, or when it takes long"
)
def command(  # noqa: PLR0913 - one for each option
    *,
    sources: tuple[str, ...],
    output: Path | None,
    endpoint: str,
    bulk_folder: Path | None,
    bulk_sql: str,
    map_file: Path | None,
    kind: str,
    graph: str,
    graph_iri: str,
    table: str,
    rejects: Path | None,
    on_error: Literal["stop", "continue"],
    alone: bool,
    base: str,
    close: bool | None,
    resume: bool,
    replace: bool,
    validate: bool,
    syntax: str,
    infer_map: bool,
    progress: bool | None,
) -> None:
    """Load tables of firms, alliances, people …, or RDF files, into a store that other commands open with --graph.

    SOURCES are CSV, Parquet, JSON lines, Excel, SQLite or DuckDB files (file.db::table), addresses of databases, or RDF
    files.
    """
    _needs_polars()
    if table:
        from kg.loaders.tables.tables import SEPARATOR

        sources = tuple(name if SEPARATOR in name else f"{name}{SEPARATOR}{table}" for name in sources)
    if infer_map:
        _infer(sources, kind)
        return
    if (bulk_sql and not bulk_folder) or (bulk_folder and not endpoint):
        raise click.UsageError("--bulk-sql goes with --bulk-folder, and that with --endpoint")
    if bulk_folder and resume:
        raise click.UsageError("--bulk-folder takes no --resume: a bulk loader begins anew")
    _check_target(output, endpoint, alone=alone, resume=resume, for_stores=bool(close or validate))
    if replace and output and output.suffix == ".nt":
        raise click.UsageError("lines in a file take no --replace: they replace no graph")
    from kg.commands.load.targets import load

    try:
        result = load(
            *sources,
            output=output,
            endpoint=endpoint,
            map_file=map_file,
            kind=kind,
            graph=graph_iri or graph,
            rejects=rejects,
            on_error=on_error,
            alone=alone,
            base=base,
            close=close,
            resume=resume,
            replace=replace,
            syntax=syntax,
            bulk_folder=bulk_folder,
            bulk_sql=bulk_sql,
            progress=_teller(progress),
        )
    except KeyboardInterrupt:
        click.echo(_interrupted(output), err=True)
        sys.exit(2)
    from kg.cli import say

    say(str(result))
    if result.store and validate and not _valid(result.store):
        sys.exit(1)


def _check_target(output: Path | None, endpoint: str, *, alone: bool, resume: bool, for_stores: bool) -> None:
    """Refuse no target, two, and options that do not go with the one.

    ``for_stores`` says that one is given that needs a store.
    """
    if (output is None) == (not endpoint):
        raise click.UsageError("name the store to load into, -o STORE, or an engine, --endpoint URL")
    if endpoint and (alone or for_stores):
        raise click.UsageError("--endpoint takes none of --alone, --close and --validate")
    if output and output.suffix == ".nt" and (resume or for_stores):
        raise click.UsageError("lines in a file take none of --resume, --close and --validate")
    if output and output.suffix in _NOT_STORES and not output.is_dir():
        raise click.UsageError(
            f"-o {output}: name a folder for a store, or a file in .nt for the lines; kg export writes other syntaxes"
        )


def _interrupted(output: Path | None) -> str:
    if output is None:
        return "interrupted; nothing was sent"
    way = "" if output.suffix == ".nt" else "; the same with --resume goes on from the parts that are done"
    return f"interrupted; {output} is as it was{way}"


def _needs_polars() -> None:
    from importlib.util import find_spec

    from kg.core.errors import StoreError

    if find_spec("polars") is None:
        raise StoreError("kg load needs the package polars; install it with: pip install 'motkg[load]'")


def _infer(sources: tuple[str, ...], kind: str) -> None:
    from kg.loaders.tables.infer import infer_map

    if len(sources) != 1:
        raise click.UsageError("--infer-map looks at one table")
    sys.stdout.write(infer_map(sources[0], kind))


def _valid(output: Path) -> bool:
    from kg.cli.printing import deliver
    from kg.commands.validate.run import validate_loaded
    from kg.shacl import render

    report = validate_loaded(output)
    deliver(render(report, "human"), for_people=True)
    return bool(report.conforms)


def _teller(progress: bool | None) -> Callable[[str], None]:  # noqa: FBT001 - three-valued, from the command line
    """Tell on a terminal at once, elsewhere once a load takes longer than ten seconds, and then every ten seconds."""
    terminal = sys.stderr.isatty()
    begun = told = time.monotonic()
    pause = 0.0 if terminal or progress else 10.0

    def tell(line: str) -> None:
        nonlocal told
        now = time.monotonic()
        if progress is not False and now - max(told, begun) >= pause:
            told = now
            click.echo(f"\r\033[K{line}" if terminal else line, err=True, nl=not terminal)

    return tell
