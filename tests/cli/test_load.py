"""``kg load``: tables and RDF files into a store that is asked like any graph, whole or not at all."""

from __future__ import annotations

import csv
import gzip
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import commandline
import polars as pl
import pytest
from needs import missing
from nightly import sample
from pyoxigraph import NamedNode

from kg.commands.load import LoadRequest, load
from kg.commands.load.origins import rows_of
from kg.core.errors import InputError
from kg.core.resources import queries_dir, shipped_documents
from kg.graph import Graph, open_graph
from kg.pipeline.building import build
from kg.query.catalogue.catalogue import Catalogue
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parent.parent / "data"
TABLES = DATA / "firm-tables"
MAP = 'id: org/{code}\ntype: SmallFirm\nname: "{name}"\nisAtStage: "{stage}"\n'
ABOUT_FIRMS = [query.name for query in Catalogue(queries_dir()) if query.topic == "firms"]


def kg(*words: object, code: int = 0, **options: object) -> subprocess.CompletedProcess[str]:
    ran = commandline.kg(*words, **options)
    assert ran.returncode == code, ran.stderr
    return ran


def firms(path: Path, count: int, **more: list[str]) -> Path:
    codes = [str(number) for number in range(count)]
    pl.DataFrame(
        {"code": codes, "name": [f"Firm {code}" for code in codes], "stage": ["commercialization"] * count, **more}
    ).write_csv(path)
    return path


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    path = tmp_path / "map.yaml"
    path.write_text(MAP, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def from_tables(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The shipped graph with the invented firms, loaded from tables."""
    store = tmp_path_factory.mktemp("loaded") / "store"
    kg("load", *sorted(TABLES.glob("*.csv")), "--map", TABLES / "map.yaml", "-o", store)
    return open_graph(store)


@pytest.fixture(scope="module")
def from_case_files() -> Graph:
    """The same firms, built from case files."""
    return Graph(EmbeddedStore.of(build([*shipped_documents(), DATA / "firms"]).quads))


def test_the_questions_about_firms_are_answered_from_tables_as_from_case_files(
    from_tables: Graph, from_case_files: Graph
) -> None:
    for name in ABOUT_FIRMS:
        assert list(from_tables.query(name).rows) == list(from_case_files.query(name).rows), name
    assert len(from_tables.query("profiles-to-change").rows) == 12


def test_what_follows_from_tables_is_what_follows_from_case_files(from_tables: Graph, from_case_files: Graph) -> None:
    def about_firms(graph: Graph) -> set[str]:
        lines = {f"{quad.graph_name} {quad.triple}" for quad in graph.store.quads()}
        return {
            line
            for line in lines
            if "id/firms/" in line and "id/firms/survey" not in line and "id/firms/sample" not in line
        }

    assert about_firms(from_tables) == about_firms(from_case_files)


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "arrow", "jsonl", "xlsx", "db", "duckdb"])
def test_every_kind_of_table_gives_the_same_statements(tmp_path: Path, map_file: Path, ending: str) -> None:
    frame = pl.read_csv(firms(tmp_path / "firms.csv", 3), infer_schema=False)
    write: dict[str, Callable[[Path], object]] = {
        "csv": frame.write_csv,
        "tsv": lambda path: frame.write_csv(path, separator="\t"),
        "parquet": frame.with_columns(pl.col("code").cast(pl.Int64)).write_parquet,
        "arrow": frame.write_ipc,
        "jsonl": frame.with_columns(pl.col("code").cast(pl.Int64)).write_ndjson,
        "xlsx": lambda path: _workbook(frame, path),
        "db": lambda path: _sqlite(frame, path),
        "duckdb": lambda path: _duckdb(frame, path),
    }
    table = tmp_path / f"table.{ending}"
    write[ending](table)
    store = tmp_path / "store"
    load(LoadRequest((str(table),), store, map_file, graph="firms", alone=True, close=False))
    lines = sorted(str(quad.triple) for quad in open_graph(store).store.quads())
    assert len(lines) == 9
    assert lines[0] == (
        "<https://w3id.org/motkg/id/firms/org/0> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<https://w3id.org/motkg/ontology/SmallFirm>"
    )


def _workbook(frame: pl.DataFrame, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in [frame.columns, *frame.rows()]:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(path)


def _sqlite(frame: pl.DataFrame, path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE firms (code INTEGER, name TEXT, stage TEXT)")
        database.executemany("INSERT INTO firms VALUES (?, ?, ?)", frame.rows())
    database.close()


def _duckdb(frame: pl.DataFrame, path: Path) -> None:
    import duckdb

    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE firms (code INTEGER, name TEXT, stage TEXT)")
        database.executemany("INSERT INTO firms VALUES (?, ?, ?)", frame.rows())


def test_faulty_rows_stop_a_load_before_anything_is_written(tmp_path: Path, map_file: Path) -> None:
    table = tmp_path / "firms.csv"
    table.write_text("code,name,stage\n1,a,nowhere\n2,b,commercialization\n3,c,comercialization\n", encoding="utf-8")
    store, rejects = tmp_path / "store", tmp_path / "rejects.csv"
    ran = kg("load", table, "--map", map_file, "--alone", "--rejects", rejects, "-o", store, code=2)
    assert "firms: row 1, column 'stage': 'nowhere' is no concept of scheme stage" in ran.stderr
    assert (
        "firms: row 3, column 'stage': 'comercialization' is no concept of scheme stage; did you mean commercialization?"
        in ran.stderr
    )
    assert "2 of the rows cannot be loaded and nothing was loaded" in ran.stderr
    assert not store.exists()
    with rejects.open(encoding="utf-8", newline="") as file:
        assert [(row["row"], row["column"], row["value"]) for row in csv.DictReader(file)] == [
            ("1", "stage", "nowhere"),
            ("3", "stage", "comercialization"),
        ]


def test_a_load_that_goes_on_leaves_faulty_rows_out(tmp_path: Path, map_file: Path) -> None:
    table = tmp_path / "firms.csv"
    table.write_text("code,name,stage\n1,a,nowhere\n2,b,commercialization\n", encoding="utf-8")
    ran = kg(
        "load", table, "--map", map_file, "--alone", "--no-close", "--on-error", "continue", "-o", tmp_path / "store"
    )
    assert "loaded 1 of 2 rows, 3 statements" in ran.stderr
    assert "left out 1 row;" in ran.stderr
    assert len(open_graph(tmp_path / "store").store) == 3
    assert json.loads((tmp_path / "store" / "manifest.json").read_text(encoding="utf-8"))["loads"][0]["rejected"] == 1


def test_malformed_rows_are_counted_among_the_rows(tmp_path: Path, map_file: Path) -> None:
    table = tmp_path / "firms.csv"
    table.write_text(
        "code,name,stage\n1,a,commercialization\n2,b\n3,c,commercialization,more\n4,d,commercialization\n",
        encoding="utf-8",
    )
    ran = kg("load", table, "--map", map_file, "--on-error", "continue", "-o", tmp_path / "firms.nt")
    assert "loaded 2 of 4 rows, 6 statements" in ran.stderr
    assert (
        "left out 2 rows; --rejects FILE keeps the reasons\n  firms: row 2: the row has 2 cells, the heading 3"
        in ran.stderr
    )
    table.write_text("code,name,stage\n1,a\n", encoding="utf-8")
    ran = kg("load", table, "--map", map_file, "--on-error", "continue", "-o", tmp_path / "firms.nt")
    assert "no statement was loaded: every row was left out\nloaded 0 of 1 row, 0 statements" in ran.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "firms.ttl"], "-o firms.ttl: name a folder for a store, or a file in .nt for the lines"),
        (["-o", "firms.parquet"], "name a folder for a store"),
        (["-o", "firms.nt", "--validate"], "lines in a file take none of --resume, --close and --validate"),
    ],
)
def test_what_a_load_cannot_write_is_said(words: list[str], message: str) -> None:
    from click import UsageError

    from kg.cli.load import command

    with pytest.raises(UsageError) as caught:
        command.main(["firms.csv", *words], standalone_mode=False)
    assert message in caught.value.message


def test_semicolons_between_cells_are_told_with_the_line_for_the_map(tmp_path: Path, map_file: Path) -> None:
    (tmp_path / "firms.csv").write_text("code;name;stage\n1;a;commercialization\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"the heading of the table firms is one cell, 'code;name;stage'; expected delimiter: \";\""
    ):
        load(LoadRequest((str(tmp_path / "firms.csv"),), tmp_path / "store", map_file, alone=True))


def test_links_between_tables_must_lead_somewhere(tmp_path: Path) -> None:
    firms(tmp_path / "firms.csv", 2)
    (tmp_path / "ties.csv").write_text("firm,parent\n0,1\n1,7\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "tables:\n- {table: firms, id: 'org/{code}', type: Firm}\n"
        "- {table: ties, continues: true, id: 'org/{firm}', affiliateOf: 'org/{parent}'}\n",
        encoding="utf-8",
    )
    ran = kg(
        "load",
        tmp_path / "firms.csv",
        tmp_path / "ties.csv",
        "--map",
        tmp_path / "map.yaml",
        "-o",
        tmp_path / "s",
        "--alone",
        code=2,
    )
    assert "ties: row 2, column 'parent': the link to 'org/7' leads to nothing" in ran.stderr


def test_a_second_load_adds_to_a_store_and_may_link_to_the_first(tmp_path: Path, map_file: Path) -> None:
    store = tmp_path / "store"
    kg("load", firms(tmp_path / "firms.csv", 2), "--map", map_file, "--alone", "-o", store)
    (tmp_path / "ties.csv").write_text("code,parent\n0,1\n", encoding="utf-8")
    (tmp_path / "ties.yaml").write_text(
        "continues: true\nid: org/{code}\naffiliateOf: org/{parent}\n", encoding="utf-8"
    )
    kg("load", tmp_path / "ties.csv", "--map", tmp_path / "ties.yaml", "--into", "firms", "-o", store)
    opened = open_graph(store)
    assert opened.ask(
        "ASK { <https://w3id.org/motkg/id/firms/org/0> motkg:affiliateOf <https://w3id.org/motkg/id/firms/org/1> }"
    )
    assert opened.ask('ASK { <https://w3id.org/motkg/id/firms/org/0> rdfs:label "Firm 0"@en }')
    assert len(json.loads((store / "manifest.json").read_text(encoding="utf-8"))["loads"]) == 2


def test_a_table_of_a_database_is_named_and_found_again(tmp_path: Path) -> None:
    register, store, map_file = tmp_path / "register.db", tmp_path / "store", tmp_path / "map.yaml"
    map_file.write_text('id: org/{code}\ntype: Firm\nname: "{name}"\n', encoding="utf-8")
    with closing(sqlite3.connect(register)) as database:
        database.executescript("CREATE TABLE others (code, name); INSERT INTO others VALUES (7, 'Seven');")
        database.executescript("CREATE TABLE firms (code, name); INSERT INTO firms VALUES (8, 'Eight');")
    words = ["load", register, "--table", "firms", "--map", map_file, "--alone", "--into", "firms", "-o", store]
    assert "held them already" not in kg(*words).stderr
    iri = "https://w3id.org/motkg/id/firms/org/8"
    assert [(row.table, row.row) for row in rows_of(store, [iri])[iri]] == [("firms", 1)]
    assert "the store held them already, from an earlier load of the same files" in kg(*words).stderr
    words[3] = "others"
    assert "held them already" not in kg(*words).stderr


def test_a_file_that_is_not_there_is_told_before_a_map_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("code\n1\n", encoding="utf-8")
    assert (
        "there is no such file; did you mean" in kg("load", tmp_path / "firm.csv", "-o", tmp_path / "s", code=2).stderr
    )
    assert "a table needs a map" in kg("load", tmp_path / "firms.csv", "-o", tmp_path / "s", code=2).stderr


def test_rdf_files_are_loaded_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("@prefix : <urn:x:> . :s :p 1 , 'é' ; :q [] .\n", encoding="utf-8")
    with gzip.open(tmp_path / "b.nt.gz", "wt", encoding="utf-8") as file:
        file.write("<urn:x:t> <urn:x:p> <urn:x:s> .\n")
    store = tmp_path / "store"
    kg("load", tmp_path / "a.ttl", tmp_path / "b.nt.gz", "--graph-iri", "urn:x:g", "--alone", "--no-close", "-o", store)
    quads = list(open_graph(store).store.quads())
    assert len(quads) == 4
    assert {quad.graph_name.value for quad in quads} == {"urn:x:g"}


def test_a_broken_rdf_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:x:s> <urn:x:p> <urn:x:o> .\n<urn:x:s> nonsense .\n", encoding="utf-8")
    ran = kg("load", tmp_path / "a.nt", "-o", tmp_path / "store", "--alone", code=2)
    assert f"{tmp_path}/a.nt:2:" in ran.stderr
    assert not (tmp_path / "store").exists()


def test_the_lines_alone_are_those_of_the_store(tmp_path: Path, map_file: Path) -> None:
    table = firms(tmp_path / "firms.csv", 3)
    kg("load", table, "--map", map_file, "--alone", "--no-close", "-o", tmp_path / "store")
    kg("load", table, "--map", map_file, "-o", tmp_path / "firms.nt")
    held = {f"{quad.triple} ." for quad in open_graph(tmp_path / "store").store.quads()}
    assert set((tmp_path / "firms.nt").read_text(encoding="utf-8").splitlines()) == held


@pytest.mark.parametrize("target", ["store", "firms.nt"])
def test_a_file_for_rejects_that_cannot_be_written_is_an_error(tmp_path: Path, map_file: Path, target: str) -> None:
    rejects = tmp_path / "nowhere" / "rejects.csv"
    ran = kg(
        "load",
        firms(tmp_path / "firms.csv", 1),
        "--map",
        map_file,
        "--alone",
        "--rejects",
        rejects,
        "-o",
        tmp_path / target,
        code=2,
    )
    assert f"kg: {rejects}: No such file or directory" in ran.stderr
    assert not (tmp_path / target).exists()


def test_a_folder_that_no_load_wrote_is_left_alone(tmp_path: Path, map_file: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    ran = kg("load", firms(tmp_path / "firms.csv", 1), "--map", map_file, "-o", tmp_path / "mine", code=2)
    assert "holds files that no kg load wrote" in ran.stderr
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A store with two firms, and a table of many with its map."""
    folder = tmp_path_factory.mktemp("big")
    (folder / "map.yaml").write_text(MAP, encoding="utf-8")
    kg(
        "load",
        firms(folder / "firms.csv", 2),
        "--map",
        folder / "map.yaml",
        "--alone",
        "--no-close",
        "-o",
        folder / "store",
    )
    return folder / "store", firms(folder / "many.csv", 20_000), folder / "map.yaml"


def answers(store: Path) -> int:
    """Ask a store how many firms it has."""
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?firm a motkg:SmallFirm }"
    return int(kg("query", text, "--graph", store, "-f", "csv").stdout.split()[1])


@pytest.mark.slow
def test_a_load_killed_at_any_point_leaves_the_store_as_it_was(big: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, table, map_file = big
    store = tmp_path / "store"
    shutil.copytree(old, store)
    words = ["load", table, "--map", map_file, "--into", "firms", "--no-close", "-o", store]
    process_of_load = [*commandline.PROCESS, *map(str, words)]
    started = time.monotonic()
    subprocess.run(process_of_load, check=True, capture_output=True)
    whole = time.monotonic() - started
    assert answers(store) == 20_000
    for tenth in sample(range(10), 3, lambda tenth: tenth // 4):
        shutil.rmtree(store)
        shutil.copytree(old, store)
        process = subprocess.Popen(process_of_load, stderr=subprocess.DEVNULL)
        time.sleep(whole * (tenth + 0.5) / 10)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(open_graph(store).store) in {6, 60_000}
    subprocess.run(process_of_load, check=True, capture_output=True)
    assert answers(store) == 20_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


def test_a_full_disk_leaves_the_store_as_it_was(big: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, table, map_file = big
    store = tmp_path / "store"
    shutil.copytree(old, store)

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    words = ["load", table, "--map", map_file, "--into", "firms", "--no-close", "-o", store]
    ran = subprocess.run(
        [*commandline.PROCESS, *words], capture_output=True, text=True, check=False, preexec_fn=small_files
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("kg: ")
    assert "Traceback" not in ran.stderr
    assert answers(store) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


@pytest.mark.parametrize("target", ["store", "firms.nt"])
def test_ctrl_c_ends_a_load_with_a_word_and_nothing_written(
    tmp_path: Path, map_file: Path, target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from kg.cli.load import command
    from kg.loaders.tables.rows import TableConverter

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TableConverter, "convert", interrupt)
    words = [str(firms(tmp_path / "firms.csv", 3)), "--map", str(map_file), "--alone", "-o", str(tmp_path / target)]
    with pytest.raises(SystemExit) as caught:
        command.main(words, standalone_mode=False)
    assert caught.value.code == 2
    assert f"interrupted; {tmp_path / target} is as it was" in capsys.readouterr().err
    assert not (tmp_path / target).exists()


def test_two_loads_into_one_store_do_not_mix(big: tuple[Path, Path, Path], tmp_path: Path) -> None:
    import fcntl

    _, table, map_file = big
    with (tmp_path / ".store.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = kg("load", table, "--map", map_file, "--alone", "-o", tmp_path / "store", code=2)
    assert "another load into" in ran.stderr


def test_a_store_is_validated_like_a_build(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "assessments.csv").write_text("firm,factor\n1,funding\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text(
        "id: org/{firm}\ntype: Firm\nfacesFactor: {factor: '{factor}'}\n", encoding="utf-8"
    )
    ran = kg("load", tmp_path / "assessments.csv", "--map", tmp_path / "map.yaml", "--validate", "-o", store, code=1)
    assert "Judge the severity once" in ran.stdout
    again = kg("validate", "--graph", store, "-f", "json", code=1)
    assert "id/assessments/org/1/assessment/funding" in again.stdout


def test_a_store_may_be_published_under_another_base(tmp_path: Path) -> None:
    store, base = tmp_path / "store", "https://data.example.org/mot/"
    kg("load", *sorted(TABLES.glob("*.csv")), "--map", TABLES / "map.yaml", "--base", base, "-o", store)
    opened = open_graph(store)
    nodes = {node for quad in opened.store.quads() for node in quad if isinstance(node, NamedNode)}
    assert not [node for node in nodes if node.value.startswith("https://w3id.org/motkg/")]
    assert len(opened.query("profiles-to-change").rows) == 12


@pytest.mark.skipif(
    "MOTKG_MORPH_KGC" not in os.environ,
    reason=missing("morph-kgc"),
)
def test_a_mapping_in_rml_gives_the_same_statements(tmp_path: Path) -> None:
    table = firms(tmp_path / "firms.csv", 3)
    (tmp_path / "map.yaml").write_text('id: org/{code}\ntype: SmallFirm\nname: "{name}"\n', encoding="utf-8")
    (tmp_path / "map.rml.ttl").write_text(RML.replace("SOURCE", str(table)), encoding="utf-8")
    held = []
    for map_file in ("map.yaml", "map.rml.ttl"):
        store = tmp_path / map_file.replace(".", "-")
        kg("load", table, "--map", tmp_path / map_file, "--into", "firms", "--alone", "--no-close", "-o", store)
        held.append({str(quad) for quad in open_graph(store).store.quads()})
    assert held[0] == held[1]
    assert len(held[0]) == 6


def test_rml_without_its_processor_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "map.rml.ttl").write_text(RML, encoding="utf-8")
    monkeypatch.delenv("MOTKG_MORPH_KGC", raising=False)
    ran = kg("load", "firms.csv", "--map", tmp_path / "map.rml.ttl", "-o", tmp_path / "store", code=2)
    assert "install it in an environment of its own and set MOTKG_MORPH_KGC" in ran.stderr


RML = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
<urn:x:firm> a rr:TriplesMap ;
  rml:logicalSource [ rml:source "SOURCE" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "https://w3id.org/motkg/id/firms/org/{code}" ; rr:class <https://w3id.org/motkg/ontology/SmallFirm> ] ;
  rr:predicateObjectMap [
    rr:predicate <http://www.w3.org/2000/01/rdf-schema#label> ; rr:objectMap [ rml:reference "name" ; rr:language "en" ] ] .
"""
