"""SHACL property paths: the model and its two written forms (W3C SHACL section 2.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

REPEATS: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class InversePath:
    """Follows a path backwards."""

    path: Path


@dataclass(frozen=True, slots=True)
class SequencePath:
    """Follows several paths one after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Follows any one of several paths."""

    choices: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """Follows a path again and again: ``*`` (zero or more), ``+`` (one or more) or ``?`` (zero or one)."""

    path: Path
    sign: str


Path = NamedNode | InversePath | SequencePath | AlternativePath | RepeatedPath


def predicates_of(path: Path) -> Iterator[NamedNode]:
    """Yield every predicate that a path follows."""
    match path:
        case NamedNode():
            yield path
        case InversePath(inner) | RepeatedPath(inner):
            yield from predicates_of(inner)
        case SequencePath(parts) | AlternativePath(parts):
            for part in parts:
                yield from predicates_of(part)


@lru_cache(maxsize=1024)
def path_text(path: Path) -> str:
    """Write a path as SPARQL does, with CURIEs: ``qb:structure/^qb:component``."""
    match path:
        case NamedNode():
            return compact(path.value)
        case InversePath(inner):
            return f"^{_inner_text(inner)}"
        case SequencePath(steps):
            return "/".join(_inner_text(step) for step in steps)
        case AlternativePath(choices):
            return "|".join(_inner_text(choice) for choice in choices)
        case RepeatedPath(inner, sign):
            return f"{_inner_text(inner)}{sign}"


def _inner_text(path: Path) -> str:
    return path_text(path) if isinstance(path, NamedNode) else f"({path_text(path)})"


def path_sparql(path: Path) -> str:
    """Write a path as SPARQL does, with full IRIs."""
    match path:
        case NamedNode():
            return str(path)
        case InversePath(inner):
            return f"^({path_sparql(inner)})"
        case SequencePath(steps):
            return "/".join(f"({path_sparql(step)})" for step in steps)
        case AlternativePath(choices):
            return "|".join(f"({path_sparql(choice)})" for choice in choices)
        case RepeatedPath(inner, sign):
            return f"({path_sparql(inner)}){sign}"


def path_turtle(path: Path) -> str:
    """Write a path as a SHACL node in Turtle, with full IRIs."""
    match path:
        case NamedNode():
            return str(path)
        case InversePath(inner):
            return f"[ sh:inversePath {path_turtle(inner)} ]"
        case SequencePath(steps):
            return f"( {' '.join(map(path_turtle, steps))} )"
        case AlternativePath(choices):
            return f"[ sh:alternativePath ( {' '.join(map(path_turtle, choices))} ) ]"
        case RepeatedPath(inner, sign):
            word = next(form for form, mark in REPEATS.items() if mark == sign)
            return f"[ sh:{word} {path_turtle(inner)} ]"
