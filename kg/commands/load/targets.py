"""Load into a store folder, a file of N-Triples or a SPARQL engine: what ``kg load`` does."""

from __future__ import annotations

from dataclasses import dataclass
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kg.core.errors import Problem, QueryError, StoreError
from kg.core.inputs import is_path
from kg.core.terms import BASE, checked_base, rebase
from kg.core.text import TextInNotebooks, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.commands.load.workplace import Loaded, LoadRequest

LINES: Final = ".nt"
_SHOWN: Final = 5


@dataclass(frozen=True)
class LoadResult(TextInNotebooks):
    """What a load did.

    Attributes:
        graph: the IRI of the graph that took the statements; empty where RDF files name graphs themselves.
        rows: how many rows were read.
        rejected: how many rows were left out.
        statements: how many statements were added.
        derived: how many statements follow from them and were added as well.
        closed: whether what follows was added.
        left_open: why it was not, if it could not be.
        again: whether the store held the same files already.
        known: how many things of the tables the graph held already; what it said of them stays.
        seconds: how long the load took.
        problems: the first faults of rows, each with file, line and column.
        store: the store folder that was filled, if any.
        rejects: the file that holds all faults, if one was named.

    """

    graph: str
    rows: int
    rejected: int
    statements: int
    derived: int
    closed: bool
    left_open: str
    again: bool
    seconds: float
    problems: tuple[Problem, ...] = ()
    store: Path | None = None
    rejects: Path | None = None
    known: int = 0

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> list[str]:
        lines = []
        if not self.statements:
            why = "every row was left out" if self.rejected else "the tables have no rows, or the files say nothing new"
            lines.append(f"no statement was loaded: {why}")
        all_rows = counted(self.rows, "row")
        rows = (
            f"{self.rows - self.rejected:,} of {all_rows}, " if self.rejected else f"{all_rows}, " if self.rows else ""
        )
        place = f" into {self.graph}" if self.graph else ""
        lines.append(f"loaded {rows}{counted(self.statements, 'statement')}{place}")
        if self.again:
            lines.append("the store held them already, from an earlier load of the same files")
        elif self.known:
            things = f"{counted(self.known, 'thing')} of the tables {'was' if self.known == 1 else 'were'}"
            lines.append(
                f"{things} in that graph already, and what it said stays; --replace puts the tables in its place"
            )
        if self.closed:
            lines.append(f"derived {counted(self.derived, 'statement')} from them")
        elif self.left_open:
            lines.append(f"not closed: {self.left_open}")
        elif self.statements and self.store:
            lines.append("not closed: what follows from so many statements is added with --close")
        if self.rejected:
            reasons = f"; reasons in {self.rejects}" if self.rejects else "; --rejects FILE keeps the reasons"
            lines.append(f"left out {counted(self.rejected, 'row')}{reasons}")
            lines += [f"  {problem}" for problem in self.problems[:_SHOWN]]
        if self.store:
            lines.append(f"ask it: kg query NAME --graph {self.store}")
        return lines


