"""Validates what a server holds: the server gives the statements that shapes can depend on, and the columnar executor judges them.

Servers differ in what they make of conditions, and a wrong answer passes silently; they agree on plain triples. So only
those are asked for: targets, and steps along paths from them.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.columns import Columns, columns_of_files
from kg.core.errors import InputError, StoreError
from kg.shacl.engine import validate_columns
from kg.shacl.nodes import SUBCLASS
from kg.shacl.remote.forms import in_forms_of
from kg.shacl.remote.needs import Need, Needs
from kg.shacl.remote.reading import Reader
from kg.shacl.shapes.plan import refuse_recursion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.shacl.nodes import Node
    from kg.shacl.remote.server import Server
    from kg.shacl.report.report import Report
    from kg.shacl.shapes.shapes import Shapes

_FILE: Final = "statements.nt"


def validate_store(server: Server, shapes: Shapes, say: Callable[[str], None] = lambda _: None) -> Report:
    """Validate what a server holds; ``say`` is told how far it is.

    Literals are seen as the server gives them, not as they were written.

    Raises:
        InputError: the shapes have no target, or an engine refuses them.
        StoreError: the server cannot be asked, or gives fewer statements than it counts; the message names the shapes
            and constraints.
        LimitError: the server takes too long.

    """
    return judged(server, statements_for(server, shapes, say), shapes)


def judged(server: Server, columns: Columns, shapes: Shapes) -> Report:
    """Validate the statements that :func:`statements_for` got.

    The server is asked how it writes literals, and what else it mentions.
    """
    report = validate_columns(columns, in_forms_of(server, shapes), engine="columnar")
    empty = (replace(target, known=mentions(server, target.term), near=()) for target in report.empty_targets)
    missing = tuple(target for target in empty if not (target.kind == "targetNode" and target.known))
    return replace(report, engine="sparql", server=server.name, empty_targets=missing)


def statements_for(server: Server, shapes: Shapes, say: Callable[[str], None] = lambda _: None) -> Columns:
    """Get the statements that can change what some shapes report.

    Raises:
        InputError: the shapes have no target, or a pattern that no engine can run.
        StoreError: the server cannot be asked, or gives fewer statements than it counts; the message names the shapes
            and constraints.
        LimitError: the server takes too long.

    """
    refuse_recursion(shapes)  # refuses shapes before the server has any work
    with tempfile.TemporaryDirectory(prefix="motkg-") as folder:
        path = Path(folder) / _FILE
        with path.open("w+b") as file:
            reader = Reader(server, file, say)
            hierarchy = Need(
                None, backwards=False, predicates=frozenset((SUBCLASS.value,)), wanted_by="the hierarchy of classes"
            )
            reader.read(hierarchy)
            file.seek(0)
            needs = Needs(shapes, _classes_below(file.read()))
            needs.add_roots()
            wanted = [need for need in needs if need != hierarchy]
            for need in wanted:
                reader.read(need)
            if reader.blank_nodes and not reader.labels_last():
                file.seek(0)
                file.truncate()
                reader.read_at_once([hierarchy, *wanted])
        try:
            return columns_of_files([path])
        except InputError as error:
            raise StoreError(
                f"{server.name}: not N-Triples: {error.problems[0].message}", endpoint=server.name
            ) from error


def _classes_below(hierarchy: bytes) -> Callable[[str], Iterable[str]]:
    """Return what lists a class and the classes below it."""
    below: dict[str, list[str]] = {}
    for quad in parse(hierarchy, RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            below.setdefault(quad.object.value, []).append(quad.subject.value)

    def classes(name: str) -> Iterable[str]:
        found, waiting = {name}, [name]
        while waiting:
            new = [each for each in below.get(waiting.pop(), ()) if each not in found]
            found.update(new)
            waiting += new
        return found

    return classes


def mentions(server: Server, term: Node) -> bool:
    """Return whether a server holds a statement with a term; a blank node of the shapes is none of its nodes."""
    if isinstance(term, BlankNode):
        return False
    places = ("?s ?p {0}",) if isinstance(term, Literal) else ("{0} ?p ?o", "?s ?p {0}", "?s {0} ?o")
    return any(
        any(True for _ in server.select(f"SELECT * {server.dataset}WHERE {{ {place.format(term)} }} LIMIT 1"))
        for place in places
    )
