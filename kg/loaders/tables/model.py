"""What a map of firm tables says, read and checked: tables, things, and how cells become values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.core.origin import Origin
    from kg.loaders.cases.context import Word


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row, with what is done to it before it becomes a value.

    ``lookup`` replaces texts of the cell by words of the map's author; ``scheme`` is where a concept is looked up when
    the property itself does not say. ``pattern`` is the strptime pattern that dates are written in.
    """

    column: str
    place: Origin
    separator: str = ""
    lookup: Mapping[str, str] = field(default_factory=dict)
    scheme: str = ""
    pattern: str = ""
    decimal: str = ""
    thousands: str = ""
    default: str = ""
    skip_unmatched: bool = False
    keep_dangling: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and cells in a row: ``org/{code}`` or ``{first} {last}``. Without cells it is a constant."""

    parts: tuple[str | Cell, ...]
    place: Origin

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells in it."""
        return tuple(part for part in self.parts if isinstance(part, Cell))

    @property
    def text(self) -> str:
        """The template as written, for messages."""
        return "".join(part if isinstance(part, str) else f"{{{part.column}}}" for part in self.parts)

    @property
    def beginning(self) -> str:
        """The constant text before the first cell."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a word: its term comes from a template, or it is a thing inside the thing."""

    word: Word
    template: Template


@dataclass(frozen=True, slots=True)
class Inner:
    """A thing inside a thing, with the word that leads to it."""

    word: Word
    thing: Thing


@dataclass(frozen=True, slots=True)
class Thing:
    """What each row (or each item of a list in it) says of one thing.

    ``id`` is nothing for an inner thing whose id follows from its parent; then ``path`` and ``identified_by`` say how.
    ``types`` are constant classes by IRI, ``type_cell`` a column that tells the class.
    """

    place: Origin
    id: Template | None
    types: tuple[str, ...]
    type_cell: Cell | None
    values: tuple[Value, ...]
    inner: tuple[Inner, ...]
    path: str = ""
    identified_by: tuple[Template, ...] = ()

    def templates(self) -> Iterator[Template]:
        """Yield every template of the thing itself, its id among them."""
        if self.id:
            yield self.id
        yield from (value.template for value in self.values)

    def walk(self) -> Iterator[Thing]:
        """Yield the thing and all that lie inside it."""
        yield self
        for inner in self.inner:
            yield from inner.thing.walk()

    def cells(self) -> Iterator[Cell]:
        """Yield every cell that the thing and those inside it are made from."""
        for thing in self.walk():
            for template in thing.templates():
                yield from template.cells
            if thing.type_cell:
                yield thing.type_cell


@dataclass(frozen=True, slots=True)
class TableMap:
    """How the rows of one table become statements.

    ``continues`` says that rows add to things that another table, or another row, may speak of too. ``empty`` are the
    texts that mean nothing.
    """

    table: str
    thing: Thing
    place: Origin
    continues: bool = False
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmMap:
    """A whole map: the name of its graph, if it has one, and its tables in order; ``text`` is the file as written."""

    graph: str
    tables: tuple[TableMap, ...]
    text: str
