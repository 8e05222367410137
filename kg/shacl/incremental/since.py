"""Validate what changed since a saved state or a git revision, instead of everything."""

from __future__ import annotations

import hashlib
import subprocess
import zlib
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.columns.snapshots import PatchedColumns
from kg.core import cache
from kg.core.contexts import contexts_key
from kg.core.errors import InputError, Problem
from kg.core.inputs import inputs_of
from kg.core.origin import Origin
from kg.core.resources import VERSION, file_hashes, input_files
from kg.core.terms import RDF_TYPE
from kg.loaders import load_rdf
from kg.shacl.columnar.executor import terms_of
from kg.shacl.data import Data, idle_files, ontology_files, places_by_line, rdf_sources, told_by_name
from kg.shacl.engine import results_in_columns, validate, validate_columns
from kg.shacl.incremental import ColumnLookups, Overlaid, validate_changes
from kg.shacl.incremental.filechanges import FileChanges, TooMuchError, changes_of_files, net_changes, statements_at
from kg.shacl.incremental.state import State, is_state, key_of, open_state
from kg.shacl.incremental.storedreport import read_stored, write_stored
from kg.shacl.nodes import SUBCLASS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pyoxigraph import Quad

    from kg.loaders.rdf.addresses import Places
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl.engine import Engine
    from kg.shacl.givenshapes import GivenShapes
    from kg.shacl.incremental.lookups import Statement
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes

    Validate = Callable[[Shapes], Report]


__all__ = ["Patch", "data_since"]


def data_since(  # noqa: PLR0913 - each says another thing about one run
    base: str,
    named: Sequence[str],
    given: GivenShapes,
    read: Callable[[], Data],
    *,
    engine: Engine = "auto",
    syntax: str = "",
    with_ontology: bool = False,
    patch: Patch | None = None,
) -> tuple[Data, Validate | None]:
    """Return the data, and the validation of what changed since ``base``: a state, or a git revision.

    ``read`` reads the data that ``named`` names. Where a full run is due there is no other validation: builds, case
    files and standard input are always validated whole, as is what changed so much that this is estimated to be
    cheaper, and what has no earlier report by the same shapes, engine and version. The report is the same in any case.

    Raises:
        InputError: the base is neither a state nor a revision, a file cannot be read, or a patch has no state to go
            with.

    """
    state = open_state(Path(base)) if is_state(Path(base)) else None
    if patch:
        if state is None or named:
            wanted = "--since with a folder that --save-state wrote, and no DATA"
            raise InputError([Problem("--added, --removed", 0, 0, "the statements change the data of a state", wanted)])
        since = since_patch(state, given, engine, patch)
        return since.data, since.validate
    inputs = inputs_of(named)
    only_files = bool(inputs) and all(given.kind == "rdf" for given in inputs)
    sources = rdf_sources(inputs, syntax) if only_files else None
    if state is not None and sources is not None and engine != "pyshacl":
        try:
            since = since_files(state, given, engine, sources, with_ontology=with_ontology)
        except TooMuchError:
            return read(), None
        return since.data, since.validate
    if sources is None and state is None:
        require_revision(base, Path.cwd())
    data = read()
    if sources is None or state is not None or data.statements is not None:
        return data, None
    return data, SinceRevision(base, data, given, engine).validate


