"""What each package says that it gives is there, and its examples run."""

from __future__ import annotations

import doctest
import importlib

import pytest

PACKAGES = (
    *("kg.core", "kg.evidence", "kg.evidence.audit", "kg.evidence.audit.checks", "kg.evidence.audit.formats"),
    *("kg.loaders", "kg.loaders.cases"),
    *("kg.loaders.documents", "kg.loaders.rdf", "kg.loaders.rdf.addresses", "kg.loaders.tables", "kg.pipeline"),
    *("kg.reason", "kg.reason.closure", "kg.reason.instore", "kg.shacl.report.forms", "kg.sparql.slips"),
    "kg.store.virtuoso",
)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_gives_the_names_of_its_list_and_its_examples_run(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__all__
    assert [given for given in package.__all__ if not hasattr(package, given)] == []
    assert package.__doc__
    assert doctest.testmod(package).failed == 0


def test_a_name_that_a_package_does_not_give_is_an_attribute_error() -> None:
    import kg.reason

    with pytest.raises(AttributeError, match=r"'kg\.reason' has no attribute 'nothing'"):
        _ = kg.reason.nothing
