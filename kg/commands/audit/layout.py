"""The layout of a plain survey table: what ``<name>.yaml`` beside ``<name>.csv`` says for an audit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem, near_names
from kg.evidence.audit import Answers
from kg.evidence.audit.tables import CORRELATION, COUNT, DEVIATION, MEAN, PERCENT
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.loaders.files import Node

MEASURES: Final = (PERCENT, COUNT, CORRELATION, MEAN, DEVIATION, "none")
ANSWERS: Final = tuple(answers.value for answers in Answers if answers.value)
KEYS: Final = (
    "name",
    "section",
    "unit",
    "answers",
    "along",
    "sampleSize",
    "totals",
    "stars",
    "tails",
    "scale",
    "items",
    "stubColumns",
    "columns",
    "rows",
    "question",
)
CASE_FILE_KEYS: Final = {
    "id",
    "nameJa",
    "text",
    "structure",
    "observation",
    "measure",
    "surveyQuestion",
    "sample",
    "annotation",
    "answerMode",
    "blank",
    "source",
}
"""Keys of the descriptions of case files.

``observation`` and ``answerMode`` are read, the rest says nothing of a table alone.
"""
OBSERVATIONS: Final = {"ShareObservation": PERCENT, "CountObservation": COUNT, "CorrelationObservation": CORRELATION}
COLUMN_KEYS: Final = ("unit", "group", "sampleSize")
ROW_KEYS: Final = ("unit",)
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Column:
    """What is known about one column: its measure, its group and its sample.

    The count, share, mean and deviation of one group belong together.
    """

    measure: str = ""
    group: str = ""
    size: int | None = None


@dataclass(frozen=True)
class Layout:
    """What a description says of a table; ``sizes`` is by label of column or row, with the empty label for all."""

    name: str = ""
    section: str = ""
    measure: str = ""
    answers: Answers = Answers.UNKNOWN
    along: str = "columns"
    sizes: dict[str, int] = field(default_factory=dict)
    totals: frozenset[str] = frozenset()
    stars: dict[str, float] = field(default_factory=dict)
    tails: int = 2
    scale: tuple[Decimal, Decimal] | None = None
    items: int = 1
    stub_columns: int = 1
    columns: dict[str, Column] = field(default_factory=dict)
    rows: dict[str, Column] = field(default_factory=dict)
    question: str = ""


def read_layout(path: Path, name: str, labels: Iterable[str]) -> Layout:
    """Read a description; ``labels`` are those that the table has, for the keys that name some.

    Raises:
        InputError: it is no YAML, or says what it cannot say; all its problems at once.

    """
    reader = _Reader(name, set(labels))
    node = read_tree(path, name)
    layout = reader.layout(node)
    if reader.problems:
        raise InputError(reader.problems)
    return layout


class _Reader:
    def __init__(self, file: str, labels: set[str]) -> None:
        self.file = file
        self.labels = labels
        self.problems: list[Problem] = []

    def report(self, node: Node, message: str, expected: str, near: tuple[str, ...] = ()) -> None:
        self.problems.append(Problem(self.file, node.line, node.column, message, expected, near))

    def layout(self, node: Node) -> Layout:
        if not isinstance(node, Mapping):
            self.report(node, f"the file holds {kind_of(node)}", "a mapping that describes one table")
            return Layout()
        self.known(node, KEYS)
        observed = OBSERVATIONS.get(self.text(node.get("observation")), "")
        unit, mode = node.get("unit"), node.get("answers") or node.get("answerMode")
        measure = observed or self.choice(unit, MEASURES)
        columns, rows = (
            # Those of a case file say what columns and rows mean, not what they measure.
            None if isinstance(axis, Mapping) and "dimension" in axis.entries else axis
            for axis in (node.get("columns"), node.get("rows"))
        )
        scale = self.scale(node.get("scale"))
        return Layout(
            name=self.text(node.get("name")),
            section=self.text(node.get("section")),
            measure=measure,
            answers=Answers(self.choice(mode, ANSWERS)),
            along=self.choice(node.get("along"), ("columns", "rows")) or "columns",
            sizes=self.sizes(node.get("sampleSize")),
            totals=frozenset(self.named(node.get("totals"))),
            stars=self.levels(node.get("stars")),
            tails=int(self.choice(node.get("tails"), ("1", "2")) or 2),
            scale=scale,
            items=self.whole(node.get("items")) or 1,
            stub_columns=self.whole(node.get("stubColumns")) or 1,
            columns=self.columns(columns, "columns", COLUMN_KEYS),
            rows=self.columns(rows, "rows", ROW_KEYS),
            question=self.text(node.get("question")),
        )

    def known(self, node: Mapping, keys: tuple[str, ...]) -> None:
        for key, (at, _) in node.entries.items():
            if key not in keys and not (keys is KEYS and key in CASE_FILE_KEYS):
                self.report(at, f"unknown key '{key}'", f"one of {', '.join(keys)}", near_names(key, keys))

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return node.value
        self.report(node, f"{kind_of(node)} stands where a text is expected", "a text")
        return ""

    def choice(self, node: Node | None, allowed: tuple[str, ...]) -> str:
        value = self.text(node)
        if node is not None and value not in allowed:
            self.report(
                node,
                f"'{value}' is none of the words that may stand here",
                " or ".join(allowed),
                near_names(value, allowed),
            )
            return ""
        return value

    def whole(self, node: Node | None) -> int | None:
        value = self.text(node)
        if node is not None and not _WHOLE.fullmatch(value):
            self.report(node, f"'{value}' is no whole number", "a whole number of at least 1")
            return None
        return int(value) if value else None

    def decimal(self, node: Node) -> Decimal | None:
        value = self.text(node)
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
        self.report(node, f"'{value}' is no number", "a number")
        return None

    def scale(self, node: Node | None) -> tuple[Decimal, Decimal] | None:
        if node is None:
            return None
        if not isinstance(node, Sequence) or len(node.items) != 2:  # noqa: PLR2004 - the two ends
            self.report(node, f"{kind_of(node)} stands where 2 numbers are expected", "[least, greatest]")
            return None
        least, greatest = map(self.decimal, node.items)
        if least is None or greatest is None:
            return None
        if least >= greatest:
            self.report(node, f"a scale cannot go from {least} to {greatest}", "[least, greatest]")
            return None
        return least, greatest

    def named(self, node: Node | None) -> list[str]:
        items = node.items if isinstance(node, Sequence) else [] if node is None else [node]
        names = [self.text(item) for item in items]
        for item, name in zip(items, names, strict=True):
            self.label(item, name)
        return names

    def label(self, node: Node, name: str) -> None:
        if name not in self.labels:
            self.report(
                node,
                f"'{name}' is not a row or column",
                "a label as the table prints it",
                near_names(name, self.labels),
            )

    def sizes(self, node: Node | None) -> dict[str, int]:
        if not isinstance(node, Mapping):
            size = self.whole(node)
            return {"": size} if size else {}
        found: dict[str, int] = {}
        for name, (at, item) in node.entries.items():
            self.label(at, name)
            size = self.whole(item)
            if size:
                found[name] = size
        return found

    def levels(self, node: Node | None) -> dict[str, float]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report(
                node,
                f"{kind_of(node)} stands where marks and their levels are expected",
                'stars: {"*": 0.10, "**": 0.05}',
            )
            return {}
        found: dict[str, float] = {}
        for mark, (at, item) in node.entries.items():
            level = self.decimal(item)
            if level is not None and not 0 < level < 1:
                self.report(at, f"{level} is no level of significance", "a number between 0 and 1")
            elif level is not None:
                found[mark] = float(level)
        return found

    def columns(self, node: Node | None, axis: str, keys: tuple[str, ...]) -> dict[str, Column]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report(
                node,
                f"{kind_of(node)} stands where {axis} are expected",
                f"{axis}: {{<label>: {{{', '.join(f'{key}: …' for key in keys[:2])}}}}}",
            )
            return {}
        found: dict[str, Column] = {}
        for name, (at, item) in node.entries.items():
            self.label(at, name)
            if isinstance(item, Mapping):
                self.known(item, keys)
                found[name] = Column(
                    self.choice(item.get("unit"), MEASURES),
                    self.text(item.get("group")),
                    self.whole(item.get("sampleSize")),
                )
            else:
                found[name] = Column(self.choice(item, MEASURES))
        return found
