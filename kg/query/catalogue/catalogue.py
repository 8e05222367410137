"""The catalogue: every ``.rq`` file of a folder is a query that describes itself in a header of ``#+`` lines.

The header is YAML after grlc's convention. Its keys are ``summary``, ``description``, ``tags``, ``questions`` (the
numbers of the competency questions that it answers), ``across``, ``parameters``, ``columns`` and ``chart``. With
``across: studies`` an answer takes figures or claims of several studies together; every other query keeps studies
apart: its answer over several is the union of its answers over each. A parameter is bound in
the body by a line ``VALUES ?name { … }`` that holds its default, so that every file also runs as it stands in any
SPARQL tool. Reading a header does not parse the body: `kg.query.catalogue.binding` does when a value is to be bound.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import re
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.core import cache
from kg.core.errors import InputError, Problem, QueryError, near_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.query.catalogue.declarations import Chart, Parameter


_SUFFIX: Final = ".rq"
KEYS: Final = frozenset({"summary", "description", "tags", "questions", "across", "parameters", "columns", "chart"})
STUDIES: Final = "studies"


class CatalogueQuery(NamedTuple):
    """One query of the catalogue.

    ``text`` is the whole file, header included; ``declared_chart`` is what the header says of a chart, and
    ``across_studies`` whether it takes several studies together.
    """

    file: str
    topic: str
    name: str
    text: str
    summary: str
    description: str = ""
    tags: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    parameters: Mapping[str, Parameter] = MappingProxyType({})
    columns: Mapping[str, str] = MappingProxyType({})
    declared_chart: Mapping[str, Any] | None = None
    across_studies: bool = False

    @property
    def chart(self) -> Chart | None:
        """The chart, where the header declares one.

        Raises:
            InputError: the declaration is wrong.

        """
        return None if self.declared_chart is None else _chart(self.file, self.text, self.declared_chart, self.columns)


class Catalogue:
    """The queries of a folder by name; names are unique across topics."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = os.fspath(folder)
        self._topics = {name.removesuffix(_SUFFIX): topic for topic, name in sorted(_files(self._folder))}

    def __iter__(self) -> Iterator[CatalogueQuery]:
        """Iterate over all queries, by topic and name."""
        return (self._read(name) for _, name in sorted((topic, name) for name, topic in self._topics.items()))

    def __contains__(self, name: object) -> bool:
        """Return whether a name, with or without its topic, is in the catalogue."""
        return isinstance(name, str) and bool(self._bare(name))

    def _bare(self, name: str) -> str:
        """Return a name without its topic; nothing if it is not in the catalogue."""
        topic, _, bare = name.rpartition("/")
        return bare if bare in self._topics and topic in {"", self._topics[bare]} else ""

    def _read(self, name: str) -> CatalogueQuery:
        return read_query(os.path.join(self._folder, self._topics[name], name + _SUFFIX))

    def keep_headers(self) -> None:
        """Read every header once, so that the user's cache holds it and no first answer waits for the reader of YAML.

        Faults of a header are reported when its query is read.
        """
        for name in self._topics:
            with contextlib.suppress(InputError):
                self._read(name)

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted."""
        return tuple(sorted(self._topics))

    def __getitem__(self, name: str) -> CatalogueQuery:
        """Return a query by ``name`` or ``topic/name``.

        Raises:
            QueryError: there is none of that name.

        """
        bare = self._bare(name)
        if not bare:
            raise QueryError(
                f"no query is called '{name}'", hint="`kg queries` lists them", near=near_names(name, self._topics)
            )
        return self._read(bare)


def _files(folder: str) -> Iterator[tuple[str, str]]:
    """Iterate over the topics and names of the files of queries."""
    with os.scandir(folder) as topics:
        for topic in topics:
            if topic.is_dir():
                yield from ((topic.name, name) for name in os.listdir(topic) if name.endswith(_SUFFIX))


def read_query(file: Path | str) -> CatalogueQuery:
    """Read one file of the catalogue.

    Raises:
        InputError: the header is missing, is not YAML, or has a key that is unknown or of the wrong kind.

    """
    path = os.fspath(file)
    with open(path, encoding="utf-8") as opened:
        text = opened.read().removeprefix("\ufeff")
    header = _header(path, text)
    unknown = sorted(header.keys() - KEYS)
    if unknown:
        raise _fault(path, text, unknown[0], f"unknown key '{unknown[0]}'", near_names(unknown[0], KEYS))
    if header.get("across", STUDIES) != STUDIES:
        raise _fault(path, text, "across", "'across' can only be 'studies'", (STUDIES,))
    if not isinstance(header.get("summary"), str):
        raise _fault(path, text, "summary", "the header has no summary", ())
    return CatalogueQuery(
        file=path,
        topic=os.path.basename(os.path.dirname(path)),
        name=os.path.splitext(os.path.basename(path))[0],
        text=text,
        summary=header["summary"],
        description=str(header.get("description", "")),
        tags=tuple(header.get("tags", ())),
        questions=tuple(header.get("questions", ())),
        parameters={name: _parameter(path, text, name, about) for name, about in header.get("parameters", {}).items()},
        columns=dict(header.get("columns", {})),
        declared_chart=header.get("chart"),
        across_studies="across" in header,
    )


def _header(path: str, text: str) -> dict[str, Any]:
    """Return what the header says.

    It is kept in the user's cache under its text once its chart, which depends on nothing else, has been checked: that
    saves the reader of YAML, and of charts.
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
    if "chart" in header:
        _chart(path, text, header["chart"], header.get("columns", {}))
    with contextlib.suppress(ValueError):  # a date, which is no value of a header that is right
        cache.write("headers", name, marshal.dumps(header))
    return header


