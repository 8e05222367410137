from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.commands.audit import audit

if TYPE_CHECKING:
    from kg.evidence.audit import Audit


@pytest.fixture(scope="session")
def shipped() -> Audit:
    """What the audit says of the shipped documents without their texts."""
    return audit()
