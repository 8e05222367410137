from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from commandline import kg

ROOT = Path(__file__).resolve().parent.parent.parent
LOADED = "import sys\n{}\nprint('kg.sparql' in sys.modules)"


def loads_the_parser(code: str) -> bool:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], capture_output=True, text=True, timeout=120, check=True
    )
    return ran.stdout.strip() == "True"


def test_the_catalogue_is_listed_as_json_for_one_tag() -> None:
    records = json.loads(kg("queries", "--tag", "correlations", "-f", "json").stdout)
    assert "multiple-testing" in {record["name"] for record in records}
    assert all("correlations" in {record["topic"], *record["tags"]} for record in records)


def test_the_page_of_queries_is_what_the_command_prints() -> None:
    page = (ROOT / "docs" / "reference" / "queries.md").read_text(encoding="utf-8")
    printed = kg("queries", "-f", "markdown").stdout
    assert printed.startswith("## advice\n")
    listed = re.findall(r"^### (\S+)$", printed, re.MULTILINE)
    assert listed
    assert [name for name in listed if f"[{name}](queries/" not in page] == []


def test_an_unknown_format_of_the_list_is_answered_with_the_known_ones() -> None:
    result = kg("queries", "-f", "yaml")
    assert result.returncode == 2
    assert "formats: text, json, markdown" in result.stderr


def test_a_query_is_described_with_what_its_parameters_take_and_are() -> None:
    printed = kg("describe", "factors-at-stage").stdout
    assert "--stage  the stage (motkg:Stage of scheme:stage; default stage:commercialization)" in printed
    assert "--language  the language in which factors are named (xsd:string: en, ja; default en)" in printed


def test_only_a_value_to_bind_needs_the_parser() -> None:
    listing = (
        "from kg.query.catalogue.catalogue import Catalogue\n"
        "from kg.core.resources import queries_dir\n"
        "from kg.query.catalogue.rendering import render_catalogue\n"
    )
    assert not loads_the_parser(f"{listing}assert len(render_catalogue(list(Catalogue(queries_dir())), 'text')) > 1000")
    assert not loads_the_parser("import kg\nassert kg.open().text('factors-at-stage', {})")
    assert loads_the_parser("import kg\nassert kg.open().text('factors-at-stage', {'stage': 'commercialization'})")
