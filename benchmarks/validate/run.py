"""How long validation takes, from a file to a report, engine by engine in one run; writes ``results.md`` beside this script.

    python benchmarks/validate/run.py [--sizes 10000 100000 1000000 10000000] [--slow-up-to 1000000]

Every run is a process of its own, so that its peak of memory is its own. The engines must find the same results, or it says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
SHAPES: Final = HERE / "shapes.ttl"
ENGINES: Final = ("columnar", "sparql", "pyshacl")
SMALL: Final = 400
REPEATS: Final = 20


def columnar(path: Path) -> tuple[float, float, list[object]]:
    """Gives the seconds to load and to validate, and the results."""
    from kg.columns import columns_of_files  # noqa: PLC0415 (an engine is loaded in its own process)
    from kg.validate import load_shapes, validate_columns  # noqa: PLC0415

    shapes = load_shapes([SHAPES])
    start = time.perf_counter()
    columns = columns_of_files([path])
    loaded = time.perf_counter()
    report = validate_columns(columns, shapes, engine="columnar")
    return loaded - start, time.perf_counter() - loaded, [result.key for result in report.results]


def sparql(path: Path) -> tuple[float, float, list[object]]:
    """Gives the seconds to load a store and to validate it by queries, and the results."""
    from pyoxigraph import QuerySolutions, RdfFormat, Store  # noqa: PLC0415

    from kg.validate import load_shapes  # noqa: PLC0415
    from kg.validate.remote import validate_store  # noqa: PLC0415

    shapes = load_shapes([SHAPES])
    start = time.perf_counter()
    store = Store()
    store.bulk_load(path=str(path), format=RdfFormat.N_TRIPLES)
    loaded = time.perf_counter()

    def ask(text: str) -> list[dict[str, object]]:
        solutions = store.query(text)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError(text)
        names = [variable.value for variable in solutions.variables]
        return [{name: solution[name] for name in names} for solution in solutions]

    report = validate_store(ask, shapes)  # type: ignore[arg-type]
    return loaded - start, time.perf_counter() - loaded, [result.key for result in report.results]


def pyshacl(path: Path) -> tuple[float, float, list[object]]:
    """Gives the seconds that rdflib takes to load and pySHACL to validate, and the results. Literals stay as written."""
    import pyshacl  # noqa: PLC0415
    import rdflib  # noqa: PLC0415

    from kg.validate.data import DataGraph  # noqa: PLC0415
    from kg.validate.pyshacl_engine import quads_of  # noqa: PLC0415
    from kg.validate.results import read_results  # noqa: PLC0415

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
    """Measures one engine on one file, and prints what it found as JSON."""
    load, validate, keys = {"columnar": columnar, "sparql": sparql, "pyshacl": pyshacl}[engine](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    digest = hashlib.sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()
    print(json.dumps({"load": load, "validate": validate, "peak": peak, "results": len(keys), "digest": digest}))


def small(path: Path) -> None:
    """Prints the milliseconds of one validation of a small graph from quads in memory, after start-up: the median of many."""
    import pyoxigraph  # noqa: PLC0415

    from kg.validate import load_shapes, validate  # noqa: PLC0415

    quads, shapes = list(pyoxigraph.parse(path=path)), load_shapes([SHAPES])
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        validate(quads, shapes, engine="columnar")
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"median": statistics.median(times[1:]), "least": min(times[1:])}))


def measured(mode: str, *arguments: str) -> dict[str, float]:
    """Runs this script for one measurement."""
    done = subprocess.run([sys.executable, __file__, mode, *arguments], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def table(sizes: list[int], slow_up_to: int, folder: Path) -> list[str]:
    """Gives the lines of the table of results."""
    from generate import write  # noqa: PLC0415

    lines = [
        "| statements | engine | load s | validate s | in all s | peak GB | results | times faster than pySHACL |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sizes:
        path = folder / f"{size}.nt"
        write(size, path)
        runs = {engine: measured("--one", engine, str(path)) for engine in ENGINES if engine == "columnar" or size <= slow_up_to}
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
    """Measures all sizes and engines, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--slow-up-to", type=int, default=1_000_000, help="the largest graph for engines other than columnar")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--small", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one[0], Path(arguments.one[1]))
        return
    if arguments.small:
        small(Path(arguments.small))
        return
    from generate import write  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        lines = table(arguments.sizes, arguments.slow_up_to, Path(folder))
        path = Path(folder) / "small.nt"
        write(20_000, path)
        chosen = [line for line in path.read_text(encoding="utf-8").splitlines() if "/place/" not in line.split()[0]][:SMALL]
        path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
        times = measured("--small", str(path))
    page = [
        "# Validation, engine by engine", "",
        "Written by `python benchmarks/validate/run.py`: the graph of `generate.py`, the shapes of `shapes.ttl`, all engines in one run on",
        f"{platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}. Other work went on: trust the ratios.", "",
        *lines, "",
        f"A graph of {SMALL} statements, after start-up: {times['median']:.1f} ms (median of {REPEATS}; least {times['least']:.1f} ms).",
    ]  # fmt: skip
    (HERE / "results.md").write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
