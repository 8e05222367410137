"""Terms of a query that cannot match, alone or in their place.

`TermCheck` finds those that are unknown to ontology and data, under another namespace, or declared and never used.
`variants` and `misspelt` find literals that exist only in another form: another language, datatype, case or white
space. `ConstantCheck` finds what would have to stand in the place of each constant for a pattern to have a solution.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.terms import RDF, XSD, compact
from kg.core.text import shortened
from kg.query.diagnosis.model import SHOWN, Cause, Kind, Suggestion
from kg.query.diagnosis.parts import constants, group_of
from kg.query.diagnosis.probes import Edit
from kg.query.vocabulary import NAMING, Role, local_name, meant_iri, meant_namespace, reduced, shown
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
    PrefixDeclaration,
    Row,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
    transform,
    walk,
)
from kg.sparql.variables import as_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.query.diagnosis.model import Suggestion
    from kg.query.diagnosis.parts import Part
    from kg.query.diagnosis.probes import Prober, Repairer
    from kg.query.vocabulary import Vocabulary
    from kg.sparql import Node
    from kg.store.protocol import Term


_UNUSED: Final = {
    Role.CLASS: "{} is declared, but the graph holds nothing of this class",
    Role.PROPERTY: "{} is declared, but no statement of the graph has it as its property",
    Role.GRAPH: "{} is no graph of the store",
}


class TermCheck:
    """Looks at the IRIs of a query one by one."""

    def __init__(self, repairer: Repairer, vocabulary: Vocabulary) -> None:
        self.repairer = repairer
        self.vocabulary = vocabulary
        prologue = repairer.query.prologue
        self._declared = {each.prefix: each for each in prologue if isinstance(each, PrefixDeclaration)}

    def cause(self, node: Iri, role: Role, fitting: Iterable[str] = ()) -> Cause | None:
        """Return what is wrong with an IRI in a role, if anything.

        ``fitting`` are IRIs that would match in its place.
        """
        wrong = self._wrong_prefix(node)
        if wrong:
            return wrong
        fitting = tuple(fitting)
        if not self.vocabulary.occurs(node.value):
            return self._unknown(node, role, fitting)
        if role is Role.THING or self.vocabulary.used(node.value, role):
            return None
        near = self.near(node, role, fitting)
        declared = role is Role.GRAPH or node.value in self.vocabulary.candidates(role)
        sentence = (_UNUSED[role] if declared else f"{{}} is in the graph, but not as a {role}").format(
            shown(node.value)
        )
        other = next(
            (
                each
                for each in (Role.CLASS, Role.PROPERTY)
                if each is not role and self.vocabulary.used(node.value, each)
            ),
            None,
        )
        if other:
            sentence = f"{shown(node.value)} is a {other} and stands here as a {role}"
        others = tuple(each for each in self.replacing(node, near) if other or each.gives_rows)
        return Cause(Kind.UNUSED_TERM, sentence, node.span, self.repairer.written(node.span), others, score=85)

    def _unknown(self, node: Iri, role: Role, fitting: Sequence[str]) -> Cause:
        written = self.repairer.written(node.span)
        meant = meant_iri(node.value)
        if meant and self.vocabulary.occurs(meant):
            sentence = (
                f"{written} is in no statement of the graph, which has {shown(meant)}, <{meant}>: compare the "
                "beginnings"
            )
            return Cause(Kind.WRONG_PREFIX, sentence, node.span, written, self.replacing(node, [meant]), score=108)
        what = {Role.CLASS: "class", Role.PROPERTY: "property", Role.GRAPH: "graph", Role.THING: "thing"}[role]
        sentence = f"{written} is in no statement of the graph: neither ontology nor data know such a {what}"
        return Cause(
            Kind.UNKNOWN_TERM,
            sentence,
            node.span,
            written,
            self.replacing(node, self.near(node, role, fitting)),
            score=100,
        )

    def near(self, node: Iri, role: Role, fitting: Sequence[str]) -> list[str]:
        """Return what may be meant by an IRI: what resembles it and would match, then what resembles it."""
        bare = node.value.rstrip("/#")
        if bare != node.value and self.vocabulary.occurs(bare):
            return [bare]
        same = self.same_use(node, fitting) if role is Role.PROPERTY else []
        matching = [*same, *self.vocabulary.near(node.value, role, fitting)]
        others = self.vocabulary.near(node.value, role)
        merged = list(dict.fromkeys([*matching, *others]))
        best = max((self.vocabulary.likeness(node.value, each) for each in merged), default=0)
        merged = [each for each in merged if each in same or self.vocabulary.likeness(node.value, each) >= best - 0.15]
        return sorted(merged, key=lambda each: each not in fitting)[:SHOWN]

    @staticmethod
    def same_use(node: Iri, fitting: Iterable[str]) -> list[str]:
        """Return the matching properties with which other vocabularies say what a thing is called."""
        named = {local_name(iri).casefold() for iri in NAMING}
        return sorted(NAMING.intersection(fitting) - {node.value}) if local_name(node.value).casefold() in named else []

    def replacing(self, node: Iri, others: Iterable[str]) -> tuple[Suggestion, ...]:
        """Return suggestions of other IRIs wherever this one is written the same way; those with an answer first."""
        places = [
            each.span
            for each in walk(self.repairer.query)
            if isinstance(each, Iri) and each.value == node.value and _inside(each)
        ]
        written = self.repairer.written(node.span)
        places = [span for span in places if self.repairer.written(span) == written]
        found = []
        for iri in others:
            text = self.repairer.term(Iri(node.span, iri, ""))
            found.append(self.repairer.suggestion(text, *(Edit(span.start, span.end, text) for span in places)))
        return tuple(sorted(found, key=lambda suggestion: not suggestion.gives_rows))

    def _wrong_prefix(self, node: Iri) -> Cause | None:
        """Find a prefix that is declared for another namespace than the one it is known for."""
        prefix, colon, local = node.written.partition(":")
        declaration = self._declared.get(prefix) if colon and not node.written.startswith("<") else None
        if declaration is None:
            return None
        namespace = declaration.iri.value
        meant = meant_namespace(prefix, namespace)
        if not meant or not self.vocabulary.occurs(meant + local):
            return None
        unknown = not self.vocabulary.occurs(node.value)
        span = declaration.iri.span
        suggestion = self.repairer.suggestion(f"<{meant}>", Edit(span.start, span.end, f"<{meant}>"))
        if not unknown and not suggestion.gives_rows:
            return None
        sentence = f"the prefix {prefix}: is declared here as <{namespace}>, but it is known as <{meant}>"
        if unknown:
            sentence += f", where {prefix}:{local} is"
        return Cause(Kind.WRONG_PREFIX, sentence, span, self.repairer.written(span), (suggestion,), score=110)


def _inside(node: Iri | Literal) -> bool:
    return node.span.end > node.span.start


_LONGEST: Final = 200
_ALIKE = 0.8


def difference(literal: Literal, other: LiteralTerm) -> str:
    """Describe how another literal with the same text or number differs.

    Empty where the text is another or nothing differs.
    """
    differences = []
    if literal.value != other.value:
        if _number(literal.value) is not None and _number(literal.value) == _number(other.value):
            differences.append("written in another way")
        elif literal.value.casefold() == other.value.casefold():
            differences.append("in other case")
        elif _spaceless(literal.value) == _spaceless(other.value):
            differences.append("with other white space")
        elif _spaceless(normalize("NFKC", literal.value)) == _spaceless(normalize("NFKC", other.value)):
            differences.append("in characters of other width or form")
        else:
            return ""
    if literal.language.casefold() != (other.language or ""):
        tag = f"with the language tag @{other.language}" if other.language else "without a language tag"
        differences.append(tag)
    elif literal.datatype != other.datatype.value:
        differences.append(f"as {kind_of(other)}")
    return " and ".join(differences)


_LEAST, _GREATEST = -(2**63), 2**63 - 1
_WHOLE: Final = re.compile(r"\s*([+-]?)0*([0-9]+)\s*")
_DIGITS: Final = 19  # of the greatest number of 64 bits


def _beyond_64_bits(text: str) -> bool:
    """Return whether a text is a whole number that 64 bits cannot hold; a float would round the greatest up."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        return False
    return len(match[2]) > _DIGITS or not _LEAST <= int(match[1] + match[2]) <= _GREATEST


