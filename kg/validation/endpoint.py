"""Validation of what a SPARQL endpoint holds, by queries alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.columns import columns_of_quads
from kg.errors import StoreError
from kg.store.protocol import Solutions
from kg.validate.emptiness import KnownNames, concerns_of_run
from kg.validate.remote import validate_store
from kg.validation.run import nothing_applied, with_shape_places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kg.store.protocol import QuadStore
    from kg.validate import Report
    from kg.validate.nodes import Node
    from kg.validation.shapes import GivenShapes


def check_store(store: QuadStore, given: GivenShapes, *, allowed: Collection[str] = ()) -> Report:
    """Validates what a store holds; there are no files to point at, and only targets are looked for among its names.

    Raises:
        InputError: the shapes hold what has no form in SPARQL.
        StoreError: the store cannot be asked.

    """

    def ask(text: str) -> Iterable[Mapping[str, Node | None]]:
        answer = store.query(text)
        if not isinstance(answer, Solutions):
            raise StoreError("the store did not answer a SELECT query with solutions")
        return answer

    report = nothing_applied(given.shapes) or validate_store(ask, given.shapes)
    run = concerns_of_run(given.shapes, report, KnownNames(columns_of_quads(())), shipped=given.shipped)
    targets = (concern for concern in run if concern.kind == "empty-target")
    return replace(report, concerns=tuple(with_shape_places((*given.concerns, *targets), given.sources))).allowing(allowed)
