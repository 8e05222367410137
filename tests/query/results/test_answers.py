"""What answers have in common: they never change, they can be copied, and notebooks show them inert."""

from __future__ import annotations

import copy
import pickle

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg.advice import Advice
from kg.explanation import Explanation
from kg.explanation import Kind as Origin
from kg.query.catalogue import PreparedQuery
from kg.query.diagnosis import Cause, Diagnosis, Kind
from kg.query.lint import Finding
from kg.query.results import ExplainedSolutions, Result, Statements
from kg.sparql import NOWHERE
from kg.store import EmbeddedStore, Solutions

SCRIPT = "<script>7"
TEXT = Literal(SCRIPT)
TRIPLE = Triple(NamedNode("http://example.org/a"), NamedNode("http://example.org/b"), TEXT)
PREPARED = PreparedQuery("SELECT ?x {}", "SELECT ?x {}")
STORE = EmbeddedStore.of([])
CAUSE = Cause(Kind.NO_STATEMENT, SCRIPT, NOWHERE, SCRIPT)
ANSWERS = [
    Solutions(("x",), ((TEXT,),)),
    Result(("x",), ((TEXT,),), PREPARED, STORE),
    ExplainedSolutions(("x",), (), Diagnosis((CAUSE,))),
    Statements((TRIPLE,), PREPARED, STORE),
    Diagnosis((CAUSE,)),
    CAUSE,
    Explanation(TRIPLE, Origin.ASSERTED, graph="http://example.org/graph"),
    Advice("http://example.org/firm", SCRIPT),
    Finding("unknown-term", SCRIPT, NOWHERE),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_an_answer_never_changes(answer: object) -> None:
    names = [name for name in dir(answer) if not name.startswith("_") and not callable(getattr(answer, name))]
    assert names
    for name in names:
        with pytest.raises((AttributeError, TypeError)):  # the latter for a property of a dataclass with slots
            setattr(answer, name, None)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_a_copy_of_an_answer_is_equal(answer: object) -> None:
    again = copy.copy(answer)
    assert type(again) is type(answer)
    assert repr(again) == repr(answer)


def test_solutions_survive_pickling() -> None:
    solutions = Solutions(("x", "y"), ((TEXT, None),))
    assert pickle.loads(pickle.dumps(solutions)) == solutions  # noqa: S301 - pickled in the same line


@pytest.mark.parametrize(
    "answer",
    [each for each in ANSWERS if type(each) not in {Solutions, ExplainedSolutions}],
    ids=lambda answer: type(answer).__name__,
)
def test_a_notebook_shows_an_answer_inert(answer: object) -> None:
    shown = answer._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;7" in shown
