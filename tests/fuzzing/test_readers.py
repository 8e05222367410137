"""Every reader gives a result or an error in words with a place for whatever it is given, and writes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import yaml
from fuzzing import COUNTS, contents, fuzzed, outcome, untouched
from hypothesis import given
from hypothesis import strategies as st
from mutations import encoded, texts, trees
from pyoxigraph import RdfFormat, Store

from kg.columns.snapshots import files as snapshot_files
from kg.commands.validate import check, read_data, read_given_shapes
from kg.core.errors import KGError
from kg.core.resources import cases_dir, queries_dir, shape_files
from kg.loaders import load_folder, load_rdf
from kg.loaders.ontology import shipped_vocabulary
from kg.loaders.rdf.addresses import places_of
from kg.loaders.rdf.reading import rdf_source
from kg.loaders.tables.infer import infer_map
from kg.loaders.tables.mapfile import parse_map
from kg.loaders.tables.rows import KnownIds, TableConverter
from kg.loaders.tables.tables import TableSource
from kg.shacl.incremental.state import key_of, open_state, seals_of, write_state
from kg.shacl.report.baseline import read_baseline, write_baseline
from kg.sparql import parse, write
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

TESTS = Path(__file__).parents[1]
CASES = cases_dir()


@pytest.fixture(scope="module", autouse=True)
def _told(record_testsuite_property: Callable[[str, object], None]) -> Generator[None]:
    yield
    for name, number in sorted(COUNTS.items()):
        record_testsuite_property(f"generated inputs, {name}", number)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzing")


# --- SPARQL ----------------------------------------------------------------------------------------------------------

QUERIES = [path.read_text(encoding="utf-8") for path in sorted(queries_dir().rglob("*.rq"))]
MORE_QUERIES = [
    (
        "PREFIX : <urn:x:> SELECT ?a (COUNT(DISTINCT ?b) AS ?n) FROM :g WHERE { ?a :p|^:q/(:r)* ?b FILTER(?b IN (1, 'x'@en)) }"
        " GROUP BY ?a HAVING (COUNT(?b) > 1) ORDER BY DESC(?n) LIMIT 3 OFFSET 1 VALUES ?a { :x UNDEF }"
    ),
    "BASE <urn:x:> CONSTRUCT { ?a <p> [ <q> (1 2.5 3e0 true) ] } WHERE { GRAPH ?g { ?a <p> _:b } MINUS { ?a a <c> } }",
    "ASK { VALUES (?a ?b) { (1 UNDEF) } BIND(IF(?a > 2, REGEX(?b, '^a+$', 'i'), !BOUND(?b)) AS ?c) FILTER NOT EXISTS { ?a ?p ?c } }",
    "PREFIX : <urn:x:> DESCRIBE ?a { ?a !(:p|^:q)+ ?b OPTIONAL { { SELECT * { ?b :p? ?c } LIMIT 1 } } FILTER(?a = -?b * 2) }",
    "VERSION '1.2' SELECT * { << ?a <urn:p> ?b ~ ?r >> ?p <<( <urn:s> <urn:p> 'x'@ar--rtl )>> {| <urn:q> 1 |} }",
]
SPARQL_WORDS = (
    *("SELECT", "DISTINCT", "WHERE", "OPTIONAL", "UNION", "MINUS", "FILTER", "EXISTS", "NOT", "BIND", "AS", "VALUES"),
    *(
        "GRAPH",
        "SERVICE",
        "GROUP",
        "ORDER",
        "BY",
        "HAVING",
        "LIMIT",
        "UNDEF",
        "IN",
        "a",
        "?x",
        "$x",
        "_:l",
        "[]",
        "()",
        "*",
    ),
    *(
        "CONSTRUCT",
        "ASK",
        "DESCRIBE",
        "FROM",
        "NAMED",
        "PREFIX",
        "BASE",
        "COUNT",
        "SUM",
        "GROUP_CONCAT",
        "IF",
        "COALESCE",
    ),
    *(
        "REGEX",
        "REPLACE",
        "LANG",
        "xsd:integer",
        "rdfs:label",
        "'x'@en",
        "'1'^^xsd:byte",
        "INSERT",
        "DELETE",
        "<urn:x>",
    ),
)


@fuzzed(300, 60_000)
@given(texts([*QUERIES, *MORE_QUERIES], SPARQL_WORDS))
def test_queries(text: str) -> None:
    outcome("SPARQL", lambda: _asked(text))


def _asked(text: str) -> None:
    query = parse(text)
    assert parse(write(query)) == query


@fuzzed(100, 12_000)
@given(texts(MORE_QUERIES, SPARQL_WORDS))
def test_queries_in_front_of_the_engine(text: str) -> None:
    outcome("SPARQL for the engine", lambda: EmbeddedStore(Store()).rewritten(text), "")


# --- files that people write -----------------------------------------------------------------------------------------


def _beginning(path: Path) -> str:
    """Return the first things of a case file."""
    return "\n- ".join(path.read_text(encoding="utf-8").split("\n- ")[:3])


CASE_FILES = [
    *(_beginning(path) for path in sorted(CASES.rglob("*.yaml")) if path.parent.name != "tables"),
    *((TESTS / "data" / "firms" / name).read_text(encoding="utf-8") for name in ("document.yaml", "firms.yaml")),
]
TABLES = sorted((CASES / "kirihata-mot" / "tables").glob("*.yaml"), key=lambda path: path.stat().st_size)[:6]
CASE_WORDS = (
    *(
        "id:",
        "type:",
        "name:",
        "source:",
        "span:",
        "- ",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "|",
        ">",
        "!!binary ",
        "&x ",
        "*x",
    ),
    *(
        "document",
        "Claim",
        "Firm",
        "stage:sales",
        "motkg:Firm",
        "[100, 200]",
        "{id: a, type: Firm}",
        "<<: *x",
        "---",
        "? ",
    ),
)


@fuzzed(150, 12_000)
@given(encoded(texts(CASE_FILES, CASE_WORDS)))
def test_case_files(folder: Path, content: bytes) -> None:
    _read_case(folder, "case files", {"things.yaml": content})


@fuzzed(60, 6_000)
@given(trees([yaml.safe_load(text) for text in CASE_FILES], ("document", "Claim", "[1, 2]", "stage:sales")))
def test_trees_of_case_files(folder: Path, tree: Any) -> None:  # noqa: ANN401 - any tree
    _read_case(folder, "trees of case files", {"things.yaml": _written(tree)})


@fuzzed(80, 8_000)
@given(st.sampled_from(TABLES), st.data())
def test_tables_and_their_descriptions(folder: Path, path: Path, data: st.DataObject) -> None:
    description, table = path.read_text(encoding="utf-8"), path.with_suffix(".csv").read_text(encoding="utf-8")
    files = {"tables/table.yaml": description.encode(), "tables/table.csv": table.encode()}
    changed = data.draw(st.sampled_from(sorted(files)))
    files[changed] = data.draw(encoded(texts([description if changed.endswith("yaml") else table], CASE_WORDS)))
    _read_case(folder, "tables of case files", files)


@fuzzed(40, 4_000)
@given(encoded(texts(["start,end,sha256\n100,200,0123456789abcdef\n", "start,end,sha256\n"])))
def test_spans(folder: Path, content: bytes) -> None:
    _read_case(folder, "spans", {"spans.csv": content})


def _written(tree: Any) -> bytes:  # noqa: ANN401 - any tree
    return json.dumps(tree, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _read_case(folder: Path, target: str, files: dict[str, bytes]) -> None:
    case = folder / "paper"
    shutil.rmtree(case, ignore_errors=True)
    (case / "tables").mkdir(parents=True)
    (case / "document.yaml").write_text("- {id: document, type: SourceDocument, fileName: paper.txt}\n", "utf-8")
    for name, content in files.items():
        (case / name).write_bytes(content)
    with untouched(folder):
        outcome(target, lambda: load_folder(case, shipped_vocabulary()), "paper")


MAPS = [
    (TESTS / "data" / "firm-tables" / "map.yaml").read_text(encoding="utf-8"),
    "id: org/{code}\ntype: Firm\nname: '{name}'\ncooperatesWith: {provider: 'org/{code}', since: {column: day, format: '%d.%m.%Y'}}\nskip: 1\nempty: ['-', n/a]\n",
]
MAP_WORDS = (
    *("id:", "type:", "table:", "{code}", "{", "}", "{column: code}", "lookup:", "format:", "separator:", "reference:"),
    *("'%d/%m/%Y'", "continues: true", "unmatched: skip", "skip: 3", "footer: 1", "delimiter: ;", "encoding: latin-1"),
)


@fuzzed(150, 12_000)
@given(texts(MAPS, MAP_WORDS))
def test_maps(text: str) -> None:
    outcome("maps", lambda: parse_map(text, "map.yaml"), "map.yaml")


CSV = 'code,name,day,amount\na,Aster,01.02.2020,1.5\nb,"B, ""x""",31.12.1999,\n"c\nd",É,,-3\n'
LINES = '{"code": "a", "name": "Aster", "day": "01.02.2020"}\n{"code": "b", "name": null, "amount": [1, 2.5e3]}\n'
ROWS = parse_map(MAPS[1].replace("skip: 1\n", ""), "map.yaml").tables[0]


