"""The forms of an audit, the command, and the texts."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from commandline import kg
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.commands.audit import audit
from kg.core.errors import InputError
from kg.core.resources import shipped_documents
from kg.core.terms import expand, term
from kg.evidence.audit.formats import render

if TYPE_CHECKING:
    from kg.evidence.audit import Audit

SARIF = Path(__file__).parents[1] / "shacl" / "schemas" / "sarif-2.1.0-rtm.5.json"


def test_sarif_follows_its_schema_and_names_the_cell(shipped: Audit) -> None:
    content = json.loads(render(shipped, "sarif"))
    jsonschema.validate(content, json.loads(SARIF.read_text(encoding="utf-8")))
    results = content["runs"][0]["results"]
    assert len(results) == len(shipped.findings)
    share = next(result for result in results if result["ruleId"] == "infeasible-share")
    physical = share["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "kirihata-mot/tables/external-necessity.csv"
    assert physical["region"] == {"startLine": 6, "startColumn": 16}
    assert share["level"] == "warning"


def test_the_comma_separated_form_has_a_line_for_each_finding_and_remark(shipped: Audit) -> None:
    rows = list(csv.DictReader(io.StringIO(render(shipped, "csv"))))
    assert len(rows) == len(shipped.findings) + len(shipped.remarks)
    star = next(row for row in rows if row["printed"].startswith("0.163*"))
    assert (star["kind"], star["certainty"], star["cell"], star["section"]) == (
        "significance-mismatch",
        "certain",
        "r13c3",
        "9",
    )


def test_rdf_says_what_is_annotated_and_where_numbers_come_from(shipped: Audit) -> None:
    store = Store()
    store.load(render(shipped, "turtle").encode(), format=RdfFormat.TURTLE)
    node = NamedNode("https://w3id.org/motkg/id/kirihata-mot/anomaly/lawyer-star")
    observation = NamedNode("https://w3id.org/motkg/id/kirihata-mot/observation/correlation/lawyer/commercialization")
    assert any(store.quads_for_pattern(node, expand("oa:hasTarget"), observation))
    assert any(store.quads_for_pattern(node, expand("rdf:type"), expand("dqv:QualityAnnotation")))
    (statistic,) = [quad.object for quad in store.quads_for_pattern(node, expand("prov:wasDerivedFrom"), None)]
    (value,) = [quad.object.value for quad in store.quads_for_pattern(statistic, term("statisticValue"), None)]
    assert value == "103"


def test_the_page_is_well_formed_and_escapes_what_is_printed(shipped: Audit) -> None:
    class Balance(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    page = Balance()
    page.feed(render(shipped, "html"))
    assert page.open == []


def test_json_gives_inputs_of_every_statistic(shipped: Audit) -> None:
    content = json.loads(render(shipped, "json"))
    assert content["tables"] == 11
    assert all(statistic["inputs"] for found in content["findings"] for statistic in found["statistics"])


TABLE = 'Answer,"Men (N=23)","Women (N=31)"\nYes,61%,45%\nNo,35%,48%\nNo response,4%,8%\n'


def test_the_command_tells_findings_nothing_found_and_could_not_run_apart(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "votes.yaml").write_text("unit: percent\nanswers: single-answer\n", encoding="utf-8")
    found = kg("audit", "votes.csv", cwd=tmp_path)
    assert found.returncode == 1
    assert "No whole number out of 31 makes 8%" in found.stdout  # 2 of 31 are 6.5 %, 3 are 9.7 %
    (tmp_path / "votes.csv").write_text(TABLE.replace("48%,8%", "48%,6%").replace("4%,8%", "4%,6%"), encoding="utf-8")
    clean = kg("audit", ".", cwd=tmp_path)
    assert (clean.returncode, clean.stdout.splitlines()[-1]) == (0, "1 table with 6 numbers: nothing found")
    (tmp_path / "votes.yaml").write_text("units: percent\n", encoding="utf-8")
    failed = kg("audit", ".", cwd=tmp_path)
    assert failed.returncode == 2
    assert "votes.yaml:1:1: unknown key 'units'" in failed.stderr
    assert "did you mean unit" in failed.stderr


def test_the_example_of_the_guide_prints_what_the_guide_shows(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "audit-your-tables.md").read_text(encoding="utf-8")
    blocks = {kind: re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("csv", "yaml", "text")}
    table, description, printed = (block[1] for block in blocks.values() if block)
    (tmp_path / "training.csv").write_text(table, encoding="utf-8")
    (tmp_path / "training.yaml").write_text(description, encoding="utf-8")
    ran = kg("audit", "training.csv", cwd=tmp_path)
    assert printed in ran.stdout


def test_a_table_without_a_description_is_read_by_what_it_shows(tmp_path: Path) -> None:
    rows = ["Answer,A,B,C,D", "Yes,61%,45%,52%,70%", "No,35%,48%,37%,25%", "No answer,4%,7%,21%,5%"]
    (tmp_path / "votes.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (found,) = audit(tmp_path / "votes.csv").findings
    assert (found.kind, found.certainty.value, found.printed) == ("sum-mismatch", "probable", "110% in all")


def test_the_tables_of_a_case_folder_can_be_audited_alone() -> None:
    (document,) = [path for path in shipped_documents() if path.name == "kirihata-mot"]
    outcome = audit(document / "tables")
    assert outcome.tables == 11
    assert {"repeated-row", "sum-mismatch"} <= {found.kind for found in outcome.findings}


def test_fail_on_chooses_the_certainty_that_counts(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(",Sales\nPlanning,0.379**\nTraining,0.1\n", encoding="utf-8")
    (tmp_path / "r.yaml").write_text("unit: correlation\nsampleSize: 47\n", encoding="utf-8")
    assert kg("audit", "r.csv", cwd=tmp_path).returncode == 1
    assert kg("audit", "r.csv", "--fail-on", "probable", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",A\nx,12 of 40\n", "'12 of 40' cannot be read"),
        (",A\nx,1,2\n", "the row has 3 values and the header 2"),
        (",A\n", "the table has no rows of data"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        audit(path)
    assert message in str(refused.value)
    assert refused.value.problems[0].line


PAPER = """\
# A paper

