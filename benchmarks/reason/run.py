"""How long the OWL 2 RL closure takes, from a file to the derived statements; writes ``results.md`` beside this script.

    python benchmarks/reason/run.py [--sizes 10000 100000 1000000] [--owlrl-up-to 100000]

Every run is a process of its own, so that its peak of memory is its own. Where owlrl ends, both must find the same
number of statements about the register.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ONTOLOGY: Final = HERE.parents[1] / "ontology" / "motkg.ttl"
ADDED: Final = 1000
OF_THE_REGISTER: Final = "<https://example.org/register/"
TRIVIAL: Final = ("owl#Thing>", "owl#sameAs>", "rdf-schema#Resource>")


def motkg(axioms: Path, data: Path) -> dict[str, float]:
    """Close, write what follows, then add statements and write again."""
    from generate import statements
    from pyoxigraph import RdfFormat, parse

    from kg.columns import columns_of_files
    from kg.reason.closure import Closure

    start = time.perf_counter()
    columns = columns_of_files([ONTOLOGY, axioms, data])
    loaded = time.perf_counter()
    closure = Closure(columns)
    closed = time.perf_counter()
    file = io.BytesIO()
    closure.write(file)
    written = time.perf_counter()
    size = sum(1 for _ in data.open())
    added = "\n".join(islice(statements(1), size, size + ADDED))
    quads = list(parse(added, format=RdfFormat.N_TRIPLES))
    before = time.perf_counter()
    closure.add(quads)
    after = time.perf_counter()
    anew = Closure(columns_of_files([ONTOLOGY, axioms, data, _file(added)]))
    second, third = io.BytesIO(), io.BytesIO()
    closure.write(second)
    anew.write(third)
    if sorted(second.getvalue().splitlines()) != sorted(third.getvalue().splitlines()):
        raise SystemExit("adding statements gave another closure than closing all of them")
    return {
        "load": loaded - start,
        "close": closed - loaded,
        "write": written - closed,
        "add": after - before,
        "found": sum(map(_about_the_register, file.getvalue().decode().splitlines())),
    }


def _file(text: str) -> Path:
    path = Path(tempfile.mkdtemp()) / "added.nt"
    path.write_text(text, encoding="utf-8")
    return path


def owlrl(axioms: Path, data: Path) -> dict[str, float]:
    """Close with owlrl, the reference."""
    import rdflib
    from owlrl import DeductiveClosure, OWLRL_Semantics

    start = time.perf_counter()
    graph = rdflib.Graph()
    for path in (ONTOLOGY, axioms, data):
        graph.parse(path)
    given = set(graph)
    loaded = time.perf_counter()
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    closed = time.perf_counter()
    lines = (f"{s.n3()} {p.n3()} {o.n3()}" for s, p, o in set(graph) - given if not isinstance(o, rdflib.BNode))
    return {
        "load": loaded - start,
        "close": closed - loaded,
        "write": 0.0,
        "add": 0.0,
        "found": sum(map(_about_the_register, lines)),
    }


def _about_the_register(line: str) -> bool:
    return line.startswith(f"{OF_THE_REGISTER}firm/") and not any(word in line for word in TRIVIAL)


def measured(engine: str, axioms: Path, data: Path) -> dict[str, float]:
    """Run one engine in a process of its own."""
    environment = os.environ | {"PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
    command = [sys.executable, __file__, "--engine", engine, str(axioms), str(data)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def main() -> None:
    """Measure, prints and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--owlrl-up-to", type=int, default=100_000)
    parser.add_argument("--engine", nargs=3, metavar=("ENGINE", "AXIOMS", "DATA"))
    arguments = parser.parse_args()
    if arguments.engine:
        engine, axioms, data = arguments.engine
        figures = {"motkg": motkg, "owlrl": owlrl}[engine](Path(axioms), Path(data))
        print(json.dumps(figures | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
        return
    with tempfile.TemporaryDirectory() as folder:
        table = "\n".join(_lines(Path(folder), arguments.sizes, arguments.owlrl_up_to))
    text = f"""# The OWL 2 RL closure, engine by engine

Written by `python benchmarks/reason/run.py`: the register of `generate.py` with its axioms and the ontology, all
engines in one run on {platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}. Times in
seconds, from N-Triples to derived N-Triples; *adding* is what {ADDED:,} more statements take in a closure that is
held, as a share of closing anew; the result is compared.
*Derived* counts what follows about firms, identity and what is trivial left out.

{table}
"""
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(table)


def _lines(folder: Path, sizes: list[int], owlrl_up_to: int) -> list[str]:
    from generate import AXIOMS, statements

    axioms = folder / "axioms.ttl"
    axioms.write_text(AXIOMS, encoding="utf-8")
    lines = [
        "| statements | engine | load | close | write | in all | adding | derived | peak GB | times faster |",
        "|---:|---|" + "---:|" * 8,
    ]
    for size in sizes:
        data = folder / f"{size}.nt"
        data.write_text("".join(f"{line}\n" for line in islice(statements(1), size)), encoding="utf-8")
        figures = {
            engine: measured(engine, axioms, data)
            for engine in ("motkg", "owlrl")
            if engine == "motkg" or size <= owlrl_up_to
        }
        totals = {engine: one["load"] + one["close"] + one["write"] for engine, one in figures.items()}
        for engine, one in figures.items():
            faster = f"{totals['owlrl'] / totals[engine]:.1f}" if "owlrl" in totals else ""
            added = f"{one['add']:.3f} ({one['add'] / totals[engine]:.1%})" if one["add"] else ""
            lines.append(
                f"| {size:,} | {engine} | {one['load']:.2f} | {one['close']:.2f} | {one['write']:.2f} | "
                f"{totals[engine]:.2f} | {added}"
                f" | {one['found']:,} | {one['peak']:.2f} | {faster} |"
            )
        if len({one["found"] for one in figures.values()}) > 1:
            lines.append(f"| {size:,} | **the engines differ** |" + " |" * 8)
    return lines


if __name__ == "__main__":
    main()
