"""Columns of cells to columns of values, and columns of values to lines of N-Triples, a whole batch at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from kg.core.terms import BASE, XSD, rebase
from kg.loaders.cases.context import Kind, expected_form, is_lexical, lexical_pattern
from kg.loaders.ontology import slug
from kg.loaders.tables.mapvalues import CONCEPT, NUMBERS
from kg.loaders.tables.model import DATES, find_concept, read_dates
from kg.loaders.tables.readers import ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.loaders.cases.context import Word
    from kg.loaders.tables.model import Cell, Template
    from kg.loaders.tables.readers import Reject

    Found = tuple[str, str, tuple[str, ...]]


SLUG: Final = "^[a-z0-9]+(?:-[a-z0-9]+)*$"
_MARKS: Final = "\\p{M}+"
# Letters of the Latin script that Unicode does not take apart, as passports write them (ICAO 9303) or English does.
_LATIN: Final = dict(
    zip(
        "ßæœøłđðþħŧŋĸəƒ\u0131",
        ["ss", "ae", "oe", "o", "l", "d", "d", "th", "h", "t", "n", "k", "e", "f", "i"],
        strict=True,
    )
)
_FOREIGN_LETTER: Final = r"[[\p{L}\p{N}]--[\x00-\x7f]]"
MARK: Final = "\x1f"
"""Stands around each cell in the text of an id that several cells make."""
ERRORS: Final = (
    *("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA"),
    *("#SPILL!", "#CALC!", "#FIELD!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#BUSY!"),
)
"""What spreadsheets show where a formula fails."""
_NO_ERROR: Final = "a value, or what stands for none in the map: empty: ['#N/A']"
_LEXICAL: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
# A fraction as programs write small ones. Whole numbers with an exponent are codes, or have lost digits.
_SMALL: Final = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[eE]-[0-9]{1,3}")
_SPECIAL: Final = r'["\\\n\r]'


class Faults:
    """The faults of one batch, as columns; turned into rejects when the batch is done."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []

    def add(  # noqa: PLR0913, PLR0917 - each is a part of one fault
        self,
        rows: pl.Series,
        values: pl.Series,
        column: str,
        reason: str,
        expected: str = "",
        near: tuple[str, ...] = (),
        shown: pl.Series | None = None,
    ) -> None:
        """Note a fault of some rows; ``shown`` is what the reason speaks of, where that is not the cell itself."""
        if len(rows):
            told = [
                pl.lit(text).alias(name)
                for text, name in ((column, "column"), (reason, "reason"), (expected, "expected"))
            ]
            self.frames.append(
                pl.DataFrame(
                    {
                        "row": rows.cast(pl.UInt32),
                        "value": values.cast(pl.String).fill_null(""),
                        "shown": (values if shown is None else shown).cast(pl.String).fill_null(""),
                    }
                ).with_columns(*told, pl.lit("\n".join(near)).alias("near"))
            )

    def rows(self) -> pl.Series:
        """Return the numbers of the rows that have a fault."""
        if not self.frames:
            return pl.Series(dtype=pl.UInt32)
        return pl.concat([frame["row"] for frame in self.frames]).unique()

    def rejects(self, table: str, make: Callable[..., Reject]) -> list[Reject]:
        """Return the faults by row."""
        if not self.frames:
            return []
        frame = pl.concat(self.frames).unique(maintain_order=True).sort("row", maintain_order=True)
        return [
            make(
                table,
                r["row"],
                r["column"],
                r["value"],
                r["reason"],
                r["expected"],
                tuple(r["near"].split("\n")) if r["near"] else (),
                r["shown"],
            )
            for r in frame.iter_rows(named=True)
        ]


