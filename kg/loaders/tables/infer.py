"""Propose a map for a table from its columns.

The map has keys, dates, numbers, concepts, links and names. Each comes with its certainty.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from kg.core.terms import ONTOLOGY
from kg.loaders.cases.context import Kind, shipped_context
from kg.loaders.ontology import slug
from kg.loaders.tables.model import class_names, class_of, find_concept, read_dates
from kg.loaders.tables.readers import ROW
from kg.loaders.tables.rows import DELIMITERS
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from collections.abc import Collection

SAMPLE: Final = 50_000
_ENOUGH: Final = 0.9
_ALL: Final = 0.999
_SHORT: Final = re.compile(r"[A-Za-z0-9._/-]+")
_JAPANESE: Final = r"[\p{Hiragana}\p{Katakana}\p{Han}]"
_ISO: Final = "%Y-%m-%d"
_DAYS: Final = (
    *(_ISO, "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%d %B %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y"),
)
_SEPARATORS: Final = (";", "|", "、")
TAB: Final = "\t"
_TOGETHER: Final = {"facesFactor": ("factor", "severity"), "engagesIn": ("practice", "degree")}
_NAMES: Final = re.compile(r"name|company|firm|title|label|会社|企業|社名|名称|名前", re.IGNORECASE)
_CODES: Final = re.compile(r"id|code|no|number|key|番号|コード", re.IGNORECASE)
# The words that most tables about firms are about come first; a scheme that several words use goes to the first of
# them.
_FIRST: Final = (
    "isAtStage",
    "factor",
    "severity",
    "practice",
    "degree",
    "specialist",
    "allianceForm",
    "participantRole",
    "technologyArea",
)
_INSIDE: Final = frozenset(
    {"factor", "severity", "practice", "degree", "participantRole", "specialist", "counterpart", "stage"}
)


@dataclass(frozen=True)
class Guess:
    """What a column may be: a line of the map, how sure that is, and the word of which it takes the place."""

    line: str
    why: str
    word: str = ""
    sure: bool = True


def infer_map(written: str, kind: str = "") -> str:
    """Return the text of a map for a table.

    Raises:
        InputError: the table cannot be read.
        QueryError: no class is called as ``kind`` says.

    """
    source = TableSource(written)
    columns = source.open().columns
    delimiter = next((mark for mark in DELIMITERS if len(columns) == 1 and mark in columns[0]), "")
    if delimiter:
        source = TableSource(written, delimiter)
        columns = source.open().columns
    frame = _sample(source, columns)
    name = slug(class_of(kind)) if kind else "Firm"
    named = {iri: word for word, iri in class_names().items()}
    type_word = named.get(class_of(kind) if kind else f"{ONTOLOGY}{name}", name)
    key = _key(frame, columns)
    lines = [
        f"# Guessed from {len(frame):,} rows of {source.location}; read it before you load with it.",
        f"id: {_plain(f'{_path(type_word)}/{{{key}}}')}  # {_why_key(frame, key)}",
        f"type: {type_word}  # {'as asked for' if kind else 'not asked for; --as names another kind'}",
    ]
    if delimiter:
        lines.insert(1, f"delimiter: {'tab' if delimiter == TAB else delimiter}  # the heading is one cell otherwise")
    taken: dict[str, Guess] = {}
    for column in columns:
        guess = _guess(frame, column, key, taken)
        if guess.word:
            taken[guess.word] = guess
        lines.append(f"{'' if guess.sure else '# '}{guess.line}  # {guess.why}")
    for word, parts in _TOGETHER.items():
        if all(part in taken for part in parts):
            inside = ", ".join(taken[part].line for part in parts)
            lines.append(f"{word}: {{{inside}}}  # the columns above together")
    return "\n".join(lines) + "\n"


def _sample(source: TableSource, columns: tuple[str, ...]) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    for frame in source.batches(columns):
        frames.append(frame)
        if sum(map(len, frames)) >= SAMPLE:
            break
    if not frames:
        return pl.DataFrame(schema=dict.fromkeys([ROW, *columns], pl.String))
    return pl.concat(frames).head(SAMPLE)


def _key(frame: pl.DataFrame, columns: tuple[str, ...]) -> str:
    """Return the column that identifies rows.

    Its values are unique and look like codes. If there are several such columns, the name decides.
    """
    unique = [column for column in columns if frame[column].dtype == pl.String and _is_unique(frame[column])]
    codes = [column for column in unique if frame[column].str.contains("^[A-Za-z0-9._/-]+$").all()]
    by_name = [column for column in codes if _CODES.search(column)]
    return next(itertools.chain(by_name, codes, unique, columns))


def _is_unique(values: pl.Series) -> bool:
    return values.null_count() == 0 and values.n_unique() == len(values)


def _why_key(frame: pl.DataFrame, key: str) -> str:
    shown = " ".join(key.split())
    if _is_unique(frame[key]):
        return f"every row has another '{shown}'"
    return f"UNSURE: no column tells all rows apart; '{shown}' is the best there is"


def _path(type_word: str) -> str:
    firm = class_of("firm")
    path = (
        "org"
        if class_names()[type_word] in {firm, *(class_names()[w] for w in class_names() if w.endswith("Firm"))}
        else ""
    )
    if path or type_word in {
        "Organization",
        "SpecialistProvider",
        "PublicAgency",
        "ResearchInstitution",
        "BusinessAssociation",
    }:
        return "org"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type_word).lower()


def _guess(frame: pl.DataFrame, column: str, key: str, taken: Collection[str]) -> Guess:
    values = (
        frame[column].drop_nulls()
        if frame[column].dtype == pl.String
        else frame[column].drop_nulls().explode().drop_nulls()
    )
    shown = _quoted(column)
    if not len(values):
        return Guess(f"# {shown}: ?", "every cell is empty", sure=False)
    if column == key:
        return Guess(
            f"identifier: {_cell(column)}",
            "the key, kept as it is written",
            "identifier",
            sure="identifier" not in taken,
        )
    found = _concept(values, column, taken) or _link(frame, values, column, key) or _date(values, column, taken)
    if found:
        return found
    japanese = float(values.str.contains(_JAPANESE).mean() or 0)  # type: ignore[arg-type]
    word = ("nameJa", "altNameJa") if japanese > 1 - _ENOUGH else ("name", "altName")
    language = (
        f"{japanese:.0%} of the texts are Japanese" if japanese > 1 - _ENOUGH else "the texts are in Latin letters"
    )
    if _NAMES.search(column):
        chosen = next((one for one in word if one not in taken), word[1])
        return Guess(f"{chosen}: {_cell(column)}", f"called {shown}, and {language}", chosen)
    return Guess(f"altName: {_cell(column)}", f"UNSURE: {language}; choose a word, or leave it out", sure=False)


def _concept(values: pl.Series, column: str, taken: Collection[str]) -> Guess | None:
    words = [word for word in shipped_context().words.values() if word.kind is Kind.CONCEPT and word.name not in taken]
    words.sort(key=lambda word: (word.name not in _FIRST, _FIRST.index(word.name) if word.name in _FIRST else 0))
    best: tuple[float, str, str] | None = None
    for separator in ("", *_SEPARATORS):
        items = values.str.split(separator).explode().str.strip_chars() if separator else values
        counts = items.value_counts(name="\x00count")
        if len(counts) > 200 or (separator and len(items) == len(values)):  # noqa: PLR2004 - more than any scheme has names for
            continue
        for word in words:
            scheme = slug(word.detail.rstrip("/"))
            known = sum(count for text, count in counts.iter_rows() if find_concept(scheme, text)[0])
            share = known / len(items)
            if share > _ENOUGH and (best is None or share > best[0] + 0.001):
                best = (share, word.name, separator)
    if best is None:
        return None
    share, name, separator = best
    value = f'{{column: {_quoted(column)}, separator: "{separator}"}}' if separator else _cell(column)
    why = f"{share:.1%} of its values are concepts of that scheme"
    if name in _INSIDE:
        return Guess(
            f"{name}: {value}",
            f"{why}; it belongs inside facesFactor, engagesIn, cooperatesWith or participation",
            name,
            sure=False,
        )
    return Guess(f"{name}: {value}", why if share > _ALL else f"{why}; the others will be rejected", name)


def _link(frame: pl.DataFrame, values: pl.Series, column: str, key: str) -> Guess | None:
    if column == key or frame[key].dtype != pl.String or not values.str.contains(f"^{_SHORT.pattern}$").all():
        return None
    known = float(values.is_in(frame[key].drop_nulls().unique().implode()).mean() or 0)  # type: ignore[arg-type]
    if known < _ENOUGH or values.n_unique() < 2:  # noqa: PLR2004 - one value links nothing
        return None
    return Guess(
        f"affiliateOf: {_plain(f'org/{{{column}}}')}",
        f"UNSURE: {known:.1%} of its values are keys of other rows",
        sure=False,
    )


def _date(values: pl.Series, column: str, taken: Collection[str]) -> Guess | None:
    distinct = values.unique()
    fitting = [pattern for pattern in _DAYS if not read_dates(distinct, pattern).has_nulls()]
    if fitting:
        pattern, *others = fitting
        doubt = f"; {' and '.join(others)} would fit too" if others else ""
        literal = pattern == _ISO and values.str.len_chars().eq(len("2020-01-01")).all()
        value = _cell(column) if literal else f'{{column: {_quoted(column)}, format: "{pattern}"}}'
        sure = "date" not in taken and not others
        return Guess(f"date: {value}", f"every value is a date{doubt}", "date" if sure else "", sure=sure)
    if values.str.contains(r"^(18|19|20)\d\d$").all():
        return Guess(
            f"year: {_cell(column)}", "every value is a year", "year", sure="year" not in taken and "date" not in taken
        )
    if values.str.contains(r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$|^[+-]?[0-9]+(\.[0-9]+)?$").all():
        return Guess(
            f"value: {_cell(column)}",
            "UNSURE: numbers; a number of a firm is an observation with a measure and a unit",
            sure=False,
        )
    return None


def _quoted(column: str) -> str:
    return column if re.fullmatch(r"[^\W\d][\w ]*", column) else json.dumps(column, ensure_ascii=False)


def _plain(text: str) -> str:
    """Return an id as YAML takes it: without quotation marks where it can do without."""
    return text if re.fullmatch(r"[\w./-]*\{[\w. /-]+\}", text) else json.dumps(text, ensure_ascii=False)


def _cell(column: str) -> str:
    if "{" in column or "}" in column:
        return f"{{column: {json.dumps(column, ensure_ascii=False)}}}"
    return json.dumps(f"{{{column}}}", ensure_ascii=False)
