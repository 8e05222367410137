"""Read the data that names stand for, validate it, and add places and concerns to the report."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.columns import columns_of_files, columns_of_quads
from kg.core.errors import InputError, Problem, StoreError
from kg.core.inputs import folder_kind, inputs_of
from kg.core.origin import Origin, Statements
from kg.core.terms import BASE, rebase, shortening
from kg.loaders.rdf.reading import prefixes_of
from kg.shacl.data import Data, place_of_use, placed, rdf_sources, read_sources
from kg.shacl.engine import validate_columns
from kg.shacl.givenshapes import GivenShapes, shipped_shapes, with_shape_places
from kg.shacl.report.concerns import (
    KnownNames,
    concerns_of_run,
    concerns_of_unchecked,
    focus_nodes_of_ontology,
    ontology_columns,
    undeclared_terms,
)
from kg.shacl.report.report import Concern, Figures, Report

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Sequence

    from kg.loaders.rdf.addresses import Places
    from kg.shacl.engine import Engine
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result
    from kg.shacl.shapes.shapes import Shapes

    Validate = Callable[[Shapes], Report]

_BLOCK: Final = 1 << 24


def check(  # noqa: PLR0913 - each chooses another thing, by name
    data: Data,
    given: GivenShapes,
    *,
    engine: Engine = "auto",
    allowed: Collection[str] = (),
    strict: bool = False,
    validate: Validate | None = None,
) -> Report:
    """Validate data that was read against shapes that were read, and add places and concerns to the report.

    Args:
        data: what :func:`read_data` returned.
        given: what :func:`read_given_shapes` or :func:`shipped_shapes` returned.
        engine: which validator to use.
        allowed: kinds of concern that do not make the report fail: keys of ``CONCERNS``.
        strict: whether names of the shapes that occur nowhere in the data count, although other shapes had focus nodes.
        validate: replaces the full run over the data, for example to validate only what a change affects.

    Raises:
        InputError: an engine refuses the shapes.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    report = nothing_applied(given.shapes)
    if report is None:
        report = validate(given.shapes) if validate else validate_columns(data.columns, given.shapes, engine=engine)
    beside = focus_nodes_of_ontology(given.shapes, data.columns) if data.beside and report.focus_nodes else 0
    declared = prefixes_of((*data.sources, *(() if given.shipped else given.sources)))
    report = replace(report, results=_mendable(report, data, given), beside=beside, prefixes=declared)
    if report.results:
        from kg.shacl.report.branches import about_blank_nodes

        report = replace(report, about=about_blank_nodes(report.results, data.columns))
    with shortening(declared):
        concerns = (*with_shape_places(given.concerns, given.sources), *_concerns(report, data, given, strict=strict))
    return replace(report, concerns=concerns).allowing(allowed)


def _mendable(report: Report, data: Data, given: GivenShapes) -> tuple[Result, ...]:
    """Return the results with their places and with what helps to mend them."""
    if not report.results:
        return ()
    from kg.shacl.report.branches import with_branches
    from kg.shacl.report.hints import unnamed_shapes, with_hints

    unnamed = [Concern("", "", shape) for shape in unnamed_shapes(report.results)]
    stated = with_shape_places(unnamed, given.sources)
    places = {concern.shape: concern.origin for concern in stated if concern.shape is not None and concern.origin}
    hinted = with_hints(placed(report.results, data), data.columns, given.shapes, places)
    return with_branches(hinted, data.columns, given.shapes)


def nothing_applied(shapes: Shapes) -> Report | None:
    """Return the report of shapes without an active target, or None when there is something to validate."""
    if any(not shape.deactivated for shape in shapes.with_targets()):
        return None
    return Report(conforms=True, results=(), empty_targets=(), delegated=(), engine="columnar", focus_nodes=0)


def _concerns(report: Report, data: Data, given: GivenShapes, *, strict: bool) -> Iterable[Concern]:
    if data.empty:
        yield Concern("empty-data", "the files hold no statement")
    else:
        yield from (Concern("empty-data", f"{name} holds no statement", origin=Origin(name)) for name in data.idle)
    names = KnownNames(data.columns)
    of_run = concerns_of_run(given.shapes, report, names, shipped=given.shipped, strict=strict)
    yield from with_shape_places(of_run, given.sources)
    if given.shipped:
        yield from concerns_of_unchecked(report, data)
        for concern in undeclared_terms(names, KnownNames(ontology_columns()).declared):
            yield replace(concern, origin=place_of_use(concern.term, data))


def measured(report: Report, started: float, loaded: float, data: Data) -> Report:
    """Return the report with time and memory; both times are those of ``time.perf_counter``."""
    now = time.perf_counter()
    return replace(report, figures=Figures(loaded - started, now - loaded, data.columns.size, peak_memory()))


