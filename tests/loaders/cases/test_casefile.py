from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import InputError, Problem
from kg.core.terms import expand
from kg.loaders import Origin, load_cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Case

    from kg.loaders import Vocabulary

    Problems = Callable[[str | bytes], tuple[Problem, ...]]

ID = "https://w3id.org/motkg/id/paper/"
GRAPH = NamedNode("https://w3id.org/motkg/graph/paper")
A = expand("rdf:type")
SPAN = "source: {section: '6', span: [3, 9]}"


def node(local: str) -> NamedNode:
    return NamedNode(ID + local)


def test_an_alliance_becomes_the_statements_that_the_format_promises(case: Case) -> None:
    case.write(
        "actors.yaml",
        "- {id: org/altos, type: Organization, name: Altos}\n- {id: org/tau, type: Firm, nameJa: タウ技研}\n",
    )
    case.write(
        "alliances.yaml",
        "- id: alliance/altos-tau\n"
        "  type: Alliance\n"
        "  participation:\n"
        "    - {participant: org/altos, participantRole: partner}\n"
        "    - {participant: org/tau, participantRole: [partner, organizer]}\n"
        "  formation: {tieCreationMode: random-search}\n"
        "  announcement: {press: org/altos, date: 1987-11-06}\n"
        "  source: {section: Appendix, span: [58000, 58060]}\n",
    )
    stated = set(case.load().quads)
    alliance, part = node("alliance/altos-tau"), node("alliance/altos-tau/participation/tau")
    announcement, span = node("alliance/altos-tau/announcement"), node("span/58000-58060")
    position, integer = node("span/58000-58060/position"), expand("xsd:integer")
    for subject, predicate, value in [
        (alliance, A, expand("motkg:Alliance")),
        (alliance, expand("motkg:participation"), part),
        (part, A, expand("motkg:AllianceParticipation")),
        (part, expand("motkg:participant"), node("org/tau")),
        (part, expand("motkg:participantRole"), expand("role:partner")),
        (part, expand("motkg:participantRole"), expand("role:organizer")),
        (node("alliance/altos-tau/formation"), A, expand("motkg:TieFormation")),
        (announcement, A, expand("fabio:NewspaperArticle")),
        (announcement, expand("dcterms:date"), Literal("1987-11-06", datatype=expand("xsd:date"))),
        (alliance, expand("motkg:statedAt"), span),
        (span, A, expand("motkg:SourceSpan")),
        (span, expand("motkg:section"), Literal("Appendix")),
        (span, expand("oa:hasSource"), node("document")),
        (span, expand("oa:hasSelector"), position),
        (position, A, expand("oa:TextPositionSelector")),
        (position, expand("oa:start"), Literal("58000", datatype=integer)),
        (position, expand("oa:end"), Literal("58060", datatype=integer)),
        (node("org/tau"), expand("rdfs:label"), Literal("タウ技研", language="ja")),
    ]:
        assert Quad(subject, predicate, value, GRAPH) in stated


@pytest.mark.parametrize(
    ("word", "content", "local"),
    [
        (
            "facesFactor",
            "{factor: human-resources, stage: commercialization}",
            "assessment/human-resources-commercialization",
        ),
        ("facesFactor", "{factor: funding}", "assessment/funding"),
        ("engagesIn", "{practice: roadmap}", "engagement/roadmap"),
        ("cooperatesWith", "{provider: org/bank, specialist: cpa}", "cooperation/bank"),
        ("cooperatesWith", "{specialist: cpa}", "cooperation/cpa"),
        ("requiresElement", "{technology: technology/tcp-ip}", "element/tcp-ip"),
    ],
)
def test_a_nested_thing_gets_its_id_from_what_identifies_it(case: Case, word: str, content: str, local: str) -> None:
    case.write("actors.yaml", "- {id: org/bank, type: Organization}\n- {id: technology/tcp-ip, type: Technology}\n")
    case.write("firms.yaml", f"- {{id: firm/x, type: Firm, {word}: {content}}}\n")
    assert Quad(node("firm/x"), expand(f"motkg:{word}"), node(f"firm/x/{local}"), GRAPH) in case.load().origins


