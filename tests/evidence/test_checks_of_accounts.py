"""Missing particulars, and accounts that exclude each other."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from kg.core.terms import prefixes
from kg.evidence.audit.checks.accounts import audit_accounts
from kg.evidence.audit.facts import Facts
from kg.evidence.audit.run import audit_graph

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
DOCUMENT = "@prefix : <https://w3id.org/motkg/id/paper/> .\n"
SAID = ":d a motkg:SourceDocument ; dcterms:creator :p ; dcterms:issued '1990' .\n"


def told(turtle: str) -> list[tuple[str, str]]:
    stated = parse(f"{PREFIXES}{DOCUMENT}{turtle}", format=RdfFormat.TURTLE)
    return [(found.kind, found.name) for found in audit_accounts(Facts(stated, {}))]


@pytest.mark.parametrize(
    ("turtle", "parts"),
    [
        (SAID, None),
        (":d a motkg:SourceDocument .", "its authors and its date"),
        (":d a motkg:SourceDocument ; dcterms:creator :p .", "its date"),
        (":d a motkg:SourceDocument ; motkg:year '1990' .", "its authors"),
        (f"{SAID} :s a motkg:Survey .", None),  # of another work
        (f"{SAID} :s a motkg:Survey ; motkg:reportedIn :d .", "how many took part and when it was done"),
        (
            f"{SAID} :s a motkg:Survey ; motkg:reportedIn :d ; motkg:year '1989' ; motkg:sample :q .",
            "how many took part",
        ),
        (
            f"{SAID} :s a motkg:Survey ; motkg:reportedIn :d ; motkg:year '1989' ; motkg:sample :q . :q motkg:sampleSize 3 .",
            None,
        ),
        (
            (
                f"{SAID} :s a motkg:Survey ; motkg:reportedIn :d ; motkg:printedDate 'mid-May' ; motkg:sample :q . "
                ":q motkg:sampleSize 3 ."
            ),
            None,
        ),
    ],
)
def test_a_source_says_what_it_is_and_whom_it_asked(turtle: str, parts: str | None) -> None:
    names = [name for kind, name in told(turtle) if kind == "missing-metadata"]
    assert [name.partition(" does not say ")[2] for name in names] == ([parts] if parts else [])


def reports(dated: int) -> str:
    deals = [f":a{n} a motkg:Alliance ; motkg:announcement :r{n} ." for n in range(dated + 1)]
    dates = [f":r{n} motkg:year '199{n}' ." for n in range(dated)]
    return " ".join((SAID, *deals, *dates))


@pytest.mark.parametrize(("dated", "names"), [(2, []), (3, ["'r3' has no date"]), (4, ["'r4' has no date"])])
def test_a_report_without_a_date_among_dated_ones(dated: int, names: list[str]) -> None:
    assert [name for _, name in told(reports(dated))] == names


def test_places_of_one_region_of_which_neither_holds_the_other_are_two_accounts() -> None:
    firm = f"{SAID} :f a motkg:Firm ; motkg:locatedIn :m, :n . "
    assert told(firm) == []
    assert told(f"{firm} :m motkg:partOf :r . :n motkg:partOf :r .") == [
        ("conflicting-accounts", "f is placed in m and n")
    ]
    assert told(f"{firm} :m motkg:partOf :n .") == []
    assert told(f"{firm} :m motkg:partOf :r . :n motkg:partOf :q .") == []  # seats in two regions


def test_a_happening_has_one_time() -> None:
    assert told(f"{SAID} :e a motkg:CaseEvent ; motkg:year '1986' .") == []
    assert told(f"{SAID} :e a motkg:CaseEvent ; motkg:year '1986', '1987' .") == [
        ("conflicting-accounts", "'e' has the times 1986 and 1987")
    ]


SHARE = (
    ":t a qb:DataSet . :o a motkg:ShareObservation ; qb:dataSet :t ; sdmx-measure:obsValue {share} ; motkg:printedValue '{share}%' ; "
    "sdmx-attribute:unitMeasure unit:percent ; motkg:statedAt :c . "
    ":c a motkg:TableCell ; motkg:inTable :t ; motkg:rowNumber 1 ; motkg:columnNumber 1 . "
    ":a a motkg:CausalClaim ; motkg:supportedBy :o ; motkg:quantifier quantifier:{word} . "
)


@pytest.mark.parametrize(
    ("word", "share", "fits"),
    [
        ("all", 100, True), ("all", 97, False), ("none", 0, True), ("none", 3, False), ("majority", 51, True),
        ("majority", 49, False), ("most", 50, True), ("half", 48, True), ("half", 65, False), ("few", 12, True),
        ("few", 60, False), ("many", 12, True), ("some", 80, True),
    ],
)  # fmt: skip
def test_a_quantifier_is_borne_out(word: str, share: int, fits: bool) -> None:  # noqa: FBT001 - a column
    stated = parse(f"{PREFIXES}{DOCUMENT}{SAID}{SHARE.format(word=word, share=share)}", format=RdfFormat.TURTLE)
    found = [each.name for each in audit_graph(stated, {}).findings if each.kind == "claim-mismatch"]
    assert found == ([] if fits else [f"{share}% is called {word}"])
