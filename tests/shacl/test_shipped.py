"""The shipped graph against the shipped shapes, with both engines."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import pytest
from nightly import sample

from kg.core.resources import shape_files, shipped_documents
from kg.pipeline.building import state
from kg.shacl import Shapes, load_shapes, render, validate


@pytest.fixture(scope="module")
def quads() -> list[object]:
    return state(shipped_documents()).quads


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load_shapes(shape_files())


def test_the_shipped_graph_conforms_without_help_from_pyshacl(quads: list[object], shapes: Shapes) -> None:
    report = validate(quads, shapes, engine="columnar")
    assert report.conforms, render(report, "human")
    assert report.delegated == ()


def test_no_target_class_of_the_shapes_is_unknown_to_the_shipped_graph(quads: list[object], shapes: Shapes) -> None:
    unknown = [
        target for target in validate(quads, shapes).empty_targets if target.kind == "targetClass" and not target.known
    ]
    assert unknown == []


@pytest.mark.slow
def test_pyshacl_and_the_native_executor_agree_on_the_shipped_graph(quads: list[object]) -> None:
    """With all shapes at night, else with those of some files."""
    shapes = load_shapes(sample(shape_files(), 2))
    native, reference = (validate(quads, shapes, engine=engine).results for engine in ("columnar", "pyshacl"))
    assert Counter(result.key for result in native) == Counter(result.key for result in reference)


def test_the_shipped_graph_is_validated_in_a_blink(quads: list[object], shapes: Shapes) -> None:
    times = []
    for _ in range(3):
        start = perf_counter()
        validate(quads, shapes, engine="columnar")
        times.append(perf_counter() - start)
    assert min(times) < 2, "the benchmark tells the exact time; this only catches a fall into per-node work"
