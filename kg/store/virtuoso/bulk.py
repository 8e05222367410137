"""Virtuoso's own bulk loader, for a server on this machine: files that it reads itself, several at once.

It is driven through ``isql``, which takes a password as an argument only: while a load starts, other users of the machine can see
it in the list of processes. Hence nothing but a call of this function uses it.
"""

from __future__ import annotations

import subprocess
import time
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.store.credentials import credentials_for
from kg.store.endpoint_writing import CHUNK
from kg.store.journal import Journal
from kg.store.remoteload import STAGING, Input, Loaded, Progress, StagedLoad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.store.endpoint_writing import WritableEndpointStore

# The loader writes to its log and commits each file; a file that it has no right to read stays in state 0 without a word.
_STATEMENTS = """
{drops}
DELETE FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%';
{adds}
rdf_loader_run();
checkpoint;
SELECT 'FAILED', ll_file, ll_error FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%' AND (ll_state <> 2 OR ll_error IS NOT NULL);
DELETE FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%';
"""


def load_in_bulk(  # noqa: PLR0913 - all but the first two by name
    store: WritableEndpointStore,
    sources: Sequence[Path] | Iterable[Quad],
    *,
    folder: Path,
    sql: str = "127.0.0.1:1111",
    graph: str | None = None,
    add: bool = False,
    isql: str = "isql-vt",
    tell: Callable[[Progress], None] = lambda _: None,
) -> Loaded:
    """Loads files or quads into a Virtuoso on this machine, as ``load_remote`` does but by its bulk loader.

    Args:
        store: the server's endpoint; user and password come from where ``kg.store.credentials`` says.
        sources: files of RDF in any syntax, or quads.
        folder: where files for the server are written and removed again; ``DirsAllowed`` of ``virtuoso.ini`` must name it.
        sql: host and port of the server for SQL.
        graph: takes the statements of the default graph.
        add: keep what a graph holds already.
        isql: the program.
        tell: is told how many statements have been written for the server.

    Raises:
        InputError, StoreError, LimitError: as ``load_remote`` does; and where the program is missing or refused.

    """
    began = time.monotonic()
    load = _BulkLoad(store, Input.of(sources, graph), CHUNK, Journal(None, ""))
    load.place(folder, sql, isql)
    counts = load.run(lambda sent: tell(Progress(sent, None, time.monotonic() - began)), add=add)
    return Loaded(counts, time.monotonic() - began)


class _BulkLoad(StagedLoad):
    """A load whose chunks go to files, one for each graph."""

    def place(self, folder: Path, sql: str, isql: str) -> None:
        """Says where files go and how the server is told of them."""
        self._folder, self._sql, self._isql = folder, sql, isql

    def send(self, advance: Callable[[int], None]) -> None:
        """Writes the files and has them loaded."""
        try:
            with TemporaryDirectory(prefix="motkg-", dir=self._folder) as made:
                place = self._folder.resolve() / made.rpartition("/")[2]
                place.chmod(0o755)  # the server may run as another user
                for name, lines in self.chunks():
                    self._write(place, name, lines, advance)
                for name, lines in self.blank.items():
                    self._write(place, name, lines, advance)
                self.blank.clear()
                self._run(place)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error}", endpoint=self.store.endpoint) from error

    def _write(self, place: Path, name: str, lines: list[str], advance: Callable[[int], None]) -> None:
        with (place / _file_of(name)).open("a", encoding="utf-8") as file:
            file.writelines(lines)
        self.sent += len(lines)
        advance(self.sent)

    def _run(self, place: Path) -> None:
        known = credentials_for(self.store.endpoint)
        if known is None or not known.user:
            raise StoreError("the bulk loader needs KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD", endpoint=self.store.endpoint)
        names = {name: name.replace("'", "''") + STAGING for name in self.hashes}
        statements = _STATEMENTS.format(
            folder=str(place).replace("'", "''"),
            drops="\n".join(f"SPARQL DROP SILENT GRAPH <{staging}>;" for staging in names.values()),
            adds="\n".join(f"ld_add('{place}/{_file_of(name)}', '{staging}');" for name, staging in names.items()),
        )
        command = [self._isql, self._sql, known.user, known.password]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, check=False)  # noqa: S603 - the program that was named
        failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
        if done.returncode or "*** Error" in done.stderr + done.stdout or failed:
            words = " ".join((failed or (done.stderr + done.stdout).split("*** ")[-1:])[0].split())
            hint = f"DirsAllowed of virtuoso.ini must name {self._folder}"
            raise StoreError(f"{self.store.endpoint}: the bulk loader: {words}; {hint}", endpoint=self.store.endpoint)


def _file_of(graph: str) -> str:
    return f"{sha256(graph.encode()).hexdigest()[:16]}.nt"
