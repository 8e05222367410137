"""RDF files into a store, as they are: any syntax, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

from pyoxigraph import NamedNode, RdfFormat

from kg.commands.load.progress import Progress
from kg.core.errors import InputError, Problem
from kg.loaders.rdf.reading import ENDINGS, rdf_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from kg.commands.load.request import Loaded, Request
    from kg.commands.load.workplace import Workplace
    from kg.store.embedded.bulk import BulkStore

_OPENERS: Final[dict[str, Callable[[Any], Any]]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_QUADS: Final = (RdfFormat.N_QUADS, RdfFormat.TRIG, RdfFormat.JSON_LD)


def is_rdf(name: str, syntax: str = "") -> bool:
    """Return whether a name is that of an RDF file, by its ending."""
    path = Path(name)
    inner = Path(path.stem) if path.suffix in _OPENERS else path
    return bool(syntax) or inner.suffix.removeprefix(".") in ENDINGS


def load_files(
    request: Request, loaded: Loaded, workplace: Workplace, store: BulkStore, tell: Callable[[str], None]
) -> None:
    """Load RDF files, one after the other; each is in the store whole or not at all.

    Statements of a syntax without graphs go to the graph of the load; those that name a graph stay in theirs.

    Raises:
        InputError: a file cannot be read or breaks its syntax.

    """
    paths = [Path(name) for name in request.sources]
    missing = [Problem(str(path), 0, 0, "there is no such file") for path in paths if not path.is_file()]
    if missing:
        raise InputError(missing)
    progress = Progress(tell, "bytes", total=sum(path.stat().st_size for path in paths))
    journal = workplace.journal
    loaded.statements = journal.statements
    for number, path in enumerate(paths, 1):
        if number <= journal.parts:
            progress.begin_at(progress.done + path.stat().st_size)
            continue
        packed = path.suffix in _OPENERS
        source = rdf_source(Path(path.stem) if packed else path, request.syntax)
        before = len(store.store)
        if journal.reading == number and journal.before != before:  # loaded, and then the process died
            progress.begin_at(progress.done + path.stat().st_size)
            _note_done(workplace, loaded, before - journal.before)
            continue
        journal.reading, journal.before = number, before
        workplace.note()
        with path.open("rb") as raw, _Counting(raw, path, progress) as stream:
            base = path.resolve().as_uri()
            try:
                graph = None if source.syntax in _QUADS and not loaded.graph else NamedNode(loaded.graph)
                store.load_stream(cast("IO[bytes]", stream), source.syntax, str(path), base, graph)
            except (EOFError, gzip.BadGzipFile, lzma.LZMAError) as error:
                raise InputError([Problem(str(path), 0, 0, f"the file cannot be unpacked: {error}")]) from error
        _note_done(workplace, loaded, len(store.store) - before)


def _note_done(workplace: Workplace, loaded: Loaded, statements: int) -> None:
    """Note that the file that is being loaded is in the store."""
    workplace.journal.parts = workplace.journal.reading
    workplace.journal.statements += statements
    loaded.statements = workplace.journal.statements
    workplace.note()


class _Counting:
    """A file, unpacked where it is packed, that tells how much of it is read."""

    def __init__(self, raw: IO[bytes], path: Path, progress: Progress) -> None:
        self._raw = raw
        opener = _OPENERS.get(path.suffix)
        self._stream = opener(raw) if opener else raw
        self._progress = progress
        self._at = 0
        self._reads = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not self._raw:
            self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        text = cast("bytes", self._stream.read(size))
        self._reads += 1
        if self._reads % 4096 == 0 or not text:
            at = self._raw.tell()
            self._progress.step(at - self._at)
            self._at = at
        return text
