"""Case files to statements. The format is described in ``docs/reference/case-files.md``."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import near_names
from kg.core.origin import Origin
from kg.core.terms import ANOMALIES, ONTOLOGY, RDF_TYPE, READINGS, XSD, expand, term
from kg.loaders.cases.context import ID, NESTED, READINGS_WORD, Kind, NestingRule, expected_form, is_lexical
from kg.loaders.cases.values import number_in, read_place, resolve
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of, read_tree

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from kg.loaders.cases.context import Word
    from kg.loaders.cases.draft import Draft
    from kg.loaders.files import Node

SPAN_WORDS: Final = frozenset({"source", "listedAt"})
_DECIMAL: Final = f"{XSD}decimal"
_RESERVED: Final = ("span/", "cell/")
_ANOMALY: Final = term("SourceAnomaly").value
_READING: Final = term("Reading")
# What a claim says when its file does not say otherwise: an unmarked sentence affirms, and says how things are. The
# relation of these types is in their definition; a causal or a descriptive claim has to name its own.
_UNMARKED: Final = {"polarity": expand("polarity:affirmed"), "modality": expand("modality:is")}
_RELATIONS: Final = {
    term("AssociationClaim").value: expand("claim-relation:associated-with"),
    term("ComparativeClaim").value: expand("claim-relation:exceeds"),
    term("DefinitionClaim").value: expand("claim-relation:defines"),
    term("Recommendation").value: expand("claim-relation:recommends"),
}
_CLAIMS: Final = frozenset({*_RELATIONS, *(term(f"{kind}Claim").value for kind in ("", "Causal", "Descriptive"))})
# What a reading has of its own; its other words are said of the claim.
_OF_READING: Final = frozenset({"because", "concludes"})


def read_casefile(path: Path, name: str, draft: Draft) -> None:
    """Read one case file into a draft; what is wrong inside is noted there.

    Raises:
        InputError: the file cannot be read as YAML.

    """
    CaseReader(draft, name).read(read_tree(path, name))


class CaseReader:
    """Read the things of one file."""

    def __init__(self, draft: Draft, file: str) -> None:
        self.draft = draft
        self.file = file
        classes = draft.vocabulary.classes
        self.words = {name: word for name, word in draft.context.words.items() if word.iri.value not in classes}
        self.types = {iri.removeprefix(ONTOLOGY): iri for iri in classes if iri.startswith(ONTOLOGY)}
        self.types |= {name: word.iri.value for name, word in draft.context.words.items() if word.iri.value in classes}

    def place(self, node: Node) -> Origin:
        """Return the place of a node of this file."""
        return Origin(self.file, node.line, node.column)

    def read(self, tree: Node) -> None:
        """Read a whole file: a list of things."""
        if not isinstance(tree, Sequence):
            self.draft.report(
                self.place(tree),
                f"the file holds {kind_of(tree)}",
                expected="a list of things, each beginning with '- id:'",
            )
            return
        for node in tree.items:
            self.thing(node)

    def thing(self, node: Node) -> None:
        """Read a thing of the top level."""
        if not isinstance(node, Mapping):
            self.draft.report(
                self.place(node),
                f"{kind_of(node)} stands where a thing is expected",
                expected="a mapping with id and type",
            )
            return
        subject = self.draft.define(
            self.local_id(node), self.place(node.entries["id"][1] if "id" in node.entries else node)
        )
        types = self.type_iris(node)
        self.describe(subject, node, types, ANOMALIES if _ANOMALY in types else self.draft.graph)

    def describe(
        self, subject: NamedNode, node: Mapping, types: dict[str, Origin], graph: NamedNode, skip: Collection[str] = ()
    ) -> None:
        """State the types of a thing and all its words other than ``skip``."""
        for iri, place in types.items():
            self.draft.state(subject, RDF_TYPE, NamedNode(iri), place, graph)
        for name, (key, value) in node.entries.items():
            if name in {"id", "type"} or name in skip:
                continue
            word = self.words.get(name)
            if word is None:
                known = {*self.words, "id", "type", *skip}
                self.draft.report(
                    self.place(key),
                    f"unknown key '{name}'",
                    expected="a word of ontology/context.jsonld",
                    near=near_names(name, known),
                )
                continue
            if name == READINGS_WORD:
                for item in self.items(word, value):
                    self.reading(subject, word, item)
                continue
            for item in self.items(word, value):
                self.value(subject, word, item, graph)
        if not _CLAIMS.isdisjoint(types):
            self.unmarked(subject, node, types, graph)
        self.compare(node.get("value"), node.get("printed"))

    def unmarked(self, claim: NamedNode, node: Mapping, types: dict[str, Origin], graph: NamedNode) -> None:
        """State of a claim what its file leaves unsaid because it goes without saying."""
        place = self.place(node.entries["type"][1])
        for name, value in _UNMARKED.items():
            if name not in node.entries:
                self.draft.state(claim, term(name), value, place, graph)
        relations = [relation for kind, relation in _RELATIONS.items() if kind in types]
        if "relation" not in node.entries and len(relations) == 1:
            self.draft.state(claim, term("relation"), relations[0], place, graph)

    def reading(self, claim: NamedNode, word: Word, node: Node) -> None:
        """Read what the makers of the graph conclude about a claim: all of it goes into the graph of readings."""
        if not isinstance(node, Mapping):
            self.draft.report(
                self.place(node),
                f"{kind_of(node)} stands where '{word.name}' takes a reading",
                expected="{stage: commercialization, because: …}",
            )
            return
        if "because" not in node.entries:
            self.draft.report(self.place(node), "the reading gives no reason", expected="because: and a text")
        own = {name: entry for name, entry in node.entries.items() if name in _OF_READING}
        said = {name: entry for name, entry in node.entries.items() if name not in _OF_READING}
        if not said:
            self.draft.report(
                self.place(node), "the reading concludes nothing", expected="stage, supportedBy, contradictedBy …"
            )
            return
        names = [NestingRule("reading").name(node, (name,)) or name for name in said]
        local = "/".join((claim.value.removeprefix(self.draft.base), "reading", "-".join(names)))
        reading = self.draft.define(local, self.place(node), hint="one reading for each conclusion")
        before = len(self.draft.statements)
        self.describe(claim, replace(node, entries=said), {}, READINGS)
        concluded = [quad.object for quad in self.draft.statements.quads[before:] if quad.subject == claim]
        self.draft.state(claim, word.iri, reading, self.place(node), READINGS)
        self.describe(reading, replace(node, entries=own), {_READING.value: self.place(node)}, READINGS)
        for value in concluded:
            if isinstance(value, NamedNode):
                self.draft.state(reading, term("concludes"), value, self.place(node), READINGS)

    def compare(self, value: Node | None, printed: Node | None) -> None:
        """Check that a value is the number that is printed, where nothing but a number is."""
        if not (isinstance(value, Scalar) and isinstance(printed, Scalar) and is_lexical(value.value, _DECIMAL)):
            return
        number = number_in(printed.value)
        if number is not None and number != Decimal(value.value):
            message = f"the value is {value.value}, and '{printed.value}' is printed"
            self.draft.report(self.place(value), message, expected=str(number))

    def items(self, word: Word, node: Node) -> list[Node]:
        """Return the values of a word: the node itself or the items of a list."""
        if not isinstance(node, Sequence):
            return [node]
        if not node.items:
            self.draft.report(
                self.place(node), f"the list of '{word.name}' is empty", expected="a value, or the key left out"
            )
        return node.items

    def value(self, subject: NamedNode, word: Word, node: Node, graph: NamedNode) -> None:
        """State one value of a word."""
        place = self.place(node)
        found: NamedNode | Literal | None
        if word.name in SPAN_WORDS:
            found = read_place(self.draft, self.file, word.name, node)
        elif isinstance(node, Mapping) and word.kind is Kind.REFERENCE:
            found = self.nested(subject, word, node, graph)
        elif isinstance(node, Scalar):
            found = self.scalar(word, node)
        else:
            found = None
            self.draft.report(
                place, f"{kind_of(node)} stands where '{word.name}' takes {word.kind.value}", expected=self.wanted(word)
            )
        if found is not None:
            self.draft.state(subject, word.iri, found, place, graph)

    def scalar(self, word: Word, node: Scalar) -> NamedNode | Literal | None:
        """Return the term that a scalar stands for, or nothing when it is wrong."""
        text = node.value
        if node.is_null or not text:
            self.draft.report(self.place(node), f"'{word.name}' has no value", expected=self.wanted(word))
        elif text != text.strip():
            self.draft.report(
                self.place(node),
                f"the value of '{word.name}' begins or ends with white space",
                expected="none (with > or |, write >- or |-)",
            )
        elif word.kind in {Kind.REFERENCE, Kind.CONCEPT}:
            return resolve(self.draft, word, text, self.place(node))
        elif word.kind is Kind.LANGUAGE:
            return Literal(text, language=word.detail)
        elif word.kind is Kind.PLAIN:
            return Literal(text)
        elif is_lexical(text, word.detail):
            return Literal(text, datatype=NamedNode(word.detail))
        else:
            self.draft.report(
                self.place(node), f"'{text}' cannot be the value of '{word.name}'", expected=self.wanted(word)
            )
        return None

    def nested(self, parent: NamedNode, word: Word, node: Mapping, graph: NamedNode) -> NamedNode:
        """Read a thing inside a thing; its id and class come from the word when it does not give them."""
        if "id" in node.entries:
            local, place = self.local_id(node), self.place(node.entries["id"][1])
        else:
            local, place = self.nested_id(parent, word, node), self.place(node)
        subject = self.draft.define(
            local, place, hint="things that differ in what their id is made from, or an id of their own"
        )
        if "type" in node.entries:
            types = self.type_iris(node)
        else:
            types = {
                iri: place
                for iri in self.draft.vocabulary.object_properties.get(word.iri.value, ())
                if iri in self.draft.vocabulary.classes
            }
            if not types:
                self.draft.report(place, f"the thing in '{word.name}' has no type", expected="type: and a class")
        self.describe(subject, node, types, graph)
        return subject

    def nested_id(self, parent: NamedNode, word: Word, node: Mapping) -> str:
        """Make the id of a nested thing (see the table in the format's description)."""
        place = self.place(node)
        rule = NESTED.get(word.name)
        if rule is None:
            self.draft.report(
                place,
                f"the thing in '{word.name}' has no id",
                expected=f"id: (things without one: {', '.join(sorted(NESTED))})",
            )
            return _placeholder(node)
        names = [rule.name(node, alternatives) for alternatives in rule.identified_by]
        if rule.identified_by and names[0] is None:
            missing = " or ".join(rule.identified_by[0])
            self.draft.report(
                place,
                f"the thing in '{word.name}' has no single {missing} to make its id from",
                expected=f"{missing}: and one reference",
            )
            return _placeholder(node)
        tail = "-".join(name for name in names if name)
        return "/".join(filter(None, (parent.value.removeprefix(self.draft.base), rule.path, tail)))

    def local_id(self, node: Mapping) -> str:
        """Return the id of a thing; a missing or malformed one is a problem and replaced."""
        value = node.get("id")
        if isinstance(value, Scalar) and ID.fullmatch(value.value) and not value.value.startswith(_RESERVED):
            return value.value
        expected = "<kind>/<slug> in lower-case letters, digits and hyphens, such as alliance/altos-tau-giken"
        if value is None:
            self.draft.report(self.place(node), "the thing has no id", expected=expected)
        elif isinstance(value, Scalar) and value.value.startswith(_RESERVED):
            self.draft.report(
                self.place(value),
                f"'{value.value}' is an id that loading makes",
                expected="a kind other than span and cell",
            )
        else:
            found = f"'{value.value}'" if isinstance(value, Scalar) else kind_of(value)
            self.draft.report(self.place(value), f"{found} is not an id", expected=expected)
        return _placeholder(node)

    def type_iris(self, node: Mapping) -> dict[str, Origin]:
        """Return the classes of a thing with the places that name them; a missing or unknown one is a problem."""
        value = node.get("type")
        if value is None:
            self.draft.report(self.place(node), "the thing has no type", expected="type: and a class of the ontology")
            return {}
        found: dict[str, Origin] = {}
        for item in value.items if isinstance(value, Sequence) else [value]:
            if isinstance(item, Scalar) and item.value in self.types:
                found[self.types[item.value]] = self.place(item)
            else:
                name = item.value if isinstance(item, Scalar) else kind_of(item)
                self.draft.report(
                    self.place(item),
                    f"unknown type '{name}'",
                    expected="a class of the ontology",
                    near=near_names(name, self.types),
                )
        if isinstance(value, Sequence) and not value.items:
            self.draft.report(self.place(value), "the list of types is empty", expected="a class of the ontology")
        return found

    def wanted(self, word: Word) -> str:
        """Describe what the value of a word looks like."""
        match word.kind:
            case Kind.REFERENCE:
                return "an id, a concept such as concept:stage/commercialization, or a nested thing"
            case Kind.CONCEPT:
                return f"a concept of scheme {word.detail.rstrip('/').rsplit('/', 1)[-1]}"
            case Kind.TYPED:
                return expected_form(word.detail)
            case Kind.LANGUAGE:
                return f"a text in the language '{word.detail}'"
            case Kind.PLAIN:
                return "a text"


def _placeholder(node: Mapping) -> str:
    return f"unnamed/{node.line}-{node.column}"
