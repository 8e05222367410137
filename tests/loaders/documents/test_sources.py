from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from kg.core.errors import InputError
from kg.loaders.cases.draft import read_spans
from kg.loaders.documents.sources import uncovered_numerals, verify_sources, write_spans
from kg.loaders.documents.sourcetext import numerals, printed_pattern

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Case

TEXT = """\
1. 調査 of fifteen firms in 1987

Table
\tBasic Research\tCommercialization
Facing some issues/challenges\t<b>30%</b>\t60% (Yes)
No response\t17%\t

One hundred
fifty people came, 15 of them in 2 groups of 15.
"""
CLAIM = "- {id: sample/firms, type: Sample}\n"
CSV = ",Basic Research,Commercialization\nFacing some issues/challenges,30%,60% (Yes)\nNo response,17%,\n"
YAML = """\
id: table/t
structure: cube:stage-response
observation: ShareObservation
measure: share-of-respondents
unit: percent
sample: sample/firms
rows: {{dimension: responseOption, schemes: [issue-scale]}}
columns: {{dimension: stage, schemes: [stage]}}
annotation: {{dimension: responseOption, schemes: [yes-no-scale]}}
blank: not-printed
source: {{section: "1", span: {span}}}
"""


def span(text: str) -> str:
    """Gives the offsets of a piece of the document as case files write them."""
    start = TEXT.index(text)
    return f"[{start}, {start + len(text)}]"


TABLE = span(TEXT[TEXT.index("\tBasic") : TEXT.index("\n\nOne")])
PEOPLE = span(TEXT[TEXT.index("One hundred") : TEXT.index("people")])


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "paper.txt").write_text(TEXT, encoding="utf-8")
    return folder


def fill(case: Case, printed: str = "One hundred fifty", place: str = PEOPLE, digest: str = "") -> None:
    digest = digest or sha256(TEXT.encode()).hexdigest()
    case.write("document.yaml", f"- {{id: document, type: SourceDocument, fileName: paper.txt, sha256: {digest}}}\n")
    case.write("samples.yaml", CLAIM)
    case.write(
        "figures.yaml",
        f"- {{id: observation/people, type: CountObservation, printed: {printed}, source: {{section: '1', span: {place}}}}}\n",
    )
    case.write("tables/t.csv", CSV)
    case.write("tables/t.yaml", YAML.format(span=TABLE))


def test_spans_are_written_for_every_span_and_filled_cell(case: Case, sources: Path) -> None:
    fill(case)
    assert write_spans(case.folder, sources, case.vocabulary) == 5
    entries = read_spans(case.folder / "spans.csv", "spans.csv")
    cell = entries["cell/t/r1c1"]
    assert TEXT[cell.start : cell.end] == "30%"
    assert cell.sha256 == sha256(b"30%").hexdigest()
    assert TEXT[entries["cell/t/r1c2"].start : entries["cell/t/r1c2"].end] == "60% (Yes)"
    assert [name for name in entries if name.startswith("cell/")] == ["cell/t/r1c1", "cell/t/r1c2", "cell/t/r2c1"]
    assert verify_sources(case.folder, sources, case.vocabulary) == []


def test_writing_twice_gives_the_same_bytes(case: Case, sources: Path) -> None:
    fill(case)
    write_spans(case.folder, sources, case.vocabulary)
    first = (case.folder / "spans.csv").read_bytes()
    write_spans(case.folder, sources, case.vocabulary)
    assert (case.folder / "spans.csv").read_bytes() == first


def findings(case: Case, sources: Path) -> list[str]:
    return [str(finding) for finding in verify_sources(case.folder, sources, case.vocabulary)]


def test_without_spans_csv_the_check_says_what_to_run(case: Case, sources: Path) -> None:
    fill(case)
    assert findings(case, sources) == ["paper/spans.csv: the file is missing: run kg verify-sources DIR --write"]


def test_another_edition_of_the_document_is_found_by_its_hash(case: Case, sources: Path) -> None:
    fill(case, digest="0" * 64)
    write_spans(case.folder, sources, case.vocabulary)
    digest = sha256(TEXT.encode()).hexdigest()
    assert findings(case, sources) == [
        f"paper/document.yaml:1:24: the SHA-256 of paper.txt is {digest}, not {'0' * 64}"
    ]


def test_a_changed_word_is_found_by_the_hash_of_its_span(case: Case, sources: Path) -> None:
    fill(case)
    write_spans(case.folder, sources, case.vocabulary)
    (sources / "paper.txt").write_text(TEXT.replace("fifty", "sixty").replace("17%", "18%"), encoding="utf-8")
    found = findings(case, sources)
    assert any("the hash of span/" in text for text in found)
    assert any("paper/tables/t.csv:3:13 (r2c1): the table has '17%', the document '18%'" in text for text in found)
    assert any("'One hundred fifty' does not stand in" in text for text in found)


def test_a_stale_entry_is_a_finding(case: Case, sources: Path) -> None:
    fill(case)
    write_spans(case.folder, sources, case.vocabulary)
    path = case.folder / "spans.csv"
    path.write_text(path.read_text() + f"span/1-2,1,2,{'0' * 64}\n")
    assert findings(case, sources) == ["paper/spans.csv: span/1-2 is not a span of the case files"]


