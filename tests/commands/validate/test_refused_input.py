"""What cannot be read stops a run, and is still shown at its line by programs and code hosts, whichever folder the run began in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from kg.cli.validate import command
from kg.commands.validate import read_data
from kg.core.errors import InputError
from kg.core.resources import cases_dir

if TYPE_CHECKING:
    from click.testing import Result

KANAI, KIRIHATA, TECHNOLOGY = "kanai-hara-1992", "kirihata-mot", "technology-leveraging"
# Document, file, what stands there, and what is written instead; the fault stands at ¤.
FAULTS = [
    (KANAI, "actors.yaml", "  founded: 1979\n", "  founded: ¤nineteen-seventy-nine\n"),
    (KANAI, "actors.yaml", "[product/automatic-oscilloscope, ", "[" + "product/atc-x, " * 9000 + "¤product/atc-y, "),
    (KANAI, "alliances.yaml", "    announcedOn: 1986-02-24", "    announcedOn: ¤1986-06-31"),
    (KANAI, "alliances.yaml", "    announcedOn: 1987-03-20", "    announcedOn: ¤>-\n      1987-03-\n      20"),
    (KANAI, "alliances.yaml", "    announcedOn: 1987-11-05", "    announcedOn: ¤05/11/1987"),
    (KANAI, "alliances.yaml", "  allianceProduct: product/atc-x\n", "  ¤alianceProduct: product/atc-x\n"),
    (
        KANAI,
        "alliances.yaml",
        "    - participant: org/rexon\n",
        "    - {text: 東京の「VMEバス」🚌, participant: ¤org/rexxon}\n    - participant: org/rexon\n",
    ),
    (KANAI, "events.yaml", "- id: event/alliance-86-japan\n", "- id: ¤event/networking-japan-in-tokyo-1985\n"),
    (KANAI, "figures-case.yaml", "  value: 300\n", "  value:\t \t¤3OO\n"),
    (
        KANAI,
        "figures-case.yaml",
        "  unit: person\n  printed: One hundred fifty\n",
        "  unit: ¤~\n  printed: ¤{one: hundred}\n",
    ),
    (KANAI, "figures-case.yaml", "  type: CountObservation\n", "  type: ¤CountObservatoin\n"),
    (KANAI, "figures-case.yaml", "span: [34123, 34218]", "span: [34123, ¤3421g]"),
    (KANAI, "figures-case.yaml", "span: [34054, 34122]", "span: ¤[34122, 34054]"),
    (KANAI, "works.yaml", '  name: "Allen 1977"\n', '  name: ¤"Allen 1977 "\n'),
    (KIRIHATA, "claims.yaml", "  stage: basic-research\n", "  stage: ¤basic-reserch\n"),
    (
        KIRIHATA,
        "tables/existence.csv",
        "Facing some issues/challenges,30%,26%,34%",
        "Facing some issues/challenges,30%,¤26%",
    ),
    (KIRIHATA, "tables/factors.csv", "Funding,38%", "¤Funding ,38%"),
    (KIRIHATA, "tables/factors.csv", "45%,40%", "45%,¤40%*"),
    (KIRIHATA, "tables/severity.csv", "14%,", "¤1４%-,"),  # noqa: RUF001 - a full-width digit is one
    (KIRIHATA, "tables/correlation.csv", ",Importance of IPs,0.221,", ',"Importance of IPs",¤"0,221",'),
    (KIRIHATA, "tables/correlation.csv", "Internal MOT,", '"Internal\nMOT",'),
    (KIRIHATA, "tables/correlation.csv", "0.379**,", "¤0.379****,"),
    (
        TECHNOLOGY,
        "claims.yaml",
        "concept:construct/core-technology-competence,",
        "¤concept:construct/core-tecnology-competence,",
    ),
]


def written(folder: Path, line_end: str) -> set[tuple[str, int, int]]:
    """Plants the faults and gives their places."""
    places: set[tuple[str, int, int]] = set()
    for document, file, old, new in FAULTS:
        path = folder / document / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    for document, file in {(document, file) for document, file, _, _ in FAULTS}:
        path = folder / document / file
        kept = ""
        for part in path.read_text(encoding="utf-8").split("¤"):
            kept += part
            places.add((f"{document}/{file}", kept.count("\n") + 1, len(kept) - kept.rfind("\n")))
        places.discard((f"{document}/{file}", kept.count("\n") + 1, len(kept) - kept.rfind("\n")))
        path.write_text(kept, encoding="utf-8", newline=line_end)
    return places


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_fault_that_a_loader_refuses_has_its_line_and_column(tmp_path: Path, line_end: str) -> None:
    folder = tmp_path / "cases"
    shutil.copytree(cases_dir(), folder)
    places = written(folder, line_end)
    with pytest.raises(InputError) as caught:
        read_data([str(folder)])
    found = {(problem.file, problem.line, problem.column) for problem in caught.value.problems}
    assert len(places) == 23
    assert places - found == set()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copytree(cases_dir(), tmp_path / "data" / "cases")
    monkeypatch.chdir(tmp_path / "data")
    return tmp_path


def plant(repository: Path, old: str, new: str) -> None:
    path = repository / "data" / "cases" / TECHNOLOGY / "figures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def kg(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


FILE = f"data/cases/{TECHNOLOGY}/figures.yaml"


def test_results_in_case_files_are_named_from_the_root_of_the_repository(repository: Path) -> None:
    plant(repository, "lowerBound: 5\n", "lowerBound: 11\n")
    done = kg("cases", "--format", "github")
    assert (done.exit_code, f"::error file={FILE},line=15,col=15," in done.output) == (1, True)


def shown(form: str, text: str) -> tuple[str, int, int]:
    """Gives the place of the only finding in a form."""
    if form == "sarif":
        (result,) = json.loads(text)["runs"][0]["results"]
        at = result["locations"][0]["physicalLocation"]
        assert json.loads(text)["runs"][0]["invocations"] == [{"executionSuccessful": False}]
        return at["artifactLocation"]["uri"], at["region"]["startLine"], at["region"]["startColumn"]
    if form == "json":
        report = json.loads(text)
        (concern,) = report["concerns"]
        assert (report["conforms"], report["clean"], concern["near"][0]) == (False, False, "percent")
        return "data/cases/" + concern["origin"]["file"], concern["origin"]["line"], concern["origin"]["column"]
    (case,) = ET.fromstring(text).iter("testcase")  # noqa: S314 - our own output
    return str(case.get("file")), int(case.get("line", 0)), 9


@pytest.mark.parametrize("form", ["sarif", "json", "junit"])
def test_what_cannot_be_read_is_in_the_report_and_ends_the_run(repository: Path, form: str) -> None:
    plant(repository, "  unit: percent\n", "  unit: percnt\n")
    done = kg("cases", "--format", form, "-o", "report")
    assert isinstance(done.exception, InputError)
    assert shown(form, Path("report").read_text(encoding="utf-8")) == (FILE, 17, 9)


def test_people_read_it_as_an_error_alone(repository: Path) -> None:
    plant(repository, "  unit: percent\n", "  unit: percnt\n")
    done = kg("cases", "-o", "report")
    assert isinstance(done.exception, InputError)
    assert not Path("report").exists()
