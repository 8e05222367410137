"""The checks of what a graph says, at their borders: claims, works, names, dates, scales, samples and totals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from findings import sound
from grids import grid
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.core.origin import Origin
from kg.core.terms import prefixes
from kg.evidence.audit.checks.claims import audit_claims, audit_references, claims_on, resting
from kg.evidence.audit.checks.samples import audit_answered, audit_samples
from kg.evidence.audit.checks.sums import audit_totals
from kg.evidence.audit.checks.things import audit_dates, audit_names, audit_scales
from kg.evidence.audit.facts import Facts
from kg.evidence.audit.model import Certainty, Finding, Note, Target
from kg.evidence.audit.tables import CORRELATION, COUNT, PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.evidence.audit.tables import Table

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
DOCUMENT = "@prefix : <https://w3id.org/motkg/id/paper/> . @prefix t: <https://example.org/t/> .\n"
ID = "https://w3id.org/motkg/id/paper/"


def node(name: str) -> NamedNode:
    return NamedNode(f"{ID}{name}")


def facts(turtle: str) -> Facts:
    places = {f"{ID}{name}": Origin(f"{name}.yaml", 1, 1) for name in ("claim", "f", "p0", "part", "study")}
    return Facts(parse(f"{PREFIXES}{DOCUMENT}{turtle}", format=RdfFormat.TURTLE), places)


def found(outcome: Iterable[Finding | Note]) -> list[Finding]:
    return sound(each for each in outcome if isinstance(each, Finding))


def names(outcome: Iterable[Finding | Note]) -> list[str]:
    return [each.name for each in found(outcome)]


def notes(outcome: Iterable[Finding | Note]) -> list[str]:
    return [each.text for each in outcome if isinstance(each, Note)]


# Claims

TABLE = grid("cost 40 70", "speed 60 49.9", "trust 50 20", "time 10 30", answers=Answers.SEVERAL)


def claim(text: str, *cells: str, kind: str = "Claim", against: str = "") -> Facts:
    supported = "".join(f"; motkg:supportedBy t:{cell} " for cell in cells)
    return facts(f':claim a motkg:{kind} ; rdfs:label "{text}" {supported}{against}.')


@pytest.mark.parametrize(
    ("text", "cells", "told"),
    [
        ("More than half name cost", ["r1c1"], ["40 is called a majority"]),
        ("A majority names cost", ["r1c1"], ["40 is called a majority"]),
        ("Most firms name cost", ["r1c1"], ["40 is called a majority"]),
        ("most small companies name cost", ["r1c1"], ["40 is called a majority"]),
        ("Most respondents name cost", ["r1c1"], ["40 is called a majority"]),
        ("Most people name cost", ["r1c1"], ["40 is called a majority"]),
        ("Most of them name cost", ["r1c1"], []),
        ("Utmost firms name cost", ["r1c1"], []),
        ("Firms name cost", ["r1c1"], []),
        ("A majority names trust", ["r3c1"], []),  # half of them
        ("A majority names speed", ["r2c2"], ["49.9 is called a majority"]),
        ("A majority names speed", ["r2c1"], []),
        ("A majority names cost and speed", ["r1c1", "r2c1"], []),  # one of them is one
        ("A majority names cost and time", ["r1c1", "r4c1"], ["40 and 10 is called a majority"]),
        ("A majority agrees", [], []),
    ],
)
def test_a_majority_is_half_or_more(text: str, cells: list[str], told: list[str]) -> None:
    outcome = found(audit_claims(claim(text, *cells), [TABLE]))
    assert [each.name for each in outcome] == told
    for each in outcome:
        assert (each.kind, each.certainty) == ("claim-mismatch", Certainty.CERTAIN)
        assert each.place == Origin("claim.yaml", 1, 1)
        assert each.reason == "claim and table were read from the same document"
        assert each.slug == "claim/majority/claim"
        assert len(each.subjects) == 1 + len(cells)


def test_figures_that_no_table_has_say_nothing_of_a_majority() -> None:
    stated = claim("A majority names cost", "r1c1", "r9c9")
    assert names(audit_claims(stated, [TABLE])) == ["40 is called a majority"]


def test_what_contradicts_a_majority_counts_as_well_and_so_does_the_description() -> None:
    told = audit_claims(claim("A majority names it", against="; motkg:contradictedBy t:r1c1 "), [TABLE])
    assert names(told) == ["40 is called a majority"]
    described = facts(':claim a motkg:Claim ; dcterms:description "A majority names it" ; motkg:supportedBy t:r1c1 .')
    assert names(audit_claims(described, [TABLE])) == ["40 is called a majority"]
    counts = grid("cost 40", measure=COUNT)
    assert names(audit_claims(claim("A majority names cost", "r1c1"), [counts])) == []


@pytest.mark.parametrize(
    "kind", ["Claim", "CausalClaim", "AssociationClaim", "ComparativeClaim", "Recommendation", "DefinitionClaim"]
)
def test_every_class_of_claims_is_looked_at(kind: str) -> None:
    assert len(names(audit_claims(claim("A majority names cost", "r1c1", kind=kind), [TABLE]))) == 1
    numbers = claims_on(claim("A majority names cost", "r1c1", kind=kind))
    assert numbers == {NamedNode("https://example.org/t/r1c1"): [(node("claim"), "A majority names cost")]}


MAIN = "'speed' comes before 'cost' in 'group 1'"


@pytest.mark.parametrize(
    ("text", "cells", "told"),
    [
        ("The main reason is cost", ["r1c1"], [MAIN]),
        ("The chief reason is cost", ["r1c1"], [MAIN]),
        ("They chiefly name cost", ["r1c1"], [MAIN]),
        ("They mainly name cost", ["r1c1"], [MAIN]),
        ("They name cost above all", ["r1c1"], [MAIN]),
        ("They name cost more than anything", ["r1c1"], [MAIN]),
        ("The most serious one is cost", ["r1c1"], [MAIN]),
        ("The most important one is cost", ["r1c1"], [MAIN]),
        ("Cost is named most often", ["r1c1"], [MAIN]),
        ("Cost is named most frequently", ["r1c1"], [MAIN]),
        ("The greatest one is cost", ["r1c1"], [MAIN]),
        ("The highest one is cost", ["r1c1"], [MAIN]),
        ("The strongest one is cost", ["r1c1"], [MAIN]),
        ("The deepest one is cost", ["r1c1"], [MAIN]),
        ("The remaining reason is cost", ["r1c1"], []),
        ("The main reason is cost", ["r1c2"], []),  # the first of its column
        ("The main reasons are speed and trust", ["r2c1", "r3c1"], []),
        ("The main reasons are speed and cost", ["r2c1", "r1c1"], ["'trust' comes before 'cost' in 'group 1'"]),
        ("The main reasons are cost and time", ["r1c1", "r4c1"],
         [MAIN, "'speed' comes before 'time' in 'group 1'"]),
        ("The main reason is cost in both", ["r1c1", "r1c2"], [MAIN]),
    ],
)  # fmt: skip
def test_the_main_things_come_first_in_their_line(text: str, cells: list[str], told: list[str]) -> None:
    assert names(audit_claims(claim(text, *cells), [TABLE])) == told


def test_how_a_main_thing_is_surpassed_is_told() -> None:
    (each,) = found(audit_claims(claim("The main reason is cost", "r1c1"), [TABLE]))
    assert each.how == "With 40 it stands at place 3, after 'speed' with 60."
    assert (each.expected, each.printed) == ("'cost' among the first 1", "'cost' among the main ones")
    assert (each.certainty, each.reason) == (Certainty.PROBABLE, "the text may speak of another comparison")
    assert [subject.value[-4:] for subject in each.subjects[1:]] == ["r1c1", "r2c1"]
    rows = grid("cost 40 70", "speed 60 49", answers=Answers.SEVERAL, along="rows")
    (each,) = found(audit_claims(claim("The main reason is cost", "r1c1"), [rows]))
    assert each.name == "'cost' comes before 'cost' in 'cost'"


def test_only_where_several_answers_are_allowed_can_they_be_ranked() -> None:
    for answers in (Answers.ONE, Answers.UNKNOWN, Answers.AT_MOST_ONE):
        single = grid("cost 40", "speed 60", answers=answers)
        assert names(audit_claims(claim("The main reason is cost", "r1c1"), [single])) == []
    against = claim("The main reason is speed", against="; motkg:contradictedBy t:r1c1 ")
    assert names(audit_claims(against, [TABLE])) == []  # what speaks against it is not what it names


@pytest.mark.parametrize(
    ("text", "value", "kind", "told"),
    [
        ("Training goes with sales", "-0.30", "AssociationClaim", True),
        ("Training goes with sales", "0.30", "AssociationClaim", False),
        ("Training goes with sales", "0.00", "AssociationClaim", False),
        ("Training goes with sales", "-0.30", "Claim", False),
        ("Training is negatively related to sales", "-0.30", "AssociationClaim", False),
        ("Training goes with less sales", "-0.30", "AssociationClaim", False),
        ("Training goes with fewer sales", "-0.30", "AssociationClaim", False),
        ("Training goes with worse sales", "-0.30", "AssociationClaim", False),
        ("Training works AGAINST sales", "-0.30", "AssociationClaim", False),
        ("Training is useless", "-0.30", "AssociationClaim", True),
    ],
)
def test_an_association_has_the_sign_that_is_said(text: str, value: str, kind: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    table = grid(f"training {value}", measure=CORRELATION)
    outcome = found(audit_claims(claim(text, "r1c1", kind=kind), [table]))
    assert [each.name for each in outcome] == [f"{value} is said to go with more"] * told
    assert [each.slug for each in outcome] == ["claim/sign/1-1/claim"] * told
    against = claim(text, kind=kind, against="; motkg:contradictedBy t:r1c1 ")
    assert names(audit_claims(against, [table])) == []
    assert names(audit_claims(claim(text, "r1c1", kind=kind), [grid(f"training {value}", measure=PERCENT)])) == []


def doubt(certainty: Certainty, *doubted: str, name: str = "odd") -> Finding:
    return Finding(
        kind="out-of-range",
        check="range-check",
        certainty=certainty,
        target=Target(document="paper", subjects=(node("x"),)),
        slug=name,
        name=name,
        printed="1",
        expected="2",
        how="h",
        reason="r",
        doubted=tuple(node(each) for each in doubted),
    )


def test_a_conclusion_rests_on_the_numbers_that_are_probably_or_certainly_wrong() -> None:
    stated = facts(
        ':claim a motkg:Claim ; rdfs:label "C" ; motkg:supportedBy :a, :b . :other a motkg:Claim ; motkg:supportedBy :a .'
    )
    claims = claims_on(stated)
    assert list(resting(stated, [doubt(Certainty.POSSIBLE, "a")], claims)) == []
    first, second = found(
        resting(stated, [doubt(Certainty.CERTAIN, "a"), doubt(Certainty.PROBABLE, "a", name="rare")], claims)
    )
    assert (first.name, first.certainty, first.printed) == (
        "'C' rests on a doubtful number",
        Certainty.PROBABLE,
        "1 of 2 supporting figures in doubt",
    )
    assert (first.how, first.reason) == ("odd. rare.", "other figures support it as well")
    assert (first.slug, first.place, first.subjects) == (
        "rests/claim",
        Origin("claim.yaml", 1, 1),
        (node("claim"), node("a")),
    )
    assert (second.certainty, second.reason) == (Certainty.CERTAIN, "no other figure supports it")
    (both,) = (
        one for one in resting(stated, [doubt(Certainty.CERTAIN, "b", "a")], claims) if one.slug == "rests/claim"
    )
    assert both.certainty is Certainty.CERTAIN
    assert list(resting(stated, [doubt(Certainty.CERTAIN, "c")], claims)) == []


# Works


def works(*extra: str, listed: int = 3) -> Facts:
    lines = [
        f':w{number} a motkg:CitedWork ; rdfs:label "Work {number}" ; motkg:listedAt :l{number} . :c{number} cito:hasCitedEntity :w{number} .'
        for number in range(listed)
    ]
    return facts("\n".join([*lines, *extra]))


UNLISTED = ':x a motkg:CitedWork ; rdfs:label "X" {} . :cx cito:hasCitedEntity :x .'


def test_a_list_has_three_entries_or_more() -> None:
    assert names(audit_references(works(UNLISTED.format("")))) == ["X is cited, not listed"]
    assert names(audit_references(works(UNLISTED.format(""), listed=2))) == []


def test_works_of_each_document_are_compared_among_themselves() -> None:
    other = UNLISTED.replace(":x", "<https://w3id.org/motkg/id/essay/x>").replace(
        ":cx", "<https://w3id.org/motkg/id/essay/c>"
    )
    assert names(audit_references(works(other.format("")))) == []


@pytest.mark.parametrize(
    ("cited", "listed", "near"),
    [
        ("Ada Berg", "Eva Berg", True),
        ("Ada Bergs", "Ada Berga", True),  # five letters: one may differ
        ("Ada Berg", "Ada Borg", False),  # four: none
        ("Ada Bergsx", "Ada Bergay", False),
        ("Ada BERG", "Ada Berg", True),
        ("Berg Ada", "Berg Eva", False),  # the last word is the surname
    ],
)
def test_a_listed_work_with_the_same_author_may_be_meant(cited: str, listed: str, near: bool) -> None:  # noqa: FBT001 - a column of the table
    more = ':w0 dcterms:issued "1980" ; dcterms:creator :p0 . :p0 rdfs:label "{}" . :px rdfs:label "{}" .'
    unlisted = UNLISTED.format('; dcterms:issued "1982" ; dcterms:creator :px')
    (each,) = found(audit_references(works(more.format(listed, cited), unlisted)))
    assert each.certainty is (Certainty.PROBABLE if near else Certainty.CERTAIN)
    assert each.how == "None of the 3 entries is this work." + " The list has Work 0, which may be meant." * near
    for missing in ('; dcterms:issued "1982"', "; dcterms:creator :px"):
        (each,) = found(audit_references(works(more.format(listed, cited), UNLISTED.format(missing))))
        assert each.certainty is Certainty.CERTAIN


def test_citations_are_counted_and_the_first_is_the_place() -> None:
    for citations, printed in ((":cx", "1 citation"), (":cy, :cx", "2 citations")):
        more = " ".join(f"{one} cito:hasCitedEntity :x ." for one in citations.split(", "))
        (each,) = found(audit_references(works(f':x a motkg:CitedWork ; rdfs:label "X" . {more}')))
        assert (each.printed, each.slug) == (printed, "cited-not-listed/cx")
    assert names(audit_references(works(':x a motkg:CitedWork ; rdfs:label "X" .'))) == []


def test_an_entry_may_be_the_work_that_the_text_cites_otherwise() -> None:
    authors = ':y dcterms:issued "1980" ; dcterms:creator :p . :x dcterms:issued "1981" ; dcterms:creator :p . :p rdfs:label "A B" .'
    entry = ':y a motkg:CitedWork ; rdfs:label "Y" ; motkg:listedAt :ly .'
    (one, two) = found(audit_references(works(entry, UNLISTED.format(""), authors)))
    assert (two.name, two.certainty, two.reason) == (
        "Y is listed, not cited",
        Certainty.PROBABLE,
        "the two may be one work",
    )
    assert two.how == "No citation and no conclusion refers to it. The text cites X, which the list does not have."
    assert one.how.endswith("The list has Y, which may be meant.")
    (alone,) = found(audit_references(works(entry)))
    assert (alone.certainty, alone.how) == (Certainty.CERTAIN, "No citation and no conclusion refers to it.")


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ("10-20", False),
        ("10 – 20", False),  # noqa: RUF001 - as printed
        ("10-9", False),  # 10 to 19
        ("110-09", True),  # 110 to 109
        ("20-10", True),
        ("7", False),
        ("7-7", False),
        ("1-2, 5-6", True),
        ("1, 2", True),
        ("xii", False),
        ("", False),
    ],
)
def test_pages_go_from_a_first_to_a_last(pages: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_references(works(f':w0 motkg:pages "{pages}" .')))
    assert [each.name for each in outcome] == ["The pages of Work 0 cannot be"] * told
    for each in outcome:
        assert (each.check, each.certainty, each.printed) == (
            "pages-of-reference",
            Certainty.PROBABLE,
            f"pages {pages}",
        )
        numbers = ", ".join(part for part in pages.replace("-", " ").replace(",", " ").split())
        assert each.how in {f"The numbers are {numbers}.", "The numbers are 110, 9."}


@pytest.mark.parametrize(
    ("cited", "whole", "told"),
    [
        ("10", "10-20", False), ("20", "10-20", False), ("9", "10-20", True), ("21", "10-20", True),
        ("15-12", "10-20", True), ("12-15", "10-20", False), ("12-25", "10-20", True), ("15", "", False),
        ("", "10-20", False), ("ch. 2", "10-20", False),
    ],
)  # fmt: skip
def test_cited_pages_are_pages_of_the_work(cited: str, whole: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_references(works(f':w0 motkg:pages "{whole}" . :c0 motkg:pages "{cited}" .')))
    assert [(each.printed, each.expected, each.slug) for each in outcome] == [
        (f"p. {cited}", "a page from 10 to 20", "bibliographic-error/c0")
    ] * told


# Names

CLASSES = [
    "foaf:Person", "org:Organization", "motkg:Firm", "motkg:SmallFirm", "motkg:LargeFirm", "motkg:PublicAgency",
    "motkg:ResearchInstitution", "motkg:SpecialistProvider", "motkg:NewTechnologyBasedSmallFirm",
]  # fmt: skip


@pytest.mark.parametrize("kind", CLASSES)
def test_persons_and_organisations_have_names_that_may_be_one(kind: str) -> None:
    (each,) = found(
        audit_names(facts(f':a a {kind} ; rdfs:label "Jonas Mayer" . :b a {kind} ; rdfs:label "Jonas Meyer" .'))
    )
    assert (each.name, each.certainty) == ("Jonas Mayer and Jonas Meyer may be one", Certainty.POSSIBLE)
    assert each.subjects == (node("b"), node("a"))
    assert each.how == "'mayer' and 'meyer' differ in 1 letters; the other words agree."
    assert (each.slug, each.printed) == ("names/a/b", "'Jonas Mayer' and 'Jonas Meyer'")


def test_other_things_may_be_called_alike() -> None:
    assert (
        names(
            audit_names(
                facts(':a a motkg:Product ; rdfs:label "Jonas Mayer" . :b a motkg:Product ; rdfs:label "Jonas Meyer" .')
            )
        )
        == []
    )


FORMS = "co company corp corporation gmbh inc incorporated kk ltd limited llc plc the dr mr mrs ms prof professor sir"


@pytest.mark.parametrize("form", FORMS.split())
def test_legal_forms_and_titles_are_no_part_of_a_name(form: str) -> None:
    pair = (
        f':a a motkg:Firm ; rdfs:label "{form.upper()} Lumen Optics" . :b a motkg:Firm ; rdfs:label "Lumen Opticks" .'
    )
    assert len(names(audit_names(facts(pair)))) == 1
    other = pair.replace(form.upper(), f"{form}x")
    assert names(audit_names(facts(other))) == []


def test_accents_and_width_are_no_difference() -> None:
    same = ':a a motkg:Firm ; rdfs:label "Café Müller", "Cafe Muller" .'
    assert names(audit_names(facts(same))) == []
    slip = ':a a motkg:Firm ; rdfs:label "Café Müller" ; skos:altLabel "Cafe Miller" .'
    (each,) = found(audit_names(facts(slip)))
    assert each.name == "Café Müller is also written Cafe Miller"
    assert each.how == "'muller' and 'miller' differ in 1 letter; the other words agree."
    assert (each.where, each.slug, each.certainty) == ("Café Müller", "name/a/cafe-miller", Certainty.PROBABLE)
    two = ':a a motkg:Firm ; rdfs:label "Lumen Optics" ; skos:altLabel "Lumen Ofticks" .'
    (each,) = found(audit_names(facts(two)))
    assert each.how == "'optics' and 'ofticks' differ in 2 letters; the other words agree."


def test_each_pair_of_names_is_told_once_and_all_pairs_are() -> None:
    three = "".join(
        f':{key} a motkg:Firm ; rdfs:label "Lumen Big {name}" .'
        for key, name in (("a", "Optics"), ("b", "Opticks"), ("c", "Optycs"))
    )
    assert len(names(audit_names(facts(three)))) == 3
    several = ':a a motkg:Firm ; rdfs:label "Lumen Optics", "Lumen Opticks" ; skos:altLabel "Lumen Optycs" .'
    assert [each.slug for each in found(audit_names(facts(several)))] == [
        "name/a/lumen-opticks",
        "name/a/lumen-optycs",
        "name/a/lumen-opticks/lumen-optycs",
    ]


@pytest.mark.parametrize(
    ("one", "other", "told"), [("Mayers", "Meyers", True), ("Maya", "Mays", False), ("Mayor", "Mayo", False)]
)
def test_words_of_two_things_have_five_letters_to_be_one(one: str, other: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    pair = f':a a motkg:Firm ; rdfs:label "Lumen {one}" . :b a motkg:Firm ; rdfs:label "Lumen {other}" .'
    assert bool(names(audit_names(facts(pair)))) is told


# Dates


@pytest.mark.parametrize("kind", ["Study", "Survey", "InterviewStudy", "CaseStudy"])
def test_every_kind_of_study_is_held_against_its_samples_and_documents(kind: str) -> None:
    turtle = f""":study a motkg:{kind} ; motkg:year "1990" ; motkg:printedDate "June 1990" ; motkg:sample :p ; motkg:reportedIn :d .
    :p rdfs:label "Firms of 1991" ; dcterms:description "Listed in 1992 and 1890." . :d dcterms:issued "1989" ."""
    first, second = found(audit_dates(facts(turtle)))
    assert first.name == "A study of 1990 draws on something of 1992"
    assert first.printed == "June 1990, and 1992 for 'Firms of 1991'"
    assert first.expected == "1992 or later for the study, or 1990 or earlier for the sample"
    assert (first.certainty, first.slug, first.subjects) == (
        Certainty.PROBABLE,
        "dates/study/1992",
        (node("study"), node("p")),
    )
    assert (second.name, second.certainty) == ("A study of 1990 is reported in a document of 1989", Certainty.CERTAIN)
    assert (second.printed, second.slug) == ("1990 and 1989", "dates/study/reported")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1990", False), ("1991", True), ("2091", True), ("2191", False), ("1791", False), ("x1991", True),
        ("1991-92", False), ("11991", False), ("19911", False), ("8-1991", False), ("1991.", True),
    ],
)  # fmt: skip
def test_years_in_the_texts_about_a_sample_are_found(text: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    turtle = f':s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p rdfs:label "Firms {text}" .'
    assert bool(names(audit_dates(facts(turtle)))) is told


def test_a_sample_is_looked_at_with_all_that_it_was_drawn_from() -> None:
    turtle = """:s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p motkg:drawnFrom :q . :q motkg:drawnFrom :r, :p .
    :r rdfs:label "Census 1995" ."""
    (each,) = found(audit_dates(facts(turtle)))
    assert each.subjects == (node("s"), node("r"))
    assert each.printed == "1990, and 1995 for 'Census 1995'"


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (':w dcterms:issued "1991" . :d dcterms:issued "1990" .', ["A document of 1990 cites a work of 1991"]),
        (':w dcterms:issued "1990" . :d dcterms:issued "1990" .', []),
        (':w dcterms:issued "1991" .', []),
        (':d dcterms:issued "1990" .', []),
    ],
)
def test_a_work_is_cited_once_it_is_there(turtle: str, told: list[str]) -> None:
    citation = ":c{0} a cito:Citation ; cito:hasCitedEntity :w ; cito:hasCitingEntity :d ."
    outcome = found(audit_dates(facts(citation.format(1) + citation.format(2) + turtle)))
    assert [each.name for each in outcome] == told
    assert [(each.slug, each.certainty) for each in outcome] == [("dates/w/cited", Certainty.PROBABLE)] * len(told)
    assert names(audit_dates(facts(":c a cito:Citation ; cito:hasCitedEntity :w ." + turtle))) == []
    assert names(audit_dates(facts(":c a cito:Citation ; cito:hasCitingEntity :d ." + turtle))) == []


@pytest.mark.parametrize(
    ("announced", "founded", "told"),
    [("1985", "1986", True), ("1986", "1986", False), ("", "1986", False), ("1985", "", False)],
)
def test_a_deal_is_made_by_those_who_are_there(announced: str, founded: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    turtle = ":x a motkg:Alliance ; motkg:announcement :n ; motkg:participation :i . :i motkg:participant :f ."
    turtle += f':n dcterms:issued "{announced}" .' if announced else ""
    turtle += f':f motkg:year "{founded}" .' if founded else ""
    outcome = found(audit_dates(facts(turtle)))
    assert [each.name for each in outcome] == ["An alliance of 1985 has a partner founded in 1986"] * told
    assert [each.subjects for each in outcome] == [(node("x"), node("f"), node("n"))] * told
    assert [each.certainty for each in outcome] == [Certainty.PROBABLE] * told


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([(1, "1985"), (2, "1984")], ["What comes after 1985 is dated 1984"]),
        ([(2, "1984"), (1, "1985")], ["What comes after 1985 is dated 1984"]),
        ([(1, "1985"), (2, "1985")], []),
        ([(1, "1985"), (2, ""), (3, "1984")], ["What comes after 1985 is dated 1984"]),
        ([(1, "1985"), (0, "1986")], ["What comes after 1986 is dated 1985"]),
    ],
)
def test_a_story_goes_forward(events: list[tuple[int, str]], told: list[str]) -> None:
    turtle = ':k a motkg:CaseStudy . :z motkg:partOfCase :k ; motkg:year "1700" .\n'
    for index, (number, year) in enumerate(events):
        dated = f'; motkg:year "{year}"' if year else ""
        turtle += f":e{index} motkg:partOfCase :k ; motkg:sequenceNumber {number} {dated} .\n"
    outcome = found(audit_dates(facts(turtle)))
    assert [each.name for each in outcome] == told
    assert all(each.certainty is Certainty.PROBABLE for each in outcome)


# Scales


def options(*schemes: str) -> tuple[Facts, Table]:
    """Return a table of one row whose columns have answers of these schemes; a dash is none."""
    turtle = "".join(
        f"t:r{row}c{column} motkg:responseOption :o-{scheme} . :o-{scheme} skos:inScheme :{scheme} .\n"
        for column, scheme in enumerate(schemes, 1)
        for row in (1, 2)
        if scheme != "-"
    )
    return facts(turtle), grid(f"yes {' '.join(['10'] * len(schemes))}", f"no {' '.join(['20'] * len(schemes))}")


@pytest.mark.parametrize(
    ("schemes", "told"),
    [
        (("a", "a", "b"), ["'group 3' is answered on another scale than the rest of the table"]),
        (("b", "a", "a"), ["'group 1' is answered on another scale than the rest of the table"]),
        (("a", "a", "a"), []),
        (("a", "a", "-"), []),
        (("-", "-", "a"), []),  # most lines have no scale
        (("a", "b", "c"), []),  # none is the table's
        (("a", "b"), []),
    ],
)
def test_a_line_on_another_scale_is_told(schemes: tuple[str, ...], told: list[str]) -> None:
    stated, table = options(*schemes)
    outcome = found(audit_scales(stated, [table]))
    assert [each.name for each in outcome] == told
    for each in outcome:
        assert (each.kind, each.certainty, each.printed) == ("scale-mismatch", Certainty.CERTAIN, "10 and 20")
        assert len(each.subjects) == 2
        assert each.how.startswith("The other 2 lines have")


def test_a_line_that_shares_an_answer_with_the_scale_is_on_it() -> None:
    stated, table = options("a", "a", "b")
    mixed = facts(
        "t:r1c3 motkg:responseOption :o . :o skos:inScheme :a . t:r2c3 motkg:responseOption :u . :u skos:inScheme :b ."
    )
    del stated
    usual = facts(
        "".join(f"t:r{row}c{column} motkg:responseOption :o . " for row in (1, 2) for column in (1, 2))
        + ":o skos:inScheme :a ."
    )
    assert names(audit_scales(usual, [table])) == []
    assert names(audit_scales(mixed, [table])) == []


# Samples

SHARES = ':firms motkg:sampleSize 40 . :part a motkg:Sample ; rdfs:label "Part" ; motkg:drawnFrom :firms ; motkg:sampleSize {} .'


@pytest.mark.parametrize(("size", "told"), [(39, False), (40, False), (41, True)])
def test_a_part_is_no_larger_than_the_whole(size: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_samples(facts(SHARES.format(size)), []))
    assert [each.name for each in outcome] == ["Part are more than those they are drawn from"] * told
    for each in outcome:
        assert (each.printed, each.expected, each.slug) == ("41 of 40", "at most 40", "part/part")
        assert (each.certainty, each.subjects) == (Certainty.CERTAIN, (node("part"), node("firms")))
    for part in ("motkg:drawnFrom :firms ;", ":firms motkg:sampleSize 40 .", f"; motkg:sampleSize {size}"):
        assert names(audit_samples(facts(SHARES.format(size).replace(part, "")), [])) == []


def test_tables_without_a_printed_sample_are_named_together() -> None:
    tables = [
        grid("a 10 20", name="one", size=(40, 30), size_stated=False),
        grid("a 10 20", name="two", size=(30, 40), size_stated=False),
        grid("a 10", name="three", size=40, size_stated=False),
        grid("a 10", name="four", size=40),
        grid("a 10", name="five", size_stated=False),
    ]
    assert notes(audit_samples(facts(""), tables)) == [
        "No sample size is printed with the table, and N = 30 and 40 is taken from the survey: 'one' and 'two'.",
        "No sample size is printed with the table, and N = 40 is taken from the survey: 'three'.",
    ]


TWICE = """
:a a motkg:{kind} ; rdfs:label "Firms" ; motkg:about :s ; motkg:measure :m ; motkg:sample :p ; motkg:period :y ;
  sdmx-measure:obsValue 31 ; motkg:printedValue "31" .
