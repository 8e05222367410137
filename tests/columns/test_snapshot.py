"""Columns in a folder: what is opened is what was written, and a patch gives what the changed graph gives."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad

from kg.columns import Columns, TermKind, columns_of_quads
from kg.columns.snapshots import patched as patched_columns
from kg.columns.snapshots.chunks import chunks_of
from kg.columns.snapshots.files import open_snapshot, write_snapshot
from kg.columns.snapshots.mapped import hash_of, hashes_of
from kg.columns.snapshots.patched import PatchedColumns

if TYPE_CHECKING:
    from pyoxigraph import Triple

    Statement = tuple[NamedNode, NamedNode, NamedNode | Literal | Triple]

NODES = [NamedNode(f"https://example.org/{name}") for name in "abcd"]
OBJECTS = [*NODES, Literal("1"), Literal("é\n", language="fr"), Literal(7)]
STATEMENTS = st.sets(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES[:3]), st.sampled_from(OBJECTS)), max_size=12
)


def opened(columns: Columns, folder: str) -> Columns:
    write_snapshot(columns, Path(folder))
    return open_snapshot(Path(folder))


def columns_of(statements: set[Statement]) -> Columns:
    return columns_of_quads(Quad(*statement) for statement in statements)


def told(columns: Columns, *, backwards: bool = False) -> set[tuple[object, ...]]:
    found = set()
    for predicate in columns.predicates():
        keys, values = columns.backward(predicate) if backwards else columns.forward(predicate)
        assert (np.diff(keys) >= 0).all()
        pairs = list(zip(columns.terms.nodes(keys.tolist()), columns.terms.nodes(values.tolist()), strict=True))
        assert len(pairs) == len(set(pairs))
        found |= {
            (b, columns.terms.node(predicate), a) if backwards else (a, columns.terms.node(predicate), b)
            for a, b in pairs
        }
    return found


@settings(max_examples=examples(60), deadline=None)
@given(STATEMENTS, STATEMENTS, st.sets(st.integers(0, 30), max_size=4))
def test_a_patch_over_a_snapshot_gives_the_changed_graph_in_both_directions(
    before: set[Statement], after: set[Statement], wanted: set[int]
) -> None:
    with patch.object(patched_columns, "_FEW", 0), tempfile.TemporaryDirectory() as folder:
        base = opened(columns_of(before), folder)
        patched = PatchedColumns.changing(base, after - before, before - after)
        assert told(base) == told(base, backwards=True) == before
        assert told(patched) == told(patched, backwards=True) == after
        assert patched.size == len(after)
        changing = PatchedColumns.changing(base, after - before, before - after)
        for predicate in patched.predicates():
            for backwards in (False, True):
                keys, values = patched.backward(predicate) if backwards else patched.forward(predicate)
                rows = np.isin(keys, sorted(wanted))
                chosen = changing.chosen(predicate, np.array(sorted(wanted), np.int32), backwards=backwards)
                assert [part.tolist() for part in chosen] == [keys[rows].tolist(), values[rows].tolist()]
            assert changing.objects(predicate).tolist() == sorted(set(patched.backward(predicate)[0].tolist()))
        used = {node for statement in after for node in statement}
        for node in {node for statement in before | after for node in statement}:
            position = patched.terms.find(node)
            assert position is not None
            assert patched.mentions(position) is (node in used)


def test_terms_of_a_snapshot_are_found_and_judged_as_those_that_it_was_made_of(tmp_path: Path) -> None:
    made = columns_of({(NODES[0], NODES[1], value) for value in OBJECTS})
    terms = opened(made, str(tmp_path)).terms
    longer = terms.including([Literal("new", language="de"), NamedNode("https://example.org/new"), OBJECTS[0]])
    assert [longer.find(node) for node in OBJECTS] == [made.terms.find(node) for node in OBJECTS]
    assert terms.find(NamedNode("https://example.org/nowhere")) is None
    nodes = longer.nodes(np.flatnonzero(longer.kinds != TermKind.NONE).tolist())
    fresh = columns_of_quads([Quad(NODES[0], NODES[1], value) for value in nodes]).terms
    for node in nodes:
        here, there = longer.position(node), fresh.find(node)
        assert there is not None
        assert longer.kinds[here] == fresh.kinds[there]
        assert [*longer.languages, "none"][longer.endings[here]] == [*fresh.languages, "none"][fresh.endings[there]]
    other = terms.including([NamedNode("https://example.org/other")])
    assert longer.node(terms.size) == Literal("new", language="de")
    assert other.node(terms.size) == NamedNode("https://example.org/other")


def test_a_snapshot_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    write_snapshot(columns_of({(NODES[0], NODES[1], NODES[2])}), tmp_path)
    (tmp_path / "objects").write_bytes(b"")
    with pytest.raises(ValueError, match="cut short"):
        open_snapshot(tmp_path)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=30))
def test_many_hashes_at_once_are_those_of_each(texts: list[bytes]) -> None:
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    assert hashes_of(np.frombuffer(b"".join(texts), np.uint8), offsets).tolist() == list(map(hash_of, texts))


def test_a_changed_line_changes_few_chunks() -> None:
    lines = [
        b"<https://example.org/%d> <https://example.org/p> <https://example.org/%d> ." % (number, number**2)
        for number in range(20000)
    ]
    before, after = b"\n".join(lines), b"\n".join([*lines[:9000], b"<a:b> <a:b> <a:b> .", *lines[9001:]])
    old, new = list(chunks_of(before)), list(chunks_of(after))
    assert len(old) > 20
    assert old[-1].line == new[-1].line == len(lines)
    assert len({chunk.digest for chunk in old} - {chunk.digest for chunk in new}) <= 2
    assert [before.count(b"\n", 0, chunk.start) for chunk in old[:-1]] == [chunk.line for chunk in old[:-1]]
