"""What the embedded engine is asked is what the parser read, from the first asking on and whichever way a query comes."""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

import commandline
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat
from pyoxigraph import parse as statements_of

import kg
from kg.core.errors import QueryError
from kg.shacl import read_shapes, validate
from kg.sparql import parse, replace, write
from kg.sparql.spelling import spelt
from kg.store.embedded.limited import LimitedStore
from kg.store.embedded.prepared import as_read
from kg.store.embedded.store import EmbeddedStore
from kg.store.embedded.writable import WritableEmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

EX = "http://example.org/"
HEAD = f"PREFIX e: <{EX}> "
# Local names of the grammar [169] as they are typed, and what they say.
NAMES = {
    "1.1.1": "1.1.1",
    "v1.0.0-rc.2": "v1.0.0-rc.2",
    "a..b..c": "a..b..c",
    "a.b:c.d": "a.b:c.d",
    ":a.b.c": ":a.b.c",
    "é.ü.ö": "é.ü.ö",
    "a.%41.b": "a.%41.b",
    r"a\.b.c.d": "a.b.c.d",
    r"a.b\.c.d": "a.b.c.d",
    r"a\/b.c.d": "a/b.c.d",
    r"a\-b": "a-b",
    r"a\u0041": "aA",
    r"\u0041.b.c": "A.b.c",
    r"\U000000e9": "é",
    "a.b": "a.b",
    "a-": "a-",
    "%41": "%41",
}


@pytest.mark.parametrize(("typed", "meant"), NAMES.items())
def test_a_name_is_one_name_however_often_it_is_asked_for(typed: str, meant: str) -> None:
    thing, other = NamedNode(EX + meant), NamedNode(EX + "other")
    store = EmbeddedStore.of([Quad(thing, other, other), Quad(other, thing, Literal(1))])
    for _ in range(4):
        assert store.select(f"{HEAD}SELECT * {{ VALUES ?x {{ e:{typed} }} }}").rows == ((thing,),)
        assert store.select(f"{HEAD}SELECT ?o {{ e:{typed} e:other ?o . ?o e:{typed} ?n FILTER(?n = 1)}}").rows == (
            (other,),
        )
    written = write(parse(f"{HEAD}ASK {{ e:{typed} ?p ?o }}"))
    assert spelt(written).text == written


