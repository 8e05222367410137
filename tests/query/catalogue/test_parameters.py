from __future__ import annotations

import datetime as dt
from decimal import Decimal
from inspect import Parameter as Argument
from inspect import signature
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Store

from kg import sparql
from kg.core.errors import QueryError
from kg.core.terms import expand, rebase
from kg.graph.questions import Question
from kg.query.catalogue.binding import bind_parameters, defaults, rebased, resolve
from kg.query.catalogue.catalogue import read_query
from kg.query.catalogue.declarations import Parameter
from kg.query.results.typed import value_of
from kg.store.embedded import WritableEmbeddedStore
from kg.store.embedded.store import EmbeddedStore
from kg.store.memory_rdflib import RdflibStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.graph import Graph
    from kg.query.catalogue.catalogue import CatalogueQuery

STAGE = Parameter("stage", "the stage", type="motkg:Stage", scheme="scheme:stage")
SPECIALIST = Parameter("specialist", "the specialist", type="motkg:SpecialistKind")
XSD = "http://www.w3.org/2001/XMLSchema#"


def refusal(parameter: Parameter, value: str, graph: Graph) -> QueryError:
    with pytest.raises(QueryError) as caught:
        resolve(parameter, value, graph.store)
    return caught.value


def query_of(folder: Path, text: str) -> CatalogueQuery:
    (folder / "topic").mkdir()
    path = folder / "topic" / "name.rq"
    path.write_text(text, encoding="utf-8")
    return read_query(path)


@pytest.mark.parametrize(
    "name",
    [
        "commercialization",
        "COMMERCIALIZATION",
        "stage/commercialization",
        "stage:commercialization",
        "事業化",
        "ｃｏｍｍｅｒｃｉａｌｉｚａｔｉｏｎ",  # noqa: RUF001 - as a Japanese keyboard types it
        "https://w3id.org/motkg/concept/stage/commercialization",
        "<https://w3id.org/motkg/concept/stage/commercialization>",
    ],
)
def test_a_thing_has_many_names(name: str, graph: Graph) -> None:
    assert resolve(STAGE, name, graph.store) == NamedNode("https://w3id.org/motkg/concept/stage/commercialization")


def test_an_alternative_label_is_a_name(graph: Graph) -> None:
    answer = graph.store.query(
        "SELECT ?thing (STR(?label) AS ?text) WHERE { ?thing a motkg:SpecialistKind ; skos:altLabel ?label } ORDER BY ?label LIMIT 1"
    )
    assert isinstance(answer, Solutions)
    ((thing, label),) = answer.rows
    assert isinstance(label, Literal)
    assert resolve(SPECIALIST, label.value, graph.store) == thing


def test_what_is_of_another_class_is_said_to_be(graph: Graph) -> None:
    for name in ("commercialization", "事業化", "stage:commercialization"):
        assert f"'{name}' is a motkg:Stage, the parameter takes motkg:SpecialistKind" in str(
            refusal(SPECIALIST, name, graph)
        )


def test_what_is_of_another_scheme_is_said_to_be(graph: Graph) -> None:
    answer = graph.store.query(
        "SELECT ?stage WHERE { ?stage a motkg:Stage ; skos:inScheme scheme:cluster-stage } ORDER BY ?stage LIMIT 1"
    )
    assert isinstance(answer, Solutions)
    ((stage,),) = answer.rows
    assert isinstance(stage, NamedNode)
    message = str(refusal(STAGE, stage.value, graph))
    assert "is a motkg:Stage of another scheme, the parameter takes motkg:Stage of scheme:stage" in message


def test_a_class_itself_is_no_thing_of_the_class(graph: Graph) -> None:
    assert "is a owl:Class" in str(refusal(STAGE, "motkg:Stage", graph))


