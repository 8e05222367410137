"""A graph of an innovation network of any size, with faults planted in one thousandth of its things.

    python benchmarks/validate/generate.py STATEMENTS FILE.nt [SEED]

The same number and seed give the same bytes. Prints nothing; the faults are those that ``shapes.ttl`` finds.
"""

from __future__ import annotations

import random
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE: Final = "https://example.org/network/"
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
SUBCLASS: Final = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
FAULTS: Final = 0.001
PLACES: Final = 2000
SPECIALISTS: Final = 40
FIRMS_A_ROUND: Final = 20
ALLIANCES_A_ROUND: Final = 8
OBSERVATIONS_A_ROUND: Final = 30
STAGES: Final = ("basic-research", "product-development", "commercialization", "industrialization")


def iri(name: str) -> str:
    """Write a name of the data set as an IRI."""
    return f"<{BASE}{name}>"


def typed(value: object, datatype: str) -> str:
    """Write a typed literal."""
    return f'"{value}"^^<{XSD}{datatype}>'


class Network:
    """Writes things line by line; every line is one statement."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (a benchmark that repeats)
        self._firms = 0

    def lines(self) -> Iterator[str]:
        """Yield statements without end.

        Classes, places and specialists come first, then rounds of firms, alliances and observations.
        """
        yield from self._frame()
        for number in count():
            yield from self._round(number)

    def _faulty(self) -> bool:
        return self._random.random() < FAULTS

    def _frame(self) -> Iterator[str]:
        yield f"{iri('JointVenture')} <{SUBCLASS}> {iri('Alliance')} ."
        for number in range(PLACES):
            place = iri(f"place/{number}")
            yield f"{place} <{RDF_TYPE}> {iri('Place')} ."
            yield f'{place} <{LABEL}> "Place {number}"@en .'
            yield f'{place} <{LABEL}> "場所{number}"@ja .'
        for number in range(SPECIALISTS):
            specialist = iri(f"specialist/{number}")
            yield f"{specialist} <{RDF_TYPE}> {iri('Specialist')} ."
            yield f'{specialist} <{LABEL}> "Specialist {number}"@en .'
            yield f"{specialist} {iri('helpsAt')} {iri('stage/' + STAGES[number % 4])} ."

    def _round(self, number: int) -> Iterator[str]:
        for _ in range(FIRMS_A_ROUND):
            yield from self._firm(self._firms)
            self._firms += 1
        for each in range(ALLIANCES_A_ROUND):
            yield from self._alliance(number * ALLIANCES_A_ROUND + each)
        for each in range(OBSERVATIONS_A_ROUND):
            yield from self._observation(number * OBSERVATIONS_A_ROUND + each)

    def _firm(self, number: int) -> Iterator[str]:
        firm, pick = iri(f"firm/{number}"), self._random
        yield f"{firm} <{RDF_TYPE}> {iri('Firm')} ."
        yield f'{firm} <{LABEL}> "Firm {number}"@en .'
        yield f'{firm} <{LABEL}> "企業{number}"@{"en" if self._faulty() else "ja"} .'
        yield f"{firm} {iri('founded')} {typed(1900 + pick.randrange(120), 'integer' if self._faulty() else 'gYear')} ."
        code = f"x{number}" if self._faulty() else f"T{number % 10000:04d}"
        yield f'{firm} {iri("code")} "{code}" .'
        if not self._faulty():
            yield f"{firm} {iri('locatedIn')} {iri(f'place/{pick.randrange(PLACES)}')} ."
        yield f"{firm} {iri('employees')} {typed(-1 if self._faulty() else pick.randrange(100_000), 'integer')} ."
        yield f"{firm} {iri('consults')} {iri(f'specialist/{pick.randrange(SPECIALISTS)}')} ."

    def _alliance(self, number: int) -> Iterator[str]:
        alliance, pick = iri(f"alliance/{number}"), self._random
        yield f"{alliance} <{RDF_TYPE}> {iri('JointVenture' if number % 5 == 0 else 'Alliance')} ."
        partners = pick.sample(range(max(0, self._firms - 5000), self._firms), 2)
        for partner in partners[: 1 if self._faulty() else 2]:
            yield (
                f"{alliance} {iri('partner')} "
                f"{iri(f'place/{partner % PLACES}' if self._faulty() else f'firm/{partner}')} ."
            )
        start = pick.randrange(1980, 2010)
        end = start - 1 if self._faulty() else start + 1 + pick.randrange(10)
        yield f"{alliance} {iri('announced')} {typed(f'{start}-0{1 + number % 9}-{10 + number % 19}', 'date')} ."
        yield f"{alliance} {iri('ended')} {typed(f'{end}-0{1 + number % 9}-{10 + number % 19}', 'date')} ."
        status = '"formed"' if self._faulty() else '"active"'
        yield f"{alliance} {iri('status')} {status} ."
        if self._faulty():
            yield f"{alliance} {iri('closedBy')} {iri(f'alliance/{number}')} ."

    def _observation(self, number: int) -> Iterator[str]:
        observation, pick = iri(f"observation/{number}"), self._random
        yield f"{observation} <{RDF_TYPE}> {iri('Observation')} ."
        yield f"{observation} {iri('about')} {iri(f'firm/{pick.randrange(self._firms)}')} ."
        stage = "unheard-of" if self._faulty() else pick.choice(STAGES)
        yield f"{observation} {iri('stage')} {iri(f'stage/{stage}')} ."
        share = 10 * pick.randrange(100) + 5 + (1000 if self._faulty() else 0)
        yield f"{observation} {iri('share')} {typed(f'{share // 1000}.{share % 1000:03d}', 'decimal')} ."
        if not self._faulty():
            yield f"{observation} {iri('respondents')} {typed(pick.randrange(1, 500), 'integer')} ."


def write(statements: int, path: Path, seed: int = 1992) -> None:
    """Write a graph of that many statements as N-Triples."""
    with path.open("w", encoding="utf-8") as file:
        for _, line in zip(range(statements), Network(seed).lines(), strict=False):
            file.write(line)
            file.write("\n")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
