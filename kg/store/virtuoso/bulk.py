"""Virtuoso's own bulk loader, for a server on this machine: files that it reads itself, several at once.

It is driven through ``isql``. A password among its arguments could be seen in the list of processes; so it is given
none, and asks for one where the one that it begins with is refused. It asks on the terminal, or, in a session without a
terminal, on its standard input.
"""

from __future__ import annotations

import subprocess
import time
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from kg.core.errors import StoreError
from kg.store.remote.credentials import credentials_for
from kg.store.remote.load import STAGING, Input, Loaded, Progress, StagedLoad, TransferJournal
from kg.store.remote.writing import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.store.remote.credentials import Credentials
    from kg.store.remote.writing import WritableEndpointStore

SQL: Final = "127.0.0.1:1111"
_TRIED_UNASKED: Final = "dba"  # the password that isql begins with
_PROMPT: Final = "Enter password for"
# The loader writes to its log and commits each file; a file that it has no right to read stays in state 0 without a
# word.
_STATEMENTS = """
{drops}
DELETE FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%';
{adds}
rdf_loader_run();
checkpoint;
SELECT 'FAILED', ll_file, ll_error FROM DB.DBA.LOAD_LIST \
WHERE ll_file LIKE '{folder}/%' AND (ll_state <> 2 OR ll_error IS NOT NULL);
DELETE FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%';
"""


def load_in_bulk(  # noqa: PLR0913 - all but the first two by name
    store: WritableEndpointStore,
    sources: Sequence[Path] | Iterable[Quad],
    *,
    folder: Path,
    sql: str = SQL,
    graph: str | None = None,
    add: bool = False,
    isql: str = "isql-vt",
    tell: Callable[[Progress], None] = lambda _: None,
) -> Loaded:
    """Load files or quads into a Virtuoso on this machine, as ``load_remote`` does but by its bulk loader.

    Args:
        store: the server's endpoint; user and password come from where ``kg.store.remote.credentials`` says.
        sources: files of RDF in any syntax, or quads.
        folder: where files for the server are written and removed again; ``DirsAllowed`` of ``virtuoso.ini`` must name
            it.
        sql: host and port of the server for SQL.
        graph: takes the statements of the default graph.
        add: keep what a graph holds already.
        isql: the program.
        tell: called with the number of statements that have been written for the server.

    Raises:
        InputError, StoreError, LimitError: as ``load_remote`` does; and where the program is missing or refused.

    """
    began = time.monotonic()
    store.try_updating()
    load = _BulkLoad(store, Input.of(sources, graph), CHUNK, TransferJournal(None, ""))
    load.place(folder, sql, isql)
    counts = load.run(lambda sent: tell(Progress(sent, None, time.monotonic() - began)), add=add)
    return Loaded(counts, time.monotonic() - began)


class _BulkLoad(StagedLoad):
    """A load whose chunks go to files, one for each graph."""

    def place(self, folder: Path, sql: str, isql: str) -> None:
        """Where files are written and how the server is asked to load them."""
        self._folder, self._sql, self._isql = folder, sql, isql

    def send(self, advance: Callable[[int], None]) -> None:
        """Write the files and ha them loaded."""
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
            if error.filename == self._isql:
                message = (
                    f"the bulk loader needs {self._isql} in the PATH (Debian's name for the isql of Virtuoso, not that "
                    "of unixODBC)"
                )
                raise StoreError(message, endpoint=self.store.endpoint) from error
            raise StoreError(f"{self._folder}: {error}", endpoint=self.store.endpoint) from error

    def _write(self, place: Path, name: str, lines: list[str], advance: Callable[[int], None]) -> None:
        with (place / _file_of(name)).open("a", encoding="utf-8") as file:
            file.writelines(lines)
        self.sent += len(lines)
        advance(self.sent)

    def _run(self, place: Path) -> None:
        known = credentials_for(self.store.endpoint)
        if known is None or not known.user:
            raise StoreError(
                "the bulk loader needs KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD", endpoint=self.store.endpoint
            )
        names = {name: name.replace("'", "''") + STAGING for name in self.hashes}
        statements = _STATEMENTS.format(
            folder=str(place).replace("'", "''"),
            drops="\n".join(f"SPARQL DROP SILENT GRAPH <{staging}>;" for staging in names.values()),
            adds="\n".join(f"ld_add('{place}/{_file_of(name)}', '{staging}');" for name, staging in names.items()),
        )
        done = self._told_to_isql(statements, known)
        failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
        refused, asked, told = done.stderr.partition(_PROMPT)
        said = (told if asked else refused) + done.stdout  # what it began with may be refused
        if done.returncode or "*** Error" in said or failed:
            words = " ".join((failed or said.split("*** ")[-1:])[0].split())
            words = words.replace(known.password, "…") if known.password else words
            hint = f"; DirsAllowed of virtuoso.ini must name {self._folder}" if failed else ""
            raise StoreError(f"{self.store.endpoint}: the bulk loader: {words}{hint}", endpoint=self.store.endpoint)

    def _told_to_isql(self, statements: str, known: Credentials) -> subprocess.CompletedProcess[str]:
        asked = "" if known.password == _TRIED_UNASKED else f"{known.password}\n"
        command = [self._isql, self._sql, known.user]
        return subprocess.run(  # noqa: S603 - the program that was named
            command, input=asked + statements, capture_output=True, text=True, check=False, start_new_session=True
        )


def _file_of(graph: str) -> str:
    return f"{sha256(graph.encode()).hexdigest()[:16]}.nt"