def test_printed_characters_must_stand_whole_in_the_span(case: Case, sources: Path) -> None:
    fill(case, printed="hundred fift")
    write_spans(case.folder, sources, case.vocabulary)
    (found,) = findings(case, sources)
    assert found.startswith("paper/figures.yaml:1:")
    assert "'hundred fift' does not stand in [" in found


def test_a_cell_that_differs_from_the_document_stops_writing(case: Case, sources: Path) -> None:
    fill(case)
    case.write("tables/t.csv", CSV.replace("17%", "71%"))
    with pytest.raises(InputError, match=r"paper/tables/t.csv:3:13: the table has '71%', the document '17%'"):
        write_spans(case.folder, sources, case.vocabulary)
    assert not (case.folder / "spans.csv").exists()


def test_a_span_beyond_the_document_stops_writing(case: Case, sources: Path) -> None:
    fill(case, place="[1, 9999]")
    with pytest.raises(InputError, match=r"the span \[1, 9999\] lies outside the document"):
        write_spans(case.folder, sources, case.vocabulary)


def test_a_document_that_is_not_there_is_named(case: Case, tmp_path: Path) -> None:
    fill(case)
    with pytest.raises(InputError, match=r"^paper.txt: the document's text cannot be read"):
        verify_sources(case.folder, tmp_path, case.vocabulary)


def test_every_number_that_nothing_accounts_for_is_listed(case: Case, sources: Path) -> None:
    fill(case)
    found = [str(finding) for finding in uncovered_numerals(case.folder, sources, case.vocabulary)]
    numbers = [text.split("'")[1] for text in found]
    assert numbers == ["1", "fifteen", "1987", "15", "2", "15"]
    assert found[1].startswith("paper.txt:1:10: 'fifteen' at 9 to 16 is not")


def test_an_observation_accounts_for_one_place_only(case: Case, sources: Path) -> None:
    fill(case, printed="15", place=span("15 of them in 2 groups of 15"))
    numbers = [str(finding).split("'")[1] for finding in uncovered_numerals(case.folder, sources, case.vocabulary)]
    assert numbers == ["1", "fifteen", "1987", "One hundred\nfifty", "2", "15"]


def test_a_date_and_the_list_of_other_numbers_account_for_theirs(case: Case, sources: Path) -> None:
    fill(case)
    case.write(
        "works.yaml", f"- {{id: work/x, type: CitedWork, issued: 1987, listedAt: {{span: {span('in 1987')}}}}}\n"
    )
    rest = "start,end,printed,reason\n0,1,1,section\n9,16,fifteen,idiom\n"
    case.write("not-figures.csv", rest + "0,1,7,section\n")
    found = [str(finding) for finding in uncovered_numerals(case.folder, sources, case.vocabulary)]
    assert found[0] == "paper/not-figures.csv:4:1: '7' does not stand at 0 to 1 of paper.txt"
    assert [text.split("'")[1] for text in found[1:]] == ["15", "2", "15"]


def test_numerals_are_digits_and_cardinal_words() -> None:
    text = "One hundred and fifty-two of 1,590 firms (0.379**) at the 29th; someone, the second, tens of thousands, R&D1, a stone"
    found = [text[start:end] for start, end in numerals(text)]
    assert found == ["One hundred and fifty-two", "1,590", "0.379", "29", "thousands", "1"]


@pytest.mark.parametrize(
    ("printed", "text", "stands"),
    [
        ("15", "in 150", False),
        ("15", "1.15", False),
        ("1", "1,590", False),
        ("15", "15, or", True),
        ("15", "15.", True),
        ("0.379**", "0.379**", True),
        ("five to ten", "five\n  to ten", True),
        ("ten", "tenth", False),
        ("percent", "5 percent", True),
    ],
)
def test_printed_characters_are_found_whole(printed: str, text: str, stands: bool) -> None:  # noqa: FBT001
    assert bool(printed_pattern(printed).search(text)) is stands


SPANS = {
    "header": ("span,start,end\n", 1, 1, "the first line is not the header"),
    "short line": ("span,start,end,sha256\nspan/1-2,1,2\n", 2, 1, "the line has 3 values"),
    "id": (f"span,start,end,sha256\nspan/x,1,2,{'0' * 64}\n", 2, 1, "'span/x' is not the id of a span"),
    "offset": (f"span,start,end,sha256\nspan/1-2,1,b,{'0' * 64}\n", 2, 12, "'b' is not an offset"),
    "other offsets": (
        f"span,start,end,sha256\nspan/1-2,1,3,{'0' * 64}\n",
        2,
        10,
        "offsets 1 and 3 do not fit span/1-2",
    ),
    "backwards": (f"span,start,end,sha256\ncell/t/r1c1,4,3,{'0' * 64}\n", 2, 13, "do not fit"),
    "hash": ("span,start,end,sha256\nspan/1-2,1,2,ABC\n", 2, 14, "'ABC' is not a SHA-256"),
    "twice": (
        f"span,start,end,sha256\nspan/1-2,1,2,{'0' * 64}\nspan/1-2,1,2,{'0' * 64}\n",
        3,
        1,
        "span/1-2 stands twice",
    ),
}


@pytest.mark.parametrize(("content", "line", "column", "message"), SPANS.values(), ids=SPANS)
def test_what_is_wrong_in_spans_csv_is_named_at_its_place(
    case: Case, content: str, line: int, column: int, message: str
) -> None:
    case.write("spans.csv", content)
    (problem,) = case.problems()
    assert (problem.file, problem.line, problem.column) == ("paper/spans.csv", line, column)
    assert message in problem.message
