"""The engines, each with its own way to load and to ask; one process holds one engine and does what its standard input says.

    python benchmarks/stores/engines.py ENGINE FILE FOLDER

Each line of input is a JSON list: the name of a question and how to ask it. Each line of output tells milliseconds, rows and a
digest of the rows, which is equal for engines that answer the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).parent))

from queries import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Rows = list[tuple[object, ...]]
    Ask = Callable[[str], Rows]

BUDGET: Final = 3.0  # seconds within which a question is repeated
REPEATS: Final = 7
REWRITTEN: Final[dict[str, bool]] = {}
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def oxigraph_memory(file: Path, _: Path) -> dict[str, Ask]:
    """Oxigraph in memory, asked directly and by motkg."""
    from pyoxigraph import RdfFormat, Store  # noqa: PLC0415 - an engine is loaded in its own process

    store = Store()
    store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
    return _both(store, None)


def oxigraph_disk(file: Path, folder: Path) -> dict[str, Ask]:
    """Oxigraph on disk, asked directly and by motkg."""
    from pyoxigraph import RdfFormat, Store  # noqa: PLC0415

    if not folder.is_dir():
        made = Store(str(folder))
        made.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
        made.flush()
        del made
    return _both(Store.read_only(str(folder)), folder)


def _both(store: Any, folder: Path | None) -> dict[str, Ask]:  # noqa: ANN401 - the module is loaded where it is measured
    from kg.store.embedded import EmbeddedStore  # noqa: PLC0415

    ours = EmbeddedStore(store, folder)

    def direct(text: str) -> Rows:
        return list(map(tuple, store.query(text, use_default_graph_as_union=True)))

    def by_motkg(text: str) -> Rows:
        REWRITTEN[text] = ours.rewritten(text) != text
        return list(ours.query(text).rows)  # type: ignore[union-attr]

    return {"direct": direct, "motkg": by_motkg}


def rdflib(file: Path, _: Path) -> dict[str, Ask]:
    """The rdflib data set in memory."""
    from rdflib import Dataset  # noqa: PLC0415

    data = Dataset(default_union=True)
    data.parse(file, format="nquads")
    return {"direct": lambda text: [tuple(row) for row in data.query(text)]}  # type: ignore[arg-type]


def owlready2(file: Path, folder: Path) -> dict[str, Ask]:
    """The quad store of owlready2 in SQLite; it reads N-Triples, so the names of graphs are left out."""
    import owlready2 as owl  # noqa: PLC0415

    world = owl.World(filename=str(folder))
    triples = _triples(file)
    world.get_ontology("https://example.org/network/").load(fileobj=triples.open("rb"), format="ntriples")
    world.save()
    triples.unlink()
    return {"direct": lambda text: [tuple(row) for row in world.sparql(text)]}


def maplib(file: Path, _: Path) -> dict[str, Ask]:
    """The columns of maplib in memory; it reads N-Triples, so the names of graphs are left out."""
    from maplib import Model  # noqa: PLC0415

    model, triples = Model(), _triples(file)
    model.read(str(triples), format="ntriples")
    triples.unlink()
    return {"direct": lambda text: model.query(text).rows()}


def virtuoso(file: Path, folder: Path) -> dict[str, Ask]:
    """Virtuoso with its bulk loader, asked over HTTP."""
    from server import started  # noqa: PLC0415

    from kg.store.endpoint import EndpointStore  # noqa: PLC0415

    store = EndpointStore(started(file, folder), timeout=3600)
    return {"direct": lambda text: list(store.query(text).rows)}  # type: ignore[union-attr]


def _triples(file: Path) -> Path:
    """Writes the statements of a file of N-Quads without their graphs."""
    target = file.with_suffix(f".{sys.argv[1]}.nt")
    with file.open(encoding="utf-8") as source, target.open("w", encoding="utf-8") as output:
        output.writelines(line[: line.rindex(" <")] + " .\n" for line in source)
    return target


def _plain(term: object) -> str:
    """Gives a term in the one form that all engines can give: IRIs and texts as they are, numbers to six digits."""
    text = str(getattr(term, "iri", None) or getattr(term, "value", None) or (term[0] if isinstance(term, list | tuple) else term))
    text = re.sub(r'^<(.*)>$|^"(.*)"(?:@\w+)?$', lambda match: match[1] or match[2], text)
    return f"{float(text):.6g}" if _NUMBER.fullmatch(text) else text


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """Gives a short digest of rows in any order."""
    lines = sorted("\t".join(map(_plain, row)) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def measured(ask: dict[str, Ask], name: str, ways: list[str]) -> dict[str, dict[str, object]]:
    """Asks a question in turn in several ways, and gives for each the first and the least time, and what came."""
    text, found = text_of(name), {}
    times: dict[str, list[float]] = {way: [] for way in ways}
    end = time.monotonic() + BUDGET * len(ways)
    while not all(times.values()) or (time.monotonic() < end and len(times[ways[0]]) < REPEATS):
        for way in ways:
            start = time.perf_counter()
            rows = ask[way](text)
            times[way].append(1000 * (time.perf_counter() - start))
            found[way] = rows
    return {
        way: {
            "first": times[way][0],
            "least": min(times[way]),
            "rows": len(found[way]),
            "digest": digest(found[way]),
            "rewritten": way == "motkg" and REWRITTEN[text],
        }
        for way in ways
    }


def main() -> None:
    """Loads, tells what that took, and asks."""
    engine, file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    start = time.perf_counter()
    ask = {"oxigraph memory": oxigraph_memory, "oxigraph disk": oxigraph_disk, "rdflib": rdflib, "owlready2": owlready2, "maplib": maplib,
           "Virtuoso": virtuoso}[engine](file, folder)  # fmt: skip
    load = time.perf_counter() - start
    print(json.dumps({"load": load, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
    for line in sys.stdin:
        name, ways = json.loads(line)
        try:
            print(json.dumps(measured(ask, name, ways)), flush=True)
        except BaseException as error:  # noqa: BLE001 - maplib's panics are no Exception; what an engine cannot do is a result
            print(json.dumps({"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]}), flush=True)


if __name__ == "__main__":
    main()
