"""Consistency under OWL 2 DL, decided by HermiT."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import Literal

from kg.core.errors import ReasonerError
from kg.reason.jvm import Answer, Limits, crash, run, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad, Triple

Statement = TypeVar("Statement", bound="Quad | Triple")

_HERMIT: Final = "org.semanticweb.HermiT.cli.CommandLine"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# OWL 2 Structural Specification (W3C, 2012), section 4; owl:real has no literals.
_DATATYPE_MAP: Final = frozenset(
    {"http://www.w3.org/2002/07/owl#rational", f"{_RDF}PlainLiteral", f"{_RDF}XMLLiteral", f"{_RDF}langString"}
    | {
        _XSD + name
        for name in (
            *("decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger"),
            *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
            *("double", "float", "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"),
            *("boolean", "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp"),
        )
    },
)
_UNSATISFIABLE: Final = re.compile(r"^\t<(.+)>$", re.MULTILINE)
_MALFORMED: Final = re.compile(r"MalformedLiteralException: (Literal .+ is malformed)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the statements have a model.

    ``unsatisfiable`` holds the IRIs of classes that can have no member although the whole is consistent. ``left_out``
    counts the statements that the reasoner did not see, because their value's datatype (``xsd:date``, ``xsd:gYear`` …)
    is not in OWL 2's datatype map.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    left_out: int = 0


def in_datatype_map(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements that a DL reasoner takes: without those whose value has a datatype that OWL 2's datatype map lacks."""
    return [
        one for one in statements if not isinstance(one.object, Literal) or one.object.datatype.value in _DATATYPE_MAP
    ]


def check_consistency(statements: Iterable[Quad | Triple], limits: Limits | None = None) -> Verdict:
    """Ask HermiT whether an ontology, with or without data, is free of contradictions and empty classes.

    Raises:
        ReasonerError: Java or HermiT is missing, the reasoner failed or took too long, or a literal is ill-typed: that
            is a
            fault of the data which the shapes report better.

    """
    given = list(statements)
    seen = in_datatype_map(given)
    with written(seen) as path:
        answer = run([_HERMIT, "--consistency", "--unsatisfiable", path.as_uri()], limits or Limits())
    return _verdict(answer, len(given) - len(seen))


def _verdict(answer: Answer, left_out: int) -> Verdict:
    if "InconsistentOntologyException" in answer.errors:
        return Verdict(consistent=False, left_out=left_out)
    if answer.status == 0 and "owl#Thing is satisfiable." in answer.output:
        return Verdict(
            consistent=True, unsatisfiable=tuple(sorted(_UNSATISFIABLE.findall(answer.output))), left_out=left_out
        )
    if found := _MALFORMED.search(answer.errors):
        raise ReasonerError(f"{found.group(1)}; validate the data before reasoning over it")
    raise crash(answer)
