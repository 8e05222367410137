"""The checks of running text and of its citations at their borders."""

from __future__ import annotations

import pytest
from findings import sound

from kg.core.origin import Origin
from kg.evidence.audit.checks.citations import Citation, Entry, audit_citations, listed_works
from kg.evidence.audit.checks.text import Text, audit_enumerations, audit_slips
from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import Certainty, Finding


def text(content: str) -> Text:
    return Text("paper", "paper.md", content)


# Places


def test_an_offset_is_a_line_and_a_column_from_one() -> None:
    places = text("ab\n\ncd\n")
    assert [places.place(offset) for offset in (0, 2, 3, 4, 5)] == [
        Origin("paper.md", 1, 1),
        Origin("paper.md", 1, 3),
        Origin("paper.md", 2, 1),
        Origin("paper.md", 3, 1),
        Origin("paper.md", 3, 2),
    ]


def test_a_section_is_the_last_heading_before() -> None:
    content = "start\n# One\na\n###### **Six** ##\nb\n####### Seven\n#None\n"
    titles = text(content)
    assert titles.section(0) == ""
    assert titles.section(content.index("a\n")) == "One"
    assert titles.section(content.index("b\n")) == "Six"
    assert titles.section(len(content)) == "Six"  # seven marks, and marks without a blank, are no heading


@pytest.mark.parametrize(
    "heading",
    [
        "References", "REFERENCE", "## References", "9. References:", "IX. Bibliography", "Works cited", "Literature",
        "Literature cited", "参考文献", "文献", "# 10 references",
    ],
)  # fmt: skip
def test_the_list_of_references_begins_at_its_heading(heading: str) -> None:
    content = f"Text.\n\n{heading}\n\n- A (1980).\n\n# Appendix\n\nMore.\n"
    start, end = text(content).references or (0, 0)
    assert content[start:end].strip() == "- A (1980)."


@pytest.mark.parametrize("heading", ["The references", "References to firms", "My bibliography", "Notes"])
def test_other_lines_are_no_heading_of_references(heading: str) -> None:
    assert text(f"Text.\n\n{heading}\n\n- A (1980).\n").references is None


def test_the_last_list_counts_and_goes_to_the_end() -> None:
    content = "References\n\nnone yet\n\n# References\n\n- A (1980).\n"
    start, end = text(content).references or (0, 0)
    assert (content[start:end].strip(), end) == ("- A (1980).", len(content))


def test_paragraphs_are_what_stands_between_empty_lines_outside_the_references() -> None:
    content = "one\ntwo\n \t\nthree\n\n# References\n\n- A (1980).\n\n# After\n\nlast"
    found = list(text(content).paragraphs())
    assert [paragraph for _, paragraph in found] == ["one\ntwo", "three", "# References", "# After", "last"]
    assert all(content[offset:].startswith(paragraph) for offset, paragraph in found)


# Slips


def told(findings: list[Finding]) -> list[str]:
    return [each.name for each in sound(findings)]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("Members are firms, a", "Members are firms, a"),
        ("Members are firms, ab", "Members are firms, ab"),
        ("Members are firms, abc", None),
        ("Members are firms, 12", None),
        ("Members are firms,a", None),
        ("Members are firms; a", None),
        ("Members of the association are firms, a \n", "association are firms, a"),  # the last 24 characters
    ],
)
def test_a_passage_breaks_off_after_a_comma_and_two_letters(content: str, shown: str | None) -> None:
    found = list(audit_slips(text(content)))
    assert told(found) == ([f"A passage breaks off after '{shown}'"] if shown else [])
    for each in found:
        end = len(content.rstrip())
        assert each.span == (end - 3, end)
        assert each.printed == shown
        assert each.place == Origin("paper.md", 1, end - 2)
        assert each.certainty is Certainty.PROBABLE


