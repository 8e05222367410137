"""The model of a map of tables: tables, things, and how cells become values.

It also has the words for classes and concepts in a map, and reads dates by the format that a map says.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.resources import ontology_dir
from kg.core.terms import ONTOLOGY, XSD, prefixes
from kg.loaders.cases.context import shipped_context
from kg.loaders.ontology import CONCEPT, load_ontology, shipped_vocabulary, slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from kg.core.origin import Origin
    from kg.loaders.cases.context import Word

# What people call these in everyday speech; all other words are the names of the classes.
_SHORT: Final = {
    "specialist": "SpecialistProvider",
    "ntbf": "NewTechnologyBasedSmallFirm",
    "patent": "IntellectualPropertyRight",
}
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SKOS: Final = prefixes()["skos"]
_NAMES: Final = frozenset(f"{_SKOS}{name}" for name in ("prefLabel", "altLabel", "hiddenLabel", "notation"))

DATES: Final = {f"{XSD}date": "%Y-%m-%d", f"{XSD}gYearMonth": "%Y-%m", f"{XSD}gYear": "%Y"}
"""The datatypes of dates, with the form of their literals."""
LETTERS: Final = "YymdbBjaAHIMSfp%"
"""The letters of ``strptime`` that a format may use."""

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Each number: its form with all its digits, and without leading zeros.
_NUMBERS: Final = {
    "y": ("[0-9]{2}", "[0-9]{2}"),
    "m": ("[0-9]{2}", "[0-9]{1,2}"),
    "d": ("[0-9]{2}", "[0-9]{1,2}"),
    "j": ("[0-9]{3}", "[0-9]{1,3}"),
    "H": ("[01][0-9]|2[0-3]", "[01]?[0-9]|2[0-3]"),
    "I": ("0[1-9]|1[0-2]", "0?[1-9]|1[0-2]"),
    "M": ("[0-5][0-9]", "[0-5]?[0-9]"),
    "S": ("[0-5][0-9]", "[0-5]?[0-9]"),
}
_TOKEN: Final = re.compile(r"%(.)?|(\s+)|([^%\s]+)", re.DOTALL)
_PARTS: Final = {"year": "Yy", "month": "mbBj", "day": "dj"}
_NEEDED: Final = {
    f"{XSD}date": ("year", "month", "day"),
    f"{XSD}gYearMonth": ("year", "month"),
    f"{XSD}gYear": ("year",),
}
# POSIX: two digits from 69 are of the 20th century, those below of the 21st.
_PIVOT: Final = 69


@cache
def class_names() -> dict[str, str]:
    """Return the IRI of each class by its name in case files, such as ``SmallFirm``."""
    classes = shipped_vocabulary().classes
    words = shipped_context().words
    names = {iri.removeprefix(ONTOLOGY): iri for iri in classes if iri.startswith(ONTOLOGY)}
    return names | {name: word.iri.value for name, word in words.items() if word.iri.value in classes}


@cache
def kinds() -> dict[str, str]:
    """Return the IRI of each class by its word, such as ``small-firm``."""
    found = {_HUMP.sub("-", name).lower(): iri for name, iri in class_names().items()}
    return found | {word: class_names()[name] for word, name in _SHORT.items()}


def class_of(word: str) -> str:
    """Return the IRI of the class that a word names: ``firm``, ``small-firm``, ``SmallFirm`` or ``small firm``.

    Raises:
        QueryError: no class is called so.

    """
    if word in class_names():
        return class_names()[word]
    written = re.sub(r"[\s_]+", "-", word.strip()).lower()
    if written not in kinds():
        raise QueryError(f"no kind of thing is called '{word}'", near=near_names(written, kinds()))
    return kinds()[written]


def normal(text: str) -> str:
    """Return a text as it is compared: without regard to case, width of characters and white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def concept_names(scheme: str) -> Mapping[str, tuple[str, ...]]:
    """Return the concepts of a scheme, as ``<scheme>/<slug>``, by each of their names in normal form."""
    return {name: tuple(sorted(found)) for name, found in _names().get(scheme, {}).items()}