def peak_memory() -> int:
    """Return the peak memory of this process in bytes, or 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def read_data(  # noqa: PLR0913 - each chooses another thing, by name
    names: Sequence[str | os.PathLike[str]] = (),
    *,
    build: Path | None = None,
    stdin: bytes | None = None,
    syntax: str = "",
    with_ontology: bool = True,
    by_file: bool = False,
) -> Data:
    """Read the data that some names stand for; without names, a build or the shipped graph.

    Args:
        names: RDF files, patterns such as ``data/*.ttl``, folders, ``-`` for standard input. A folder holds case files,
            folders of case files or RDF files, or is a build or a loaded store.
        build: the folder of a build or of a loaded store, instead of names.
        stdin: the content of standard input.
        syntax: the ending of a syntax, such as ``ttl``, for files and standard input, whatever the names say.
        with_ontology: whether RDF files are read with motkg's ontology, so that shapes know its classes; case files and
            builds hold it already.
        by_file: whether to keep what stands in which file, as is always done for large files.

    Raises:
        InputError: a name stands for no file, a file cannot be read, or a build is named together with something else.
        StoreError: the folder holds no build, or it is damaged.

    """
    if not names:
        if build is None:
            from kg.core.resources import shipped_documents

            stated = _stated(shipped_documents())
            return Data(columns_of_quads(stated.quads), stated.quads, stated.origins)
        return read_loaded(build) if folder_kind(build) == "store" else _read_build(build)
    if build is not None:
        raise InputError([Problem(str(build), 0, 0, "a build is named, and data as well", "one of them")])
    inputs = inputs_of(names, ("cases", "rdf", "build", "store", "stdin"))
    whole = next((given for given in inputs if given.kind in {"build", "store"}), None)
    if whole is not None:
        if len(inputs) > 1:
            raise InputError([Problem(whole.name, 0, 0, "a build or store is validated by itself", "it alone")])
        return read_data(build=whole.path)
    documents = [given.path for given in inputs if given.kind == "cases"]
    return read_sources(
        rdf_sources(inputs, syntax, stdin),
        documents=_stated(documents) if documents else None,
        with_ontology=with_ontology,
        by_file=by_file,
    )


def _stated(documents: Sequence[Path]) -> Statements:
    from kg.pipeline.building import state

    stated = state(documents)
    return Statements(stated.quads, stated.origins)


def _read_build(folder: Path) -> Data:
    from kg.pipeline.reading import read_statements

    quads, origins, base = read_statements(folder)
    return Data(columns_of_quads(quads), quads, origins, base=base, empty=not quads)


def read_loaded(folder: Path) -> Data:
    """Return what a store of ``kg load`` holds under motkg's own base, without the closure.

    Results point to the cells of the loaded tables as they are now. The store keeps the values of numbers and dates,
    not their lexical forms, which the loader has checked.

    Raises:
        StoreError: the folder holds no store, or it cannot be read.

    """
    import tempfile

    from kg.core.terms import CLOSURE
    from kg.pipeline.reading import read_store_manifest

    manifest = read_store_manifest(folder)
    base = str(manifest["base"])
    with tempfile.TemporaryDirectory() as name:
        parts: list[Path] = []
        try:
            store = Store.read_only(str(folder / "store"))
            closure = NamedNode(rebase(CLOSURE.value, base))
            for number, graph in enumerate(store.named_graphs()):
                if graph != closure:
                    parts.append(Path(name) / f"{number}.nt")
                    store.dump(str(parts[-1]), RdfFormat.N_TRIPLES, from_graph=graph)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{folder}: {error}") from error
        if base != BASE:
            parts = [_moved(part, base) for part in parts]
        columns = columns_of_files(parts)
    return Data(columns, base=base, empty=not columns.size, places=partial(_cells, manifest["loads"], base))


def validate_loaded(folder: Path) -> Report:
    """Validate a store against the shipped shapes."""
    return check(read_loaded(folder), shipped_shapes())


def _cells(loads: list[dict[str, Any]], base: str, about: Collection[Node]) -> Places:
    """Find the cells of the tables that were loaded; none where what reads tables is not installed."""
    from importlib.util import find_spec

    if find_spec("polars") is None:
        from kg.loaders.rdf.addresses import Places

        return Places()
    from kg.loaders.tables.tracing import cells_of

    return cells_of(loads, base, about)


def _moved(part: Path, base: str) -> Path:
    """Put the IRIs of a file of lines under motkg's own base."""
    moved = part.with_suffix(".moved.nt")
    with part.open("rb") as lines, moved.open("wb") as file:
        while block := lines.readlines(_BLOCK):
            file.write(b"".join(block).replace(f"<{base}".encode(), f"<{BASE}".encode()))
    return moved
