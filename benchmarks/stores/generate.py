"""An innovation network of any size as N-Quads.

It has firms, alliances, gatekeepers, patents and observations in 20 source graphs.

    python benchmarks/stores/generate.py STATEMENTS FILE.nq [SEED]

About ten statements a thing. The same number and seed give the same bytes. All choices are drawn at once by NumPy; the
text of a thing is one format.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from queries import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Draw = Callable[[int], list[int]]

GRAPHS: Final = 20
STAGES: Final = ("basic-research", "product-development", "commercialization", "industrialization")
SPECIALISTS: Final = 12
PRACTICES: Final = 30
FACTORS: Final = 10
PLACES: Final = 200
SECTORS: Final = 40
CIRCLE: Final = 25  # gatekeepers know others of their own circle, so that a chain of acquaintances ends
MONTHS: Final = 12
DAYS: Final = 28
BATCH: Final = 20_000
# For each batch of things: how many are of which kind, and how many statements such a thing has.
SHARES: Final = {
    "firm": (0.40, 10),
    "alliance": (0.20, 9),
    "gatekeeper": (0.10, 9),
    "patent": (0.05, 8),
    "observation": (0.25, 9),
}

_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL: Final = "<http://www.w3.org/2000/01/rdf-schema#label>"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_WORDS: Final = (
    "Aoyama",
    "Bell",
    "Chubu",
    "Delta",
    "Edison",
    "Fuji",
    "Galileo",
    "Hitachi",
    "Iwate",
    "Jena",
    "Kirishima",
    "Lumen",
)


def write(statements: int, path: Path, seed: int = 1992) -> int:
    """Write a network of that many statements, rounded up to whole things, and return their number."""
    per_thing = sum(share * size for share, size in SHARES.values())
    things = max(len(SHARES) * 20, round(statements / per_thing))
    counts = {kind: max(10, int(share * things)) for kind, (share, _) in SHARES.items()}
    random = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8") as file:
        for kind, count in counts.items():
            for first in range(0, count, BATCH):
                numbers = range(first, min(first + BATCH, count))
                file.writelines(_KINDS[kind](numbers, counts, _drawing(random, len(numbers))))
    return sum(count * SHARES[kind][1] for kind, count in counts.items())


def _drawing(random: np.random.Generator, size: int) -> Draw:
    """Return a function that draws so many numbers below a limit."""
    return lambda below: random.integers(0, below, size).tolist()


def _graph(number: int) -> str:
    return f"<{BASE}graph/{number % GRAPHS}> .\n"


def _firms(numbers: range, _: dict[str, int], draw: Draw) -> Iterator[str]:
    columns = zip(numbers, draw(120), draw(50_000), draw(PLACES), draw(SECTORS), draw(PRACTICES), draw(PRACTICES - 1),
                  draw(SPECIALISTS), draw(len(_WORDS)), strict=True)  # fmt: skip
    for n, founded, employees, place, sector, practice, further, specialist, word in columns:
        s, g = f"<{BASE}firm/{n}>", _graph(n)
        yield (
            f'{s} {_TYPE} <{BASE}Firm> {g}{s} {_LABEL} "{_WORDS[word]} Works {n}"@en {g}'
            f'{s} <{BASE}founded> "{1900 + founded}"^^<{_XSD}gYear> {g}{s} <{BASE}employees> '
            f'"{employees}"^^<{_XSD}integer> {g}'
            f"{s} <{BASE}locatedIn> <{BASE}place/{place}> {g}{s} <{BASE}sector> <{BASE}sector/{sector}> {g}"
            f"{s} <{BASE}practises> <{BASE}practice/{practice}> {g}"
            f"{s} <{BASE}practises> <{BASE}practice/{(practice + 1 + further) % PRACTICES}> {g}"
            f'{s} <{BASE}consults> <{BASE}specialist/{specialist}> {g}{s} <{BASE}code> "F{n:07d}" {g}'
        )


def _alliances(numbers: range, counts: dict[str, int], draw: Draw) -> Iterator[str]:
    firms = counts["firm"]
    columns = zip(numbers, draw(firms), draw(firms - 1), draw(counts["gatekeeper"]), draw(len(STAGES)), draw(30),
                  draw(MONTHS), draw(DAYS), draw(10), draw(SPECIALISTS), strict=True)  # fmt: skip
    for n, one, other, gatekeeper, stage, year, month, day, status, specialist in columns:
        s, g = f"<{BASE}alliance/{n}>", _graph(n + 3)
        yield (
            f'{s} {_TYPE} <{BASE}Alliance> {g}{s} {_LABEL} "Alliance {n}"@en {g}'
            f"{s} <{BASE}partner> <{BASE}firm/{one}> {g}{s} <{BASE}partner> <{BASE}firm/{(one + 1 + other) % firms}> "
            f"{g}"
            f"{s} <{BASE}brokeredBy> <{BASE}gatekeeper/{gatekeeper}> {g}{s} <{BASE}atStage> "
            f"<{BASE}stage/{STAGES[stage]}> {g}"
            f'{s} <{BASE}announced> "{1980 + year}-{month + 1:02d}-{day + 1:02d}"^^<{_XSD}date> {g}'
            f'{s} <{BASE}status> "{"active" if status else "ended"}" {g}{s} <{BASE}specialist> '
            f"<{BASE}specialist/{specialist}> {g}"
        )


def _gatekeepers(numbers: range, counts: dict[str, int], draw: Draw) -> Iterator[str]:
    columns = zip(
        numbers, draw(counts["firm"]), draw(CIRCLE - 2), draw(CIRCLE - 3), draw(SPECIALISTS), draw(50), strict=True
    )
    for n, firm, one, other, specialist, since in columns:
        s, g, circle = f"<{BASE}gatekeeper/{n}>", _graph(n + 7), n - n % CIRCLE
        known, further = (circle + (n + 2 + step) % CIRCLE for step in (one, (one + 1 + other) % (CIRCLE - 2)))
        yield (
            f'{s} {_TYPE} <{BASE}Gatekeeper> {g}{s} {_LABEL} "Gatekeeper {n}"@en {g}{s} <{BASE}memberOf> '
            f"<{BASE}firm/{firm}> {g}"
            f"{s} <{BASE}knows> <{BASE}gatekeeper/{known}> {g}{s} <{BASE}knows> <{BASE}gatekeeper/{further}> {g}"
            f'{s} <{BASE}knows> <{BASE}gatekeeper/{circle + (n + 1) % CIRCLE}> {g}{s} <{BASE}code> "G{n:07d}" {g}'
            f"{s} <{BASE}specialist> <{BASE}specialist/{specialist}> {g}{s} <{BASE}since> "
            f'"{1950 + since}"^^<{_XSD}gYear> {g}'
        )


def _patents(numbers: range, counts: dict[str, int], draw: Draw) -> Iterator[str]:
    columns = zip(
        numbers, draw(counts["firm"]), draw(40), draw(counts["patent"]), draw(SECTORS), draw(FACTORS), strict=True
    )
    for n, firm, year, cited, sector, factor in columns:
        s, g = f"<{BASE}patent/{n}>", _graph(n + 11)
        yield (
            f'{s} {_TYPE} <{BASE}Patent> {g}{s} {_LABEL} "Patent {n}"@en {g}{s} <{BASE}applicant> <{BASE}firm/{firm}> '
            f"{g}"
            f'{s} <{BASE}filed> "{1970 + year}"^^<{_XSD}gYear> {g}{s} <{BASE}cites> <{BASE}patent/{cited}> {g}'
            f"{s} <{BASE}sector> <{BASE}sector/{sector}> {g}{s} <{BASE}factor> <{BASE}factor/{factor}> {g}{s} "
            f'<{BASE}code> "P{n:07d}" {g}'
        )


def _observations(numbers: range, counts: dict[str, int], draw: Draw) -> Iterator[str]:
    columns = zip(numbers, draw(counts["firm"]), draw(PRACTICES), draw(len(STAGES)), draw(FACTORS), draw(SPECIALISTS),
                  draw(1000), draw(500), strict=True)  # fmt: skip
    for n, firm, practice, stage, factor, specialist, value, respondents in columns:
        s, g = f"<{BASE}observation/{n}>", _graph(n + 13)
        yield (
            f"{s} {_TYPE} <{BASE}Observation> {g}{s} <{BASE}about> <{BASE}firm/{firm}> {g}"
            f"{s} <{BASE}practice> <{BASE}practice/{practice}> {g}{s} <{BASE}stage> <{BASE}stage/{STAGES[stage]}> {g}"
            f"{s} <{BASE}factor> <{BASE}factor/{factor}> {g}{s} <{BASE}specialist> <{BASE}specialist/{specialist}> {g}"
            f'{s} <{BASE}value> "0.{value:03d}"^^<{_XSD}decimal> {g}{s} <{BASE}respondents> '
            f'"{respondents}"^^<{_XSD}integer> {g}'
            f'{s} <{BASE}code> "O{n:07d}" {g}'
        )


_KINDS: Final = {
    "firm": _firms,
    "alliance": _alliances,
    "gatekeeper": _gatekeepers,
    "patent": _patents,
    "observation": _observations,
}

if __name__ == "__main__":
    print(write(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])))
