"""An explanation begins with what is claimed, how it came to be, in how many steps, and from which sources."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import Literal, NamedNode, Triple

import kg
from kg.core.origin import Origin
from kg.core.terms import BASE
from kg.explanation import Explanation, Kind
from kg.explanation.model import summary
from kg.query.sources import Place


def statement(subject: str) -> Triple:
    return Triple(NamedNode(f"urn:x:{subject}"), NamedNode("urn:x:p"), Literal("1"))


def stated(subject: str, document: str) -> Explanation:
    place = Place(document, 1, 2, "", "", 0, 0, "urn:x:place")
    return Explanation(statement(subject), Kind.ASSERTED, graph=f"{BASE}graph/{document}", stated=(place,))


FILE = Explanation(statement("f"), Kind.ASSERTED, graph="urn:x:g", place=Origin("firms.ttl", 3, 1))
ONTOLOGY = Explanation(statement("o"), Kind.ASSERTED, graph=f"{BASE}graph/ontology", place=Origin("motkg.ttl", 3, 1))
INNER = Explanation(statement("i"), Kind.INFERRED, "cax-sco", because=(stated("a", "one"), ONTOLOGY))
# Two steps, one of which is used twice, and three different statements.
OUTER = Explanation(statement("d"), Kind.DERIVED, "allied-with", because=(INNER, FILE, INNER))


@pytest.mark.parametrize(
    ("explanation", "said"),
    [
        (stated("a", "one"), "urn:x:a — urn:x:p — “1”. It is stated, not derived; source: one."),
        (FILE, "urn:x:f — urn:x:p — “1”. It is stated, not derived; source: firms.ttl."),
        (
            INNER,
            "urn:x:i — urn:x:p — “1”. It is derived in 1 step by cax-sco from 2 statements; sources: one, the ontology.",
        ),
        (
            OUTER,
            (
                "urn:x:d — urn:x:p — “1”. It is derived in 2 steps, the last by allied-with, from 3 statements; "
                "sources: one, the ontology, firms.ttl."
            ),
        ),
        (
            Explanation(statement("r"), Kind.RECORDED, words="recorded by the build"),
            "urn:x:r — urn:x:p — “1”. It is recorded by the build.",
        ),
    ],
)
def test_the_summary_of_a_statement(explanation: Explanation, said: str) -> None:
    assert explanation.summary == f"The claim: {said}"
    assert str(explanation).startswith(f"The claim: {said}\n\nurn:x:")
    assert explanation._repr_html_().startswith("<pre>The claim: urn:x:")


def test_the_summary_of_several_statements() -> None:
    tops = [stated("a", "one"), stated("b", "two"), OUTER]
    said = "3 statements, 2 stated and 1 derived in 2 steps; sources: one, two, the ontology, firms.ttl."
    assert summary(tops, {}) == f"Explained: {said}"
    assert summary(tops, {}, "Row 1 of the answer: n 5.") == f"Row 1 of the answer: n 5. It rests on {said}"
    assert summary(tops[:1], {}, "Row 1: n 5.") == "Row 1: n 5. It rests on 1 statement, 1 stated; source: one."
    assert summary([], {}, "Row 1: n 5.") == "Row 1: n 5. No statement was found that it rests on."


def test_markup_and_control_characters_of_data_are_inert_in_a_summary() -> None:
    odd = Explanation(
        Triple(NamedNode("urn:x:a"), NamedNode("urn:x:p"), Literal("<b>\x1b\n")), Kind.ASSERTED, graph="urn:x:g"
    )
    assert "“<b>\\u001B\\n”" in odd.summary
    assert "<b>" not in odd._repr_html_()


def test_every_form_begins_with_the_summary() -> None:
    explanations = kg.explain("Altos Computer Systems", "alliedWith", "Tau Giken")
    said = (
        "The claim: Altos Computer Systems — allied with — Tau Giken. It is derived in 1 step by allied-with from "
        "6 statements; source: kanai-hara-1992."
    )
    assert explanations.summary == said
    assert str(explanations).startswith(f"{said}\n\nAltos Computer Systems — allied with — Tau Giken\n")
    assert explanations._repr_html_().startswith(f"<pre>{said}\n\nAltos Computer Systems")
    (tree,) = json.loads(explanations.render("json"))
    assert next(iter(tree.items())) == ("summary", said)


def test_the_summary_of_a_row_says_what_the_row_says() -> None:
    explanations = kg.explain(query="programme-totals", row=2)
    assert explanations.summary.startswith(
        "Row 2 of the answer: programme Industrial Cluster Policy, measure number of projects, stated 19, listed 18, "
        "difference -1, projects 18. It rests on "
    )
    assert explanations.summary.endswith("; sources: kirihata-mot, the ontology.")
    trees = json.loads(explanations.render("json"))
    assert {tree["answer"] for tree in trees} == {explanations.summary}
    assert all(tree["summary"].startswith("The claim: ") for tree in trees)
