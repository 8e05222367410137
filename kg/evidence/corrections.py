"""The p of each printed correlation after correction for all the correlations of its table, each tested on the same sample."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from pyoxigraph import Literal, Triple

from kg.core.terms import expand, term
from kg.evidence.statistics import (
    DECIMAL,
    LABEL,
    PLACES,
    TYPE,
    benjamini_hochberg,
    correlations,
    p_value,
    statistic_node,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

    from kg.evidence.statistics import Correlation


def derive_corrections(quads: Iterable[Quad]) -> list[Triple]:
    """Return a ``DerivedStatistic`` with the p after the procedure of Benjamini and Hochberg (1995) for every printed correlation.

    The family of tests is the table: all its correlations whose sample size is known. Whether the source marks them
    makes no difference.
    """
    tables: dict[str, list[Correlation]] = defaultdict(list)
    for correlation in correlations(quads):
        tables[correlation.table].append(correlation)
    return [triple for family in tables.values() for triple in _of_family(family)]


def _of_family(family: list[Correlation]) -> Iterator[Triple]:
    adjusted = benjamini_hochberg([p_value(each.coefficient, each.sample_size) for each in family])
    for correlation, p in zip(family, adjusted, strict=True):
        node = statistic_node("adjusted-p", correlation)
        name = f"p of r = {correlation.coefficient:g}, n = {correlation.sample_size}, corrected for {len(family)} tests"
        yield Triple(node, TYPE, term("DerivedStatistic"))
        yield Triple(node, LABEL, Literal(name, language="en"))
        yield Triple(node, term("statisticValue"), Literal(str(Decimal(p).quantize(PLACES)), datatype=DECIMAL))
        yield Triple(node, term("method"), expand("method:benjamini-hochberg-procedure"))
        yield Triple(node, expand("prov:wasDerivedFrom"), statistic_node("p-value", correlation))
