"""Parts that have no solution together: which of the usual mistakes accounts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.terms import RDF, term
from kg.core.text import shortened
from kg.query.diagnosis.model import SHOWN, Cause, Kind
from kg.query.diagnosis.parts import Part, Triple, group_of, triple_pattern
from kg.query.diagnosis.probes import Edit
from kg.query.diagnosis.terms import iris_of, kind_of
from kg.query.vocabulary import NAMING, Role, local_name, shown
from kg.sparql import (
    NOWHERE,
    Bind,
    GraphPattern,
    Group,
    Iri,
    Literal,
    PathInverse,
    Span,
    Values,
    Variable,
    replace,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.diagnosis.model import Suggestion
    from kg.query.diagnosis.terms import ConstantCheck
    from kg.store.protocol import Term

_TRIED: Final = 12  # renamings of a variable, or steps before a property, that are tried
_STEPS: Final = 3  # steps that are offered

_BESIDES: Final = {term("Topic").value}
"""What a thing is only because something is said about it, which says nothing of what it is."""


class JoinCheck:
    """Looks at parts that have no solution together, none of which can be left out."""

    def __init__(self, constants: ConstantCheck) -> None:
        self.constants = constants
        self.prober = constants.prober
        self.repairer = constants.repairer

    def causes(self, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes that come into question; at least one."""
        found = list(self.constants.causes(parts))
        if any(cause.score >= 100 for cause in found):  # noqa: PLR2004 - a term that nobody knows needs no other cause
            return found
        found += self._directions(parts)
        found += self._neighbours(parts)
        found += self._graphs(parts)
        found += self._classes(parts)
        found += self._kinds_of_values(parts)
        found += self._names(parts)
        found += self._values(parts)
        return found if any(cause.score >= 60 for cause in found) else [*found, self._plain(parts)]  # noqa: PLR2004 - a good guess

    # --- the wrong way round -----------------------------------------------------------------------------------------

    def _directions(self, parts: Sequence[Part]) -> Iterator[Cause]:
        for part in parts:
            triple = part.triple
            if (
                triple is None
                or not isinstance(triple.path, Iri)
                or triple.is_type
                or isinstance(triple.object, Literal)
            ):
                continue
            turned = self._turned(part, triple)
            if self.prober.ask(group_of([turned if other is part else other for other in parts])):
                yield self._direction(triple, triple.path)

    @staticmethod
    def _turned(part: Part, triple: Triple) -> Part:
        pattern = triple_pattern(Triple(triple.object, triple.path, triple.subject))
        if isinstance(part.pattern, GraphPattern):
            return part.standing(replace(part.pattern, group=Group(NOWHERE, (pattern,))))
        return part.standing(pattern)

    def _direction(self, triple: Triple, path: Iri) -> Cause:
        span, edit = path.span, Edit(path.span.start, path.span.start, "^")
        text = f"^{self.repairer.written(path.span)}"
        if triple.inverse:
            outer = next(
                n
                for n in walk(self.repairer.query)
                if isinstance(n, PathInverse) and n.path == path and n.path.span == path.span
            )
            span, edit, text = outer.span, Edit(outer.span.start, path.span.start, ""), self.repairer.written(path.span)
        suggestion = self.repairer.suggestion(text, edit)
        sentence = (
            f"{shown(path.value)} matches nothing in this direction, but it does from what stands here as its value to "
            "its subject"
        )
        return Cause(
            Kind.WRONG_DIRECTION,
            sentence,
            span,
            self.repairer.written(span),
            (suggestion,),
            score=80 if suggestion.gives_rows else 55,
        )

    # --- a property of a neighbour ------------------------------------------------------------------------------------

    def _neighbours(self, parts: Sequence[Part]) -> Iterator[Cause]:
        """Find properties that what stands here does not have, and a thing does to which one step leads."""
        typed = {
            part.triple.subject.name
            for part in parts
            if part.triple and part.triple.is_type and isinstance(part.triple.subject, Variable)
        }
        for part in parts:
            triple = part.triple
            if (
                triple is None
                or triple.is_type
                or triple.inverse
                or part.graphs
                or not isinstance(triple.path, Iri)
                or triple.path.value in NAMING
                or not isinstance(triple.subject, Variable)
                or triple.subject.name not in typed
            ):
                continue
            steps = self._steps_before(triple, [other for other in parts if other is not part])
            suggestions = tuple(
                self.repairer.suggestion(
                    f"{step}/{self.repairer.written(triple.path.span)}",
                    Edit(triple.path.span.start, triple.path.span.start, f"{step}/"),
                )
                for step in steps
            )
            if any(suggestion.gives_rows for suggestion in suggestions):
                sentence = (
                    f"{shown(triple.path.value)} is no property of {_called(triple.subject.name)} but of its neighbours"
                )
                yield Cause(
                    Kind.CLASS_CLASH,
                    sentence,
                    triple.path.span,
                    self.repairer.written(triple.path.span),
                    suggestions,
                    also=tuple(other.span for other in parts if other is not part),
                    score=77,
                )

    def _steps_before(self, triple: Triple, others: Sequence[Part]) -> list[str]:
        """Return the properties, those that lead backwards with ``^``, after which a triple fits the other parts."""
        step, between = Variable(NOWHERE, "__step"), Variable(NOWHERE, "__between")
        onward = Part(triple_pattern(Triple(between, triple.path, triple.object)), NOWHERE)
        found: list[str] = []
        for sign, start, end in (("", triple.subject, between), ("^", between, triple.subject)):
            first = Part(triple_pattern(Triple(start, step, end)), NOWHERE)
            values = self.prober.values(step, group_of([*others, onward, first]), _TRIED)
            iris = sorted(value.value for value in values if isinstance(value, NamedNode))
            found += [f"{sign}{self.repairer.term(Iri(NOWHERE, iri, ''))}" for iri in iris if iri != f"{RDF}type"]
        return found[:_STEPS]

    # --- another graph -----------------------------------------------------------------------------------------------

    def _graphs(self, parts: Sequence[Part]) -> Iterator[Cause]:
        names = {name.span: name for part in parts for name in part.graphs if isinstance(name, Iri)}
        for span, name in names.items():
            anywhere = Variable(NOWHERE, "__graph")
            moved = [_in_graph(part, name, anywhere) for part in parts]
            graphs = iris_of(self.prober.values(anywhere, group_of(moved)))
            unknown = self.constants.terms.cause(name, Role.GRAPH, graphs)
            if unknown:
                yield unknown
            elif graphs:
                sentence = (
                    f"what is asked of {shown(name.value)} stands in another graph: "
                    f"{', '.join(map(shown, sorted(graphs)))}"
                )
                suggestions = self.constants.terms.replacing(name, sorted(graphs)[:SHOWN])
                yield Cause(Kind.WRONG_GRAPH, sentence, span, self.repairer.written(span), suggestions, score=88)
        yield from self._graphs_apart(parts)

    def _graphs_apart(self, parts: Sequence[Part]) -> Iterator[Cause]:
        """Find statements that no single graph holds together, though several do."""
        for name in {graph.span: graph for part in parts for graph in part.graphs}.values():
            moved = [_in_graph(part, name, Variable(NOWHERE, f"__graph_{number}")) for number, part in enumerate(parts)]
            if sum(one is not other for one, other in zip(parts, moved, strict=True)) > 1 and self.prober.ask(
                group_of(moved)
            ):
                word = self._word_before(name)
                edit = Edit(word.start, name.span.end, "")
                sentence = f"no one graph holds {_described(parts)} together; several graphs do, each a part"
                written = self.repairer.text[word.start : name.span.end]
                yield Cause(
                    Kind.WRONG_GRAPH, sentence, word, written, (self.repairer.suggestion("no GRAPH", edit),), score=86
                )

    def _word_before(self, name: Iri | Variable) -> Span:
        """Return the place from GRAPH to the name of the graph."""
        start = self.repairer.text.upper().rfind("GRAPH", 0, name.span.start)
        before = self.repairer.text[:start]
        return Span(start, name.span.end, before.count("\n") + 1, len(before) - before.rfind("\n"))

    # --- classes -----------------------------------------------------------------------------------------------------

    def _classes(self, parts: Sequence[Part]) -> Iterator[Cause]:
        for part in parts:
            triple = part.triple
            if triple is None or not triple.is_type or not isinstance(triple.object, Iri):
                continue
            node = triple.object
            if all(isinstance(other.pattern, Values) for other in parts if other is not part):
                continue  # the values that were chosen are not of the class, not the other way round
            fitting = self.constants.fitting(parts, part, node)
            classes = [iri for iri in iris_of(fitting) if iri not in _BESIDES] or iris_of(fitting)
            if classes and self.constants.terms.vocabulary.occurs(node.value):
                others = [other for other in parts if other is not part]
                classes = self.constants.terms.vocabulary.most_special(classes)
                kinds = ", ".join(map(shown, _telling(classes)))
                sentence = f"nothing that matches {_described(others)} is a {shown(node.value)}; it is {kinds}"
                suggestions = self.constants.terms.replacing(node, _telling(classes))
                also = tuple(other.span for other in others)
                yield Cause(
                    Kind.CLASS_CLASH, sentence, node.span, self.repairer.written(node.span), suggestions, also, score=76
                )

    # --- values that can never be equal ------------------------------------------------------------------------------

    def _kinds_of_values(self, parts: Sequence[Part]) -> Iterator[Cause]:
        for name in sorted(set().union(*(part.variables for part in parts))):
            holding = [part for part in parts if name in part.variables and not isinstance(part.pattern, Bind)]
            for position, one in enumerate(holding):
                for other in holding[position + 1 :]:
                    yield from self._kinds(parts, name, one, other)
            for bind in (
                part for part in parts if isinstance(part.pattern, Bind) and part.pattern.variable.name == name
            ):
                rest = [part for part in parts if part is not bind]
                for other in holding[:1]:
                    yield from self._kinds(rest, name, bind, other)

    def _kinds(self, parts: Sequence[Part], name: str, one: Part, other: Part) -> Iterator[Cause]:
        first = self._values_of(name, one, parts)
        second = self._values_of(name, other, parts)
        if not first or not second:
            return
        if {_sort(value) for value in first} & {_sort(value) for value in second}:
            yield from self._classes_apart(name, one, other)
            return
        sentence = (
            f"{_called(name)} is {kind_of(first[0])} in {self._quoted(one)} and {kind_of(second[0])} in "
            f"{self._quoted(other)}"
        )
        yield Cause(
            Kind.JOIN,
            f"{sentence}: the two are never equal",
            one.span,
            self._quoted(one),
            also=(other.span,),
            score=70,
        )

    def _classes_apart(self, name: str, one: Part, other: Part) -> Iterator[Cause]:
        """Find a variable whose values in two parts never belong to one class."""
        first, second = self._classes_of(name, one), self._classes_of(name, other)
        if first and second and not first & second:
            special = self.constants.terms.vocabulary.most_special
            kinds = [" or ".join(map(shown, _telling(special(classes)))) for classes in (first, second)]
            sentence = (
                f"{_called(name)} is a {kinds[0]} in {_described([one])} and a {kinds[1]} in {_described([other])}: "
                "nothing is both"
            )
            yield Cause(Kind.CLASS_CLASH, sentence, other.span, self._quoted(other), also=(one.span,), score=68)

    def _classes_of(self, name: str, part: Part) -> set[str]:
        node, cls = Variable(NOWHERE, name), Variable(NOWHERE, "__class")
        typed = Part(triple_pattern(Triple(node, Iri(NOWHERE, f"{RDF}type", "a"), cls)), part.span)
        classes = set(iris_of(self.prober.values(cls, group_of([part, typed]))))
        return classes - _BESIDES or classes

    def _values_of(self, name: str, part: Part, parts: Sequence[Part]) -> list[Term]:
        variable = Variable(NOWHERE, name)
        if isinstance(part.pattern, Bind):
            others = [other for other in parts if name not in other.variables]
            return self.prober.values(part.pattern.expression, group_of(others), 50)
        return self.prober.values(variable, group_of([part]), 50)

    # --- a variable under another name -------------------------------------------------------------------------------

    def _names(self, parts: Sequence[Part]) -> Iterator[Cause]:
        written = {n.name for n in walk(self.repairer.query) if isinstance(n, Variable)}
        tried = 0
        for part in parts if len(parts) > 1 else ():
            for node in (part.triple.subject, part.triple.object) if part.triple else ():
                if not isinstance(node, Variable) or node.span == NOWHERE:
                    continue
                for other in sorted(name for name in written if name != node.name and _alike(name, node.name)):
                    tried += 1
                    suggestion = self._renamed(node, other) if tried <= _TRIED else None
                    if suggestion and suggestion.gives_rows:
                        sentence = f"?{node.name} joins {_described(parts)}, which have no solution together"
                        yield Cause(Kind.JOIN, sentence, node.span, f"?{node.name}", (suggestion,), score=78)

    def _renamed(self, node: Variable, other: str) -> Suggestion:
        return self.repairer.suggestion(f"?{other}", Edit(node.span.start, node.span.end, f"?{other}"))

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _values(self, parts: Sequence[Part]) -> Iterator[Cause]:
        for part in parts:
            if not isinstance(part.pattern, Values):
                continue
            names = " ".join(f"?{variable.name}" for variable in part.pattern.variables)
            others = [other for other in parts if other is not part]
            sentence = f"VALUES gives {names} no value that fits {_described(others)}"
            if self.repairer.is_parameter(part.pattern.variables[0].name):
                name, given = part.pattern.variables[0].name, self.repairer.written(part.pattern.rows[0].span)
                sentence = f"the value of the parameter '{name}', {given}, does not fit {_described(others)}"
            if not part.pattern.rows:
                sentence = f"VALUES gives {names} no value at all"
            else:
                fitting = self.prober.values(part.pattern.variables[0], group_of(others), 50)
                examples = [shown(each.value) if isinstance(each, NamedNode) else str(each) for each in fitting]
                sentence += (
                    f"; what would fit ?{part.pattern.variables[0].name} is, for example, "
                    f"{', '.join(sorted(examples)[:SHOWN])}"
                )
            span = part.pattern.rows[0].span if len(part.pattern.rows) == 1 else part.span
            yield Cause(
                Kind.VALUES, sentence, span, self.repairer.written(span), also=tuple(o.span for o in others), score=72
            )

    def _plain(self, parts: Sequence[Part]) -> Cause:
        first, *others = parts
        if not others:
            sentence = f"no statement of the graph matches {_described(parts)}"
            return Cause(Kind.NO_STATEMENT, sentence, first.span, self._quoted(first), score=30)
        names = [name for part in parts for name in part.variables if not name.startswith("__")]
        shared = sorted({name for name in names if names.count(name) > 1})
        through = f", joined by {', '.join(f'?{name}' for name in shared)}" if shared else ""
        sentence = f"each of these has solutions, but not together{through}: {_described(parts)}"
        also = tuple(other.span for other in others)
        return Cause(Kind.JOIN, sentence, first.span, self._quoted(first), also=also, score=40)

    def _quoted(self, part: Part) -> str:
        return " ".join(self.repairer.written(part.span).split())