@pytest.mark.parametrize(
    ("words", "told_"),
    [
        ("Kirihat Kiriham", True),  # seven letters
        ("Kirihx Kirihy", False),  # six
        ("Kirihata Kirihsata", True),  # one more
        ("Kirihata Kirihaat", True),  # two that changed places
        ("Kirihata Kirihoti", False),  # two
        ("Kirihata Mirihata", False),  # the beginning is another one
        ("Kirihata Kirihatas", False),
        ("Kirihata Kirihatax", True),  # no ending
        ("Kirihata kirihara", False),  # no name
        ("Kirihata KIRIHARA", False),
        ("Kirihata Kirihara kirihara", False),
        ("Kirihata Kirihara@example", False),
        ("Kirihata example.Kirihara", False),
        ("Kirihata Kirihara.org", False),
    ],
)
def test_long_names_that_are_one_letter_apart_are_told(words: str, told_: bool) -> None:  # noqa: FBT001 - a column of the table
    assert bool(told(list(audit_slips(text(f"Here: {words} end."))))) is told_


@pytest.mark.parametrize(("ending", "same"), [("s", True), ("d", True), ("n", True), ("y", False), ("e", False)])
def test_a_name_with_an_ending_is_the_same_name(ending: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (told(list(audit_slips(text(f"Austria, Austria{ending}.")))) == []) is same


def test_the_rarer_of_two_names_is_the_slip_and_stands_where_it_is_first() -> None:
    content = "Here: Kirihata, Kirihara, Kirihata."
    (each,) = audit_slips(text(content))
    assert each.name == "Kirihara and Kirihata are one letter apart"
    assert each.printed == "'Kirihara' (1 times) and 'Kirihata' (2 times)"
    assert each.span == (content.index("Kirihara"), content.index("Kirihara") + 8)
    (each,) = audit_slips(text("Here: Kirihata, Kirihara."))  # as often: the first of the alphabet
    assert each.name == "Kirihara and Kirihata are one letter apart"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("So “they said.", ["“they said."]),
        ("So “they” said “it.", ["“it."]),
        ("So “they “said.", ["“they “said.", "“said."]),
        ("So “they “said”.", ["“they “said”."]),
        ("So ” they “said”.", []),
        ("So “they said -", []),  # cut by a page break
        ("So “they said-\n", []),
        ('So “they said".', []),  # closed by a plain mark
        ('So "it" “they said.', ["“they said."]),
        ("So „they“ said “it.", []),
        ("So “they said and went on for long, long.", ["“they said and went on for lon"]),
    ],
)
def test_quotations_that_stay_open_are_told(content: str, shown: list[str]) -> None:
    found = sound(audit_slips(text(f"First.\n\n{content}")))
    assert [each.printed for each in found] == shown
    for each in found:
        at = len("First.\n\n") + content.index(each.printed.split()[0])
        assert each.span == (at, at + 1)
        assert each.name == f"A quotation is not closed: {each.printed}…"


# Announced numbers


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("nine", 9),
        ("ten", 10), ("eleven", 11), ("twelve", 12), ("Three", 3), ("2", 2), ("9", 9), ("10", 10), ("12", 12),
    ],
)  # fmt: skip
def test_each_number_in_words_and_digits_is_known(word: str, number: int) -> None:
    def listed(count: int) -> str:
        return f"There are {word} reasons: {'; '.join(f'({place}) a' for place in range(1, count + 1))}."

    (each,) = sound(audit_enumerations(text(listed(number + 1))))
    assert each.name == f"{word} reasons are announced and {number + 1} listed"
    assert each.expected == f"{number} items"
    assert each.how == f"{number + 1} items follow, numbered one after the other."
    assert list(audit_enumerations(text(listed(number)))) == []


@pytest.mark.parametrize("word", ["one", "1", "13", "20", "thirteen", "some"])
def test_other_numbers_announce_nothing(word: str) -> None:
    assert list(audit_enumerations(text(f"There are {word} reasons: (1) a; (2) b; (3) c; (4) d."))) == []


