"""Files of databases that others made: their views read nothing but the file itself, and have an end.

A file is data and SQL at once. The second must not reach other files, addresses or extensions.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from kg.core.errors import InputError, KGError, LimitError, StoreError
from kg.loaders.tables import databases
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from pathlib import Path

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS code FROM n"
SILENT = f"{ENDLESS} WHERE i < 0"


def read(path: Path | str) -> int:
    source = TableSource(str(path))
    return sum(len(frame) for frame in source.batches(source.open().columns))


@pytest.mark.parametrize("view", [ENDLESS, SILENT])
@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_a_view_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, view: str
) -> None:
    path = tmp_path / f"firms.{ending}"
    with closing(sqlite3.connect(path) if ending == "db" else duckdb.connect(path)) as database:
        database.execute(f"CREATE VIEW firms AS {view}")
        database.commit()
    monkeypatch.setattr(databases, "PATIENCE", 0.05)
    with pytest.raises(LimitError, match=rf"firms\.{ending}::firms was not read within 0\.05 s"):
        read(path)


@pytest.mark.parametrize(
    "reading", ["read_text('{}')", "read_csv('{}', header=false)", "glob('{}')", "read_blob('{}')", "'{}'"]
)
def test_a_view_of_duckdb_reads_no_other_file(tmp_path: Path, reading: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("hush\n", encoding="utf-8")
    with duckdb.connect(tmp_path / "firms.duckdb") as database:
        database.execute(f"CREATE VIEW firms AS SELECT * FROM {reading.format(secret)}")  # noqa: S608
    with pytest.raises(StoreError, match="disabled"):
        read(tmp_path / "firms.duckdb")


def test_a_file_of_sqlite_is_opened_as_sqlite_advises_for_files_of_others() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        databases.confine_sqlite(database)
        assert database.execute("PRAGMA trusted_schema").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
            database.execute("ATTACH ':memory:' AS other")
        with pytest.raises(sqlite3.DataError, match="too big"):
            database.execute("SELECT zeroblob(100000000)").fetchone()


def test_an_address_of_sqlite_is_opened_in_the_same_way(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "firms.db")) as database:
        database.execute("CREATE VIEW firms AS SELECT zeroblob(100000000) AS code")
        database.commit()
    with pytest.raises(StoreError, match="too big"):
        read(f"sqlite:///{tmp_path}/firms.db::firms")


@pytest.mark.parametrize(
    "address",
    [
        "mssql+pyodbc:///?odbc_connect=" + quote_plus("DRIVER={x};SERVER=db;UID=me;PWD=hush") + "::firms",
        "mssql+pyodbc:///?odbc_connect=" + quote("DRIVER={x};Password = hush") + "::firms",
        "mssql+pyodbc:///?odbc_connect=" + quote(quote("UID=me;pwd=hush")) + "::firms",
        "snowflake://me@account/db?token=hush::firms",
        "snowflake://me@account/db?private_key_passphrase=hush::firms",
        "postgresql+psycopg://me:hush@db/firms::firms",
    ],
)
def test_no_spelling_of_a_password_in_an_address_is_taken_or_repeated(address: str) -> None:
    with pytest.raises(InputError, match="the address holds a password") as caught:
        TableSource(address)
    assert "hush" not in str(caught.value)


def test_an_address_without_a_password_is_taken() -> None:
    TableSource("mssql+pyodbc:///?odbc_connect=" + quote_plus("DRIVER={x};SERVER=db;Trusted_Connection=yes") + "::a")
    TableSource("postgresql://me@db:5432/firms?passfile=/home/me/.pgpass::firms")


def test_the_password_of_the_environment_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(databases.PASSWORD, "no-such-driver")
    with pytest.raises(KGError) as caught:
        read("no-such-driver://me@127.0.0.1:9/db::firms")
    assert "dialects:no" not in str(caught.value)
