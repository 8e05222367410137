"""Made-up survey tables whose printed numbers are right, and the same tables with one planted error each.

Every table comes from made-up respondents, counted and rounded exactly; p-values come from Student's distribution in
SciPy's words, not from the audited code. A table is a CSV file as printed and the description that an audit needs.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import sqrt
from random import Random
from typing import TYPE_CHECKING, Any

import yaml
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDINGS = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
LEVELS = {"*": 0.10, "**": 0.05, "***": 0.01}


@dataclass(frozen=True)
class Printed:
    """A printed table: heading, rows of texts with their labels, and its description.

    ``counts`` are the true ones, column by column.
    """

    name: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    description: dict[str, Any]
    design: str
    counts: tuple[tuple[int, ...], ...] = ()
    sizes: tuple[int, ...] = ()
    digits: int = 0
    rounding: str = "half-up"

    def write(self, folder: Path) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.heading, *self.rows])
        (folder / f"{self.name}.csv").write_text(text.getvalue(), encoding="utf-8")
        (folder / f"{self.name}.yaml").write_text(yaml.safe_dump(self.description, sort_keys=False), encoding="utf-8")

    def with_cell(self, row: int, column: int, text: str) -> Printed:
        """Gives the table with another text in a cell, counted from 1 without headings."""
        rows = [list(cells) for cells in self.rows]
        rows[row - 1][column] = text
        return replace(self, rows=tuple(map(tuple, rows)))

    def cell(self, row: int, column: int) -> str:
        return self.rows[row - 1][column]


@dataclass(frozen=True)
class Planted:
    """A table with one error: its kind, and the cells of which one must be named (row and column; 0 for any)."""

    table: Printed
    kind: str
    row: int = 0
    column: int = 0
    others: tuple[Printed, ...] = field(default=())


def rounded(value: Fraction, digits: int, rounding: str) -> str:
    """Rounds exactly; the value is scaled first, so that a half is a half."""
    scaled = value * 10**digits
    whole = Decimal(scaled.numerator) / Decimal(scaled.denominator) if scaled.denominator in {1, 2} else None
    if whole is None:
        floor = scaled.numerator // scaled.denominator
        whole = Decimal(floor + (0 if rounding == "down" or scaled - floor < Fraction(1, 2) else 1))
    kept = whole.quantize(Decimal(1), rounding=ROUNDINGS[rounding]).scaleb(-digits)
    return f"{kept:.{digits}f}"


def share(count: int, size: int, digits: int, rounding: str) -> str:
    return f"{rounded(Fraction(100 * count, size), digits, rounding)}%"


def split(random: Random, size: int, parts: int) -> tuple[int, ...]:
    """Deals respondents over answers with uneven odds."""
    odds = [random.gammavariate(1.2, 1.0) for _ in range(parts)]
    dealt = random.choices(range(parts), weights=odds, k=size)
    return tuple(dealt.count(part) for part in range(parts))


def single(random: Random, name: str, rounding: str = "", *, missing: bool = False) -> Printed:
    """One answer each, with a row for no response.

    With ``missing`` those who did not answer are left out of the table.
    """
    rounding, digits = rounding or random.choice(["half-up", "half-even"]), random.choice([0, 0, 1, 2])
    columns, rows, same = random.randint(2, 6), random.randint(4, 7), random.random() < 0.5
    base = random.randint(21, 400)
    sizes = tuple(base if same else random.randint(21, 400) for _ in range(columns))
    counts = tuple(split(random, size, rows) for size in sizes)
    labels = [*(f"Answer {number}" for number in range(1, rows)), "No response"]
    if missing:
        counts, labels = tuple(column[:-1] for column in counts), labels[:-1]
    heading = ("", *(f"Group {letter}" for letter in "ABCDEF"[:columns]))
    printed = tuple(
        (label, *(share(counts[c][r], sizes[c], digits, rounding) for c in range(columns)))
        for r, label in enumerate(labels)
    )
    size = sizes[0] if same else dict(zip(heading[1:], sizes, strict=True))
    answers = "at-most-one-answer" if missing else "single-answer"
    return Printed(name, heading, printed, {"name": name, "unit": "percent", "answers": answers, "sampleSize": size}, "single",
                   counts, sizes, digits, rounding)  # fmt: skip


def several(random: Random, name: str) -> Printed:
    """As many answers as the respondents like; the samples stand in the headings."""
    rounding, digits, columns, rows = (
        random.choice(["half-up", "half-even"]),
        random.choice([0, 1]),
        random.randint(2, 5),
        random.randint(4, 9),
    )
    sizes = tuple(random.randint(21, 300) for _ in range(columns))
    odds = [random.uniform(0.15, 0.8) for _ in range(rows)]
    counts = tuple(tuple(sum(random.random() < odd for _ in range(size)) for odd in odds) for size in sizes)
    heading = ("Factor", *(f"Stage {c + 1} (N={size})" for c, size in enumerate(sizes)))
    printed = tuple(
        (f"Factor {r + 1}", *(share(counts[c][r], sizes[c], digits, rounding) for c in range(columns)))
        for r in range(rows)
    )
    return Printed(
        name,
        heading,
        printed,
        {"name": name, "unit": "percent", "answers": "multiple-answers"},
        "several",
        counts,
        sizes,
        digits,
        rounding,
    )


def counted(random: Random, name: str) -> Printed:
    """Counts with a total row and a total column."""
    columns, rows = random.randint(2, 5), random.randint(3, 6)
    counts = tuple(split(random, random.randint(20, 300), rows) for _ in range(columns))
    heading = ("", *(f"Region {c + 1}" for c in range(columns)), "Total")
    body = [[column[r] for column in counts] for r in range(rows)]
    body.append([sum(column) for column in counts])
    printed = tuple(
        ("Total" if r == rows else f"Kind {r + 1}", *map(str, row), f"{sum(row):,}") for r, row in enumerate(body)
    )
    return Printed(name, heading, printed, {"name": name, "unit": "count"}, "counted", counts)


def paired(random: Random, name: str) -> Printed:
    """Counts with percentages, in one cell or in two columns."""
    size, rows, digits = random.randint(25, 600), random.randint(3, 6), random.choice([0, 1])
    counts = split(random, size, rows)
    together = random.random() < 0.5
    shares = [share(count, size, digits, "half-up") for count in counts]
    if together:
        printed = tuple((f"Answer {r + 1}", f"{count} ({shares[r]})") for r, count in enumerate(counts))
        description = {"name": name, "unit": "count", "answers": "single-answer", "sampleSize": size}
        return Printed(name, ("", "Respondents"), printed, description, "together", (counts,), (size,), digits)
    printed = tuple((f"Answer {r + 1}", str(count), shares[r]) for r, count in enumerate(counts))
    columns = {"n": {"unit": "count", "group": "all"}, "Share": {"unit": "percent", "group": "all"}}
    description = {"name": name, "answers": "single-answer", "sampleSize": size, "columns": columns}
    return Printed(name, ("", "n", "Share"), printed, description, "apart", (counts,), (size,), digits)


def likert(random: Random, name: str) -> Printed:
    """Means and sample standard deviations of whole answers on a scale."""
    size, rows, top, digits = random.randint(12, 45), random.randint(3, 6), random.choice([5, 7]), 2
    printed = []
    for r in range(rows):
        centre = random.uniform(1.8, top - 0.8)
        answers = [min(max(round(random.gauss(centre, 1.1)), 1), top) for _ in range(size)]
        mean = Fraction(sum(answers), size)
        deviation = sqrt(sum((Fraction(answer) - mean) ** 2 for answer in answers) / (size - 1))
        printed.append((f"Item {r + 1}", rounded(mean, digits, "half-up"), f"{deviation:.{digits}f}"))
    columns = {"Mean": {"unit": "mean", "group": "all"}, "SD": {"unit": "sd", "group": "all"}}
    description = {"name": name, "sampleSize": size, "scale": [1, top], "columns": columns}
    return Printed(name, ("", "Mean", "SD"), tuple(printed), description, "likert", (), (size,), digits)


def stars_of(coefficient: float, size: int) -> str:
    """Gives the mark that a coefficient earns in a two-sided test."""
    value = abs(coefficient) * sqrt((size - 2) / (1 - coefficient**2))
    p = 2 * float(student.sf(value, size - 2))
    return next((mark for mark, level in sorted(LEVELS.items(), key=lambda item: item[1]) if p <= level), "")


def correlated(random: Random, name: str) -> Printed:
    """Coefficients with the marks that they earn."""
    size, columns, rows, digits = (
        random.randint(20, 250),
        random.randint(2, 4),
        random.randint(4, 12),
        random.choice([2, 3]),
    )
    printed = []
    for r in range(rows):
        values = [max(min(random.gauss(0.1, 0.25), 0.95), -0.95) for _ in range(columns)]
        printed.append((f"Practice {r + 1}", *(f"{value:.{digits}f}{stars_of(value, size)}" for value in values)))
    description = {"name": name, "unit": "correlation", "sampleSize": size, "stars": LEVELS}
    return Printed(
        name,
        ("", *(f"Outcome {c + 1}" for c in range(columns))),
        tuple(printed),
        description,
        "correlated",
        (),
        (size,),
        digits,
    )


DESIGNS: tuple[Callable[[Random, str], Printed], ...] = (
    single, lambda random, name: single(random, name, missing=True), several, counted, paired, likert, correlated,
    lambda random, name: single(random, name, "down"),
)  # fmt: skip


def clean_survey(seed: int, count: int) -> list[Printed]:
    """Gives tables without an error, of every design in turn."""
    random = Random(seed)  # noqa: S311 - made-up data
    return [DESIGNS[number % len(DESIGNS)](random, f"table-{number + 1:03}") for number in range(count)]


def _until(
    random: Random, make: Callable[[Random, str], Printed], name: str, wanted: Callable[[Printed], bool]
) -> Printed:
    while not wanted(table := make(random, name)):
        pass
    return table


def infeasible_share(random: Random, name: str) -> Planted:
    """One share printed one unit too high or low where no count makes it."""
    table = _until(random, single, name, lambda made: made.digits == 0 and max(made.sizes) <= 70)
    spots = [
        (r, c, f"{value}%")
        for c, size in enumerate(table.sizes)
        for r, count in enumerate(table.counts[c])
        for value in (round(100 * count / size) - 1, round(100 * count / size) + 1)
        if 0 < value < 100 and not any(abs(Fraction(100 * k, size) - value) <= Fraction(1, 2) for k in range(size + 1))
    ]
    if not spots:
        return infeasible_share(random, name)
    r, c, text = random.choice(spots)
    return Planted(table.with_cell(r + 1, c + 1, text), "infeasible-share", r + 1, c + 1)


def broken_sum(random: Random, name: str) -> Planted:
    """One share that is another count's, a tenth of the sample or more away."""
    table = single(random, name)
    c = random.randrange(len(table.sizes))
    r = random.randrange(len(table.counts[c]) - 1)
    size, count = table.sizes[c], table.counts[c][r]
    step = max(3, size // 10)
    wrong = count + step if count + step <= size else count - step
    text = share(wrong, size, table.digits, table.rounding)
    return Planted(table.with_cell(r + 1, c + 1, text), "sum-mismatch", 0, c + 1)


def repeated_row(random: Random, name: str) -> Planted:
    """The last row of coefficients is that of another practice."""
    table = _until(
        random, correlated, name, lambda made: len(made.heading) > 3 and made.digits == 3 and len(made.rows) > 4
    )
    rows = (*table.rows[:-1], (table.rows[-1][0], *table.rows[1][1:]))
    return Planted(replace(table, rows=rows), "repeated-row", len(rows), 0)


def repeated_column(random: Random, name: str) -> Planted:
    """The last column is that of another group."""
    table = _until(
        random,
        single,
        name,
        lambda made: len(made.sizes) > 2 and len(set(made.sizes)) == 1 and len(made.rows) > 5 and made.sizes[0] > 60,
    )
    rows = tuple((*row[:-1], row[1]) for row in table.rows)
    return Planted(replace(table, rows=rows), "repeated-column", 0, len(table.sizes))


def wrong_stars(random: Random, name: str) -> Planted:
    """A mark where none is earned, or none where the strictest is."""
    table = correlated(random, name)
    spots = []
    for r, row in enumerate(table.rows):
        for c, text in enumerate(row[1:]):
            bare = text.rstrip("*")
            clear = abs(float(bare)) + 0.03
            if text == bare and not stars_of(min(clear, 0.99), table.sizes[0]):
                spots.append((r, c, f"{bare}**"))
            elif text.endswith("***") and stars_of(abs(float(bare)) - 0.03, table.sizes[0]) == "***":
                spots.append((r, c, bare))
    if not spots:
        return wrong_stars(random, name)
    r, c, text = random.choice(spots)
    return Planted(table.with_cell(r + 1, c + 1, text), "significance-mismatch", r + 1, c + 1)


def out_of_range(random: Random, name: str) -> Planted:
    """A coefficient above one, a share above a hundred, or a mean beyond the scale."""
    make = random.choice([correlated, several, likert])
    table = make(random, name)
    r = random.randrange(len(table.rows)) + 1
    text = {"correlated": "1.27", "several": "127%", "likert": "9.10"}[table.design]
    return Planted(table.with_cell(r, 1, text), "out-of-range", r, 1)


def wrong_total(random: Random, name: str) -> Planted:
    """A total that its parts do not make."""
    table = counted(random, name)
    c = random.randrange(len(table.counts)) + 1
    last = len(table.rows)
    wrong = int(table.cell(last, c)) + random.choice([-9, -1, 1, 10])
    return Planted(table.with_cell(last, c, str(wrong)), "total-mismatch", last, 0)


def wrong_pair(random: Random, name: str) -> Planted:
    """A percentage that is not that of the count beside it, such as one with two figures swapped."""
    table = paired(random, name)
    r = random.randrange(len(table.rows))
    count = table.counts[0][r]
    wrong = share(min(count + max(table.sizes[0] // 12, 2), table.sizes[0]), table.sizes[0], table.digits, "half-up")
    if wrong == share(count, table.sizes[0], table.digits, "half-up"):
        return wrong_pair(random, name)
    text, column = (f"{count} ({wrong})", 1) if table.design == "together" else (wrong, 2)
    return Planted(table.with_cell(r + 1, column, text), "share-mismatch", r + 1, column)


def infeasible_mean(random: Random, name: str) -> Planted:
    """A mean between two that whole answers make."""
    table = likert(random, name)
    size = table.sizes[0]
    r = random.randrange(len(table.rows)) + 1
    value = Decimal(table.cell(r, 1))
    for step in range(1, 9):
        wrong = value + Decimal(step) / 100
        if not any(
            abs(Fraction(total, size) - Fraction(wrong)) <= Fraction(1, 200) for total in range(size, 7 * size + 1)
        ):
            return Planted(table.with_cell(r, 1, str(wrong)), "infeasible-mean", r, 1)
    return infeasible_mean(random, name)


def infeasible_deviation(random: Random, name: str) -> Planted:
    """A deviation larger than the scale allows."""
    table = likert(random, name)
    r = random.randrange(len(table.rows)) + 1
    return Planted(table.with_cell(r, 2, "4.75"), "infeasible-deviation", r, 2)


def wrong_size(random: Random, name: str) -> Planted:
    """A sample size that is not the one that the shares are of."""
    table = _until(
        random, single, name, lambda made: made.digits == 2 and len(set(made.sizes)) == 1 and 40 < made.sizes[0] < 90
    )
    description = {**table.description, "sampleSize": table.sizes[0] + random.choice([-2, -1, 1, 2, 3])}
    return Planted(replace(table, description=description), "sample-size-mismatch")


def conflicting(random: Random, name: str) -> Planted:
    """One question printed twice with one figure different."""
    table = _until(random, several, name, lambda made: made.digits == 1)
    description = {**table.description, "question": f"question of {name}"}
    first = replace(table, description=description)
    r = random.randrange(len(table.rows))
    wrong = share(max(table.counts[0][r] - 3, 0), table.sizes[0], table.digits, table.rounding)
    if wrong == table.cell(r + 1, 1):
        return conflicting(random, name)
    second = replace(first.with_cell(r + 1, 1, wrong), name=f"{name}-again")
    return Planted(second, "conflicting-figures", r + 1, 1, (first,))


def repeated_table(random: Random, name: str) -> Planted:
    """A table with the figures of another one under headings of its own."""
    table = several(random, name)
    heading = (table.heading[0], *(text.replace("Stage", "Phase") for text in table.heading[1:]))
    return Planted(replace(table, name=f"{name}-again", heading=heading), "repeated-table", 0, 0, (table,))


ERRORS: tuple[Callable[[Random, str], Planted], ...] = (
    infeasible_share, broken_sum, repeated_row, repeated_column, wrong_stars, out_of_range, wrong_total, wrong_pair, infeasible_mean,
    infeasible_deviation, wrong_size, conflicting, repeated_table,
)  # fmt: skip


def planted_errors(seed: int, count: int) -> list[Planted]:
    """Gives tables with one error each, of every kind in turn."""
    random = Random(seed)  # noqa: S311 - made-up data
    return [ERRORS[number % len(ERRORS)](random, f"planted-{number + 1:03}") for number in range(count)]
