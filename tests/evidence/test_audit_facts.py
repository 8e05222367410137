"""What an audit says of dates, names, samples, totals and references, from a few statements each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from findings import sound
from pyoxigraph import RdfFormat, parse

from kg.core.terms import prefixes
from kg.evidence.audit.checks.claims import audit_references
from kg.evidence.audit.checks.samples import audit_samples
from kg.evidence.audit.checks.sums import audit_totals
from kg.evidence.audit.checks.things import audit_dates, audit_names
from kg.evidence.audit.facts import Facts
from kg.evidence.audit.model import Finding, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
DOCUMENT = "@prefix : <https://w3id.org/motkg/id/paper/> .\n"


def facts(turtle: str) -> Facts:
    return Facts(parse(f"{PREFIXES}{DOCUMENT}{turtle}", format=RdfFormat.TURTLE), {})


def names(found: Iterable[Finding | Note]) -> list[str]:
    found = list(found)
    sound(one for one in found if isinstance(one, Finding))
    return [one.name if isinstance(one, Finding) else f"note: {one.text}" for one in found]


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        # a study and the years of what it draws on
        (':s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p rdfs:label "Firms of 1990" .', []),
        (':s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p rdfs:label "Firms of 1991" .',
         ["A study of 1990 draws on something of 1991"]),
        (':s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p motkg:drawnFrom :q . :q rdfs:label "Census 1995" .',
         ["A study of 1990 draws on something of 1995"]),
        (':s a motkg:Survey ; motkg:sample :p . :p rdfs:label "Firms of 1991" .', []),
        (':s a motkg:Survey ; motkg:year "1990" ; motkg:sample :p . :p rdfs:label "Firms 0-1991 and 19911" .', []),
        # and the document that reports it
        (':s a motkg:CaseStudy ; motkg:year "1990" ; motkg:reportedIn :d . :d dcterms:issued "1990" .', []),
        (':s a motkg:CaseStudy ; motkg:year "1991" ; motkg:reportedIn :d . :d dcterms:issued "1990" .',
         ["A study of 1991 is reported in a document of 1990"]),
        # a document and what it cites
        (':c a cito:Citation ; cito:hasCitedEntity :w ; cito:hasCitingEntity :d . :w dcterms:issued "1990" . :d dcterms:issued "1990" .', []),
        (':c a cito:Citation ; cito:hasCitedEntity :w ; cito:hasCitingEntity :d . :w dcterms:issued "1991" . :d dcterms:issued "1990-05" .',
         ["A document of 1990 cites a work of 1991"]),
        # a deal and its partners
        ((':x a motkg:Alliance ; motkg:announcement :n ; motkg:participation :i . :n dcterms:issued "1986" . '
         ':i motkg:participant :f . :f motkg:year "1986" .'), []),
        ((':x a motkg:Alliance ; motkg:announcement :n ; motkg:participation :i . :n dcterms:issued "1985" . '
         ':i motkg:participant :f . :f motkg:year "1986" .'), ["An alliance of 1985 has a partner founded in 1986"]),
        # the events of a case, by their numbers: 10 comes after 9
        ((':k a motkg:CaseStudy . :a motkg:partOfCase :k ; motkg:sequenceNumber 9 ; motkg:year "1985" . '
         ':b motkg:partOfCase :k ; motkg:sequenceNumber 10 ; motkg:year "1985" .'), []),
        ((':k a motkg:CaseStudy . :a motkg:partOfCase :k ; motkg:sequenceNumber 9 ; motkg:year "1985" . '
         ':b motkg:partOfCase :k ; motkg:sequenceNumber 10 ; motkg:year "1984" .'), ["What comes after 1985 is dated 1984"]),
    ],
)  # fmt: skip
def test_what_comes_first_is_not_dated_later(turtle: str, told: list[str]) -> None:
    assert names(audit_dates(facts(turtle))) == told


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Jonas Mayer", "Jonas Meyer", True),
        ("Dr. Jonas Mayer", "Jonas Meyer", True),  # titles aside
        ("Lumen Optics Ltd.", "Lumen Opticks", True),  # and legal forms
        ("Lumen Optics Inc.", "Lumen Opticks Incorporated", True),
        ("Jonas Mayer", "Jonas Mayer", False),
        ("Jonas Mayer", "Petra Meyer", False),  # two words differ
        ("Jonas Mayer", "Jonas Mayerhof", False),  # three letters more
        ("Ann Lee", "Ann Leo", False),  # short words are other names
        ("Jonas Mayer", "Jonas K. Meyer", False),  # a word more
        ("Alliance 8600", "Alliance 8601", False),  # numbers are no slips
    ],
)
def test_two_things_whose_names_differ_by_a_slip_may_be_one(one: str, other: str, alike: bool) -> None:  # noqa: FBT001 - a column of the table
    turtle = f':a a foaf:Person ; rdfs:label "{one}" . :b a foaf:Person ; rdfs:label "{other}" .'
    assert names(audit_names(facts(turtle))) == [f"{one} and {other} may be one"] * alike


def test_two_names_of_one_thing_that_differ_by_a_slip_are_told() -> None:
    turtle = ':a a motkg:Firm ; rdfs:label "Lumen Optics" ; skos:altLabel "Lumen Opticks", "LUMEN OPTICS", "Lumen" .'
    assert names(audit_names(facts(turtle))) == ["Lumen Optics is also written Lumen Opticks"]


SAMPLES = ':p a motkg:Sample ; rdfs:label "Part" ; motkg:drawnFrom :w ; motkg:sampleSize {} . :w a motkg:Sample ; motkg:sampleSize 40 .'
RATE = """
:asked a motkg:CountObservation ; motkg:about :s ; motkg:measure measure:number-surveyed ; sdmx-measure:obsValue {0} .
:answered a motkg:CountObservation ; motkg:about :s ; motkg:measure measure:number-responding ; sdmx-measure:obsValue {1} .
:rate a motkg:ShareObservation ; motkg:about :s ; motkg:measure measure:response-rate ; sdmx-measure:obsValue {2} ; motkg:printedValue "{2}%" .
"""
TWICE = """
:a a motkg:CountObservation ; rdfs:label "Firms" ; motkg:about :s ; motkg:measure measure:number-of-companies ;
  motkg:sample :p ; sdmx-measure:obsValue 31 ; motkg:printedValue "31" .