@pytest.mark.parametrize(
    ("content", "counted"),
    [
        ("three most important and new reasons: (1) a; (2) b.", 2),  # four words between
        ("three of the most important and new reasons: (1) a; (2) b.", None),  # seven
        ("three reasons. (1) a; (2) b.", None),  # another sentence
        ("three reasons (1) a; (2) b.", 2),
        ("three reasons (1) a; (2)", 2),  # the last of the text
        ("three reasons (1) a; (2) b; (1) c; (3) d.", 2),  # another list begins
        ("three reasons (1) a; (3) b.", None),
        ("three reasons: (1) a.\n\n(2) b.\n\nMore.", 2),  # over paragraphs
        ("three reasons: (1) a; (2) b.\n\n(3) c.", 2),  # within one
        ("three reasons:\n\n- a\n- b", 2),
        ("three reasons:\n\n* a\n• b", 2),
        ("three reasons\n\n- a\n- b", None),  # nothing is announced
        ("three reasons (some):\n\n- a\n- b", None),
        ("three reasons:\n\n- a\n  more\n\n- b\n\n\nText.\n\n- c", 2),
    ],
)
def test_items_are_counted_as_they_are_written(content: str, counted: int | None) -> None:
    found = sound(audit_enumerations(text(f"There are {content}")))
    assert [each.name for each in found] == ([f"three reasons are announced and {counted} listed"] if counted else [])


def test_an_announcement_stands_from_its_number_to_the_first_item() -> None:
    content = "There are three reasons: (1) a; (2) b."
    (each,) = audit_enumerations(text(content))
    assert each.span == (content.index("three"), content.index(" a;"))
    assert each.printed == "three reasons: (1)"
    bullets = "There are three reasons:\n\n- a\n- b"
    (each,) = audit_enumerations(text(bullets))
    assert each.how == "2 items follow, with bullets."
    long = f"There are three reasons {'x' * 100}: (1) a; (2) b."
    (each,) = audit_enumerations(text(long))
    assert len(each.printed) == 80


