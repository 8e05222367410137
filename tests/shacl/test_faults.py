"""Every shape finds what it is there to find, with both engines, and leaves a good graph alone.

A fault is a change to ``good.ttl`` and the one result that a validator must report for it; see ``planted``.
"""

from __future__ import annotations

from collections import Counter

import pyoxigraph
import pytest
from nightly import sample
from planted import FAULTS, Fault, data_shapes, good_graph, module_shapes

from kg.core.terms import expand
from kg.shacl import Report, validate
from kg.shacl.nodes import sh

# rdflib compares the texts of literals that are ill-formed for their datatype. In SPARQL, comparing one is a type
# error, and SHACL section 4.3 and 4.5.3 make a violation of that; here pySHACL reports less than it should, and exactly
# this much less.
PYSHACL_MISSES = {
    "AggregateObservation-obsValue-datatype": ("ShareObservation-obsValue", "MaxInclusive"),
    "RangeEstimate-upperBound-datatype": ("RangeEstimate-lowerBound", "LessThan"),
    "TextPositionSelector-start-datatype": ("TextPositionSelector-start", "LessThan"),
    "TextPositionSelector-end-datatype": ("TextPositionSelector-start", "LessThan"),
}


def faults(number: int) -> pytest.MarkDecorator:
    """At least one of each component in each module, and what pySHACL misses; all of them at night."""
    chosen = sample(
        FAULTS, number, kind=lambda fault: (fault.module, fault.expected.component, PYSHACL_MISSES.get(fault.name))
    )
    return pytest.mark.parametrize("fault", chosen, ids=lambda fault: fault.name)


MANY_FAULTS = faults(140)
SOME_FAULTS = faults(77)


def keys(report: Report) -> Counter[tuple[object, ...]]:
    return Counter(result.key for result in report.results)


@pytest.mark.parametrize("engine", ["columnar", "sparql", "pyshacl"])
def test_the_good_graph_conforms_and_every_target_finds_something_in_it(engine: str) -> None:
    report = validate(good_graph(), data_shapes(), engine=engine)
    mirrors = module_shapes("domains").by_node
    empty = [target for target in report.empty_targets if target.shape not in mirrors]
    assert (report.conforms, report.results, empty, report.delegated) == (True, (), [], ())


def test_every_fault_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1] == []


def test_every_shape_that_can_report_has_a_fault() -> None:
    shapes = data_shapes().by_node
    waiting = [shape.node for shape in data_shapes().with_targets()]
    reporting = set()
    while waiting:
        node = waiting.pop()
        reporting.add(node)
        waiting += [
            inner
            for constraint in shapes[node].constraints
            if constraint.component == "Property"
            for inner in constraint.shapes
        ]
    assert reporting - {fault.expected.shape for fault in FAULTS} == set()
    assert len(reporting) > 200


def test_every_constraint_of_a_shape_that_can_report_has_a_fault() -> None:
    planted = {(fault.expected.shape, fault.expected.component) for fault in FAULTS}
    reporting = {shape for shape, _ in planted}
    declared = {
        (shape.node, sh(f"{constraint.component}ConstraintComponent"))
        for shape in data_shapes().by_node.values()
        for constraint in shape.constraints
        if shape.node in reporting and constraint.component != "Property"
    }
    assert declared - planted == set()


@MANY_FAULTS
def test_the_native_executor_finds_the_fault(fault: Fault) -> None:
    report = validate(fault.applied(), data_shapes(), engine="columnar")
    assert fault.expected.key in keys(report)
    assert not report.conforms


@SOME_FAULTS
def test_pyshacl_finds_the_fault_and_agrees_with_the_native_executor(fault: Fault) -> None:
    reference = keys(validate(fault.applied(), module_shapes(fault.module), engine="pyshacl"))
    assert fault.expected.key in reference
    found = keys(validate(fault.applied(), module_shapes(fault.module), engine="columnar"))
    missed = [(result[4], result[3]) for result in (found - reference).elements()]
    if fault.name in PYSHACL_MISSES:
        shape, component = PYSHACL_MISSES[fault.name]
        assert missed == [(expand(f"shape:{shape}"), sh(f"{component}ConstraintComponent"))]
    else:
        assert missed == []
    assert reference - found == Counter()


@SOME_FAULTS
def test_the_sparql_engine_agrees_with_the_columnar_one(fault: Fault) -> None:
    store = pyoxigraph.Store()
    store.extend(fault.applied())
    stored = list(store)  # a store rewrites literals; both engines are to see the same
    here, there = (
        keys(validate(stored, module_shapes(fault.module), engine=engine)) for engine in ("columnar", "sparql")
    )
    assert there == here


def test_a_fault_is_reported_in_english_and_japanese() -> None:
    fault = next(fault for fault in FAULTS if fault.name == "Alliance-participation-minCount")
    result = next(r for r in validate(fault.applied(), data_shapes()).results if r.key == fault.expected.key)
    assert {message.language: message.value for message in result.messages} == {
        "en": "Give at least two participations, one for each participant.",
        "ja": "参加者ごとに一つ、合わせて二つ以上の参加を与えてください。",
    }
