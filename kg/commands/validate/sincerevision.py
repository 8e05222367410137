"""Validation of what changed since a git revision, with the earlier report out of the user's cache."""

from __future__ import annotations

import hashlib
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.commands.validate.storedreport import read_stored, write_stored
from kg.core import cache
from kg.core.errors import InputError, Problem
from kg.core.resources import file_hashes, input_files
from kg.core.version import VERSION
from kg.loaders import load_rdf
from kg.shacl.engine import validate, validate_columns
from kg.shacl.incremental import ColumnLookups, validate_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from kg.commands.validate.data import Data
    from kg.commands.validate.shapes import GivenShapes
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl import Report, Shapes
    from kg.shacl.engine import Engine
    from kg.shacl.incremental.lookups import Statement

_KIND: Final = "reports"
"""The folder of the cache for reports."""


class SinceRevision:
    """The full run of :func:`kg.commands.validate.check`, replaced by a look at what changed since a revision.

    The report of each run is kept in the user's cache under the hash of everything that went in; without the one of the
    revision, as the first time, the run is a full one. Either way the report is the same.
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
        digest = hashlib.sha256(f"{VERSION} {self._engine}".encode())
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
    """Refuse what is no revision in the repository of a folder.

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
    held = cache.read(_KIND, key)
    try:
        return None if held is None else read_stored(zlib.decompress(held).decode(), key)
    except (ValueError, zlib.error, InputError):
        return None


def _keep(key: str, report: Report) -> None:
    cache.write(_KIND, key, zlib.compress(write_stored(report).encode(), 1))
