"""Rows of a table to lines of N-Triples, a batch at a time, by a map, with the ids that tables define."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import polars as pl

from kg.core.errors import InputError, Problem, QueryError, near_names
from kg.core.terms import BASE, RDF_TYPE, rebase
from kg.loaders.cases.context import Kind
from kg.loaders.tables.cells import MARK, CellReader, Faults, Lines, Object, constant_iri, scheme_of, told, unmarked
from kg.loaders.tables.model import class_of, kinds
from kg.loaders.tables.readers import ROW, Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.loaders.tables.model import Cell, Inner, TableMap, Template, Thing, Value
    from kg.loaders.tables.readers import Reader

    Hashes = NDArray[np.uint64]
    Mask = NDArray[np.bool_]


_NONE: Final = np.empty(0, np.uint64)
SUBJECT: Final = "\x00subject"
DELIMITERS: Final = (";", "\t", "|")
_SHOWN: Final = 10


class Elsewhere(Protocol):
    """Tells whether something outside the tables, such as the store that is loaded into, speaks of an IRI."""

    def __call__(self, iri: str, /) -> bool:
        """Answer for one IRI."""


def hashes(ids: pl.Series) -> Hashes:
    """Return the hash of each id."""
    found: Hashes = ids.hash().to_numpy()
    return found


_OF_KEYS: Final = {"document": pl.String, "id": pl.String, "text": pl.String}


class KeyTexts:
    """The texts of the ids of one document: those of earlier loads, and those of this one.

    A store knows only ids. So each load keeps the texts that are not the ids themselves beside the store, and a later
    load compares its own with them.

    Args:
        file: what earlier loads kept.
        document: the slug of the document whose ids they are.
        replaced: whether what the store holds of the document is taken out.
        held: whether the store holds a thing, by its id; None where its ids may have been made without a word here.

    """

    def __init__(self, file: Path, document: str, *, replaced: bool, held: Callable[[str], bool] | None) -> None:
        kept = pl.read_parquet(file) if file.is_file() else pl.DataFrame(schema=_OF_KEYS)
        self._document = document
        self._others = kept.filter(pl.col("document") != document)
        of_document = kept.filter(pl.col("document") == document)
        self._earlier = of_document.clear() if replaced else of_document
        self._new: list[pl.DataFrame] = []
        self._held = None if replaced else held
        self._plain: set[str] = set()

    def add(self, ids: pl.Series, texts: pl.Series) -> None:
        """Add ids of this load with their texts, which are not the ids themselves."""
        pairs = pl.DataFrame([ids.alias("id"), texts.alias("text")]).unique(maintain_order=True)
        self._new.append(pairs)
        if self._held is not None:
            unknown = pairs.join(self._earlier, on="id", how="anti")["id"].unique()
            self._plain.update(filter(self._held, unknown))

    def others(self, ids: pl.Series, texts: pl.Series) -> list[tuple[int, str]]:
        """Return where ids stand that the store has from another text, and that text."""
        rows = pl.DataFrame([ids.alias("id"), texts.alias("own")]).with_row_index().drop_nulls()
        found = rows.join(self._earlier, on="id").filter(pl.col("own") != pl.col("text"))
        plain = rows.filter(pl.col("id").is_in(list(self._plain)) & (pl.col("own") != pl.col("id")))
        told = [*found.select("index", "text").iter_rows(), *plain.select("index", "id").iter_rows()]
        return sorted(told)

    def write(self, file: Path) -> None:
        """Write the texts of this load and of earlier ones, for the next load."""
        document = pl.lit(self._document).alias("document")
        new = [pairs.select(document, "id", "text") for pairs in self._new]
        pl.concat([self._others, self._earlier, *new]).unique(maintain_order=True).write_parquet(file)


@dataclass
class KnownIds:
    """The ids of all tables of a load, and the texts that they were made from.

    Different texts may give one id, as ``C#`` and ``C++`` do; only the first of them may stand for it. Of each id, and
    of each text that is not the id itself, 64 bits are kept.
    """

    elsewhere: Elsewhere
    base: str
    stored: KeyTexts | None = None
    _single: list[Hashes] = field(default_factory=list)
    _others: list[Hashes] = field(default_factory=list)
    _alike: list[Hashes] = field(default_factory=list)
    _unlike: list[tuple[Hashes, Hashes, Hashes]] = field(default_factory=list)
    _all: Hashes = field(default_factory=lambda: _NONE)
    _twice: Hashes = field(default_factory=lambda: _NONE)
    _merging: Hashes = field(default_factory=lambda: _NONE)
    _spellings: Hashes = field(default_factory=lambda: _NONE)
    _never_alike: Hashes = field(default_factory=lambda: _NONE)
    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _first_text: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    _asked: dict[str, tuple[bool, str]] = field(default_factory=dict)

    def define(self, ids: pl.Series, texts: pl.Series, *, once: bool) -> None:
        """Add ids with the texts of which they were made; with ``once`` each id may be defined by one row only."""
        defined = ids.is_not_null()
        found = hashes(ids.filter(defined))
        (self._single if once else self._others).append(found if once else np.unique(found))
        if texts is ids:
            self._alike.append(found)
            return
        unlike = defined & (texts != ids).fill_null(value=False)
        kept = ids.filter(unlike), texts.filter(unlike), unmarked(texts.filter(unlike))
        if self.stored is not None:
            self.stored.add(*kept[:2])
        self._alike.append(hashes(ids.filter(defined & ~unlike)))
        told = hashes(kept[1])
        order = _firsts(told)
        self._unlike.append((hashes(kept[0])[order], told[order], hashes(kept[2])[order]))

    def close(self) -> None:
        """Make ready for questions."""
        single = np.sort(np.concatenate([_NONE, *self._single]))
        self._twice = _repeated(single)
        self._all = np.sort(np.concatenate([single, *self._others])) if self._others else single
        if self._unlike:
            ids, texts, plain = (np.concatenate(parts) for parts in zip(*self._unlike, strict=True))
            self._spellings = np.sort(plain)
            several = np.sort(ids[_firsts(texts)])
            alike = np.zeros(len(several), dtype=bool)
            for found in self._alike:
                alike |= _among(several, np.sort(found))
            self._merging = np.sort(np.concatenate([_repeated(several), several[alike]]))
            self._never_alike = several[~alike]
        for parts in (self._single, self._others, self._alike, self._unlike):
            parts.clear()

    def repeated(self, ids: pl.Series, rows: pl.Series, table: str) -> list[tuple[int, str]]:
        """Return where ids stand that an earlier row has too, and the first place of each."""
        if not len(self._twice):
            return []
        candidates = np.flatnonzero(_among(hashes(ids), self._twice) & ids.is_not_null().to_numpy())
        found: list[tuple[int, str]] = []
        for index in candidates.tolist():
            name, row = ids[index], rows[index]
            first = self._first.setdefault(name, (table, row))
            if first != (table, row):
                found.append((index, _place(*first, table)))
        return found

    def merged(self, ids: pl.Series, texts: pl.Series, rows: pl.Series, table: str) -> list[tuple[int, str]]:
        """Return where ids stand that an earlier row makes from another text, and in words of which."""
        stored = self.stored.others(ids, texts) if self.stored is not None else []
        found = [
            (index, f"the id {ids[index]} of '{_shown(text, ids[index])}' in the store")
            for index, text in stored
            if not _same_key(text, texts[index])
        ]
        if not len(self._merging):
            return found
        candidates = np.flatnonzero(_among(hashes(ids), self._merging) & ids.is_not_null().to_numpy())
        for index in candidates.tolist():
            name, text, row = ids[index], texts[index], rows[index]
            first, there, at = self._first_text.setdefault(name, (text, table, row))
            if not _same_key(first, text):
                found.append((index, f"the id {name} of '{_shown(first, name)}' in {_place(there, at, table)}"))
        return found

    def missing(self, ids: pl.Series, texts: pl.Series) -> tuple[Mask, Mask]:
        """Return which ids nothing defines, and which are defined, but from another text.

        Nothing is none of both. What defines an id is a table, or something outside that speaks of it. An id begins
        with its kind, or with ``../<document>/`` for things of another document.
        """
        filled = ids.is_not_null().to_numpy()
        texts = unmarked(texts)
        unknown = filled & ~_among(hashes(ids), self._all)
        spelt = _among(hashes(texts), self._spellings)
        spelt |= (ids == texts).fill_null(value=False).to_numpy() & ~_among(hashes(ids), self._never_alike)
        other = filled & ~unknown & ~spelt
        if not unknown.any():
            return unknown, other
        pairs = pl.DataFrame([ids.alias("id"), texts.alias("text")])
        for name, text in pairs.filter(unknown).unique(maintain_order=True).iter_rows():
            if name not in self._asked:
                self._asked[name] = self.elsewhere(absolute(name, self.base)), text
        told = {name: self._asked[name] for name in ids.filter(unknown).unique().to_list()}
        fine = [name for name, (there, _) in told.items() if there]
        there = ids.is_in(fine).fill_null(value=False).to_numpy() & unknown
        first = ids.replace_strict(
            list(told), [text for _, text in told.values()], default=None, return_dtype=pl.String
        )
        return unknown & ~there, other | (there & (first != texts).fill_null(value=False).to_numpy())


def _shown(text: str, name: str) -> str:
    """Return the text that an id was made from as its cells have it."""
    return text.replace(MARK, "").removeprefix(f"{name.rpartition('/')[0]}/")


def _place(table: str, row: int, here: str) -> str:
    return f"row {row}" + (f" of {table}" if table != here else "")


def _same_key(one: str, other: str) -> bool:
    """Return whether two texts are one key: several columns may be written as one, but not as several others."""
    return one == other or (one.replace(MARK, "") == other.replace(MARK, "") and (MARK not in one or MARK not in other))


def _firsts(values: Hashes) -> NDArray[np.intp]:
    """Return where each value stands, once."""
    order = np.argsort(values)
    ordered = values[order]
    return order[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(order) else order


def _repeated(ordered: Hashes) -> Hashes:
    found: Hashes = ordered[1:][ordered[1:] == ordered[:-1]]
    return found


def absolute(name: str, base: str) -> str:
    """Return the IRI of an id; ``base`` ends in the document's slug and a slash."""
    return base.rstrip("/").rpartition("/")[0] + name.removeprefix("..") if name.startswith("../") else base + name


