"""Propose a map for a table from its columns.

The map has keys, dates, numbers, concepts, links and names. Each comes with its certainty.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from kg.core.errors import InputError, Problem
from kg.core.terms import ONTOLOGY
from kg.core.text import counted
from kg.loaders.cases.context import Kind, shipped_context
from kg.loaders.ontology import slug
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.model import class_names, class_of, find_concept, read_dates
from kg.loaders.tables.readers import ROW, no_text, opened
from kg.loaders.tables.rows import DELIMITERS, KnownIds, TableConverter
from kg.loaders.tables.tables import DELIMITERS as FILE_DELIMITERS
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
_DELIMITERS: Final = {"\t": "tab", "|": '"|"', ",": '","'}
_TOGETHER: Final = {"facesFactor": ("factor", "severity"), "engagesIn": ("practice", "degree")}
# The last word of a heading says what the column holds: a company_city is no company.
_NAMES: Final = re.compile(
    r"(?i:^names?(?![a-z])|(?:^|[\W_])(?:name|company|firm|organi[sz]ation|title|label)s?$)|(?<=[a-z])(?:Name|Title|Label)$"
    r"|(?:会社|企業|社)名?$|名称$|名前$"
)
_YEARS: Final = re.compile(r"year|found|since|establish|incorporat|begun|jahr|ann[ée]|anno|年", re.IGNORECASE)
_NUMBERS: Final = {
    "": r"^[+-]?[0-9]+(\.[0-9]+)?$",
    'thousands: ","': r"^[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?$",
    'decimal: ","': r"^[+-]?[0-9]+(,[0-9]+)?$",
    'thousands: ".", decimal: ","': r"^[+-]?[0-9]{1,3}(\.[0-9]{3})*(,[0-9]+)?$",
    'thousands: " "': r"^[+-]?[0-9]{1,3}( [0-9]{3})*(\.[0-9]+)?$",
    'thousands: " ", decimal: ","': r"^[+-]?[0-9]{1,3}( [0-9]{3})*(,[0-9]+)?$",
}
_LETTER: Final = re.compile(r"[^\W\d_]")
_PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MARK: Final = re.compile('"(.)"')
_LOOKED_AT: Final = 1 << 20
_LINES: Final = 100
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
    """Return the text of a map for a table. What it proposes was tried on the rows that it was guessed from.

    Raises:
        InputError: the table cannot be read.
        QueryError: no class is called as ``kind`` says.

    """
    source, stated = _layout(TableSource(written))
    columns = source.open().columns
    frame, silent = _sample(source, columns)
    columns = tuple(column for column in columns if column not in silent)
    name = slug(class_of(kind)) if kind else "Firm"
    named = {iri: word for word, iri in class_names().items()}
    type_word = named.get(class_of(kind) if kind else f"{ONTOLOGY}{name}", name)
    key = _key(frame, columns)
    lines = [f"# Guessed from {counted(len(frame), 'row')} of {source.location}; read it before you load with it."]
    if source.malformed:
        lines.append(
            f"# Left out: {counted(len(source.malformed), 'row')} with another number of cells than the heading."
        )
    lines += [
        *stated,
        f"id: {_plain(f'{_path(type_word)}/{{{key}}}')}  # {_why_key(frame, key)}",
        f"type: {type_word}  # {'as asked for' if kind else 'not asked for; --as names another kind'}",
    ]
    taken: dict[str, Guess] = {}
    guesses: list[tuple[Guess, tuple[str, ...]]] = []
    for column in columns:
        guess = _guess(frame, column, key, taken)
        if guess.word and (guess.sure or guess.word in _INSIDE):
            taken[guess.word] = guess
        guesses.append((guess, (column,)))
    by_guess = {id(guess): column for guess, (column,) in guesses}
    for word, parts in _TOGETHER.items():
        if all(part in taken for part in parts):
            inside = ", ".join(taken[part].line for part in parts)
            used = tuple(by_guess[id(taken[part])] for part in parts)
            guesses.append((Guess(f"{word}: {{{inside}}}", "the columns above together"), used))
    guesses += [(Guess(f"{_quoted(name)}: ?", why, sure=False), ()) for name, why in silent.items()]
    return "\n".join([*lines, *_tried(lines, guesses, frame, key)]) + "\n"


def _layout(source: TableSource) -> tuple[TableSource, list[str]]:
    """Return a text file as it has to be read, and what a map has to state for that."""
    path = source.path
    if path is None or not path.is_file() or source.ending not in FILE_DELIMITERS:
        return source, []
    with opened(str(path)) as stream:
        head: bytes = stream.read(_LOOKED_AT)
    head = head[: head.rfind(b"\n") + 1] if len(head) == _LOOKED_AT else head
    encoding = _encoding(head)
    told = "utf-16" if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    text = head.decode(encoding or told, "replace")
    usual = FILE_DELIMITERS[source.ending]
    shapes = {mark: _shape(text, mark) for mark in (usual, ",", *DELIMITERS)}
    best = max(shapes, key=lambda mark: (shapes[mark][0] > 1, not shapes[mark][1], shapes[mark][0], mark == usual))
    width, skip = shapes[best]
    lines = []
    if encoding:
        lines.append(f"encoding: {encoding}  # UNSURE: the bytes are no UTF-8; see that the letters are right")
    delimiter = best if best != usual and width > 1 else ""
    if delimiter:
        heading = next(itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=usual), skip, None), [])
        without = "one cell" if len(heading) == 1 else f"{len(heading)} cells and not {width}"
        lines.append(f"delimiter: {_DELIMITERS.get(delimiter, delimiter)}  # the heading is {without} otherwise")
    if skip:
        lines.append(f"skip: {skip}  # UNSURE: what stands above the rows has another number of cells")
    return TableSource(source.written, delimiter, encoding, skip=skip), lines


def _encoding(head: bytes) -> str:
    """Return the likely encoding of a text that is neither UTF-8 nor tells its own by its first bytes."""
    if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return ""
    zeros = head[:1000].count(0)
    if zeros > len(head[:1000]) / 4:
        return "utf-16-le" if head[1::2][:500].count(0) > zeros / 2 else "utf-16-be"
    for encoding in ("utf-8", "cp932", "cp1252"):
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Half-width katakana alone are what Western texts look like as Japanese ones.
        if encoding != "cp932" or re.search("[\u3041-\u30fe\u4e00-\u9fff]", text):
            return "" if encoding == "utf-8" else encoding
    return "latin-1"


def _shape(text: str, mark: str) -> tuple[int, int]:
    """Return the number of cells of the first rows of a text, and the number of lines above them, such as a title.

    The number is 0 where one row in ten has another, or where what stands above may be a heading.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        rows = [(len(row), sum(map(bool, row)), reader.line_num) for row in itertools.islice(reader, _LINES)]
    except csv.Error:  # a cell that is longer than any that is separated so
        return 0, 0
    filled = [row for row in rows if row[0]]
    width = Counter(row[0] for row in filled).most_common(1)[0][0] if filled else 0
    first = next((number for number, row in enumerate(rows) if row[0] == width), 0)
    alike = [row for row in rows[first:] if row[0]]
    if sum(row[0] == width for row in alike) < _ENOUGH * len(alike) or any(row[1] > 1 for row in rows[:first]):
        return 0, 0
    return width, rows[first - 1][2] if first and any(row[0] for row in rows[:first]) else 0


