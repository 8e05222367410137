"""The OWL 2 RL closure of a graph, computed set at a time on columns, and kept up when statements are added.

The rules are those of OWL 2 Profiles (W3C, 2012), section 4.3. Trivial consequences are left out: that everything is an
``owl:Thing`` and the same as itself, that classes and properties lie below themselves, and whatever concerns anonymous
classes. So are the rules for datatypes (dt-*): lexical forms are the business of shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad, Triple

    from kg.reason.closure.materialization import Closure

__all__ = ["Closure", "closure", "closure_of"]

__getattr__ = lazy_names(__name__, {"Closure": "kg.reason.closure.materialization"})


def closure(statements: Iterable[Quad]) -> list[Triple]:
    """Return every triple that follows from some statements and is not among them, sorted by its N-Triples form."""
    return sorted(closure_of(statements).derived(), key=str)


def closure_of(statements: Iterable[Quad]) -> Closure:
    """Return the closure of some statements, which knows what follows and what contradicts itself."""
    from kg.columns.reading import columns_of_quads
    from kg.reason.closure.materialization import Closure

    return Closure(columns_of_quads(statements))
