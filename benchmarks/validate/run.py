"""How long validation takes, from a file to a report, engine by engine in one run.

Writes ``results.md`` beside this script.

    python benchmarks/validate/run.py [--sizes 10000 100000 1000000 10000000] [--slow-up-to 1000000] [--peer-up-to
    10000000] python benchmarks/validate/run.py --only-changes

The second writes only the part about validating a change anew.
Every run is a process of its own, so that its peak of memory is its own. The engines must find the same results, or it
says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SHAPES: Final = HERE / "shapes.ttl"
ENGINES: Final = ("columnar", "sparql", "virtuoso", "pyshacl")
SMALL: Final = 400
CHANGES: Final = "## After a change"
REPEATS: Final = 20


def columnar(path: Path) -> tuple[float, float, list[object]]:
    """Return the seconds to load and to validate, and the results."""
    from kg.columns import columns_of_files
    from kg.shacl import load_shapes, validate_columns

    shapes = load_shapes([SHAPES])
    start = time.perf_counter()
    columns = columns_of_files([path])
    loaded = time.perf_counter()
    report = validate_columns(columns, shapes, engine="columnar")
    return loaded - start, time.perf_counter() - loaded, [result.key for result in report.results]


def sparql(path: Path) -> tuple[float, float, list[object]]:
    """Return the seconds to load a store and to validate what it gives when it is asked, and the results."""
    from pyoxigraph import parse

    from kg.shacl import load_shapes
    from kg.shacl.remote import MemoryServer, validate_store

    shapes = load_shapes([SHAPES])
    start = time.perf_counter()
    server = MemoryServer(quad.triple for quad in parse(path=path))
    loaded = time.perf_counter()
    report = validate_store(server, shapes)
    return loaded - start, time.perf_counter() - loaded, [result.key for result in report.results]


def virtuoso(path: Path) -> tuple[float, float, list[object]]:
    """Return the seconds to load into Virtuoso and to validate over HTTP, and the results.

    Its bulk loader does the loading.
    """
    sys.path.insert(0, str(HERE.parent / "stores"))
    from server import started

    from kg.commands.validate import read_given_shapes
    from kg.commands.validate.endpoint import check_store
    from kg.store.remote.store import EndpointStore

    given = read_given_shapes([SHAPES])
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        address = started(path, Path(folder) / "virtuoso")
        loaded = time.perf_counter()
        report = check_store(EndpointStore(address, timeout=600), given, graphs=["urn:none"])
        return loaded - start, time.perf_counter() - loaded, [result.key for result in report.results]


def pyshacl(path: Path) -> tuple[float, float, list[object]]:
    """Return the seconds that rdflib takes to load and pySHACL to validate, and the results.

    Literals stay as written.
    """
    import pyshacl
    import rdflib

    from kg.shacl.nodes import DataGraph
    from kg.shacl.pyshacl_engine import quads_of, read_results

    rdflib.NORMALIZE_LITERALS = False
    shapes = rdflib.Graph().parse(SHAPES)
    start = time.perf_counter()
    data = rdflib.Graph().parse(path, format="nt")
    loaded = time.perf_counter()
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    done = time.perf_counter()
    if not isinstance(report, rdflib.Graph):
        raise TypeError(report)
    return loaded - start, done - loaded, [result.key for result in read_results(DataGraph(quads_of(report)))]


def one(engine: str, path: Path) -> None:
    """Measure one engine on one file, and print what it found as JSON."""
    load, validate, keys = {"columnar": columnar, "sparql": sparql, "virtuoso": virtuoso, "pyshacl": pyshacl}[engine](
        path
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    digest = hashlib.sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()
    print(json.dumps({"load": load, "validate": validate, "peak": peak, "results": len(keys), "digest": digest}))


def small(path: Path) -> None:
    """Print the milliseconds of one validation of a small graph from quads in memory: the median of many.

    After start-up: modules are loaded and shapes are read; parsing the data is left out, and everything from quads to
    report is in.
    """
    import pyoxigraph

    from kg.commands.validate import shipped_shapes
    from kg.shacl import load_shapes, validate

    quads, figures = list(pyoxigraph.parse(path=path)), {}
    for name, shapes in (("", load_shapes([SHAPES])), ("shipped ", shipped_shapes().shapes)):
        times = []
        for _ in range(REPEATS + 1):
            start = time.perf_counter()
            validate(quads, shapes, engine="columnar")
            times.append(1000 * (time.perf_counter() - start))
        figures |= {f"{name}median": statistics.median(times[1:]), f"{name}least": min(times[1:])}
    print(json.dumps(figures))


def measured(mode: str, *arguments: str) -> dict[str, float]:
    """Run this script for one measurement."""
    done = subprocess.run([sys.executable, __file__, mode, *arguments], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def table(sizes: list[int], largest: dict[str, int], folder: Path) -> list[str]:
    """Return the lines of the table of results."""
    from generate import write

    lines = [
        "| statements | engine | load s | validate s | in all s | peak GB | results | times faster than pySHACL |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        path = folder / f"{size}.nt"
        write(size, path)
        engines = [engine for engine in ENGINES if engine != "virtuoso" or shutil.which("virtuoso-t")]
        runs = {engine: measured("--one", engine, str(path)) for engine in engines if size <= largest.get(engine, size)}
        peer = runs["pyshacl"]["load"] + runs["pyshacl"]["validate"] if "pyshacl" in runs else None
        for engine, run in runs.items():
            total = run["load"] + run["validate"]
            same = "" if run["digest"] == runs["columnar"]["digest"] else " (others than columnar)"
            ratio = f"{peer / total:.1f}" if peer else ""
            lines.append(
                f"| {size:,} | {engine} | {run['load']:.2f} | {run['validate']:.2f} | {total:.2f} | {run['peak']:.2f} "
                f"| {run['results']:,}{same} | {ratio} |"
            )
            print(lines[-1], file=sys.stderr)
        path.unlink()
    return lines


def main() -> None:
    """Measure all sizes and engines, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--slow-up-to", type=int, default=1_000_000, help="the largest graph for stores that are asked")
    parser.add_argument(
        "--peer-up-to",
        type=int,
        default=10_000_000,
        help="the largest graph for pySHACL, which takes minutes and 16 GB",
    )
    parser.add_argument(
        "--only-changes", action="store_true", help="measure only what validating a change costs, at the largest size"
    )
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--small", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one[0], Path(arguments.one[1]))
        return
    if arguments.small:
        small(Path(arguments.small))
        return
    if arguments.only_changes:
        kept = (HERE / "results.md").read_text(encoding="utf-8").partition(f"\n{CHANGES}")[0]
        (HERE / "results.md").write_text(f"{kept.rstrip()}\n\n{after_changes(max(arguments.sizes))}", encoding="utf-8")
        return
    from generate import write

    with tempfile.TemporaryDirectory() as folder:
        largest = {"sparql": arguments.slow_up_to, "virtuoso": arguments.slow_up_to, "pyshacl": arguments.peer_up_to}
        lines = table(arguments.sizes, largest, Path(folder))
        path = Path(folder) / "small.nt"
        write(20_000, path)
        chosen = [line for line in path.read_text(encoding="utf-8").splitlines() if "/place/" not in line.split()[0]][
            :SMALL
        ]
        path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
        times = measured("--small", str(path))
    page = [
        "# Validation, engine by engine", "",
        "Written by `python benchmarks/validate/run.py`: the graph of `generate.py`, the shapes of `shapes.ttl`,",
        f"all engines in one run on {platform.machine()} with {os.cpu_count()} cores,",
        f"Python {platform.python_version()}. Other work went on: trust the ratios.", "",
        *lines, "",
        "In the rows of sparql a store in memory is asked, in those of virtuoso a Virtuoso on this machine over HTTP:",
        "its load has the start of the server in it, its peak is that of the client, which takes the statements that",
        "the shapes can depend on.", "",
        f"A graph of {SMALL} statements, after start-up: {times['median']:.1f} ms",
        f"(median of {REPEATS}; least {times['least']:.1f} ms);",
        f"against all shapes that motkg ships: {times['shipped median']:.1f} ms",
        f"(least {times['shipped least']:.1f} ms).",
    ]  # fmt: skip
    (HERE / "results.md").write_text("\n".join(page) + f"\n\n{after_changes(max(arguments.sizes))}", encoding="utf-8")


def after_changes(size: int) -> str:
    """Return the part of the page about validating a change."""
    from changes import table as table_of_changes

    with tempfile.TemporaryDirectory() as folder:
        lines = table_of_changes(size, SHAPES, Path(folder))
    told = (
        "Load and validation are the figures of the report; the whole command includes the start of Python and writing",
        "all results as JSON. Medians of 9 runs, of 3 of everything, of 1 that keeps it.",
    )
    return "\n".join((CHANGES, "", *lines, "", *told)) + "\n"


if __name__ == "__main__":
    main()
