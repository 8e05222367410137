"""What is handed to the Java programs and what is read from their answers, with programs that only pretend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from kg.core.errors import ReasonerError
from kg.core.terms import prefixes
from kg.reason import hermit, justification
from kg.reason.hermit import Answer, Limits, Verdict, Violation, check_consistency, check_profiles, in_datatype_map
from kg.reason.justification import Justification, justify

if TYPE_CHECKING:
    from collections.abc import Iterable

E = "https://example.org/"
PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in {**prefixes(), "": E}.items())
A, P, B = (NamedNode(E + name) for name in "apb")


def quads(turtle: str) -> list[Quad]:
    return list(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


# --- datatypes -----------------------------------------------------------------------------------------------------------

# OWL 2 Structural Specification, section 4: the datatypes with literals of the datatype map, by their sections.
NUMBERS = "decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte"
UNSIGNED = "unsignedLong unsignedInt unsignedShort unsignedByte double float"
TEXTS = "string normalizedString token language Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp"
KNOWN = [f"xsd:{name}" for name in f"{NUMBERS} {UNSIGNED} {TEXTS}".split()] + [
    "owl:rational",
    "rdf:PlainLiteral",
    "rdf:XMLLiteral",
]
OUTSIDE = [
    "xsd:date",
    "xsd:time",
    "xsd:gYear",
    "xsd:gYearMonth",
    "xsd:gDay",
    "xsd:duration",
    "rdf:HTML",
    "owl:real",
    ":own",
]


@pytest.mark.parametrize(("name", "kept"), [*((each, True) for each in KNOWN), *((each, False) for each in OUTSIDE)])
def test_values_of_the_datatype_map_are_seen_by_the_reasoner(name: str, kept: bool) -> None:  # noqa: FBT001 - a column of the table
    given = quads(f':a :p "1"^^{name} .')
    assert in_datatype_map(given) == (given if kept else [])


def test_what_is_no_value_is_always_seen_and_so_are_texts_in_a_language() -> None:
    given = quads(':a :p :b , _:c , "x"@en , "y" .')
    assert len(in_datatype_map(given)) == 4


# --- finding and running Java --------------------------------------------------------------------------------------------


def test_java_is_that_of_java_home_and_else_that_of_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, path = tmp_path / "home", tmp_path / "path"
    program(path / "java", "exit 0")
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert hermit.java() == str(path / "java")  # JAVA_HOME leads nowhere
    program(home / "bin" / "java", "exit 0")
    assert hermit.java() == str(home / "bin" / "java")
    monkeypatch.delenv("JAVA_HOME")
    assert hermit.java() == str(path / "java")


def test_the_jar_is_that_of_owlready2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = hermit.hermit_jar()
    assert jar.is_file()
    assert jar.parts[-3:] == ("owlready2", "hermit", "HermiT.jar")

    class Spec:
        submodule_search_locations = (str(tmp_path / "one"), str(tmp_path / "two"))

    monkeypatch.setattr("importlib.util.find_spec", lambda _: Spec)
    with pytest.raises(ReasonerError, match="install owlready2"):
        hermit.hermit_jar()
    (tmp_path / "two" / "hermit").mkdir(parents=True)
    (tmp_path / "two" / "hermit" / "HermiT.jar").touch()
    assert hermit.hermit_jar() == tmp_path / "two" / "hermit" / "HermiT.jar"


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for a program that is taken for Java."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    return tmp_path / "bin" / "java"


def test_java_gets_memory_class_path_and_arguments_and_nothing_to_read(java: Path) -> None:
    program(java, 'echo "$@"; cat; echo "told" >&2; exit 3')
    answer = hermit.run(["one", "two"], Limits(heap=77))
    assert answer == Answer(3, f"-Xmx77m -cp {hermit.hermit_jar()} one two\n", "told\n")


def test_what_java_writes_is_utf_8_whatever_it_is(java: Path) -> None:
    program(java, r"printf '\303\251\377'")
    assert hermit.run([], Limits()).output == "é�"


@pytest.mark.parametrize(
    ("script", "limits", "words"),
    [
        ("sleep 5", Limits(seconds=0.1), r"no answer within 0\.1 s"),
        ("echo 'x java.lang.OutOfMemoryError: Java heap space' >&2", Limits(heap=9), "ran out of its 9 MB"),
    ],
)
def test_a_program_that_fails_says_how(java: Path, script: str, limits: Limits, words: str) -> None:
    program(java, script)
    with pytest.raises(ReasonerError, match=words):
        hermit.run([], limits)


def test_a_program_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit, "java", lambda: "/no/such/java")
    with pytest.raises(ReasonerError, match="Java could not be started"):
        hermit.run([], Limits())


def test_a_runtime_without_a_compiler_is_an_error(java: Path) -> None:
    program(
        java, 'case "$4" in *Bad.java) echo "error: Module jdk.compiler not found" >&2; exit 1;; esac; echo "$4 $5"'
    )
    with pytest.raises(ReasonerError, match="install a JDK"):
        hermit.run_program(Path("Bad.java"), ["x"], Limits())
    assert hermit.run_program(Path("Good.java"), ["x"], Limits()).output == "Good.java x\n"


# --- answers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(0, "", ""), "(exit code 0): no message"),
        (Answer(1, " one \n\ntwo\nthree", ""), "(exit code 1): one; two"),
        (Answer(1, "out", "err"), "(exit code 1): err; out"),
        (
            Answer(1, "noise\nAn Error here", "more noise\nX INVALID y\nException z"),
            "(exit code 1): X INVALID y; Exception z",
        ),
        (Answer(1, "error " + "x" * 600, ""), "(exit code 1): error " + "x" * 494),
    ],
)
def test_a_crash_is_told_by_the_lines_that_say_most(answer: Answer, told: str) -> None:
    assert str(hermit.crash(answer)) == f"the reasoner failed {told}"


SATISFIABLE = "http://www.w3.org/2002/07/owl#Thing is satisfiable.\n"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(0, SATISFIABLE, ""), Verdict(consistent=True, left_out=1)),
        (Answer(0, f"{SATISFIABLE}Unsatisfiable:\n\t<urn:b>\n\t<urn:a>\n <urn:c>\n", ""),
         Verdict(consistent=True, unsatisfiable=("urn:a", "urn:b"), left_out=1)),
        (Answer(1, "", "org.x.InconsistentOntologyException: no"), Verdict(consistent=False, left_out=1)),
        (Answer(0, SATISFIABLE, "org.x.InconsistentOntologyException: no"), Verdict(consistent=False, left_out=1)),
    ],
)  # fmt: skip
def test_a_verdict_is_read_from_the_answer(answer: Answer, verdict: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], Limits, str]] = []

    def run(arguments: Iterable[str], limits: Limits) -> Answer:
        given = list(arguments)
        asked.append((given[:-1], limits, Path(given[-1].removeprefix("file://")).read_text(encoding="utf-8")))
        return answer

    monkeypatch.setattr(hermit, "run", run)
    assert check_consistency(quads(':a :p "2020"^^xsd:gYear ; :q :b .')) == verdict
    ((arguments, limits, text),) = asked
    assert arguments == ["org.semanticweb.HermiT.cli.CommandLine", "--consistency", "--unsatisfiable"]
    assert (limits.seconds, limits.heap) == (Limits().seconds, Limits().heap)
    assert "2020" not in text
    assert [quad.object for quad in parse(text, format=RdfFormat.RDF_XML)] == [B]
    check_consistency([], Limits(seconds=1))
    assert asked[1][1] == Limits(seconds=1)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(1, SATISFIABLE, ""), "exit code 1"),
        (Answer(0, "http://www.w3.org/2002/07/owl#Thing is not satisfiable.\n", ""), "exit code 0"),
        (Answer(1, "", 'x MalformedLiteralException: Literal "a"^^xsd:int is malformed\n'),
         r'^Literal "a"\^\^xsd:int is malformed; validate the data before reasoning over it'),
    ],
)  # fmt: skip
def test_what_is_no_verdict_is_an_error(answer: Answer, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit, "run", lambda *_: answer)
    with pytest.raises(ReasonerError, match=words):
        check_consistency([])


def test_violations_are_sorted_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, Limits]] = []

    def run(arguments: Iterable[str], limits: Limits) -> Answer:
        script, file = arguments
        asked.append((script, file, limits))
        return Answer(0, "RL\tno\tsuch\nDL\tb\nRL\ta\nDL\tb\naxioms\t12\n", "")

    monkeypatch.setattr(hermit, "run", run)
    assert check_profiles(quads(":a :p :b .")) == (
        Violation("DL", "b"),
        Violation("RL", "a"),
        Violation("RL", "no\tsuch"),
    )
    ((script, file, limits),) = asked
    assert (Path(script).name, Path(script).is_file(), limits) == ("ProfileCheck.java", True, Limits())
    assert Path(file).name == "graph.rdf"


@pytest.mark.parametrize(
    ("answer", "fine"),
    [
        (Answer(0, "axioms\t1\n", ""), True),
        (Answer(0, "axioms\t0\n", ""), False),  # it has read nothing
        (Answer(0, "axioms\t10\n", ""), True),
        (Answer(0, "DL\tx\n", ""), False),
        (Answer(0, "", ""), False),
        (Answer(1, "axioms\t1\n", ""), False),
    ],
)
def test_an_answer_ends_with_the_number_of_axioms(answer: Answer, fine: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a column of the table
    monkeypatch.setattr(hermit, "run", lambda *_: answer)
    if fine:
        assert check_profiles([]) == ()
    else:
        with pytest.raises(ReasonerError, match="the reasoner failed"):
            check_profiles([])


def test_nodes_without_a_name_are_written_as_such_each_as_one_node() -> None:
    skolem = [NamedNode(f"https://w3id.org/motkg/.well-known/genid/{number}") for number in (1, 2)]
    triples = [
        Triple(skolem[0], P, skolem[1]),
        Triple(skolem[0], P, A),
        Triple(A, P, skolem[1]),
        Triple(A, P, Literal("x")),
    ]
    with hermit.written(
        [*triples[:2], *(Quad(each.subject, each.predicate, each.object, NamedNode("urn:g")) for each in triples[2:])]
    ) as path:
        read = [quad.triple for quad in parse(path=str(path))]
    first, second = read[0].subject, read[0].object
    assert all(isinstance(node, BlankNode) for node in (first, second))
    assert first != second
    assert read == [Triple(first, P, second), Triple(first, P, A), Triple(A, P, second), triples[3]]


def test_a_property_that_xml_cannot_name_is_an_error() -> None:
    with (
        pytest.raises(ReasonerError, match="cannot be handed to the reasoner"),
        hermit.written([Triple(A, NamedNode("urn:x/1"), B)]),
    ):
        pass


# --- reasons -------------------------------------------------------------------------------------------------------------


def answered(monkeypatch: pytest.MonkeyPatch, answer: Answer, axioms: str | None = None) -> list[list[object]]:
    """Have the program write some axioms and return an answer; return what it is asked."""
    asked: list[list[object]] = []

    def run_program(program: Path, arguments: Iterable[str], limits: Limits) -> Answer:
        given = list(arguments)
        asked.append([program.name, len(given), *given[2:], limits])
        assert "<" in Path(given[0]).read_text(encoding="utf-8")
        if axioms is not None:
            triples = [quad.triple for quad in quads(axioms)]
            serialize(triples, given[1], format=RdfFormat.RDF_XML)
        return answer

    monkeypatch.setattr(justification, "run_program", run_program)
    return asked


GIVEN = """:a a :C , owl:NamedIndividual ; :p :b . :C a owl:Class ; rdfs:subClassOf :D , [ owl:onProperty :p ; owl:someValuesFrom :E ] .
:D owl:equivalentClass :F . :p owl:inverseOf :q . :o a owl:Ontology ; owl:imports :x . :a rdfs:label "a" ."""


@pytest.mark.parametrize(
    ("axioms", "found"),
    [
        (":a a :C .", ":a a :C ."),
        (":a :p :b . :z :p :b .", ":a :p :b ."),  # what was not given is none of it
        (":F owl:equivalentClass :D . :q owl:inverseOf :p .", ":D owl:equivalentClass :F . :p owl:inverseOf :q ."),
        (":D rdfs:subClassOf :C . :b :p :a .", ""),  # which do not hold both ways
        (
            ":a a :C , owl:NamedIndividual . :C a owl:Class . :p a owl:ObjectProperty .",
            ":a a :C .",
        ),  # declarations say nothing
        ("[] rdfs:subClassOf :D . :C rdfs:subClassOf :D .", ":C rdfs:subClassOf :D ."),
    ],
)
def test_the_statements_of_the_reasoner_are_those_that_were_given(
    axioms: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answered(monkeypatch, Answer(0, "inconsistent\n", ""), axioms)
    reason = justify(quads(GIVEN))
    assert reason == Justification(tuple(sorted((quad.triple for quad in quads(found)), key=str)))
    assert asked == [["Justify.java", 2, Limits(seconds=300)]]


def test_a_class_expression_of_the_reasoner_is_the_one_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, Answer(0, "", ""), ":C rdfs:subClassOf [ owl:onProperty :p ] .")
    given = quads(GIVEN)
    reason = justify(given)
    assert reason is not None
    (statement,) = reason.statements
    assert statement in {quad.triple for quad in given}
    assert isinstance(statement.object, BlankNode)


def test_a_class_is_asked_about_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answered(monkeypatch, Answer(0, "", ""), ":C rdfs:subClassOf :D .")
    reason = justify(quads(GIVEN), about=f"{E}C", limits=Limits(seconds=7))
    assert reason is not None
    assert (reason.about, reason.rule, len(reason.statements)) == (f"{E}C", "", 1)
    assert asked == [["Justify.java", 3, f"{E}C", Limits(seconds=7)]]


def test_a_class_that_the_rules_leave_without_members_needs_no_reasoner(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answered(monkeypatch, Answer(1, "", "never"))
    text = ":C rdfs:subClassOf :D , :E . :D owl:disjointWith :E . :x :y :z ."
    reason = justify(quads(text), about=f"{E}C")
    wanted = sorted((quad.triple for quad in quads(text.replace(" :x :y :z .", ""))), key=str)
    assert reason == Justification(tuple(wanted), "cax-dw", f"{E}C")
    assert asked == []
    # a contradiction beside it is no reason for the class
    answered(monkeypatch, Answer(0, "consistent\n", ""))
    assert justify(quads(":D owl:disjointWith :E . :a a :D , :E . :C a owl:Class ."), about=f"{E}C") is None


@pytest.mark.parametrize(
    ("answer", "axioms", "words"),
    [
        (Answer(0, " consistent \n", ""), None, ""),
        (Answer(1, "consistent\n", ""), None, "exit code 1"),
        (Answer(0, "other\n", ""), None, "exit code 0"),  # nothing was written
        (Answer(2, "", ""), ":a a :C .", "exit code 2"),
    ],
)
def test_what_finds_no_fault_or_fails(
    answer: Answer, axioms: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, answer, axioms)
    if not words:
        assert justify(quads(GIVEN)) is None
    else:
        with pytest.raises(ReasonerError, match=words):
            justify(quads(GIVEN))


def test_values_outside_the_datatype_map_are_not_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def run_program(_: Path, arguments: Iterable[str], __: Limits) -> Answer:
        seen.append(Path(next(iter(arguments))).read_text(encoding="utf-8"))
        return Answer(0, "consistent", "")

    monkeypatch.setattr(justification, "run_program", run_program)
    assert justify(quads(':a :p "2020"^^xsd:gYear , "1"^^xsd:int .')) is None
    assert ("2020" in seen[0], "int" in seen[0]) == (False, True)


@pytest.mark.parametrize(("members", "told"), [(2, 2), (5, 5), (7, 5)])
def test_of_many_contradictions_five_are_told_each_once(members: int, told: int) -> None:
    clashes = " ".join(f":a{number} a :D , :E ." for number in range(members))
    found = justification.contradictions(quads(f":D owl:disjointWith :E . {clashes}"))
    assert len(found) == len({each.statements for each in found}) == told
    assert {each.rule for each in found} == {"cax-dw"}
