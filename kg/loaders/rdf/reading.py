"""RDF files of any syntax to statements, as they are written."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from pyoxigraph import RdfFormat, parse

from kg.core.errors import InputError, Problem, near_names
from kg.core.origin import Origin
from kg.loaders.rdf.blanknodes import Renaming, prefix_of
from kg.loaders.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDINGS: Final = ("ttl", "nt", "nq", "trig", "rdf", "jsonld", "n3")


@dataclass(frozen=True, slots=True)
class RdfSource:
    """A file, or a text under a name such as ``-`` for standard input. Of a file, ``content`` is nothing."""

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
            return Path(self.name).open("rb") if self.content is None else io.BytesIO(self.content)
        except OSError as error:
            raise InputError([Problem(self.name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error

    @property
    def prefix(self) -> str:
        """The prefix of the names that its blank nodes get."""
        with self.open() as content:
            return prefix_of(self.name, content)


def rdf_source(path: Path, syntax: str = "") -> RdfSource:
    """Return the source that a file is.

    The ending of its name tells its syntax, unless ``syntax`` does with one of ``ENDINGS``.

    Raises:
        InputError: the ending names no syntax.

    """
    ending = syntax or path.suffix.removeprefix(".")
    found = RdfFormat.from_extension(ending)
    if found is None:
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
    return RdfSource(str(path), found, path.resolve().as_uri())


def load_rdf(files: Iterable[Path | RdfSource]) -> Statements:
    """Read RDF files; the ending of each name tells its syntax (``.ttl``, ``.nt``, ``.nq``, ``.trig``, ``.rdf``, ``.jsonld`` …).

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
    origin = Origin(source.name)
    renaming = Renaming(lambda: source.prefix)
    try:
        with source.open() as content:
            for quad in parse(content, format=source.syntax, base_iri=source.base or None):
                statements.add(renaming.quad(quad), origin)
    except SyntaxError as error:
        message = f"not {source.syntax.name}: {error.msg}"
        raise InputError([Problem(source.name, error.lineno or 0, error.offset or 0, message)]) from error
    except OSError as error:
        raise InputError([Problem(source.name, 0, 0, f"the file cannot be read: {error.strerror or error}")]) from error