def test_each_statement_knows_file_line_and_column_in_characters(case: Case) -> None:
    case.write("claims.yaml", "- {id: claim/a, nameJa: 死の谷, type: Claim, text: A gap.}\n")
    origins = case.load().origins
    assert origins[Quad(node("claim/a"), A, expand("motkg:Claim"), GRAPH)] == Origin("paper/claims.yaml", 1, 36)
    assert (
        origins[Quad(node("claim/a"), expand("dcterms:description"), Literal("A gap.", language="en"), GRAPH)].column
        == 49
    )


def test_crlf_files_have_the_same_statements_and_origins(case: Case) -> None:
    text = "- id: claim/a\n  type: Claim\n  text: >-\n    Two\n    lines.\n- id: claim/b\n  type: Claim\n"
    case.write("claims.yaml", text)
    expected = case.load()
    case.write("claims.yaml", text.replace("\n", "\r\n"))
    assert case.load() == expected


def test_a_byte_order_mark_at_the_beginning_is_no_part_of_the_text(case: Case) -> None:
    case.write("claims.yaml", b"\xef\xbb\xbf- {id: claim/a, type: Claim}\n")
    assert case.load().origins[Quad(node("claim/a"), A, expand("motkg:Claim"), GRAPH)] == Origin(
        "paper/claims.yaml", 1, 23
    )


def test_an_anomaly_is_stated_in_the_graph_of_anomalies_and_its_span_in_that_of_the_document(case: Case) -> None:
    case.write("a.yaml", f"- {{id: anomaly/x, type: SourceAnomaly, text: Off by one., {SPAN}}}\n")
    graphs = {quad.subject: quad.graph_name for quad in case.load()}
    assert graphs[node("anomaly/x")] == expand("graph:anomalies")
    assert graphs[node("span/3-9")] == GRAPH


def test_one_span_given_twice_is_stated_once_with_its_first_place(case: Case) -> None:
    case.write("a.yaml", f"- {{id: claim/a, type: Claim, {SPAN}}}\n- {{id: claim/b, type: Claim, {SPAN}}}\n")
    statements = case.load()
    selector = Quad(node("span/3-9"), expand("oa:hasSelector"), node("span/3-9/position"), GRAPH)
    assert statements.quads.count(selector) == 1
    assert statements.origins[selector].line == 1


def test_spans_of_a_folder_with_spans_csv_have_their_hash(case: Case) -> None:
    case.write("a.yaml", f"- {{id: claim/a, type: Claim, {SPAN}}}\n")
    case.write("spans.csv", f"span,start,end,sha256\nspan/3-9,3,9,{'ab' * 32}\n")
    assert Quad(node("span/3-9"), expand("motkg:sha256"), Literal("ab" * 32), GRAPH) in case.load().origins


@pytest.mark.parametrize("written", ["0.10", "-0", "+7.", ".5", "007"])
def test_numbers_keep_their_written_form(case: Case, written: str) -> None:
    case.write("a.yaml", f"- {{id: x/y, type: CountObservation, value: {written}}}\n")
    assert (
        Quad(node("x/y"), expand("sdmx-measure:obsValue"), Literal(written, datatype=expand("xsd:decimal")), GRAPH)
        in case.load().origins
    )


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("1234", "1,234"),
        ("63.0", "63%"),
        ("50", "50 percent"),
        ("0.379", "0.379**"),
        ("150", "One hundred fifty"),
        ("1500000", "1.5 million"),
    ],
)
def test_a_printed_form_says_its_number_or_what_no_rule_reads(case: Case, value: str, printed: str) -> None:
    case.write("a.yaml", f"- {{id: x/y, type: CountObservation, value: {value}, printed: '{printed}'}}\n")
    assert case.load().quads


