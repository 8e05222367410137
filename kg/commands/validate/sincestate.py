"""Validation of what changed since a state was written: neither the old data nor what did not change is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

from kg.columns.snapshots.patched import PatchedColumns
from kg.commands.validate.data import Data, idle_files, ontology_files, told_by_name
from kg.commands.validate.filechanges import FileChanges, TooMuchError, changes_of_files, net_changes, statements_at
from kg.commands.validate.lines import places_by_line
from kg.commands.validate.state import State, key_of
from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.loaders import load_rdf
from kg.shacl.columnar.executor import terms_of
from kg.shacl.engine import results_in_columns, validate, validate_columns
from kg.shacl.incremental import ColumnLookups, Overlaid, validate_changes
from kg.shacl.nodes import SUBCLASS, TYPE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kg.commands.validate.shapes import GivenShapes
    from kg.loaders.rdf.addresses import Places
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl import Report, Result, Shapes
    from kg.shacl.engine import Engine
    from kg.shacl.incremental.lookups import Statement
    from kg.shacl.nodes import Node


@dataclass(frozen=True)
class Patch:
    """A change that is given: RDF files of statements that were added and that were removed."""

    added: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Return whether any file is named."""
        return bool(self.added or self.removed)


@dataclass
class SinceState:
    """The data of a state as it is now, and the validation that takes the place of a full run over it."""

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
        old.terms = self.data.columns.terms = self.data.columns.terms.including((*terms_of(shapes), TYPE, SUBCLASS))
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
        found = places_by_line(self.state.statements, names, subjects, self.changes.line_now)
        for (subject, predicate, value), origin in self.changes.come:
            if subject in subjects:
                found.subjects.setdefault(subject, replace(origin, column=1 if origin.line else 0))
                known = found.triples.get((subject, predicate, value))
                if known is None or (known.file == origin.file and known.line > origin.line):
                    found.triples[subject, predicate, value] = found.predicates[subject, predicate] = origin
        return found

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
    """Look for what changed in files since a state was written.

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
    """Take a change that is given, of the data as it was when a state was written.

    The files of that data are not looked at.

    Raises:
        InputError: the state was not made by these shapes, this engine and version, a file cannot be read, or one names
            blank nodes.

    """
    if state.key != key_of(given, engine):
        expected = "the shapes, --engine and version of motkg that the state was saved with"
        raise InputError([Problem(str(state.folder), 0, 0, "the state was made with others", expected)])
    added, removed = (_statements(files) for files in (patch.added, patch.removed))
    lookups = ColumnLookups(state.columns, {node for statement in (*added, *removed) for node in statement})
    new = frozenset(statement for statement in added if not lookups.holds(statement))
    old = frozenset(statement for statement in removed if statement not in added and lookups.holds(statement))
    return SinceState(
        state, engine, new, old, FileChanges(come=[(statement, origin) for statement, origin in added.items()])
    )


def _statements(files: Iterable[Path]) -> dict[Statement, Origin]:
    found: dict[Statement, Origin] = {}
    for file in files:
        loaded = load_rdf([file])
        for quad in loaded.quads:
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                message = "a blank node has no name that holds beyond its file, so no change can speak of it"
                raise InputError([Problem(str(file), 0, 0, message, "IRIs and literals")])
            found.setdefault((quad.subject, quad.predicate, quad.object), loaded.origins[quad])
    return found
