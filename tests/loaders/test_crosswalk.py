"""Crosswalks of SSSOM: mappings of concepts and things between documents, with who judged, when, how surely and why."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, Quad

from kg.core.errors import InputError
from kg.core.resources import ontology_dir
from kg.core.terms import CROSSWALK, expand
from kg.loaders.crosswalk import COLUMNS, CROSSWALK_FILE, load_crosswalk

if TYPE_CHECKING:
    from pathlib import Path

    from kg import Graph
    from kg.core.errors import Problem

KNOWN = {
    expand(name).value
    for name in ("construct:trust", "alliance-factor:patience", "id:one/region/japan", "id:two/region/japan")
}
MADE = ("semapv:ManualMappingCuration", "id:motkg-project", "motkg project", "2026-12-01", "0.9", "They mean the same.")


def table(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> str:
    return "#license: free\n" + "".join("\t".join(row) + "\n" for row in (header, *rows))


def load(folder: Path, text: str, documents: tuple[str, ...] = ("one", "two")) -> set[Quad]:
    path = folder / CROSSWALK_FILE
    path.write_text(text, encoding="utf-8")
    return set(load_crosswalk(path, "paper/crosswalk.sssom.tsv", KNOWN, documents).quads)


def problem(folder: Path, *row: str) -> Problem:
    with pytest.raises(InputError) as caught:
        load(folder, table(row))
    (found,) = caught.value.problems
    return found


def test_a_line_states_the_mapping_and_who_made_it_when_how_surely_and_why(tmp_path: Path) -> None:
    stated = load(tmp_path, table(("construct:trust", "skos:closeMatch", "alliance-factor:patience", *MADE)))
    one, other = expand("construct:trust"), expand("alliance-factor:patience")
    assert Quad(one, expand("skos:closeMatch"), other, CROSSWALK) in stated
    (mapping,) = (quad.subject for quad in stated if quad.object == expand("motkg:Mapping"))
    assert {(quad.predicate, quad.object) for quad in stated if quad.subject == mapping} >= {
        (expand("motkg:mapsFrom"), one),
        (expand("motkg:mapsTo"), other),
        (expand("motkg:mappingPredicate"), Literal("skos:closeMatch")),
        (expand("motkg:method"), expand("method:manual-mapping")),
        (expand("motkg:confidence"), Literal("0.9", datatype=expand("xsd:decimal"))),
        (expand("dcterms:date"), Literal("2026-12-01", datatype=expand("xsd:date"))),
        (expand("dcterms:description"), Literal("They mean the same.", language="en")),
        (expand("prov:wasAttributedTo"), expand("id:motkg-project")),
    }


def test_a_mapping_of_things_is_stated_only_where_both_documents_are_in_the_build(tmp_path: Path) -> None:
    text = table(("id:one/region/japan", "owl:sameAs", "id:two/region/japan", *MADE))
    assert load(tmp_path, text)
    assert not load(tmp_path, text, ("one",))
    assert not load(tmp_path, text, ())


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (("construct:trst", "skos:closeMatch", "alliance-factor:patience", *MADE), 1, "'construct:trst' is no concept"),
        (("id:one/region/japn", "owl:sameAs", "id:two/region/japan", *MADE), 1, "is no thing of its document"),
        (("construct:trust", "skos:closeMatch", "nowhere:patience", *MADE), 33, "unknown prefix 'nowhere:'"),
        (("construct:trust", "owl:sameAs", "alliance-factor:patience", *MADE), 17, "relates no concepts"),
        (("id:one/region/japan", "skos:exactMatch", "id:two/region/japan", *MADE), 21, "relates no things"),
        (("construct:trust", "skos:closeMatch", "id:one/region/japan", *MADE), 33, "cannot be mapped to each other"),
        (("construct:trust", "skos:closeMatch", "construct:trust", *MADE), 33, "subject and object are the same"),
        (("construct:trust", "skos:closeMatch"), 1, "the line has 2 values"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_column(
    row: tuple[str, ...], column: int, message: str, tmp_path: Path
) -> None:
    found = problem(tmp_path, *row)
    assert (found.file, found.line, found.column) == ("paper/crosswalk.sssom.tsv", 3, column)
    assert message in found.message


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (0, "semapv:Guess", "the justification is unknown"),
        (1, "nobody", "is not a CURIE"),
        (3, "2026-13-01", "is no date"),
        (4, "1.5", "is no confidence"),
        (5, "", "'comment' is empty"),
    ],
)
def test_no_mapping_is_without_ground_author_date_confidence_and_reason(
    place: int, value: str, message: str, tmp_path: Path
) -> None:
    made = [*MADE[:place], value, *MADE[place + 1 :]]
    assert message in problem(tmp_path, "construct:trust", "skos:closeMatch", "alliance-factor:patience", *made).message


def test_near_names_are_offered(tmp_path: Path) -> None:
    found = problem(tmp_path, "construct:trst", "skos:closeMatch", "alliance-factor:patience", *MADE)
    assert found.near == ("construct/trust",)


def test_a_mapping_stands_once_in_either_direction(tmp_path: Path) -> None:
    rows = [
        ("construct:trust", "skos:closeMatch", "alliance-factor:patience", *MADE),
        ("alliance-factor:patience", "skos:closeMatch", "construct:trust", *MADE),
    ]
    with pytest.raises(InputError, match="stands twice, first in line 3"):
        load(tmp_path, table(*rows))


def test_a_table_without_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks columns"):
        load(tmp_path, table(header=COLUMNS[:-1]))


@pytest.mark.parametrize(
    ("topic", "documents"),
    [
        ("alliance-form:joint-venture", {"kanai-hara-1992", "technology-leveraging"}),
        ("id:kirihata-mot/region/silicon-valley", {"kanai-hara-1992", "kirihata-mot"}),
        ("id:kanai-hara-1992/region/silicon-valley", {"kanai-hara-1992", "kirihata-mot"}),
        ("construct:trust", {"kanai-hara-1992", "kirihata-mot"}),
        ("construct:top-management", {"kanai-hara-1992", "kirihata-mot", "technology-leveraging"}),
        ("construct:government", {"kanai-hara-1992", "kirihata-mot", "technology-leveraging"}),
    ],
)
def test_a_topic_answers_from_every_document_that_treats_it(topic: str, documents: set[str], graph: Graph) -> None:
    """Trust and Silicon Valley do not occur in the leveraging essay, joint ventures not in Kirihata's survey."""
    rows = graph.query(f"SELECT DISTINCT ?said WHERE {{ ?said motkg:concerns {expand(topic)} }}").rows
    assert {str(said).partition("/id/")[2].partition("/")[0] for (said,) in rows} == documents