WRONG = {
    "unknown key": ("- {id: a/b, type: Claim, txet: x}", 1, 26, "unknown key 'txet'", "text"),
    "unknown type": ("- {id: a/b, type: Alliances}", 1, 19, "unknown type 'Alliances'", "Alliance"),
    "unknown concept": (
        "- {id: a/b, type: Claim, stage: comercialization}",
        1,
        33,
        "not a concept of scheme stage",
        "commercialization",
    ),
    "unknown concept by prefix": (
        "- {id: a/b, type: Claim, about: concept:stage/comercialization}",
        1,
        33,
        "is not in the ontology",
        "concept:stage/commercialization",
    ),
    "concept in the wrong scheme": (
        "- {id: a/b, type: Claim, about: concept:stages/sales}",
        1,
        33,
        "not in the ontology",
        "concept:cluster-stage/sales",
    ),
    "slug where an id belongs": (
        "- {id: a/b, type: Claim, about: sales}",
        1,
        33,
        "is not a reference",
        "concept:cluster-stage/sales",
    ),
    "unknown cube": (
        "- {id: a/b, type: DataSet, structure: cube:stage-respons}",
        1,
        39,
        "not in the ontology",
        "cube:stage-response",
    ),
    "absolute IRI": ("- {id: a/b, type: Claim, about: 'https://example.org/x'}", 1, 33, "is not a reference", ""),
    "dangling reference": (
        "- {id: org/tau, type: Firm}\n- {id: a/b, type: Claim, about: org/tua}",
        2,
        33,
        "'org/tua' is not defined",
        "org/tau",
    ),
    "no id": ("- {type: Claim}", 1, 3, "the thing has no id", ""),
    "no type": ("- {id: a/b}", 1, 3, "the thing has no type", ""),
    "capital in id": ("- {id: org/Tau, type: Firm}", 1, 8, "'org/Tau' is not an id", ""),
    "space in id": ("- {id: org/tau giken, type: Firm}", 1, 8, "'org/tau giken' is not an id", ""),
    "id without kind": ("- {id: tau, type: Firm}", 1, 8, "'tau' is not an id", ""),
    "id of a span": ("- {id: span/1-2, type: Claim}", 1, 8, "'span/1-2' is an id that loading makes", ""),
    "id is a list": ("- {id: [a/b], type: Firm}", 1, 8, "a list is not an id", ""),
    "empty value": ("- {id: a/b, type: Claim, text: }", 1, 32, "'text' has no value", ""),
    "null": ("- id: a/b\n  type: Claim\n  text: null", 3, 9, "'text' has no value", ""),
    "empty text": ("- id: a/b\n  type: Claim\n  text: ''", 3, 9, "'text' has no value", ""),
    "empty list": ("- {id: a/b, type: Claim, about: []}", 1, 33, "the list of 'about' is empty", ""),
    "list in a list": (
        "- {id: a/b, type: Claim, about: [[a/b]]}",
        1,
        34,
        "a list stands where 'about' takes a reference",
        "",
    ),
    "mapping for a text": (
        "- {id: a/b, type: Claim, text: {en: x}}",
        1,
        32,
        "a mapping stands where 'text' takes a text in one language",
        "",
    ),
    "mapping for a concept": (
        "- {id: a/b, type: Claim, stage: {id: c/d}}",
        1,
        33,
        "a mapping stands where 'stage' takes a concept of one scheme",
        "",
    ),
    "mapping for a number": (
        "- {id: a/b, type: Sample, sampleSize: {n: 1}}",
        1,
        39,
        "a mapping stands where 'sampleSize'",
        "",
    ),
    "text with a line end": (
        "- id: a/b\n  type: Claim\n  text: |\n    One.\n",
        3,
        9,
        "begins or ends with white space",
        "",
    ),
    "decimal": ("- {id: a/b, type: Claim, value: 1e3}", 1, 33, "'1e3' cannot be the value of 'value'", ""),
    "full-width digits": (
        "- {id: a/b, type: Claim, value: \uff11\uff15}",
        1,
        33,
        "'\uff11\uff15' cannot be the value of 'value'",
        "",
    ),
    "integer": ("- {id: a/b, type: Sample, sampleSize: 4.0}", 1, 39, "'4.0' cannot be the value of 'sampleSize'", ""),
    "number other than the printed one": (
        "- {id: a/b, type: CountObservation, value: 300, printed: '1,310 (Yes)'}",
        1,
        44,
        "the value is 300, and '1,310 (Yes)' is printed",
        "",
    ),
    "share other than the printed one": (
        "- {id: a/b, type: ShareObservation, printed: 5 percent, value: -5}",
        1,
        64,
        "the value is -5, and '5 percent' is printed",
        "",
    ),
    "day that does not exist": (
        "- {id: a/b, type: Claim, date: 1987-02-29}",
        1,
        32,
        "'1987-02-29' cannot be the value of 'date'",
        "",
    ),
    "month that does not exist": (
        "- {id: a/b, type: Claim, yearMonth: 1987-13}",
        1,
        37,
        "'1987-13' cannot be the value of 'yearMonth'",
        "",
    ),
    "year": ("- {id: a/b, type: Claim, year: '87'}", 1, 32, "'87' cannot be the value of 'year'", ""),
    "nested thing without what identifies it": (
        "- {id: a/b, type: Alliance, participation: {participantRole: partner}}",
        1,
        44,
        "no single participant to make its id from",
        "",
    ),
    "nested thing that needs an id": (
        "- {id: a/b, type: Claim, about: {type: Claim}}",
        1,
        33,
        "the thing in 'about' has no id",
        "",
    ),
    "nested thing without a class": (
        "- {id: a/b, type: Claim, about: {id: c/d}}",
        1,
        38,
        "the thing in 'about' has no type",
        "",
    ),
    "source without span": ("- {id: a/b, type: Claim, source: {section: '1'}}", 1, 34, "'source' has no span", ""),
    "source as text": (
        "- {id: a/b, type: Claim, source: p. 3}",
        1,
        34,
        "a single value stands where 'source' takes a place",
        "",
    ),
    "span with one offset": ("- {id: a/b, type: Claim, source: {span: [1]}}", 1, 41, "a span is two offsets", ""),
    "span backwards": ("- {id: a/b, type: Claim, source: {span: [9, 3]}}", 1, 41, "the span [9, 3] holds nothing", ""),
    "key in a place": (
        "- {id: a/b, type: Claim, source: {sections: '1', span: [1, 2]}}",
        1,
        35,
        "unknown key 'sections'",
        "section",
    ),
    "not a list": ("id: a/b\ntype: Claim", 1, 1, "the file holds a mapping", ""),
    "not a thing": ("- a/b", 1, 3, "a single value stands where a thing is expected", ""),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_place_expectation_and_near_names(
    problems_of: Problems, wrong: tuple[str, int, int, str, str]
) -> None:
    content, line, column, message, near = wrong
    (problem,) = problems_of(content + "\n")
    assert (problem.file, problem.line, problem.column) == ("paper/claims.yaml", line, column)
    assert message in problem.message
    assert problem.expected
    assert near in problem.near if near else True


def test_a_tab_is_one_column(problems_of: Problems) -> None:
    (problem,) = problems_of("- {id: a/b,\ttype: Claim,\tvalue:\tx1}\n")
    assert (problem.line, problem.column) == (1, 33)


def test_a_column_counts_characters_of_japanese_text(problems_of: Problems) -> None:
    (problem,) = problems_of("- {id: a/b, type: Claim, nameJa: 技術経営の𠮷, value: x1}\n")
    assert (problem.line, problem.column) == (1, 49)


def test_a_duplicate_id_names_both_places(case: Case) -> None:
    case.write("a.yaml", "- {id: claim/x, type: Claim}\n")
    case.write("b.yaml", "- {id: claim/y, type: Claim}\n- {id: claim/x, type: Claim}\n")
    (problem,) = case.problems()
    assert str(problem).startswith("paper/b.yaml:2:8: 'claim/x' is already defined at paper/a.yaml:1:8")


def test_two_participations_of_one_participant_are_a_duplicate(problems_of: Problems) -> None:
    (problem,) = problems_of(
        "- {id: org/x, type: Firm}\n- id: a/b\n  type: Alliance\n  participation:\n    - {participant: org/x}\n    - {participant: org/x}\n"
    )
    assert (problem.line, problem.column) == (6, 7)
    assert "'a/b/participation/x' is already defined at paper/claims.yaml:5:7" in problem.message


def test_all_problems_of_all_files_come_at_once_in_file_order(case: Case) -> None:
    case.write("a.yaml", "- {id: a/b, type: Klaim, txet: x, about: nobody/here, value: x}\n")
    case.write("b.yaml", "- {id: a/c, type: Claim, stage: nowhere}\n")
    assert [(p.file, p.column) for p in case.problems()] == [
        ("paper/a.yaml", 19),
        ("paper/a.yaml", 26),
        ("paper/a.yaml", 42),
        ("paper/a.yaml", 62),
        ("paper/b.yaml", 33),
    ]


def test_references_into_a_file_that_cannot_be_read_are_not_called_dangling(case: Case) -> None:
    case.write("actors.yaml", "- {id: org/x, type: [}\n")
    case.write("claims.yaml", "- {id: a/b, type: Claim, about: org/x}\n")
    assert [problem.file for problem in case.problems()] == ["paper/actors.yaml"]


def test_a_span_without_an_entry_in_spans_csv_says_what_to_run(case: Case) -> None:
    case.write("spans.csv", "span,start,end,sha256\n")
    case.write("a.yaml", f"- {{id: claim/a, type: Claim, {SPAN}}}\n")
    (problem,) = case.problems()
    assert (problem.line, problem.column) == (1, 59)
    assert "span/3-9 is not in spans.csv" in problem.message
    assert "kg verify-sources DIR --write" in problem.expected


def test_the_document_must_be_defined_when_spans_refer_to_it(case: Case) -> None:
    case.write("document.yaml", f"- {{id: claim/a, type: Claim, {SPAN}}}\n")
    (problem,) = case.problems()
    assert problem.file == "paper/document.yaml"
    assert "id: document" in problem.expected


def test_a_folder_without_document_yaml_is_no_document(case: Case) -> None:
    (case.folder / "document.yaml").unlink()
    (problem,) = case.problems()
    assert problem.file == "paper/document.yaml"


def test_documents_loaded_together_may_refer_to_each_other(tmp_path: Path, vocabulary: Vocabulary) -> None:
    for slug, other in (("one", "two"), ("two", "one")):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "document.yaml").write_text(
            f"- {{id: claim/{slug}, type: Claim, agreesWith: ../{other}/claim/{other}}}\n"
        )
    assert len(load_cases([tmp_path / "one", tmp_path / "two"], vocabulary)) == 8
    with pytest.raises(InputError, match=r"one/document.yaml:1:44: '../two/claim/two' is not defined"):
        load_cases([tmp_path / "one"], vocabulary)


