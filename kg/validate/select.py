"""SPARQL-based constraints: one query for a whole set of focus nodes (W3C SHACL section 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions

from kg.validate.components import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.validate.data import DataGraph
    from kg.validate.nodes import Node
    from kg.validate.shapes import Select

_TOKEN: Final = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>\s]*>|\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"|(?P<open>\{)|(?P<close>\})|(?P<this>[?$]this\b)|[?$]\w+|\w*:[\w.-]*|(?P<word>[A-Za-z]+)",
    re.DOTALL,
)
_NOT_SET_WISE: Final = frozenset({"LIMIT", "OFFSET", "MINUS", "VALUES", "SERVICE"})


class CannotSelectError(Exception):
    """A SPARQL-based constraint cannot be run for a set of focus nodes at once; the message says why."""


class SelectRunner:
    """Runs SPARQL-based constraints; the store is filled when the first one comes."""

    def __init__(self, data: DataGraph) -> None:
        self._data = data
        self._store: pyoxigraph.Store | None = None

    def run(self, select: Select, focus: Iterable[Node], *, bare: bool) -> Iterator[Finding]:
        """Gives a finding for each solution; ``bare`` says that the shape has no path.

        Raises:
            CannotSelectError: the query or a focus node does not allow a set-wise run.

        """
        nodes = tuple(focus)
        if any(isinstance(node, BlankNode) for node in nodes):
            raise CannotSelectError("a SPARQL-based constraint of it has a blank node to check")
        if not nodes:
            return
        try:
            solutions = self._filled().query(with_focus(select.query, nodes))
        except SyntaxError as error:
            raise CannotSelectError(f"its SPARQL-based constraint cannot be read: {error}") from error
        if not isinstance(solutions, QuerySolutions):
            raise CannotSelectError("its SPARQL-based constraint is no SELECT query")
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            bound = {name: solution[name] for name in names if solution[name] is not None}
            path = bound.get("path")
            value = bound.get("value", bound["this"] if bare else None)
            yield Finding(bound["this"], value, path if isinstance(path, NamedNode) else None, _messages(select, bound))

    def _filled(self) -> pyoxigraph.Store:
        if self._store is None:
            self._store = pyoxigraph.Store()
            self._store.bulk_extend(Quad(*triple) for triple in self._data.triples())
        return self._store


def with_focus(query: str, nodes: Iterable[Node]) -> str:
    """Binds ``$this`` to a set of nodes: a ``VALUES`` block at the head of every group that mentions it, except inside ``EXISTS``.

    ``EXISTS`` takes the binding from the group around it. Joining the groups on ``?this`` then gives, for every focus node,
    what binding that node alone would give.

    Raises:
        CannotSelectError: the query has a part for which that does not hold.

    """
    block = f" VALUES ?this {{ {' '.join(map(str, nodes))} }} "
    groups: list[tuple[int, bool]] = []
    heads: set[int] = set()
    subqueries: set[int] = set()
    after_exists = False
    for token in _TOKEN.finditer(query):
        if word := (token["word"] or "").upper():
            after_exists = word == "EXISTS"
            if word in _NOT_SET_WISE:
                raise CannotSelectError(f"its SPARQL-based constraint uses {word}")
            if word == "SELECT" and groups:
                subqueries.add(groups[-1][0])
        elif token["open"]:
            groups.append((token.end(), after_exists or (bool(groups) and groups[-1][1])))
            after_exists = False
        elif token["close"]:
            groups.pop()
        elif token["this"]:
            heads.update(start for start, inside_exists in groups if not inside_exists)
    for start in sorted(heads - subqueries, reverse=True):
        query = query[:start] + block + query[start:]
    return query


def _messages(select: Select, bound: dict[str, Node]) -> tuple[Literal, ...]:
    own = bound.get("message")
    if isinstance(own, Literal):
        return (own,)

    def fill(match: re.Match[str]) -> str:
        node = bound.get(match[1])
        return match[0] if node is None else str(node.value) if isinstance(node, NamedNode | Literal) else str(node)

    return tuple(_with_text(message, re.sub(r"\{[?$](\w+)\}", fill, message.value)) for message in select.messages)


def _with_text(literal: Literal, text: str) -> Literal:
    return Literal(text, language=literal.language) if literal.language else Literal(text)
