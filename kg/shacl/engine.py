"""Validate data against shapes with a choice of engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Literal as Choice

from kg.columns import Columns, columns_of_files, columns_of_quads
from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.columnar.executor import Executor, empty_targets, make_plan, terms_of
from kg.shacl.report.report import Delegation, LeftOut, Report, Result, sorted_results, with_origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path as FilePath

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.shacl.remote import Server
    from kg.shacl.shapes.shapes import Shapes

Engine = Choice["auto", "columnar", "sparql", "pyshacl"]


def validate(
    quads: Iterable[Quad], shapes: Shapes, *, engine: Engine = "auto", origins: Mapping[Quad, Origin] | None = None
) -> Report:
    """Validate the union of the graphs of some quads; literals keep their lexical forms.

    Args:
        quads: the data.
        shapes: what :func:`kg.shacl.load_shapes` or :func:`kg.shacl.read_shapes` returned.
        engine: see :func:`validate_columns`.
        origins: the places that quads were read from; results then point to them.

    Example:
        >>> from pyoxigraph import RdfFormat, parse
        >>> from kg.shacl import read_shapes, validate
        >>> shapes = read_shapes(parse(
        ...     "@prefix sh: <http://www.w3.org/ns/shacl#> . [] sh:targetNode <x:a> ; sh:nodeKind sh:Literal .",
        ...     RdfFormat.TURTLE))
        >>> validate([], shapes).conforms
        False

    Raises:
        InputError: the shapes have no target, or an engine refuses them.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    kept = tuple(quads)
    report = validate_columns(columns_of_quads(kept), shapes, engine=engine)
    if origins and report.results:
        return replace(report, results=tuple(with_origins(report.results, kept, origins)))
    return report


def validate_files(paths: Iterable[FilePath], shapes: Shapes, *, engine: Engine = "auto") -> Report:
    """Validate the union of the graphs of some RDF files; literals keep their lexical forms.

    Raises:
        InputError: a file cannot be read, the shapes have no target, or an engine refuses them.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    return validate_columns(columns_of_files(paths), shapes, engine=engine)


def results_in_columns(columns: Columns, shapes: Shapes) -> list[Result]:
    """Return the results of the shapes that run on columns, unordered, without checking for empty targets.

    Raises:
        InputError: the shapes have no target, or a pattern cannot be run.
        CannotSelectError: a query cannot be run here.

    """
    shapes, _ = _with_targets(columns, shapes)
    executor = Executor(shapes, ColumnGraph(columns, terms_of(shapes)))
    return [result for shape in make_plan(shapes).native for result in executor.results(shape, executor.focus(shape))]


def validate_columns(columns: Columns, shapes: Shapes, *, engine: Engine = "auto") -> Report:
    """Validate a graph in columns.

    Args:
        columns: the data.
        shapes: the shapes.
        engine: ``auto`` and ``columnar`` run shapes on columns and delegate to pySHACL what cannot run there, which the
            report lists; ``pyshacl`` delegates everything; ``sparql`` asks a store in memory, which rewrites literals
            as a remote store would.

    Raises:
        InputError: the shapes have no target, or an engine refuses them.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    make_plan(shapes)
    if engine == "sparql":
        from kg.shacl.remote import MemoryServer

        return validate_store(MemoryServer(ColumnGraph(columns).triples()), shapes)
    left_out: tuple[LeftOut, ...]
    shapes, left_out = _with_targets(columns, shapes)
    data = ColumnGraph(columns, terms_of(shapes))
    if engine == "pyshacl":
        from kg.shacl.pyshacl_engine import run_pyshacl

        results: list[Result] = run_pyshacl(data.triples(), shapes)
        delegated: tuple[Delegation, ...] = ()
        executor = Executor(shapes, data)
        count = len(
            {
                node
                for shape in shapes.with_targets()
                if not shape.deactivated
                for node in executor.focus(shape).tolist()
            }
        )
    else:
        outcome = Executor(shapes, data).run(make_plan(shapes))
        results, delegated, count = outcome.results, outcome.delegated, outcome.focus_nodes
        left_out = (*left_out, *outcome.left_out)
        if delegated:
            from kg.shacl.pyshacl_engine import run_pyshacl

            results.extend(run_pyshacl(data.triples(), shapes, {delegation.shape for delegation in delegated}))
    return Report(
        conforms=not results,
        results=sorted_results(results),
        empty_targets=tuple(empty_targets(shapes, data)),
        delegated=delegated,
        engine="pyshacl" if engine == "pyshacl" else "columnar",
        focus_nodes=count,
        left_out=left_out,
    )


def validate_store(server: Server, shapes: Shapes, say: Callable[[str], None] = lambda _: None) -> Report:
    """Validate what a server holds, with literals as the server returns them.

    Args:
        server: the server.
        shapes: the shapes.
        say: called with a line of text about the progress.

    Raises:
        InputError: the shapes have no target, or an engine refuses them.
        StoreError: the server cannot be asked, or gives fewer statements than it counts; the message names the shapes
            and constraints.
        LimitError: the server takes too long.

    """
    from kg.shacl.remote import statements_for

    return validate_statements(server, statements_for(server, shapes, say), shapes)


def validate_statements(server: Server, columns: Columns, shapes: Shapes) -> Report:
    """Validate the statements that :func:`kg.shacl.remote.statements_for` fetched.

    The server is also asked how it writes literals, and which names it knows.
    """
    from kg.shacl.remote import in_forms_of, mentions
    from kg.shacl.shapes.shapes import SELECTED

    report = validate_columns(columns, in_forms_of(server, shapes), engine="columnar")
    empty = (
        replace(target, known=target.kind == SELECTED or mentions(server, target.term), near=())
        for target in report.empty_targets
    )
    missing = tuple(target for target in empty if not (target.kind == "targetNode" and target.known))
    return replace(report, engine="sparql", server=server.name, empty_targets=missing)


def _with_targets(columns: Columns, shapes: Shapes) -> tuple[Shapes, tuple[LeftOut, ...]]:
    """Return the shapes with the nodes that their SPARQL-based targets select; most shapes have none."""
    if not any(target.select is not None for shape in shapes.with_targets() for target in shape.targets):
        return shapes, ()
    from kg.shacl.columnar.targets import select_targets

    return select_targets(columns, shapes)
