"""A load from beginning to end: the initial store, the statements that are added, and what follows from them."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from pyoxigraph import NamedNode, RdfFormat, serialize

from kg.commands.load.sources import EarlierKeys, TableLoad, document_of, is_rdf, load_files, load_tables, read_tables
from kg.commands.load.workplace import KEYS, LOADED, Loaded, LoadRequest, Workplace, key_of, manifest_digest
from kg.core.atomic import restore_replaced
from kg.core.errors import InputError, KGError, LimitError, Problem, QueryError, StoreError
from kg.core.inputs import is_store
from kg.core.resources import VERSION
from kg.core.terms import BASE, CLOSURE, DERIVED, GRAPH, prefixes, rebase
from kg.graph.index import shipped_index
from kg.loaders.tables.readers import Rejects
from kg.loaders.tables.rows import KeyTexts
from kg.loaders.tables.tables import TableSource
from kg.pipeline.reading import read_store_manifest
from kg.reason.instore.closing import CLOSED_UP_TO, close
from kg.store.embedded.bulk import BulkStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyoxigraph import Quad

_BATCH = 1 << 16
PYTHON: Final = "MOTKG_MORPH_KGC"
_LAST: Final = 600
FORMAT = 1


def check_target(target: Path, *, alone: bool, base: str) -> dict[str, Any]:
    """Return the manifest of the store that is loaded into, or an empty one for a new store.

    Raises:
        StoreError: the folder holds something else, or was made under another base.

    """
    LOADED.refuse_foreign(target)
    if not is_store(target):
        return {}
    manifest = read_store_manifest(target)
    if base not in {BASE, manifest["base"]}:
        raise StoreError(f"{target} was made under the base {manifest['base']}; --base cannot change it")
    if alone and not manifest["alone"]:
        raise StoreError(f"{target} holds the shipped graph already; --alone is for a new store")
    return manifest


def prepare(target: Path, store: Path, manifest: dict[str, Any], *, alone: bool, base: str) -> None:
    """Make the store to work on: a copy of the old one, or a new one with the shipped graph unless ``alone``."""
    if manifest:
        with BulkStore(target / "store") as old:
            old.backup(store)
    elif not alone:
        quads = shipped_index().quads()
        with BulkStore(store) as new:
            for lines in _written(quads, base):
                new.load_stream(io.BytesIO(lines), RdfFormat.N_QUADS, "the shipped graph")


def _written(quads: Iterable[Quad], base: str) -> Iterable[bytes]:
    waiting = iter(quads)
    while lines := serialize(itertools.islice(waiting, _BATCH), format=RdfFormat.N_QUADS):
        yield lines if base == BASE else lines.replace(f"<{BASE}".encode(), f"<{base}".encode())


def is_rml(map_file: Path | None) -> bool:
    """Return whether a map is a mapping in RML, by its name."""
    return map_file is not None and map_file.suffix == ".ttl"


def translated(map_file: Path, folder: Path) -> Path:
    """Run a mapping and return the path of the N-Triples file that it writes into ``folder``.

    The mapping itself names its tables.

    Raises:
        StoreError: morph-kgc is not there.
        InputError: it refuses the mapping or a table; the message has its last words.

    """
    if not map_file.is_file():
        raise InputError([Problem(str(map_file), 0, 0, "there is no such file")])
    python = os.environ.get(PYTHON) or sys.executable
    if shutil.which(python) is None:
        raise StoreError(f"{PYTHON} names no Python: {python}")
    output, settings = folder / "rml.nt", folder / "rml.ini"
    settings.write_text(
        f"[CONFIGURATION]\noutput_file: {output}\noutput_format: N-TRIPLES\nlogging_level: ERROR\n"
        f"[data]\nmappings: {map_file.resolve()}\n",
        encoding="utf-8",
    )
    ran = subprocess.run(  # noqa: S603 - the user's own program, without a shell
        [python, "-W", "ignore", "-m", "morph_kgc", str(settings)],
        capture_output=True,
        text=True,
        check=False,
        cwd=map_file.parent or ".",
    )
    if "No module named" in ran.stderr and "morph_kgc" in ran.stderr:
        raise StoreError(
            f"RML needs morph-kgc: install it in an environment of its own and set {PYTHON} to that environment's "
            "Python"
        )
    if ran.returncode or not output.is_file():
        raise InputError(
            [Problem(str(map_file), 0, 0, f"morph-kgc cannot run the mapping: {ran.stderr.strip()[-_LAST:]}")]
        )
    return output


def load(request: LoadRequest, tell: Callable[[str], None] = lambda _: None) -> Loaded:
    """Load tables or RDF files into a store folder, which appears whole or stays as it was.

    Raises:
        InputError: a map, a table or a file is wrong; or a row, unless the request says to go on.
        StoreError: the store cannot be written, or another load into it is at work.

    """
    started = time.monotonic()
    restore_replaced(request.target)
    origin = manifest_digest(request.target)
    manifest = check_target(request.target, alone=request.alone, base=request.base)
    request = _with_base(request, manifest)
    if is_rml(request.map_file):
        with tempfile.TemporaryDirectory() as folder:
            tell("running the mapping")
            lines = translated(cast("Path", request.map_file), Path(folder))
            graph = request.graph or str(Path(request.sources[0]).stem).lower()
            return load(replace(request, sources=(str(lines),), map_file=None, graph=graph), tell)
    rdf = [is_rdf(name, request.syntax) for name in request.sources]
    if any(rdf) and not all(rdf):
        raise InputError(
            [Problem(request.sources[rdf.index(False)], 0, 0, "tables and RDF files go in separate loads")]
        )
    ready = None if all(rdf) else read_tables(request)
    loaded = Loaded(_graph_iri(request, ready))
    key = _key(request, ready)
    workplace = Workplace(request.target, key, origin, resume=request.resume)
    if workplace.journal.complete:
        return _concluded(workplace, request, started)
    if request.resume and not workplace.journal.prepared and manifest and manifest["loads"][-1].get("key") == key:
        workplace.drop()  # the interrupted load was over
        return _recorded(request, started)
    try:
        with ThreadPoolExecutor(1) as pool:
            hashing = pool.submit(_inputs, request)
            _fill(request, ready, loaded, workplace, manifest, tell)
            loaded.inputs = hashing.result()
        loaded.seconds = time.monotonic() - started
        record = _record(request, ready, loaded) | {"key": key, "keys": ready is not None}
        loaded.again = not request.replace and any(_same(earlier, record) for earlier in manifest.get("loads", ()))
        workplace.finish(_manifest(request, record, manifest), loaded.left_open)
    except KGError:
        workplace.drop()
        raise
    except OSError as error:
        workplace.drop()
        raise StoreError(
            f"{error.filename or request.target}: {error.strerror or error}; nothing was loaded"
        ) from error
    finally:
        workplace.release()
    return loaded


def _fill(  # noqa: PLR0913, PLR0917 - one for each thing that takes part
    request: LoadRequest,
    ready: TableLoad | None,
    loaded: Loaded,
    workplace: Workplace,
    manifest: dict[str, Any],
    tell: Callable[[str], None],
) -> None:
    journal = workplace.journal
    if not journal.prepared:
        tell(
            "copying the store"
            if manifest
            else "making a new store"
            if request.alone
            else "making a new store with the shipped graph"
        )
        prepare(request.target, workplace.store, manifest, alone=request.alone, base=request.base)
    with BulkStore(workplace.store) as store:
        if not journal.prepared:
            if request.replace:
                tell("taking out the graph")
                _take_out(request, loaded, store)
            workplace.note_prepared()
        if ready is None:
            load_files(request, loaded, workplace, store, tell)
            if (request.target / KEYS).is_file():
                document = document_of(loaded.graph)
                KeyTexts(request.target / KEYS, document, replaced=request.replace, held=None).write(workplace.keys)
        else:
            graph = rebase(loaded.graph, request.base)
            into = [record for record in manifest.get("loads", ()) if record["graph"] in {"", graph}]
            earlier = EarlierKeys(request.target / KEYS, workplace.keys, all(record.get("keys") for record in into))
            load_tables(ready, request, loaded, workplace, store, tell, earlier)
        size = len(store.store) if request.replace else loaded.statements
        if size <= CLOSED_UP_TO if request.close is None else request.close:
            _close(request, loaded, workplace, store, tell)
        elif request.replace:
            loaded.left_open = (
                "what followed before is taken out, since it may rest on what was replaced; --close adds all"
            )
        tell("putting the store in place")
        store.flush()


def _take_out(request: LoadRequest, loaded: Loaded, store: BulkStore) -> None:
    """Take the graph of a load out of the store, and all that may follow from it.

    What follows from the shipped graph alone is put back.

    Raises:
        QueryError: the files name their graphs themselves.

    """
    if not loaded.graph:
        raise QueryError("the files name graphs themselves, so that none can be replaced", hint="--graph-iri IRI")
    followed = (DERIVED, CLOSURE)
    for graph in (loaded.graph, *(graph.value for graph in followed)):
        store.store.remove_graph(NamedNode(rebase(graph, request.base)))
    if not request.alone:
        quads = (quad for quad in shipped_index().quads() if quad.graph_name in followed)
        for lines in _written(quads, request.base):
            store.load_stream(io.BytesIO(lines), RdfFormat.N_QUADS, "the shipped graph")


def _concluded(workplace: Workplace, request: LoadRequest, started: float) -> Loaded:
    """Put a store in place that an interrupted load had completed, and return what that load did."""
    try:
        workplace.conclude()
    except OSError as error:
        raise StoreError(f"{request.target}: {error.strerror or error}; the same with --resume tries again") from error
    finally:
        workplace.release()
    return _recorded(request, started, workplace.journal.left_open)


def _recorded(request: LoadRequest, started: float, left_open: str = "") -> Loaded:
    """Return what the last load into the store did."""
    record = read_store_manifest(request.target)["loads"][-1]
    rejects = Rejects(rows=record["rejected"])
    loaded = Loaded(
        record["graph"], record["rows"], record["statements"], record["derived"], record["closed"], left_open, rejects
    )
    loaded.inputs, loaded.seconds = record["inputs"], time.monotonic() - started
    return loaded


def _close(
    request: LoadRequest, loaded: Loaded, workplace: Workplace, store: BulkStore, tell: Callable[[str], None]
) -> None:
    """Close what was loaded.

    Close the whole store where its graphs are not known, or where an earlier attempt may have closed a part.
    """
    whole = request.resume or request.replace or not loaded.graph
    graphs = [] if whole else [rebase(loaded.graph, request.base)]
    done = close(store, graphs, workplace.folder, request.base, tell)
    if done.left_open and request.close:
        raise LimitError(f"{done.left_open}; nothing was loaded, --no-close loads without what follows")
    loaded.derived, loaded.left_open, loaded.closed = done.derived, done.left_open, not done.left_open


def _with_base(request: LoadRequest, manifest: dict[str, Any]) -> LoadRequest:
    return replace(request, base=str(manifest["base"]), alone=bool(manifest["alone"])) if manifest else request


def _graph_iri(request: LoadRequest, ready: TableLoad | None) -> str:
    """Return the IRI of the graph under motkg's own base; nothing when RDF files name their graphs themselves."""
    name = request.graph or (ready.default_graph if ready else "")
    if not name:
        return f"{GRAPH}{Path(request.sources[0]).name.partition('.')[0].lower()}" if not _has_graphs(request) else ""
    if "://" in name or name.startswith("urn:"):
        return name
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes():
        return prefixes()[prefix] + local
    return f"{GRAPH}{name}"


