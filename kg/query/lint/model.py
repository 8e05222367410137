"""Findings of lint and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.core.errors import did_you_mean
from kg.core.finding import Severity
from kg.core.text import TextInNotebooks

if TYPE_CHECKING:
    from kg.sparql import Span


RULES: Final[dict[str, tuple[Severity, str]]] = {
    "syntax": (Severity.ERROR, "The text is no SPARQL query."),
    "unknown-term": (Severity.ERROR, "Neither the ontology nor the data know the term."),
    "unknown-namespace": (Severity.WARNING, "The graph has nothing of the namespace: the query is about other data."),
    "wrong-prefix": (Severity.ERROR, "A prefix or IRI has another namespace than the known one."),
    "unused-term": (Severity.INFO, "The term is declared, but the graph does not use it."),
    "deprecated-term": (Severity.WARNING, "The ontology marks the term as deprecated."),
    "unused-prefix": (Severity.WARNING, "The prefix is declared and not used."),
    "undeclared-prefix": (Severity.INFO, "The prefix is known here, but other tools need its declaration."),
    "single-use": (Severity.WARNING, "The variable is used once, so that it joins nothing and gives nothing."),
    "unbound-projection": (Severity.ERROR, "The query selects a variable that its pattern never binds."),
    "unbound-variable": (Severity.ERROR, "An expression uses a variable that has no value where it stands."),
    "cartesian-product": (
        Severity.WARNING,
        "Parts of the pattern share no variable, so that their solutions are multiplied.",
    ),
    "class-clash": (Severity.ERROR, "The ontology allows nothing to be what the pattern asks of a variable."),
    "wrong-datatype": (Severity.ERROR, "The value is not of the kind that the property has."),
    "limit-without-order": (Severity.INFO, "Which rows LIMIT and OFFSET leave is up to the engine without ORDER BY."),
    "mixed-studies": (Severity.WARNING, "Figures of different studies are joined or taken together."),
    "duplicate-pattern": (Severity.WARNING, "The same statement is asked for twice in one group."),
}


@dataclass(frozen=True, slots=True)
class Finding(TextInNotebooks):
    """One finding at one place of a query. ``near`` holds what may be meant instead."""

    rule: str
    message: str
    span: Span
    near: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How much it matters: a variable that stands once only where another is called almost the same."""
        return Severity.INFO if self.rule == "single-use" and not self.near else RULES[self.rule][0]

    @property
    def counts(self) -> bool:
        """Whether the finding is an error or a warning; infos do not count."""
        return self.severity is not Severity.INFO

    def __str__(self) -> str:
        """Return the finding in words."""
        return self.message + (f"; {did_you_mean(self.near)}" if self.near else "")

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "message": self.message,
            "line": self.span.line,
            "column": self.span.column,
            "start": self.span.start,
            "end": self.span.end,
            "suggestions": list(self.near),
        }
