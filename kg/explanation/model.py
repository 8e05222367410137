"""An explanation: a tree from a statement down to what was asserted, and its sentences."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.core.terms import BASE, SVG, compact, expand, prefixes, term
from kg.core.text import TextInNotebooks, counted, in_dot, markup, printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.core.origin import Origin
    from kg.query.sources import Place

    Labels = Mapping[str, str]
    from collections.abc import Callable, Mapping


class Kind(StrEnum):
    """How a statement came to be in the graph."""

    ASSERTED = "asserted"  # a source says so
    INFERRED = "inferred"  # by a rule of OWL 2 RL
    DERIVED = "derived"  # by a rule of ontology/rules
    COMPUTED = "computed"  # a statistic or an audit, by a method
    RECORDED = "recorded"  # by the build itself, about its inputs


@dataclass(frozen=True, slots=True)
class Explanation(TextInNotebooks):
    """A statement with how it came to be in the graph.

    ``rule`` names the rule or method, ``words`` says what it does. An asserted statement has the IRI of its graph, its
    place in a file where that is known, and ``stated``: the places of the documents that say so. All others have
    ``because``: the explanations of the statements that the rule needed.
    """

    statement: Triple
    kind: Kind
    rule: str = ""
    words: str = ""
    graph: str = ""
    place: Origin | None = None
    stated: tuple[Place, ...] = ()
    because: tuple[Explanation, ...] = ()

    def __str__(self) -> str:
        """Return the summary and the tree as text, with CURIEs; ``as_text`` takes labels."""
        return f"{self.summary}\n\n{as_text([self], {})}"

    @property
    def summary(self) -> str:
        """What is claimed, and whether it is stated or derived, in how many steps and from which sources."""
        return summary([self], {})

    def walk(self) -> Iterator[Explanation]:
        """Yield this explanation and all below it."""
        yield self
        for premise in self.because:
            yield from premise.walk()

    def leaves(self) -> list[Explanation]:
        """Return what everything rests on, each statement once."""
        return list({step.statement: step for step in self.walk() if not step.because}.values())


def summary(explanations: list[Explanation], labels: Labels, claim: str = "") -> str:
    """Return in one or two sentences what is claimed, and what it rests on.

    A step is the use of one rule or method. ``claim`` says in words what several statements support together.
    """
    steps = {step.statement: step for top in explanations for step in top.walk()}
    leaves = {statement: step for statement, step in steps.items() if not step.because}
    made = len(steps) - len(leaves)
    sources = _sources(leaves.values())
    if claim or len(explanations) != 1:
        if not explanations:
            return printable(f"{claim} No statement was found that it rests on.".strip())
        stated = sum(1 for top in explanations if not top.because)
        derived = len(explanations) - stated
        kinds = [
            f"{stated:,} stated" if stated else "",
            f"{derived:,} derived in {counted(made, 'step')}" if made else "",
        ]
        head = f"{claim} It rests on" if claim else "Explained:"
        about = f"{counted(len(explanations), 'statement')}, {' and '.join(filter(None, kinds))}"
        return printable(f"{head} {about}; {_in_words(sources)}.")
    (top,) = explanations
    claimed = f"The claim: {statement_in_words(top.statement, labels)}."
    if top.kind is Kind.RECORDED:
        return printable(f"{claimed} It is {top.words}.")
    if not top.because:
        return printable(f"{claimed} It is stated, not derived; {_in_words(sources)}.")
    by = f" by {top.rule}" if top.rule else ""
    last = by if made == 1 else f", the last{by}," if by else ""
    basis = counted(len(leaves), "statement")
    return printable(f"{claimed} It is derived in {counted(made, 'step')}{last} from {basis}; {_in_words(sources)}.")


def _sources(leaves: Iterable[Explanation]) -> list[str]:
    """Return the documents that state statements, or else the files or graphs that they stand in."""
    names: dict[str, None] = {}
    for leaf in leaves:
        if leaf.stated:
            names |= dict.fromkeys(place.document for place in leaf.stated)
        elif leaf.graph == f"{BASE}graph/ontology":
            names["the ontology"] = None
        elif leaf.place:
            names[leaf.place.file] = None
        else:
            names[f"graph {compact(leaf.graph)}" if leaf.graph else "what the graph holds"] = None
    return list(names)


def _in_words(sources: list[str]) -> str:
    noun = "source" if len(sources) == 1 else "sources"
    return f"{noun}: {', '.join(sources)}"


def statement_in_words(statement: Triple, labels: Labels) -> str:
    """Return a statement on one line, with the labels of its terms, or their CURIEs where they have none."""
    names = (_name(node, labels) for node in (statement.subject, statement.predicate, statement.object))
    return printable(" — ".join(names))


def reason_in_words(explanation: Explanation) -> str:
    """Return on one line how a statement came to be in the graph."""
    return printable(_reason(explanation))


def _reason(explanation: Explanation) -> str:
    if explanation.kind is Kind.ASSERTED:
        where = [str(explanation.place)] if explanation.place else [f"graph {compact(explanation.graph)}"]
        return "asserted: " + "; ".join([*where, *map(str, explanation.stated)])
    if explanation.kind is Kind.RECORDED:
        return explanation.words
    by = f"{explanation.kind} by {explanation.rule}" if explanation.rule else str(explanation.kind)
    return f"{by}: {explanation.words}" if explanation.words else by


def _name(node: object, labels: Labels) -> str:
    if isinstance(node, NamedNode):
        return labels.get(node.value) or compact(node.value).strip("<>").removeprefix(f"{BASE}id/")
    return f"“{node.value}”" if isinstance(node, Literal) else str(node)


MOST: Final = 200
"""How many solutions of a pattern an explanation looks at."""
_ROW, _INDENT, _CHARACTER, _MARGIN = 34, 26, 7, 12
_COLOURS: Final = {Kind.ASSERTED: "#1b6e3a", Kind.RECORDED: "#1b6e3a"}


def as_text(explanations: list[Explanation], labels: Labels) -> str:
    """Return trees of lines; each statement is followed by how it came to be."""
    return printable_lines(
        "".join(line for explanation in explanations for line in _lines(explanation, labels, "", ""))
    )


def _lines(explanation: Explanation, labels: Labels, first: str, others: str) -> Iterator[str]:
    yield f"{first}{statement_in_words(explanation.statement, labels)}\n"
    below = explanation.because
    yield f"{others}{'│  ' if below else '   '}{reason_in_words(explanation)}\n"
    for number, premise in enumerate(below, 1):
        last = number == len(below)
        yield from _lines(premise, labels, f"{others}{'└─ ' if last else '├─ '}", f"{others}{'   ' if last else '│  '}")


def as_json(explanations: list[Explanation], labels: Labels, whole: str = "") -> str:
    """Return a list of trees.

    Each begins with a summary, and has the statement as N-Triples and in words, its kind, rule, place, places in
    documents, and the trees below it. ``whole`` is the summary of several trees, which each of them repeats.
    """
    trees = [
        {"summary": summary([top], labels), **({"answer": whole} if whole else {}), **_object(top, labels)}
        for top in explanations
    ]
    return json.dumps(trees, ensure_ascii=False, indent=2) + "\n"


def _object(explanation: Explanation, labels: Labels) -> dict[str, object]:
    place = explanation.place
    about: dict[str, object] = {
        "statement": f"{explanation.statement} .",
        "words": statement_in_words(explanation.statement, labels),
        "kind": str(explanation.kind),
        "rule": explanation.rule,
        "reason": explanation.words,
        "graph": explanation.graph,
        "place": {"file": place.file, "line": place.line, "column": place.column, "cell": place.cell}
        if place
        else None,
        "stated": [{"iri": source.iri, "words": str(source)} for source in explanation.stated],
        "because": [_object(premise, labels) for premise in explanation.because],
    }
    return {name: value for name, value in about.items() if value or name == "statement"}


def as_dot(explanations: list[Explanation], labels: Labels) -> str:
    """Return a Graphviz graph: arrows lead from what a statement rests on to the statement."""
    statements = list(dict.fromkeys(step.statement for top in explanations for step in top.walk()))
    names = {statement: f"s{number}" for number, statement in enumerate(statements)}
    lines = ["digraph explanation {", '  rankdir="BT"; node [shape=box, fontname="sans-serif", fontsize=10];']
    seen: set[str] = set()
    for explanation in (step for top in explanations for step in top.walk()):
        name = names[explanation.statement]
        text = f"{statement_in_words(explanation.statement, labels)}\n{reason_in_words(explanation)}"
        found = [f"  {name} [label={in_dot(text)}];"]
        found += [f"  {names[premise.statement]} -> {name};" for premise in explanation.because]
        lines += [line for line in found if line not in seen]
        seen.update(found)
    return "\n".join([*lines, "}"]) + "\n"


def as_svg(explanations: list[Explanation], labels: Labels) -> str:
    """Return a drawing: one statement a row, what it rests on indented below it."""
    rows = [row for explanation in explanations for row in _rows(explanation, 0)]
    texts = [(depth, statement_in_words(row.statement, labels), reason_in_words(row), row.kind) for depth, row in rows]
    width = max(
        2 * _MARGIN + depth * _INDENT + _CHARACTER * max(len(words), len(why)) for depth, words, why, _ in texts
    )
    parts = []
    last_row: dict[int, int] = {}
    for number, (depth, words, why, kind) in enumerate(texts):
        x, y = _MARGIN + depth * _INDENT, _MARGIN + number * _ROW
        if depth:
            start = _MARGIN + last_row[depth - 1] * _ROW + _ROW - 4
            corner = x - _INDENT + 6
            parts.append(f'<path d="M{corner} {start}V{y + 10}H{x - 4}" fill="none" stroke="#999"/>')
        last_row[depth] = number
        parts.append(f'<text x="{x}" y="{y + 13}">{markup(words)}</text>')
        parts.append(
            f'<text x="{x}" y="{y + 27}" font-size="10" fill="{_COLOURS.get(kind, "#555")}">{markup(why)}</text>'
        )
    height = 2 * _MARGIN + len(texts) * _ROW
    return (
        f'<svg xmlns="{SVG}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' font-family="sans-serif" font-size="12"><title>Why {markup(texts[0][1])}</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _rows(explanation: Explanation, depth: int) -> Iterator[tuple[int, Explanation]]:
    yield depth, explanation
    for premise in explanation.because:
        yield from _rows(premise, depth + 1)


def as_prov(explanations: list[Explanation], labels: Labels) -> str:
    """Return PROV-O in Turtle.

    Reified statements are entities, the use of a rule is an activity, and the rule is its plan.
    """
    triples = dict.fromkeys(
        triple for top in explanations for step in top.walk() for triple in _provenance(step, labels)
    )
    used = " ".join(map(str, triples))
    known = {prefix: iri for prefix, iri in prefixes().items() if iri in used}
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=known) or b"").decode()


def _provenance(explanation: Explanation, labels: Labels) -> Iterator[Triple]:
    entity = _entity(explanation.statement)
    statement = explanation.statement
    yield Triple(entity, expand("rdf:type"), expand("prov:Entity"))
    yield Triple(entity, expand("rdf:type"), expand("rdf:Statement"))
    yield Triple(entity, expand("rdfs:label"), Literal(statement_in_words(statement, labels)))
    for name, node in (
        ("subject", statement.subject),
        ("predicate", statement.predicate),
        ("object", statement.object),
    ):
        yield Triple(entity, expand(f"rdf:{name}"), node)
    for place in explanation.stated:
        yield Triple(entity, expand("prov:hadPrimarySource"), NamedNode(place.iri))
    if explanation.place:
        yield Triple(entity, term("fileName"), Literal(str(explanation.place)))
    if not explanation.because:
        return
    activity = NamedNode(f"{entity.value}/derivation")
    plan = NamedNode(f"{BASE}rule/{explanation.rule.replace(':', '/') or explanation.kind}")
    yield Triple(entity, expand("prov:wasGeneratedBy"), activity)
    yield Triple(activity, expand("rdf:type"), expand("prov:Activity"))
    yield Triple(activity, expand("prov:qualifiedAssociation"), NamedNode(f"{activity.value}/association"))
    yield Triple(NamedNode(f"{activity.value}/association"), expand("rdf:type"), expand("prov:Association"))
    yield Triple(NamedNode(f"{activity.value}/association"), expand("prov:hadPlan"), plan)
    yield Triple(plan, expand("rdf:type"), expand("prov:Plan"))
    yield Triple(plan, expand("rdfs:label"), Literal(explanation.words or explanation.rule, language="en"))
    for premise in explanation.because:
        yield Triple(activity, expand("prov:used"), _entity(premise.statement))
        yield Triple(entity, expand("prov:wasDerivedFrom"), _entity(premise.statement))


def _entity(statement: Triple) -> NamedNode:
    return NamedNode(f"{BASE}id/statement/{hashlib.sha256(str(statement).encode()).hexdigest()[:32]}")


FORMATS: Final[dict[str, Callable[[list[Explanation], Labels], str]]] = {
    "text": as_text,
    "json": as_json,
    "dot": as_dot,
    "svg": as_svg,
    "prov": as_prov,
}
