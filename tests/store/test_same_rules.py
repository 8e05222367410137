"""Every rule of the ontology derives the same on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.core.resources import ontology_dir

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store.protocol import QuadStore

    Stores = tuple[QuadStore, QuadStore]

RULES = sorted((ontology_dir() / "rules").rglob("*.rq"))

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.stem for rule in RULES])


def derived(store: QuadStore, rule: Path) -> set[str]:
    return {str(triple) for triple in store.construct(rule.read_text(encoding="utf-8"))}


@each_rule
def test_rdflib_derives_what_oxigraph_derives(rule: Path, oxigraphs: Stores, rdflibs: Stores) -> None:
    expected = derived(oxigraphs[1], rule)
    assert expected
    assert derived(rdflibs[1], rule) == expected


@pytest.mark.java
@each_rule
def test_fuseki_derives_what_oxigraph_derives(rule: Path, oxigraphs: Stores, fusekis: Stores) -> None:
    assert derived(fusekis[1], rule) == derived(oxigraphs[1], rule)


@each_rule
def test_virtuoso_derives_what_oxigraph_derives(rule: Path, oxigraphs: Stores, virtuoso: QuadStore) -> None:
    assert derived(virtuoso, rule) == derived(oxigraphs[1], rule)
