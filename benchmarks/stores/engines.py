"""The engines, each with its own way to load and to ask.

One process holds one engine and does what its standard input says.

    python benchmarks/stores/engines.py ENGINE FILE FOLDER

Each line of input is a JSON list: the name of a question and how to ask it. The output has a line for the load and one
for each question, and further ones when an answer has come that took long.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from measuring import measured

from queries import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from measuring import Ask, Rows

    from kg.store.embedded.store import EmbeddedStore

PIECE: Final = 1 << 24
ANY_THAT_MAY_GAIN: Final = "ASK { ?s a <urn:none> FILTER EXISTS { ?s <urn:p> ?o . ?o <urn:q> ?p } }"


class Loaded(NamedTuple):
    """An engine that holds the data: the ways to ask it, the seconds of what was done once, and the store of motkg."""

    ask: dict[str, Ask]
    optimised: float = 0.0
    reading: float = 0.0
    store: EmbeddedStore | None = None
    disk: float | None = None  # megabytes as loaded, where putting in order changes them


def oxigraph_memory(file: Path, _: Path) -> Loaded:
    """Oxigraph in memory, asked directly and by motkg."""
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
    return _both(store, None, 0.0)


def oxigraph_disk(file: Path, folder: Path) -> Loaded:
    """Measure Oxigraph on disk, queried directly and through motkg.

    The engine optimises the store, which is then read once so that the system caches its files.
    """
    from pyoxigraph import RdfFormat, Store

    from kg.store.embedded.store import size_on_disk

    optimised, disk = 0.0, None
    if not folder.is_dir():
        made = Store(str(folder))
        made.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
        made.flush()
        disk = size_on_disk(folder) / 1e6
        start = time.perf_counter()
        made.optimize()
        made.flush()
        optimised = time.perf_counter() - start
        del made
    return _both(Store.read_only(str(folder)), folder, optimised)._replace(disk=disk)


def _both(store: Any, folder: Path | None, optimised: float) -> Loaded:  # noqa: ANN401 - the module is loaded where it is measured
    from kg.store.embedded.store import EmbeddedStore

    ours = EmbeddedStore(store, folder)

    def direct(text: str) -> Rows:
        return list(map(tuple, store.query(text, use_default_graph_as_union=True)))

    def by_motkg(text: str) -> Rows:
        return ours.query(text).rows  # type: ignore[union-attr]

    start = time.perf_counter()
    ours.rewritten(ANY_THAT_MAY_GAIN)
    return Loaded({"direct": direct, "motkg": by_motkg}, optimised, 1000 * (time.perf_counter() - start), ours)


def _read_through(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        with path.open("rb", buffering=0) as file:
            while file.read(PIECE):
                pass


def rdflib(file: Path, _: Path) -> Loaded:
    """The rdflib data set in memory."""
    from rdflib import Dataset

    data = Dataset(default_union=True)
    data.parse(file, format="nquads")
    return Loaded({"direct": lambda text: [tuple(row) for row in data.query(text)]})  # type: ignore[arg-type]


def owlready2(file: Path, folder: Path) -> Loaded:
    """The quad store of owlready2 in SQLite; it reads N-Triples, so the names of graphs are left out."""
    import owlready2 as owl

    world = owl.World(filename=str(folder))
    triples = _triples(file)
    world.get_ontology("https://example.org/network/").load(fileobj=triples.open("rb"), format="ntriples")
    world.save()
    triples.unlink()
    return Loaded({"direct": lambda text: [tuple(row) for row in world.sparql(text)]})


def maplib(file: Path, _: Path) -> Loaded:
    """The columns of maplib in memory; it reads N-Triples, so the names of graphs are left out."""
    from maplib import Model

    model, triples = Model(), _triples(file)
    model.read(str(triples), format="ntriples")
    triples.unlink()
    return Loaded({"direct": lambda text: model.query(text).rows()})


def virtuoso(file: Path, folder: Path) -> Loaded:
    """Virtuoso with its bulk loader, asked over HTTP."""
    from server import started

    from kg.store.remote.store import EndpointStore

    store = EndpointStore(started(file, folder), timeout=3600)
    return Loaded({"direct": lambda text: list(store.query(text).rows)})  # type: ignore[union-attr]


def _triples(file: Path) -> Path:
    """Write the statements of a file of N-Quads without their graphs."""
    target = file.with_suffix(f".{sys.argv[1]}.nt")
    with file.open(encoding="utf-8") as source, target.open("w", encoding="utf-8") as output:
        output.writelines(line[: line.rindex(" <")] + " .\n" for line in source)
    return target


def _settling(loaded: Loaded) -> Callable[[str], None]:
    """Return a function that counts, before timing, all that motkg ever counts for a query text.

    Otherwise the second and third query with that text would do it.
    """

    def settle(text: str) -> None:
        for _ in range(2 if loaded.store is not None else 0):
            loaded.store.rewritten(text)  # type: ignore[union-attr]

    return settle


ENGINES: Final = {
    "oxigraph memory": oxigraph_memory,
    "oxigraph disk": oxigraph_disk,
    "rdflib": rdflib,
    "owlready2": owlready2,
    "maplib": maplib,
    "Virtuoso": virtuoso,
}


def main() -> None:
    """Load, tell what that took, and ask."""
    engine, file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    start = time.perf_counter()
    loaded = ENGINES[engine](file, folder)
    load = time.perf_counter() - start - loaded.optimised - loaded.reading / 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if engine == "oxigraph disk":
        _read_through(folder)
    print(
        json.dumps(
            {"load": load, "optimised": loaded.optimised, "peak": peak, "reading": loaded.reading, "disk": loaded.disk}
        ),
        flush=True,
    )
    for line in sys.stdin:
        name, ways = json.loads(line)
        try:
            answer = measured(loaded.ask, text_of(name), ways, _settling(loaded))
            if loaded.store is not None:
                answer["same text"] = loaded.store.rewritten(text_of(name)) == text_of(name)
            print(json.dumps(answer), flush=True)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - maplib's panics derive from it alone; what an engine cannot do is a result
            print(
                json.dumps(
                    {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]}
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
