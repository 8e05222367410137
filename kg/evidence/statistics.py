"""Statistics that follow from printed numbers, each with its inputs and its method."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.core.terms import BASE, RDF_TYPE, RDFS_LABEL, XSD, expand, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

DECIMAL: Final = NamedNode(f"{XSD}decimal")
PLACES: Final = Decimal("0.0001")
LEVELS: Final = ((0.01, "one-percent"), (0.05, "five-percent"), (0.10, "ten-percent"))


def p_value(coefficient: float, sample_size: int) -> float:
    """Return the two-sided p of a product-moment correlation under the hypothesis of no correlation.

    With r the coefficient and n the sample size, t = r·√((n-2)/(1-r²)) follows Student's distribution with n-2
    degrees of freedom, so p is the regularised incomplete beta function of 1-r² with parameters (n-2)/2 and 1/2
    (Abramowitz and Stegun, 26.5.27 and 26.7.1).

    Raises:
        ValueError: the coefficient is outside [-1, 1] or the sample has fewer than three members.

    """
    from scipy.special import betainc

    if not -1 <= coefficient <= 1:
        raise ValueError(f"{coefficient} is not a correlation")
    if sample_size < 3:  # noqa: PLR2004 - n-2 degrees of freedom
        raise ValueError(f"a sample of {sample_size} has no p-value")
    return float(betainc((sample_size - 2) / 2, 0.5, 1 - coefficient * coefficient))


def level(p: float) -> str:
    """Return the slug of the strictest customary significance level that a p-value reaches."""
    return next((name for limit, name in LEVELS if p <= limit), "not-significant")


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Return each p times their number, at most one."""
    return [min(1.0, p * len(p_values)) for p in p_values]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted to the false discovery rate, in the order of the given ones.

    The procedure is that of Benjamini and Hochberg (1995). The result is that of
    ``scipy.stats.false_discovery_control``. That module is not imported, because its import takes as long as building
    the graph.
    """
    ordered = sorted(range(len(p_values)), key=lambda index: p_values[index], reverse=True)
    adjusted = [1.0] * len(p_values)
    least = 1.0
    for rank, index in zip(range(len(p_values), 0, -1), ordered, strict=True):
        least = min(least, p_values[index] * len(p_values) / rank)
        adjusted[index] = least
    return adjusted


@dataclass(frozen=True, slots=True)
class Correlation:
    """A printed correlation of a sample of known size, and the table that it stands in."""

    observation: NamedNode
    coefficient: float
    sample_size: int
    table: str


def derive_statistics(quads: Iterable[Quad]) -> list[Triple]:
    """Return a ``DerivedStatistic`` with the recomputed two-sided p for every correlation.

    Only printed correlations whose sample size is known have one. A number that can be no correlation has no p;
    reporting it is the business of validation.
    """
    return [triple for correlation in correlations(quads) for triple in _statistic(correlation)]


def correlations(quads: Iterable[Quad]) -> list[Correlation]:
    """Return every printed correlation whose sample size is known and that has a p."""
    facts: dict[NamedNode, dict[NamedNode, object]] = defaultdict(dict)
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            facts[quad.subject].setdefault(quad.predicate, quad.object)
            if quad.predicate == RDF_TYPE and quad.object == term("CorrelationObservation"):
                facts[quad.subject][RDF_TYPE] = quad.object
    found = (
        _correlation(subject, facts)
        for subject, about in facts.items()
        if about.get(RDF_TYPE) == term("CorrelationObservation")
    )
    return [correlation for correlation in found if correlation]


def _correlation(subject: NamedNode, facts: Mapping[NamedNode, Mapping[NamedNode, object]]) -> Correlation | None:
    about = facts[subject]
    value, sample = about.get(expand("sdmx-measure:obsValue")), about.get(term("sample"))
    size = facts.get(sample, {}).get(term("sampleSize")) if isinstance(sample, NamedNode) else None
    if not isinstance(value, Literal) or not isinstance(size, Literal):
        return None
    table = about.get(expand("qb:dataSet"))
    if not (-1 <= float(value.value) <= 1 and int(size.value) >= 3):  # noqa: PLR2004 - no p-value; validation reports the number itself
        return None
    return Correlation(
        subject, float(value.value), int(size.value), table.value if isinstance(table, NamedNode) else ""
    )


def statistic_node(kind: str, correlation: Correlation) -> NamedNode:
    """Return the IRI of a kind of statistic of a correlation."""
    return NamedNode(f"{BASE}id/derived/{kind}/{correlation.observation.value.removeprefix(f'{BASE}id/')}")


def _statistic(correlation: Correlation) -> list[Triple]:
    node = statistic_node("p-value", correlation)
    p = p_value(correlation.coefficient, correlation.sample_size)
    rounded = Decimal(p).quantize(PLACES)
    name = f"two-sided p of r = {correlation.coefficient:g}, n = {correlation.sample_size}"
    return [
        Triple(node, RDF_TYPE, term("DerivedStatistic")),
        Triple(node, RDFS_LABEL, Literal(name, language="en")),
        Triple(node, term("statisticValue"), Literal(str(rounded), datatype=DECIMAL)),
        Triple(node, term("method"), expand("method:t-test-of-correlation")),
        Triple(node, term("significance"), expand(f"significance:{level(p)}")),
        Triple(node, expand("prov:wasDerivedFrom"), correlation.observation),
    ]


def derive_corrections(quads: Iterable[Quad]) -> list[Triple]:
    """Return a ``DerivedStatistic`` with the adjusted p for every printed correlation.

    The adjustment is the procedure of Benjamini and Hochberg (1995). The family of tests is the table: all its
    correlations whose sample size is known. Whether the source marks them makes no difference.
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
        yield Triple(node, RDF_TYPE, term("DerivedStatistic"))
        yield Triple(node, RDFS_LABEL, Literal(name, language="en"))
        yield Triple(node, term("statisticValue"), Literal(str(Decimal(p).quantize(PLACES)), datatype=DECIMAL))
        yield Triple(node, term("method"), expand("method:benjamini-hochberg-procedure"))
        yield Triple(node, expand("prov:wasDerivedFrom"), statistic_node("p-value", correlation))
