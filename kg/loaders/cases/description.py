"""The description of a survey table: what its rows, columns and cells mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import NamedNode

from kg.core.errors import near_names
from kg.core.terms import prefixes
from kg.loaders.cases.casefile import CaseReader
from kg.loaders.cases.context import Kind
from kg.loaders.cases.values import place_names
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of, read_tree

if TYPE_CHECKING:
    from collections.abc import Sequence as Rows
    from pathlib import Path

    from pyoxigraph import Literal

    from kg.loaders.cases.context import Word
    from kg.loaders.cases.draft import Draft
    from kg.loaders.files import Field

OBSERVATIONS: Final = ("ShareObservation", "CorrelationObservation", "CountObservation")
KEYS: Final = frozenset(
    {
        "id",
        "observation",
        "measure",
        "unit",
        "surveyQuestion",
        "sample",
        "stubColumns",
        "rows",
        "columns",
        "annotation",
        "blank",
    }
)
BLANK: Final = "not-printed"

_COUNT: Final = re.compile(r"[1-9][0-9]{0,3}")
_DATA_SET: Final = f"{prefixes()['qb']}DataSet"


@dataclass(frozen=True, slots=True)
class Axis:
    """The dimension that the labels of rows, columns or annotations are values of, and the schemes that hold them."""

    word: Word
    schemes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A table's description, read; ``samples`` is by column label, with the empty label for all columns.

    ``columns`` is missing for a table with one column of numbers whose heading names no concept.
    """

    data_set: NamedNode
    slug: str
    observation: str
    measure: NamedNode
    unit: NamedNode
    question: NamedNode | None
    samples: dict[str, NamedNode]
    stub_columns: int
    rows: Axis
    columns: Axis | None
    annotation: Axis | None
    blanks: bool
    section: str
    places: tuple[tuple[int, int], ...]


