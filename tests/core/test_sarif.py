"""SARIF 2.1.0: every part of a finding arrives, and data never becomes a link or a placeholder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.core import sarif
from kg.core.finding import Finding, Severity
from kg.core.origin import Origin

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "shacl" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")
)
# Section 3.11.6: link characters are all but \, [ and ], or one of these behind a backslash.
LINK = re.compile(r"(\\[\\\[\]])|\[(?:\\[\\\[\]]|[^\\\[\]])*\]\([^)]*\)")
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{\d+\}")


def log_of(*entries: sarif.Entry, rules: dict[str, sarif.Rule] | None = None) -> dict[str, object]:
    log: dict[str, object] = json.loads(sarif.write("kg test", entries, rules or {"r": sarif.Rule("what r says")}))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    return log


def links(text: str) -> list[str]:
    return [match[0] for match in LINK.finditer(text) if match[1] is None]


def placeholders(text: str) -> list[str]:
    return [match for match in PLACEHOLDER.findall(text) if match not in {"{{", "}}"}]


def test_every_part_of_a_finding_stands_where_the_standard_wants_it() -> None:
    finding = Finding(
        Severity.WARNING, "r", "a sum is wrong", Origin("a b.csv", 3, 0, "r1c2"), "id:x", "add them", accepted=True
    )
    entry = sarif.Entry(finding, (10, 14), "resource", ("sum/v1", "abc"), {"check": "sums"})
    rule = sarif.Rule("sums", Severity.WARNING, "合計", "add", "https://example.org/r")
    (run,) = log_of(entry, rules={"q": sarif.Rule("other"), "r": rule})["runs"]  # type: ignore[misc, attr-defined]
    assert run["tool"]["driver"]["rules"][1] == {
        "id": "r",
        "shortDescription": {"text": "sums"},
        "fullDescription": {"text": "合計"},
        "defaultConfiguration": {"level": "warning"},
        "helpUri": "https://example.org/r",
        "help": {"text": "add"},
    }
    assert run["results"] == [
        {
            "ruleId": "r",
            "ruleIndex": 1,
            "level": "warning",
            "message": {"text": "a sum is wrong Fix: add them."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "a%20b.csv"},
                        "region": {"startLine": 3, "startColumn": 1, "charOffset": 10, "charLength": 4},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "id:x", "kind": "resource"}],
                    "message": {"text": "cell r1c2"},
                }
            ],
            "partialFingerprints": {"sum/v1": "abc"},
            "suppressions": [{"kind": "external", "status": "accepted"}],
            "properties": {"check": "sums"},
        }
    ]


def test_a_finding_without_a_place_has_no_location() -> None:
    (run,) = log_of(sarif.Entry(Finding(Severity.INFO, "r", "m")))["runs"]  # type: ignore[misc, attr-defined]
    assert run["results"] == [{"ruleId": "r", "ruleIndex": 0, "level": "note", "message": {"text": "m"}}]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[l](http://evil.example)", r"\[l\](http://evil.example)"),
        ("{0} and {", "{{0}} and {{"),
        ("^[0-9]+$ in a\\b", "^[0-9]+$ in a\\b"),
        (r"\[l](x)", r"\\\[l\](x)"),
    ],
)
def test_data_is_written_as_a_viewer_reads_it_back(text: str, written: str) -> None:
    assert sarif.escaped(text) == written


@given(st.text(alphabet="[](){}\\0a", max_size=12))
def test_no_data_makes_a_link_or_a_placeholder(text: str) -> None:
    assert links(sarif.escaped(text)) == []
    assert placeholders(sarif.escaped(text)) == []


def test_the_readers_of_these_tests_see_links_and_placeholders() -> None:
    assert links("see [here](1)") == ["[here](1)"]
    assert placeholders("{{ {0}") == ["{0}"]