def test_words_and_names_in_other_letters_are_taken() -> None:
    store = EmbeddedStore.of([])
    true = Literal(value=True)
    for _ in range(3):
        assert store.select("SELECT * { VALUES ?x { TRUE } }").rows == ((true,),)
        assert store.select("SELECT (!faLse AS ?x) { }").rows == ((true,),)
        assert store.select(r"SELECT ?\u0061 { BIND(TRUE AS ?a) }").rows == ((true,),)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?y {%s} GROUP BY (?x AS ?y) ORDER BY ?y", [(None,), ("a",), ("b",)]),
        (
            "SELECT ?y (COUNT(*) AS ?n) {%s} GROUP BY( ?x # as it was\n AS ?y) ORDER BY ?y",
            [(None, "1"), ("a", "2"), ("b", "1")],
        ),
        ("SELECT ?z ?y {%s} GROUP BY (STR(?x) AS ?z) (?x AS ?y) HAVING(COUNT(*) > 1)", [("a", "a")]),
        ("SELECT ?n { { SELECT (SUM(1) AS ?n) {%s} GROUP BY (?x AS ?y) } } ORDER BY ?n", [("1",), ("1",), ("2",)]),
        ("SELECT ?x ?y {%s} GROUP BY (?x AS ?y) ORDER BY ?y", [(None, None), ("a", "a"), ("b", "b")]),
    ],
)
def test_a_variable_is_grouped_by_another_name(query: str, rows: list[tuple[str | None, ...]]) -> None:
    found = EmbeddedStore.of([]).select(query % "VALUES ?x { 'a' 'a' 'b' UNDEF }").rows
    assert [tuple(getattr(term, "value", None) for term in row) for row in found] == rows


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "PREFIX e: <e:>\nASK { ?x e:a.b.c ?y . ?z e:d.e.f ?u ?v 1 }",
            "PREFIX e: <e:>\nASK { ?x e:a_b_c ?y . ?z e:d_e_f ?u ?v 1 }",
        ),
        ("PREFIX e: <e:>\nASK { ?x e:a.b.c\n e:d.e.f ?z !}", "PREFIX e: <e:>\nASK { ?x e:a_b_c\n e:d_e_f ?z !}"),
        ("ASK { ?x nowhere:a.b.c.d.e.f ?y }", "ASK { ?x nowhere:a_b_c_d_e_f ?y }"),
        ("ASK { VALUES ?x { TRUE ! } }", "ASK { VALUES ?x { true ! } }"),
        ("SELECT ?y { ?x ?p ?o } GROUP BY (?x AS ?y) !", "SELECT ?y { ?x ?p ?o } GROUP BY (+1 AS ?y) !"),
        (
            "PREFIX e: <e:> ASK { ?x e:a.b.c ?y\n}\n#e:a.b.c\n !",
            "PREFIX e: <e:> ASK { ?x e:a_b_c ?y\n}\n#e:a_b_c\n !",
        ),
        ("PREFIX e: <e:>\r\nASK { ?x e:a.b.c ?y ! }", "PREFIX e: <e:>\r\nASK { ?x e:a_b_c ?y ! }"),
    ],
)
def test_an_error_points_at_what_was_typed(text: str, plain: str) -> None:
    """The place is the one that the engine has for a text of the same length in which it reads all alike."""
    assert len(text) == len(plain)
    assert spelt(text).edits
    told = set()
    for _ in range(3):
        with pytest.raises(QueryError) as caught:
            EmbeddedStore.of([]).query(text)
        told.add(str(caught.value).partition("expected")[0])
    with pytest.raises(QueryError) as expected:
        EmbeddedStore.of([]).query(plain)
    assert told == {str(expected.value).partition("expected")[0]}
    assert re.search(r"error at \d+:\d+: $", told.pop())


def test_a_place_inside_another_spelling_is_where_the_token_begins() -> None:
    spelling = spelt("ASK {\n ?x e:a.b.c ?y }")
    assert [
        spelling.message(f"error at {place}: e") for place in ("1:5", "2:4", "2:5", "2:8", "2:12", "2:14", "2:15")
    ] == [f"error at {place}: e" for place in ("1:5", "2:4", "2:5", "2:5", "2:5", "2:12", "2:13")]


def test_an_error_in_a_rewritten_query_points_at_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.embedded.rewriter.SMALLEST", 1)
    node = NamedNode(EX + "a")
    store = EmbeddedStore.of([Quad(node, node, node)])
    text = f"{HEAD}\n\nSELECT * {{ ?a e:p ?b FILTER EXISTS {{ ?b e:q ?c . ?c e:r ?d }} FILTER(?b != 'x'@en-GB-x) }}"
    assert store.rewritten(text) != text
    with pytest.raises(QueryError, match="error at 3:8"):
        store.query(text)