Firms cooperate more than before (Berg, 1980; Costa & Lindqvist, 1982, p. 40). Duarte (1985) and Lindquist & Costa (1982) disagree.
There are three reasons: (1) cost; (2) speed; (3) risk; and (4) fashion.

The “late movers gain nothing.

Other members are banks, lawyers, a

## References

- Berg, Erik (1980). "Cooperation." *Journal of Firms*, 3 : 10-20.
- Costa, Ana, and Lindqvist, Olof (1982). "Ties." *Journal of Firms*, 5 : 30-35.
- Engel, Rosa (1979). "Trust." *Journal of Firms*, 2 : 1-9.
"""


def test_a_text_is_audited_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    path.write_text(PAPER, encoding="utf-8")
    found = [(one.kind, one.place.line) for one in audit(path).findings]
    assert found == [
        ("bibliographic-error", 3),
        ("cited-not-listed", 3),
        ("spelling-variant", 3),
        ("enumeration-mismatch", 4),
        ("typographical-slip", 6),
        ("truncated-text", 8),
        ("listed-not-cited", 14),
    ]


def test_a_text_without_a_list_of_references_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    path.write_text("Firms cooperate (Berg, 1980).\n", encoding="utf-8")
    outcome = audit(path)
    assert outcome.findings == ()
    (note,) = outcome.notes
    assert note.text.startswith("No list of references with 3 entries or more was found in")


def test_a_sound_text_has_no_findings(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    sound = PAPER.replace("p. 40", "p. 34").replace(
        " Duarte (1985) and Lindquist & Costa", " Engel (1979) and Costa & Lindqvist"
    )
    sound = sound.replace("three", "four").replace("“late", "late").replace("lawyers, a\n", "and lawyers.\n")
    path.write_text(sound, encoding="utf-8")
    assert audit(path).findings == ()


@pytest.mark.sources
def test_the_texts_of_the_shipped_documents_confirm_more_notes(sources: Path, shipped: Audit) -> None:
    read = audit(documents=sources)
    confirmed = {found.confirms.value.rpartition("/")[2] for found in read.findings if found.confirms}
    assert confirmed >= {
        "branscomb-name", "economy-two-truncated", "customers-needs-quote", "figure-4-lost", "sentences-broken-by-figures",
        "santa-cruz-operations", "ced-in-random-search", "companys", "exhibit-2-missing", "quotation-marks",
        "words-torn-or-fused", "more-important-then",
    }  # fmt: skip
    assert [one.name for one in read.findings if one.confirms is None and one.span] == [
        "A sentence is torn apart after 'inding and creating ties'",  # by two notes
        "A word is torn apart: ma intaining",  # another place of a note on several words
    ]
    assert len(read.remarks) == len(shipped.remarks) - 12
