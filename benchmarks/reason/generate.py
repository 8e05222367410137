"""A register of firms of any size with axioms of its own beside those of the ontology.

    python benchmarks/reason/generate.py STATEMENTS FILE.nt [SEED]

The same number and seed give the same bytes.
"""

from __future__ import annotations

import random
import sys
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE: Final = "https://example.org/register/"
MOTKG: Final = "https://w3id.org/motkg/ontology/"
CONCEPT: Final = "https://w3id.org/motkg/concept/"
TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL: Final = "<http://www.w3.org/2000/01/rdf-schema#label>"
REGIONS: Final = 200
OFTEN: Final = 500
STAGES: Final = ("basic-research", "product-development", "commercialization")
AXIOMS: Final = f"""
@prefix : <{BASE}> . @prefix motkg: <{MOTKG}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:within a owl:TransitiveProperty . :region rdfs:range :Region .
:region owl:propertyChainAxiom ( :region :within ) .
:ownedBy rdfs:subPropertyOf motkg:affiliateOf ; owl:inverseOf :owns .
:registered a owl:InverseFunctionalProperty .
:knows rdfs:subPropertyOf :connectedWith . :connectedWith a owl:SymmetricProperty .
:Newcomer rdfs:subClassOf motkg:SmallFirm ;
  owl:equivalentClass [ a owl:Restriction ; owl:onProperty :age ; owl:hasValue "new" ] .
:Owner rdfs:subClassOf motkg:Firm ;
  owl:equivalentClass [ a owl:Restriction ; owl:onProperty :owns ; owl:someValuesFrom motkg:Firm ] .
"""


def iri(name: str) -> str:
    """Write a name of the register as an IRI."""
    return f"<{BASE}{name}>"


def statements(seed: int = 1) -> Iterator[str]:
    """Yield statements without end, one per line: regions first, then firms.

    Two firms in a thousand are registered twice.
    """
    chance = random.Random(seed)  # noqa: S311 (a benchmark that repeats)
    for number in range(1, REGIONS):
        yield f"{iri(f'region/{number}')} {iri('within')} {iri(f'region/{(number - 1) // 6}')} ."
    for number in count():
        firm = iri(f"firm/{number}")
        kind = f"<{MOTKG}{'SmallFirm' if number % 3 else 'LargeFirm'}>"
        known = f"<{BASE}firm/{chance.randrange(number + 1)}>"
        yield f"{firm} {TYPE} {kind} ."
        yield f'{firm} {LABEL} "Firm {number}"@en .'
        yield f"{firm} <{MOTKG}isAtStage> <{CONCEPT}stage/{chance.choice(STAGES)}> ."
        yield f"{firm} {iri('region')} {iri(f'region/{chance.randrange(REGIONS)}')} ."
        yield f"{firm} {iri('knows')} {known} ."
        yield f"{firm} <{MOTKG}alliedWith> <{BASE}firm/{chance.randrange(number + 1)}> ."
        yield f"{firm} {iri('registered')} {iri(f'entry/{number - (number % OFTEN == 1)}')} ."
        yield f'{firm} {iri("staff")} "{chance.randrange(1, 500)}"^^<http://www.w3.org/2001/XMLSchema#integer> .'
        if number % 5 == 0:
            yield f"{firm} {iri('ownedBy')} {iri(f'firm/{chance.randrange(number + 1)}')} ."
        if number % 7 == 0:
            yield f'{firm} {iri("age")} "new" .'


def main() -> None:
    """Write the file."""
    size, name = int(sys.argv[1]), sys.argv[2]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1  # noqa: PLR2004 (the third argument)
    Path(name).write_text("".join(f"{line}\n" for line in islice(statements(seed), size)), encoding="utf-8")


if __name__ == "__main__":
    main()