@fuzzed(50, 6_000)
@given(st.sampled_from((("firms.csv", CSV), ("firms.tsv", CSV.replace(",", "\t")), ("firms.jsonl", LINES))), st.data())
def test_tables_of_firms(folder: Path, table: tuple[str, str], data: st.DataObject) -> None:
    name, text = table
    content = data.draw(encoded(texts([text], ("code", "name", ",", ";", '""', "\n", '{"code": "z"}', "31.02.2020"))))
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    (tables / name).write_bytes(content)
    with untouched(tables):
        outcome("tables of firms", lambda: _converted(tables / name), "firms", "map.yaml")
        outcome("tables to infer a map from", lambda: infer_map(str(tables / name)), name)


def _converted(path: Path) -> None:
    source = TableSource(str(path))
    known = KnownIds(lambda _: False, "https://w3id.org/motkg/id/register/")
    converter = TableConverter(ROWS, source.name, "register", known)
    converter.check_columns(source.open())
    for frame in source.batches(converter.id_columns()):
        converter.define(frame)
    known.close()
    for frame in source.batches(converter.columns):
        converted = converter.convert(frame)
        lines = b"".join(converted.pieces)
        Store().load(lines, format=RdfFormat.N_TRIPLES)
        assert all(reject.reason for reject in converted.rejects)