def test_a_claim_about_a_lack_concerns_the_thing_that_lacks(graph: Graph) -> None:
    claim = expand("id:kirihata-mot/claim/department-disconnect-causes-ip-failure")
    assert graph.ask(f"ASK {{ {claim} motkg:concerns construct:interdepartmental-linkage }}")


def test_that_two_things_are_one_doubles_no_answer(graph: Graph) -> None:
    asked = """SELECT ?name WHERE {
        ?claim motkg:inRegion ?region . ?region rdfs:label ?name .
        FILTER(LANG(?name) = "en" && STRENDS(STR(?claim), "/economy-two-falls-short-in-japan"))
    }"""
    assert graph.query(asked).rows == ((Literal("Japan", language="en"),),)
    assert graph.ask("ASK { ?one owl:sameAs ?other FILTER(STRENDS(STR(?one), '/region/japan')) }")


def test_every_region_leads_to_a_country(graph: Graph) -> None:
    asked = """SELECT ?region WHERE {
        ?region a motkg:Region FILTER NOT EXISTS {
            ?region motkg:withinRegion* / (owl:sameAs|^owl:sameAs)? ?country .
            FILTER(REGEX(STR(?country), "/region/(japan|united-states|europe)$"))
        }
    }"""
    assert graph.query(asked).rows == ()


def test_every_scheme_of_concepts_has_top_concepts(graph: Graph) -> None:
    asked = """SELECT ?scheme WHERE {
        ?concept skos:inScheme ?scheme
        FILTER NOT EXISTS { ?scheme skos:hasTopConcept ?top . ?top skos:topConceptOf ?scheme }
    }"""
    assert graph.query(asked).rows == ()


def test_the_shipped_crosswalk_is_valid_by_the_package_of_sssom() -> None:
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("optional tool: the package sssom is not installed")
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    found = parse_sssom_table(str(ontology_dir() / CROSSWALK_FILE))
    assert len(found.df) > 150
    assert [result for report in validate(found).values() for result in report.results] == []
