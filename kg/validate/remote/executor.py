"""Runs shapes as SPARQL queries: one for each constraint of each shape that can report, each over all its focus nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.validate.nodes import SUBCLASS, TYPE, Node
from kg.validate.paths import path_sparql
from kg.validate.plan import make_plan
from kg.validate.prebinding import bound, runs_for_sets, substituted
from kg.validate.remote.conditions import Conditions, cannot, text_of
from kg.validate.report import EmptyTarget, Report, Result, sorted_results
from kg.validate.select import parts_of
from kg.validate.shapes import Constraint, Shape, Shapes, Target

Ask = Callable[[str], Iterable[Mapping[str, Node | None]]]
"""Answers a SELECT query: a mapping from variable to term for each solution."""


class Chain(NamedTuple):
    """The way from the focus nodes of a target to ``?this``: its variables, and the pattern that binds them."""

    variables: tuple[str, ...]
    pattern: str

    def rows(self, *more: str, pattern: str = "") -> str:
        """Gives a subquery for the distinct ways, with further variables that a pattern binds."""
        names = " ".join((*self.variables, *more))
        return f"{{ SELECT DISTINCT {names} WHERE {{ {self.pattern} {pattern} }} }}"


def validate_store(ask: Ask, shapes: Shapes) -> Report:
    """Validates what a store holds, by queries alone. Literals are seen as the store gives them, which may not be as they were written.

    Raises:
        InputError: the shapes have no target, or hold what has no form in SPARQL: the message names the constraint.
        StoreError: the store cannot be asked.

    """
    plan = make_plan(shapes)
    executor = _Executor(ask, shapes)
    for delegation in plan.delegated:
        shape = shapes.by_node[delegation.shape]
        raise cannot(shape, shape.constraints[0] if shape.constraints else Constraint("Node"), delegation.reason)
    results = [result for shape in plan.native for result in executor.results(shape, _targets(shape))]
    groups = " UNION ".join(f"{{ {_targets(shape).pattern} }}" for shape in plan.native)
    counted = next(iter(ask(f"SELECT (COUNT(DISTINCT ?this) AS ?number) WHERE {{ {groups} }}")))["number"] if groups else None
    return Report(
        conforms=not results,
        results=sorted_results(results),
        empty_targets=tuple(_empty_targets(ask, shapes)),
        delegated=(),
        engine="sparql",
        focus_nodes=int(counted.value) if isinstance(counted, Literal) else 0,
    )


def _targets(shape: Shape) -> Chain:
    return Chain(("?this",), " UNION ".join(f"{{ {_target(target)} }}" for target in shape.targets))


def _target(target: Target) -> str:
    match target.kind:
        case "targetNode":
            return f"VALUES ?this {{ {text_of(target.term)} }}"
        case "targetSubjectsOf":
            return f"?this {target.term} ?anything"
        case "targetObjectsOf":
            return f"?anything {target.term} ?this"
        case _:
            return f"?this {TYPE}/{SUBCLASS}* {text_of(target.term)}"


def _empty_targets(ask: Ask, shapes: Shapes) -> Iterator[EmptyTarget]:
    for shape in shapes.with_targets():
        for target in () if shape.deactivated else shape.targets:
            mention = _mention(target.term)
            pattern = mention if target.kind == "targetNode" else _target(target)
            if not any(True for _ in ask(f"SELECT * WHERE {{ {pattern} }} LIMIT 1")):
                known = any(True for _ in ask(f"SELECT * WHERE {{ {mention} }} LIMIT 1"))
                yield EmptyTarget(shape.node, "targetClass" if target.kind == "implicit" else target.kind, target.term, known)


def _mention(term: Node) -> str:
    name = text_of(term)
    if isinstance(term, Literal):
        return f"?s ?p {name}"
    return f"{{ {name} ?p ?o }} UNION {{ ?s {name} ?o }} UNION {{ ?s ?p {name} }}"


class _Executor:
    def __init__(self, ask: Ask, shapes: Shapes) -> None:
        self._ask = ask
        self._shapes = shapes
        self._conditions = Conditions(shapes)

    def results(self, shape: Shape, chain: Chain) -> Iterator[Result]:
        """Gives the results of a shape for the nodes at the end of a chain."""
        if shape.deactivated:
            return
        for constraint in shape.constraints:
            if constraint.component == "Property":
                yield from self.results(self._shapes.by_node[constraint.shapes[0]], _longer(chain, shape))
            elif constraint.select is not None:
                yield from self._query_results(shape, constraint, chain)
            else:
                for row in self._ask(self._text(shape, constraint, chain)):
                    this, value, path = row["this"], row.get("value"), row.get("path")
                    if this is not None:
                        own = path if isinstance(path, NamedNode) else shape.path
                        yield Result(this, own, value, constraint.source, shape.node, shape.severity, shape.messages)

    def _text(self, shape: Shape, constraint: Constraint, chain: Chain) -> str:
        if constraint.component in {"MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount"} and shape.path is not None:
            return self._count(shape, constraint, chain)
        condition = self._conditions.value_fails(shape, constraint, "?value" if shape.path is not None else "?this")
        if condition is not None and shape.path is not None:
            values = chain.rows("?value", pattern=f"?this {path_sparql(shape.path)} ?value .")
            return f"SELECT ?this ?value WHERE {{ {values} FILTER ({condition}) }}"
        if condition is not None:
            return f"SELECT ?this (?this AS ?value) WHERE {{ {chain.rows()} FILTER ({condition}) }}"
        if constraint.component == "Equals" and shape.path is None:
            same = f"{chain.rows()} BIND (?this AS ?value) FILTER NOT EXISTS {{ ?this {constraint.terms[0]} ?this }}"
            other = f"{chain.rows()} ?this {constraint.terms[0]} ?value FILTER (!sameTerm(?this, ?value))"
            return f"SELECT ?this ?value WHERE {{ {{ {same} }} UNION {{ {other} }} }}"
        return self._together(shape, constraint, chain)

    def _together(self, shape: Shape, constraint: Constraint, chain: Chain) -> str:
        """Gives the query for a constraint on the value nodes of a focus node together."""
        pattern = f"{chain.rows()} {self._conditions.violation(shape, constraint, '?this', '?value')}"
        names = " ".join(chain.variables)
        match constraint.component:
            case "HasValue":
                return f"SELECT ?this WHERE {{ {pattern} }}"
            case "UniqueLang":
                tagged = f"{pattern} BIND (LCASE(LANG(?value)) AS ?tag)"
                return f"SELECT ?this WHERE {{ {{ SELECT DISTINCT {names} ?tag WHERE {{ {tagged} }} }} }}"
            case "Closed":
                return f"SELECT ?this ?path ?value WHERE {{ {pattern} }}"
            case "LessThan" | "LessThanOrEquals":
                return f"SELECT ?this ?value WHERE {{ {pattern} }}"
            case _:
                return f"SELECT ?this ?value WHERE {{ {{ SELECT DISTINCT {names} ?value WHERE {{ {pattern} }} }} }}"

    def _count(self, shape: Shape, constraint: Constraint, chain: Chain) -> str:
        least = constraint.component in {"MinCount", "QualifiedMinCount"}
        path = path_sparql(shape.path) if shape.path is not None else ""
        if least and constraint.limit == 1 and not constraint.shapes:
            return f"SELECT ?this WHERE {{ {chain.rows()} FILTER NOT EXISTS {{ ?this {path} ?counted }} }}"
        counted = f" FILTER ({self._conditions.counted(constraint, '?counted')})" if constraint.shapes else ""
        number = f"COUNT(DISTINCT ?counted) {'<' if least else '>'} {constraint.limit}"
        names = " ".join(chain.variables)
        values = f"OPTIONAL {{ ?this {path} ?counted{counted} }}" if least else f"?this {path} ?counted{counted}"
        return f"SELECT {names} WHERE {{ {chain.rows()} {values} }} GROUP BY {names} HAVING ({number})"

    def _query_results(self, shape: Shape, constraint: Constraint, chain: Chain) -> Iterator[Result]:
        select = constraint.select
        if select is None:
            return
        tree = substituted(select.tree, dict(select.parameters))
        used = {node.name for node in sparql.walk(tree) if isinstance(node, sparql.Variable)}
        if used & {"shapesGraph", "currentShape"} or not runs_for_sets(tree):
            raise cannot(shape, constraint, "its query asks for the shapes graph, or has to be run for each focus node apart")
        if isinstance(tree, sparql.AskQuery):
            text = self._ask_text(tree, shape, chain)
        else:
            block = _group(f"SELECT * WHERE {{ {chain.rows()} }}")
            text = sparql.write(bound(tree, ("this",), block))
        for row in self._ask(text):
            bindings = {name: term for name, term in row.items() if term is not None}
            path, value, messages = parts_of(select, bindings, bare=shape.path is None)
            own = path or shape.path
            yield Result(bindings["this"], own, value, constraint.source, shape.node, shape.severity, messages or shape.messages)

    def _ask_text(self, tree: sparql.AskQuery, shape: Shape, chain: Chain) -> str:
        to_value = f"?this {path_sparql(shape.path)} ?value ." if shape.path is not None else "BIND (?this AS ?value)"
        rows = chain.rows("?value", pattern=to_value)
        template = sparql.parse(f"SELECT ?this ?value WHERE {{ {rows} FILTER NOT EXISTS {{ }} }}", known={})

        def with_group(node: sparql.Node) -> sparql.Node:
            return sparql.replace(node, group=tree.where) if isinstance(node, sparql.Exists) and not node.group.elements else node

        return sparql.write(sparql.replace(sparql.transform(template, with_group), prologue=tree.prologue))


def _longer(chain: Chain, shape: Shape) -> Chain:
    """Gives the way one step further, along the path of a shape."""
    if shape.path is None:
        return chain
    name = f"?above{len(chain.variables)}"
    earlier = chain.rows().replace("?this", name)
    variables = (*(each.replace("?this", name) for each in chain.variables), "?this")
    return Chain(variables, f"{earlier} {name} {path_sparql(shape.path)} ?this .")


def _group(text: str) -> sparql.Group:
    query = sparql.parse(text, known={})
    return query.where if query.where is not None else sparql.Group(sparql.NOWHERE, ())
