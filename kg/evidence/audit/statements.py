"""Findings as RDF: anomalies with their evidence, the statistics that they name, and quality annotations."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.core.names import RDF_TYPE, RDFS_LABEL
from kg.core.namespaces import BASE
from kg.core.terms import expand, prefixes, term
from kg.evidence.audit.facts import DESCRIPTION
from kg.evidence.audit.run import COMPUTED
from kg.evidence.statistics import DECIMAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.model import Audit, Finding, Statistic

DERIVED_FROM: Final = expand("prov:wasDerivedFrom")
PLACES: Final = Decimal("0.000001")


def anomaly_node(found: Finding) -> NamedNode:
    """Return the IRI of a finding: that of the note which it confirms, or one below ``audit`` in its document."""
    return found.confirms or NamedNode(f"{BASE}id/{found.document or 'derived'}{COMPUTED}{found.kind}/{found.slug}")


def anomalies(outcome: Audit) -> Iterator[Triple]:
    """State every finding: what is printed, what was expected, how that was computed, how sure, and where it stands.

    A finding that confirms a note made by hand adds to that note; any other one is an anomaly of its own.
    """
    for found in outcome.findings:
        node = anomaly_node(found)
        if found.confirms is None:
            yield Triple(node, RDF_TYPE, term("SourceAnomaly"))
            yield Triple(node, RDFS_LABEL, Literal(found.name, language="en"))
            yield Triple(node, DESCRIPTION, Literal(found.sentence, language="en"))
            yield Triple(node, term("anomalyKind"), expand(f"anomaly-kind:{found.kind}"))
            for target in dict.fromkeys(found.subjects):
                yield Triple(node, term("anomalyOf"), target)
            for span in dict.fromkeys(found.stated_at):
                yield Triple(node, term("statedAt"), span)
        for statistic in found.statistics:
            yield Triple(node, DERIVED_FROM, statistic_node(found.document, statistic))
    by_node: dict[NamedNode, list[Finding]] = defaultdict(list)
    for found in outcome.findings:
        by_node[anomaly_node(found)].append(found)
    for node, several in by_node.items():
        yield from _evidence(node, several)


def _evidence(node: NamedNode, several: Sequence[Finding]) -> Iterator[Triple]:
    """State what the findings behind one anomaly have in common and, one after the other, what each says."""
    for check in dict.fromkeys(found.check for found in several):
        yield Triple(node, term("checkedBy"), expand(f"method:{check}"))
    surest = min((found.certainty for found in several), key=lambda certainty: certainty.rank)
    yield Triple(node, term("certainty"), expand(f"certainty:{surest.value}"))
    texts = {
        "asPrinted": [found.printed for found in several],
        "asExpected": [found.expected for found in several],
        "computation": [found.how for found in several],
        "caveat": [found.reason for found in several],
    }
    for name, parts in texts.items():
        yield Triple(node, term(name), Literal("; ".join(dict.fromkeys(parts)), language="en"))


def statistics(outcome: Audit) -> Iterator[Triple]:
    """State every number that the audit computed, each once, with its method and inputs."""
    seen: set[NamedNode] = set()
    computed = [(one.document, statistic) for one in outcome.findings for statistic in one.statistics]
    computed += [(note.document, statistic) for note in outcome.notes for statistic in note.statistics]
    for document, statistic in computed:
        node = statistic_node(document, statistic)
        if node not in seen:
            seen.add(node)
            yield from _statistic(node, statistic)


def statistic_node(document: str, statistic: Statistic) -> NamedNode:
    """Return the IRI of a computed number."""
    return NamedNode(f"{BASE}id/derived/audit/{document}/{statistic.slug}")


def _statistic(node: NamedNode, statistic: Statistic) -> Iterator[Triple]:
    value = statistic.value.quantize(PLACES).normalize() if statistic.value.as_tuple().exponent else statistic.value
    yield Triple(node, RDF_TYPE, term("DerivedStatistic"))
    yield Triple(node, RDFS_LABEL, Literal(statistic.name, language="en"))
    yield Triple(node, term("statisticValue"), Literal(f"{value:f}", datatype=DECIMAL))
    yield Triple(node, term("method"), expand(f"method:{statistic.method}"))
    for source in dict.fromkeys(statistic.inputs):
        yield Triple(node, DERIVED_FROM, source)


TARGET: Final = expand("oa:hasTarget")
ANNOTATION: Final = expand("dqv:QualityAnnotation")


def as_turtle(outcome: Audit) -> str:
    """Write Turtle, sorted, with the classes and targets that a reader without the ontology needs."""
    found = [*anomalies(outcome), *statistics(outcome)]
    for one in outcome.findings:
        node = anomaly_node(one)
        found += [Triple(node, RDF_TYPE, ANNOTATION), *(Triple(node, TARGET, target) for target in one.subjects)]
    used = {name: iri for name, iri in prefixes().items() if any(iri in str(triple) for triple in found)}
    text = serialize(sorted(set(found), key=str), format=RdfFormat.TURTLE, prefixes=used)
    return text.decode() if text else ""
