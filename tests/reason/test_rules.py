"""Links that follow by the rules of ``ontology/rules``."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from kg.core.errors import ReasonerError
from kg.core.resources import rule_layers
from kg.core.terms import BASE, prefixes, term
from kg.reason.rules import apply_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Quad, Triple

HEAD = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes().items()) + f"@base <{BASE}id/made-up/> .\n"


def quads(text: str) -> list[Quad]:
    return list(parse(HEAD + text, format=RdfFormat.TURTLE))


def links(text: str) -> list[Triple]:
    return apply_rules(quads(text), rule_layers()[:1])


def channels(text: str) -> list[str]:
    made = [triple for triple in links(text) if triple.object == term("ReferralChannel")]
    return [str(triple.subject.value).removeprefix(f"{BASE}id/derived/referral-channel/") for triple in made]


def communities(here: int, there: int, ties: str = "") -> str:
    """Two communities with so many gatekeepers each."""
    agents = [
        f'<{side}/{number}> rdfs:label "{side} {number}"@en . '
        for side, count in (("a", here), ("b", there))
        for number in range(count)
    ]
    known = [
        f"<tie/{side}{n}> motkg:tieMember <{side}/{n}> , <community/{side}> . "
        for side, count in (("a", here), ("b", there))
        for n in range(count)
    ]
    kinds = "".join(f'<community/{side}> a motkg:BusinessCommunity ; rdfs:label "{side}"@en . ' for side in "ab")
    return kinds + "".join(agents + known) + ties


def all_know_each_other(here: int, there: int) -> str:
    return "".join(f"<tie/{a}-{b}> motkg:tieMember <a/{a}> , <b/{b}> . " for a in range(here) for b in range(there))


def test_two_gatekeepers_here_and_three_there_make_the_six_channels_of_the_paper() -> None:
    assert len(channels(communities(2, 3, all_know_each_other(2, 3)))) == 6


def test_gatekeepers_who_do_not_know_each_other_open_no_channel() -> None:
    assert channels(communities(2, 3)) == []
    assert len(channels(communities(2, 3, "<tie/x> motkg:tieMember <a/1> , <b/2> ."))) == 1


def test_a_gatekeeper_of_both_communities_is_a_channel_alone() -> None:
    both = "<tie/x> motkg:tieMember <a/0> , <community/b> ."
    assert channels(communities(1, 0, both)) == ["made-up/community/a/made-up/a/0/made-up/a/0/made-up/community/b"]


def test_whoever_belongs_to_a_gatekeeper_knows_it() -> None:
    assert len(channels(communities(1, 1, "<membership/x> org:member <b/0> ; org:organization <a/0> ."))) == 1


def test_a_channel_is_no_tie_into_a_community() -> None:
    given = communities(1, 1, "<tie/x> motkg:tieMember <a/0> , <b/0> .")
    first = links(given)
    again = apply_rules([*quads(given), *quads("".join(f"{triple} . " for triple in first))], rule_layers()[:1])
    assert again == first


def test_who_brokers_a_formation_brokers_for_every_partner_and_for_nobody_else() -> None:
    made = links("""
<alliance> motkg:formation <formation> ; motkg:participation <one> , <two> , <three> .
<formation> motkg:brokeredBy <broker> .
<one> motkg:participant <x> ; motkg:participantRole role:partner .
<two> motkg:participant <y> ; motkg:participantRole role:partner .
<three> motkg:participant <z> ; motkg:participantRole role:linking-person .
""")
    brokered = [
        (triple.subject.value, triple.object.value) for triple in made if triple.predicate == term("brokeredFor")
    ]
    assert brokered == [(f"{BASE}id/made-up/broker", f"{BASE}id/made-up/{name}") for name in ("x", "y")]


def test_a_layer_sees_what_the_layers_before_it_derived_and_not_what_its_own_rules_derive(tmp_path: Path) -> None:
    for layer, name, rule in (
        ("1", "a", "CONSTRUCT { ?x motkg:about ?y } WHERE { ?x motkg:stage ?y }"),
        ("1", "b", "CONSTRUCT { ?x motkg:factor ?y } WHERE { ?x motkg:about ?y }"),
        ("2", "c", "CONSTRUCT { ?x motkg:practice ?y } WHERE { ?x motkg:about ?y }"),
    ):
        (tmp_path / layer).mkdir(exist_ok=True)
        (tmp_path / layer / f"{name}.rq").write_text(rule, encoding="utf-8")
    made = apply_rules(quads("<x> motkg:stage <y> ."), [tmp_path / "1", tmp_path / "2"])
    assert {triple.predicate for triple in made} == {term("about"), term("practice")}


@pytest.mark.parametrize("word", ["SERVICE", "service", "SERV\\u0049CE"])
def test_a_rule_that_calls_another_service_is_refused_before_it_is_run(tmp_path: Path, word: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        rule = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {word} <{address}> {{ ?s ?p ?o }} }}"
        (tmp_path / "far.rq").write_text(rule, encoding="utf-8")
        with pytest.raises(ReasonerError, match=r"far\.rq"):
            apply_rules(quads("<x> motkg:stage <y> ."), [tmp_path])
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("text", "words"), [("SELECT * WHERE { ?s ?p ?o }", "must be a CONSTRUCT"), ("CONSTRUCT {", "bad.rq")]
)
def test_a_file_that_is_no_rule_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.rq").write_text(text, encoding="utf-8")
    with pytest.raises(ReasonerError, match=words):
        apply_rules([], [tmp_path])
