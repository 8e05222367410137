"""Consistency and profiles of OWL 2 DL, decided by HermiT and the OWL API in a Java program."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from kg.core.errors import QueryError, ReasonerError
from kg.core.rdfwriting import write_rdf
from kg.core.terms import OWL, OWL_IMPORTS, RDF, XSD, anonymous

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from pyoxigraph import Quad

_Node = TypeVar("_Node")
Statement = TypeVar("Statement", bound="Quad | Triple")
_HERMIT: Final = "org.semanticweb.HermiT.cli.CommandLine"
# OWL 2 Structural Specification (W3C, 2012), section 4; owl:real has no literals.
_DATATYPE_MAP: Final = frozenset(
    {f"{OWL}rational", f"{RDF}PlainLiteral", f"{RDF}XMLLiteral", f"{RDF}langString"}
    | {
        XSD + name
        for name in (
            *("decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger"),
            *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
            *("double", "float", "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN"),
            *("boolean", "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp"),
        )
    },
)
_UNSATISFIABLE: Final = re.compile(r"^\t<(.+)>$", re.MULTILINE)
_MALFORMED: Final = re.compile(r"MalformedLiteralException: (Literal .+ is malformed)")
_PROGRAM: Final = Path(__file__).with_name("ProfileCheck.java")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a Java program may run, in seconds, and how much heap it may take, in megabytes."""

    seconds: float = 120.0
    heap: int = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Java program wrote and how it ended."""

    status: int
    output: str
    errors: str


def hermit_jar() -> Path:
    """Return the path of HermiT's jar inside the installed owlready2.

    Raises:
        ReasonerError: owlready2 is not installed, or without its jar.

    """
    spec = importlib.util.find_spec("owlready2")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        jar = Path(folder) / "hermit" / "HermiT.jar"
        if jar.is_file():
            return jar
    raise ReasonerError("HermiT.jar was not found: install owlready2, which ships it (pip install owlready2)")


def java() -> str:
    """Return the Java launcher: the one under JAVA_HOME, else the one on the path.

    Raises:
        ReasonerError: there is none.

    """
    home = os.environ.get("JAVA_HOME")
    for path in (f"{home}/bin", None) if home else (None,):
        if found := shutil.which("java", path=path):
            return found
    raise ReasonerError(
        "no Java runtime was found: install one (on Debian and Ubuntu: apt-get install default-jre-headless) or set "
        "JAVA_HOME",
    )


@contextmanager
def written(statements: Iterable[Quad | Triple]) -> Generator[Path, None, None]:
    """Write statements to a temporary RDF/XML file that is gone afterwards; graph names are left out.

    ``owl:imports`` is left out too, because the OWL API would fetch what it names, from the network or a disk. Skolem
    IRIs become blank nodes again (RDF 1.1 Concepts, section 3.5), because class expressions in OWL have no names.

    Raises:
        ReasonerError: a predicate cannot be written in RDF/XML.

    """
    nodes: dict[str, BlankNode] = {}
    triples = [
        Triple(_blank(statement.subject, nodes), statement.predicate, _blank(statement.object, nodes))
        for statement in statements
        if statement.predicate != OWL_IMPORTS
    ]
    with tempfile.TemporaryDirectory(prefix="motkg-") as folder:
        path = Path(folder) / "graph.rdf"
        try:
            with path.open("wb") as file:
                write_rdf(triples, file, RdfFormat.RDF_XML)
        except (QueryError, OSError) as error:
            reason = str(error).partition("\n")[0]  # without the hint to ask for another syntax
            raise ReasonerError(f"the statements cannot be handed to the reasoner: {reason}") from error
        yield path


def _blank(node: _Node, nodes: dict[str, BlankNode]) -> _Node | BlankNode:
    if isinstance(node, NamedNode) and anonymous(node):
        return nodes.setdefault(node.value, BlankNode())
    return node


def run(arguments: Iterable[str], limits: Limits) -> Answer:
    """Run Java with HermiT's jar on the class path.

    Raises:
        ReasonerError: Java is missing, could not be started, ran out of time or out of memory.

    """
    command = [java(), f"-Xmx{limits.heap}m", "-cp", str(hermit_jar()), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - the program is Java, the arguments are ours and no shell reads them
            command,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=limits.seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise ReasonerError(f"the reasoner gave no answer within {limits.seconds:g} s; allow it more time") from error
    except OSError as error:
        raise ReasonerError(f"Java could not be started: {error}") from error
    if "java.lang.OutOfMemoryError" in done.stderr:
        raise ReasonerError(f"the reasoner ran out of its {limits.heap} MB of memory; allow it more")
    return Answer(done.returncode, done.stdout, done.stderr)


def run_program(program: Path, arguments: Iterable[str], limits: Limits) -> Answer:
    """Run one of our own small programs, which Java 11 or later compiles as it starts it (JEP 330).

    Raises:
        ReasonerError: Java or its compiler is missing, could not be started, ran out of time or out of memory.

    """
    answer = run([str(program), *arguments], limits)
    if "jdk.compiler" in answer.errors:
        raise ReasonerError(
            "this Java runtime comes without its compiler: install a JDK (apt-get install default-jdk-headless)"
        )
    return answer


def crash(answer: Answer) -> ReasonerError:
    """Return the error for an output that is no answer, with the first lines that say what went wrong."""
    lines = [line.strip() for line in f"{answer.errors}\n{answer.output}".splitlines() if line.strip()]
    telling = (
        [line for line in lines if re.search("exception|error|invalid", line, re.IGNORECASE)] or lines or ["no message"]
    )
    return ReasonerError(f"the reasoner failed (exit code {answer.status}): {'; '.join(telling[:2])[:500]}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the statements have a model.

    ``unsatisfiable`` holds the IRIs of classes that can have no member although the whole is consistent. ``left_out``
    counts the statements that the reasoner did not see, because their value's datatype (``xsd:date``, ``xsd:gYear`` …)
    is not in OWL 2's datatype map.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    left_out: int = 0


def in_datatype_map(statements: Iterable[Statement]) -> list[Statement]:
    """Return the statements that a DL reasoner accepts.

    Statements whose value has a datatype outside the datatype map of OWL 2 are left out.
    """
    return [
        one for one in statements if not isinstance(one.object, Literal) or one.object.datatype.value in _DATATYPE_MAP
    ]


def check_consistency(statements: Iterable[Quad | Triple], limits: Limits | None = None) -> Verdict:
    """Ask HermiT whether an ontology, with or without data, is free of contradictions and empty classes.

    Raises:
        ReasonerError: Java or HermiT is missing, the reasoner failed or took too long, or a literal is ill-typed: that
            is a
            fault of the data which the shapes report better.

    """
    given = list(statements)
    seen = in_datatype_map(given)
    with written(seen) as path:
        answer = run([_HERMIT, "--consistency", "--unsatisfiable", path.as_uri()], limits or Limits())
    return _verdict(answer, len(given) - len(seen))


def _verdict(answer: Answer, left_out: int) -> Verdict:
    if "InconsistentOntologyException" in answer.errors:
        return Verdict(consistent=False, left_out=left_out)
    if answer.status == 0 and "owl#Thing is satisfiable." in answer.output:
        return Verdict(
            consistent=True, unsatisfiable=tuple(sorted(_UNSATISFIABLE.findall(answer.output))), left_out=left_out
        )
    if found := _MALFORMED.search(answer.errors):
        raise ReasonerError(f"{found.group(1)}; validate the data before reasoning over it")
    raise crash(answer)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One reason why an ontology is outside a profile, in the OWL API's words. ``profile`` is ``DL`` or ``RL``."""

    profile: str
    reason: str


def check_profiles(statements: Iterable[Quad | Triple], limits: Limits | None = None) -> tuple[Violation, ...]:
    """Return every violation of OWL 2 DL and OWL 2 RL, sorted; none means that the ontology is in both profiles.

    Raises:
        ReasonerError: Java, its compiler or the OWL API is missing, failed, or took too long.

    """
    with written(statements) as path:
        answer = run_program(_PROGRAM, [str(path)], limits or Limits())
    if answer.status != 0:
        raise crash(answer)
    return _violations(answer)


def _violations(answer: Answer) -> tuple[Violation, ...]:
    lines = [line.partition("\t") for line in answer.output.splitlines()]
    if not lines or lines[-1][0] != "axioms" or lines[-1][2] == "0":
        raise crash(answer)
    return tuple(sorted({Violation(profile, reason) for profile, _, reason in lines[:-1]}))