@dataclass(frozen=True)
class Patch:
    """A change given as RDF files: statements that were added, and statements that were removed."""

    added: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Return whether any file is named."""
        return bool(self.added or self.removed)


@dataclass
class SinceState:
    """The data of a state with the changes since, and its validation."""

    state: State
    engine: Engine
    added: frozenset[Statement]
    removed: frozenset[Statement]
    changes: FileChanges = field(default_factory=FileChanges)
    sources: tuple[RdfSource, ...] = ()

    @cached_property
    def data(self) -> Data:
        """Return the data as it is now."""
        columns = PatchedColumns.changing(self.state.columns, self.added, self.removed)
        beside = str(ontology_files()[0]) in {known.name for known in self.state.files}
        by_line = {
            known.name for known, lines in zip(self.state.files, self.state.statements.by_line, strict=True) if lines
        }
        sources = tuple(source for source in self.sources if source.name not in by_line)
        return Data(
            columns,
            sources=sources,
            empty=not columns.size,
            places=self.places,
            idle=idle_files(self.sources),
            given=True,
            beside=beside,
        )

    def validate(self, shapes: Shapes) -> Report:
        """Return the report of the data as it is now, the same as a full run."""
        old = self.state.columns
        old.terms = self.data.columns.terms = self.data.columns.terms.including((*terms_of(shapes), RDF_TYPE, SUBCLASS))
        report = validate_changes(
            self.state.report(),
            shapes,
            Overlaid(ColumnLookups(old), self.added, self.removed),
            self.added,
            self.removed,
            validate=validate,
            whole=lambda part: validate_columns(self.data.columns, part, engine=self.engine),
            applied=(partial(results_in_columns, old), partial(results_in_columns, self.data.columns)),
        )
        return replace(report, results=tuple(self._moved(report.results)))

    def places(self, subjects: Collection[Node]) -> Places:
        """Find where the statements about some subjects stand by now."""
        names = [known.name for known in self.state.files]
        places = places_by_line(self.state.statements, names, subjects, self.changes.line_now)
        for (subject, predicate, value), origin in self.changes.come:
            if subject in subjects:
                places.subjects.setdefault(subject, replace(origin, column=1 if origin.line else 0))
                known = places.triples.get((subject, predicate, value))
                if known is None or (known.file == origin.file and known.line > origin.line):
                    places.triples[subject, predicate, value] = places.predicates[subject, predicate] = origin
        return places

    def _moved(self, results: Iterable[Result]) -> Iterable[Result]:
        """Yield the results with the lines of changed files as they are now.

        What stands in a changed part has no line yet.
        """
        numbers = {
            self.state.files[number].name: number for number in self.changes.moved if number < len(self.state.files)
        }
        for result in results:
            origin = result.origin
            if origin is None or origin.file not in numbers:
                yield result
                continue
            number = numbers[origin.file]
            line = (
                self.changes.line_now(number, origin.line - 1, self.state.statements.bounds[number])
                if origin.line
                else None
            )
            yield replace(
                result, origin=None if line is None else Origin(origin.file, line + 1, origin.column, origin.cell)
            )


def since_files(
    state: State, given: GivenShapes, engine: Engine, sources: tuple[RdfSource, ...], *, with_ontology: bool
) -> SinceState:
    """Find what changed in files since a state was saved.

    Raises:
        TooMuchError: a full run is cheaper, or the state was made by other shapes, another engine or another version.
        InputError: a file cannot be read, or what changed in it breaks its syntax.

    """
    if state.key != key_of(given, engine) or not all(map(told_by_name, sources)):
        raise TooMuchError
    names = [*(map(str, ontology_files()) if with_ontology else ()), *(source.name for source in sources)]
    changes = changes_of_files(state, names)
    gone = (statement for rows in changes.gone for statement in statements_at(state, rows))
    added, removed = net_changes(state, gone, (statement for statement, _ in changes.come))
    return SinceState(state, engine, frozenset(added), frozenset(removed), changes, sources)


def since_patch(state: State, given: GivenShapes, engine: Engine, patch: Patch) -> SinceState:
    """Apply a given change to the data of a state; the files of that data are not read.

    Raises:
        InputError: the state was not made by these shapes, this engine and version, a file cannot be read, or one names
            blank nodes.

    """
    if state.key != key_of(given, engine):
        expected = "the shapes, --engine and version of motkg that the state was saved with"
        raise InputError([Problem(str(state.folder), 0, 0, "the state was made with others", expected)])
    added, removed = (_statements_of_files(files) for files in (patch.added, patch.removed))
    lookups = ColumnLookups(state.columns, {node for statement in (*added, *removed) for node in statement})
    new = frozenset(statement for statement in added if not lookups.holds(statement))
    old = frozenset(statement for statement in removed if statement not in added and lookups.holds(statement))
    return SinceState(
        state, engine, new, old, FileChanges(come=[(statement, origin) for statement, origin in added.items()])
    )


def _statements_of_files(files: Iterable[Path]) -> dict[Statement, Origin]:
    origins: dict[Statement, Origin] = {}
    for file in files:
        loaded = load_rdf([file])
        for quad in loaded.quads:
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                message = "a blank node has no name that holds beyond its file, so no change can speak of it"
                raise InputError([Problem(str(file), 0, 0, message, "IRIs and literals")])
            origins.setdefault((quad.subject, quad.predicate, quad.object), loaded.origins[quad])
    return origins


_KIND: Final = "reports"
"""The folder of the cache for reports."""


class SinceRevision:
    """A validation that replaces a full run by the changes since a git revision.

    The report of each run is kept in the user's cache under the hash of all its inputs. Without the report of the
    revision, as the first time, the run is a full one; the report is the same.
    """

    def __init__(self, revision: str, data: Data, given: GivenShapes, engine: Engine = "auto") -> None:
        """Read the files as they were.

        Raises:
            InputError: the files are not under git, or there is no such revision.

        """
        self._data = data
        self._given = given
        self._engine = engine
        self._old = [_at(revision, source) for source in data.sources]
        self.incremental = False

    def validate(self, shapes: Shapes) -> Report:
        """Return the report of the data as it is now.

        Raises:
            InputError: a file could not be read at the revision.

        """
        earlier = _cached(self._key(self._old))
        if earlier is None or self._engine == "pyshacl":
            report = self._whole(shapes)
        else:
            self.incremental = True
            report = self._changed(shapes, earlier)
        _keep(self._key(self._data.sources), report)
        return report

    def _whole(self, shapes: Shapes) -> Report:
        return validate_columns(self._data.columns, shapes, engine=self._engine)

    def _changed(self, shapes: Shapes, earlier: Report) -> Report:
        names = {source.name for source in self._data.sources}
        beside = (quad for quad in self._data.quads if self._data.origins[quad].file not in names)
        new = _statements(self._data.quads)
        old = _statements((*beside, *load_rdf(self._old).quads))
        added, removed = new - old, old - new
        nodes = {node for statement in (*added, *removed) for node in statement}
        lookups = ColumnLookups(self._data.columns, nodes)
        return validate_changes(earlier, shapes, lookups, added, removed, validate=validate, whole=self._whole)

    def _key(self, sources: Iterable[RdfSource]) -> str:
        """Return the hash of what a report depends on: version, engine, ontology, shapes, data."""
        digest = hashlib.sha256(f"{VERSION} {self._engine} {contexts_key()}".encode())
        if any(self._data.origins[quad].file.startswith("ontology/") for quad in self._data.quads[:1]):
            digest.update(repr(file_hashes(input_files(()))).encode())
        for source in (*self._given.sources, *sources):
            digest.update(source.prefix.encode())
        return digest.hexdigest()[:32]


def _statements(quads: Iterable[Quad]) -> set[Statement]:
    return {(quad.subject, quad.predicate, quad.object) for quad in quads}


def _at(revision: str, source: RdfSource) -> RdfSource:
    """Return a source as it was at a revision; a file that was not there yet is empty."""
    path = Path(source.name).resolve()
    require_revision(revision, path.parent)
    shown = _git(path.parent, "show", f"{revision}:./{path.name}")
    empty = b"[]" if source.syntax.name.endswith("JSON-LD") else b""
    return replace(source, content=shown.stdout if shown.returncode == 0 else empty)


def require_revision(revision: str, folder: Path) -> None:
    """Refuse a name that is no revision in the git repository of a folder.

    Raises:
        InputError: git knows no such revision there, or cannot be run.

    """
    if _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode:
        expected = "a git revision, or a folder that --save-state wrote"
        raise InputError([Problem("--since", 0, 0, f"git knows no revision '{revision}' in {folder}", expected)])


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607 - no shell
    except OSError as error:
        raise InputError([Problem("--since", 0, 0, f"git cannot be run: {error.strerror}")]) from error


def _cached(key: str) -> Report | None:
    compressed = cache.read(_KIND, key)
    try:
        return None if compressed is None else read_stored(zlib.decompress(compressed).decode(), key)
    except (ValueError, zlib.error, InputError):
        return None


def _keep(key: str, report: Report) -> None:
    cache.write(_KIND, key, zlib.compress(write_stored(report).encode(), 1))
