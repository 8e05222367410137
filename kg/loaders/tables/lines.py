"""Columns of subjects and objects to lines of N-Triples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from kg.core.terms import BASE, rebase
from kg.loaders.cases.context import Kind

if TYPE_CHECKING:
    from kg.loaders.cases.context import Word

_SPECIAL: Final = r'["\\\n\r]'


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
        """Return the lines in UTF-8; ``ids`` is where subjects lie, ``base`` the base IRI that all is published under."""

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
