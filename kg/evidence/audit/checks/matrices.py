"""Matrices of correlations: their two halves, their diagonal, and whether any data can have such coefficients."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding, Note, listed
from kg.evidence.audit.tables import CORRELATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.tables import Cell, Table

    Matrix = dict[tuple[str, str], Cell]

_NUMBERED: Final = re.compile(r"\(?([0-9]{1,3})(?:[.)]|\s|$)")
_LARGEST: Final = 200
_TRIPLES: Final = 30
_FEWEST: Final = 2


def audit_matrices(table: Table) -> Iterator[Finding | Note]:
    """Yield what cannot be in a matrix of the correlations of some things with one another."""
    matrix = matrix_of(table)
    if matrix is None:
        return
    names = list(dict.fromkeys(name for pair in matrix for name in pair))
    yield from _diagonal(table, matrix)
    pairs = [(matrix[a, b], matrix[b, a]) for a, b in combinations(names, 2) if (a, b) in matrix and (b, a) in matrix]
    unlike = [pair for pair in pairs if _differ(*pair)]
    several = len(unlike) > max(1, len(pairs) // 2)
    for one, other in unlike:
        yield _unlike(table, one, other, several=several)
    order = {name: number for number, name in enumerate(names)}
    halves = [
        {pair: cell for pair, cell in matrix.items() if order[pair[0]] > order[pair[1]]},
        {pair: cell for pair, cell in matrix.items() if order[pair[0]] < order[pair[1]]},
    ]
    both = halves[0] | {pair: cell for pair, cell in halves[1].items() if pair[::-1] not in halves[0]}
    for number, half in enumerate(halves if several else [both]):
        yield from _impossible(table, half, number)


def matrix_of(table: Table) -> Matrix | None:
    """Return the coefficients of a table by the names of row and column, if these name the same things.

    Numbers before the labels of rows may stand for the columns, as in ``1. Size``. Such a table is a matrix only if
    its form shows it, since numbers may count rows and columns apart.
    """
    cells = [cell for cell in table.cells if cell.measure == CORRELATION]
    for numbered in (False, True):
        named = [((_key(cell.row_label, numbered), _key(cell.column_label, numbered)), cell) for cell in cells]
        matrix = {pair: cell for pair, cell in named if all(pair)}
        rows, columns = {pair[0] for pair in matrix}, {pair[1] for pair in matrix}
        lines = {(cell.row, None) for cell in cells} | {(None, cell.column) for cell in cells}
        whole = len(matrix) == len(cells) and len(lines) == len(rows) + len(columns)
        # The first of the things may have no row, and the last no column, where one half is printed.
        same = len(rows & columns) >= min(len(rows), len(columns)) - 1 and abs(len(rows) - len(columns)) <= 1
        if whole and same and len(rows & columns) >= _FEWEST - (len(rows | columns) > _FEWEST):
            return matrix if not numbered or _shows_its_form(matrix) else None
    return None


def _key(label: str, numbered: bool) -> str:  # noqa: FBT001 - one of two ways
    if not numbered:
        return " ".join(label.casefold().split())
    found = _NUMBERED.match(label.strip())
    return found[1] if found else ""


def _shows_its_form(matrix: Matrix) -> bool:
    """Return whether ones stand on the diagonal, or nothing does and one half is blank."""
    diagonal = [cell for (row, column), cell in matrix.items() if row == column]
    if diagonal:
        return all(cell.is_with_itself for cell in diagonal)
    return len({int(row) > int(column) for row, column in matrix}) == 1


def _diagonal(table: Table, matrix: Matrix) -> Iterator[Finding]:
    own = [cell for (row, column), cell in matrix.items() if row == column]
    ones = [cell for cell in own if cell.value == 1]
    for cell in own:
        if cell.value != 1 and abs(cell.value) <= 1:
            yield Finding(
                kind="out-of-range",
                check="range-check",
                certainty=Certainty.CERTAIN if ones else Certainty.POSSIBLE,
                target=table.target(cell),
                slug=f"{table.spot(cell)}/diagonal",
                name=f"{cell.printed} stands on the diagonal",
                printed=cell.printed,
                expected="1, the coefficient of a thing with itself",
                how="Every thing has the coefficient 1 with itself.",
                reason="other coefficients of the diagonal are 1" if ones else "reliabilities may be printed there",
                doubted=(cell.node,),
            )


def _differ(one: Cell, other: Cell) -> bool:
    return abs(one.value - other.value) > (one.step + other.step) / 2


def _unlike(table: Table, one: Cell, other: Cell, *, several: bool) -> Finding:
    return Finding(
        kind="conflicting-figures",
        check="comparison-of-figures",
        certainty=Certainty.POSSIBLE if several else Certainty.CERTAIN,
        target=table.target(one, other),
        slug=f"{table.spot(one)}/{table.spot(other).rpartition('/')[2]}",
        name=f"{one.printed} and {other.printed} are one coefficient",
        printed=f"{one.printed} and {other.printed}",
        expected="the same in both halves of the matrix",
        how=f"'{one.row_label}' with '{one.column_label}' is '{other.row_label}' with '{other.column_label}'.",
        reason="the halves may be of two samples" if several else "the other coefficients agree in both halves",
        doubted=() if several else (one.node, other.node),
    )


def _impossible(table: Table, half: Matrix, number: int) -> Iterator[Finding]:
    """Yield one finding where no data have all the coefficients, whatever was rounded: of three things if it can be."""
    names = _complete(half)
    if len(names) <= _FEWEST or len(names) > _LARGEST or any(abs(cell.value) > 1 for cell in half.values()):
        return
    small = combinations(names, 3) if len(names) <= _TRIPLES else ()
    chosen = next((trio for trio in small if _weights(half, trio)), None) or (names if _weights(half, names) else None)
    if chosen is None:
        return
    cells = [_cell(half, a, b) for a, b in combinations(chosen, 2)]
    lowest = _lowest(half, chosen)[0]
    called = {column: cell.column_label for (_, column), cell in half.items()}
    called |= {row: cell.row_label for (row, _), cell in half.items()}
    labels = listed([f"'{called[name]}'" for name in chosen])
    shown = listed([cell.printed for cell in cells])
    yield Finding(
        kind="out-of-range",
        check="range-check",
        certainty=Certainty.PROBABLE,
        target=table.target(*cells, where=f"the coefficients of {labels}"),
        slug=f"{table.slug}/matrix" + (f"-{number + 1}" if number else ""),
        name=f"No data have these {len(cells)} coefficients at once",
        printed=shown,
        expected="a matrix that is positive semi-definite within rounding",
        how=f"Its smallest eigenvalue is {lowest:.3f}: some weighted sum of the variables would have a negative "
        "variance, whatever the digits were that are not printed.",
        reason="coefficients of other respondents each, or estimated otherwise than Pearson's, may make such a matrix",
    )


def _complete(half: Matrix) -> tuple[str, ...]:
    """Return things of which every pair has a coefficient; those with most gaps are left out first."""
    names = list(dict.fromkeys(name for pair in half for name in pair))
    while True:
        gaps = {
            name: sum(1 for other in names if other != name and not ((name, other) in half or (other, name) in half))
            for name in names
        }
        worst = max(names, key=gaps.__getitem__, default=None)
        if worst is None or not gaps[worst]:
            return tuple(names)
        names.remove(worst)


def _cell(half: Matrix, one: str, other: str) -> Cell:
    return half.get((one, other)) or half[other, one]


def _lowest(half: Matrix, names: Sequence[str]) -> tuple[float, list[float]]:
    """Return the smallest eigenvalue of the matrix as printed, and its vector."""
    import numpy as np

    numbers = np.eye(len(names))
    for (i, one), (j, other) in combinations(enumerate(names), 2):
        numbers[i, j] = numbers[j, i] = float(_cell(half, one, other).value)
    values, vectors = np.linalg.eigh(numbers)
    return float(values[0]), [float(part) for part in vectors[:, 0]]


def _weights(half: Matrix, names: Sequence[str]) -> bool:
    """Return whether weights show that no matrix that rounds to the printed one is positive semi-definite.

    The eigenvector gives the weights; whether they show it is calculated exactly.
    """
    lowest, vector = _lowest(half, names)
    if lowest >= 0:
        return False
    parts = [Fraction(part).limit_denominator(10**6) for part in vector]
    total = sum((part * part for part in parts), Fraction(0))
    for (i, one), (j, other) in combinations(enumerate(names), 2):
        cell = _cell(half, one, other)
        product = 2 * parts[i] * parts[j]
        total += product * Fraction(cell.value) + abs(product) * Fraction(cell.step) / 2
    return total < 0