def test_a_dangling_reference_to_another_document_names_its_near_ids(tmp_path: Path, vocabulary: Vocabulary) -> None:
    for slug, content in (
        ("one", "- {id: claim/a, type: Claim, agreesWith: ../two/claim/mina}\n"),
        ("two", "- {id: claim/main, type: Claim}\n"),
    ):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "document.yaml").write_text(content)
    with pytest.raises(InputError) as caught:
        load_cases([tmp_path / "one", tmp_path / "two"], vocabulary)
    assert [problem.near for problem in caught.value.problems] == [("../two/claim/main",)]


def test_a_file_with_another_ending_is_not_passed_over_in_silence(case: Case) -> None:
    case.write("claims.yml", "- {id: a/b, type: Claim}\n")
    (problem,) = case.problems()
    assert problem.file == "paper/claims.yml"
    assert ".yaml" in problem.expected


@pytest.mark.parametrize("value", ["source: {span: [1, %s]}", "date: %s-01-01", "sampleSize: %s.5"])
def test_numbers_of_thousands_of_digits_do_no_harm(case: Case, value: str) -> None:
    case.write("a.yaml", f"- {{id: a/b, type: Claim, {value % ('9' * 5000)}}}\n")
    if value.startswith("date"):
        assert any("9999-01-01" in quad.object.value for quad in case.load())
    else:
        (problem,) = case.problems()
        assert len(problem.message) < 500


def test_thousands_of_dangling_references_are_reported_quickly_each_at_its_place(problems_of: Problems) -> None:
    problems = problems_of("".join(f"- {{id: a/b{n}, type: Claim, about: org/gone{n}}}\n" for n in range(3000)))
    assert [problem.line for problem in problems] == list(range(1, 3001))