:b a motkg:CountObservation ; motkg:about {} ; motkg:measure measure:number-of-companies ;
  motkg:sample {} ; sdmx-measure:obsValue {} ; motkg:printedValue "32" .
"""


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (SAMPLES.format(40), []),
        (SAMPLES.format(41), ["Part are more than those they are drawn from"]),
        (SAMPLES.format(39), []),
        # 61 of 120 are 50.83 %
        (RATE.format(120, 61, "51"), ["note: Response rate: 61 of 120 is 50.83%, as printed (51%)."]),
        (RATE.format(120, 61, "50.8"), ["note: Response rate: 61 of 120 is 50.83%, as printed (50.8%)."]),
        (RATE.format(120, 61, "50"), ["The response rate is not 61 out of 120"]),
        (RATE.format(120, 61, "50.9"), ["The response rate is not 61 out of 120"]),
        (RATE.format(0, 61, "50"), []),
        (TWICE.format(":s", ":p", 32), ["Firms is printed with different values"]),
        (TWICE.format(":s", ":p", 31), []),
        (TWICE.format(":other", ":p", 32), []),
        (TWICE.format(":s", ":other", 32), []),
        ((":n motkg:measure measure:sample-size ; motkg:sample :w ; sdmx-measure:obsValue 41 . "
         ':w a motkg:Sample ; rdfs:label "Whole" ; motkg:sampleSize 40 .'), ["The size of 'Whole' is printed as 41 and as 40"]),
        (":n motkg:measure measure:sample-size ; motkg:sample :w ; sdmx-measure:obsValue 40 . :w a motkg:Sample ; motkg:sampleSize 40 .", []),
    ],
)  # fmt: skip
def test_sizes_and_rates_of_samples_follow(turtle: str, told: list[str]) -> None:
    assert names(audit_samples(facts(turtle), [])) == told


def programme(
    total: int, *parts: int, about: bool = False, unit: str = "firm", measure: str = "number-of-companies"
) -> str:
    lines = [
        ':w rdfs:label "Programme" .',
        (
            f":f a motkg:CountObservation ; motkg:about :w ; motkg:measure measure:{measure} ; sdmx-attribute:unitMeasure unit:{unit} ;"
            f' sdmx-measure:obsValue {total} ; motkg:printedValue "{total}" {"; motkg:approximation :about" if about else ""} .'
        ),
    ]
    for number, value in enumerate(parts):
        lines.append(f':p{number} a motkg:PolicyProject ; rdfs:label "Project {number}" ; motkg:partOfProgramme :w .')
        if value >= 0:
            lines.append(
                f":o{number} a motkg:CountObservation ; motkg:about :p{number} ; motkg:measure measure:number-of-companies ; "
                f"sdmx-measure:obsValue {value} ."
            )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (programme(55, 31, 24), []),
        (programme(57, 31, 24), [("The parts of 'Programme' make 55, not 57", "probable")]),
        (programme(54, 31, 24), [("The parts of 'Programme' make 55, not 54", "probable")]),
        # a figure that ends in zeros may be rounded, by half the place of its last digit
        (programme(60, 31, 24), [("The parts of 'Programme' make 55, not 60", "possible")]),
        (programme(50, 31, 24), [("The parts of 'Programme' make 55, not 50", "possible")]),
        (programme(70, 31, 24), [("The parts of 'Programme' make 55, not 70", "probable")]),
        (programme(60, 31, 24, about=True), []),
        (programme(70, 31, 24, about=True), [("The parts of 'Programme' make 55, not 70", "probable")]),
        (programme(1200, 600, 551), [("The parts of 'Programme' make 1151, not 1,200", "possible")]),
        (programme(1200, 600, 549), [("The parts of 'Programme' make 1149, not 1,200", "probable")]),
        # of four parts one has no figure; of three one is too many
        (programme(6, 1, 2, 3, -1), [("'Project 3' has no number-of-companies", "certain")]),
        (programme(3, 1, 2, -1), []),
        # the number of the parts themselves
        (programme(2, -1, -1, unit="project", measure="number-of-projects"), []),
        (programme(3, -1, -1, unit="project", measure="number-of-projects"),
         [("3 are announced for 'Programme' and 2 listed", "certain")]),
        (programme(3, -1, -1, unit="project", measure="number-of-projects", about=True), []),
        (programme(3, -1, -1, unit="firm", measure="number-of-projects"), []),
        (programme(3, -1, unit="project", measure="number-of-projects"), []),  # one part is no list
    ],
)  # fmt: skip
def test_totals_are_what_their_parts_make(turtle: str, told: list[tuple[str, str]]) -> None:
    assert [(one.name, one.certainty.value) for one in sound(audit_totals(facts(turtle)))] == told


def works(*extra: str) -> str:
    lines = []
    for name, year, pages in (("berg", 1980, "10-20"), ("costa", 1982, "30-5"), ("engel", 1979, "7")):
        lines.append(
            f':{name} a motkg:CitedWork ; rdfs:label "{name.title()} {year}" ; dcterms:issued "{year}" ; '
            f'dcterms:creator :p-{name} ; motkg:pages "{pages}" ; motkg:listedAt :at-{name} . '
            f':p-{name} rdfs:label "Ada {name.title()}" . :c-{name} cito:hasCitedEntity :{name} .'
        )
    return "\n".join([*lines, *extra])


UNLISTED = (
    ':x a motkg:CitedWork ; rdfs:label "X" ; dcterms:issued "{}" ; dcterms:creator :{} . :cx cito:hasCitedEntity :x .'
)


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (works(), []),
        (works(UNLISTED.format(1980, "p-duarte")), [("X is cited, not listed", "certain")]),
        # an author in common and years at most three apart: it may be meant
        (works(UNLISTED.format(1983, "p-berg")), [("X is cited, not listed", "probable")]),
        (works(UNLISTED.format(1984, "p-berg")), [("X is cited, not listed", "certain")]),
        (works(UNLISTED.format(1977, "p-berg")), [("X is cited, not listed", "probable")]),
        (works(':y a motkg:CitedWork ; rdfs:label "Y" ; motkg:listedAt :at-y .'), [("Y is listed, not cited", "certain")]),
        (works(':y a motkg:CitedWork ; rdfs:label "Y" ; motkg:listedAt :at-y . :c cito:citesAsEvidence :y .'), []),
        # pages: 30-5 means 30 to 35
        (works(':c-berg motkg:pages "10" .'), []),
        (works(':c-berg motkg:pages "20" .'), []),
        (works(':c-berg motkg:pages "9" .'), [("A page of Berg 1980 is cited that the work does not have", "certain")]),
        (works(':c-berg motkg:pages "21" .'), [("A page of Berg 1980 is cited that the work does not have", "certain")]),
        (works(':c-berg motkg:pages "19-21" .'), [("A page of Berg 1980 is cited that the work does not have", "certain")]),
        (works(':c-costa motkg:pages "35" .'), []),
        (works(':c-costa motkg:pages "36" .'), [("A page of Costa 1982 is cited that the work does not have", "certain")]),
        (works(':c-engel motkg:pages "8" .'), [("A page of Engel 1979 is cited that the work does not have", "certain")]),
        (works(UNLISTED.format(1980, "p-d").replace('X" ;', 'X" ; motkg:pages "31-29" ; motkg:listedAt :at-x ;')),
         [("The pages of X cannot be", "probable")]),
        (works(UNLISTED.format(1980, "p-d").replace('X" ;', 'X" ; motkg:pages "1-2, 5-6" ; motkg:listedAt :at-x ;')),
         [("The pages of X cannot be", "probable")]),
    ],
)  # fmt: skip
def test_references_and_pages_meet(turtle: str, told: list[tuple[str, str]]) -> None:
    assert [(one.name, one.certainty.value) for one in sound(audit_references(facts(turtle)))] == told


def test_the_reason_says_what_would_explain_a_total() -> None:
    for parts, reason in (((31, 30), "a member of several parts"), ((31, 20), "the list may be incomplete")):
        (one,) = audit_totals(facts(programme(57, *parts)))
        assert one.reason.startswith(reason)
    (one,) = audit_totals(facts(programme(60, 31, 24)))
    assert one.reason == "the headline may be a rounded figure"


def test_the_reason_says_whether_another_work_may_be_meant() -> None:
    for author, reason in (
        ("p-berg", "the name or year of the citation may be wrong"),
        ("p-d", "citations and entries were transcribed"),
    ):
        (one,) = audit_references(facts(works(UNLISTED.format(1981, author))))
        assert one.reason.startswith(reason)
        assert ("The list has Berg 1980, which may be meant" in one.how) is (author == "p-berg")


ARTICLE = ':y a motkg:CitedWork, fabio:JournalArticle ; rdfs:label "Y" {} . :cy cito:hasCitedEntity :y .'


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ('; motkg:containerTitle "J" ; motkg:listedAt :at-y', ["Y has no volume, issue or date"]),
        ('; motkg:containerTitle "J" ; motkg:listedAt :at-y ; motkg:volume "1"', []),
        ('; motkg:containerTitle "J" ; motkg:listedAt :at-y ; motkg:issue "1"', []),
        ('; motkg:containerTitle "J" ; motkg:listedAt :at-y ; motkg:printedDate "May"', []),
        ("; motkg:listedAt :at-y", []),  # no journal is named
    ],
)
def test_an_article_of_the_list_has_a_volume_an_issue_or_a_date(parts: str, told: list[str]) -> None:
    assert names(audit_references(facts(works(ARTICLE.format(parts))))) == told


def test_an_article_that_is_not_of_the_list_may_lack_its_volume() -> None:
    found = names(audit_references(facts(works(ARTICLE.format('; motkg:containerTitle "J"')))))
    assert found == ["Y is cited, not listed"]