def _in_graph(part: Part, name: Iri | Variable, graph: Variable) -> Part:
    if isinstance(part.pattern, GraphPattern) and part.pattern.name == name:
        return part.standing(replace(part.pattern, name=graph))
    return part


def _called(name: str) -> str:
    """Return a variable as it is written; one that stands for a blank node or a step of a path is not."""
    return "what joins them" if name.startswith("__") else f"?{name}"


def _described(parts: Sequence[Part]) -> str:
    """Return parts in a few words."""
    return " and ".join(shortened(words) for words in dict.fromkeys(map(_words, parts)))


def _words(part: Part) -> str:
    if part.triple is None:
        kind = type(part.pattern).__name__
        return {"SubSelect": "the inner query", "GraphPattern": "GRAPH", "Group": "the group"}.get(kind, kind.upper())
    return f"'{_end(part.triple.subject)} {_verb(part)} {_end(part.triple.object)}'"


def _verb(part: Part) -> str:
    path = part.triple.path if part.triple else None
    if isinstance(path, Iri):
        return "a" if part.triple and part.triple.is_type else shown(path.value)
    return f"?{path.name}" if isinstance(path, Variable) else "a path"


def _end(node: Variable | Iri | Literal) -> str:
    if isinstance(node, Variable):
        return "[]" if node.name.startswith("__") else f"?{node.name}"
    return shown(node.value) if isinstance(node, Iri) else f'"{node.value}"'


def _telling(classes: Sequence[str]) -> list[str]:
    """Return the classes that say most: those of the ontology of this graph before those of others."""
    return sorted(classes, key=lambda iri: ("w3id.org/motkg" not in iri, local_name(iri)))[:SHOWN]


def _sort(term: Term) -> str:
    """Return what decides whether two terms can be equal: things, texts of a language, numbers, other literals."""
    if not isinstance(term, LiteralTerm):
        return "thing"
    return f"@{term.language}" if term.language else term.datatype.value


def _alike(one: str, other: str) -> bool:
    ends = one.casefold().endswith(other.casefold()) or other.casefold().endswith(one.casefold())
    return not other.startswith("__") and (ends or _typo(one, other))


def _typo(one: str, other: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio() >= 0.8  # noqa: PLR2004
