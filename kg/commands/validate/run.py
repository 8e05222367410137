"""One validation from data and shapes to a report that says where each fault is and what the outcome is worth."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.commands.validate.owndata import concerns_of_unchecked, focus_nodes_of_ontology, ontology_columns
from kg.commands.validate.places import place_of_use, placed, with_shape_places
from kg.commands.validate.shapes import refuse_what_recurs
from kg.core.origin import Origin
from kg.shacl.engine import validate_columns
from kg.shacl.report.concerns import KnownNames, concerns_of_run, undeclared_terms
from kg.shacl.report.report import Concern, Figures, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from kg.commands.validate.data import Data
    from kg.commands.validate.shapes import GivenShapes
    from kg.shacl import Shapes
    from kg.shacl.engine import Engine

    Validate = Callable[[Shapes], Report]


def check(
    data: Data,
    given: GivenShapes,
    *,
    engine: Engine = "auto",
    allowed: Collection[str] = (),
    validate: Validate | None = None,
) -> Report:
    """Validate data; ``allowed`` are the kinds of concern that do not make the run unclean (the keys of ``CONCERNS``).

    ``validate`` stands in for the full run over the data, for example to validate only what a change affects.

    Raises:
        InputError: an engine refuses the shapes.
        StoreError: a shape needs pySHACL, and pySHACL is not installed.

    """
    report = nothing_applied(given.shapes)
    if report is None:
        refuse_what_recurs(given, engine)
        report = validate(given.shapes) if validate else validate_columns(data.columns, given.shapes, engine=engine)
    beside = focus_nodes_of_ontology(given.shapes, data.columns) if data.beside and report.focus_nodes else 0
    report = replace(report, results=tuple(placed(report.results, data)), beside=beside)
    return replace(
        report, concerns=(*with_shape_places(given.concerns, given.sources), *_concerns(report, data, given))
    ).allowing(allowed)


def nothing_applied(shapes: Shapes) -> Report | None:
    """Return the report of shapes of which none is active and ha a target, and nothing when there is work to do."""
    if any(not shape.deactivated for shape in shapes.with_targets()):
        return None
    return Report(conforms=True, results=(), empty_targets=(), delegated=(), engine="columnar", focus_nodes=0)


def _concerns(report: Report, data: Data, given: GivenShapes) -> Iterable[Concern]:
    if data.empty:
        yield Concern("empty-data", "the files hold no statement")
    else:
        yield from (Concern("empty-data", f"{name} holds no statement", origin=Origin(name)) for name in data.idle)
    names = KnownNames(data.columns)
    yield from with_shape_places(concerns_of_run(given.shapes, report, names, shipped=given.shipped), given.sources)
    if given.shipped:
        yield from concerns_of_unchecked(report, data)
        for concern in undeclared_terms(names, KnownNames(ontology_columns()).declared):
            yield replace(concern, origin=place_of_use(concern.term, data))


def measured(report: Report, started: float, loaded: float, data: Data) -> Report:
    """Return the report with what the run took; both times are those of ``time.perf_counter``."""
    now = time.perf_counter()
    return replace(report, figures=Figures(loaded - started, now - loaded, data.columns.size, peak_memory()))


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes, or 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