def _read_header(path: str, written: str) -> dict[str, Any]:
    import yaml

    from kg.core.nesting import TooDeepError, shallow_events, yaml_loader

    try:
        for _ in shallow_events(written):
            pass
        header = yaml.load(written, yaml_loader())  # noqa: S506 - it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 4) if mark else (1, 1)
        raise InputError([Problem(path, *place, f"the header is not YAML: {error.problem}")]) from error
    except TooDeepError as error:
        line, column = error.place
        raise InputError([Problem(path, line, column + 3, f"the header is {error}")]) from error
    except (yaml.YAMLError, ValueError) as error:  # a character that YAML forbids, a date that does not exist
        raise InputError([Problem(path, 1, 1, f"the header is not YAML: {error}")]) from error
    if not isinstance(header, dict):
        raise InputError([Problem(path, 1, 1, "the file has no header", expected="lines that begin with #+")])
    return header


def _chart(path: str, text: str, about: object, columns: Mapping[str, str]) -> Chart:
    from kg.query.catalogue.declarations import Fault, read_chart

    chart = read_chart(about, columns)
    if isinstance(chart, Fault):
        raise _fault(path, text, *chart, under="chart")
    return chart


def _parameter(path: str, text: str, name: str, about: object) -> Parameter:
    from kg.query.catalogue.declarations import Fault, read_parameter

    parameter = read_parameter(name, about)
    if isinstance(parameter, Fault):
        raise _fault(path, text, *parameter, under=f"  {name}")
    if f"VALUES ?{name} {{" not in text:
        raise _fault(path, text, name, f"parameter '{name}' has no line VALUES ?{name} {{ … }}", ())
    return parameter


def _fault(  # noqa: PLR0913 - the parts of a message
    path: str, text: str, word: str, message: str, near: tuple[str, ...], *, under: str = ""
) -> InputError:
    """Return an error that points at a word of the header: the first one after the key ``under`` if that is given."""
    reached = not under
    for number, line in enumerate(text.splitlines(), 1):
        reached = reached or line.startswith(f"#+ {under}:")
        found = re.search(rf"(?<![\w-]){re.escape(word)}:", line) if reached and line.startswith("#+") else None
        if found:
            return InputError([Problem(path, number, found.start() + 1, message, near=near)])
    return InputError([Problem(path, 1, 1, message, near=near)])


def read_text(name: str) -> str:
    """Read a file with a query, a byte order mark left out.

    Raises:
        QueryError: there is no such file, with the nearest names of its folder; or it cannot be read, or is not UTF-8.

    """
    from pathlib import Path

    file = Path(name)
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        beside = sorted(file.parent.glob("*.rq"))
        near = near_names(file.name, [path.name for path in beside])
        raise QueryError(f"there is no file {name}", near=[str(file.with_name(one)) for one in near]) from error
    except OSError as error:
        raise QueryError(f"{name}: the file cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise QueryError(
            f"{name}: the file is not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}"
        ) from error
