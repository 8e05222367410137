"""An audit as RDF: anomalies as quality annotations of the Data Quality Vocabulary with their targets, and the numbers behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, Triple, serialize

from kg.core.terms import expand, prefixes
from kg.evidence.audit.facts import TYPE
from kg.evidence.audit.statements import anomalies, anomaly_node, statistics

if TYPE_CHECKING:
    from kg.evidence.audit.model import Audit

TARGET: Final = expand("oa:hasTarget")
ANNOTATION: Final = expand("dqv:QualityAnnotation")


def write(outcome: Audit) -> str:
    """Write Turtle, sorted, with the classes and targets that a reader without the ontology needs."""
    found = [*anomalies(outcome), *statistics(outcome)]
    for one in outcome.findings:
        node = anomaly_node(one)
        found += [Triple(node, TYPE, ANNOTATION), *(Triple(node, TARGET, target) for target in one.subjects)]
    used = {name: iri for name, iri in prefixes().items() if any(iri in str(triple) for triple in found)}
    text = serialize(sorted(set(found), key=str), format=RdfFormat.TURTLE, prefixes=used)
    return text.decode() if text else ""
