"""How long ``kg load`` takes, beside what it stands on and beside a processor of RML.

python benchmarks/load/run.py [--firms 1000000] [--rml-firms 100000] [--morph PYTHON]

Peers run after one another in one run, each in a process of its own, twice, in turn; the table has the better time of
each. ``raw`` is ``Store.bulk_load`` of a file of N-Triples with the very statements that the load states, into a named
graph, as the load does. ``--morph`` is a Python that has morph-kgc (its dependencies and ours exclude each other);
without it that row is left out. Writes results.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from generate import write

from kg.loaders.tables.mapfile import read_map
from kg.loaders.tables.rows import KnownIds, TableConverter
from kg.loaders.tables.tables import TableSource

HERE = Path(__file__).resolve().parent
GRAPH = "https://w3id.org/motkg/graph/firms"
RAW = """
import sys
from pyoxigraph import NamedNode, RdfFormat, Store
store = Store(sys.argv[2])
graph = NamedNode(sys.argv[3]) if sys.argv[3] else None
store.bulk_load(path=sys.argv[1], format=RdfFormat.N_TRIPLES, to_graph=graph)
store.flush()
"""


def measured(command: list[str], **options: object) -> dict[str, float]:
    """Run a command; gives seconds, CPU seconds and the peak of memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return {
        "seconds": time.perf_counter() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "mb": usage.ru_maxrss / 1024,
    }


def loading(table: Path, target: Path) -> list[str]:
    """Return the command that loads a table into a store of its own."""
    shutil.rmtree(target, ignore_errors=True)
    return [
        sys.executable,
        "-m",
        "kg",
        "load",
        str(table),
        "--map",
        str(HERE / "map.yaml"),
        "--into",
        "firms",
        "--alone",
        "--no-close",
        "-o",
        str(target),
    ]


def writing(table: Path, target: Path) -> list[str]:
    """Return the command that writes the lines of a table into a file."""
    return [
        sys.executable,
        "-m",
        "kg",
        "load",
        str(table),
        "--map",
        str(HERE / "map.yaml"),
        "--into",
        "firms",
        "-o",
        str(target),
    ]


def raw(lines: Path, target: Path, graph: str) -> list[str]:
    """Return the command that loads the lines with nothing around."""
    shutil.rmtree(target, ignore_errors=True)
    return [sys.executable, "-c", RAW, str(lines), str(target), graph]


def same_lines(store: Path, lines: Path) -> int:
    """Write what a store holds as N-Triples; gives the number of statements."""
    code = "import sys\nfrom pyoxigraph import NamedNode, RdfFormat, Store\nstore = Store.read_only(sys.argv[1])\n"
    code += "store.dump(sys.argv[2], RdfFormat.N_TRIPLES, from_graph=NamedNode(sys.argv[3]))\n"
    subprocess.run([sys.executable, "-c", code, str(store / "store"), str(lines), GRAPH], check=True)
    with lines.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 24), b""))


def original_lines(table: Path, lines: Path) -> None:
    """Write the statements in the order of the table, as whoever made a file from it would."""
    table_map = read_map(HERE / "map.yaml").tables[0]
    converter = TableConverter(
        table_map, "firms", "firms", KnownIds(lambda _: True, "https://w3id.org/motkg/id/firms/")
    )
    with lines.open("wb") as file:
        for frame in TableSource(str(table)).batches(converter.columns):
            rows: dict[int, list[bytes]] = {}
            for piece in converter.convert(frame).pieces:
                for number, line in enumerate(bytes(piece).splitlines(keepends=True)):
                    rows.setdefault(number, []).append(line)
            file.writelines(line for row in rows.values() for line in row)


def morph(python: str, csv: Path, folder: Path) -> list[str]:
    """Return the command that turns the same CSV into N-Triples by RML."""
    mapping = folder / "mapping.rml.ttl"
    mapping.write_text(
        (HERE / "mapping.rml.ttl").read_text(encoding="utf-8").replace("SOURCE", str(csv)), encoding="utf-8"
    )
    settings = folder / "morph.ini"
    settings.write_text(
        f"[CONFIGURATION]\noutput_file: {folder / 'morph.nt'}\noutput_format: N-TRIPLES\nlogging_level: ERROR\n"
        f"[data]\nmappings: {mapping}\n",
        encoding="utf-8",
    )
    return [python, "-m", "morph_kgc", str(settings)]


