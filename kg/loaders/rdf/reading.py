"""RDF files of any syntax to statements as they are written.

The names of blank nodes depend on the file alone.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pyoxigraph import BlankNode, Quad, RdfFormat, Triple

from kg.core.errors import InputError, Problem, near_names
from kg.core.inputs import rdf_syntax, syntax_of_file, unwrapped
from kg.core.origin import Origin, Statements
from kg.loaders.rdf import ENDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_BLOCK: Final = 1 << 20
# The names that the parser gives to blank nodes without a label: 128 bits at random, leading zeros left out.
_ANONYMOUS: Final = re.compile("[0-9a-f]{24,32}")


class Renaming:
    """Names the blank nodes of one file by the order in which its statements first mention them.

    Asks for the prefix once, if at all.
    """

    def __init__(self, prefix: Callable[[], str]) -> None:
        self._ask = prefix
        self._names: dict[BlankNode, BlankNode] = {}

    @cached_property
    def _prefix(self) -> str:
        return self._ask()

    def node(self, node: BlankNode) -> BlankNode:
        """Return the new name of a blank node."""
        if node not in self._names:
            self._names[node] = BlankNode(f"{self._prefix}x{len(self._names)}")
        return self._names[node]

    def quad(self, quad: Quad) -> Quad:
        """Return a statement with its blank nodes renamed; the subject comes before the object."""
        subject, predicate, value, graph = quad
        if isinstance(value, Triple):
            value = self.triple(value)
        elif not (isinstance(subject, BlankNode) or isinstance(value, BlankNode) or isinstance(graph, BlankNode)):
            return quad
        if isinstance(subject, BlankNode):
            subject = self.node(subject)
        if isinstance(value, BlankNode):
            value = self.node(value)
        return Quad(subject, predicate, value, self.node(graph) if isinstance(graph, BlankNode) else graph)

    def triple(self, triple: Triple) -> Triple:
        """Return a triple term with its blank nodes renamed."""
        subject, predicate, value = triple
        if isinstance(subject, BlankNode):
            subject = self.node(subject)
        if isinstance(value, BlankNode):
            value = self.node(value)
        return Triple(subject, predicate, self.triple(value) if isinstance(value, Triple) else value)


class KeepingLabels(Renaming):
    """Names blank nodes by their labels where they have one, so that memory grows with those without a label only."""

    def node(self, node: BlankNode) -> BlankNode:
        """Return the new name of a blank node."""
        if _ANONYMOUS.fullmatch(node.value):
            return super().node(node)
        return BlankNode(f"{self._prefix}l{node.value}")


def prefix_of(name: str, content: BinaryIO) -> str:
    """Return a prefix for names that depends on the name and the content of a file."""
    import hashlib

    digest = hashlib.sha256(name.encode())
    while block := content.read(_BLOCK):
        digest.update(block)
    return f"f{digest.hexdigest()[:16]}"


# What blank nodes come from: in other syntaxes they may come from anything.
BLANK: Final = {
    **dict.fromkeys((RdfFormat.N_TRIPLES, RdfFormat.N_QUADS), re.compile(b"_:")),
    **dict.fromkeys((RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3), re.compile(rb"_:|[\[(]|<<|\{\|")),
}


def blank_prefix(name: str, content: BinaryIO, syntax: RdfFormat) -> str:
    """Return a prefix for names of blank nodes, or nothing where a file surely has none."""
    looking = _Looking(content, BLANK.get(syntax))
    prefix = prefix_of(name, cast("BinaryIO", looking))
    return prefix if looking.found else ""


class _Looking:
    """A stream that notes whether what is read from it matches an expression; without one, everything does."""

    def __init__(self, stream: BinaryIO, mark: re.Pattern[bytes] | None) -> None:
        self._stream, self._mark, self._last = stream, mark, b""
        self.found = mark is None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        block = self._stream.read(size)
        if self._mark is not None and not self.found:
            self.found = self._mark.search(self._last + block) is not None
            self._last = block[-1:]
        return block


@dataclass(frozen=True, slots=True)
class RdfSource:
    """A file, or a text under a name such as ``-`` for standard input. Of a file, ``content`` is nothing.

    What gzip compressed is read decompressed, and a byte order mark is passed over.
    """

    name: str
    syntax: RdfFormat
    base: str = ""
    content: bytes | None = None

    def open(self) -> BinaryIO:
        """Open what there is to read.

        Raises:
            InputError: the file cannot be opened.

        """
        try:
            if self.content is None:
                return unwrapped(Path(self.name).open("rb"))
            return unwrapped(io.BytesIO(self.content))
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError([Problem(self.name, 0, 0, f"the file cannot be read: {reason}")]) from error

    @property
    def prefix(self) -> str:
        """The prefix of the names that its blank nodes get."""
        with self.open() as content:
            return prefix_of(self.name, content)


def rdf_source(path: Path, syntax: str = "") -> RdfSource:
    """Return the source that a file is.

    The ending of its name tells its syntax, unless ``syntax`` does with one of ``ENDINGS`` or a name such as
    ``turtle``.

    Raises:
        InputError: the ending names no syntax, or the file would take a reader far more memory than it has bytes.

    """
    found = rdf_syntax(syntax) if syntax else syntax_of_file(path)
    if found is None:
        ending = syntax or path.suffix.removeprefix(".")
        near = tuple(f".{name}" for name in near_names(ending, ENDINGS))
        problem = Problem(
            str(path),
            0,
            0,
            f"the ending '{syntax or path.suffix}' names no RDF syntax",
            f"one of .{', .'.join(ENDINGS)}",
            near,
        )
        raise InputError([problem])
    from kg.core.rdfreading import refuse_bombs_in
    from kg.core.terms import base_of_file

    refuse_bombs_in(path, found)
    return RdfSource(str(path), found, base_of_file(path))


def prefixes_of(sources: Iterable[RdfSource]) -> tuple[tuple[str, str], ...]:
    """Return the prefixes that files declare before their first statement, each with its namespace, sorted.

    A prefix that two files give different namespaces is left out, and so are files that cannot be read.
    """
    from kg.core.rdfreading import parse_rdf

    declared: dict[str, set[str]] = {}
    for source in sources:
        try:
            with source.open() as content:
                reader = parse_rdf(content, source.syntax, source.base)
                next(reader, None)
                for prefix, namespace in reader.prefixes.items():
                    declared.setdefault(prefix, set()).add(namespace)
        except (OSError, SyntaxError, ValueError):
            continue
    return tuple(sorted((prefix, namespaces.pop()) for prefix, namespaces in declared.items() if len(namespaces) == 1))


def load_rdf(files: Iterable[Path | RdfSource]) -> Statements:
    """Read RDF files.

    The extension of each name determines its syntax (``.ttl``, ``.nt``, ``.nq``, ``.trig``, ``.rdf``, ``.jsonld`` …).
    Literals keep their lexical forms. Blank nodes are renamed, so that those of two files stay apart; the names depend
    on name and content of the file, so that reading it again gives the same. Origins name the file alone:
    :mod:`kg.loaders.rdf.addresses` finds lines.

    Raises:
        InputError: a file cannot be opened, its ending is unknown, or it breaks its syntax; one problem for each such
            file.

    """
    statements = Statements()
    problems: list[Problem] = []
    for file in files:
        try:
            _load(rdf_source(file) if isinstance(file, Path) else file, statements)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return statements


def _load(source: RdfSource, statements: Statements) -> None:
    from kg.core.rdfreading import naming_long_tokens, parse_rdf, problem_of

    origin = Origin(source.name)
    renaming = Renaming(lambda: source.prefix)
    try:
        with naming_long_tokens(source.name, source.open), source.open() as content:
            for quad in parse_rdf(content, source.syntax, source.base):
                statements.add(renaming.quad(quad), origin)
    except SyntaxError as error:
        raise InputError([problem_of(source.name, source.syntax, error)]) from error
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError([Problem(source.name, 0, 0, f"the file cannot be read: {reason}")]) from error
