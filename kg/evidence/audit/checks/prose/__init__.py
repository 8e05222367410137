"""The audit of running text: citations, announced numbers of items, spellings, and passages that break off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.evidence.audit.checks.prose.citations import audit_citations
from kg.evidence.audit.checks.prose.enumerations import audit_enumerations
from kg.evidence.audit.checks.prose.slips import audit_slips

if TYPE_CHECKING:
    from kg.evidence.audit.checks.prose.text import Text
    from kg.evidence.audit.model import Finding

__all__ = ["audit_text"]


def audit_text(text: Text) -> list[Finding]:
    """Run every check of running text, in the order of the text; a name that differs in a citation is told once."""
    cited = list(audit_citations(text))
    variants = [one.name for one in cited if one.kind == "spelling-variant"]
    slips = [
        one
        for one in audit_slips(text)
        if not any(set(one.name.split()[:3:2]) <= set(name.replace(",", "").split()) for name in variants)
    ]
    found = [*cited, *audit_enumerations(text), *slips]
    return sorted(found, key=lambda one: (one.place, one.kind, one.slug))
