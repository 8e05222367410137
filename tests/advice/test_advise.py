"""Advice rests on graded evidence, says where it stands and what limits it, and keeps silent where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import commandline
import pytest

import kg
from kg.advice import Advice, Pointer, Status, advise
from kg.advice.model import FORMATS
from kg.core.errors import InputError
from kg.core.resources import shipped_documents
from kg.graph.graph import Graph
from kg.pipeline.building import build
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from pyoxigraph import Quad

FIRMS = Path(__file__).parent.parent / "data" / "firms" / "firms.yaml"


@pytest.fixture(scope="module")
def sample(graph: Graph) -> dict[str, Advice]:
    return {advice.name: advice for advice in advise(graph, FIRMS)}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "firm.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def told(advice: Advice, status: Status) -> list[tuple[str, str]]:
    return [(each.name, each.grade) for each in advice.of(status) if each.stage]


def test_every_firm_of_the_file_is_advised(sample: dict[str, Advice]) -> None:
    assert list(sample) == ["Example Aster", "Example Beryl", "Example Cobalt", "Example Dahlia", "Example Ember"]


def test_a_firm_is_pointed_to_what_it_does_not_do(sample: dict[str, Advice]) -> None:
    assert told(sample["Example Aster"], Status.ADVISED) == [
        ("certified public accountant", "weak"),
        ("venture capital", "weak"),
    ]
    ember = told(sample["Example Ember"], Status.ADVISED)
    assert ember == [("clarification and sharing of market needs", "very weak"), ("top-down management", "very weak")]


def test_what_the_firm_does_is_confirmed_and_not_advised_again(sample: dict[str, Advice]) -> None:
    beryl = sample["Example Beryl"]
    assert told(beryl, Status.CONFIRMED) == [("venture capital", "weak")]
    assert told(beryl, Status.ADVISED) == [("certified public accountant", "weak")]


def test_what_the_firm_does_without_evidence_is_not_confirmed(sample: dict[str, Advice]) -> None:
    unconfirmed = told(sample["Example Aster"], Status.UNCONFIRMED)
    assert unconfirmed == [("clarification and sharing of market needs", "none"), ("patent attorney", "none")]


def test_a_conclusion_that_its_figure_does_not_bear_out_is_not_advised(sample: dict[str, Advice]) -> None:
    (lawyer,) = sample["Example Aster"].of(Status.DOUBTFUL)
    assert (lawyer.name, lawyer.grade) == ("lawyer", "doubtful")
    assert "0.163*: p = 0.2736 by itself" in lawyer.evidence[0].sentence()
    assert "doubted: The coefficient for lawyers bears a star that its size does not earn" in lawyer.caveats()


def test_many_firms_at_one_stage_are_told_the_same(graph: Graph, written: Callable[[str], Path]) -> None:
    firms = "".join(f"- id: org/f{number}\n  type: Firm\n  isAtStage: commercialization\n" for number in range(200))
    found = advise(graph, written(firms))
    assert len(found) == 200
    assert {advice.pointers for advice in found} == {found[0].pointers}
    assert found[0].pointers


def all_pointers(sample: dict[str, Advice]) -> list[Pointer]:
    return [pointer for advice in sample.values() for pointer in advice.pointers]


def test_everything_told_has_evidence_with_a_place_and_a_caveat(sample: dict[str, Advice]) -> None:
    pointers = all_pointers(sample)
    assert pointers
    for pointer in pointers:
        assert pointer.evidence or pointer.against
        assert all(each.places for each in (*pointer.evidence, *pointer.against)), pointer.name
        assert pointer.caveats()
        assert pointer.why()
    on_factors = [each for advice in sample.values() for on in advice.on_factors for each in on.evidence]
    assert on_factors
    assert all(each.places for each in on_factors)


def test_what_is_advised_has_a_grade_that_speaks_for_it_best_first(sample: dict[str, Advice]) -> None:
    for advice in sample.values():
        ranks = [pointer.rank for pointer in advice.pointers]
        assert ranks == sorted(ranks, reverse=True)
        assert all(pointer.rank >= 2 for pointer in advice.of(Status.ADVISED))
    assert any(advice.of(Status.ADVISED) for advice in sample.values())


def test_the_rule_and_the_advice_point_to_the_same(sample: dict[str, Advice], with_firms: list[Quad]) -> None:
    rows = Graph(EmbeddedStore.of(with_firms)).query("firms-pointed-to").rows
    by_rule = sorted((firm.value, advice.value) for firm, _, advice, _ in rows)
    by_advice = sorted(
        (name, each.name) for name, advice in sample.items() for each in advice.of(Status.ADVISED) if each.stage
    )
    assert by_advice == by_rule


def test_factors_are_answered_with_what_is_printed_and_said_of_them(sample: dict[str, Advice]) -> None:
    funding, human = sample["Example Aster"].on_factors
    assert (funding.factor, [each.sentence() for each in funding.evidence]) == ("funding", ["30% of 40 respondents"])
    assert "53% of 40 respondents" in {each.sentence() for each in human.evidence}


def test_partners_bring_what_is_said_of_working_with_partners(sample: dict[str, Advice]) -> None:
    general = {each.name: each for each in sample["Example Aster"].pointers if not each.stage}
    assert "needs a social event to begin" in general["network-of-networks mode"].pitfalls
    assert "a source's word; no printed figure tests it" in general["patience"].caveats()
    assert not [each for each in sample["Example Ember"].pointers if not each.stage]
    assert any("names no partner" in sentence for sentence in sample["Example Ember"].silent)


def test_a_firm_that_says_nothing_is_told_nothing(graph: Graph, written: Callable[[str], Path]) -> None:
    (advice,) = advise(graph, written("- id: org/quiet\n  type: SmallFirm\n  name: Quiet\n"))
    assert advice.name == "Quiet"
    assert (advice.pointers, advice.on_factors) == ((), ())
    assert len(advice.silent) == 3


def test_where_no_source_speaks_of_the_stage_it_says_so(graph: Graph, written: Callable[[str], Path]) -> None:
    file = written("""
