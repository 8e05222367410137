"""Reads what a map says of a thing: its id, its class, its values and the things inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core.errors import Problem, near_names
from kg.core.origin import Origin
from kg.loaders.cases.context import Kind
from kg.loaders.cases.nesting import NESTED
from kg.loaders.cases.positions import Mapping, Scalar, Sequence, kind_of
from kg.loaders.tables.kinds import class_names
from kg.loaders.tables.model import Inner, Thing, Value
from kg.loaders.tables.values import ID_TEMPLATE, ValueReader

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

    from kg.loaders.cases.context import Context, Word
    from kg.loaders.cases.positions import Node
    from kg.loaders.cases.vocabulary import Vocabulary
    from kg.loaders.tables.model import Cell, Template

UNMAPPED: Final = frozenset({"source", "listedAt"})
"""Words of case files that point into a document, which a table is not."""


class ThingReader:
    """Reads things of one map; what is wrong is added to ``problems``."""

    def __init__(self, name: str, problems: list[Problem], context: Context, vocabulary: Vocabulary) -> None:
        self.name = name
        self.problems = problems
        self.vocabulary = vocabulary
        classes = vocabulary.classes
        self.words = {
            name: word for name, word in context.words.items() if word.iri.value not in classes and name not in UNMAPPED
        }
        self.values = ValueReader(name, problems, vocabulary)

    def report(self, node: Node, message: str, expected: str = "", near: tuple[str, ...] = ()) -> None:
        """Note one problem."""
        self.problems.append(Problem(self.name, node.line, node.column, message, expected, near))

    def top(self, node: Mapping, kind: str, *, typed: bool, extra: Many[str]) -> Thing:
        """Read the thing that each row of a table describes. ``kind`` is a class that it has without being told."""
        identifier = self._id(node)
        if identifier is None and "id" not in node.entries:
            self.report(node, "the rows have no id", "id: <kind>/{column}, for example id: org/{registration number}")
        types, cell = self._types(node)
        if kind and types and kind not in types:
            names = {iri: name for name, iri in class_names().items()}
            message = f"the map says {', '.join(names[iri] for iri in types)}, yet {names[kind]} was asked for"
            self.report(node.entries["type"][1], message, "one of the two")
        types = types or ((kind,) if kind and not cell else ())
        if typed and not types and cell is None and "type" not in node.entries:
            self.report(node, "the things have no type", "type: and a class of the ontology, or continues: true")
        values, inner = self._described(node, extra)
        return Thing(Origin(self.name, node.line, node.column), identifier, types, cell, values, inner)

    def _described(self, node: Mapping, extra: Many[str] = ()) -> tuple[tuple[Value, ...], tuple[Inner, ...]]:
        values: list[Value] = []
        inner: list[Inner] = []
        for name, (key, value) in node.entries.items():
            if name in {"id", "type"}:
                continue
            word = self.words.get(name)
            if word is None:
                known = [*self.words, "id", "type", *extra]
                expected = "a table has no places in a document" if name in UNMAPPED else "a word of case files"
                self.report(key, f"unknown key '{name}'", expected, near_names(name, known))
                continue
            for item in value.items if isinstance(value, Sequence) else [value]:
                if isinstance(item, Mapping) and "column" not in item.entries and word.kind is Kind.REFERENCE:
                    inner.append(Inner(word, self._inside(word, item)))
                elif (template := self.values.read(word, item)) is not None:
                    values.append(Value(word, template))
        return tuple(values), tuple(inner)

    def _inside(self, word: Word, node: Mapping) -> Thing:
        types, cell = self._types(node)
        if "type" not in node.entries:
            ranges = self.vocabulary.object_properties.get(word.iri.value, ())
            types = tuple(iri for iri in ranges if iri in self.vocabulary.classes)
            if not types:
                self.report(node, f"the thing in '{word.name}' has no type", "type: and a class")
        values, inner = self._described(node)
        place = Origin(self.name, node.line, node.column)
        if "id" in node.entries:
            return Thing(place, self._id(node), types, cell, values, inner)
        rule = NESTED.get(word.name)
        if rule is None:
            self.report(
                node, f"the thing in '{word.name}' has no id", f"id: (things without one: {', '.join(sorted(NESTED))})"
            )
            return Thing(place, None, types, cell, values, inner)
        names = [self._identifying(alternatives, values) for alternatives in rule.identified_by]
        if names and names[0] is None:
            missing = " or ".join(rule.identified_by[0])
            self.report(
                node,
                f"the thing in '{word.name}' has no {missing} to make its id from",
                f"{missing}: and one reference",
            )
        return Thing(place, None, types, cell, values, inner, rule.path, tuple(name for name in names if name))

    @staticmethod
    def _identifying(alternatives: tuple[str, ...], values: tuple[Value, ...]) -> Template | None:
        by_word = {value.word.name: value.template for value in values}
        return next((by_word[name] for name in alternatives if name in by_word), None)

    def _id(self, node: Mapping) -> Template | None:
        value = node.get("id")
        if value is None:
            return None
        if not isinstance(value, Scalar):
            self.report(value, f"{kind_of(value)} is not an id", "a text such as org/{registration number}")
            return None
        template = self.values.template(value)
        if template and not ID_TEMPLATE.fullmatch(
            "".join(part if isinstance(part, str) else "x" for part in template.parts)
        ):
            self.report(
                value, f"'{value.value}' is not an id", "<kind>/{column} in lower-case letters, digits and hyphens"
            )
            return None
        return template

    def _types(self, node: Mapping) -> tuple[tuple[str, ...], Cell | None]:
        value = node.get("type")
        if value is None:
            return (), None
        if isinstance(value, Mapping) or (isinstance(value, Scalar) and "{" in value.value):
            return (), self.values.type_cell(value)
        found: list[str] = []
        for item in value.items if isinstance(value, Sequence) else [value]:
            name = item.value if isinstance(item, Scalar) else kind_of(item)
            if name in class_names():
                found.append(class_names()[name])
            else:
                self.report(item, f"unknown type '{name}'", "a class of the ontology", near_names(name, class_names()))
        return tuple(found), None
