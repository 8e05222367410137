"""Sets and relations as sorted arrays agree with Python's sets, in both of the two ways that each may be computed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.columns.arrays import counts, join, matching_rows, member, rows_of, unique, unique_pairs

IDS = st.lists(st.integers(0, 40), max_size=30)
SIZES = st.sampled_from([41, 100_000])


def ids(values: list[int]) -> np.ndarray:
    return np.array(values, np.int32)


@settings(deadline=None)
@given(IDS, IDS)
def test_unique(left: list[int], right: list[int]) -> None:
    assert unique(ids(left)).tolist() == sorted(set(left))
    pairs = list(zip(left, right, strict=False))
    found = unique_pairs(ids([a for a, _ in pairs]), ids([b for _, b in pairs]))
    assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == sorted(set(pairs))


@settings(deadline=None)
@given(IDS, st.sets(st.integers(0, 40)), SIZES)
def test_membership(values: list[int], members: set[int], size: int) -> None:
    assert member(ids(values), ids(sorted(members)), size).tolist() == [value in members for value in values]


@settings(deadline=None)
@given(IDS, st.sets(st.integers(0, 40)), SIZES)
def test_rows_and_counts_of_wanted_keys(values: list[int], wanted: set[int], size: int) -> None:
    keys = sorted(values)
    assert rows_of(ids(keys), ids(sorted(wanted)), size).tolist() == [
        row for row, key in enumerate(keys) if key in wanted
    ]
    assert counts(ids(keys), ids(sorted(wanted))).tolist() == [keys.count(key) for key in sorted(wanted)]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)))
)
def test_composition(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    second = sorted(second)
    middle, keys = ids([b for _, b in first]), ids([a for a, _ in second])
    left, right = join(ids([a for a, _ in first]), middle, keys, ids([b for _, b in second]))
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == {
        (a, d) for a, b in first for c, d in second if b == c
    }
    here, there = matching_rows(middle, keys)
    expected = sorted((i, j) for i, (_, b) in enumerate(first) for j, (c, _) in enumerate(second) if b == c)
    assert sorted(zip(here.tolist(), there.tolist(), strict=True)) == expected