def _tried(head: list[str], guesses: list[tuple[Guess, tuple[str, ...]]], frame: pl.DataFrame, key: str) -> list[str]:
    """Return the lines of guesses; what does not load is a comment."""
    live = "\n".join([*head, *(guess.line for guess, _ in guesses if guess.sure)])
    described = parse_map(live, "map.yaml").tables[0]
    known = KnownIds(lambda _: True, "")
    converter = TableConverter(described, "table", "x", known)
    converter.define(frame)
    known.close()
    rejects = converter.convert(frame).rejects
    wrong = Counter(column for reject in rejects for column in reject.column.split(", ") if column != key)
    lines = []
    for guess, columns in guesses:
        faults = sum(wrong[column] for column in columns) if guess.sure else 0
        doubt = f"UNSURE: {faults:,} of the cells cannot be read so; " if faults else ""
        lines.append(f"{'' if guess.sure and not faults else '# '}{guess.line}  # {doubt}{guess.why}")
    if lost := sum(reject.column == key for reject in rejects):
        lines.append(f"# UNSURE: {lost:,} of the rows would get no id of their own")
    return lines


def _sample(source: TableSource, columns: tuple[str, ...]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the first rows, and the columns that no text can say with what they hold."""
    silent = {"": "the column has no name"} if "" in columns else {}
    named = [column for column in columns if column not in silent]
    if unreadable := [column for column in named if "\x00" in column]:
        message = f"the heading '{unreadable[0]}' holds NUL characters"
        raise InputError([Problem(source.location, 1, 1, message, "the encoding of the file")])
    if not named:
        raise InputError([Problem(source.location, 1, 1, "no column of the table has a name", "a row of headings")])
    for raw in source.open().batches(named):
        held = {column: no_text(raw.schema[column]) for column in named}
        silent |= {column: f"holds {what}, which no text can say" for column, what in held.items() if what}
        break
    columns = tuple(column for column in columns if column not in silent)
    frames: list[pl.DataFrame] = []
    for frame in source.batches(columns):
        frames.append(frame)
        if sum(map(len, frames)) >= SAMPLE:
            break
    if not frames:
        return pl.DataFrame(schema={ROW: pl.UInt32, **dict.fromkeys(columns, pl.String)}), silent
    return pl.concat(frames).head(SAMPLE), silent


def _key(frame: pl.DataFrame, columns: tuple[str, ...]) -> str:
    """Return the column that identifies rows.

    Its values are unique and look like codes. If there are several such columns, the name decides.
    """
    columns = tuple(column for column in columns if not set(column) & {"{", "}"}) or columns
    single = [column for column in columns if frame[column].dtype == pl.String]
    unique = [column for column in single if _is_unique(frame[column])]
    codes = [column for column in unique if frame[column].str.contains("^[A-Za-z0-9._/-]+$").all()]
    by_name = [column for column in codes if _CODES.search(column)]
    return next(itertools.chain(by_name, codes, unique, single, columns))


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
        return Guess(f"{shown}: ?", "every cell is empty", sure=False)
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
    word = "nameJa" if japanese > 1 - _ENOUGH else "name"
    language = (
        f"{japanese:.0%} of the texts are Japanese" if japanese > 1 - _ENOUGH else "the texts are in Latin letters"
    )
    lettered = float(values.str.contains(r"\p{L}").mean() or 0) > _ENOUGH  # type: ignore[arg-type]
    if _NAMES.search(column) and lettered and word not in taken:
        return Guess(f"{word}: {_cell(column)}", f"called {shown}, and {language}", word)
    return Guess(f"altName: {_cell(column)}", f"UNSURE: {language}; choose a word, or leave it out", sure=False)


def _concept(values: pl.Series, column: str, taken: Collection[str]) -> Guess | None:
    words = [word for word in shipped_context().words.values() if word.kind is Kind.CONCEPT and word.name not in taken]
    words.sort(key=lambda word: (word.name not in _FIRST, _FIRST.index(word.name) if word.name in _FIRST else 0))
    best: tuple[float, str, str] | None = None
    meant = False
    for separator in ("", *_SEPARATORS):
        items = values.str.split(separator).explode().str.strip_chars() if separator else values
        counts = items.value_counts(name="\x00count")
        if len(counts) > 200 or (separator and len(items) == len(values)):  # noqa: PLR2004 - more than any scheme has names for
            continue
        for word in words:
            scheme = slug(word.detail.rstrip("/"))
            # Digits are notations of many schemes, and far more often numbers.
            found = {
                text: count
                for text, count in counts.iter_rows()
                if _LETTER.search(text) and find_concept(scheme, text)[0]
            }
            share = sum(found.values()) / len(items)
            if share > _ENOUGH and (best is None or share > best[0] + 0.001):
                best = (share, word.name, separator)
                told = len({find_concept(scheme, text)[0] for text in found}) > 1 and word.name in _FIRST
                meant = told or _is_called(column, word.name, scheme)
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
    if not meant:
        why = f"UNSURE: {why}, and nothing else says that it is meant"
    return Guess(f"{name}: {value}", why, name, sure=meant)


def _is_called(column: str, word: str, scheme: str) -> bool:
    """Return whether the heading of a column has a word in common with a word of case files or its scheme."""
    heading = {part.lower().rstrip("s") for part in _PART.findall(column)}
    return bool(heading & {part.lower().rstrip("s") for name in (word, scheme) for part in _PART.findall(name)})


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
        called = _YEARS.search(column) is not None
        sure = called and "year" not in taken and "date" not in taken
        doubt = "" if called else "UNSURE: "
        return Guess(f"year: {_cell(column)}", f"{doubt}every value is a year", "year" if sure else "", sure=sure)
    marks = [
        marks
        for marks, form in _NUMBERS.items()
        if values.str.contains(form).all()
        and all(values.str.contains(mark, literal=True).any() for mark in _MARK.findall(marks))
    ]
    if marks:
        value = f"{{column: {_quoted(column)}, {marks[0]}}}" if marks[0] else _cell(column)
        doubt = f" ({' or '.join(others)} would fit too)" if (others := marks[1:]) and marks[0] else ""
        why = f"UNSURE: numbers{doubt}; a number of a firm is an observation with a measure and a unit"
        return Guess(f"value: {value}", why, sure=False)
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
