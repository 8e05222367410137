"""Made-up surveys: an audit says nothing false of clean tables, and finds and names the error of each table that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from surveys import ERRORS, clean_survey, planted_errors

from kg.commands.audit import audit

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from surveys import Planted

    from kg.evidence.audit import Finding


def test_nothing_is_said_of_a_clean_survey_of_200_tables(tmp_path: Path) -> None:
    for table in clean_survey(2024, 200):
        table.write(tmp_path)
    outcome = audit(tmp_path)
    assert outcome.tables == 200
    assert [f"{found.place}: {found.name}" for found in outcome.findings] == []


def names_the_error(found: Finding, planted: Planted) -> bool:
    """Tells whether a finding has the right kind and stands at the planted cell, or in its row or column.

    Where two tables are at odds, either may be named.
    """
    if found.kind != planted.kind:
        return False
    if not planted.others and f"/{planted.table.name}." not in found.place.file:
        return False
    row, _, column = found.place.cell.removeprefix("r").partition("c")
    right_row = planted.row == 0 or not row or int(row) == planted.row
    right_column = planted.column == 0 or not column or int(column) == planted.column
    return right_row and right_column


def test_of_100_planted_errors_at_least_95_are_found_and_named(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    planted = planted_errors(7, 100)
    missed = []
    for error in planted:
        folder = tmp_path / error.table.name
        folder.mkdir()
        for table in (*error.others, error.table):
            table.write(folder)
        findings = audit(folder).findings
        if not any(names_the_error(found, error) for found in findings):
            missed.append(f"{error.table.name}: {error.kind}, got {[found.kind for found in findings]}")
    record_property("found", 100 - len(missed))
    print(f"{100 - len(missed)} of 100 planted errors found and named")  # noqa: T201 - the count is asked for
    assert len(ERRORS) == len({error.kind for error in planted})
    assert len(missed) <= 5, missed