# --- RDF -------------------------------------------------------------------------------------------------------------

TURTLE = """@prefix : <https://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @base <urn:x:> .
:a a :Firm ; :name "Aster"@en, 'é\\u0041' ; :p [ :q ( 1 2.5 -3e0 true "x"^^xsd:byte ) ; :r _:b ] . _:b :p <rel> , _:b .
\"\"\"long\"\"\" . :g { :a :p :b } <<( :s :p :o )>> :says 1 .
"""
JSON_LD = {
    "@context": {
        "ex": "https://example.org/",
        "name": {"@id": "ex:name", "@language": "en"},
        "knows": {"@type": "@id"},
    },
    "@graph": [
        {
            "@id": "ex:a",
            "@type": "ex:Firm",
            "name": ["Aster", "Beryl"],
            "ex:n": 1.5,
            "ex:list": {"@list": [1, True, "x"]},
        },
        {"@id": "_:b", "ex:knows": {"@id": "ex:a"}, "ex:day": {"@value": "2020-01-01", "@type": "ex:day"}},
        {"@id": "ex:g", "@graph": [{"@id": "ex:c", "@reverse": {"ex:p": {"@id": "ex:a"}}, "ex:index": {"@set": []}}]},
    ],
}
RDF_XML = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE rdf:RDF [ <!ENTITY ex "https://example.org/"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/" xml:base="urn:x:b">
  <ex:Firm rdf:about="&ex;a" ex:code="a"><ex:name xml:lang="en">A<!-- b -->ster &amp; <![CDATA[<c>]]></ex:name>
    <ex:p rdf:resource="#c"/><ex:q rdf:parseType="Resource"><ex:r rdf:datatype="&ex;d">1</ex:r></ex:q>
    <ex:l rdf:parseType="Collection"><rdf:Description rdf:ID="d"/></ex:l><ex:x rdf:parseType="Literal"><b>x</b></ex:x>
  </ex:Firm>
  <rdf:Bag rdf:nodeID="n"><rdf:li>1</rdf:li><rdf:_3 rdf:resource="urn:x"/></rdf:Bag>
</rdf:RDF>
"""
RDF_WORDS = (
    *(
        "@prefix",
        "@base",
        "a",
        ".",
        ";",
        ",",
        "[]",
        "()",
        "<<",
        ">>",
        "^^xsd:integer",
        "@en",
        "_:b",
        "rdf:about",
        "rdf:ID",
    ),
    *(
        "xml:lang",
        "xmlns",
        "rdf:li",
        "rdf:parseType",
        '"@id"',
        '"@context"',
        '"@type"',
        '"@list"',
        '"@graph"',
        '"@base"',
    ),
    *("&lt;", "</", "/>", "<rdf:RDF>", "PREFIX", "GRAPH", "{|", "|}", "~"),
)


@fuzzed(150, 15_000)
@given(encoded(texts([TURTLE, "<urn:a> <urn:p> 'x'@en .\n_:b <urn:p> _:b .\n"], RDF_WORDS)))
def test_turtle(folder: Path, content: bytes) -> None:
    _read_rdf(folder, "turtle.trig", content)


@fuzzed(100, 15_000)
@given(encoded(texts([RDF_XML], RDF_WORDS)))
def test_rdf_xml(folder: Path, content: bytes) -> None:
    _read_rdf(folder, "data.rdf", content)


@fuzzed(80, 8_000)
@given(encoded(texts([json.dumps(JSON_LD, indent=1)], RDF_WORDS)))
def test_json_ld(folder: Path, content: bytes) -> None:
    _read_rdf(folder, "data.jsonld", content)


@fuzzed(100, 12_000)
@given(trees([JSON_LD], ("@type", "@list", "@context", "@reverse", "@value", "@language", "@vocab", "@index", "@nest")))
def test_trees_of_json_ld(folder: Path, tree: Any) -> None:  # noqa: ANN401 - any tree
    _read_rdf(folder, "data.jsonld", _written(tree))


def _read_rdf(folder: Path, name: str, content: bytes) -> None:
    files = folder / "rdf"
    files.mkdir(exist_ok=True)
    (files / name).write_bytes(content)
    with untouched(files):
        outcome(f"RDF, {name.rpartition('.')[2]}", lambda: _with_places(files / name), name)


def _with_places(path: Path) -> None:
    """Read a file, and find the places of its statements: none of them may state what the file does not."""
    try:
        statements = load_rdf([path])
    except KGError:
        places_of(rdf_source(path), [])  # finds nothing, and raises nothing
        raise
    stated = {(quad.subject, quad.predicate, quad.object) for quad in statements.quads}
    places = places_of(rdf_source(path), {subject for subject, _, _ in stated})
    lines = path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 1
    unknown = {triple for triple in places.triples if str(triple[2]).startswith("_:unknown")}  # a name of no statement
    assert set(places.triples) - unknown <= stated
    assert all(1 <= place.line <= lines for place in places.triples.values())


SHAPES = [path.read_text(encoding="utf-8")[:4000].rpartition("\n\n")[0] for path in sorted(shape_files())[:4]] + [
    """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <urn:x:> .
:S a sh:NodeShape ; sh:targetClass :c ; sh:targetNode :a , 1 ; sh:closed true ; sh:ignoredProperties ( :p ) ;
  sh:property [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:minCount 1 ; sh:datatype xsd:integer ; sh:pattern "^a" ; sh:flags "i" ] ,
    [ sh:path [ sh:alternativePath ( :p [ sh:zeroOrMorePath :q ] ) ] ; sh:qualifiedValueShape [ sh:class :c ] ; sh:qualifiedMinCount 1 ] ;
  sh:or ( [ sh:in ( 1 "x"@en :a ) ] :T ) ; sh:not :T ; sh:message "m"@en ; sh:severity sh:Warning .
:T sh:targetObjectsOf :p ; sh:nodeKind sh:IRI ; sh:languageIn ( "en" ) ; sh:lessThan :q ; sh:xone ( :S ) ; sh:uniqueLang true ;
  sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <urn:x:p> ?value }" ; sh:prefixes :S ; sh:deactivated false ] .