def kind_of(term: Term) -> str:
    """Return what kind of value a term is, in words."""
    if not isinstance(term, LiteralTerm):
        return "an IRI"
    if term.language:
        return f"text in the language {term.language}"
    datatype = term.datatype.value
    if datatype in {f"{XSD}string", f"{RDF}langString"}:
        return "text without a language"
    if datatype == f"{XSD}integer" and _beyond_64_bits(term.value):
        return "a whole number beyond 64 bits"
    if datatype in {f"{XSD}integer", f"{XSD}decimal", f"{XSD}double", f"{XSD}float"}:
        return f"a number ({compact(datatype)})"
    return f"a value of {compact(datatype)}"


def iris_of(values: Iterable[Term]) -> list[str]:
    """Return the IRIs among some values."""
    return [value.value for value in values if isinstance(value, NamedNode)]


def variants(literal: Literal, values: Iterable[Term]) -> list[tuple[LiteralTerm, str]]:
    """Return the values that say the same in another form, with the difference, the nearest first."""
    found = [(value, difference(literal, value)) for value in values if isinstance(value, LiteralTerm)]
    different = [(value, how) for value, how in found if how]
    return sorted(different, key=lambda pair: (pair[1].count(" and "), pair[0].value != literal.value, str(pair[0])))


def misspelt(literal: Literal, values: Iterable[Term]) -> list[LiteralTerm]:
    """Return the values whose text resembles a literal's, the most alike first."""
    length = len(literal.value)
    if length > _LONGEST:  # no slip, and the time grows with the square
        return []
    texts = [
        value
        for value in values
        if isinstance(value, LiteralTerm) and len(value.value) <= 2 * length and _number(value.value) is None
    ]
    scored = [(SequenceMatcher(None, literal.value.casefold(), text.value.casefold()).ratio(), text) for text in texts]
    return [text for score, text in sorted(scored, key=lambda pair: (-pair[0], str(pair[1]))) if score >= _ALIKE][:2]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _spaceless(text: str) -> str:
    return "".join(text.split()).casefold()


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
