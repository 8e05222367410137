from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kg.core.resources import cases_dir
from kg.loaders import shipped_vocabulary
from kg.loaders.cases.schema import case_schema

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders import Vocabulary

SHIPPED = sorted(cases_dir().glob("*/*.yaml"))


def read(text: str) -> Any:  # noqa: ANN401
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only


def test_the_schema_is_one(vocabulary: Vocabulary) -> None:
    Draft202012Validator.check_schema(case_schema(vocabulary))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_shipped_case_files_fit_the_schema(path: Path) -> None:
    validator = Draft202012Validator(case_schema(shipped_vocabulary()))
    assert [error.message for error in validator.iter_errors(read(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "thing",
    [
        {"id": "a/b", "type": "Sample", "sampleSize": 47},
        {
            "id": "a/b",
            "type": ["Claim"],
            "text": "x",
            "about": ["org/x", "concept:stage/sales", "../other/org/y", {"id": "c/d", "type": "Claim"}],
        },
        {"id": "a/b", "type": "Alliance", "participation": {"participant": "org/x", "participantRole": "partner"}},
        {"id": "document", "type": "SourceDocument", "issued": 1992, "source": {"section": 6, "span": [1, 2]}},
    ],
)
def test_it_accepts_what_loads_as_editors_see_it(vocabulary: Vocabulary, thing: dict[str, Any]) -> None:
    assert Draft202012Validator(case_schema(vocabulary)).is_valid([thing])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "A/b"},
        {"type": "Klaim"},
        {"txet": "x"},
        {"stage": "nowhere"},
        {"about": "sales"},
        {"about": {"type": "Claim"}},
        {"date": "6 November"},
        {"value": "x"},
        {"text": None},
        {"source": {"span": [1]}},
        {"about": []},
    ],
)
def test_it_refuses_what_does_not_load(vocabulary: Vocabulary, change: dict[str, Any]) -> None:
    assert not Draft202012Validator(case_schema(vocabulary)).is_valid([{"id": "a/b", "type": "Claim", **change}])