:b a motkg:{kind} ; motkg:about :s ; motkg:measure :m ; motkg:sample :p ; motkg:period :y ;
  sdmx-measure:obsValue 32 ; motkg:printedValue "32" .
"""


@pytest.mark.parametrize("kind", ["CountObservation", "ShareObservation"])
def test_one_quantity_has_one_value(kind: str) -> None:
    (each,) = found(audit_samples(facts(TWICE.format(kind=kind)), []))
    assert (each.name, each.printed, each.slug) == ("Firms is printed with different values", "31 and 32", "twice/a")
    assert (each.certainty, each.subjects) == (Certainty.PROBABLE, (node("a"), node("b")))
    for change in (
        (":b a motkg:X ; motkg:about :s", ":b a motkg:X ; motkg:about :other"),
        ("obsValue 32", "obsValue 31"),
    ):
        assert (
            names(
                audit_samples(
                    facts(TWICE.format(kind=kind).replace(f":b a motkg:{kind}", ":b a motkg:X").replace(*change)), []
                )
            )
            == []
        )
    for part in ("motkg:measure :m", "motkg:sample :p", "motkg:period :y"):
        head, _, tail = TWICE.format(kind=kind).rpartition(part)
        assert names(audit_samples(facts(f"{head}{part}2{tail}"), [])) == []


def test_answers_of_a_question_are_no_quantity_printed_twice() -> None:
    turtle = TWICE.format(kind="ShareObservation") + ":a motkg:responseOption :yes . :b motkg:responseOption :yes ."
    assert names(audit_samples(facts(turtle), [])) == []
    assert names(audit_samples(facts(TWICE.format(kind="ShareObservation").replace("motkg:about :s ;", "")), [])) == []


SIZE = ':n motkg:measure measure:sample-size ; motkg:sample :w ; sdmx-measure:obsValue {} . :w rdfs:label "Whole" ; motkg:sampleSize 40 .'


@pytest.mark.parametrize(("value", "told"), [(40, False), (41, True), (39, True)])
def test_a_printed_sample_size_is_that_of_the_sample(value: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_samples(facts(SIZE.format(value)), []))
    assert [each.name for each in outcome] == [f"The size of 'Whole' is printed as {value} and as 40"] * told
    for each in outcome:
        assert (each.printed, each.expected, each.slug) == (f"N = {value}", "N = 40", "size/n")
        assert (each.certainty, each.subjects) == (Certainty.CERTAIN, (node("n"), node("w")))
    for part in ("motkg:sample :w ;", "; motkg:sampleSize 40", f"; sdmx-measure:obsValue {value}"):
        assert names(audit_samples(facts(SIZE.format(value).replace(part, "")), [])) == []


RATE = """
:asked motkg:about :s ; motkg:measure measure:number-surveyed ; sdmx-measure:obsValue 120 .
:answered motkg:about :s ; motkg:measure measure:number-responding ; sdmx-measure:obsValue 61 .
:rate motkg:about :s ; motkg:measure measure:response-rate ; sdmx-measure:obsValue {0} ; motkg:printedValue "{0}%" .
"""


def test_a_rate_is_what_those_who_answered_are_of_those_who_were_asked() -> None:
    # 61 of 120 are 50.833 %
    outcome = list(audit_samples(facts(RATE.format("50.8")), []))
    assert notes(outcome) == ["Response rate: 61 of 120 is 50.83%, as printed (50.8%)."]
    (note,) = (each for each in outcome if isinstance(each, Note))
    assert (note.document, note.statistics[0].value, note.statistics[0].slug) == (
        "paper",
        Decimal("50.83"),
        "share-of-count/rate",
    )
    assert note.statistics[0].inputs == (node("asked"), node("answered"))
    (each,) = found(audit_samples(facts(RATE.format("50.7")), []))
    assert (each.printed, each.expected, each.how) == ("50.7%", "50.83%", "61 / 120 = 50.83%.")
    assert (each.slug, each.certainty, each.subjects) == (
        "rate/rate",
        Certainty.CERTAIN,
        (node("rate"), node("asked"), node("answered")),
    )
    assert each.statistics[0].name == "61 of 120, in per cent"


@pytest.mark.parametrize(
    "part",
    [
        "motkg:measure measure:number-surveyed ;",
        "motkg:measure measure:number-responding ;",
        "sdmx-measure:obsValue 120",
        "sdmx-measure:obsValue 50",
    ],
)
def test_a_rate_without_its_counts_is_not_held_against_them(part: str) -> None:
    assert list(audit_samples(facts(RATE.format("50").replace(part, "motkg:x 1" if "Value" in part else "")), [])) == []


def test_a_rate_of_nothing_says_nothing() -> None:
    assert list(audit_samples(facts(RATE.format("50").replace("120", "0")), [])) == []
    assert names(audit_samples(facts(RATE.format("51").replace("obsValue 61", "obsValue 60")), [])) == [
        "The response rate is not 60 out of 120"
    ]


CONCEPT = "<https://w3id.org/motkg/concept/stage/{}>"


def groups(
    sizes: tuple[int, ...], rows: tuple[str, ...], size: int | None = 100, measure: str = PERCENT
) -> tuple[Facts, Table]:
    """Return a table of all, whose columns are about the stages s1, s2 …, and the samples of those at each stage."""
    table = grid(*rows, size=size, measure=measure)
    turtle = ":all motkg:sampleSize 100 .\n"
    for cell in table.cells:
        turtle += f"t:r{cell.row}c{cell.column} motkg:sample :all ; motkg:stage {CONCEPT.format(f's{cell.column}')} .\n"
    for number, part in enumerate(sizes, 1):
        turtle += f':part{number} rdfs:label "At {number}" ; motkg:drawnFrom :all ; motkg:sampleSize {part} ; motkg:stage {CONCEPT.format(f"s{number}")} .\n'
    return facts(turtle), table


ROWS = ("much 20 30 10", "some 15 25 25", "none 65 45 65")


@pytest.mark.parametrize(
    ("sizes", "told", "noted"),
    [
        (
            (35, 55, 35),
            [],
            "The rows 'much' and 'some' of 't' make 35 (group 1), 55 (group 2) and 35 (group 3) respondents",
        ),
        ((20, 30, 10), [], "The rows 'much' of 't' make 20 (group 1), 30 (group 2) and 10 (group 3) respondents"),
        ((35, 55, 36), [("N = 36", "N = 35")], ""),
        ((35, 56, 36), [], ""),  # two of three do not follow
        ((35, 55), [], "The rows 'much' and 'some' of 't' make 35 (group 1) and 55 (group 2) respondents"),
        ((35, 56), [], ""),  # one of two proves nothing
        ((35,), [], ""),
    ],
)
def test_rows_that_make_the_sizes_of_all_groups_but_one_doubt_that_one(
    sizes: tuple[int, ...], told: list[tuple[str, str]], noted: str
) -> None:
    stated, table = groups(sizes, ROWS)
    outcome = list(audit_samples(stated, [table]))
    assert [(each.printed, each.expected) for each in found(outcome)] == told
    assert [text.startswith(noted) for text in notes(outcome)] == [True] * bool(noted)
    for each in found(outcome):
        assert each.name == "The size of 'At 3' does not follow from 't'"
        assert (each.slug, each.certainty) == ("group/part3", Certainty.PROBABLE)
        assert each.how == (
            "The rows 'much' and 'some' of 't' make 35 (group 1) and 55 (group 2) respondents, the printed sizes of the "
            "groups; for 'group 3' they make 35."
        )
        assert [figure.value for figure in each.statistics] == [35, 55, 35]
        assert [len(figure.inputs) for figure in each.statistics] == [2, 2, 2]
        assert len(each.subjects) == 3


def test_rounded_shares_make_a_range_of_sizes() -> None:
    # of 1,000 a printed 20 is 195 to 205, so that 20 and 15 are 340 to 360
    for size, told in ((340, []), (360, []), (361, ["N = 340 to 360"]), (339, ["N = 340 to 360"])):
        stated, table = groups((350, 550, size), ROWS, size=1000)
        assert [each.expected for each in found(audit_samples(stated, [table]))] == told


def test_groups_are_looked_for_in_shares_of_a_known_sample_and_few_rows() -> None:
    for changes in ({"size": None}, {"measure": COUNT}):
        stated, table = groups((35, 55, 36), ROWS, **changes)  # type: ignore[arg-type]
        assert found(audit_samples(stated, [table])) == []
    for number, told in ((10, 1), (11, 0)):
        rows = (*ROWS[:2], *(f"x{index} 7{index % 10} 7{index % 10} 7{index % 10}" for index in range(number - 2)))
        stated, table = groups((35, 55, 36), rows)
        assert len(found(audit_samples(stated, [table]))) == told


def test_a_group_belongs_to_the_one_column_that_names_its_concept() -> None:
    stated, table = groups((35, 55, 36), ROWS)
    assert len(found(audit_samples(stated, [grid("a 1", name="other"), table]))) == 1
    text = ":all motkg:sampleSize 100 .\n"
    for cell in table.cells:
        text += f"t:r{cell.row}c{cell.column} motkg:sample :all ; motkg:stage {CONCEPT.format(f's{cell.column}')} .\n"
    parts = "".join(
        f':part{n} rdfs:label "At {n}" ; motkg:drawnFrom :all ; motkg:sampleSize {size} ; motkg:stage {CONCEPT.format(f"s{n}")} ; motkg:other :x .\n'
        for n, size in ((1, 35), (2, 55), (3, 36))
    )
    assert len(found(audit_samples(facts(text + parts), [table]))) == 1
    twice = parts + parts.replace(":part3", ":part4")
    assert found(audit_samples(facts(text + twice), [table])) == []  # two groups of each column
    no_concept = parts.replace("/concept/stage/", "/thing/")
    assert found(audit_samples(facts(text.replace("/concept/stage/", "/thing/") + no_concept), [table])) == []
    unsized = parts.replace("motkg:sampleSize 36 ;", "")
    assert found(audit_samples(facts(text + unsized), [table])) == []


# Coefficients of those who answered


@pytest.mark.parametrize("subject", ["stage", "surveyItem", "factor"])
def test_coefficients_rest_on_those_who_answered(subject: str) -> None:
    # of 50: 10 % and 4 did not answer: 5 and 4 of them left out one of the two questions, 5 to 9 at least one
    missing = grid("No_answer 10", "yes 60", name="m", size=50)
    counts = grid("No_answer 4", "yes 46", name="n", size=50, measure=COUNT)
    matrix = grid("x 0.50 0.20", name="k", size=50, measure=CORRELATION)
    turtle = f"""@prefix m: <https://example.org/m/> . @prefix n: <https://example.org/n/> . @prefix k: <https://example.org/k/> .
    m:r1c1 motkg:sample :s ; motkg:{subject} :a . n:r1c1 motkg:sample :s ; motkg:{subject} :b .
    k:r1c1 motkg:sample :s ; motkg:{subject} :a, :b . k:r1c2 motkg:sample :s ; motkg:{subject} :c ."""
    (each,) = found(audit_answered(facts(turtle), [missing, counts, matrix]))
    assert each.name == "Coefficients of 'k' cannot all rest on 50 respondents, as some did not answer"
    assert (each.printed, each.expected) == ("N = 50", "at most 45 pairs, depending on the coefficient")
    assert "on what 1 of the 2 coefficients are about" in each.how
    assert "45 to 45 pairs at most, and 41 at least, when nobody left two unanswered." in each.how
    assert (each.certainty, each.slug, each.statistics[0].value) == (Certainty.POSSIBLE, "answered/k", 45)
    assert [source.value[-8:] for source in each.statistics[0].inputs] == ["g/m/r1c1", "g/n/r1c1"]
    other = turtle.replace("m:r1c1 motkg:sample :s", "m:r1c1 motkg:sample :t").replace(
        "n:r1c1 motkg:sample :s", "n:r1c1 motkg:sample :t"
    )
    assert found(audit_answered(facts(other), [missing, counts, matrix])) == []
    answered = [
        grid("none 10", "yes 60", name="m", size=50),
        grid("none 4", "yes 46", name="n", size=50, measure=COUNT),
    ]
    assert found(audit_answered(facts(turtle), [*answered, matrix])) == []
    unsized = grid("x 0.50 0.20", name="k", measure=CORRELATION)
    assert found(audit_answered(facts(turtle), [missing, counts, unsized])) == []


def test_of_many_numbers_of_pairs_the_first_four_are_told() -> None:
    turtle = "@prefix m: <https://example.org/m/> . @prefix k: <https://example.org/k/> .\n" + "".join(
        f"m:r1c{n} motkg:sample :s ; motkg:stage :a{n} . k:r1c{n} motkg:sample :s ; motkg:stage :a{n} .\n"
        for n in range(1, 6)
    )
    missing = grid("Missing 1 2 3 4 5", name="m", size=50, measure=COUNT)
    matrix = grid("x 0.1 0.2 0.3 0.4 0.5", name="k", size=50, measure=CORRELATION)
    (each,) = found(audit_answered(facts(turtle), [missing, matrix]))
    assert each.expected == "at most 45, 46, 47, 48 and 1 more pairs, depending on the coefficient"
    assert "45 to 49 pairs at most, and 45 at least" in each.how


def test_the_largest_number_of_missing_answers_counts() -> None:
    turtle = """@prefix m: <https://example.org/m/> . @prefix n: <https://example.org/n/> . @prefix k: <https://example.org/k/> .
    m:r1c1 motkg:sample :s ; motkg:stage :a . n:r1c1 motkg:sample :s ; motkg:stage :a . k:r1c1 motkg:sample :s ; motkg:stage :a ."""
    matrix = grid("x 0.50", name="k", size=50, measure=CORRELATION)
    for first, second, most in ((4, 6, 44), (6, 4, 44), (0, 0, None)):
        tables = [grid(f"Missing {n}", name=name, size=50, measure=COUNT) for name, n in (("m", first), ("n", second))]
        outcome = found(audit_answered(facts(turtle), [*tables, matrix]))
        assert [each.statistics[0].value for each in outcome] == ([most] if most else [])
    # a share stands for the smallest number that it can: 10 % of 1,000 are 95 to 105; 7 % is no share of 10
    large = grid("x 0.50", name="k", size=1000, measure=CORRELATION)
    (each,) = found(audit_answered(facts(turtle), [grid("Missing 10", name="m", size=1000), large]))
    assert each.statistics[0].value == 905
    assert found(audit_answered(facts(turtle), [grid("Missing 7", name="m", size=10), large])) == []
    assert found(audit_answered(facts(turtle), [grid("Missing 7", name="m"), large])) == []
    assert found(audit_answered(facts(turtle), [grid("Missing 7", name="m", size=1000, measure="mean"), large])) == []


# Totals


def programme(
    total: str, *parts: str, about: str = "", link: str = "partOfProgramme", kind: str = "CountObservation"
) -> Facts:
    """Return a whole and its parts with a figure each; a tilde before it says that it is approximate."""
    lines = [
        ':w rdfs:label "Programme" .',
        (
            f":f a motkg:{kind} ; motkg:about :w ; motkg:measure :m ; sdmx-measure:obsValue {total} ; "
            f'motkg:printedValue "{total}" {about}.'
        ),
    ]
    for number, value in enumerate(parts):
        rough = "; motkg:approximation :about" if value.startswith("~") else ""
        lines.append(f':p{number} rdfs:label "Project {number}" ; motkg:{link} :w .')
        if value.strip("~"):
            lines.append(
                f":o{number} motkg:about :p{number} ; motkg:measure :m ; sdmx-measure:obsValue {value.strip('~')} {rough}."
            )
    return facts("\n".join(lines))


@pytest.mark.parametrize("link", ["partOfProgramme", "partOfSeries", "partOfCase", "partOf"])
@pytest.mark.parametrize("kind", ["CountObservation", "AggregateObservation"])
def test_parts_of_every_kind_make_the_total(link: str, kind: str) -> None:
    (each,) = found(audit_totals(programme("57", "31", "24", link=link, kind=kind)))
    assert (each.name, each.expected, each.how) == ("The parts of 'Programme' make 55, not 57", "55", "31 + 24 = 55.")
    assert (each.slug, each.where, each.place) == ("total/f", "Programme", Origin("f.yaml", 1, 1))
    assert (each.subjects, each.doubted, each.printed) == ((node("f"), node("w")), (node("f"),), "57")
    assert (each.statistics[0].value, each.statistics[0].inputs) == (55, (node("o0"), node("o1")))
    assert found(audit_totals(programme("57", "31", "24", link="about", kind=kind))) == []
    assert found(audit_totals(programme("57", "31", "24", link=link, kind="ShareObservation"))) == []


@pytest.mark.parametrize(
    ("total", "parts", "certainty", "reason"),
    [
        ("57", ("31", "24"), Certainty.PROBABLE, "the list may be incomplete"),
        ("53", ("31", "24"), Certainty.PROBABLE, "a member of several parts"),
        ("60", ("31", "24"), Certainty.POSSIBLE, "the headline may be a rounded figure"),  # 5 of half a ten
        ("60", ("31", "23"), Certainty.PROBABLE, "the list may be incomplete"),
        ("60", ("31", "34"), Certainty.POSSIBLE, "the headline may be a rounded figure"),
        ("60", ("31", "35"), Certainty.PROBABLE, "a member of several parts"),
        ("600", ("310", "240"), Certainty.POSSIBLE, "the headline may be a rounded figure"),  # half a hundred
        ("600", ("310", "239"), Certainty.PROBABLE, "the list may be incomplete"),
        ("610", ("310", "295"), Certainty.POSSIBLE, "the headline may be a rounded figure"),  # half a ten
        ("610", ("310", "294"), Certainty.PROBABLE, "the list may be incomplete"),
        # parts that are approximate: 30 may be 25 to 35, 24 half more or less
        ("50", ("~30", "25"), Certainty.POSSIBLE, "the headline may be a rounded figure"),
        ("51", ("~30", "25"), Certainty.PROBABLE, "the list may be incomplete"),  # 55 is not above 51 and 5
        ("49", ("~30", "25"), Certainty.PROBABLE, "a member of several parts"),
        ("54", ("~31", "24"), Certainty.PROBABLE, "a member of several parts"),  # above 54.5
    ],
)
def test_what_would_explain_a_total_depends_on_its_digits(
    total: str, parts: tuple[str, ...], certainty: Certainty, reason: str
) -> None:
    (each,) = found(audit_totals(programme(total, *parts)))
    assert each.certainty is certainty
    assert each.reason.startswith(reason)


def test_approximate_parts_allow_a_range() -> None:
    # 30 and 20 are approximate by 5 each
    (each,) = found(audit_totals(programme("77", "~30", "~20", "7")))
    assert each.how == "30 + 20 + 7 = 57. 2 of them are called approximate, which allows 47 to 67."
    (each,) = found(audit_totals(programme("67", "~30", "~20", "7")))
    assert each.how == "30 + 20 + 7 = 57."


@pytest.mark.parametrize(("total", "told"), [("60", False), ("61", True), ("50", False), ("49", True), ("56", True)])
def test_an_approximate_total_is_right_within_its_digits(total: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_totals(programme(total, "31", "24", about="; motkg:approximation :about ")))
    assert bool(outcome) is told


def test_an_approximate_total_without_zeros_is_right_within_a_half() -> None:
    about = "; motkg:approximation :about "
    assert found(audit_totals(programme("55", "31", "24.5", about=about))) == []
    assert len(found(audit_totals(programme("55", "31", "24.6", about=about)))) == 1
    assert len(found(audit_totals(programme("0", "0.6", "0", about=about)))) == 1
    assert found(audit_totals(programme("0", "0.5", "0", about=about))) == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [(("1", "2", "3", ""), ["Project 3"]), (("1", "2", ""), []), (("1", "2", "3"), []), (("1",) * 6 + ("",) * 2, ["Project 6", "Project 7"]),
     (("1",) * 5 + ("",) * 2, [])],
)  # fmt: skip
def test_a_part_lacks_a_figure_that_three_of_four_have(parts: tuple[str, ...], told: list[str]) -> None:
    total = sum(int(part or 0) for part in parts)
    outcome = found(audit_totals(programme(str(total), *parts)))
    assert [each.where for each in outcome] == told
    for each in outcome:
        having = sum(map(bool, parts))
        assert each.how == f"{having} of {len(parts)} parts of the list give it."
        assert each.expected == f"a m, as the {having} other parts have"
        assert (each.certainty, each.name) == (Certainty.CERTAIN, f"'{each.where}' has no m")


NUMBER = """:w rdfs:label "Programme" . :f a motkg:CountObservation ; motkg:about :w ; motkg:measure :m ; sdmx-measure:obsValue 3 ;
motkg:printedValue "3" ; sdmx-attribute:unitMeasure <https://w3id.org/motkg/concept/unit/{unit}> .
:a a motkg:{kind} ; motkg:partOf :w . :b a motkg:{kind} ; motkg:partOf :w .
"""


@pytest.mark.parametrize(
    ("unit", "kind", "told"),
    [
        ("project", "PolicyProject", True),
        ("project", "Project", True),
        ("policy-project", "PolicyProject", True),
        ("firm", "PolicyProject", False),
        ("project", "ProjectPlan", False),
    ],
)
def test_a_number_of_parts_is_held_against_the_list(unit: str, kind: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_totals(facts(NUMBER.format(unit=unit, kind=kind))))
    assert [each.name for each in outcome] == ["3 are announced for 'Programme' and 2 listed"] * told
    for each in outcome:
        assert (each.expected, each.how, each.certainty) == ("2 as listed", "2 parts are listed.", Certainty.CERTAIN)
        assert (each.statistics[0].value, each.statistics[0].inputs) == (2, (node("a"), node("b")))
    assert found(audit_totals(facts(NUMBER.format(unit=unit, kind=kind).replace("obsValue 3", "obsValue 2")))) == []
    one = NUMBER.format(unit=unit, kind=kind).partition(":b a")[0]
    assert found(audit_totals(facts(one))) == []
    about = ":f motkg:approximation :about ."
    assert found(audit_totals(facts(NUMBER.format(unit=unit, kind=kind) + about))) == []
    assert (
        found(audit_totals(facts(NUMBER.format(unit=unit, kind=kind).replace("sdmx-measure:obsValue 3 ;", "")))) == []
    )
