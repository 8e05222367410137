"""One validation from data and shapes to a report that says where each fault is and what the outcome is worth."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode

from kg.columns import columns_of_quads
from kg.loaders import load_ontology
from kg.loaders.addresses import Places, places_of
from kg.resources import ontology_dir
from kg.validate.emptiness import KnownNames, concerns_of_run, undeclared_terms
from kg.validate.engine import validate_columns
from kg.validate.nodes import TYPE
from kg.validate.origins import located, subjects_of, with_origins
from kg.validate.report import Concern, Figures, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from kg.loaders.rdf import RdfSource
    from kg.validate import Shapes
    from kg.validate.engine import Engine
    from kg.validate.nodes import Node
    from kg.validate.report import Origin, Result
    from kg.validation.data import Data
    from kg.validation.shapes import GivenShapes

    Validate = Callable[[Shapes], Report]


def check(
    data: Data, given: GivenShapes, *, engine: Engine = "auto", allowed: Collection[str] = (), validate: Validate | None = None
) -> Report:
    """Validates data; ``allowed`` are the kinds of concern that do not make the run unclean (the keys of ``CONCERNS``).

    ``validate`` stands in for the full run over the data, for example to validate only what a change affects.

    Raises:
        InputError: an engine refuses the shapes.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    report = nothing_applied(given.shapes)
    if report is None:
        report = validate(given.shapes) if validate else validate_columns(data.columns, given.shapes, engine=engine)
    report = replace(report, results=tuple(placed(report.results, data)))
    return replace(report, concerns=(*with_shape_places(given.concerns, given.sources), *_concerns(report, data, given))).allowing(allowed)


def nothing_applied(shapes: Shapes) -> Report | None:
    """Gives the report of shapes of which none is active and has a target, and nothing when there is work to do."""
    if any(not shape.deactivated for shape in shapes.with_targets()):
        return None
    return Report(conforms=True, results=(), empty_targets=(), delegated=(), engine="columnar", focus_nodes=0)


def _concerns(report: Report, data: Data, given: GivenShapes) -> Iterable[Concern]:
    if data.empty:
        yield Concern("empty-data", "the files hold no statement")
    names = KnownNames(data.columns)
    yield from with_shape_places(concerns_of_run(given.shapes, report, names, shipped=given.shipped), given.sources)
    if given.shipped:
        ontology = KnownNames(columns_of_quads(load_ontology(ontology_dir()).quads)).declared
        for concern in undeclared_terms(names, ontology):
            yield replace(concern, origin=_use(concern.term, data))


def placed(results: Iterable[Result], data: Data) -> list[Result]:
    """Gives the results with the places of the statements at fault: by the loaders' index, else by a look into the files."""
    kept = with_origins(results, data.quads, data.origins)
    vague = [result for result in kept if result.origin is None or not result.origin.line]
    for source in data.sources if vague else ():
        about = [result for result in vague if result.origin is None or result.origin.file == source.name]
        found = places_of(source, subjects_of(about))
        better = dict(zip(map(id, about), located(about, found), strict=True))
        kept = [better.get(id(result), result) for result in kept]
        vague = [result for result in kept if result.origin is None or not result.origin.line]
    return kept


def with_shape_places(concerns: Iterable[Concern], sources: Iterable[RdfSource]) -> list[Concern]:
    """Gives concerns about shapes with the places of the shapes."""
    waiting = list(concerns)
    shapes = {concern.shape for concern in waiting if isinstance(concern.shape, NamedNode | BlankNode)}
    for source in sources if shapes else ():
        found = places_of(source, shapes)
        waiting = [concern if concern.origin else replace(concern, origin=_shape_place(concern, found)) for concern in waiting]
    return waiting


def _shape_place(concern: Concern, found: Places) -> Origin | None:
    if concern.shape is None:
        return None
    named = (place for (subject, *named), place in found.triples.items() if subject == concern.shape and concern.term in named)
    return next(named, found.subjects.get(concern.shape))


def _use(node: Node | None, data: Data) -> Origin | None:
    """Gives the place of the first statement that uses a class or property."""
    for quad in data.quads:
        if quad.predicate == node or (quad.predicate == TYPE and quad.object == node):
            origin = data.origins.get(quad)
            if origin is None or origin.line:
                return origin
            source = next((source for source in data.sources if source.name == origin.file), None)
            found = places_of(source, [quad.subject]) if source else Places()
            return found.triples.get((quad.subject, quad.predicate, quad.object), origin)
    return None


def measured(report: Report, started: float, loaded: float, data: Data) -> Report:
    """Gives the report with what the run took; both times are those of ``time.perf_counter``."""
    now = time.perf_counter()
    return replace(report, figures=Figures(loaded - started, now - loaded, data.columns.size, peak_memory()))


def peak_memory() -> int:
    """Gives the most memory that this process has held, in bytes, or 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