@pytest.mark.parametrize(
    ("parameter", "slip", "name"),
    [
        (STAGE, "comercialization", "commercialization"),
        (STAGE, "事業か", "事業化"),
        (SPECIALIST, "venture captial", "venture capital"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name(parameter: Parameter, slip: str, name: str, graph: Graph) -> None:
    assert name in refusal(parameter, slip, graph).near


def test_a_name_of_several_things_is_answered_with_the_choice(graph: Graph) -> None:
    error = refusal(Parameter("source", "the document", type="motkg:SourceDocument"), "document", graph)
    assert "several things" in str(error)
    assert "id/kirihata-mot/document" in error.hint
    assert "id/kanai-hara-1992/document" in error.hint


def test_an_enumeration_of_things_leaves_out_the_others(graph: Graph) -> None:
    early = Parameter("stage", "", type="motkg:Stage", enumerate=("stage:basic-research", "stage:product-development"))
    assert resolve(early, "basic research", graph.store) == expand("stage:basic-research")
    assert "outside the list" in str(refusal(early, "commercialization", graph))


ACCEPTED = [
    ("xsd:string", ""),
    ("xsd:string", '"}\n\\u007D'),
    ("xsd:integer", "-012"),
    ("xsd:decimal", ".5"),
    ("xsd:decimal", "5."),
    ("xsd:double", "1e400"),
    ("xsd:boolean", "1"),
    ("xsd:date", "2024-02-29"),
    ("xsd:date", "12000-02-29"),
    ("xsd:date", "1987-11-06+09:00"),
    ("xsd:dateTime", "1987-11-06T23:59:59.5Z"),
    ("xsd:gYear", "-0044"),
]
NOT_ACCEPTED = [
    ("xsd:string", "a\x00b"),
    ("xsd:string", "\ud800"),
    ("xsd:integer", "1.0"),
    ("xsd:integer", "١٢"),
    ("xsd:integer", "1\n"),
    ("xsd:decimal", "1e3"),
    ("xsd:decimal", "."),
    ("xsd:decimal", "1,5"),
    ("xsd:double", "NaN"),
    ("xsd:boolean", "yes"),
    ("xsd:date", "2023-02-29"),
    ("xsd:date", "1900-02-29"),
    ("xsd:date", "2023-13-01"),
    ("xsd:date", "87-11-06"),
    ("xsd:date", "012000-02-29"),
    ("xsd:dateTime", "1987-11-06"),
    ("xsd:dateTime", "1987-11-06T25:00:00"),
    ("xsd:gYear", "87"),
]


@pytest.mark.parametrize(("datatype", "text"), ACCEPTED)
def test_a_lexical_form_is_kept_as_written(datatype: str, text: str, graph: Graph) -> None:
    assert resolve(Parameter("p", "", datatype=datatype), text, graph.store) == Literal(text, datatype=expand(datatype))


@pytest.mark.parametrize(("datatype", "text"), NOT_ACCEPTED)
def test_another_form_is_refused_with_the_datatype(datatype: str, text: str, graph: Graph) -> None:
    error = refusal(Parameter("p", "", datatype=datatype), text, graph)
    assert f"is no {datatype}, which parameter 'p' takes" in str(error)
    assert error.hint


@pytest.mark.parametrize(
    ("parameter", "inside", "outside"),
    [
        (
            Parameter("p", "", datatype="xsd:decimal", minimum=Decimal(0), maximum=Decimal(1)),
            ["0", "1.0", "0.5"],
            ["-0.1", "1.0001", "9" * 5000],
        ),
        (Parameter("p", "", datatype="xsd:integer", minimum=Decimal(1)), ["1", "9" * 5000], ["0", "-5"]),
        (Parameter("p", "", datatype="xsd:double", maximum=Decimal("0.1")), ["1e-1", "-1e400"], ["1e400", "0.11"]),
        (Parameter("p", "", datatype="xsd:string", enumerate=("en", "ja")), ["en", "ja"], ["EN", "", "e n", "fr"]),
        (Parameter("p", "", datatype="xsd:decimal", enumerate=("0.05", "0.1")), ["0.05", "0.10", "+.1"], ["0.5", "1"]),
    ],
    ids=["between", "at least", "at most", "words", "numbers"],
)
def test_values_outside_what_is_allowed_are_refused(
    parameter: Parameter, inside: list[str], outside: list[str], graph: Graph
) -> None:
    assert [getattr(resolve(parameter, text, graph.store), "value", None) for text in inside] == inside
    for text in outside:
        assert "does not take" in str(refusal(parameter, text, graph))


NEEDED = """#+ summary: What is it?
#+ parameters:
#+   what: {datatype: "xsd:string", required: true, description: what}
#+   more: {datatype: "xsd:integer", description: how much more}
#+   any: {datatype: "xsd:integer", description: anything}
SELECT * WHERE { VALUES ?what { "an example" } VALUES ?more { 1 2 } VALUES ?any { UNDEF } }
"""


def test_a_required_parameter_must_be_given(tmp_path: Path, graph: Graph) -> None:
    query = query_of(tmp_path, NEEDED)
    with pytest.raises(QueryError, match="needs a value for parameter 'what'"):
        bind_parameters(query, {"more": "3"}, graph.store)
    assert '"this"' in bind_parameters(query, {"what": "this"}, graph.store).text


def test_defaults_are_what_the_file_binds(tmp_path: Path) -> None:
    one, two = (Literal(text, datatype=NamedNode(f"{XSD}integer")) for text in "12")
    assert defaults(query_of(tmp_path, NEEDED)) == {"what": (Literal("an example"),), "more": (one, two), "any": ()}


def test_the_default_of_every_parameter_is_a_value_that_it_takes(graph: Graph) -> None:
    tried = 0
    for query in graph.catalogue:
        for name, terms in defaults(query).items():
            for term in terms:
                assert resolve(query.parameters[name], term.value, graph.store) == term
                tried += 1
        assert defaults(query).keys() == query.parameters.keys()
    assert tried


def test_a_line_that_only_a_comment_holds_is_no_line(tmp_path: Path, graph: Graph) -> None:
    text = NEEDED.replace("VALUES ?more { 1 2 }", "# VALUES ?more { 1 2 }\n")
    with pytest.raises(QueryError, match="no line VALUES"):
        bind_parameters(query_of(tmp_path, text), {"what": "x", "more": "1"}, graph.store)


def test_an_unknown_parameter_is_answered_with_the_known_ones(graph: Graph) -> None:
    with pytest.raises(QueryError) as caught:
        bind_parameters(graph.catalogue["factors-at-stage"], {"stge": "x"}, graph.store)
    assert caught.value.near == ("stage",)


EVERY = """#+ summary: What is it?
#+ parameters:
#+   number: {datatype: "xsd:decimal", required: true, description: a number}
#+   power: {datatype: "xsd:double", description: another}
#+   truth: {datatype: "xsd:boolean", description: whether}
#+   time: {datatype: "xsd:dateTime", description: when}
#+   day: {datatype: "xsd:date", description: which day}
SELECT * WHERE {
  VALUES ?number { 1.0 } VALUES ?power { 1e0 } VALUES ?truth { true } VALUES ?time { UNDEF } VALUES ?day { UNDEF }
}
"""


def test_python_values_are_written_in_the_forms_of_their_datatypes(tmp_path: Path, graph: Graph) -> None:
    query = query_of(tmp_path, EVERY)
    asked: list[dict[str, str]] = []
    question = Question(query, lambda _, values: asked.append(dict(values)))  # type: ignore[arg-type,return-value]
    question(
        number=Decimal("1E+3"),
        power=1e-7,
        truth=True,
        time=dt.datetime(1987, 11, 6, 9, tzinfo=dt.UTC),
        day=dt.date(1987, 11, 6),
    )
    assert asked[0] == {
        "number": "1000",
        "power": "0.0000001",
        "truth": "true",
        "time": "1987-11-06T09:00:00+00:00",
        "day": "1987-11-06",
    }
    assert "1987-11-06T09:00:00+00:00" in bind_parameters(query, asked[0], graph.store).text
    arguments = signature(question).parameters
    assert arguments["number"].default is Argument.empty
    assert (arguments["power"].default, arguments["truth"].default, arguments["day"].default) == (1.0, True, None)


OTHER = "https://example.org/mot/"


def test_under_another_base_iris_move_and_texts_stay() -> None:
    text = (
        'SELECT ("<https://w3id.org/motkg/x>" AS ?same) WHERE { stage:commercialization a <https://w3id.org/motkg/y> }'
    )
    moved = sparql.parse(rebased(text, OTHER))
    assert {node.value for node in sparql.walk(moved) if isinstance(node, sparql.Iri)} >= {
        f"{OTHER}concept/stage/commercialization",
        f"{OTHER}y",
    }
    assert [node.value for node in sparql.walk(moved) if isinstance(node, sparql.Literal)] == [
        "<https://w3id.org/motkg/x>"
    ]


def test_parameters_are_found_in_a_graph_under_another_base(graph: Graph) -> None:
    from pyoxigraph import Quad

    from kg.graph.graph import Graph as Opened

    def moved(term: object) -> object:
        return NamedNode(rebase(term.value, OTHER)) if isinstance(term, NamedNode) else term

    quads = [Quad(*map(moved, (q.subject, q.predicate, q.object, q.graph_name))) for q in graph.store.quads()]  # type: ignore[arg-type]
    other = Opened(EmbeddedStore.of(quads), OTHER)
    for stage in ("事業化", "stage:commercialization", f"{OTHER}concept/stage/commercialization"):
        assert other.answer("factors-at-stage", {"stage": stage}) == graph.answer(
            "factors-at-stage", {"stage": "commercialization"}
        )
    with pytest.raises(QueryError, match="is a motkg:SpecialistKind, the parameter takes motkg:Stage"):
        other.answer("factors-at-stage", {"stage": "venture capital"})


def test_both_engines_give_a_bound_query_the_same_answer(graph: Graph) -> None:
    rdflib = RdflibStore.of(graph.store.quads())
    for name, values in [
        ("factors-at-stage", {"stage": "基礎研究", "language": "ja"}),
        ("search-space", {"n": "10", "m": "+020"}),
        ("definitions", {"containing": "Gap"}),
        ("alliance-participants", {"alliance": "Mycogen and Kubota"}),
    ]:
        text = bind_parameters(graph.catalogue[name], values, rdflib).text
        assert text == bind_parameters(graph.catalogue[name], values, graph.store).text
        one, other = graph.store.query(text), rdflib.query(text)
        assert isinstance(one, Solutions)
        assert isinstance(other, Solutions)
        assert one.rows
        assert [list(map(value_of, row)) for row in one.rows] == [list(map(value_of, row)) for row in other.rows]


@pytest.mark.parametrize(
    "value",
    ["  commercialization ", "\u3000事業化\u00a0", "concept/stage/commercialization", "\tstage:commercialization "],
)
def test_blanks_around_a_value_do_not_count_and_a_path_below_the_base_names_a_thing(value: str, graph: Graph) -> None:
    assert resolve(STAGE, value, graph.store) == NamedNode("https://w3id.org/motkg/concept/stage/commercialization")


@pytest.mark.parametrize(
    "value", ["kanai-hara-1992/org/altos-computer-systems", "id/kanai-hara-1992/org/altos-computer-systems"]
)
def test_the_path_of_a_document_names_a_thing(value: str, graph: Graph) -> None:
    firm = Parameter("firm", "the firm", type="motkg:Organization")
    expected = NamedNode("https://w3id.org/motkg/id/kanai-hara-1992/org/altos-computer-systems")
    assert resolve(Parameter("firm", "the firm", type="foaf:Agent"), value, graph.store) == expected
    assert "nothing is called" in str(refusal(firm, f"other-{value}", graph))


def test_blanks_around_a_listed_text_and_a_number_do_not_count(graph: Graph) -> None:
    language = Parameter("language", "the language", datatype="xsd:string", enumerate=("en", "ja"))
    assert resolve(language, " ja\u3000", graph.store).value == "ja"
    assert resolve(Parameter("n", "a number", datatype="xsd:integer"), "\u00a012\t", graph.store).value == "12"


FOREIGN = """
PREFIX ex: <https://example.org/v#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
INSERT DATA {
  ex:Startup rdfs:subClassOf ex:Company . ex:acme a ex:Startup ; rdfs:label "Acme"@en , "アクメ"@ja .
  ex:electronics a skos:Concept ; skos:topConceptOf ex:sectors . ex:optics a skos:Concept ; skos:broader ex:electronics .
  ex:electronics skos:narrower ex:chips . ex:chips a skos:Concept . ex:lasers a skos:Concept ; skos:broader ex:optics .
  ex:wool a skos:Concept .
}"""
QUERY = """#+ summary: Which companies?
#+ parameters:
#+   company: {type: "ex:Company", description: the company}
#+   sector: {type: "skos:Concept", scheme: "ex:sectors", description: the sector}
PREFIX ex: <https://example.org/v#>
SELECT ?company ?sector { VALUES ?company { UNDEF } VALUES ?sector { UNDEF } ?company ex:sector ?sector }
"""


@pytest.mark.parametrize(
    ("name", "value", "thing"),
    [
        ("company", "Acme", "acme"),
        ("company", "アクメ", "acme"),
        ("company", "acme", "acme"),
        ("company", "ex:acme", "acme"),
        ("sector", "ex:electronics", "electronics"),
        ("sector", "optics", "optics"),
        ("sector", "chips", "chips"),
        ("sector", "ex:lasers", "lasers"),
    ],
)
def test_prefixes_of_the_file_hold_and_subclasses_and_narrower_concepts_are_taken(
    name: str, value: str, thing: str, tmp_path: Path
) -> None:
    store = WritableEmbeddedStore(Store())
    store.update(FOREIGN)
    prepared = bind_parameters(query_of(tmp_path, QUERY), {name: value}, store)
    assert prepared.terms == {name: NamedNode(f"https://example.org/v#{thing}")}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "company",
            "ex:acne",
            "nothing is called 'ex:acne'\nparameter 'company' takes ex:Company: ex:acme\ndid you mean ex:acme?",
        ),
        ("company", "wool", "'wool' is a skos:Concept, the parameter takes ex:Company"),
        (
            "sector",
            "ex:wool",
            "'ex:wool' is a skos:Concept of another scheme, the parameter takes skos:Concept of ex:sectors",
        ),
        ("sector", "laser", "did you mean lasers?"),
    ],
)
def test_a_wrong_value_is_answered_in_the_prefixes_of_the_file(
    name: str, value: str, said: str, tmp_path: Path
) -> None:
    store = WritableEmbeddedStore(Store())
    store.update(FOREIGN)
    with pytest.raises(QueryError) as caught:
        bind_parameters(query_of(tmp_path, QUERY), {name: value}, store)
    assert said in str(caught.value)
