"""The checks of passages: what each finds, and what looks alike and is right."""

from __future__ import annotations

import pytest
from findings import sound

from kg.evidence.audit.checks.passages import audit_passages
from kg.evidence.audit.checks.text import Text

LONG = "Small firms look for partners abroad. They lack the people who know the markets there, and often give up before long"


def told(content: str) -> list[str]:
    return [found.name for found in sound(list(audit_passages(Text("paper", "paper.md", content))))]


def kinds(content: str) -> list[str]:
    return [found.kind for found in audit_passages(Text("paper", "paper.md", content))]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("As Table 2 shows, it grows.\n", ["Table 2 is announced and not there"]),
        ("As Fig. 3 shows, it grows.\n", ["Figure 3 is announced and not there"]),
        ("See Exhibit IV for it.\n", ["Exhibit IV is announced and not there"]),
        ("As Table 2 of Porter shows, it grows.\n", []),  # another work's
        ("As Table 2 in Porter (1985) shows, it grows.\n", []),
        ("As Table 2 shows, it grows.\n\nTable 2\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", []),
        ("As Table 2 shows, it grows.\n\n**Table 2.** Firms by size\n\n| a | b |\n| 1 | 2 |\n", []),
        ("As Figure 1 shows, it grows.\n\nFigure 1. Growth\n\n![growth](g.png)\n", []),
        ("As Figure 1 shows, it grows.\n\nFigure1. Growth\n- more\n- most\n", []),
        (f"As Figure 1 shows, it grows.\n\nFigure 1. Growth\n\n{LONG}.\n", ["Figure 1 has a caption and no content"]),
        (
            f"As Figure 1 shows.\n\nFigure 1\n\nThe growth of firms\n\n{LONG}.\n",
            ["Figure 1 has a caption and no content"],
        ),
        ("As Figure 1 shows, it grows.\n\nFigure 1. Growth\n\n# Next\n", ["Figure 1 has a caption and no content"]),
        ("As Figure 1 shows, it grows.\n\nFigure 1. Growth\n", ["Figure 1 has a caption and no content"]),
        ("Exhibit 1 summarizes the growth.\n\nExhibit 1\n\nGrowth\n\nFirst Second Third\n\nSome more\n", []),
        ("Version 2 of the tables 3 of them.\n", []),
    ],
)
def test_what_is_announced_is_there(content: str, names: list[str]) -> None:
    assert told(content) == names


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{LONG}\n\nof it.\n", []),  # a page break
        (f"{LONG}\n\n“of it” they say.\n", []),
        (f"{LONG}\n\nFigure 1. A\n\n- b\n\nof it.\n", ["scrambled-layout", "missing-figure"][:1]),
        (f"{LONG}\n\nThe next one begins.\n", ["truncated-text"]),
        (f"{LONG}\n", ["truncated-text"]),
        (f"{LONG}.\n\nThe next one begins.\n", []),
        (f"{LONG}:\n\n- a\n", []),
        (f"{LONG}\n\n- a\n- b\n", []),  # a list
        (f"{LONG} (Porter 1985)\n\nThe next one begins.\n", []),
        (f"# {LONG}\n\nThe next one begins.\n", []),
        ("A short line. And no more of it\n\nThe next one begins.\n", []),
        (f"```\n{LONG}\n```\n", []),
    ],
)
def test_a_sentence_has_its_end(content: str, expected: list[str]) -> None:
    assert kinds(content) == expected


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ("They (the firms) and [others] grow.\n", 0),
        ("They (the firms and others grow.\n\nMore.\n", 1),
        ("They the firms) and others grow.\n", 1),
        ("They (the [firms) and] others grow.\n", 2),
        ("First, a) growth and (2) size and iv) age.\n", 0),  # items
        ("They (the firms\n\nand others) grow.\n", 0),  # a page break
        ("They (the firms\n\nAnd others) grow.\n", 2),
        ("Let $f(x$ be.\n", 0),
        ("Call `f(x` here.\n", 0),
    ],
)
def test_brackets_come_in_pairs(content: str, count: int) -> None:
    assert kinds(content) == ["typographical-slip"] * count


def test_low_quotation_marks_in_english_are_told_once() -> None:
    assert told("The „one“ and the „two“ of the „three“ are of it.\n") == ["German quotation marks in an English text"]
    assert told("The „one“ and the „two“ of it.\n") == []  # too few for a habit
    assert told("Der „eine“ und die „zwei“ und das „drei“ und die.\n") == []
    assert told("The „one“ “two” and the „three“ and the „four“.\n") == []  # both kinds


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("It is more important then what you say.", ["'then' stands where 'than' is meant"]),
        ("It is faster then before.", ["'then' stands where 'than' is meant"]),
        ("It got faster, then slower.", []),
        ("Do it earlier, or later then, if at all.", ["'then' stands where 'than' is meant"][:0]),
        ("It is more, then less.", []),
        ("All of the the firms grow.", ["A word stands twice"]),
        ("All of the\nthe firms grow.", ["A word stands twice"]),
        ("What it is is unknown, and that that is so.", ["A word stands twice"]),
        ("He had had it, that that he has.", []),
        ("Two companys and three companies or companies.", ["'companys' stands where 'companies' is meant"]),
        ("Two companys.", []),  # nothing to compare with
        ("A firm is main taining it, as in maintaining.", ["A word is torn apart: main taining"]),
        ("The key word and the word keyword.", []),  # one part stands elsewhere
        ("Fatalistic and isolatedOperating firms. Operating it.", ["Two words are run together: isolatedOperating"]),
        ("The macBook of it.", []),
        ("A CEO, the CEO, some CEO and the CED of it.", ["CED may stand where CEO is meant"]),
        ("A CEO, the CEO, some CEO and the CED (Centre of Development).", []),
        ("A CEO, the CEO, some CEO and the CFO of it.", []),
        ("A MOT, the MOT, some MOT and it is NOT so, not at all.", []),
        (
            "Santa Cruz Operation, Santa Cruz Operation and Santa Cruz Operations.",
            ["Santa Cruz Operations is also written"],
        ),
        ("Santa Cruz Operation and Santa Clara Operation.", []),
        ("Alliance Meeting 86 and Alliance Meeting 87.", []),
        ("The Data Firm's and Data Firm.", []),
    ],
)
def test_words_that_stand_for_another(content: str, names: list[str]) -> None:
    found = told(f"{content}\n")
    assert len(found) == len(names)
    assert all(name.startswith(beginning) for name, beginning in zip(found, names, strict=True))


def test_lists_of_references_are_left_alone() -> None:
    assert told("Text.\n\n# References\n\n- A (1980). More of the the same then. Data Firm.\n- B. Data Firn.\n") == []
