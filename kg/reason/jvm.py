"""The bridge to HermiT and the OWL API: statements out to a file, a Java program run over it, its answer back as text.

The jar is the one that owlready2 ships; it holds HermiT, its command line and the OWL API with its profile checks.
"""

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
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, serialize

from kg.core.errors import ReasonerError
from kg.reason.skolem import anonymous

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from pyoxigraph import Quad

_Node = TypeVar("_Node")


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
        "no Java runtime was found: install one (on Debian and Ubuntu: apt-get install default-jre-headless) or set JAVA_HOME",
    )


@contextmanager
def written(statements: Iterable[Quad | Triple]) -> Generator[Path, None, None]:
    """Write statements to a temporary RDF/XML file that is gone afterwards; graph names are left out.

    Skolem IRIs become blank nodes again (RDF 1.1 Concepts, section 3.5), because class expressions in OWL have no
    names.

    Raises:
        ReasonerError: a predicate cannot be written in RDF/XML.

    """
    nodes: dict[str, BlankNode] = {}
    triples = [Triple(_blank(one.subject, nodes), one.predicate, _blank(one.object, nodes)) for one in statements]
    with tempfile.TemporaryDirectory(prefix="motkg-") as folder:
        path = Path(folder) / "graph.rdf"
        try:
            serialize(triples, str(path), format=RdfFormat.RDF_XML)
        except (ValueError, OSError) as error:
            raise ReasonerError(f"the statements cannot be handed to the reasoner: {error}") from error
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
    """Return the error for an answer that is none, in the words of the first lines that say what went wrong."""
    lines = [line.strip() for line in f"{answer.errors}\n{answer.output}".splitlines() if line.strip()]
    telling = (
        [line for line in lines if re.search("exception|error|invalid", line, re.IGNORECASE)] or lines or ["no message"]
    )
    return ReasonerError(f"the reasoner failed (exit code {answer.status}): {'; '.join(telling[:2])[:500]}")