def test_items_that_are_far_away_belong_to_another_list() -> None:
    for filler, counted in ((100, 3), (5_900, 3), (6_100, None)):
        content = f"There are two ways: (1) a.\n\n(2) b.\n\n{'x' * filler}\n\n(3) c."
        found = told(list(audit_enumerations(text(content))))
        assert found == ([f"two ways are announced and {counted} listed"] if counted else [])


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("a", "a", 0),
        ("", "ab", 2),
        ("", "abc", 3),
        ("ab", "ba", 1),
        ("abc", "cba", 2),
        ("abcd", "badc", 2),
        ("ca", "abc", 3),
    ],
)
def test_letters_added_left_out_changed_or_swapped_are_counted_up_to_two(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == apart
    assert distance(one, other, 1) == min(apart, 2)


# Citations

LIST = [
    '- Berg, Erik (1980). "Cooperation." *Journal of Firms*, 3 : 110-20.',
    '- Costa, Ana, and Lindqvist, Olof (1982). "Ties." *Journal of Firms*, 5 : 30-35.',
    '- Engel, Rosa (1979a). "Trust." *Journal of Firms*, 2 : 1-9.',
]
CITED = "Berg (1980), Costa and Lindqvist (1982), Engel (1979a)."


def paper(body: str, *entries: str) -> Text:
    return text(f"{body}\n\n# References\n\n" + "\n".join([*LIST, *entries]) + "\n")


@pytest.mark.parametrize(
    ("citation", "told_"),
    [
        ("Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("(Duarte, 1985)", "Duarte 1985 is cited, not listed"),
        ("(see Duarte, 1985; Berg, 1980)", "Duarte 1985 is cited, not listed"),
        ("Duarte et al. (1985)", "Duarte 1985 is cited, not listed"),
        ("Duarte, et al., (1985)", "Duarte 1985 is cited, not listed"),
        ("Ana Duarte (1985)", "Ana 1985 is cited, not listed"),
        ("(A. Duarte, 1985)", "Duarte 1985 is cited, not listed"),
        ("(A. Duarte & B. Frey, 1985)", "Duarte 1985 is cited, not listed"),
        ("(Duarte, June 12, 1985)", "Duarte 1985 is cited, not listed"),
        ("van Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("Van Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("Von Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("De Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("See Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("In Duarte (1985)", "Duarte 1985 is cited, not listed"),
        ("(Ana Duarte & Bo Frey, 1985)", "Duarte 1985 is cited, not listed"),
        ("(Duarte Jr. & Frey, 1985)", "Duarte 1985 is cited, not listed"),
        ("(Duarte, 1785)", None),  # no year of ours
        ("(Duarte, 2085)", "Duarte 2085 is cited, not listed"),
        ("Duarte, 1985", None),  # without brackets
        ("(January 1985)", None),
        ("(Summer, 1985)", None),
        ("(duarte, 1985)", None),
    ],
)
def test_citations_are_read_as_they_are_written(citation: str, told_: str | None) -> None:
    found = sound(audit_citations(paper(f"{CITED} So says {citation}.")))
    assert [each.name for each in found] == ([told_] if told_ else [])


MONTHS = "January February March April May June July August September October November December Summer Spring Autumn Winter Fall"


@pytest.mark.parametrize("month", MONTHS.split())
def test_months_and_seasons_are_no_authors(month: str) -> None:
    assert list(audit_citations(paper(f"{CITED} It rained in ({month}, 1985)."))) == []


def test_several_years_of_one_author_are_several_citations() -> None:
    found = told(list(audit_citations(paper(f"{CITED} So says Duarte (1985, 1986; 1987a)."))))
    assert found == [f"Duarte {year} is cited, not listed" for year in ("1985", "1986", "1987a")]


def test_a_year_without_a_letter_may_mean_the_work_with_one_and_not_the_reverse() -> None:
    body = CITED.replace("1979a", "1979")
    assert list(audit_citations(paper(body))) == []
    found = told(list(audit_citations(paper(CITED.replace("1980", "1980b")))))
    assert found == ["Berg 1980b is cited, not listed", "Berg 1980 is listed, not cited"]


def test_what_may_be_meant_is_told_with_the_place() -> None:
    body = f"{CITED} So says Berg (1981)."
    (each,) = audit_citations(paper(body))
    assert each.how == "None of the 3 entries has this author and year. The list has Berg 1980, which may be meant."
    assert each.printed == "Berg 1981"
    assert each.span == (body.index("Berg (1981"), body.index(")", body.index("Berg (1981")))
    (each,) = audit_citations(paper(f"{CITED} So says Duarte (1981)."))
    assert each.how == "None of the 3 entries has this author and year."


def test_an_entry_that_nothing_cites_stands_in_the_list() -> None:
    content = paper("Berg (1980), Costa and Lindqvist (1982).")
    (each,) = audit_citations(content)
    assert each.name == "Engel 1979a is listed, not cited"
    start, end = each.span or (0, 0)
    assert content.content[start:end] == LIST[2].removeprefix("- ")
    assert each.section == "References"


@pytest.mark.parametrize(
    ("citation", "told_"),
    [
        # Lindqvist has nine letters: two may differ; Costa has five: one; names of four letters are other names
        ("Costa and Lindkvyst (1982)", ["Lindkvyst is cited, Lindqvist listed"]),
        ("Costa and Lundkvyst (1982)", ["Lundkvyst is cited as author of Costa 1982, not listed"]),
        ("Kosta and Lindqvist (1982)", ["Kosta is cited, Costa listed"]),
        ("Kasta and Lindqvist (1982)", ["Kasta is cited as author of Costa 1982, not listed"]),
        ("Costa and Lindqvist (1982)", []),
        ("COSTA and Lindqvist (1982)", ["COSTA is cited as author of Costa 1982, not listed"]),
        ("Costa (1982)", []),
        ("Lindqvist (1982)", []),
        ("Costa, Berg and Frey (1982)", ["Berg and Frey are cited as author of Costa 1982, not listed"]),
        ("Borg (1980)", ["Borg 1980 is cited, not listed"]),
    ],
)
def test_the_names_of_a_citation_are_those_of_the_entry(citation: str, told_: list[str]) -> None:
    assert told(list(audit_citations(paper(f"{CITED} So say {citation}.")))) == told_


def test_authors_of_another_work_are_told_with_the_entry() -> None:
    (each,) = audit_citations(paper(f"{CITED} So say Costa and Frey (1982)."))
    assert each.how == "The entry with Costa and 1982 does not name Frey."
    assert each.expected == LIST[1].removeprefix("- ")[:60]
    assert each.printed == "Costa and Frey 1982"
    (each,) = audit_citations(paper(f"{CITED} So say Costa and Lindkvist (1982)."))
    assert (each.expected, each.how) == (
        "Lindqvist",
        "'Lindkvist' and 'Lindqvist' differ in 1 letters; the year is the same.",
    )


@pytest.mark.parametrize(
    ("pages", "told_"),
    [
        # 110-20 is 110 to 120
        ("p. 110", False), ("p. 120", False), ("pp. 110-120", False), ("p. 109", True), ("p. 121", True),
        ("pp. 119-121", True), ("pp. 109-115", True), ("P. 121", True), ("p 121", False),
    ],
)  # fmt: skip
def test_cited_pages_are_those_of_the_entry(pages: str, told_: bool) -> None:  # noqa: FBT001 - a column of the table
    for citation in (f"(Berg, 1980, {pages})", f"Berg (1980, {pages})", f"Berg (1980) ({pages})"):
        found = list(audit_citations(paper(f"{CITED} So it is {citation}.")))
        assert told(found) == ["A page of Berg 1980 is cited that the entry does not have"] * told_
        for each in found:
            assert each.expected == "a page from 110 to 120"
            assert each.printed == f"p. {pages.split()[1].partition('-')[0]}"


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        ("Berg (1980). 3 : 110-20.", (110, 120)),
        ("Berg (1980). 3 : 110-9.", (110, 119)),
        ("Berg (1980). 3-4 : 110–120.", (110, 120)),  # noqa: RUF001 - as printed
        ("Berg (1980). 120-110.", None),
        ("Berg (1980). 12345-12350.", None),
        ("Berg (1980). 7-7.", (7, 7)),
        ("Berg (1980).", None),
    ],
)
def test_the_pages_of_an_entry_are_its_last_range(body: str, pages: tuple[int, int] | None) -> None:
    assert Entry(["Berg"], "1980", (0, 1), body).pages == pages


def test_entries_are_lines_with_a_year_and_an_author_before_it() -> None:
    entries = [
        "- van der Berg, E. and de la Costa, A. (in May 1980). A.",
        "* Moore 1991b. B.",
        "• O’Hara-Smith (1992, first 1890). C.",  # noqa: RUF001 - as printed
        "- 1993. No author.",
        "- Nobody, without a year.",
        "- Range 10-1980-20 of pages.",
    ]
    found = listed_works(text("# References\n\n" + "\n".join(entries) + "\n"))
    assert [(entry.name, entry.year) for entry in found] == [
        ("van 1980", "1980"),
        ("Moore 1991b", "1991b"),
        ("O’Hara-Smith 1992", "1992"),  # noqa: RUF001 - as printed
    ]
    assert found[0].words == ["van", "Berg", "de", "Costa"]
    assert Entry([], "1980", (0, 1), "x" * 40).name == "x" * 30


def test_of_entries_of_one_year_the_one_with_most_of_the_names_is_meant() -> None:
    entries = ["- Costa, Ana (1982). X.", "- Costa, Ana, and Frey, Bo (1982). Y."]
    found = told(list(audit_citations(paper(f"{CITED} So say Costa and Frey (1982).", *entries))))
    assert found == ["Costa 1982 is listed, not cited"]
    assert Citation(("A",), "1980", (0, 1), "A 1980").pages is None
