"""The values and things of a map.

They are constants, templates such as "org/{code}", cells with options, ids, classes and inner things.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import Problem, near_names
from kg.core.origin import Origin
from kg.core.terms import XSD
from kg.loaders.cases.context import ID, NESTED, Kind, expected_form, is_lexical
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of
from kg.loaders.ontology import slug
from kg.loaders.tables.model import DATES, LETTERS, Cell, Inner, Template, Thing, Value, class_names, fault_of_format

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

    from kg.loaders.cases.context import Context, Word
    from kg.loaders.files import Node
    from kg.loaders.ontology import Vocabulary

OPTIONS: Final = (
    "column",
    "separator",
    "lookup",
    "scheme",
    "format",
    "decimal",
    "thousands",
    "default",
    "unmatched",
    "dangling",
    "reference",
)
ID_TEMPLATE: Final = ID
CONCEPT: Final = "concept:"
NUMBERS: Final = (f"{XSD}decimal", f"{XSD}integer")

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_FOREIGN: Final = re.compile(rf"(?:\.\./[a-z0-9-]+/)?(?:{ID.pattern})")
UNMAPPED: Final = frozenset({"source", "listedAt"})
"""Words of case files that point into a document, which a table is not."""


class ValueReader:
    """Reads values of one map; what is wrong is added to ``problems``."""

    def __init__(self, name: str, problems: list[Problem], vocabulary: Vocabulary) -> None:
        self.name = name
        self.problems = problems
        self.vocabulary = vocabulary

    def report(self, node: Node, message: str, expected: str = "", near: tuple[str, ...] = ()) -> None:
        """Note one problem."""
        self.problems.append(Problem(self.name, node.line, node.column, message, expected, near))

    def read(self, word: Word, node: Node) -> Template | None:
        """Return the template of one value of a word, or nothing when it is wrong."""
        if isinstance(node, Mapping):
            return self._of_cell(word, node)
        if not isinstance(node, Scalar) or node.is_null or not node.value:
            found = kind_of(node) if not isinstance(node, Scalar) else "nothing"
            self.report(
                node, f"{found} stands where '{word.name}' takes a value", 'a constant, "{column}" or {column: …}'
            )
            return None
        template = self.template(node)
        return template if template and self._fits(word, template, node) else None

    def template(self, node: Scalar, cell: Cell | None = None) -> Template | None:
        """Split a text at its placeholders. With ``cell`` the empty placeholder ``{}`` is that cell."""
        place = Origin(self.name, node.line, node.column)
        parts: list[str | Cell] = []
        position = 0
        for found in re.finditer(r"\{\}", node.value) if cell else _PLACEHOLDER.finditer(node.value):
            if found.start() > position:
                parts.append(node.value[position : found.start()])
            parts.append(cell or Cell(found[1], place))
            position = found.end()
        if position < len(node.value):
            parts.append(node.value[position:])
        if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
            self.report(node, f"a brace in '{node.value}' has no partner", "columns written as {column}")
            return None
        return Template(tuple(parts), place)

    def type_cell(self, node: Node) -> Cell | None:
        """Return the cell that gives the class of each row."""
        if isinstance(node, Mapping):
            return self._cell(node, tuple(class_names()), "a class of the ontology")
        template = self.template(node) if isinstance(node, Scalar) else None
        if template and len(template.parts) == 1 and template.cells:
            return template.cells[0]
        self.report(node, "the class of a row cannot be put together", 'type: "{column}", or {column: …, lookup: {…}}')
        return None

    def _of_cell(self, word: Word, node: Mapping) -> Template | None:
        if "column" not in node.entries:
            names = list(node.entries)
            quoted = f'"{{{names[0]}}}"' if len(names) == 1 and _is_null(node.entries[names[0]][1]) else "{column: …}"
            self.report(node, f"a mapping stands where '{word.name}' takes {word.kind.value}", quoted)
            return None
        scheme = self.scheme(word)
        cell = self._cell(
            node, tuple(self.vocabulary.concepts.get(scheme, ())), f"a concept of scheme {scheme}" if scheme else ""
        )
        if cell is None:
            return None
        template: Template | None = Template((cell,), cell.place)
        refer = node.get("reference")
        if isinstance(refer, Scalar):
            template = self.template(refer, cell)
            if template and not template.cells:
                self.report(refer, f"'{refer.value}' has no place for the cell", "org/{}")
                return None
        if cell.scheme and cell.scheme not in self.vocabulary.concepts:
            self.report(
                node.entries["scheme"][1],
                f"no scheme is called '{cell.scheme}'",
                near=near_names(cell.scheme, self.vocabulary.concepts),
            )
            return None
        if (pattern := node.get("format")) is not None and not self._takes_format(word, cell.pattern, pattern):
            return None
        return template if template and self._fits(word, template, node) else None

    def _takes_format(self, word: Word, pattern: str, node: Node) -> bool:
        if word.kind is not Kind.TYPED or word.detail not in DATES:
            self.report(node, f"'{word.name}' takes no date, so that a format means nothing")
        elif fault := fault_of_format(pattern, word.detail):
            letters = ", ".join(f"%{letter}" for letter in LETTERS)
            near = next((other for other in DATES if not fault_of_format(pattern, other)), "")
            other = f"; {expected_form(near)} goes with another word" if near else ""
            self.report(node, fault, f"{expected_form(word.detail)}, by the letters {letters}{other}")
        else:
            return True
        return False

    def _cell(self, node: Mapping, targets: tuple[str, ...], expected: str) -> Cell | None:
        texts: dict[str, str] = {}
        for name, (key, value) in node.entries.items():
            if name not in OPTIONS:
                self.report(
                    key,
                    f"unknown option '{name}' of a column",
                    f"one of {', '.join(OPTIONS)}",
                    near_names(name, OPTIONS),
                )
            elif name != "lookup":
                if isinstance(value, Scalar) and not value.is_null:
                    texts[name] = value.value
                else:
                    self.report(value, f"{kind_of(value)} stands where '{name}' takes a text")
        self._one_of(node, texts, "unmatched", ("reject", "skip"))
        self._one_of(node, texts, "dangling", ("reject", "keep"))
        lookup = self._lookup(node.get("lookup"), targets, expected)
        if "column" not in texts:
            return None
        return Cell(
            texts["column"],
            Origin(self.name, node.line, node.column),
            separator=texts.get("separator", ""),
            lookup=lookup,
            scheme=texts.get("scheme", ""),
            pattern=texts.get("format", ""),
            decimal=texts.get("decimal", ""),
            thousands=texts.get("thousands", ""),
            default=texts.get("default", ""),
            skip_unmatched=texts.get("unmatched") == "skip",
            keep_dangling=texts.get("dangling") == "keep",
        )

    def _one_of(self, node: Mapping, texts: dict[str, str], name: str, choices: tuple[str, ...]) -> None:
        if texts.get(name, choices[0]) not in choices:
            message = f"'{texts[name]}' is no choice of '{name}'"
            self.report(node.entries[name][1], message, " or ".join(choices), near_names(texts[name], choices))

    def _lookup(self, node: Node | None, targets: tuple[str, ...], expected: str) -> dict[str, str]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report(node, f"{kind_of(node)} stands where 'lookup' takes a mapping", "{text in the table: value, …}")
            return {}
        found: dict[str, str] = {}
        for text, (_, value) in node.entries.items():
            if not isinstance(value, Scalar) or value.is_null:
                self.report(value, f"{kind_of(value)} stands where a value is expected")
            elif targets and not value.value.startswith(CONCEPT) and value.value not in targets:
                self.report(value, f"'{value.value}' is not {expected}", near=near_names(value.value, targets))
            else:
                found[text] = value.value
        return found

    def _fits(self, word: Word, template: Template, node: Node) -> bool:
        """Check the values that a key can have, as far as the map alone shows."""
        if not template.cells:
            return self._constant(word, template.text, node)
        whole = len(template.parts) == 1
        if word.kind is Kind.CONCEPT and not whole:
            self.report(node, f"'{template.text}' cannot be a concept", 'one column: "{column}"')
        elif word.kind is Kind.REFERENCE and not self._is_reference(template):
            expected = "an id such as org/{column}, ../<document>/org/{column}, or concept:<scheme>/{column}"
            self.report(node, f"'{template.text}' is not a reference", expected)
        elif (
            word.kind is Kind.REFERENCE
            and template.beginning.startswith(CONCEPT)
            and self.scheme(word, template) not in self.vocabulary.concepts
        ):
            near = near_names(self.scheme(word, template), self.vocabulary.concepts)
            self.report(node, f"no scheme is called '{self.scheme(word, template)}'", near=near)
        else:
            return True
        return False

    def _is_reference(self, template: Template) -> bool:
        if len(template.parts) == 1:
            return bool(template.cells[0].scheme)
        if template.beginning.startswith(CONCEPT):
            return len(template.parts) == 2 and template.beginning.endswith("/")  # noqa: PLR2004 - the scheme and the cell
        return bool(_FOREIGN.fullmatch("".join(part if isinstance(part, str) else "x" for part in template.parts)))

    def scheme(self, word: Word, template: Template | None = None) -> str:
        """Return the slug of the scheme that a value of a word is looked up in, or nothing."""
        if template and template.cells and template.cells[0].scheme:
            return template.cells[0].scheme
        if word.kind is Kind.CONCEPT:
            return slug(word.detail.rstrip("/"))
        if template and template.beginning.startswith(CONCEPT):
            return template.beginning.removeprefix(CONCEPT).rstrip("/")
        return ""

    def _constant(self, word: Word, text: str, node: Node) -> bool:
        expected = ""
        near: tuple[str, ...] = ()
        if word.kind is Kind.TYPED and not is_lexical(text, word.detail):
            expected = expected_form(word.detail)
        elif word.kind is Kind.CONCEPT or (word.kind is Kind.REFERENCE and text.startswith(CONCEPT)):
            scheme, _, name = text.removeprefix(CONCEPT).rpartition("/")
            members = self.vocabulary.concepts.get(scheme or self.scheme(word), {})
            if name not in members:
                expected, near = f"a concept of scheme {scheme or self.scheme(word)}", near_names(name, members)
        elif word.kind is Kind.REFERENCE and not _FOREIGN.fullmatch(text):
            expected = "an id such as org/tau-giken, ../<document>/<id>, or concept:<scheme>/<slug>"
        if expected:
            self.report(node, f"'{text}' cannot be the value of '{word.name}'", expected, near)
        return not expected


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


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
        """Read the thing that each row of a table describes.

        ``kind`` is a class that it has although the map does not name it.
        """
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
