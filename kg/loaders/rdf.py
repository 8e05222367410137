"""RDF files of any syntax to statements, as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

from kg.errors import InputError, Problem, near_names
from kg.loaders.statements import Origin, Statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def load_rdf(files: Iterable[Path]) -> Statements:
    """Reads RDF files; the ending of each name tells its syntax (``.ttl``, ``.nt``, ``.nq``, ``.trig``, ``.rdf``, ``.jsonld`` …).

    Literals keep their lexical forms. Blank nodes are renamed, so that those of two files stay apart.

    Raises:
        InputError: a file cannot be opened, its ending is unknown, or it breaks its syntax; one problem for each such file.

    """
    statements = Statements()
    problems: list[Problem] = []
    for path in files:
        try:
            _load_file(path, statements)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return statements


def _load_file(path: Path, statements: Statements) -> None:
    name = str(path)
    syntax = RdfFormat.from_extension(path.suffix.removeprefix("."))
    if syntax is None:
        endings = ("ttl", "nt", "nq", "trig", "rdf", "jsonld", "n3")
        near = [f".{ending}" for ending in near_names(path.suffix.removeprefix("."), endings)]
        raise InputError(
            [Problem(name, 0, 0, f"the ending '{path.suffix}' names no RDF syntax", f"one of .{', .'.join(endings)}", tuple(near))]
        )
    origin = Origin(name)
    try:
        for quad in parse(path=path, format=syntax, rename_blank_nodes=True):
            statements.add(quad, origin)
    except SyntaxError as error:
        message = f"not {syntax.name}: {error.msg}"
        raise InputError([Problem(name, error.lineno or 0, error.offset or 0, message)]) from error
    except OSError as error:
        raise InputError([Problem(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error
