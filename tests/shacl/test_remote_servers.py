"""Virtuoso and Fuseki give, over HTTP, the reports of the columnar executor."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

import commandline
import pytest
from nightly import sample
from planted import FAULTS, data_shapes, good_graph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize
from w3cshacl import FILES, MISSING, case, names

from kg.commands.validate import read_given_shapes, shipped_shapes
from kg.commands.validate.endpoint import StoreServer, check_store
from kg.shacl import Report, read_shapes, validate
from kg.shacl.givenshapes import GivenShapes
from kg.store.remote.store import EndpointStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from servers import Fuseki, Virtuoso

ROOT = Path(__file__).parent.parent.parent
BENCHMARK = ROOT / "benchmarks" / "validate"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <https://example.org/> . "


class Server(Protocol):
    name: str
    endpoint: str

    def load(self, graph: str, quads: Iterable[Quad]) -> None:
        """Makes a named graph hold some statements and no other."""

    def alone(self, quads: Iterable[Quad]) -> list[str]:
        """Makes a graph hold some statements and no other, and gives what to name to validate it."""


class OnVirtuoso:
    """Graphs of a Virtuoso, which get there through its bulk loader. It answers with 1,000 rows at most."""

    name = "virtuoso"

    def __init__(self, server: Virtuoso) -> None:
        self._server = server
        self.endpoint = f"{server.address}/sparql"

    def load(self, graph: str, quads: Iterable[Quad]) -> None:
        (self._server.folder / "data.nt").write_bytes(lines(quads))
        self._server.run(
            f"SPARQL CLEAR GRAPH <{graph}>; DB.DBA.TTLP_MT(file_to_string_output('data.nt'), '', '{graph}', 0);"
        )

    def alone(self, quads: Iterable[Quad]) -> list[str]:
        self.load("urn:alone", quads)
        return ["urn:alone"]


class OnFuseki:
    """Graphs of a Fuseki, which get there through the graph store protocol."""

    name = "fuseki"

    def __init__(self, server: Fuseki) -> None:
        self._server = server
        self.endpoint = f"{server.address}/memory"

    def load(self, graph: str, quads: Iterable[Quad]) -> None:
        self._put(f"graph={quote(graph, safe='')}", quads)

    def alone(self, quads: Iterable[Quad]) -> list[str]:
        self._put("default", quads)
        return []

    def _put(self, graph: str, quads: Iterable[Quad]) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=60)
        connection.request("PUT", f"/memory?{graph}", lines(quads), {"Content-Type": "application/n-triples"})
        assert connection.getresponse().status in {200, 201, 204}
        connection.close()


def lines(quads: Iterable[Quad]) -> bytes:
    return b"".join(dict.fromkeys(serialize([quad.triple], format=RdfFormat.N_TRIPLES) or b"" for quad in quads))


@pytest.fixture(scope="session", params=["virtuoso", pytest.param("fuseki", marks=pytest.mark.java)])
def server(request: pytest.FixtureRequest) -> Server:
    if request.param == "virtuoso":
        return OnVirtuoso(request.getfixturevalue("virtuoso_server"))
    return OnFuseki(request.getfixturevalue("fuseki_server"))


@pytest.fixture(scope="session")
def reported(server: Server) -> Callable[[Iterable[Quad], GivenShapes], Report]:
    """Gives what a server reports of data under shapes."""

    def report(quads: Iterable[Quad], given: GivenShapes) -> Report:
        return check_store(EndpointStore(server.endpoint), given, graphs=server.alone(quads))

    return report


def keys(report: Report) -> Counter[tuple[object, ...]]:
    """Gives the results, messages and all; a server gives blank nodes labels of its own."""
    return Counter((*map(unlabelled, result.key), result.messages) for result in report.results)


def unlabelled(node: object) -> object:
    return "a blank node" if isinstance(node, BlankNode) else node


def given_shapes(text: str) -> GivenShapes:
    return GivenShapes(read_shapes(parse(PREFIXES + text, RdfFormat.TURTLE)), (), ())


def quads_of(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TURTLE))


def held(server: Server) -> list[Quad]:
    """Gives what a server made of the statements that were loaded last, in the form that it gives them."""
    content = StoreServer(EndpointStore(server.endpoint), ["urn:alone"] if server.name == "virtuoso" else [])
    count = content.select(f"SELECT (COUNT(*) AS ?n) {content.dataset}WHERE {{ ?s ?p ?o }}").rows[0][0]
    assert isinstance(count, Literal)
    every = f"CONSTRUCT {{ ?s ?p ?o }} {content.dataset}WHERE"
    found: set[Quad] = set()
    for size in (900, 700, 500):  # without an order, which costs Virtuoso too much, pages may overlap and miss some
        for start in range(0, int(count.value), size):
            page = content.construct(f"{every} {{ {{ SELECT * WHERE {{ ?s ?p ?o }} LIMIT {size} OFFSET {start} }} }}")
            found.update(parse(page, RdfFormat.N_TRIPLES))
        if len(found) >= int(count.value):
            break
    assert len(found) == int(count.value)
    return list(found)


def test_all_graphs_of_a_virtuoso_but_its_own_are_validated(virtuoso: EndpointStore, with_firms: list[Quad]) -> None:
    here, there = validate(with_firms, shipped_shapes().shapes), check_store(virtuoso, shipped_shapes())
    assert (there.conforms, there.results, there.fails()) == (True, (), False)
    assert there.focus_nodes == here.focus_nodes > 4000
    assert set(there.empty_targets) == {target for target in here.empty_targets if target.known or not target.near}
    assert there.delegated == ()


@pytest.fixture(scope="session")
def broken(server: Server, shipped: list[Quad]) -> list[Quad]:
    """A good graph with every planted fault at once.

    On Virtuoso with the shipped graph beside it, which takes its time to load.
    """
    removed = {quad for fault in FAULTS for quad in fault.removed}
    added = [quad for fault in FAULTS for quad in fault.added]
    beside = shipped if server.name == "virtuoso" else []
    return [*beside, *(quad for quad in good_graph() if quad not in removed), *added]


def test_planted_faults_are_found_beside_the_shipped_graph_which_conforms(
    server: Server, reported: Callable[..., Report], broken: list[Quad], shipped: list[Quad]
) -> None:
    there = reported(broken, GivenShapes(data_shapes(), (), ()))
    seen = held(server)
    here = validate(seen, data_shapes())
    assert keys(there) == keys(here)
    assert there.focus_nodes == here.focus_nodes
    faulty = {quad.subject for fault in FAULTS for quad in (*fault.added, *fault.removed)} | {
        quad.subject for quad in good_graph()
    }
    touched = {quad.subject for quad in shipped} - faulty
    assert not [
        result for result in there.results if not isinstance(result.focus, BlankNode) and result.focus in touched
    ]
    written = keys(validate(broken, data_shapes()))
    assert written.total() > 600
    if server.name == "fuseki":
        assert keys(there) == written
    else:  # it makes 1 of "1.5"^^xsd:integer and "12" of "12.0"^^xsd:decimal when it loads them
        assert {value for _, _, value, *_ in written - keys(there)} <= {
            *(Literal("1.5", datatype=NamedNode(f"{XSD}integer")), Literal("-1", datatype=NamedNode(f"{XSD}integer"))),
            *(Literal(text, datatype=NamedNode(f"{XSD}decimal")) for text in ("0.0", "12.0", "15.0", "20.0")),
        }
        assert (written & keys(there)).total() > 600


def test_the_benchmark_is_reported_alike(reported: Callable[..., Report], tmp_path: Path) -> None:
    size = 20_000
    path = tmp_path / "data.nt"
    subprocess.run([sys.executable, BENCHMARK / "generate.py", str(size), path], check=True)
    quads = list(parse(path=path))
    given = read_given_shapes([BENCHMARK / "shapes.ttl"])
    here, there = validate(quads, given.shapes), reported(quads, given)
    assert keys(there) == keys(here)
    assert len(there.results) >= size / 2000
    assert there.focus_nodes == here.focus_nodes


LITERALS = """
:a a :T ; :label "x"@en , "y"@en , "事業化" , "事業化"@ja , "a\\"b\\\\c\\nd" , "𠮷" , "é"@fr-CA ;
   :day "2020-01-01"^^xsd:date , "2020-02-30"^^xsd:date ; :flag true , false ; :year "1990"^^xsd:gYear ;
   :moment "2020-01-01T00:00:00"^^xsd:dateTime , "2020-01-01T12:00:00Z"^^xsd:dateTime , "2020-01-01T23:30:00+09:00"^^xsd:dateTime ;
   :number 1 , 2.5 , "300"^^xsd:byte , "-5"^^xsd:nonNegativeInteger , "3.14159265358979"^^xsd:double .
