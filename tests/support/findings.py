"""What must hold of every finding of an audit."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from kg.core.resources import ontology_dir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.evidence.audit.model import Finding


@cache
def concepts(scheme: str) -> frozenset[str]:
    """Return the slugs of the concepts of a scheme of the ontology."""
    text = (ontology_dir() / "schemes" / f"{scheme}.ttl").read_text(encoding="utf-8")
    return frozenset(re.findall(rf"^{scheme}:([\w-]+) a skos:Concept", text, re.MULTILINE))


def sound(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings whose kinds and methods the ontology knows, whose parts say something, and whose slugs differ."""
    found = list(findings)
    for one in found:
        assert one.kind in concepts("anomaly-kind")
        assert {one.check, *(figure.method for figure in one.statistics)} <= concepts("method")
        assert all((one.name, one.printed, one.expected, one.how, one.reason, one.slug))
        assert one.target.subjects
        assert all(figure.inputs for figure in one.statistics)
    assert len({one.slug for one in found}) == len(found)
    return found
