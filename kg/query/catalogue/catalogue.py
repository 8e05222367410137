"""The catalogue: every ``.rq`` file of a folder is a query that describes itself in a header of ``#+`` lines.

The header is YAML after grlc's convention. Its keys are ``summary``, ``description``, ``tags``, ``questions`` (the
numbers of the competency questions that it answers), ``parameters``, ``columns`` and ``chart``. A parameter is bound in
the body by a line ``VALUES ?name { … }`` that holds its default, so that every file also runs as it stands in any
SPARQL tool. Reading a header does not parse the body: `kg.query.catalogue.binding` does when a value is to be bound.
"""

from __future__ import annotations

import contextlib
import marshal
import re
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.core import cache
from kg.core.errors import InputError, Problem, QueryError, near_names
from kg.query.catalogue.declarations import Fault, Parameter, read_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.query.results.charts import Chart

KEYS: Final = frozenset({"summary", "description", "tags", "questions", "parameters", "columns", "chart"})


class CatalogueQuery(NamedTuple):
    """One query of the catalogue. ``text`` is the whole file, header included."""

    topic: str
    name: str
    text: str
    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    parameters: Mapping[str, Parameter] = MappingProxyType({})
    columns: Mapping[str, str] = MappingProxyType({})
    chart: Chart | None = None


class Catalogue:
    """The queries of a folder by name; names are unique across topics."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*/*.rq"))}

    def __iter__(self) -> Iterator[CatalogueQuery]:
        """Return every query, by topic and name."""
        return (read_query(path) for path in sorted(self._paths.values()))

    def __contains__(self, name: object) -> bool:
        """Return whether a name, with or without its topic, is in the catalogue."""
        return isinstance(name, str) and self._path(name) is not None

    def _path(self, name: str) -> Path | None:
        topic, _, stem = name.rpartition("/")
        path = self._paths.get(stem)
        return path if path and topic in {"", path.parent.name} else None

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted."""
        return tuple(sorted(self._paths))

    def __getitem__(self, name: str) -> CatalogueQuery:
        """Return a query by ``name`` or ``topic/name``.

        Raises:
            QueryError: there is none of that name.

        """
        path = self._path(name)
        if path is None:
            raise QueryError(
                f"no query is called '{name}'", hint="`kg queries` lists them", near=near_names(name, self._paths)
            )
        return read_query(path)


def read_query(path: Path) -> CatalogueQuery:
    """Read one file of the catalogue.

    Raises:
        InputError: the header is missing, is not YAML, or has a key that is unknown or of the wrong kind.

    """
    text = path.read_text(encoding="utf-8-sig")
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
        chart=_chart(path, text, header),
    )


def _header(path: Path, text: str) -> dict[str, Any]:
    """Return what the header says.

    It is kept in the user's cache under its text, which saves all of the reader of YAML.
    """
    written = "\n".join(
        line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in text.splitlines()
    ).rstrip()
    name = cache.key(sys.version, written)
    held = cache.read("headers", name)
    if held is not None:
        kept: dict[str, Any] = marshal.loads(held)  # noqa: S302 - the user's own, and whole
        return kept
    header = _read_header(path, written)
    with contextlib.suppress(ValueError):  # a date, which is no value of a header that is right
        cache.write("headers", name, marshal.dumps(header))
    return header


def _read_header(path: Path, written: str) -> dict[str, Any]:
    import yaml

    from kg.core.yamlevents import LOADER, TooDeepError, shallow_events

    try:
        for _ in shallow_events(written):
            pass
        header = yaml.load(written, LOADER)  # noqa: S506 - it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 4) if mark else (1, 1)
        raise InputError([Problem(str(path), *place, f"the header is not YAML: {error.problem}")]) from error
    except TooDeepError as error:
        line, column = error.place
        raise InputError([Problem(str(path), line, column + 3, f"the header is {error}")]) from error
    except (yaml.YAMLError, ValueError) as error:  # a character that YAML forbids, a date that does not exist
        raise InputError([Problem(str(path), 1, 1, f"the header is not YAML: {error}")]) from error
    if not isinstance(header, dict):
        raise InputError([Problem(str(path), 1, 1, "the file has no header", expected="lines that begin with #+")])
    return header


def _chart(path: Path, text: str, header: Mapping[str, Any]) -> Chart | None:
    if "chart" not in header:
        return None
    from kg.query.results.charts import read_chart

    chart = read_chart(header["chart"], header.get("columns", {}))
    if isinstance(chart, Fault):
        raise _fault(path, text, *chart, under="chart")
    return chart


def _parameter(path: Path, text: str, name: str, about: object) -> Parameter:
    parameter = read_parameter(name, about)
    if isinstance(parameter, Fault):
        raise _fault(path, text, *parameter, under=f"  {name}")
    if f"VALUES ?{name} {{" not in text:
        raise _fault(path, text, name, f"parameter '{name}' has no line VALUES ?{name} {{ … }}", ())
    return parameter


def _fault(  # noqa: PLR0913 - the parts of a message
    path: Path, text: str, word: str, message: str, near: tuple[str, ...], *, under: str = ""
) -> InputError:
    """Return an error that points at a word of the header, at the first one after the key ``under`` if that is given."""
    reached = not under
    for number, line in enumerate(text.splitlines(), 1):
        reached = reached or line.startswith(f"#+ {under}:")
        found = re.search(rf"(?<![\w-]){re.escape(word)}:", line) if reached and line.startswith("#+") else None
        if found:
            return InputError([Problem(str(path), number, found.start() + 1, message, near=near)])
    return InputError([Problem(str(path), 1, 1, message, near=near)])