def _among(values: Hashes, ordered: Hashes) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    among: Mask = ordered[places] == values
    return among


@dataclass(frozen=True, slots=True)
class Converted:
    """The result of a batch.

    It has the lines in pieces, their number, the faults, the rows that were read, and those that were left out.
    """

    pieces: list[memoryview]
    statements: int
    rejects: list[Reject]
    rows: int
    rejected_rows: int


class TableConverter:
    """Turns the rows of one table into lines.

    ``document`` is the slug that their ids lie under, ``base`` the base IRI.
    """

    def __init__(self, table: TableMap, name: str, document: str, known: KnownIds, base: str = BASE) -> None:
        self.table = table
        self.name = name
        self.known = known
        self.base = base
        self.ids = f"{BASE}id/{document}/"
        self.cells = CellReader()
        self._of_percent = {
            id(value)
            for thing in table.thing.walk()
            if any(value.word.name == "unit" and value.template.text.endswith("percent") for value in thing.values)
            for value in thing.values
        }
        self.columns = tuple(dict.fromkeys(cell.column for cell in table.thing.cells()))

    def check_columns(self, reader: Reader) -> None:
        """Check that the table has every column that the map speaks of.

        Raises:
            InputError: it has not.

        """
        missing = [cell for cell in self.table.thing.cells() if cell.column not in reader.columns]
        if (
            missing
            and len(reader.columns) == 1
            and (marks := [mark for mark in DELIMITERS if mark in reader.columns[0]])
        ):
            place = self.table.place
            told = "tab" if marks[0] == "\t" else f'"{marks[0]}"'
            message = f"the heading of the table {self.name} is one cell, '{reader.columns[0].expandtabs(1)}'"
            raise InputError([Problem(place.file, place.line, place.column, message, f"delimiter: {told} in the map")])
        if missing:
            raise InputError({self._unknown_column(cell, reader.columns) for cell in missing})

    def _unknown_column(self, cell: Cell, columns: tuple[str, ...]) -> Problem:
        near = near_names(cell.column, columns)
        listed = ", ".join(columns[:_SHOWN]) + (", …" if len(columns) > _SHOWN else "")
        place, message = cell.place, f"the table {self.name} has no column '{cell.column}'"
        return Problem(
            place.file, place.line, place.column, message, "" if near else f"one of its columns: {listed}", near
        )

    def id_columns(self) -> tuple[str, ...]:
        """Return the columns that ids of the table are made from."""
        things = [thing for thing in self.table.thing.walk() if thing.id]
        return tuple(dict.fromkeys(cell.column for thing in things for cell in (thing.id.cells if thing.id else ())))

    def define(self, frame: pl.DataFrame) -> pl.Series:
        """Tell the known ids of the ids that a batch defines, and return those of its rows.

        Only ``id_columns`` are looked at.
        """
        of_rows = pl.Series(dtype=pl.String)
        for thing in self.table.thing.walk():
            if thing is self.table.thing and self._lists(frame):
                of_rows = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
            elif thing.id is not None:
                rows = spread(frame, thing.id.cells)
                once = thing is self.table.thing and not self.table.continues
                ids = self.cells.reference(thing.id, rows, Faults())
                self.known.define(ids, self.cells.written(thing.id, rows, ids), once=once)
                of_rows = ids if thing is self.table.thing else of_rows
        return of_rows

    def convert(self, frame: pl.DataFrame) -> Converted:
        """Convert a batch. A row with a fault gives no line at all."""
        faults = Faults()
        lines: list[Lines] = []
        thing = self.table.thing
        for column in self._lists(frame):
            items = frame[column].list.join(", ", ignore_nulls=True)
            faults.add(
                frame[ROW], items, column, "{} is a list, and a row has one id", "a column with one text in a cell"
            )
        if thing.id is not None and not self._lists(frame):
            subjects = self.cells.reference(thing.id, frame, faults)
            blank = subjects.is_null() & ~frame[ROW].is_in(faults.rows().implode())
            column = ", ".join(cell.column for cell in thing.id.cells)
            faults.add(frame[ROW].filter(blank), subjects.filter(blank), column, "the row has no id: the cell is empty")
            self._check_id(thing.id, subjects, frame, faults, once=not self.table.continues)
            self._thing(thing, frame.with_columns(subjects.alias(SUBJECT)), faults, lines, _first_column(thing.id))
        bad = faults.rows()
        pieces, statements = [], 0
        for part in lines:
            kept = part.without(bad)
            written = kept.written(self.ids, self.base)
            pieces.append(written)
            statements += kept.count
        return Converted(pieces, statements, faults.rejects(self.name, Reject), len(frame), len(bad))

    def _lists(self, frame: pl.DataFrame) -> list[str]:
        """Return the columns of the ids of rows that hold lists, of which no id can be made."""
        cells = self.table.thing.id.cells if self.table.thing.id else ()
        return [cell.column for cell in cells if isinstance(frame.schema[cell.column], pl.List)]

    def _check_id(self, template: Template, ids: pl.Series, frame: pl.DataFrame, faults: Faults, *, once: bool) -> None:
        """Note rows whose id an earlier row has too, or has from another text."""
        texts = self.cells.written(template, frame, ids)
        repeated = self.known.repeated(ids, frame[ROW], self.name) if once else []
        merged = self.known.merged(ids, texts, frame[ROW], self.name)
        cells = told(template, frame)
        column = ", ".join(cell.column for cell in template.cells)
        for index, first in repeated:
            reason = f"{{}} is the id of {first} too"
            at = slice(index, index + 1)
            faults.add(frame[ROW][at], cells[at], column, reason, shown=ids[at])
        twice = {index for index, _ in repeated}
        for index, other in merged:
            at = slice(index, index + 1)
            if index not in twice:
                expected = "one text for one thing, and ids that differ for two"
                faults.add(frame[ROW][at], cells[at], column, f"{{}} gives {other}", expected)

    def stated(self, frame: pl.DataFrame) -> list[Lines]:
        """Return what rows that were loaded state, without a second look at what is wrong with them."""
        lines: list[Lines] = []
        if (template := self.table.thing.id) is not None and not self._lists(frame):
            faults = Faults()
            subjects = self.cells.reference(template, frame, faults)
            self._thing(
                self.table.thing, frame.with_columns(subjects.alias(SUBJECT)), faults, lines, _first_column(template)
            )
        return [part for part in lines if len(part.rows)]

    def _thing(self, thing: Thing, frame: pl.DataFrame, faults: Faults, lines: list[Lines], column: str) -> None:
        """Add what rows say of a thing; ``column`` is the first of those that name it."""
        lines.extend(
            Lines(frame[ROW], frame[SUBJECT], RDF_TYPE.value, Object.constant(iri), column) for iri in thing.types
        )
        if thing.type_cell:
            found = self.cells.meaning(thing.type_cell, "class", self._class, frame, faults)
            lines.append(
                Lines(frame[ROW], frame[SUBJECT], RDF_TYPE.value, Object.iris("", found), thing.type_cell.column)
            )
        for value in thing.values:
            self._value(value, spread(frame, value.template.cells), faults, lines, column)
        for inner in thing.inner:
            self._inner(inner, frame, faults, lines, column)

    def _inner(self, inner: Inner, frame: pl.DataFrame, faults: Faults, lines: list[Lines], column: str) -> None:
        thing = inner.thing
        naming = [thing.id] if thing.id else list(thing.identified_by)
        rows = spread(frame, [cell for template in naming for cell in template.cells])
        subjects = self.cells.reference(thing.id, rows, faults) if thing.id else self._inner_ids(thing, rows, faults)
        if thing.id:
            self._check_id(thing.id, subjects, rows, faults, once=False)
        inside = rows.with_columns(subjects.alias("\x00inner")).drop_nulls("\x00inner")
        column = next(filter(None, map(_first_column, naming)), column)
        lines.append(
            Lines(
                inside[ROW], inside[SUBJECT], inner.word.iri.value, Object.iris(self.ids, inside["\x00inner"]), column
            )
        )
        self._thing(
            thing, inside.with_columns(pl.col("\x00inner").alias(SUBJECT)).drop("\x00inner"), faults, lines, column
        )

    def _inner_ids(self, thing: Thing, frame: pl.DataFrame, faults: Faults) -> pl.Series:
        """Make ids from the parent and from what identifies the thing; nothing where the first of that is missing."""
        by_template = {id(value.template): value for value in thing.values}
        tails: list[pl.Series] = []
        for template in thing.identified_by:
            found = self._object(by_template[id(template)], frame, faults)
            tails.append(found.local(len(frame)))
        path = frame[SUBJECT] + f"/{thing.path}"
        if not tails:
            filled = [frame[cell.column].is_not_null() for cell in thing.cells()]
            some = pl.select(pl.any_horizontal(*filled)).to_series() if filled else path.is_not_null()
            return pl.select(pl.when(some).then(path)).to_series()
        rest = [
            pl.when(pl.lit(tail).is_not_null()).then(pl.concat_str(pl.lit("-"), pl.lit(tail))).otherwise(pl.lit(""))
            for tail in tails[1:]
        ]
        return pl.select(pl.concat_str([pl.lit(path), pl.lit("/"), pl.lit(tails[0]), *rest])).to_series()

    def _value(self, value: Value, frame: pl.DataFrame, faults: Faults, lines: list[Lines], column: str) -> None:
        found = self._object(value, frame, faults)
        if found.links and found.texts is not None:
            self._check_links(value.template, found.texts, frame, faults)
        if found.links and found.texts is not None:
            foreign = value.template.beginning.startswith("../")
            found = Object.iris(
                f"{BASE}id/" if foreign else self.ids, found.texts.str.strip_prefix("../") if foreign else found.texts
            )
        lines.append(
            Lines(frame[ROW], frame[SUBJECT], value.word.iri.value, found, _first_column(value.template) or column)
        )

    def _object(self, value: Value, frame: pl.DataFrame, faults: Faults) -> Object:
        word, template = value.word, value.template
        if word.kind not in {Kind.REFERENCE, Kind.CONCEPT}:
            percent = id(value) in self._of_percent
            return Object.literals(word, self.cells.literal(template, word, frame, faults, percent=percent))
        if not template.cells:
            return Object.constant(constant_iri(word, template.text, self.ids))
        if scheme := scheme_of(word, template):
            return Object.iris(f"{BASE}concept/", self.cells.concept(template.cells[0], scheme, frame, faults))
        return Object.references(self.cells.reference(template, frame, faults))

    def _check_links(self, template: Template, ids: pl.Series, frame: pl.DataFrame, faults: Faults) -> None:
        missing, merged = map(pl.Series, self.known.missing(ids, self.cells.written(template, frame, ids)))
        column = ", ".join(cell.column for cell in template.cells)
        if missing.any() and not all(cell.keep_dangling for cell in template.cells):
            faults.add(
                frame[ROW].filter(missing),
                told(template, frame).filter(missing),
                column,
                "the link to {} leads to nothing",
                "a row with that id, or dangling: keep in the map",
                shown=ids.filter(missing),
            )
        faults.add(
            frame[ROW].filter(merged),
            told(template, frame).filter(merged),
            column,
            "the link to {} leads to what is called by another text",
            "the text as in the row that defines the id",
            shown=ids.filter(merged),
        )

    def _class(self, text: str) -> tuple[str, str, tuple[str, ...]]:
        try:
            return rebase(class_of(text), self.base), "", ()
        except QueryError:
            return "", "{} is no class of the ontology", near_names(text, kinds())


def _first_column(template: Template) -> str:
    return next((cell.column for cell in template.cells), "")


def spread(frame: pl.DataFrame, cells: Iterable[Cell]) -> pl.DataFrame:
    """Return a row of its own to each item of a list."""
    for cell in cells:
        listed = isinstance(frame.schema[cell.column], pl.List)
        if cell.separator and not listed:
            frame = frame.with_columns(pl.col(cell.column).str.split(cell.separator))
        if cell.separator or listed:
            frame = frame.explode(cell.column)
            text = pl.col(cell.column).str.strip_chars()
            frame = frame.with_columns(pl.when(text != "").then(text).alias(cell.column)).drop_nulls(cell.column)
    return frame