class DescriptionReader(CaseReader):
    """Read a table's description; every key that is not the table's own describes its data set."""

    def __init__(self, draft: Draft, file: str, header: Rows[Field]) -> None:
        super().__init__(draft, file)
        self.header = header

    def table(self, path: Path) -> TableDescription | None:
        """State the data set and return the description, or nothing when a key that the cells need is wrong.

        Raises:
            InputError: the file cannot be read as YAML.

        """
        node = read_tree(path, self.file)
        if not isinstance(node, Mapping):
            self.draft.report(
                self.place(node), f"the file holds {kind_of(node)}", expected="a mapping that describes one table"
            )
            return None
        before = len(self.draft.problems)
        local = self.local_id(node)
        if len(self.draft.problems) > before:
            return None
        place = self.place(node.entries["id"][1])
        kind, _, name = local.partition("/")
        if kind != "table" or "/" in name:
            self.draft.report(place, f"'{local}' is not the id of a table", expected="table/<slug>")
            return None
        data_set = self.draft.define(local, place)
        types = self.type_iris(node) if "type" in node.entries else {}
        self.describe(data_set, node, {_DATA_SET: self.place(node), **types}, self.draft.graph, skip=KEYS)
        return self._table(node, data_set, name)

    def _table(self, node: Mapping, data_set: NamedNode, slug: str) -> TableDescription | None:
        before = len(self.draft.problems)
        observation = self._choice(node, "observation", OBSERVATIONS)
        measure, unit = self._concept(node, "measure"), self._concept(node, "unit")
        question = self._concept(node, "surveyQuestion") if "surveyQuestion" in node.entries else None
        stub_columns = self._stub_columns(node)
        samples = self._samples(node, stub_columns)
        rows, columns, annotation = (self._axis(node, name) for name in ("rows", "columns", "annotation"))
        if "rows" not in node.entries:
            self.draft.report(
                self.place(node), "the description has no rows", expected="rows: {dimension: …, schemes: […]}"
            )
        if annotation and annotation.word not in {axis.word for axis in (rows, columns) if axis}:
            message = (
                f"the annotation's dimension '{annotation.word.name}' is neither that of the rows nor that of the "
                "columns"
            )
            self.draft.report(
                self.place(node.entries["annotation"][1]),
                message,
                expected="the dimension that the word in brackets replaces",
            )
        blanks = "blank" in node.entries and self._choice(node, "blank", (BLANK,)) == BLANK
        if len(self.draft.problems) > before:
            return None
        section, places = place_names(node.get("source"))
        return TableDescription(
            data_set, slug, observation, cast("NamedNode", measure), cast("NamedNode", unit), question, samples,
            stub_columns, cast("Axis", rows), columns, annotation, blanks, section, places
        )  # fmt: skip

    def _choice(self, node: Mapping, key: str, allowed: tuple[str, ...]) -> str:
        value = node.get(key)
        text = value.value if isinstance(value, Scalar) else ""
        if text in allowed:
            return text
        place = self.place(value or node)
        message = f"'{text}' cannot be the value of '{key}'" if text else f"the description has no {key}"
        self.draft.report(place, message, expected=" or ".join(allowed), near=near_names(text, allowed))
        return ""

    def _concept(self, node: Mapping, key: str) -> NamedNode | None:
        value = node.get(key)
        if isinstance(value, Scalar):
            return _named(self.scalar(self.words[key], value))
        expected = self.wanted(self.words[key])
        if value is None:
            self.draft.report(self.place(node), f"the description has no {key}", expected=expected)
        else:
            self.draft.report(
                self.place(value),
                f"{kind_of(value)} stands where '{key}' takes {Kind.CONCEPT.value}",
                expected=expected,
            )
        return None

    def _stub_columns(self, node: Mapping) -> int:
        value = node.get("stubColumns")
        if value is None:
            return 1
        text = value.value if isinstance(value, Scalar) else ""
        if _COUNT.fullmatch(text) and int(text) < max(len(self.header), 2):
            return int(text)
        found = f"'{text}'" if text else kind_of(value)
        self.draft.report(
            self.place(value), f"{found} cannot be the number of stub columns", expected=f"1 to {len(self.header) - 1}"
        )
        return 1

    def _samples(self, node: Mapping, stub_columns: int) -> dict[str, NamedNode]:
        value = node.get("sample")
        word = self.words["sample"]
        if not isinstance(value, Mapping):
            if isinstance(value, Scalar):
                sample = _named(self.scalar(word, value))
                return {"": sample} if sample else {}
            if value is not None:
                self.draft.report(
                    self.place(value),
                    f"{kind_of(value)} stands where one sample is expected",
                    expected="an id, or a mapping from column to id",
                )
            return {}
        labels = [field.text for field in self.header[stub_columns:]]
        found: dict[str, NamedNode] = {}
        for label, (key, item) in value.entries.items():
            if label not in labels:
                self.draft.report(
                    self.place(key),
                    f"'{label}' is not a column",
                    expected="the heading of a column",
                    near=near_names(label, labels),
                )
            sample = _named(self.scalar(word, item)) if isinstance(item, Scalar) else None
            if sample:
                found[label] = sample
            elif not isinstance(item, Scalar):
                self.draft.report(
                    self.place(item),
                    f"{kind_of(item)} stands where one sample is expected",
                    expected="an id such as sample/patent-firms",
                )
        for label in labels:
            if label not in value.entries:
                self.draft.report(
                    self.place(value), f"column '{label}' has no sample", expected="a sample for every column"
                )
        return found

    def _axis(self, node: Mapping, key: str) -> Axis | None:
        value = node.get(key)
        if value is None:
            return None
        expected = f"{key}: {{dimension: <word>, schemes: [<scheme>]}}"
        if not isinstance(value, Mapping):
            self.draft.report(
                self.place(value), f"{kind_of(value)} stands where '{key}' takes a mapping", expected=expected
            )
            return None
        for name, (at, _) in value.entries.items():
            if name not in {"dimension", "schemes"}:
                self.draft.report(
                    self.place(at),
                    f"unknown key '{name}'",
                    expected=expected,
                    near=near_names(name, ("dimension", "schemes")),
                )
        return self._axis_parts(value, expected)

    def _axis_parts(self, node: Mapping, expected: str) -> Axis | None:
        dimensions = {name: word for name, word in self.words.items() if word.kind in {Kind.CONCEPT, Kind.REFERENCE}}
        dimension = node.get("dimension")
        name = dimension.value if isinstance(dimension, Scalar) else ""
        if name not in dimensions:
            message = f"'{name}' is not a dimension" if name else "the dimension is missing"
            self.draft.report(
                self.place(dimension or node), message, expected=expected, near=near_names(name, dimensions)
            )
        schemes = node.get("schemes")
        items = schemes.items if isinstance(schemes, Sequence) else [schemes] if schemes else []
        if not items:
            self.draft.report(self.place(schemes or node), "the schemes are missing", expected=expected)
        known = self.draft.vocabulary.concepts
        names = []
        for item in items:
            scheme = item.value if isinstance(item, Scalar) else kind_of(item)
            if scheme in known:
                names.append(scheme)
            else:
                self.draft.report(
                    self.place(item),
                    f"'{scheme}' is not a scheme",
                    expected="the slug of a concept scheme",
                    near=near_names(scheme, known),
                )
        return Axis(dimensions[name], tuple(names)) if name in dimensions and names else None


def _named(value: NamedNode | Literal | None) -> NamedNode | None:
    return value if isinstance(value, NamedNode) else None
