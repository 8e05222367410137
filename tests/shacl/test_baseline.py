"""A baseline accepts what was there when it was written, and nothing more."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from kg.core.errors import InputError
from kg.shacl import Report, read_shapes, validate
from kg.shacl.report.baseline import accepting, read_baseline, write_baseline

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .\n"
SHAPES = ":S sh:targetClass :C ; sh:property :P . :P sh:path :p ; sh:minCount 1 ; sh:maxLength 3 ."


def report(data: str) -> Report:
    return validate(parse(PREFIXES + data, RdfFormat.TURTLE), read_shapes(parse(PREFIXES + SHAPES, RdfFormat.TURTLE)))


def test_known_results_are_taken_out_and_counted_new_ones_stay() -> None:
    accepted = read_baseline(
        write_baseline(report(':a a :C . :b a :C ; :p "long" . [] a :C . [] a :C .')), "baseline.json"
    )
    assert sum(accepted.values()) == 4
    now = accepting(report(':a a :C . :c a :C ; :p "longer" . [] a :C . [] a :C . [] a :C .'), accepted)
    assert (now.conforms, now.accepted, now.settled) == (False, 3, 1)
    assert sorted(str(result.focus.value) for result in now.results if not str(result.focus).startswith("_:")) == [
        "https://example.org/c"
    ]
    assert len(now.results) == 2


def test_everything_known_conforms() -> None:
    found = report(":a a :C .")
    now = accepting(found, read_baseline(write_baseline(found), "baseline.json"))
    assert (now.conforms, now.results, now.accepted, now.settled) == (True, (), 1, 0)


def test_the_same_report_gives_the_same_baseline() -> None:
    data = '[] a :C . :b a :C ; :p "long" , "other" .'
    assert write_baseline(report(data)) == write_baseline(report(data))


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"form": "other", "accepted": []}', '{"form": "motkg validation baseline", "accepted": [{}]}', "[]"],
)
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"known\.json: is no baseline"):
        read_baseline(text, "known.json")
