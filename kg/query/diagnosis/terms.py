"""Terms that cannot match: unknown to ontology and data, under another namespace, or declared and never used.

`variants` and `misspelt` find literals that exist only in another form: another language, datatype, case or white
space.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.terms import RDF, XSD, compact
from kg.query.diagnosis.model import SHOWN, Cause, Kind
from kg.query.diagnosis.probes import Edit
from kg.query.vocabulary import NAMING, Role, local_name, meant_iri, meant_namespace, shown
from kg.sparql import Iri, PrefixDeclaration, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.query.diagnosis.model import Suggestion
    from kg.query.diagnosis.probes import Repairer
    from kg.query.vocabulary import Vocabulary
    from kg.sparql import Literal
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


_BEYOND: Final = 2.0**63


def kind_of(term: Term) -> str:
    """Return what kind of value a term is, in words."""
    if not isinstance(term, LiteralTerm):
        return "an IRI"
    if term.language:
        return f"text in the language {term.language}"
    datatype = term.datatype.value
    if datatype in {f"{XSD}string", f"{RDF}langString"}:
        return "text without a language"
    if datatype == f"{XSD}integer" and (number := _number(term.value)) is not None and abs(number) >= _BEYOND:
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