- id: org/seller
  type: Firm
  isAtStage: concept:cluster-stage/sales
  facesFactor: [{factor: funding, stage: concept:cluster-stage/sales, severity: serious}]
  engagesIn: [{practice: market-needs, degree: very-engaged}]
""")
    (advice,) = advise(graph, file)
    assert advice.pointers == ()
    assert "no source prints or says what helps at sales" in advice.silent
    assert "no source prints or says anything of funding at sales" in advice.silent
    assert any(
        sentence.startswith("no source prints or says whether clarification and sharing of market needs")
        for sentence in advice.silent
    )


def test_a_factor_of_little_weight_does_not_count(graph: Graph, written: Callable[[str], Path]) -> None:
    file = written(
        "- id: org/calm\n  type: Firm\n  isAtStage: commercialization\n"
        "  facesFactor: [{factor: funding, stage: commercialization, severity: not-very-serious}]\n"
    )
    (advice,) = advise(graph, file)
    assert advice.factors == ()


def test_references_may_lead_to_the_graph(graph: Graph, written: Callable[[str], Path]) -> None:
    text = (
        "- id: org/a\n  type: Firm\n  isAtStage: commercialization\n"
        "  cooperatesWith: [{provider: ../kanai-hara-1992/org/SLUG, specialist: cpa, stage: commercialization}]\n"
    )
    (advice,) = advise(graph, written(text.replace("SLUG", "data-control-limited")))
    assert told(advice, Status.CONFIRMED) == [("certified public accountant", "weak")]
    with pytest.raises(InputError, match=r"firm\.yaml:4:\d+: '\.\./kanai-hara-1992/org/nobody' is not defined"):
        advise(graph, written(text.replace("SLUG", "nobody")))


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("- id: org/a\n  type: Firm\n  isAtStage: comercialization\n", (3, 14), "commercialization"),
        ("- id: org/a\n  type: Firm\n  isAtStge: commercialization\n", (3, 3), "isAtStage"),
        ("- id: org/a\n  type: Frm\n", (2, 9), "Firm"),
        (
            "- id: org/a\n  type: Firm\n  engagesIn: [{practice: market-need, degree: very-engaged}]\n",
            (3, 26),
            "market-needs",
        ),
        (
            "- id: org/a\n  type: Firm\n  isAtStage: concept:factor/funding\n",
            (3, 14),
            "'factor/funding' is no Stage, and 'isAtStage' takes one",
        ),
        (
            "- id: org/a\n  type: Firm\n  facesFactor: [{factor: concept:stage/commercialization}]\n",
            (3, 26),
            "'stage/commercialization' is no CausalFactor",
        ),
        ("- id: region/a\n  type: Region\n  name: A\n", (0, 0), "describes no firm"),
        ("id: org/a\n", (1, 1), "a list of things"),
        ("- id: [\n", (2, 1), ""),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_place(
    graph: Graph, written: Callable[[str], Path], text: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        advise(graph, written(text))
    problem = caught.value.problems[0]
    assert problem.file.endswith("firm.yaml")
    assert (problem.line, problem.column) == place
    assert words in str(problem)


def test_a_file_that_is_not_there_and_a_firm_that_is_not_in_it(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        advise(graph, tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="did you mean Example Aster"):
        advise(graph, FIRMS, firm="Example Astar")


def test_a_name_that_several_firms_have_chooses_none(graph: Graph, written: Callable[[str], Path]) -> None:
    firm = "- id: org/{0}\n  type: Firm\n  name: Twin\n  isAtStage: commercialization\n"
    file = written(firm.format("a") + firm.format("b"))
    with pytest.raises(InputError, match="describes 2 firms 'Twin'; expected org/a or org/b"):
        advise(graph, file, firm="Twin")
    assert [advice.firm.rpartition("/")[2] for advice in advise(graph, file, firm="org/b")] == ["b"]


@pytest.mark.parametrize("name", ["org/example-aster", "example-aster", "Example Aster"])
def test_a_firm_is_chosen_by_id_or_name(name: str) -> None:
    assert [advice.name for advice in kg.advise(FIRMS, firm=name)] == ["Example Aster"]


def test_a_graph_under_another_base_advises_the_same(sample: dict[str, Advice]) -> None:
    base = "https://example.org/graph/"
    moved = Graph(EmbeddedStore.of(build(shipped_documents(), base=base).quads), base)
    advised = advise(moved, FIRMS)
    assert [advice.name for advice in advised] == list(sample)
    for advice in advised:
        here = sample[advice.name]
        assert [(each.name, each.status, len(each.evidence)) for each in advice.pointers] == [
            (each.name, each.status, len(each.evidence)) for each in here.pointers
        ]
        assert advice.silent == here.silent


def test_text_is_cut_short_and_json_is_not(sample: dict[str, Advice]) -> None:
    advice = sample["Example Aster"]
    text = FORMATS["text"]([advice], 2)
    general = len([each for each in advice.of(Status.ADVISED) if not each.stage])
    assert f"and {general - 2} more; --all shows them" in text
    assert "kirihata-mot, table correlation r17c3 (10767–10775)" in text  # noqa: RUF001 - as places are written
    (firm,) = json.loads(FORMATS["json"]([advice], 2))
    assert len(firm["pointers"]) == len(advice.pointers)
    assert {"status", "why", "caveats", "evidence", "grade"} <= firm["pointers"][0].keys()


def test_stars_are_no_mark_up_in_markdown(sample: dict[str, Advice]) -> None:
    assert r"0.478\*\*\*: p = 0.0007" in FORMATS["markdown"]([sample["Example Aster"]], 5)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return commandline.kg("advise", *arguments)


def test_the_command_writes_a_file_and_ends_with_0(tmp_path: Path) -> None:
    output = tmp_path / "advice.md"
    ended = run(str(FIRMS), "--firm", "example-aster", "-f", "markdown", "-o", str(output))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert output.read_text(encoding="utf-8").startswith("# Example Aster, at commercialization")


def test_the_command_ends_with_1_where_the_evidence_points_to_nothing(written: Callable[[str], Path]) -> None:
    ended = run(str(written("- id: org/quiet\n  type: Firm\n  name: Quiet\n")))
    assert ended.returncode == 1
    assert "The evidence says nothing here" in ended.stdout


def test_the_command_ends_with_2_where_the_file_is_wrong(written: Callable[[str], Path]) -> None:
    ended = run(str(written("- id: org/a\n  type: Firm\n  isAtStage: comercialization\n")))
    assert ended.returncode == 2
    assert "firm.yaml:3:14" in ended.stderr
    assert "Traceback" not in ended.stderr
