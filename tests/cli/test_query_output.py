"""What ``kg query`` writes, and where: formats, files, charts, evidence, terminal and pager."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commandline import PROCESS, kg_bytes
from pyarrow import parquet
from pyoxigraph import RdfFormat, parse

if TYPE_CHECKING:
    from pathlib import Path

GRAPH_QUERY = "CONSTRUCT { ?s skos:prefLabel ?label } WHERE { ?s a motkg:Stage ; skos:prefLabel ?label }"
COMMAND = [*PROCESS, "query"]


def kg(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    return kg_bytes("query", *arguments, stdin=stdin.encode())


def on_terminal(*arguments: str, columns: int = 80, lines: int = 200, pager: str = "") -> tuple[str, int]:
    """Runs the command on a pseudoterminal and gives what it shows there, and its exit code."""
    pty = pytest.importorskip("pty", reason="pseudoterminals are an affair of POSIX")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": str(lines), "PAGER": pager, "TERM": "xterm"}
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65_536)
            except OSError:  # Linux says so when the other side has closed
                break
            if not part:
                break
            shown += part
        code = process.wait(timeout=60)
    os.close(ours)
    return shown.decode().replace("\r\n", "\n"), code


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.csv", b"stage,response,share,n,document\r\n"),
        ("a.tsv", b"?stage\t?response\t?share\t?n\t?document\n"),
        ("a.srj", b'{\n "head"'),
        ("a.xml", b"<?xml"),
        ("a.md", b"| stage | response | share | n | document |\n| --- | --- | ---: | ---: | --- |\n"),
        ("a.tex", b"% needs "),
        ("a.parquet", b"PAR1"),
        ("a.arrow", b"ARROW1"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.txt", b"stage "),
    ],
)
def test_the_name_of_the_file_tells_the_format(name: str, start: bytes, tmp_path: Path) -> None:
    result = kg("stage-issues", "-o", str(tmp_path / name))
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_pipe_gets_binary_formats() -> None:
    result = kg("stage-issues", "--format", "parquet")
    assert parquet.read_table(io.BytesIO(result.stdout))["share"].to_pylist()[:2] == [21, 30]


def test_a_terminal_does_not_get_binary_formats() -> None:
    shown, code = on_terminal("stage-issues", "-f", "parquet")
    assert code == 2
    assert "parquet is not for a terminal" in shown
    assert "-o FILE.parquet" in shown


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("old", encoding="utf-8")
    assert kg("stage-issues", "-o", str(file), "--format", "turtle").returncode == 2
    assert kg("-", "-o", str(tmp_path / "b.xml"), stdin='SELECT ("\\u0001" AS ?x) {}').returncode == 2
    assert file.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


SYNTAXES = {
    "turtle": ("ttl", RdfFormat.TURTLE),
    "n-triples": ("nt", RdfFormat.N_TRIPLES),
    "json-ld": ("jsonld", RdfFormat.JSON_LD),
    "rdf/xml": ("rdf", RdfFormat.RDF_XML),
    "trig": ("trig", RdfFormat.TRIG),
}


@pytest.mark.parametrize(
    ("name", "suffix", "syntax"), [(name, *about) for name, about in SYNTAXES.items()], ids=SYNTAXES
)
def test_graphs_are_written_in_the_syntaxes_of_graphs(
    name: str, suffix: str, syntax: RdfFormat, tmp_path: Path
) -> None:
    file = tmp_path / f"a.{suffix}"
    assert kg("-", "-o", str(file), stdin=GRAPH_QUERY).returncode == 0
    printed = kg("-", "-f", name, stdin=GRAPH_QUERY).stdout
    assert printed == file.read_bytes()
    triples = {(quad.subject, quad.predicate, quad.object) for quad in parse(printed, format=syntax)}
    reference = parse(kg("-", "-f", "nt", stdin=GRAPH_QUERY).stdout, format=RdfFormat.N_TRIPLES)
    assert triples == {(quad.subject, quad.predicate, quad.object) for quad in reference}
    assert len(triples) >= 6


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["stage-issues", "-f", "turtle"], "", "turtle holds graphs"),
        (["stage-issues", "-f", "jsno"], "", "did you mean json"),
        (["stage-issues", "-o", "a.doc"], "", "end its name in"),
        (["-", "-f", "csv"], GRAPH_QUERY, "formats of graphs: turtle"),
        (["-", "--evidence"], GRAPH_QUERY, "only the rows of a SELECT query"),
        (["sample-sizes-for-stars", "--chart", "a.svg"], "", "declare one in the header"),
        (["stage-issues", "--chart", "a.pdf"], "", "formats of charts: svg, png, html, json"),
    ],
)
def test_refusals_say_what_to_do(arguments: list[str], stdin: str, words: str) -> None:
    result = kg(*arguments, stdin=stdin)
    assert result.returncode == 2
    assert result.stderr.startswith(b"kg: ")
    assert words in result.stderr.decode()
    assert result.stdout == b""


def test_a_chart_is_drawn_beside_the_table(tmp_path: Path) -> None:
    result = kg("factors-at-stage", "--stage", "basic research", "--chart", str(tmp_path / "a.json"), "-f", "json")
    shares = {
        row["factor"]["value"]: int(row["share"]["value"]) for row in json.loads(result.stdout)["results"]["bindings"]
    }
    spec = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert {value["factor"]: value["share"] for value in spec["data"]["values"]} == shares
    assert shares["human resources"] == 45


def test_a_file_with_a_header_has_its_chart(tmp_path: Path) -> None:
    query = tmp_path / "mine.rq"
    query.write_text(
        "#+ summary: Mine?\n#+ columns: {s: a name, n: a number}\n#+ chart: {mark: bar, x: n, y: s}\n"
        "SELECT ?s ?n { VALUES (?s ?n) { ('a' 1) } }\n",
        encoding="utf-8",
    )
    assert kg(str(query), "--chart", str(tmp_path / "a.svg")).returncode == 0
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<svg")


def test_evidence_comes_as_a_column() -> None:
    rows = json.loads(kg("factors-above-share", "--evidence", "-f", "json").stdout)
    assert rows["head"]["vars"][-1] == "evidence"
    assert rows["results"]["bindings"][0]["evidence"]["value"] == "kirihata-mot, table factors r2c3 (7410–7413)"  # noqa: RUF001


def test_labels_stand_beside_iris_in_the_language_asked_for() -> None:
    query = "SELECT ?s { VALUES ?s { stage:commercialization } }"
    assert kg("-", stdin=query).stdout.decode().splitlines()[-1] == "commercialization (stage:commercialization)"
    assert kg("-", "--lang", "ja", stdin=query).stdout.decode().splitlines()[-1] == "事業化 (stage:commercialization)"
    assert (
        kg("-", "-f", "csv", stdin=query).stdout == b"s\r\nhttps://w3id.org/motkg/concept/stage/commercialization\r\n"
    )


STAGE = "SELECT ?s { VALUES ?s { stage:commercialization } }"


@pytest.mark.parametrize(
    ("query", "options", "remark"),
    [
        (STAGE, ["--lang", "ja"], ""),
        (STAGE, ["--lang", "JA"], ""),
        (STAGE, ["--lang", "en"], ""),
        ('CONSTRUCT { <x:y> <x:z> "a" } {}', ["--lang", "en"], ""),
        (STAGE, ["--lang", "de"], "kg: nothing here has a label in the language 'de'; English labels are shown\n"),
        ("SELECT (motkg:x AS ?s) {}", ["--lang", "de"], "kg: nothing here has a label in the language 'de'\n"),
        (
            STAGE,
            ["--lang", "ja", "-f", "csv"],
            "kg: --lang ja changes nothing: it is for labels beside the IRIs of a table, and there are none\n",
        ),
        ("stage-issues", ["--lang", "en"], ""),
        (
            "stage-issues",
            ["--lang", "de"],
            "kg: --lang de changes nothing: it is for labels beside the IRIs of a table, and there are none\n",
        ),
    ],
)
def test_a_language_that_changes_nothing_is_remarked_on(query: str, options: list[str], remark: str) -> None:
    result = kg(query, *options)
    assert (result.returncode, result.stderr.decode()) == (0, remark)


def test_a_query_that_takes_a_language_itself_says_so() -> None:
    result = kg("factors-at-stage", "--lang", "ja")
    assert result.stderr.decode().endswith("; the texts of this query follow its parameter --language\n")


def test_a_language_is_no_way_into_the_query_for_labels() -> None:
    result = kg("-", "--lang", 'ja")} #', stdin=STAGE)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"kg: 'ja\")} #' is no language tag")


def test_a_table_fits_the_terminal() -> None:
    for columns in (60, 100):
        shown, code = on_terminal("specialists-by-stage", columns=columns, lines=10_000)
        assert code == 0
        assert max(map(len, shown.splitlines())) <= columns
        assert "patent attorney" in shown


def test_only_what_is_longer_than_the_screen_goes_through_the_pager(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n", encoding="utf-8")
    pager.chmod(0o755)
    long, _ = on_terminal("stage-issues", lines=10, pager=str(pager))
    short, _ = on_terminal("stage-issues", lines=40, pager=str(pager))
    assert long.startswith("PAGED\n")
    assert long.removeprefix("PAGED\n") == short


@pytest.mark.parametrize("pager", ["", "cat"])
def test_an_empty_pager_pages_nothing(pager: str) -> None:
    shown, code = on_terminal("stage-issues", lines=10, pager=pager)
    assert (shown.count("\n") > 10, code) == (True, 0)


def test_columns_are_chosen_and_ordered_and_the_rows_stay() -> None:
    whole = kg("stage-issues", "-f", "csv").stdout.decode().splitlines()
    chosen = kg("stage-issues", "-f", "csv", "--columns", "share, ?stage").stdout.decode().splitlines()
    assert whole[0] == "stage,response,share,n,document"
    expected = [f"{share},{stage}" for stage, _, share, _, _ in (line.split(",") for line in whole)]
    assert chosen == expected


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stage-issues", "--columns", "stege"), "no column 'stege'\nits columns: stage, response, share, n, document\ndid you mean stage?"),
        (("stage-issues", "--columns", "stage,stage"), "has a column twice"),
        (("ASK { ?s ?p ?o }", "--columns", "s"), "only the rows of a SELECT query have columns"),
    ],
)  # fmt: skip
def test_columns_that_the_answer_has_not_are_told(arguments: tuple[str, ...], told: str) -> None:
    ran = kg(*arguments)
    assert ran.returncode == 2
    assert told in ran.stderr.decode()


def test_truth_values_have_formats_too() -> None:
    assert kg("-", stdin="ASK { ?s a motkg:Stage }").stdout == b"true\n"
    assert json.loads(kg("-", "-f", "json", stdin="ASK { ?s a motkg:Stage }").stdout) == {"head": {}, "boolean": True}


def test_the_table_needs_none_of_the_optional_packages() -> None:
    code = (
        "import sys; sys.argv = ['kg', 'query', 'stage-issues', '-f', 'csv']\n"
        "from kg.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pyarrow', 'pandas', 'polars', 'altair', 'vl_convert', 'xlsxwriter', 'rich', 'rdflib'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("stage,response,share,n")
    assert result.stderr.strip() == "[]"
