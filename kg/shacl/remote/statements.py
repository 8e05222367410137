"""Fetch from a server the statements that shapes can depend on.

Servers differ in how they evaluate conditions, and a wrong answer is not noticed; they agree on plain triples. So only
those are requested: targets, and steps along paths from them.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.columns import Columns, columns_of_files
from kg.core.errors import InputError, KGError, LimitError, StoreError
from kg.shacl.columnar.executor import make_plan
from kg.shacl.nodes import SUBCLASS
from kg.shacl.remote.needs import Need, Needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from kg.shacl.nodes import Node
    from kg.shacl.remote.server import Server
    from kg.shacl.shapes.shapes import Shapes


_FILE: Final = "statements.nt"


def statements_for(server: Server, shapes: Shapes, say: Callable[[str], None] = lambda _: None) -> Columns:
    """Fetch the statements that can change what the shapes report.

    Args:
        server: the server.
        shapes: the shapes.
        say: called with a line of text about the progress.

    Raises:
        InputError: the shapes have no target, or a pattern that no engine can run.
        StoreError: the server cannot be asked, or gives fewer statements than it counts; the message names the shapes
            and constraints.
        LimitError: the server takes too long.

    """
    make_plan(shapes)  # refuses shapes before the server has any work
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
    """Return a function that lists a class and its subclasses."""
    below: dict[str, list[str]] = {}
    for quad in parse(hierarchy, RdfFormat.N_TRIPLES):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            below.setdefault(quad.object.value, []).append(quad.subject.value)

    def classes(name: str) -> Iterable[str]:
        reached, waiting = {name}, [name]
        while waiting:
            new = [below_it for below_it in below.get(waiting.pop(), ()) if below_it not in reached]
            reached.update(new)
            waiting += new
        return reached

    return classes


def mentions(server: Server, term: Node) -> bool:
    """Return whether a server holds a statement with a term; blank nodes of the shapes are unknown to it."""
    if isinstance(term, BlankNode):
        return False
    places = ("?s ?p {0}",) if isinstance(term, Literal) else ("{0} ?p ?o", "?s ?p {0}", "?s {0} ?o")
    return any(
        any(True for _ in server.select(f"SELECT * {server.dataset}WHERE {{ {place.format(term)} }} LIMIT 1"))
        for place in places
    )


_MOST_AT_ONCE: Final = 100_000
_LEAST_AT_ONCE: Final = 50
_LABEL: Final = re.compile(rb"^_:|[ \t]_:[^ \t]+[ \t]*\.$", re.MULTILINE)
_LABELLED: Final = "<urn:motkg:validation:label>"
_HTTP_OK: Final = 200


class Pattern(NamedTuple):
    """A pattern of SPARQL and the terms of the triples that it finds: variables, or fixed terms."""

    subject: str
    predicate: str
    value: str
    text: str

    @property
    def triple(self) -> str:
        """Return the template of the triples."""
        return f"{self.subject} {self.predicate} {self.value}"

    @property
    def distinct(self) -> str:
        """Return the query for the distinct solutions."""
        names = " ".join(term for term in (self.subject, self.predicate, self.value) if term.startswith("?"))
        return f"SELECT DISTINCT {names} WHERE {{ {self.text} }}"


def pattern_of(need: Need, predicates: frozenset[str] | None) -> Pattern:
    """Return the pattern of the statements of a need that have some of its predicates."""
    inner, near, conditions = (
        ("?n0", "", "") if need.nodes is None else (need.nodes.variable, need.nodes.pattern, need.nodes.conditions)
    )
    subject, value = ("?s", inner) if need.backwards else (inner, "?o")
    predicate = f"<{next(iter(predicates))}>" if predicates is not None and len(predicates) == 1 else "?p"
    if predicates is not None and len(predicates) > 1:
        conditions += f" FILTER (?p IN ({', '.join(f'<{name}>' for name in sorted(predicates))}))"
    return Pattern(subject, predicate, value, f"{near}{subject} {predicate} {value} . {conditions}")


class Reader:
    """Write statements of a server to a file as N-Triples; a statement may come several times.

    ``at_once`` is the number of statements that one answer may have; it shrinks to what the server returns.
    """

    def __init__(self, server: Server, file: BinaryIO, say: Callable[[str], None]) -> None:
        self._server = server
        self._file = file
        self._say = say
        self._at_once = _MOST_AT_ONCE
        self._told = 0
        self.blank_nodes = False

    def read(self, need: Need) -> None:
        """Get the statements of a need.

        Raises:
            StoreError: the server does not answer, or gives fewer statements than it counts; the message names who
                needs them.
            LimitError: the server takes too long.

        """
        try:
            for predicates, number in self._portions(need):
                self._read(pattern_of(need, predicates), number)
        except LimitError as error:
            raise LimitError(f"{need.wanted_by} cannot be checked: {error}") from error
        except KGError as error:
            raise StoreError(f"{need.wanted_by} cannot be checked: {error}", endpoint=self._server.name) from error

    def _portions(self, need: Need) -> Iterator[tuple[frozenset[str] | None, int]]:
        """Yield groups of predicates with the number of their statements.

        A group fits into one answer where possible.
        """
        if need.predicates is not None and len(need.predicates) == 1:
            yield need.predicates, self._count(pattern_of(need, need.predicates))
            return
        pattern = pattern_of(need, need.predicates)
        text = f"SELECT ?p (COUNT(*) AS ?number) {self._server.dataset}WHERE {{ {{ {pattern.distinct} }} }} GROUP BY ?p"
        group: list[str] = []
        number = 0
        for row in self._server.select(text):
            predicate, more = row["p"], _number(row["number"])
            if not isinstance(predicate, NamedNode):
                continue
            if group and number + more > self._at_once:
                yield frozenset(group), number
                group, number = [], 0
            group.append(predicate.value)
            number += more
        if group:
            yield frozenset(group), number

    def _count(self, pattern: Pattern) -> int:
        text = f"SELECT (COUNT(*) AS ?number) {self._server.dataset}WHERE {{ {{ {pattern.distinct} }} }}"
        return sum(_number(row["number"]) for row in self._server.select(text))

    def _read(self, pattern: Pattern, number: int) -> None:
        if not number:
            return
        lines: set[bytes] = set()
        for ordered in (False, True):
            read = self._pages(pattern, number, ordered=ordered)
            lines = set(read)
            if len(lines) == number or (ordered and len(read) == number):
                break
        else:
            counted = f"{number:,} statements are counted, and {len(lines):,} come"
            raise StoreError(
                f"{self._server.name}: {counted}; was it written to meanwhile?", endpoint=self._server.name
            )
        self._file.write(b"\n".join((*lines, b"")))
        self.blank_nodes = self.blank_nodes or any(_LABEL.search(line) for line in lines)
        self._told += len(lines)
        self._say(f"{self._told:,} statements read")

    def _pages(self, pattern: Pattern, number: int, *, ordered: bool) -> list[bytes]:
        """Return the lines of all answers.

        Without an order the answers may overlap, which the count shows; with one, they cost sorting.
        """
        lines: list[bytes] = []
        while len(lines) < number:
            size = min(self._at_once, number - len(lines))
            page = self._page(pattern, size, len(lines), ordered=ordered)
            if len(page) != size:
                if size <= _LEAST_AT_ONCE:
                    break
                self._at_once = max(_LEAST_AT_ONCE, min(size // 2, len(page) * 9 // 10 or size // 2))
                continue
            lines += page
        return lines

    def _page(self, pattern: Pattern, size: int, start: int, *, ordered: bool) -> list[bytes]:
        names = " ".join(term for term in (pattern.subject, pattern.predicate, pattern.value) if term.startswith("?"))
        inner = f"SELECT {names} WHERE {{ {{ {pattern.distinct} ORDER BY {names} }} }}" if ordered else pattern.distinct
        modifiers = f"LIMIT {size}" + (f" OFFSET {start}" if start else "")
        try:
            return self._triples(pattern, f"{inner} {modifiers}")
        except LimitError:
            raise
        except StoreError as error:
            if error.status != _HTTP_OK or size <= _LEAST_AT_ONCE:
                raise
            return []

    def read_at_once(self, needs: Iterable[Need]) -> None:
        """Read the statements of all needs in one answer.

        This is for a server whose labels of blank nodes hold for one answer only.

        Raises:
            StoreError: the server does not answer, or gives fewer statements than it counts.
            LimitError: the server takes too long.

        """
        text = " UNION ".join(f"{{ {_in_general(need)} }}" for need in needs)
        pattern = Pattern("?s", "?p", "?o", text)
        number = self._count(pattern)
        lines = self._triples(pattern, pattern.distinct)
        if len(lines) != number:
            why = (
                f"it labels blank nodes anew in each answer, and of {number:,} statements it gives {len(lines):,} in "
                "one"
            )
            raise StoreError(f"{self._server.name} cannot be validated: {why}", endpoint=self._server.name)
        self._file.write(b"\n".join((*lines, b"")))

    def _triples(self, pattern: Pattern, inner: str) -> list[bytes]:
        """Return a line for each statement that an inner query finds.

        A limit stands inside: Virtuoso overlooks one behind the template.
        """
        content = self._server.construct(
            f"CONSTRUCT {{ {pattern.triple} }} {self._server.dataset}WHERE {{ {{ {inner} }} }}"
        )
        return [line for line in content.split(b"\n") if line.strip() and not line.startswith(b"#")]

    def labels_last(self) -> bool:
        """Return whether a blank node has the same label in every answer.

        Two blank nodes that are requested together must have the labels that they have when each is requested alone.
        """
        pattern = Pattern("?s", _LABELLED, _LABELLED, "{ ?s ?p ?o } UNION { ?o ?p ?s } FILTER (isBlank(?s))")
        for ordered in (False, True):
            together = set(self._page(pattern, 2, 0, ordered=ordered))
            first, second = (set(self._page(pattern, 1, place, ordered=ordered)) for place in (0, 1))
            if len(together) == 1 or (first | second == together and first != second):
                return True
        return False


def _in_general(need: Need) -> str:
    """Return the pattern of a need with the variables ``?s``, ``?p`` and ``?o``."""
    pattern = pattern_of(need, need.predicates)
    text = pattern.text
    if not pattern.predicate.startswith("?"):
        text = text.replace(
            f"{pattern.triple} . ", f"{pattern.subject} ?p {pattern.value} . FILTER (?p = {pattern.predicate}) "
        )
    for variable, name in ((pattern.subject, "?s"), (pattern.value, "?o")):
        text = re.sub(rf"{re.escape(variable)}\b", name, text)
    return text


def _number(term: object) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