class CellReader:
    """Read the cells of one table; each distinct text is interpreted once."""

    def __init__(self) -> None:
        self._meanings: dict[tuple[str, str], dict[str, Found]] = {}

    def raw(self, cell: Cell, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Return the texts of a cell, its look-up and default applied.

        What a spreadsheet shows where it could not compute a cell is a fault.
        """
        texts = frame[cell.column]
        if cell.lookup:
            texts = texts.replace(cell.lookup)
        failed = texts.is_in(ERRORS).fill_null(value=False)
        if failed.any():
            faults.add(
                frame[ROW].filter(failed),
                texts.filter(failed),
                cell.column,
                "{} is an error of a spreadsheet",
                _NO_ERROR,
            )
            texts = _only(texts, ~failed)
        return texts.fill_null(cell.default) if cell.default else texts

    def literal(
        self, template: Template, word: Word, frame: pl.DataFrame, faults: Faults, *, percent: bool = False
    ) -> pl.Series:
        """Return texts, checked against the datatype of the word; nothing where a cell is empty or wrong.

        ``percent`` says that numbers may have a percent sign, since their unit is stated.
        """
        if word.kind is not Kind.TYPED:
            return _joined(
                [part if isinstance(part, str) else self.raw(part, frame, faults) for part in template.parts],
                len(frame),
            )
        texts = _joined(
            [
                part if isinstance(part, str) else self._number_or_date(part, word.detail, frame, faults)
                for part in template.parts
            ],
            len(frame),
        )
        if word.detail in NUMBERS and len(template.parts) == 1:
            texts = _numbers(texts, percent=percent)
        fine = texts.str.contains(f"^(?:{lexical_pattern(word.detail)})$")
        if word.detail == f"{XSD}date":
            fine &= texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_not_null()
        wrong = texts.is_not_null() & ~fine
        if wrong.any():
            distinct = {text for text in texts.filter(wrong).unique() if is_lexical(text, word.detail)}
            wrong &= ~texts.is_in(list(distinct)) if distinct else wrong
            faults.add(
                frame[ROW].filter(wrong),
                (told(template, frame) if len(template.parts) == 1 else texts).filter(wrong),
                _columns(template),
                f"{{}} cannot be the value of '{word.name}'",
                expected_form(word.detail),
            )
            texts = _only(texts, ~wrong)
        return texts

    def concept(self, cell: Cell, scheme: str, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Return concepts as ``<scheme>/<slug>``; nothing where a cell is empty or names none."""
        return self._meaning(cell, f"concept {scheme}", lambda text: find_concept(scheme, text), frame, faults)

    def meaning(
        self, cell: Cell, kind: str, find: Callable[[str], Found], frame: pl.DataFrame, faults: Faults
    ) -> pl.Series:
        """Return the values of the texts of a cell, by a function that is called once for each distinct text."""
        return self._meaning(cell, kind, find, frame, faults)

    def _meaning(
        self, cell: Cell, kind: str, find: Callable[[str], Found], frame: pl.DataFrame, faults: Faults
    ) -> pl.Series:
        texts = self.raw(cell, frame, faults)
        known = self._meanings.setdefault((cell.column, kind), {})
        distinct = texts.drop_nulls().unique().to_list()
        known |= {text: find(text) for text in distinct if text not in known}
        fine = {text: known[text][0] for text in distinct if known[text][0]}
        if not cell.skip_unmatched:
            for text in distinct:
                if text not in fine:
                    _, reason, near = known[text]
                    at = texts == text
                    shown = texts.filter(at)
                    faults.add(
                        frame[ROW].filter(at),
                        frame[cell.column].filter(at),
                        cell.column,
                        reason,
                        near=near,
                        shown=shown,
                    )
        return texts.replace_strict(list(fine), list(fine.values()), default=None, return_dtype=pl.String)

    def reference(self, template: Template, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Return ids such as ``org/123`` with each cell as a slug; nothing where a cell is empty or makes none."""
        return _joined(
            [part if isinstance(part, str) else self.slug(part, frame, faults) for part in template.parts], len(frame)
        )

    def written(self, template: Template, frame: pl.DataFrame, ids: pl.Series) -> pl.Series:
        """Return the texts that ids were made from: the same for one key, whatever its blanks and the width of letters.

        Where several cells make an id, each is marked, since ``a-b`` and ``c`` are another key than ``a`` and ``b-c``.
        """
        cells = [self.raw(cell, frame, Faults()) for cell in template.cells]
        if len(cells) == 1 and cells[0].str.contains(SLUG).all(ignore_nulls=True):
            return ids
        mark = MARK if len(cells) > 1 else ""
        plain = iter(mark + cell.str.normalize("NFKC").str.replace_all(r"\s+", " ") + mark for cell in cells)
        return _joined([part if isinstance(part, str) else next(plain) for part in template.parts], len(frame))

    def slug(self, cell: Cell, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Return the texts of a cell as parts of ids: lower case, digits and hyphens."""
        texts = self.raw(cell, frame, faults)
        if texts.str.contains(SLUG).all(ignore_nulls=True):
            return texts
        plain = texts.str.normalize("NFKD").str.replace_all(_MARKS, "").str.to_lowercase()
        plain = plain.str.replace_many(list(_LATIN), list(_LATIN.values()))
        slugs = plain.str.replace_all("[^a-z0-9]+", "-").str.strip_chars("-")
        wrong = texts.is_not_null() & (plain.str.contains(_FOREIGN_LETTER) | (slugs == ""))
        if wrong.any():
            expected = "a column of codes in Latin letters or digits, or lookup:"
            faults.add(
                frame[ROW].filter(wrong), texts.filter(wrong), cell.column, "no id can be made from {}", expected
            )
        return _only(slugs, ~wrong)

    def _number_or_date(self, cell: Cell, datatype: str, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        texts = self.raw(cell, frame, faults)
        if cell.thousands or cell.decimal:
            texts = self._with_marks(cell, datatype, texts, frame, faults)
        if not cell.pattern or datatype not in DATES:
            return texts
        dates = read_dates(texts, cell.pattern)
        wrong = texts.is_not_null() & dates.is_null()
        faults.add(
            frame[ROW].filter(wrong),
            frame[cell.column].filter(wrong),
            cell.column,
            f"{{}} is not a date in the form {cell.pattern}",
            shown=texts.filter(wrong),
        )
        return dates.dt.strftime(DATES[datatype])

    @staticmethod
    def _with_marks(cell: Cell, datatype: str, texts: pl.Series, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Return numbers with the marks of the map in the lexical form of XML Schema.

        A cell in which a mark is misplaced becomes null. A number such as ``1.5`` is a fault where the map says that
        points part thousands or that commas part decimals: whoever wrote it meant something else than the map says.
        """
        plain = _plain(texts)
        if cell.thousands.isspace() or cell.thousands == "\u2019":
            plain = plain.str.replace_all("[\u00a0 ]" if cell.thousands.isspace() else "'", cell.thousands)
        if cell.thousands:
            grouped = re.escape(cell.thousands)
            plain = pl.select(
                pl.when(plain.str.contains(rf"^[+-]?[1-9]\d{{0,2}}({grouped}\d{{3}})+([^\d{grouped}][^{grouped}]*)?$"))
                .then(plain.str.replace_all(cell.thousands, "", literal=True))
                .otherwise(plain)
            ).to_series()
        if datatype in NUMBERS:
            point = cell.decimal or "."
            wrong = plain.str.count_matches(point, literal=True) > (0 if cell.thousands == point else 1)
            for mark in {cell.thousands, "."} - {point, ""}:
                wrong |= plain.str.contains(mark, literal=True)
            wrong = wrong.fill_null(value=False)
            faults.add(
                frame[ROW].filter(wrong),
                frame[cell.column].filter(wrong),
                cell.column,
                f"{{}} is not a number with the marks {_marks(cell)}",
            )
            plain = _only(plain, ~wrong)
        return plain.str.replace(cell.decimal, ".", literal=True) if cell.decimal else plain


def _plain(texts: pl.Series) -> pl.Series:
    """Return texts with plain characters for signs, digits and spaces that look like them."""
    if texts.str.contains(r"^[\x00-\x7f]*$").all(ignore_nulls=True):
        return texts
    from kg.core.printed import alike

    distinct = texts.drop_nulls().unique().to_list()
    return texts.replace(distinct, list(map(alike, distinct)))


def _numbers(texts: pl.Series, *, percent: bool) -> pl.Series:
    """Return numbers as XML Schema writes them, whatever prints them; what is none, or says more, stays as it is.

    Each distinct text is read once, and only where it is no lexical form.
    """
    if texts.str.contains(_LEXICAL).all(ignore_nulls=True):
        return texts
    from kg.core.printed import prints_nothing, read_printed

    said: dict[str, str | None] = {}
    for text in texts.filter(~texts.str.contains(_LEXICAL)).drop_nulls().unique().to_list():
        found = read_printed(text)
        alone = found and not (
            found.marks or found.second or found.word or found.bracketed or set(found.written) & {",", "'"}
        )
        if found and alone and (percent or not found.percent):
            said[text] = found.number
        elif prints_nothing(text):
            said[text] = None
        elif _SMALL.fullmatch(text):
            said[text] = f"{Decimal(text):f}"
    return texts.replace(list(said), list(said.values())) if said else texts


def told(template: Template, frame: pl.DataFrame) -> pl.Series:
    """Return the cells of a template as the table has them, those of a row one after the other."""
    cells = [frame[cell.column] for cell in template.cells]
    return cells[0] if len(cells) == 1 else pl.select(pl.concat_str(cells, separator=", ")).to_series()


def unmarked(texts: pl.Series) -> pl.Series:
    """Return the texts of ids without the marks of cells."""
    return texts.str.replace_all(MARK, "", literal=True)


def scheme_of(word: Word, template: Template) -> str:
    """Return the slug of the scheme that a template's value is looked up in; nothing when the value is no concept."""
    if template.cells and template.cells[0].scheme:
        return template.cells[0].scheme
    if word.kind is Kind.CONCEPT:
        return slug(word.detail.rstrip("/"))
    return template.beginning.removeprefix(CONCEPT).split("/")[0] if template.beginning.startswith(CONCEPT) else ""


def constant_iri(word: Word, text: str, base: str) -> str:
    """Return the IRI that a constant reference or concept of a map stands for; ``base`` is that of the data's ids."""
    if text.startswith(CONCEPT):
        return f"{BASE}concept/{text.removeprefix(CONCEPT)}"
    if word.kind is Kind.CONCEPT:
        return word.detail + text
    return f"{BASE}id/{text.removeprefix('../')}" if text.startswith("../") else base + text


def _joined(parts: list[str | pl.Series], length: int) -> pl.Series:
    if len(parts) == 1 and isinstance(parts[0], pl.Series):
        return parts[0]
    if all(isinstance(part, str) for part in parts):
        return pl.Series(["".join(map(str, parts))]).new_from_index(0, length)
    return pl.select(pl.concat_str([pl.lit(part) for part in parts])).to_series()


def _only(texts: pl.Series, mask: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(texts)).to_series()


def _marks(cell: Cell) -> str:
    told = (("thousands", cell.thousands), ("decimal", cell.decimal))
    return ", ".join(f'{name}: "{mark}"' for name, mark in told if mark)


def _columns(template: Template) -> str:
    return ", ".join(cell.column for cell in template.cells)


@dataclass(frozen=True, slots=True)
class Object:
    """The objects of some statements: text between ``before`` and ``after``, or one term for all when there is no text.

    ``links`` says that the texts are ids that must be defined somewhere.
    """

    before: str
    texts: pl.Series | None
    after: str
    links: bool = False

    @classmethod
    def constant(cls, iri: str) -> Object:
        """One IRI for all."""
        return cls(iri, None, "")

    @classmethod
    def iris(cls, namespace: str, local: pl.Series) -> Object:
        """IRIs below a namespace."""
        return cls(namespace, local, "")

    @classmethod
    def references(cls, ids: pl.Series) -> Object:
        """Ids of things."""
        return cls("", ids, "", links=True)

    @classmethod
    def literals(cls, word: Word, texts: pl.Series) -> Object:
        """Literals of a word, with its language or datatype."""
        if texts.str.contains(_SPECIAL).any():
            texts = texts.str.replace_many(["\\", '"', "\n", "\r"], ["\\\\", '\\"', "\\n", "\\r"])
        tag = (
            f'"@{word.detail}'
            if word.kind is Kind.LANGUAGE
            else f'"^^<{word.detail}>'
            if word.kind is Kind.TYPED
            else '"'
        )
        return cls('"', texts, tag)

    def local(self, length: int) -> pl.Series:
        """Return the last part of each IRI."""
        if self.texts is None:
            return pl.Series([self.before.rsplit("/", 1)[-1]]).new_from_index(0, length)
        return self.texts.str.replace("^.*/", "")


@dataclass(frozen=True, slots=True)
class Lines:
    """Statements of one property: for each row the local part of a subject, and an object or nothing.

    ``column`` is the one whose cells say the objects, or the first of those that name the subjects.
    """

    rows: pl.Series
    subjects: pl.Series
    predicate: str
    object: Object
    column: str = ""

    def without(self, bad: pl.Series) -> Lines:
        """Leave out some rows and all without an object."""
        texts = self.object.texts
        keep = None
        if len(bad):
            keep = ~self.rows.is_in(bad.implode())
        if texts is not None and texts.null_count():
            keep = texts.is_not_null() if keep is None else keep & texts.is_not_null()
        if keep is None:
            return self
        kept = Object(self.object.before, None if texts is None else texts.filter(keep), self.object.after)
        return Lines(self.rows.filter(keep), self.subjects.filter(keep), self.predicate, kept, self.column)

    @property
    def count(self) -> int:
        """The number of statements, once those without an object are left out."""
        return len(self.subjects)

    def written(self, ids: str, base: str) -> memoryview:
        """Return the lines in UTF-8.

        ``ids`` is the IRI below which subjects are, ``base`` the base IRI that everything is published under.
        """

        def iri(text: str) -> str:
            return rebase(text, base) if base != BASE else text

        about, literal = self.object, self.object.before == '"'
        head = f"> <{iri(self.predicate)}> "
        begin, end = (about.before, f"{about.after} .\n") if literal else (f"<{iri(about.before)}", "> .\n")
        if about.texts is None:
            parts = [pl.lit(f"<{iri(ids)}"), pl.lit(self.subjects), pl.lit(head + begin + end)]
        else:
            parts = [
                pl.lit(f"<{iri(ids)}"),
                pl.lit(self.subjects),
                pl.lit(head + begin),
                pl.lit(about.texts),
                pl.lit(end),
            ]
        if not len(self.subjects):
            return memoryview(b"")
        written = pl.select(pl.concat_str(parts)).to_series().to_arrow(compat_level=pl.CompatLevel.oldest())
        return _text_of(written)


def _text_of(column: object) -> memoryview:
    """Return the texts of an Arrow column, one after the other, without a copy."""
    import numpy as np
    import pyarrow as pa

    array = column if isinstance(column, pa.LargeStringArray) else column.cast(pa.large_string())  # type: ignore[attr-defined]
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return memoryview(data)[int(bounds[0]) : int(bounds[-1])]