def load(  # noqa: PLR0913 - one for each thing that can be chosen, by name
    *sources: Path | str,
    output: Path | str | None = None,
    endpoint: str = "",
    map_file: Path | str | None = None,
    kind: str = "",
    graph: str = "",
    rejects: Path | str | None = None,
    on_error: Literal["stop", "continue"] = "stop",
    alone: bool = False,
    base: str = "",
    close: bool | None = None,
    resume: bool = False,
    replace: bool = False,
    syntax: str = "",
    bulk_folder: Path | str | None = None,
    bulk_sql: str = "",
    progress: Callable[[str], None] | None = None,
) -> LoadResult:
    """Load tables of firms, alliances, people …, or RDF files, into a store that ``kg.open`` opens.

    Args:
        sources: CSV, Parquet, JSON lines, Excel, SQLite or DuckDB files (``file.db::table``), addresses of databases,
            or RDF files; tables and RDF files go in separate loads.
        output: the store folder, which is made or added to, and stays as it was unless all goes well; or a file that
            ends in ``.nt``, for the statements as lines.
        endpoint: the address of a SPARQL engine to add to, instead of ``output``; user and password come from the
            environment.
        map_file: what the columns mean, in YAML, or an RML mapping (``.rml.ttl``).
        kind: what the rows are, such as ``firm`` or ``alliance``, where there is no map.
        graph: the graph that takes the statements, by name or IRI; the one of the map or the table where it is empty.
        rejects: a CSV file for the rows that cannot be loaded, with the reasons.
        on_error: whether faulty rows stop the load, or are left out.
        alone: make a store without the shipped graph.
        base: the base IRI of a new store, which ends in ``/``.
        close: add what follows from the statements; by default up to 2 million statements.
        resume: continue a load that was interrupted.
        replace: take the graph out first, so that it holds afterwards what was loaded and nothing else.
        syntax: read RDF files as ``ttl``, ``nt``, ``nq`` …, whatever their names.
        bulk_folder: with ``endpoint``, a folder that the Virtuoso there may read, for its own bulk loader.
        bulk_sql: host and port where that Virtuoso takes SQL; 127.0.0.1:1111 where it is empty.
        progress: called with a line of text from time to time.

    Raises:
        InputError: a map, a table or a file is wrong; or a row, unless faulty rows are left out.
        QueryError: arguments are missing or do not go together.
        StoreError: the store or engine cannot be written, another load into it is running, or a package is missing.
        LimitError: the closure that was asked for is too large.

    Example:
        >>> result = kg.load("firms.csv", map_file="map.yaml", output="my-store", alone=True)
        >>> result.rows, result.rejected
        (2, 0)
        >>> kg.open("my-store").ask("ASK { ?firm a motkg:Firm ; rdfs:label ?name FILTER(STR(?name) = 'Aster') }")
        True

    """
    _needs_polars()
    if not sources:
        raise QueryError("there is nothing to load", hint="name tables or RDF files")
    _check_target(output, endpoint, lines_refuse=bool(resume or close or replace), engines_refuse=bool(alone or close))
    from kg.commands.load.workplace import LoadRequest

    request = LoadRequest(
        tuple(fspath(source) for source in sources if is_path(source)),
        Path() if output is None else Path(output),
        _path(map_file),
        kind,
        graph,
        _path(rejects),
        on_error,
        alone=alone,
        base=checked_base(base) if base else BASE,
        resume=resume,
        close=close,
        syntax=syntax,
        replace=replace,
    )
    loaded = _loaded(request, endpoint, _path(bulk_folder), bulk_sql, progress or (lambda _: None))
    filled = output is not None and request.target.suffix != LINES
    loaded.graph = rebase(loaded.graph, request.base)
    return _result(loaded, request.target if filled else None, request.rejects)


def _path(name: Path | str | None) -> Path | None:
    return None if name is None else Path(name)


def _needs_polars() -> None:
    from importlib.util import find_spec

    if find_spec("polars") is None:
        raise StoreError("kg load needs the package polars; install it with: pip install 'motkg[load]'")


def _check_target(output: Path | str | None, endpoint: str, *, lines_refuse: bool, engines_refuse: bool) -> None:
    if (output is None) == (not endpoint):
        raise QueryError("name either a store to load into or the address of an engine", hint="output or endpoint")
    if endpoint and engines_refuse:
        raise QueryError("an engine's graphs are not closed", hint="leave out alone and close")
    if output is not None and Path(output).suffix == LINES and lines_refuse:
        raise QueryError(
            "lines in a file are neither closed nor resumed, and replace no graph",
            hint="leave out resume, close and replace",
        )


def _loaded(request: LoadRequest, endpoint: str, bulk: Path | None, sql: str, tell: Callable[[str], None]) -> Loaded:
    if endpoint:
        from kg.commands.load.remote import load_to_endpoint
        from kg.store.virtuoso.bulk import SQL

        return load_to_endpoint(request, endpoint, tell, bulk=bulk, sql=sql or SQL)
    if request.target.suffix == LINES:
        from kg.commands.load.lines import write_lines

        return write_lines(request, tell)
    from kg.commands.load.run import load as load_to_store

    return load_to_store(request, tell)


def _result(loaded: Loaded, store: Path | None, rejects: Path | None) -> LoadResult:
    faults = loaded.rejects
    return LoadResult(
        loaded.graph,
        loaded.rows,
        faults.rows if faults else 0,
        loaded.statements,
        loaded.derived,
        loaded.closed,
        loaded.left_open,
        loaded.again,
        loaded.seconds,
        tuple(reject.problem() for reject in faults.first) if faults else (),
        store,
        rejects,
        loaded.known,
    )