"""
OF_LITERALS = """
:S sh:targetClass :T ;
   sh:property [ sh:path :label ; sh:minLength 2 ; sh:uniqueLang true ;
      sh:languageIn ( "en" "fr" ) ; sh:pattern "^[a-z事]" ; sh:maxLength 3 ] ;
   sh:property [ sh:path :day ; sh:datatype xsd:date ; sh:maxExclusive "2020-01-02"^^xsd:date ] ;
   sh:property [ sh:path :moment ; sh:minInclusive "2020-01-01T12:00:00Z"^^xsd:dateTime ] ;
   sh:property [ sh:path :number ; sh:datatype xsd:integer ; sh:maxInclusive 3.1415926535 ; sh:in ( 1 2.50 ) ] ;
   sh:property [ sh:path :flag ; sh:in ( true ) ; sh:hasValue false ; sh:lessThan :number ] ;
   sh:property [ sh:path :year ; sh:datatype xsd:gYear ; sh:nodeKind sh:Literal ; sh:maxCount 0 ] .
"""


def test_literals_are_judged_here_whatever_the_server_thinks_of_them(
    server: Server, reported: Callable[..., Report]
) -> None:
    quads, given = quads_of(LITERALS), given_shapes(OF_LITERALS)
    there = reported(quads, given)
    here = validate(held(server), given.shapes)
    results = keys(there)
    if server.name == "virtuoso":  # a list that names 2.50 means what the server writes as 2.5
        assert {str(value) for _, _, value, *_ in keys(here) - results} == {f'"2.5"^^<{XSD}decimal>'}
        assert results - keys(here) == Counter()
    else:
        assert results == keys(here) == keys(validate(quads, given.shapes))


def test_what_a_server_makes_of_literals_is_said_and_allowed(server: Server, reported: Callable[..., Report]) -> None:
    report = reported(quads_of(":a a :T ."), given_shapes(":S sh:targetClass :T ; sh:nodeKind sh:IRI ."))
    concerns = [(concern.kind, concern.allowed) for concern in report.concerns]
    assert concerns == ([("rewritten-literals", True)] if server.name == "virtuoso" else [])
    assert not report.fails()
    assert report.server == server.endpoint


def test_blank_nodes_are_followed(reported: Callable[..., Report]) -> None:
    quads = quads_of(" ".join(f":n{n} a :C ; :p [ :q {n} ; :r [ :q {n % 3} ; a :C ] ] ." for n in range(9)))
    given = given_shapes(
        ":S sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( :p :q ) ; sh:property [ sh:path ( :p :r :q ) ; sh:in ( 0 1 ) ] ."
    )
    here, there = validate(quads, given.shapes), reported(quads, given)
    assert keys(there) == keys(here)
    assert len({result.focus for result in there.results if isinstance(result.focus, BlankNode)}) == 9
    assert there.focus_nodes == 18


def test_names_that_the_server_does_not_know_are_told(reported: Callable[..., Report]) -> None:
    given = given_shapes(
        ":S sh:targetClass :Frim ; sh:path :p . :T sh:targetClass :Firm ; sh:path :locatdIn ; sh:minCount 0 ."
    )
    report = reported(quads_of(":a a :Firm ; :locatedIn :b ."), given)
    told = {(concern.kind, concern.term, concern.near) for concern in report.concerns if not concern.allowed}
    assert told == {
        ("empty-target", NamedNode("https://example.org/Frim"), ("<https://example.org/Firm>",)),
        ("unknown-name", NamedNode("https://example.org/locatdIn"), ("<https://example.org/locatedIn>",)),
    }


def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
    return commandline.kg("validate", *arguments, cwd=ROOT)


@pytest.fixture
def shape_file(tmp_path: Path) -> str:
    path = tmp_path / "shapes.ttl"
    path.write_text(PREFIXES + ":S sh:targetClass :T ; sh:path :p ; sh:maxCount 1 .", encoding="utf-8")
    return str(path)


def test_the_command_line_names_server_and_engine(server: Server, shape_file: str) -> None:
    server.load("urn:one", quads_of(":a a :T ; :p 1 , 2 ."))
    server.load("urn:two", quads_of(":b a :T ; :p 1 ."))
    at = ("--endpoint", server.endpoint, "--shapes", shape_file)
    bad, good = kg(*at, "--graph-uri", "urn:one", "--progress"), kg(*at, "--graph-uri", "urn:two")
    assert (bad.returncode, good.returncode) == (1, 0)
    assert bad.stdout.startswith(
        f"does not conform: 1 result, 1 focus node checked with the sparql engine at {server.endpoint}\n"
    )
    assert good.stdout.startswith(f"conforms: 1 focus node checked with the sparql engine at {server.endpoint}\n")
    assert "3 statements read" in bad.stderr
    both = kg(*at, "--graph-uri", "urn:one", "--graph-uri", "urn:two", "--format", "json")
    content = json.loads(both.stdout)
    assert (content["server"], content["engine"], content["focusNodes"], len(content["results"])) == (
        server.endpoint,
        "sparql",
        2,
        1,
    )
    assert both.stderr == ""


FORMS = {"turtle": "@prefix", "sarif": "{", "junit": "<?xml", "github": "::", "html": "<!doctype"}


@pytest.mark.parametrize(("form", "begin"), FORMS.items())
def test_every_format_is_written(virtuoso_server: Virtuoso, shape_file: str, form: str, begin: str) -> None:
    server = OnVirtuoso(virtuoso_server)
    server.load("urn:one", quads_of(":a a :T ; :p 1 , 2 ."))
    done = kg("--endpoint", server.endpoint, "--shapes", shape_file, "--graph-uri", "urn:one", "--format", form)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.lower().startswith(begin)


def test_a_graph_without_statements_is_not_clean(server: Server, shape_file: str) -> None:
    done = kg("--endpoint", server.endpoint, "--shapes", shape_file, "--graph-uri", "urn:nothing")
    assert done.returncode == 1
    assert "nothing to check" in done.stdout


@pytest.mark.parametrize(
    ("address", "words"),
    [("/no/such/path", "404"), ("http://127.0.0.1:9/sparql", "refused"), ("nowhere", "not the address")],
)
def test_what_cannot_be_asked_is_an_error(virtuoso_server: Virtuoso, shape_file: str, address: str, words: str) -> None:
    done = kg(
        "--endpoint", virtuoso_server.address + address if address.startswith("/") else address, "--shapes", shape_file
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "cannot be checked" not in done.stderr


def test_options_about_files_do_not_go_with_an_endpoint() -> None:
    assert kg("--endpoint", "http://127.0.0.1:9/sparql", "data.ttl").returncode == 2
    assert kg("--graph-uri", "urn:one").returncode == 2


@pytest.mark.java
def test_a_server_that_keeps_graphs_apart_is_validated_as_their_union(fuseki_server: Fuseki) -> None:
    server = OnFuseki(fuseki_server)
    server.alone([])
    server.load("urn:left", quads_of(":a a :Apart ; :p 1 ."))
    server.load("urn:right", quads_of(":a :p 2 ."))
    report = check_store(
        EndpointStore(server.endpoint), given_shapes(":S sh:targetClass :Apart ; sh:path :p ; sh:maxCount 1 .")
    )
    assert [result.focus for result in report.results] == [NamedNode("https://example.org/a")]


NOT_PASSING: dict[str, dict[str, str]] = {
    "virtuoso": {
        "property/datatype-001": 'Virtuoso makes "2011-01-01T00:00:00"^^xsd:dateTime of "2011-01-01"^^xsd:dateTime when it loads it'
    },
    "fuseki": {},
}


# All of them at night; else some of each folder of the suite, and those that do not pass.
W3C = [
    pytest.param(path, test, id=name)
    for name, path, test in sample(
        names(), 30, lambda case: (case[0].partition("/")[0], any(case[0] in missed for missed in NOT_PASSING.values()))
    )
]
NO_W3C = [pytest.param(None, None, id="missing", marks=pytest.mark.skip(reason=MISSING))]


@pytest.mark.w3c
@pytest.mark.parametrize(("path", "test"), W3C if FILES else NO_W3C)
def test_the_suite_of_the_w3c_has_its_results_there(
    request: pytest.FixtureRequest, server: Server, reported: Callable[..., Report], path: Path, test: NamedNode
) -> None:
    about = case(path, test)
    if reason := NOT_PASSING[server.name].get(about.name):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError))
    there = reported(about.data, GivenShapes(read_shapes(about.shapes), (), ()))
    wanted = Counter(tuple(map(unlabelled, result.key)) for result in about.results)
    assert Counter(tuple(map(unlabelled, result.key)) for result in there.results) == wanted
    assert str(there.conforms).lower() == about.conforms
