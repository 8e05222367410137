"""CSV, TSV, JSON and XML: their bytes after the recommendations, and what other parsers read from them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results
from rdflib.query import Result

from kg.core.errors import QueryError
from kg.query.results import render
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from kg.store.protocol import Term

XSD = "http://www.w3.org/2001/XMLSchema#"
OF_FORM = {"json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML, "tsv": QueryResultsFormat.TSV}

CSV = (
    "thing,text,n\r\n"
    'http://example.org/a?b=c&d,"comma, ""quote""",0.50\r\n'
    '_:b1,"two\nlines\tand tab\r\\",007\r\n'
    "https://w3id.org/motkg/concept/stage/commercialization,事業化,\r\n"
    ",<b> | $5_% #{x}^~ 'q' --,1.0E3\r\n"
    "true,,2026-01-31\r\n"
)
TSV = (
    "?thing\t?text\t?n\n"
    f'<http://example.org/a?b=c&d>\t"comma, \\"quote\\""\t"0.50"^^<{XSD}decimal>\n'
    f'_:b1\t"two\\nlines\\tand tab\\r\\\\"\t"007"^^<{XSD}integer>\n'
    '<https://w3id.org/motkg/concept/stage/commercialization>\t"事業化"@ja\t\n'
    f'\t"<b> | $5_% #{{x}}^~ \'q\' --"@en-gb\t"1.0E3"^^<{XSD}double>\n'
    f'"true"^^<{XSD}boolean>\t""\t"2026-01-31"^^<{XSD}date>\n'
)
XML_OF_TWO_ROWS = f"""<?xml version="1.0" encoding="UTF-8"?>
<sparql xmlns="http://www.w3.org/2005/sparql-results#">
 <head>
  <variable name="thing"/>
  <variable name="text"/>
  <variable name="n"/>
 </head>
 <results>
  <result>
   <binding name="thing"><uri>http://example.org/a?b=c&amp;d</uri></binding>
   <binding name="text"><literal>comma, &quot;quote&quot;</literal></binding>
   <binding name="n"><literal datatype="{XSD}decimal">0.50</literal></binding>
  </result>
  <result>
   <binding name="thing"><bnode>b1</bnode></binding>
   <binding name="text"><literal>two&#xA;lines&#x9;and tab&#xD;\\</literal></binding>
   <binding name="n"><literal datatype="{XSD}integer">007</literal></binding>
  </result>
 </results>
</sparql>
"""


def from_rdflib(term: rdflib.term.Node | None) -> Term | None:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode("any")
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype)) if term.datatype else None)


def without_labels(solutions: Solutions) -> list[tuple[Term | None, ...]]:
    """The rows with every blank node alike: their labels may change on reading."""
    return [tuple(BlankNode("any") if isinstance(term, BlankNode) else term for term in row) for row in solutions.rows]


def test_csv_is_the_plain_values(tricky: Solutions) -> None:
    assert render(tricky, "csv") == CSV
    assert list(csv.reader(io.StringIO(CSV, newline="")))[2] == ["_:b1", "two\nlines\tand tab\r\\", "007"]


def test_csv_keeps_a_row_of_one_empty_value() -> None:
    assert render(Solutions(("x",), ((None,), (Literal("a"),))), "csv") == 'x\r\n""\r\na\r\n'


def test_tsv_is_the_terms_as_turtle_writes_them(tricky: Solutions) -> None:
    assert render(tricky, "tsv") == TSV


def test_xml_escapes_what_a_parser_would_change(tricky: Solutions) -> None:
    assert render(Solutions(tricky.variables, tricky.rows[:2]), "xml") == XML_OF_TWO_ROWS


def test_json_has_the_members_of_the_recommendation(tricky: Solutions) -> None:
    assert json.loads(render(tricky, "json")) == {
        "head": {"vars": ["thing", "text", "n"]},
        "results": {
            "bindings": [
                {
                    "thing": {"type": "uri", "value": "http://example.org/a?b=c&d"},
                    "text": {"type": "literal", "value": 'comma, "quote"'},
                    "n": {"type": "literal", "value": "0.50", "datatype": f"{XSD}decimal"},
                },
                {
                    "thing": {"type": "bnode", "value": "b1"},
                    "text": {"type": "literal", "value": "two\nlines\tand tab\r\\"},
                    "n": {"type": "literal", "value": "007", "datatype": f"{XSD}integer"},
                },
                {
                    "thing": {"type": "uri", "value": "https://w3id.org/motkg/concept/stage/commercialization"},
                    "text": {"type": "literal", "value": "事業化", "xml:lang": "ja"},
                },
                {
                    "text": {"type": "literal", "value": "<b> | $5_% #{x}^~ 'q' --", "xml:lang": "en-gb"},
                    "n": {"type": "literal", "value": "1.0E3", "datatype": f"{XSD}double"},
                },
                {
                    "thing": {"type": "literal", "value": "true", "datatype": f"{XSD}boolean"},
                    "text": {"type": "literal", "value": ""},
                    "n": {"type": "literal", "value": "2026-01-31", "datatype": f"{XSD}date"},
                },
            ],
        },
    }
    assert "事業化" in render(tricky, "json")


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_oxigraph_reads_back_every_term(form: str, tricky: Solutions) -> None:
    read = parse_query_results(render(tricky, form).encode(), format=OF_FORM[form])
    assert isinstance(read, QuerySolutions)
    assert tuple(variable.value for variable in read.variables) == tricky.variables
    rows = tuple(tuple(solution[name] for name in tricky.variables) for solution in read)
    assert without_labels(Solutions(tricky.variables, rows)) == without_labels(tricky)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_rdflib_reads_back_every_term(form: str, tricky: Solutions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    read = Result.parse(io.BytesIO(render(tricky, form).encode()), format=form)
    rows = [tuple(from_rdflib(row.get(rdflib.Variable(name))) for name in tricky.variables) for row in read.bindings]
    assert rows == without_labels(tricky)


@pytest.mark.parametrize("answer", [True, False])
def test_truth_values_are_read_back(answer: bool) -> None:  # noqa: FBT001
    for form in ("json", "xml"):
        assert Result.parse(io.BytesIO(render(answer, form).encode()), format=form).askAnswer is answer
        read = parse_query_results(render(answer, form).encode(), format=OF_FORM[form])
        assert bool(read) is answer
    word = "true" if answer else "false"
    assert render(answer, "csv") == f"{word}\r\n"
    assert render(answer, "tsv") == render(answer, "table") == f"{word}\n"


def test_quoted_triples_are_read_back() -> None:
    triple = Triple(NamedNode("http://example.org/s"), NamedNode("http://example.org/p"), Literal("o", language="en"))
    solutions = Solutions(("t",), ((triple,),))
    for form in ("json", "xml"):
        read = parse_query_results(render(solutions, form).encode(), format=OF_FORM[form])
        assert isinstance(read, QuerySolutions)
        assert [solution["t"] for solution in read] == [triple]


def test_no_rows_are_still_an_answer() -> None:
    empty = Solutions(("a", "b"), ())
    assert render(empty, "csv") == "a,b\r\n"
    assert render(empty, "tsv") == "?a\t?b\n"
    assert json.loads(render(empty, "json")) == {"head": {"vars": ["a", "b"]}, "results": {"bindings": []}}


def test_xml_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(QueryError, match=r"U\+0001") as caught:
        render(Solutions(("x",), ((Literal("a\x01b"),),)), "xml")
    assert "json" in caught.value.hint


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    with pytest.raises(QueryError) as caught:
        render(Solutions(("x",), ()), "jsn")
    assert caught.value.near[0] == "json"
