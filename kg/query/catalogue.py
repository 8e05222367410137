"""The catalogue: every ``.rq`` file of a folder is a query that describes itself in a header of ``#+`` lines.

The header is YAML after grlc's convention. Its keys are ``summary``, ``description``, ``tags``, ``questions`` (the numbers of
the competency questions that it answers), ``parameters`` and ``columns``. A parameter is bound in the body by a line
``VALUES ?name { … }`` that holds its default, so that every file also runs as it stands in any SPARQL tool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InputError, Problem, QueryError, near_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEYS: Final = frozenset({"summary", "description", "tags", "questions", "parameters", "columns"})
PARAMETER_KEYS: Final = frozenset({"type", "scheme", "description", "datatype"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query: things of a class (a CURIE in ``type``), perhaps of one scheme, or literals of a datatype."""

    name: str
    description: str
    type: str = ""
    datatype: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """One query of the catalogue. ``text`` is the whole file, header included."""

    topic: str
    name: str
    text: str
    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


class Catalogue:
    """The queries of a folder by name; names are unique across topics."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*/*.rq"))}

    def __iter__(self) -> Iterator[CatalogueQuery]:
        """Gives every query, by topic and name."""
        return (read_query(path) for path in sorted(self._paths.values()))

    def __contains__(self, name: object) -> bool:
        """Says whether a name, with or without its topic, is in the catalogue."""
        return isinstance(name, str) and self._path(name) is not None

    def _path(self, name: str) -> Path | None:
        topic, _, stem = name.rpartition("/")
        path = self._paths.get(stem)
        return path if path and topic in {"", path.parent.name} else None

    def names(self) -> tuple[str, ...]:
        """Gives the names, sorted."""
        return tuple(sorted(self._paths))

    def __getitem__(self, name: str) -> CatalogueQuery:
        """Gives a query by ``name`` or ``topic/name``.

        Raises:
            QueryError: there is none of that name.

        """
        path = self._path(name)
        if path is None:
            raise QueryError(f"no query is called '{name}'", hint="`kg queries` lists them", near=near_names(name, self._paths))
        return read_query(path)


def read_query(path: Path) -> CatalogueQuery:
    """Reads one file of the catalogue.

    Raises:
        InputError: the header is missing, is not YAML, or has a key that is unknown or of the wrong kind.

    """
    text = path.read_text(encoding="utf-8")
    header = _header(path, text)
    unknown = sorted(header.keys() - KEYS)
    if unknown:
        raise _fault(path, text, unknown[0], f"unknown key '{unknown[0]}'", near_names(unknown[0], KEYS))
    if not isinstance(header.get("summary"), str):
        raise _fault(path, text, "summary", "the header has no summary", ())
    return CatalogueQuery(
        topic=path.parent.name,
        name=path.stem,
        text=text,
        summary=header["summary"],
        description=str(header.get("description", "")),
        tags=tuple(header.get("tags", ())),
        questions=tuple(header.get("questions", ())),
        parameters={name: _parameter(path, text, name, about) for name, about in header.get("parameters", {}).items()},
        columns=dict(header.get("columns", {})),
    )


def _header(path: Path, text: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - only the header needs it

    lines = [line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in text.splitlines()]
    try:
        header = yaml.safe_load("\n".join(lines))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 4) if mark else (1, 1)
        raise InputError([Problem(str(path), *place, f"the header is not YAML: {error.problem}")]) from error
    if not isinstance(header, dict):
        raise InputError([Problem(str(path), 1, 1, "the file has no header", expected="lines that begin with #+")])
    return header


def _parameter(path: Path, text: str, name: str, about: Mapping[str, str]) -> Parameter:
    unknown = sorted(about.keys() - PARAMETER_KEYS)
    if unknown:
        raise _fault(path, text, unknown[0], f"unknown key '{unknown[0]}' of parameter '{name}'", near_names(unknown[0], PARAMETER_KEYS))
    if len(about.keys() & {"type", "datatype"}) != 1:
        raise _fault(path, text, name, f"parameter '{name}' needs either a type or a datatype", ())
    if not values_block(name).search(text):
        raise _fault(path, text, name, f"parameter '{name}' has no line VALUES ?{name} {{ … }}", ())
    return Parameter(name, about.get("description", ""), about.get("type", ""), about.get("datatype", ""), about.get("scheme", ""))


def values_block(name: str) -> re.Pattern[str]:
    """Gives the pattern of the line that binds a parameter; its group ``value`` holds the default."""
    return re.compile(rf"^(?P<head>\s*VALUES \?{re.escape(name)} \{{)(?P<value>[^{{}}]*)(?P<tail>\}})", re.MULTILINE)


def _fault(path: Path, text: str, word: str, message: str, near: tuple[str, ...]) -> InputError:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#+") and f"{word}:" in line:
            return InputError([Problem(str(path), number, line.index(f"{word}:") + 1, message, near=near)])
    return InputError([Problem(str(path), 1, 1, message, near=near)])