def test_every_way_of_asking_reads_the_same(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(f"@prefix e: <{EX}> . e:v1.0.1 e:next.of.it e:v1.0.2 .", encoding="utf-8")
    text = f"{HEAD}SELECT ?x {{ e:v1.0.1 e:next.of.it ?x }}"
    meant = ((NamedNode(EX + "v1.0.2"),),)
    graph = kg.open(data=[data])
    for _ in range(3):
        assert tuple(graph.query(text).rows) == meant
    limited = LimitedStore(graph.store, timeout=20)  # type: ignore[arg-type] # a store in memory
    assert [limited.select(text).rows for _ in range(3)] == [meant] * 3
    limited.close()
    file = tmp_path / "query.rq"
    file.write_text(text, encoding="utf-8")
    for query in ([str(file)], [text]):
        done = commandline.kg("query", "--data", data, "-f", "csv", *query)
        assert done.stdout.split() == ["x", f"{EX}v1.0.2"], done.stderr


def test_a_diagnosis_probes_the_names_that_were_typed(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(f"@prefix e: <{EX}> . e:v1.0.1 e:next.of.it e:v1.0.2 .", encoding="utf-8")
    graph = kg.open(data=[data])
    (cause,) = graph.query(f"{HEAD}SELECT ?x {{ e:v1.0.1 e:next.of.it ?x . ?x e:nothing.of.it ?y }}").diagnosis.causes
    assert "nothing.of.it" in str(cause)


def test_an_update_writes_the_names_that_were_typed() -> None:
    store = WritableEmbeddedStore.in_memory()
    store.update(f"{HEAD}INSERT DATA {{ e:1.1.1 e:p.q.r TRUE }}")
    assert list(store.quads()) == [Quad(NamedNode(EX + "1.1.1"), NamedNode(EX + "p.q.r"), Literal(value=True))]
    with pytest.raises(QueryError, match="error at 2:8"):  # the update ends there
        store.update(f"{HEAD}INSERT DATA {{ e:1.1.1\ne:p.q.r")


@pytest.mark.parametrize("engine", ["columnar", "sparql"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value { $this e:p.q.r ?value FILTER(?value = e:1.1.1) }",
        "SELECT $this ?value { $this e:p.q.r ?value OPTIONAL { $this e:nothing ?nothing } FILTER(?value IN (e:1.1.1)) }",
        "SELECT $this ?value { $this e:p.q.r ?any FILTER(TRUE) } GROUP BY $this (?any AS ?value) HAVING(?any = e:1.1.1)",
    ],
)
def test_constraints_of_shapes_read_the_same(query: str, engine: str) -> None:
    head = f"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <{EX}> .\n"
    shapes = f"""e: sh:declare [ sh:prefix "e" ; sh:namespace "{EX}" ] .
        e:S sh:targetNode e:a ; sh:sparql [ sh:prefixes e: ; sh:select "{query}" ] ."""
    data = "e:a e:p.q.r e:1.1.1 , e:1.1 ."
    quads, read = (list(statements_of(head + text, RdfFormat.TURTLE)) for text in (data, shapes))
    report = validate(quads, read_shapes(read), engine=engine)
    assert [result.value for result in report.results] == [NamedNode(EX + "1.1.1")]


def test_the_cheap_look_misses_no_name_and_changes_no_tree() -> None:
    """Texts of names from all that a name may hold: spelt, they are the same tree, and the engine reads that from them."""
    choice = random.Random(5)  # noqa: S311 - the same names every time
    pieces = ["a", "1", "-", ".", ".", "..", "_", ":", "%41", r"\-", r"\.", r"\u0061", "é", "b"]
    store = EmbeddedStore.of([])
    odd = 0
    for _ in range(1500):
        local = "".join(choice.choices(pieces, k=choice.randint(1, 7)))
        ground = choice.choice(["", " ", "\n", "# e:a.b.c\n"])
        text = f"{HEAD}SELECT * {{ VALUES ?x {{ e:{local}{ground} }} }}"
        try:
            tree = parse(text)
        except QueryError:
            continue
        assert as_read(text) == spelt(text).text
        assert parse(spelt(text).text) == tree
        odd += as_read(text) != text
        in_full = write(replace(tree, prologue=()))
        assert store.select(text).rows == store.select(in_full).rows, text
    assert odd > 200


@pytest.mark.parametrize("piece", ["a", "事業", "a-", "a.", "FILTER ", "FILTER(", "GROUP BY ", "GROUP BY (", "a:"])
def test_a_long_literal_is_asked_for_in_time_that_grows_with_its_length(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.process_time()
    assert EmbeddedStore.of([]).select(f'SELECT ?x {{ VALUES ?x {{ "{text}" }} }}').rows == ((Literal(text),),)
    assert time.process_time() - started < 5
