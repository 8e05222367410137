"""Constants of a pattern: what would have to stand in the place of each for the pattern to have a solution."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.terms import XSD
from kg.core.text import shortened
from kg.query.diagnosis.model import SHOWN, Cause, Kind, Suggestion
from kg.query.diagnosis.parts import constants, group_of
from kg.query.diagnosis.probes import Edit
from kg.query.diagnosis.terms import iris_of, misspelt, variants
from kg.query.vocabulary import Role, reduced, shown
from kg.sparql import (
    NOWHERE,
    Bind,
    BuiltInCall,
    Filter,
    GraphPattern,
    Group,
    In,
    Iri,
    Literal,
    Optional,
    PathAlternative,
    Row,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
    transform,
)
from kg.sparql.variables import as_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.diagnosis.parts import Part
    from kg.query.diagnosis.probes import Prober
    from kg.query.diagnosis.terms import TermCheck
    from kg.sparql import Node
    from kg.store.protocol import Term

_HOLE: Final = Variable(NOWHERE, "__hole")
_ROWS: Final = 50  # of a longer data block no single value is the cause
_VALUES: Final = 4000
_UNLIKE: Final = 45.0  # the score of a constant that others could replace which do not resemble it
_UNLIKE_AMONG_OTHERS: Final = 38.0  # less than that of a join that fails


class ConstantCheck:
    """Looks at the constants of parts that have no solution together."""

    def __init__(self, prober: Prober, terms: TermCheck) -> None:
        self.prober = prober
        self.terms = terms
        self.repairer = terms.repairer
        self.around: Sequence[Part] = ()  # the parts of the whole group

    def causes(self, parts: Sequence[Part]) -> Iterator[Cause]:
        """Yield what may be wrong with each constant of the parts."""
        for part in parts:
            pattern = part.pattern
            if isinstance(pattern, Optional | SubSelect) or (isinstance(pattern, Values) and len(pattern.rows) > _ROWS):
                continue
            for node in constants(part):
                fitting = self._fitting_all(part, node) if len(parts) == 1 and isinstance(node, Literal) else []
                fitting = fitting or self.fitting(parts, part, node)
                cause = (
                    self._iri(part, node, fitting)
                    if isinstance(node, Iri)
                    else self.literal(node, fitting, _place(part, node))
                )
                if cause and len(parts) > 1 and cause.score == _UNLIKE:
                    cause = replace(cause, score=_UNLIKE_AMONG_OTHERS)
                if cause:
                    yield cause

    def _fitting_all(self, part: Part, node: Literal) -> list[Term]:
        """Return the values that fit a part and everything around it.

        The part has no solution by itself.
        """
        return self.fitting(self.around, part, node) if any(each is part for each in self.around) else []

    def fitting(self, parts: Sequence[Part], part: Part, node: Iri | Literal) -> list[Term]:
        """Return the values with which the parts would have a solution, in the place of a constant."""
        if isinstance(part.pattern, Values | Bind):
            return self._fitting_variable(parts, part, part.pattern, node)
        if part.triple and node is not part.triple.path and node not in _ends(part):
            return []  # inside a path, where no variable can stand
        holed = [part.standing(_with_hole(part, node)) if other is part else other for other in parts]
        return self._values(_HOLE, group_of(holed), node)

    def _values(self, variable: Variable, pattern: Group, node: Iri | Literal) -> list[Term]:
        """Return the values of a variable; where a literal stood, those of the same text before all others."""
        if isinstance(node, Iri):
            return self.prober.values(variable, pattern, _VALUES)
        text = BuiltInCall(NOWHERE, "LCASE", (BuiltInCall(NOWHERE, "STR", (variable,)),))
        text = BuiltInCall(NOWHERE, "REPLACE", (text, _string(r"\s+"), _string("")))
        forms = dict.fromkeys("".join(form.split()).lower() for form in (node.value, normalize("NFKC", node.value)))
        same = In(NOWHERE, text, tuple(map(_string, forms)), negated=False)
        found = self.prober.values(variable, Group(NOWHERE, (*pattern.elements, Filter(NOWHERE, same))))
        return found or self.prober.values(variable, pattern, _VALUES)

    def _fitting_variable(
        self, parts: Sequence[Part], part: Part, pattern: Values | Bind, node: Iri | Literal
    ) -> list[Term]:
        others = [other for other in parts if other is not part]
        if isinstance(pattern, Bind):
            name = pattern.variable if pattern.expression is node else None
        else:
            name, rest = _column_of(pattern, node)
            others += [part.standing(rest)] if rest else []
        if name is None or not any(name.name in other.variables for other in others):
            return []
        return self._values(name, group_of(others), node)

    def _iri(self, part: Part, node: Iri, fitting: Sequence[Term]) -> Cause | None:
        role = role_of(part, node)
        iris = iris_of(fitting)
        cause = self.terms.cause(node, role, iris)
        if cause and cause.kind is Kind.UNUSED_TERM and part.triple and isinstance(part.triple.path, PathAlternative):
            return None  # the other way through the path is open
        if cause or node in part.graphs:
            return cause
        near = self.terms.vocabulary.near(node.value, role, iris)
        if role is Role.PROPERTY and (same := self.terms.same_use(node, iris)):
            suggestions = self.terms.replacing(node, same)
            return Cause(
                Kind.WRONG_VALUE, self._no_match(node, part, same), node.span, self._text(node), suggestions, score=77
            )
        if not near and (not iris or isinstance(part.pattern, Values) or role in {Role.PROPERTY, Role.CLASS}):
            return None
        suggestions = self.terms.replacing(node, near)
        likeness = max((self.terms.vocabulary.likeness(node.value, other) for other in near), default=0)
        score = 78 if likeness >= 0.85 else 60 + 10 * likeness if near else _UNLIKE  # noqa: PLR2004
        return Cause(
            Kind.WRONG_VALUE, self._no_match(node, part, iris), node.span, self._text(node), suggestions, score=score
        )

    def _no_match(self, node: Iri, part: Part, iris: Sequence[str]) -> str:
        return (
            f"{shown(node.value)} is known, but {_place(part, node)} it has no match; in its place fit, for example, "
            f"{', '.join(map(shown, sorted(iris)[:SHOWN]))}"
        )

    def literal(self, node: Literal, fitting: Sequence[Term], place: str) -> Cause | None:
        """Return what is wrong with a literal, of which ``fitting`` are the values that would match."""
        found = variants(node, fitting)
        if found:
            suggestions = tuple(self._replacing(node, value) for value, _ in found[:SHOWN])
            nearest, how = found[0]
            there = self.repairer.term(as_node(nearest))
            sentence = f"the literal {self._text(node)} has no match {place}; the graph has it {how}: {there}"
            return Cause(Kind.OTHER_LITERAL, sentence, node.span, self._text(node), suggestions, score=90)
        named = [iri for iri in iris_of(fitting) if self._is_called(iri, node.value)]
        if named:
            same = "that IRI" if node.value in {*named, *map(shown, named)} else "that name"
            sentence = f"the text {self._text(node)} stands where the graph has a thing of {same}"
            suggestions = tuple(self._replacing(node, NamedNode(iri)) for iri in named[:SHOWN])
            return Cause(Kind.WRONG_VALUE, sentence, node.span, self._text(node), suggestions, score=88)
        alike = misspelt(node, fitting)
        if not fitting:
            return None
        examples = ", ".join(
            self._shown(value)
            for value in sorted(fitting, key=lambda each: (_language(each) != node.language, str(each)))[:SHOWN]
        )
        sentence = f"the literal {self._text(node)} has no match {place}"
        if not alike:
            sentence += f"; values that have one are, for example, {examples}"
        suggestions = tuple(self._replacing(node, value) for value in alike)
        return Cause(
            Kind.WRONG_VALUE, sentence, node.span, self._text(node), suggestions, score=65 if alike else _UNLIKE
        )

    def _replacing(self, node: Literal, value: NamedNode | LiteralTerm) -> Suggestion:
        text = self.repairer.term(as_node(value))
        return self.repairer.suggestion(text, Edit(node.span.start, node.span.end, text))

    def _is_called(self, iri: str, text: str) -> bool:
        return text in {iri, shown(iri)} or reduced(text) in self.terms.vocabulary.labels.get(iri, ())

    def _shown(self, value: Term) -> str:
        return self.repairer.term(as_node(value)) if isinstance(value, NamedNode | LiteralTerm) else str(value)

    def _text(self, node: Iri | Literal) -> str:
        return shortened(self.repairer.written(node.span))


def _column_of(block: Values, node: Iri | Literal) -> tuple[Variable | None, Values | None]:
    """Return the variable that a data block gives a constant to, and the block of what else the row of it holds."""
    for row in block.rows:
        for variable, value in zip(block.variables, row.values, strict=True):
            if value is node:
                others = [pair for pair in zip(block.variables, row.values, strict=True) if pair[0] is not variable]
                rest = Row(row.span, tuple(value for _, value in others))
                return variable, Values(block.span, tuple(name for name, _ in others), (rest,)) if others else None
    return None, None


def role_of(part: Part, node: Iri) -> Role:
    """Return what a part takes an IRI for."""
    if node in part.graphs or (isinstance(part.pattern, GraphPattern) and part.pattern.name is node):
        return Role.GRAPH
    if part.triple and not any(end is node for end in _ends(part)):
        return Role.PROPERTY
    if part.triple and part.triple.is_type and part.triple.object is node:
        return Role.CLASS
    return Role.THING


def _language(term: Term) -> str:
    return (getattr(term, "language", None) or "").lower()


def _ends(part: Part) -> tuple[Node, ...]:
    return (part.triple.subject, part.triple.object) if part.triple else ()


def _string(text: str) -> Literal:
    return Literal(NOWHERE, text, f"{XSD}string", "")


def _with_hole(part: Part, node: Iri | Literal) -> TriplesBlock | GraphPattern:
    changed: TriplesBlock | GraphPattern = transform(part.pattern, lambda each: _HOLE if each is node else each)  # type: ignore[assignment]
    return changed


def _place(part: Part, node: Iri | Literal) -> str:
    triple = part.triple
    if triple is None:
        return "here"
    if node is triple.object and isinstance(triple.path, Iri):
        return (
            "as the class of what the pattern asks for"
            if triple.is_type
            else f"as the value of {shown(triple.path.value)}"
        )
    if node is triple.subject and isinstance(triple.path, Iri):
        return f"as the subject of {shown(triple.path.value)}"
    return "in this pattern"
