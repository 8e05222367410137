"""The versions that are installed for tests are named, once each, for all that is depended on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES = [
    Requirement(text)
    for text in (
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(text for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra),
    )
]


def test_each_line_is_a_name_and_a_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==[0-9][0-9A-Za-z.]*", line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in LINES]
    assert sorted(set(names)) == sorted(names)
    assert sorted(LINES, key=str.lower) == LINES


@pytest.mark.parametrize("requirement", DEPENDENCIES, ids=str)
def test_each_dependency_has_a_version_that_it_allows(requirement: Requirement) -> None:
    if requirement.name == PROJECT["project"]["name"]:
        return
    versions = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
    assert canonicalize_name(requirement.name) in versions
    assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])