def find_concept(scheme: str, text: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the concept that a text means, as ``<scheme>/<slug>``; or nothing, and why, and the nearest names."""
    if text.startswith("concept:"):
        scheme, _, text = text.removeprefix("concept:").rpartition("/")
    names = concept_names(scheme)
    found = names.get(normal(text), ())
    if len(found) == 1:
        return found[0], "", ()
    if found:
        return "", f"{{}} is the name of several concepts of scheme {scheme}", tuple(slug(one) for one in found)
    return "", f"{{}} is no concept of scheme {scheme}", near_names(normal(text), names)


@cache
def _names() -> dict[str, dict[str, set[str]]]:
    schemes: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, set[str]] = defaultdict(set)
    for quad in load_ontology(ontology_dir()).quads:
        if not isinstance(quad.subject, NamedNode) or not quad.subject.value.startswith(CONCEPT):
            continue
        if quad.predicate.value == f"{_SKOS}inScheme" and isinstance(quad.object, NamedNode):
            schemes[quad.subject.value].append(slug(quad.object.value))
        elif quad.predicate.value in _NAMES and isinstance(quad.object, Literal):
            texts[quad.subject.value].add(normal(quad.object.value))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for concept, members in schemes.items():
        local = concept.removeprefix(CONCEPT)
        for scheme in members:
            for name in {normal(slug(concept)), normal(slug(concept).replace("-", " ")), concept, *texts[concept]}:
                found[scheme][name].add(local)
    return found


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
    texts that mean nothing. ``skip`` lines stand above the heading, ``footer`` rows below the data.
    """

    table: str
    thing: Thing
    place: Origin
    continues: bool
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    empty: tuple[str, ...] = ()
    skip: int = 0
    footer: int = 0


@dataclass(frozen=True, slots=True)
class FirmMap:
    """A whole map: the name of its graph, if it has one, and its tables in order; ``text`` is the file as written."""

    graph: str
    tables: tuple[TableMap, ...]
    text: str


def fault_of_format(pattern: str, datatype: str) -> str:
    """Say why dates of a datatype cannot be read by a format, or nothing."""
    letters = [token[1] for token in _TOKEN.finditer(pattern) if token[0].startswith("%")]
    for letter in letters:
        if not letter or letter not in LETTERS:
            return f"'%{letter or ''}' is no letter of a format"
    twice = next((part for part, any_of in _PARTS.items() if len([x for x in letters if x in any_of]) > 1), "")
    missing = next((part for part in _NEEDED[datatype] if not set(letters) & set(_PARTS[part])), "")
    again = next((letter for letter in letters if letter != "%" and letters.count(letter) > 1), "")
    if again and not twice:
        return f"the format '{pattern}' has %{again} twice"
    if twice:
        return f"the format '{pattern}' has the {twice} twice"
    return f"the format '{pattern}' has no {missing}" if missing else ""


def read_dates(texts: pl.Series, pattern: str) -> pl.Series:
    """Return the dates that texts write in a format; nothing where a text is written otherwise or is no day.

    ``%Y`` is four digits and ``%y`` two. Other numbers may lack a leading zero, unless they touch another number. A
    format without day or month stands for the first one.
    """
    import polars as pl

    parts = texts.str.to_lowercase().str.extract_groups(_expression(pattern)).struct.unnest()
    missing = pl.lit(None, pl.String)

    def part(letter: str) -> pl.Expr:
        return pl.col(letter) if letter in parts.columns else missing

    short = part("y").cast(pl.Int32)
    year = pl.coalesce(part("Y"), pl.when(short < _PIVOT).then(short + 2000).otherwise(short + 1900).cast(pl.String))
    names = {name: str(number) for number, name in enumerate(_MONTHS, 1)}
    named = pl.coalesce(part("b"), part("B")).str.slice(0, 3).replace({name[:3]: at for name, at in names.items()})
    day = pl.concat_str(
        [year, pl.coalesce(part("m"), named, pl.lit("1")), pl.coalesce(part("d"), pl.lit("1"))], separator="-"
    )
    dates = day.str.to_date("%Y-%m-%d", strict=False)
    if "j" in parts.columns:
        dates = pl.concat_str([year, part("j").str.zfill(3)], separator="-").str.to_date("%Y-%j", strict=False)
    weekday = pl.coalesce(part("a"), part("A")).str.slice(0, 3)
    fits = weekday.is_null() | (weekday == dates.dt.strftime("%a").str.to_lowercase())
    return parts.select(pl.when(fits).then(dates).alias("date")).to_series()


@cache
def _expression(pattern: str) -> str:
    tokens = [(token[1] or "", token[0]) for token in _TOKEN.finditer(pattern)]
    written = ""
    for number, (letter, text) in enumerate(tokens):
        beside = [tokens[at][0] for at in (number - 1, number + 1) if 0 <= at < len(tokens)]
        written += _token(letter, text, touching=any(other in {*_NUMBERS, "Y", "f"} for other in beside))
    return f"^{written}$"


def _token(letter: str, text: str, *, touching: bool) -> str:
    if letter in _NUMBERS:
        return f"(?P<{letter}>{_NUMBERS[letter][0 if touching else 1]})"
    named: Mapping[str, str] = {
        "Y": "(?P<Y>[0-9]{4})",
        "b": f"(?P<b>{'|'.join(name[:3] for name in _MONTHS)})",
        "B": f"(?P<B>{'|'.join([*_MONTHS, *(name[:3] for name in _MONTHS)])})",
        "a": f"(?P<a>{'|'.join(name[:3] for name in _DAYS)})",
        "A": f"(?P<A>{'|'.join(_DAYS)})",
        "f": "[0-9]{1,6}",
        "p": "[ap]m",
        "%": "%",
    }
    if letter:
        return named[letter]
    return r"\s+" if text.isspace() else re.escape(text.lower())