def better(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the faster of some runs, with the greatest peak of memory."""
    return {**min(runs, key=lambda run: run["seconds"]), "mb": max(run["mb"] for run in runs)}


def main() -> None:
    """Run all peers and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--rml-firms", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--morph", default="")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        parquet, csv = write(folder, arguments.firms)
        lines, store = folder / "firms.nt", folder / "store"
        original_lines(parquet, lines)
        runs: dict[str, list[dict[str, float]]] = {
            "raw": [],
            "raw, default graph": [],
            "kg load, Parquet": [],
            "kg load, CSV": [],
        }
        for _ in range(arguments.repeat):
            runs["raw"].append(measured(raw(lines, store, GRAPH)))
            runs["kg load, Parquet"].append(measured(loading(parquet, store)))
            statements = same_lines(store, folder / "same.nt")
            (folder / "same.nt").unlink()
            runs["raw, default graph"].append(measured(raw(lines, store, "")))
            runs["kg load, CSV"].append(measured(loading(csv, store)))
        size = lines.stat().st_size
        table = [(name, arguments.firms, statements, better(found)) for name, found in runs.items()]
        if arguments.morph:
            _, few = write(folder, arguments.rml_firms)
            ours = better([measured(loading(few, store)) for _ in range(arguments.repeat)])
            count = same_lines(store, folder / "same.nt")
            theirs = better([measured(morph(arguments.morph, few, folder)) for _ in range(arguments.repeat)])
            # before the sets: Linux counts the parent's memory at the start of a child as the child's
            lines_only = better([measured(writing(few, folder / "ours.nt")) for _ in range(arguments.repeat)])
            made = set((folder / "morph.nt").read_bytes().splitlines())
            agrees = {line.replace(b" .", b"") for line in made} == {
                line.replace(b" .", b"") for line in (folder / "same.nt").read_bytes().splitlines()
            }
            table += [
                ("kg load, CSV to N-Triples only", arguments.rml_firms, count, lines_only),
                ("morph-kgc, CSV to N-Triples only", arguments.rml_firms, len(made), theirs),
                ("kg load, CSV to store", arguments.rml_firms, count, ours),
            ]
        else:
            agrees = None
    (HERE / "results.md").write_text(page(table, size, agrees), encoding="utf-8")
    print((HERE / "results.md").read_text(encoding="utf-8"))


def page(table: list[tuple[str, int, int, dict[str, float]]], size: int, agrees: bool | None) -> str:  # noqa: FBT001 - unknown without the peer
    """Return the page of results."""
    first = {firms: run for _, firms, _, run in reversed(table)}
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "polars", "pyarrow"))
    head = [
        "# Loading firm tables",
        "",
        (
            f"Made by `python benchmarks/load/run.py` with Python {platform.python_version()}, {versions}, "
            f"{os.cpu_count()} cores."
        ),
        (
            f"The N-Triples of the largest table take {size / 1e6:,.0f} MB. Times are of whole processes, start and "
            "tidying up included;"
        ),
        "the ratios are to the first row with as many firms, of seconds and of CPU seconds.",
        "",
        "| what | firms | statements | seconds | CPU seconds | peak MB | ratio | CPU ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {name} | {firms:,} | {count:,} | {run['seconds']:.1f} | {run['cpu']:.1f} | {run['mb']:,.0f} "
        f"| {run['seconds'] / first[firms]['seconds']:.2f} | {run['cpu'] / first[firms]['cpu']:.2f} |"
        for name, firms, count, run in table
    ]
    tail = (
        []
        if agrees is None
        else ["", f"morph-kgc and kg load make {'the same' if agrees else 'DIFFERENT'} statements."]
    )
    return "\n".join([*head, *rows, *tail, ""])


if __name__ == "__main__":
    main()