def _has_graphs(request: LoadRequest) -> bool:
    return any(".nq" in name or ".trig" in name for name in request.sources)


def _key(request: LoadRequest, ready: TableLoad | None) -> str:
    files = [TableSource(name).path for name in request.sources]
    states = [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
        if path is not None and path.is_file()
    ]
    return key_of(
        states,
        request.sources,
        request.graph,
        request.kind,
        request.alone,
        request.base,
        request.close,
        request.replace,
        ready.map.text if ready else "",
    )


def _inputs(request: LoadRequest) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for name in request.sources:
        path = TableSource(name).path
        about: dict[str, object] = {"name": name}
        if path is not None and path.is_file():
            with path.open("rb") as file:
                about |= {
                    "path": str(path.resolve()),
                    "bytes": path.stat().st_size,
                    "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
                }
        found.append(about)
    return found


def _record(request: LoadRequest, ready: TableLoad | None, loaded: Loaded) -> dict[str, Any]:
    rejects = loaded.rejects
    return {
        "graph": rebase(loaded.graph, request.base),
        "inputs": loaded.inputs,
        "rows": loaded.rows,
        "rejected": rejects.rows if rejects else 0,
        "statements": loaded.statements,
        "derived": loaded.derived,
        "closed": loaded.closed,
        "as": request.kind,
        "map": {"name": str(request.map_file), "text": ready.map.text} if ready else None,
    }


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two loads state the same: the same bytes, by the same map, in the same graph."""

    def told(record: dict[str, Any]) -> tuple[object, ...]:
        digests = [about.get("sha256") for about in record["inputs"]]
        return (
            record["graph"],
            digests,
            [about["name"] for about in record["inputs"]],
            record["as"],
            (record["map"] or {}).get("text"),
        )

    return told(one) == told(other) and all(about.get("sha256") for about in one["inputs"])


def _kept(request: LoadRequest, record: dict[str, Any], old: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the earlier loads of a store, but for those that a load has replaced."""
    return [one for one in old.get("loads", []) if not (request.replace and one["graph"] == record["graph"])]


def _manifest(request: LoadRequest, record: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": "store",
        "motkg": VERSION,
        "base": request.base,
        "alone": request.alone,
        "loads": [*_kept(request, record, old), record],
    }