""",
]
SHAPE_WORDS = (
    *(
        "sh:path",
        "sh:property",
        "sh:node",
        "sh:minCount",
        "sh:maxCount",
        "sh:in",
        "sh:or",
        "sh:class",
        "sh:pattern",
        "sh:rule",
    ),
    *(
        "sh:target",
        "sh:select",
        "sh:hasValue",
        "sh:inversePath",
        "sh:oneOrMorePath",
        "sh:qualifiedMaxCount",
        "( )",
        "-1",
        ":S",
    ),
    *(
        "[ sh:path :S ]",
        "rdf:nil",
        "sh:deactivated true",
        "sh:equals",
        "'('",
        "'SELECT * { $this ?p ?o'",
        "sh:entailment",
    ),
)


@fuzzed(80, 8_000)
@given(texts(SHAPES, SHAPE_WORDS))
def test_shapes(folder: Path, text: str) -> None:
    files = folder / "shapes"
    files.mkdir(exist_ok=True)
    (files / "shapes.ttl").write_bytes(text.encode("utf-8", "surrogatepass"))
    (files / "data.ttl").write_text("<urn:x:a> a <urn:x:c> ; <urn:x:p> 1 , 'x'@en , <urn:x:b> .\n", encoding="utf-8")
    with untouched(files):
        outcome("shapes", lambda: _validated(files), "shapes.ttl", "data.ttl")


def _validated(files: Path) -> None:
    given_shapes = read_given_shapes([files / "shapes.ttl"])
    check(read_data([str(files / "data.ttl")], with_ontology=False), given_shapes)


# --- what motkg wrote itself -----------------------------------------------------------------------------------------

KNOWN_SHAPES = "<urn:x:S> <http://www.w3.org/ns/shacl#targetSubjectsOf> <urn:x:p> ; <http://www.w3.org/ns/shacl#nodeKind> <http://www.w3.org/ns/shacl#Literal> .\n"


@pytest.fixture(scope="module")
def state(folder: Path) -> Path:
    """A small state; those of every day leave room to grow."""
    files = folder / "known"
    files.mkdir()
    (files / "shapes.ttl").write_text(KNOWN_SHAPES, encoding="utf-8")
    (files / "data.nt").write_text('<urn:x:a> <urn:x:p> "x" .\n<urn:x:b> <urn:x:p> _:b .\n', encoding="utf-8")
    shapes = read_given_shapes([files / "shapes.ttl"])
    data = read_data([str(files / "data.nt")], with_ontology=False, by_file=True)
    report = check(data, shapes)
    with mock.patch.object(snapshot_files, "_ROOM", 64):
        write_state(files / "state", data, report, key_of(shapes, "auto"))
    (files / "baseline.json").write_text(write_baseline(report), encoding="utf-8")
    return files


@fuzzed(100, 10_000)
@given(data=st.data())
def test_saved_states(state: Path, folder: Path, data: st.DataObject) -> None:
    """A state is sealed, so its seals are made to fit; what a reader meets behind them must not be believed either."""
    broken = folder / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    shutil.copytree(state / "state", broken)
    name = data.draw(st.sampled_from(sorted(contents(broken))))
    file = broken / name
    if name.endswith(".json"):
        file.write_bytes(_written(data.draw(trees([json.loads(file.read_bytes())], ("data.nt", "form", "seals")))))
    else:
        content = bytearray(file.read_bytes())
        for place, value in data.draw(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=4)):
            if content:
                content[place % len(content)] = value
        file.write_bytes(content[: data.draw(st.sampled_from((len(content), len(content), 0, len(content) // 2)))])
    if name != "state.json" and data.draw(st.booleans()):
        about = json.loads((broken / "state.json").read_bytes())
        (broken / "state.json").write_bytes(_written(about | {"seals": seals_of(broken)}))
    with untouched(broken):
        outcome("saved states", lambda: _reopened(broken), "broken")


def _reopened(folder: Path) -> None:
    opened = open_state(folder)
    opened.report()
    for known in opened.files:
        assert known.untouched in (True, False)


@fuzzed(100, 8_000)
@given(data=st.data())
def test_baselines(state: Path, data: st.DataObject) -> None:
    text = (state / "baseline.json").read_text(encoding="utf-8")
    if data.draw(st.booleans()):
        changed = data.draw(texts([text], ('"count"', "-1", "1e9", "[]")))
    else:
        changed = _written(data.draw(trees([json.loads(text)], ("form", "accepted", "count")))).decode(
            "utf-8", "replace"
        )
    outcome("baselines", lambda: read_baseline(changed, "baseline.json"), "baseline.json")
