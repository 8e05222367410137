"""What follows from loaded statements: by the rules of ``ontology/rules``, then by OWL 2 RL under the ontology.

The ontology is closed in memory. What follows from the data goes from the engine to the engine as a stream, a CONSTRUCT
query for each rule of OWL 2 RL and class or property that the data use, until nothing new comes. Where queries do not
do, because two terms may denote the same or the data hold axioms of their own, ``kg.reason.closure`` closes the whole
store in memory, up to a limit; beyond it nothing is added, and the reason is given.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize

from kg.columns.reading import columns_of_files, columns_of_quads
from kg.core.resources import ontology_dir, rule_layers
from kg.core.terms import BASE, CLOSURE, DERIVED, RDF_TYPE, rebase
from kg.loaders import load_ontology
from kg.reason.closure import Closure
from kg.reason.closure.axioms import NODES, SCHEMA_CLASSES, SCHEMA_PROPERTIES
from kg.reason.instore.consequences import Consequences
from kg.reason.rules import read_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pyoxigraph import Triple

    from kg.reason.instore.consequences import Rule
    from kg.store.embedded.bulk import BulkStore

CLOSED_UP_TO: Final = 2_000_000
"""Statements up to which a load is closed when it does not say, and a store in memory where queries do not do."""
_IMPLIED: Final = NamedNode("urn:x-motkg:closing:implied")
_HIDDEN: Final = NamedNode("urn:x-motkg:closing:hidden")
_BLOCK: Final = 1 << 22


@dataclass(frozen=True)
class Closed:
    """How many statements closing added, and why it did not, where it did not."""

    derived: int
    left_open: str = ""


def close(store: BulkStore, graphs: Sequence[str], workplace: Path, base: str, tell: Callable[[str], None]) -> Closed:
    """Add what follows from some graphs, or from all when none is named, to ``graph/derived`` and ``graph/closure``."""
    tell("deriving by rules")
    before = len(store.store)
    for layer in rule_layers():
        rules = (text.replace(f"<{BASE}", f"<{base}") for _, text in read_rules(layer))
        _add(store, rules, NamedNode(rebase(DERIVED.value, base)), workplace)
    tell("closing under the ontology")
    closing = Closing(store, shipped_ontology(base), NamedNode(rebase(CLOSURE.value, base)), workplace)
    left_open = closing.close([*graphs, rebase(DERIVED.value, base)] if graphs else [], CLOSED_UP_TO)
    return Closed(len(store.store) - before, left_open)


def shipped_ontology(base: str = BASE) -> list[Quad]:
    """Return the statements of the shipped ontology under a base."""
    quads = load_ontology(ontology_dir()).quads
    if base == BASE:
        return quads
    lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return list(parse(lines.replace(f"<{BASE}".encode(), f"<{base}".encode()), RdfFormat.N_QUADS))


class Closing:
    """Closes a store under an ontology, whether the store holds it or not.

    What the ontology itself implies is not added.

    ``into`` is the graph that takes what follows. The ontology has no blank nodes. It stands meanwhile in a graph of
    its own, the members of anonymous classes in another.
    """

    def __init__(self, store: BulkStore, ontology: Sequence[Quad], into: NamedNode, workplace: Path) -> None:
        self._store, self._into, self._workplace = store, into, workplace
        closure = Closure(columns_of_quads(ontology))
        self._rules = Consequences(closure)
        self._implied = Store()
        self._implied.bulk_extend(_in_graph([*(quad.triple for quad in ontology), *closure.derived()], _IMPLIED))

    def close(self, graphs: Sequence[str], limit: int) -> str:
        """Add what follows from some graphs, or from all when none is named.

        Return the reason if that is not possible. ``limit`` is the number of statements up to which a store is closed
        in memory.
        """
        self._clear()
        obstacle = self._said_in_data() or self._rules.general_obstacle or self._by_queries(graphs)
        self._clear()
        if obstacle and len(self._store.store) > limit:
            return f"{obstacle}, and no more than {limit:,} statements are closed in memory"
        if obstacle:
            self._in_memory()
        return ""

    def _clear(self) -> None:
        for graph in (_IMPLIED, _HIDDEN):
            self._store.store.remove_graph(graph)

    def _said_in_data(self) -> str:
        """Describe what axiom or identity the store states that the ontology does not imply, if any."""
        patterns: list[tuple[NamedNode, NamedNode | None]] = [(RDF_TYPE, NODES[name]) for name in SCHEMA_CLASSES]
        patterns += [(NODES[name], None) for name in ("sameAs", *SCHEMA_PROPERTIES) if name not in {"first", "rest"}]
        for predicate, value in patterns:
            for quad in self._store.store.quads_for_pattern(None, predicate, value):
                implied = Quad(quad.subject, quad.predicate, quad.object, _IMPLIED) in self._implied
                if not implied and quad.subject != quad.object:
                    return f"{quad.triple} is no statement of the ontology's, and says what follows from others"
        return ""

    def _by_queries(self, graphs: Sequence[str]) -> str:
        """Apply rules as queries until nothing new follows, and return the reason when queries are not sufficient."""
        self._store.store.bulk_extend(self._implied)
        self._store.store.bulk_extend(_in_graph(self._rules.members_of_hidden(), _HIDDEN))
        everything = [token for token in self._rules.tokens if self._is_there(token, ())]
        self._until_nothing_new(everything, (), hidden_only=True)
        graphs = [*graphs, _HIDDEN.value] if graphs else ()
        fresh = [token for token in self._rules.tokens if self._is_there(token, graphs)]
        return self._values_in_joins(everything) or self._until_nothing_new(fresh, graphs)

    def _until_nothing_new(self, fresh: Iterable[str], graphs: Sequence[str], *, hidden_only: bool = False) -> str:
        """Apply the rules for some tokens, then those for the tokens of what they conclude, and so on.

        What direct rules conclude needs no other direct rule. After the first round only what joined rules concluded is
        looked at.
        """
        wanted = self._rules.hidden if hidden_only else lambda _: True
        obstacle = "" if hidden_only else self._obstacle(fresh, concluded=False)
        while fresh and not obstacle:
            direct = [rule for token in fresh for rule in self._rules.direct(token) if wanted(rule.conclusion)]
            by_direct = self._apply(direct, graphs)
            changed = {*fresh, *by_direct}
            joined = [
                rule for rule in self._rules.joined if wanted(rule.conclusion) and not rule.premises.isdisjoint(changed)
            ]
            fresh, graphs = self._apply(joined, ()), (self._into.value, _HIDDEN.value)
            concluded = [*by_direct, *fresh]
            obstacle = self._obstacle(concluded, concluded=True) or self._values_in_joins(concluded)
        return obstacle

    def _obstacle(self, tokens: Iterable[str], *, concluded: bool) -> str:
        found = (self._rules.obstacle(token, concluded=concluded) for token in tokens)
        return next(filter(None, found), "")

    def _values_in_joins(self, tokens: Iterable[str]) -> str:
        """Describe which literals a rule would have to look at as subjects or members, which they are in no store."""
        found = (token for token in tokens if self._rules.led_to_by_values(token) and self._has_literals(token))
        token = next(found, "")
        return f"literals that {token} leads to take part in a join" if token else ""

    def _has_literals(self, token: str) -> bool:
        return bool(
            self._store.store.query(f"ASK {{ ?x {token} ?y FILTER(ISLITERAL(?y)) }}", use_default_graph_as_union=True)
        )

    def _is_there(self, token: str, graphs: Sequence[str]) -> bool:
        node = NamedNode(token.removeprefix("a ")[1:-1])
        predicate, value = (RDF_TYPE, node) if token.startswith("a ") else (node, None)
        named = [NamedNode(graph) for graph in graphs] if graphs else [None]
        found = (self._store.store.quads_for_pattern(None, predicate, value, graph) for graph in named)
        return any(next(quads, None) for quads in found)

    def _apply(self, rules: Sequence[Rule], graphs: Sequence[str]) -> list[str]:
        """Add what some rules conclude and return the tokens of the new statements.

        What follows from classes is added first, because much of what follows from properties is the same.
        """
        found: dict[str, None] = {}
        parts = ((of_class, hidden) for of_class in (True, False) for hidden in (False, True))
        for of_class, hidden in parts:
            graph = _HIDDEN if hidden else self._into
            chosen = [
                rule for rule in rules if (rule.of_class, self._rules.hidden(rule.conclusion)) == (of_class, hidden)
            ]
            wrote = _add(self._store, (rule.query(graphs) for rule in chosen), graph, self._workplace)
            found |= dict.fromkeys(rule.conclusion for rule, some in zip(chosen, wrote, strict=True) if some)
        return list(found)

    def _in_memory(self) -> None:
        with tempfile.TemporaryDirectory(dir=self._workplace) as folder:
            stated, implied = Path(folder) / "stated.nq", Path(folder) / "implied.nq"
            self._store.store.dump(str(stated), RdfFormat.N_QUADS)
            self._implied.dump(str(implied), RdfFormat.N_QUADS)
            closure = Closure(columns_of_files([stated, implied]))
            with (Path(folder) / "closure.nt").open("w+b") as lines:
                closure.write(lines)
                _load(self._store, lines, self._into)


def _add(store: BulkStore, queries: Iterable[str], graph: NamedNode, workplace: Path) -> list[bool]:
    """Add the results of CONSTRUCT queries to a graph; return for each query whether it had any."""
    wrote: list[bool] = []
    with tempfile.TemporaryFile(dir=workplace) as lines:
        for text in queries:
            before = lines.tell()
            store.construct_to(text, lines)
            wrote.append(lines.tell() > before)
        _load(store, lines, graph)
    return wrote


def _load(store: BulkStore, lines: IO[bytes], graph: NamedNode) -> None:
    """Load lines of N-Triples; a loader would give blank nodes new names, so statements about them go another way."""
    lines.seek(0)
    blank = any(b"_:" in block for block in iter(lambda: lines.read(_BLOCK), b""))
    lines.seek(0)
    if blank:
        store.store.bulk_extend(_in_graph((quad.triple for quad in parse(lines, RdfFormat.N_TRIPLES)), graph))
    elif lines.seek(0, 2):
        lines.seek(0)
        store.load_stream(lines, RdfFormat.N_TRIPLES, graph.value, graph=graph)


def _in_graph(triples: Iterable[Triple], graph: NamedNode) -> Iterator[Quad]:
    return (Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)
