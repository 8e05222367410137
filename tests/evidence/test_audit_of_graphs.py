"""What an audit reads out of a graph: facts, tables and cells, and how findings meet the notes made by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from grids import grid
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.core.origin import Origin
from kg.core.terms import RDFS_LABEL, prefixes
from kg.evidence.audit.checks.text import Text
from kg.evidence.audit.facts import Facts
from kg.evidence.audit.run import audit_graph, audit_text
from kg.evidence.audit.tables import CORRELATION, COUNT, PERCENT, Answers, Table, tables_of

if TYPE_CHECKING:
    from kg.evidence.audit import Audit

PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
DOCUMENT = "@prefix : <https://w3id.org/motkg/id/paper/> .\n"
ID = "https://w3id.org/motkg/id/paper/"


def node(name: str) -> NamedNode:
    return NamedNode(f"{ID}{name}")


def facts(turtle: str, **places: Origin) -> Facts:
    stated = parse(f"{PREFIXES}{DOCUMENT}{turtle}", format=RdfFormat.TURTLE)
    return Facts(stated, {f"{ID}{name}": place for name, place in places.items()})


# Facts


def test_a_fact_stated_twice_and_one_of_a_blank_node_do_not_count() -> None:
    label = Triple(node("a"), RDFS_LABEL, Literal("A", language="en"))
    found = Facts([*parse("[] a <urn:x:Class> .", format=RdfFormat.TURTLE), label, label], {})  # type: ignore[list-item]
    assert found.texts(node("a"), RDFS_LABEL) == ["A"]
    assert found.subjects(RDFS_LABEL, Literal("A", language="en")) == [node("a")]
    assert found.of_type(NamedNode("urn:x:Class")) == []
    linked = facts(":a :p [] .")
    assert linked.values(node("a"), node("p")) == []


def test_things_of_several_classes_come_once_in_the_order_of_their_iris() -> None:
    found = facts(":b a :C, :D . :a a :D . :c a :E .")
    assert found.of_type(node("C"), node("D")) == [node("a"), node("b")]


def test_texts_are_those_of_the_languages_that_are_asked_for() -> None:
    found = facts(':a rdfs:label "plain", "English"@en, "日本語"@ja, :b .')
    assert found.texts(node("a"), RDFS_LABEL) == ["plain", "English"]
    assert found.texts(node("a"), RDFS_LABEL, ("ja",)) == ["日本語"]
    assert found.text(node("a"), RDFS_LABEL) == "plain"
    assert found.text(node("b"), RDFS_LABEL) == ""
    assert found.nodes(node("a"), RDFS_LABEL) == [node("b")]
    assert found.node(node("a"), RDFS_LABEL) == node("b")
    assert found.node(node("b"), RDFS_LABEL) is None


def test_a_number_is_the_first_value_that_is_one() -> None:
    found = facts(':a :p "many", 3.10, 4 . :b :p "many" . :c :p "3"@en .')
    assert str(found.number(node("a"), node("p"))) == "3.10"
    assert found.number(node("b"), node("p")) is None
    assert found.number(node("c"), node("p")) is None


@pytest.mark.parametrize(
    ("turtle", "name"),
    [
        (':a rdfs:label "Label" ; skos:prefLabel "Preferred" ; dcterms:title "Title" .', "Label"),
        (':a skos:prefLabel "Preferred" ; dcterms:title "Title" .', "Preferred"),
        (':a dcterms:title "Title" .', "Title"),
        (':a rdfs:label "名前"@ja .', "a"),
        ("", "a"),
    ],
)
def test_a_thing_has_a_name(turtle: str, name: str) -> None:
    assert facts(turtle).name(node("a")) == name
    assert facts("").name(NamedNode(f"{ID}work/moore/")) == "moore"


def test_document_and_slug_are_parts_of_the_iri() -> None:
    found = facts("")
    work = node("work/Moore-1991")
    assert (found.document(work), found.slug(work)) == ("paper", "work-moore-1991")
    assert found.document(NamedNode("https://w3id.org/motkg/concept/stage/sales")) == ""


SPANS = """
:a motkg:statedAt :s1, :s2 ; motkg:listedAt :s3 . :b motkg:listedAt :s3 .
:s1 oa:hasSelector :x . :x oa:start 10 ; oa:end 20 .
:s2 motkg:section "4.1" ; oa:hasSelector :y, :z . :y oa:start 30 . :z oa:end 40 .
:s3 motkg:section "9" ; oa:hasSelector :w . :w oa:start 50 ; oa:end 60 .
"""


def test_a_thing_stands_where_it_is_stated_or_else_listed() -> None:
    found = facts(SPANS, a=Origin("a.yaml", 1, 1), b=Origin("b.yaml", 2, 2))
    assert found.spans(node("a")) == (node("s1"), node("s2"))
    assert found.spans(node("b")) == (node("s3"),)
    assert found.spans(node("c")) == ()
    assert found.offsets(node("a")) == [(10, 20)]  # a selector with one end alone says nothing
    assert found.offsets(node("s1")) == [(10, 20)]
    assert found.offsets(node("b")) == [(50, 60)]
    assert (found.section(node("a")), found.section(node("b")), found.section(node("c"))) == ("4.1", "9", "")
    assert found.place(node("b")) == Origin("b.yaml", 2, 2)
    assert found.place(node("c")) == Origin()


def test_what_a_finding_is_about_stands_where_its_first_thing_does_or_where_it_is_said_to() -> None:
    found = facts(f'{SPANS} :a rdfs:label "A" .', a=Origin("a.yaml", 1, 1), b=Origin("b.yaml", 2, 2))
    both = found.target(node("a"), node("b"))
    assert (both.document, both.subjects, both.where) == ("paper", (node("a"), node("b")), "A")
    assert (both.place, both.section) == (Origin("a.yaml", 1, 1), "4.1")
    assert both.stated_at == (node("s1"), node("s2"), node("s3"))
    at = found.target(node("a"), node("b"), at=node("b"))
    assert (at.place, at.section, at.stated_at, at.where) == (Origin("b.yaml", 2, 2), "9", (node("s3"),), "A")


@pytest.mark.parametrize(
    ("turtle", "year"),
    [
        (':a motkg:year "1990"^^xsd:gYear ; dcterms:issued "1991" .', 1990),
        (':a dcterms:issued "1991-05-01" ; dcterms:date "1992" .', 1991),
        (':a dcterms:date "1992" ; motkg:yearMonth "1993-01" .', 1992),
        (':a motkg:yearMonth "1993-01" ; motkg:date "1994-02-03" .', 1993),
        (':a motkg:date "1994-02-03" .', 1994),
        (':a motkg:date "soon" .', None),
        (':a motkg:date "199?" .', None),
        ("", None),
    ],
)
def test_the_year_of_a_thing_is_that_of_the_first_of_its_dates(turtle: str, year: int | None) -> None:
    assert facts(turtle).year(node("a")) == year


# Tables


def observation(name: str, row: int, column: int, value: str, *more: str, kind: str = "ShareObservation") -> str:
    return (
        f":{name} a motkg:{kind} ; motkg:statedAt :cell-{name} ; sdmx-measure:obsValue {value} ; "
        f"sdmx-attribute:unitMeasure unit:percent ; motkg:sample :firms {''.join(f'; {each} ' for each in more)}.\n"
        f":cell-{name} a motkg:TableCell ; motkg:inTable :t ; motkg:rowNumber {row} ; motkg:columnNumber {column} ; "
        f'motkg:rowLabel "row {row}" ; motkg:columnLabel "{"All" if column == 2 else "firms"}" .\n'
    )


STATED = ':t a qb:DataSet ; dcterms:title "Stages" . :firms motkg:sampleSize 40 .\n'


def the_table(turtle: str) -> Table:
    (table,) = tables_of(facts(STATED + turtle, a=Origin("t.csv", 2, 2, "r1c1")))
    return table


def test_the_cells_of_a_graph_have_labels_figures_and_places() -> None:
    table = the_table(
        observation("b", 2, 1, "12.5", 'motkg:printedValue "12.5%"')
        + observation("a", 1, 1, "40")
        + observation("c", 1, 2, "3", kind="CountObservation")
        + ":cell-d a motkg:TableCell . :cell-e a motkg:TableCell ; motkg:inTable :t .\n"
    )
    assert (table.name, table.document, table.slug, table.along, table.levels) == (
        "Stages",
        "paper",
        "t",
        "columns",
        {"": 1.0, "*": 0.10, "**": 0.05, "***": 0.01},
    )
    assert [(cell.row, cell.column, cell.printed, cell.value, cell.measure) for cell in table.cells] == [
        (1, 1, "40", 40, PERCENT),
        (1, 2, "3", 3, COUNT),
        (2, 1, "12.5%", Decimal("12.5"), PERCENT),
    ]
    first = table.cells[0]
    assert (first.node, first.size, first.row_label, first.column_label) == (node("a"), 40, "row 1", "firms")
    assert (first.place, first.stated_at) == (Origin("t.csv", 2, 2, "r1c1"), node("cell-a"))
    assert (table.blanks, table.totals) == ({(2, 2)}, {"All"})


@pytest.mark.parametrize(
    ("mark", "stars", "level"),
    [
        ("not-marked", "", 1.0),
        ("ten-percent", "*", 0.10),
        ("five-percent", "**", 0.05),
        ("one-percent", "***", 0.01),
        ("not-significant", "", None),
        ("", "", None),
    ],
)
def test_a_mark_of_significance_is_its_level(mark: str, stars: str, level: float | None) -> None:
    stated = (f"motkg:significance significance:{mark}",) if mark else ()
    (cell,) = the_table(observation("a", 1, 1, "0.5", *stated, kind="CorrelationObservation")).cells
    assert (cell.stars, cell.level, cell.measure) == (stars, level, CORRELATION)


def test_a_share_in_another_unit_is_no_percentage() -> None:
    (cell,) = the_table(observation("a", 1, 1, "40").replace("unit:percent", "unit:firm")).cells
    assert cell.measure == ""
    (cell,) = the_table(observation("a", 1, 1, "40", kind="DurationObservation")).cells
    assert cell.measure == ""


def test_a_figure_without_a_sample_has_no_size() -> None:
    (cell,) = the_table(observation("a", 1, 1, "40").replace(":firms ", ":unknown ")).cells
    assert cell.size is None
    (cell,) = the_table(observation("a", 1, 1, "40").replace("; motkg:sample :firms ", "")).cells
    assert cell.size is None


@pytest.mark.parametrize(
    ("turtle", "answers"),
    [
        (":t motkg:answerMode answer-mode:multiple-answers .", Answers.SEVERAL),
        (":t motkg:answerMode answer-mode:single-answer .", Answers.ONE),
        (":t motkg:answerMode answer-mode:at-most-one-answer .", Answers.AT_MOST_ONE),
        ("", Answers.UNKNOWN),
        (":a motkg:responseOption :yes . :b motkg:responseOption :no .", Answers.ONE),
        (":a motkg:responseOption :yes .", Answers.UNKNOWN),  # the other cell is about something else
    ],
)
def test_how_answers_add_up_is_stated_or_shown_by_the_options(turtle: str, answers: Answers) -> None:
    table = the_table(observation("a", 1, 1, "40") + observation("b", 2, 1, "60") + turtle)
    assert {cell.answers for cell in table.cells} == {answers}


@pytest.mark.parametrize(
    ("turtle", "stated"),
    [
        ("", False),
        (":n motkg:about :t ; sdmx-measure:obsValue 40 .", True),
        (":n motkg:about :t ; sdmx-measure:obsValue 41 .", False),
        (":n motkg:about :other ; sdmx-measure:obsValue 40 .", False),
    ],
)
def test_a_sample_is_stated_where_a_note_on_the_table_gives_it(turtle: str, stated: bool) -> None:  # noqa: FBT001 - a column of the table
    assert the_table(observation("a", 1, 1, "40") + turtle).size_stated is stated
    other = observation("b", 2, 1, "60").replace(":firms ", ":banks ") + ":banks motkg:sampleSize 41 ."
    assert the_table(observation("a", 1, 1, "40") + other + turtle).size_stated is False


def test_tables_come_in_the_order_of_their_iris() -> None:
    turtle = observation("a", 1, 1, "40") + observation("b", 1, 1, "40").replace(":t ;", ":s ;")
    assert [table.slug for table in tables_of(facts(STATED + turtle))] == ["s", "t"]


@pytest.mark.parametrize(
    ("value", "step"), [("12", "1"), ("12.5", "0.1"), ("12.50", "0.01"), ("0.163", "0.001"), ("1E+2", "1")]
)
def test_the_step_of_a_figure_is_the_unit_of_its_last_digit(value: str, step: str) -> None:
    (cell,) = grid(f"a {value}").cells
    assert cell.step == Decimal(step)


@pytest.mark.parametrize(
    ("measure", "printed", "told"),
    [
        (CORRELATION, "1", True),
        (CORRELATION, "1.00", True),
        (CORRELATION, "1*", False),
        (CORRELATION, "0.99", False),
        (PERCENT, "1", False),
    ],
)
def test_a_plain_one_is_the_coefficient_of_a_thing_with_itself(measure: str, printed: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    (cell,) = grid(f"a {printed}", measure=measure).cells
    assert cell.is_with_itself is told


def test_the_total_of_a_line_and_what_it_adds_up() -> None:
    totals = frozenset({"Total", "All"})
    table = grid("a 1 2", "b 3 -", "Total 4 2", totals=totals)
    lines = dict(table.lines())
    total, parts = table.total_and_parts(lines["group 1"]) or (None, ())
    assert total is not None
    assert (total.printed, [cell.printed for cell in parts]) == ("4", ["1", "3"])
    assert table.total_and_parts(lines["group 2"]) is None  # a blank may hold what is missing
    assert table.total_and_parts(dict(grid("a 1", "Total 1", totals=totals).lines())["group 1"]) is None
    twice = grid("a 1", "b 2", "Total 3", "All 3", totals=totals)
    assert twice.total_and_parts(dict(twice.lines())["group 1"]) is None
    across = grid("a 1 2 3", totals=totals, heading="x y All")
    assert across.total_and_parts(across.cells) is None  # along columns their label is that of the row
    assert across.total_and_parts(across.cells, "rows") is not None
    assert [cell.printed for cell in table.cells if table.is_total(cell)] == ["4", "2"]
    assert [cell.printed for cell in across.cells if across.is_total(cell)] == ["3"]


def test_blanks_are_those_of_the_line_in_its_direction() -> None:
    table = grid("a 1 2", "b 3 -")
    first, second, third = table.cells
    assert not table.has_blank([first, third])
    assert table.has_blank([second])
    assert not table.has_blank([first, second], "rows")
    assert table.has_blank([third], "rows")
    rows = grid("a 1 2", "b 3 -", along="rows")
    assert [rows.has_blank([cell]) for cell in rows.cells] == [False, False, True]


def test_counts_go_with_the_shares_of_their_row_and_group() -> None:
    parts = {"measure": (COUNT, PERCENT, PERCENT), "groups": ("x", "x", "y")}
    table = grid("a 12 30 40", "b 41 50 60", size=40, **parts)  # type: ignore[arg-type]
    pairs = {share.printed: count.printed for share, count in table.shares_of_counts().items()}
    assert pairs == {"30": "12"}  # 41 are more than the sample; the group y has no counts
    assert grid("a 12 30 40", **parts).shares_of_counts() == {}  # type: ignore[arg-type]
    parts["groups"] = ("", "", "")
    assert grid("a 12 30 40", size=40, **parts).shares_of_counts() == {}  # type: ignore[arg-type]


def test_slugs_of_lines_that_are_called_alike_have_their_number() -> None:
    table = grid("a 1 2 3", "a 4 5 6", "b 7 8 9", heading="Men men women")
    lines = [cells for _, cells in table.lines()]
    assert [table.line_slug(line) for line in lines] == ["men-1", "men-2", "women"]
    rows = [cells for _, cells in table.lines("rows")]
    assert [table.line_slug(line, "rows") for line in rows] == ["a-1", "a-2", "b"]
    assert [table.spot(cell) for cell in table.cells[:2]] == ["t/r1c1", "t/r1c2"]
    assert [label for label, _ in table.lines("rows")] == ["a", "a", "b"]


def test_the_second_number_of_a_cell_has_its_measure_in_its_slug() -> None:
    (first,) = grid("a 12", measure=COUNT).cells
    (second,) = grid("a 30", name="u").cells
    table = Table(node=node("t"), name="t", document="d", cells=(first, second))
    assert [table.number(cell) for cell in (first, second)] == ["t/r1c1", "t/r1c1-percent"]


def test_a_table_is_named_with_the_cell_that_a_finding_is_about() -> None:
    table = grid("a 1 2", section="4")
    first, second = table.cells
    one = table.target(first, second)
    assert (one.where, one.subjects, one.place, one.section) == (
        "t, row 'a', column 'group 1'",
        (first.node, second.node),
        first.place,
        "4",
    )
    assert table.target(first, where="row 'a'").where == "t, row 'a'"
    whole = grid("a 1", place=Origin("t.csv")).target()
    assert (whole.where, whole.subjects, whole.place) == ("t", (table.node,), Origin("t.csv"))


def test_a_cell_has_an_answer_across_the_direction_in_which_answers_add_up() -> None:
    assert grid("a 1").across(grid("a 1").cells[0]) == "a"
    assert grid("a 1", along="rows").across(grid("a 1").cells[0]) == "group 1"


# Findings and the notes made by hand


def anomaly(name: str, kind: str, *about: str, more: str = "") -> str:
    of = f"; motkg:anomalyOf {', '.join(f':{each}' for each in about)} " if about else ""
    return f":anomaly-{name} a motkg:SourceAnomaly ; motkg:anomalyKind anomaly-kind:{kind} {of}{more}.\n"


SIZES = """:part a motkg:Sample ; rdfs:label "Part" ; motkg:drawnFrom :whole ; motkg:sampleSize 41 .
:whole a motkg:Sample ; motkg:sampleSize 40 .
"""


def audited(turtle: str, *texts: Text) -> Audit:
    return audit_graph(parse(f"{PREFIXES}{DOCUMENT}{turtle}", format=RdfFormat.TURTLE), {}, texts)  # type: ignore[arg-type]


def confirmed(outcome: Audit) -> list[str]:
    return [each.confirms.value.removeprefix(ID) if each.confirms else "" for each in outcome.findings]


@pytest.mark.parametrize(
    ("notes", "confirms"),
    [
        ("", ""),
        (anomaly("a", "sample-size-mismatch", "part"), "anomaly-a"),
        (anomaly("a", "sample-size-mismatch", "whole"), "anomaly-a"),
        (anomaly("a", "date-conflict", "part"), ""),
        (anomaly("a", "sample-size-mismatch", "other"), ""),
        (anomaly("a", "sample-size-mismatch"), ""),
        # the note with which it has most in common, and the one that is about nothing else
        (
            anomaly("a", "sample-size-mismatch", "part") + anomaly("b", "sample-size-mismatch", "part", "whole"),
            "anomaly-b",
        ),
        (anomaly("a", "sample-size-mismatch", "part", "x") + anomaly("b", "sample-size-mismatch", "part"), "anomaly-b"),
        (anomaly("b", "sample-size-mismatch", "part") + anomaly("a", "sample-size-mismatch", "part"), "anomaly-a"),
    ],
)
def test_a_finding_confirms_the_note_of_its_kind_with_which_it_shares_most(notes: str, confirms: str) -> None:
    outcome = audited(SIZES + notes)
    assert confirmed(outcome) == [confirms]
    assert len(outcome.remarks) == notes.count("motkg:SourceAnomaly") - bool(confirms)


def test_a_note_that_the_audit_itself_wrote_is_none_made_by_hand() -> None:
    outcome = audited(SIZES + anomaly("x", "sample-size-mismatch", "part").replace(":anomaly-x", f"<{ID}audit/x>"))
    assert (confirmed(outcome), outcome.remarks) == ([""], ())


def test_two_findings_confirm_one_note_only_where_it_is_about_more() -> None:
    second = SIZES.replace(":part", ":second")
    both = anomaly("a", "sample-size-mismatch", "part", "second", "whole")
    assert confirmed(audited(SIZES + second + both)) == ["anomaly-a", "anomaly-a"]
    one = anomaly("a", "sample-size-mismatch", "part", "whole")
    assert sorted(confirmed(audited(SIZES + second + one))) == ["", "anomaly-a"]


def test_a_remark_that_nothing_confirms_is_told_with_its_parts() -> None:
    more = '; rdfs:label "A slip" ; dcterms:description "A word is missing." ; motkg:statedAt :s '
    (remark,) = audited(anomaly("a", "typographical-slip", more=more) + ':s motkg:section "5" .').remarks
    assert (remark.node, remark.kind, remark.document) == (node("anomaly-a"), "typographical-slip", "paper")
    assert (remark.name, remark.text, remark.section) == ("A slip", "A word is missing.", "5")
    (plain,) = audited(":anomaly-b a motkg:SourceAnomaly .").remarks
    assert (plain.kind, plain.name, plain.text) == ("", "anomaly-b", "")


SLIP = "He said “this and went.\n"  # the quotation opens at 8


def span(start: int, end: int) -> str:
    return f":s oa:hasSelector :x . :x oa:start {start} ; oa:end {end} .\n"


@pytest.mark.parametrize(
    ("start", "end", "confirms"),
    [(8, 9, True), (0, 9, True), (0, 8, False), (9, 12, False), (8, 30, True)],
)
def test_a_finding_in_a_text_confirms_the_note_on_the_same_stretch(start: int, end: int, confirms: bool) -> None:  # noqa: FBT001 - a column of the table
    note = anomaly("a", "typographical-slip", more="; motkg:statedAt :s ")
    outcome = audited(note + span(start, end), Text("paper", "paper.txt", SLIP))
    assert confirmed(outcome) == ["anomaly-a" if confirms else ""]
    assert confirmed(audited(note + span(start, end), Text("other", "other.txt", SLIP))) == [""]


@pytest.mark.parametrize(
    ("kind", "confirms"),
    [
        ("spelling-variant", True),
        ("typographical-slip", True),
        ("bibliographic-error", True),
        ("truncated-text", False),
    ],
)
def test_a_variant_confirms_notes_of_the_kinds_that_are_like_it(kind: str, confirms: bool) -> None:  # noqa: FBT001 - a column of the table
    text = Text("paper", "paper.txt", "Kirihata wrote it. Kirihata again, and so did Kirihara.\n")
    at = text.content.index("Kirihara")
    outcome = audited(anomaly("a", kind, more="; motkg:statedAt :s ") + span(at, at + 8), text)
    assert confirmed(outcome) == ["anomaly-a" if confirms else ""]


def test_a_note_of_the_very_kind_is_preferred_to_one_that_is_like() -> None:
    text = Text("paper", "paper.txt", "Kirihata wrote it. Kirihata again, and so did Kirihara.\n")
    at = text.content.index("Kirihara")
    notes = anomaly("a", "typographical-slip", more="; motkg:statedAt :s ")
    notes += anomaly("b", "spelling-variant", more="; motkg:statedAt :s ")
    assert confirmed(audited(notes + span(at, at + 8), text)) == ["anomaly-b"]


def test_what_a_text_repeats_of_the_graph_is_told_once() -> None:
    graph = """:w1 a motkg:CitedWork ; motkg:listedAt :l1 . :w2 a motkg:CitedWork ; motkg:listedAt :l2 .
    :w3 a motkg:CitedWork ; motkg:listedAt :l3 . :x a motkg:CitedWork ; rdfs:label "Duarte 1985" .
    :c1 cito:hasCitedEntity :w1 . :c2 cito:hasCitedEntity :w2 . :c3 cito:hasCitedEntity :w3 .
    :c cito:hasCitedEntity :x ; motkg:statedAt :s .
    """
    body = "Berg (1980), Costa (1982) and Engel (1979) agree. So says Duarte (1985).\n"
    listed = "- Berg, E. (1980). A.\n- Costa, A. (1982). B.\n- Engel, R. (1979). C.\n"
    text = Text("paper", "paper.txt", f"{body}\n# References\n\n{listed}")
    at = body.index("Duarte")
    kinds = [each.kind for each in audited(graph + span(at, at + 13), text).findings]
    assert kinds == ["cited-not-listed"]
    for other in (span(at + 13, at + 20), span(0, at)):
        assert [each.kind for each in audited(graph + other, text).findings] == ["cited-not-listed"] * 2
    assert len(audited(graph + span(at, at + 13), Text("other", "o.txt", text.content)).findings) == 2


def test_findings_are_sorted_by_document_certainty_kind_and_place() -> None:
    other = SIZES.replace(":part", "<https://w3id.org/motkg/id/essay/part>")
    dates = ':study a motkg:Survey ; motkg:year "1991" ; motkg:reportedIn :d . :d dcterms:issued "1990" .\n'
    probable = ':study2 a motkg:Survey ; motkg:year "1990" ; motkg:sample :q . :q rdfs:label "Of 1995" .\n'
    outcome = audited(SIZES + other + dates + probable)
    assert [(each.document, each.certainty.value, each.kind) for each in outcome.findings] == [
        ("essay", "certain", "sample-size-mismatch"),
        ("paper", "certain", "date-conflict"),
        ("paper", "certain", "sample-size-mismatch"),
        ("paper", "probable", "date-conflict"),
        ("paper", "probable", "missing-metadata"),  # the survey does not say how many took part
    ]


def test_conclusions_on_a_doubted_number_follow_from_the_findings() -> None:
    turtle = (
        STATED
        + observation("a", 1, 1, "140")
        + ':claim a motkg:Claim ; rdfs:label "Most agree" ; motkg:supportedBy :a .'
    )
    assert [each.kind for each in audited(turtle).findings] == ["doubtful-support", "out-of-range"]


def test_a_name_that_differs_between_citation_and_list_is_told_once() -> None:
    body = "Berg (1980), Costa (1982) and Lindquist (1979) agree.\n"
    listed = "- Berg, E. (1980). A.\n- Costa, A. (1982). B.\n- Lindqvist, R. (1979). C.\n"
    outcome = audit_text(Text("paper", "paper.txt", f"{body}\n# References\n\n{listed}"))
    assert [each.name for each in outcome] == ["Lindquist is cited, Lindqvist listed"]
    more = f"{body}\nKirihata wrote, and so did Kirihara.\n\n# References\n\n{listed}"
    assert [each.name for each in audit_text(Text("paper", "paper.txt", more))] == [
        "Lindquist is cited, Lindqvist listed",
        "Kirihara and Kirihata are one letter apart",
    ]
