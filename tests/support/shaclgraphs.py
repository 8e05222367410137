"""Graphs, paths and constraints at random, for tests in which two validators must come to the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REPEATS = ("[ sh:zeroOrMorePath :p ]", "[ sh:oneOrMorePath :p ]", "[ sh:zeroOrOnePath :p ]")
PATHS = st.sampled_from([":p", "[ sh:inversePath :p ]", "( :p :q )", "[ sh:alternativePath ( :p :q ) ]", *REPEATS])
NODES = (":a", ":b", ":c", "1", "2", '"x"@en', '"y"@en', '"x"')


def triples(nodes: Sequence[str] = NODES) -> st.SearchStrategy[list[tuple[str, str, str]]]:
    """Gives up to twelve statements of three subjects; ``nodes`` are the objects to choose from."""
    predicates = st.sampled_from([":p", ":q", "rdfs:subClassOf"])
    return st.lists(st.tuples(st.sampled_from([":a", ":b", ":c"]), predicates, st.sampled_from(nodes)), max_size=12)


def constraints(known: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Gives one to four of the known constraints, at most one for each parameter of SHACL."""
    return st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda constraint: constraint.split()[0])


def graph_of(statements: Iterable[tuple[str, str, str]]) -> str:
    """Writes statements as Turtle, with two more that make :a and :c instances."""
    return ":a a :b . :c a :c . " + " ".join(f"{s} {p} {o} ." for s, p, o in statements)
