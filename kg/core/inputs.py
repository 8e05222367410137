"""Determine what a path, pattern or address stands for.

It can be a build, a loaded store, case files, RDF files, tables, a text or an endpoint. Every command and
:func:`kg.open` read names through this module, so that the same name means the same thing everywhere. Statements that a
Python program holds (graphs of rdflib, stores and quads of pyoxigraph) become quads here too.

Example:
    >>> from kg.core.inputs import inputs_of
    >>> inputs_of(["-"])
    [Input(kind='stdin', name='-')]

"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple

from kg.core.errors import InputError, Problem, near_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from typing import BinaryIO, Literal, Protocol, TypeAlias, TypeGuard

    import rdflib
    from pyoxigraph import Dataset, Store

    HeldStatements: TypeAlias = "rdflib.Graph | Store | Dataset | Iterable[Quad] | Iterable[Triple]"

    class HasQuads(Protocol):
        """An object that returns its statements, such as a store or an inference."""

        def quads(self) -> Iterable[Quad]:
            """Return every statement."""

    InputKind: TypeAlias = Literal["store", "build", "cases", "rdf", "table", "text", "stdin", "endpoint"]

_EXPECTED: Final = "a path, or statements: pyoxigraph.parse(text, format=RdfFormat.TURTLE) reads a text"
DOCUMENT: Final = "document.yaml"
"""The file that makes a folder one of case files."""
MANIFEST: Final = "manifest.json"
RDF_ENDINGS: Final = ("ttl", "nt", "nq", "trig", "rdf", "jsonld", "n3")
_ALSO_RDF: Final = (*RDF_ENDINGS, "owl", "xml", "turtle", "shacl", "gz")
_TABLES: Final = ("csv",)
_TEXTS: Final = ("txt", "md")
_SCHEMES: Final = ("http://", "https://")
_WORDS: Final[dict[InputKind, str]] = {
    "store": "a store that kg load wrote",
    "build": "a folder that kg build wrote",
    "cases": f"case files ({DOCUMENT})",
    "rdf": "RDF files",
    "table": "survey tables (.csv)",
    "text": "a text (.txt, .md)",
    "stdin": "- for standard input",
    "endpoint": "the address of an endpoint",
}
_IN_FOLDERS: Final[dict[InputKind, str]] = {
    "cases": DOCUMENT,
    "rdf": "RDF files",
    "build": MANIFEST,
    "table": "a table (.csv)",
}
KINDS: Final = tuple(_WORDS)


_OTHER_NAMES: Final = {
    "turtle": "ttl",
    "shacl": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "nquads": "nq",
    "n-quads": "nq",
    "rdfxml": "rdf",
    "rdf/xml": "rdf",
    "json-ld": "jsonld",
}
"""Names of syntaxes and endings of files, beside ``RDF_ENDINGS``, each with the ending that says the same."""
_GZIP, _UTF8_MARK, _UTF16_MARKS = b"\x1f\x8b", b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_OF_XML: Final = (b"<?xml", b"<rdf:", b"<!", b"<Ontology")
_BEGINNING: Final = 1 << 10


def rdf_syntax(ending: str) -> RdfFormat | None:
    """Return the syntax that an ending or a name such as ``turtle`` stands for, if there is one."""
    name = ending.lower().removeprefix(".")
    return RdfFormat.from_extension(_OTHER_NAMES.get(name, name))


def syntax_of_file(path: Path) -> RdfFormat | None:
    """Return the syntax of a file by the ending of its name, before ``.gz``; an ``.owl`` file tells it by its text."""
    ending = path.suffix if path.suffix.lower() != ".gz" else os.path.splitext(path.stem)[1]  # noqa: PTH122 - a name
    if ending.lower() != ".owl":
        return rdf_syntax(ending)
    try:
        with unwrapped(path.open("rb")) as content:
            beginning = content.read(_BEGINNING).lstrip()
    except (OSError, EOFError):  # the reader will say so
        return RdfFormat.RDF_XML
    return RdfFormat.RDF_XML if beginning.startswith((*_OF_XML, *_UTF16_MARKS)) else RdfFormat.TURTLE


def unwrapped(content: BinaryIO) -> BinaryIO:
    """Return what a file holds, decompressed if it was compressed by gzip, and without the byte order mark of UTF-8."""
    buffered = content if isinstance(content, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", content))
    try:
        if buffered.peek(2)[:2] == _GZIP:
            buffered = _Decompressed(buffered)
        beginning = buffered.peek(3)[:3]
    except (OSError, EOFError):
        buffered.close()
        raise
    if beginning == _UTF8_MARK:
        buffered.read(3)
    return buffered


class _Decompressed(io.BufferedReader):
    """What gzip compressed, with the file that it comes from."""

    def __init__(self, content: BinaryIO) -> None:
        import gzip

        super().__init__(cast("io.RawIOBase", gzip.GzipFile(fileobj=content)))
        self._content = content

    def close(self) -> None:
        """Close both."""
        super().close()
        self._content.close()


def is_wrapped(path: Path) -> bool:
    """Return whether a file is compressed or begins with a byte order mark; one that cannot be read is not."""
    try:
        with path.open("rb") as content:
            return content.read(3).startswith((_GZIP, _UTF8_MARK))
    except OSError:
        return False


class Input(NamedTuple):
    """One input: its kind, and the path of the file or folder, the address, or ``-``."""

    kind: InputKind
    name: str

    @property
    def path(self) -> Path:
        """Return the path of the file or folder."""
        from pathlib import Path

        return Path(self.name)


def inputs_of(names: Iterable[str | os.PathLike[str]], accepted: Collection[InputKind] = KINDS) -> list[Input]:
    """Return what some names stand for, in order and each once.

    A folder stands for itself when it is a store, a build or one of case files, and otherwise for the folders of case
    files and the RDF files or tables in it. A pattern such as ``data/*.ttl`` stands for what it matches.

    Args:
        names: paths, patterns, addresses of endpoints, or ``-``.
        accepted: the kinds that the caller can read; files in a folder are looked for by these kinds only.

    Raises:
        InputError: a name stands for nothing, or for something of another kind; one problem for each such name.

    """
    inputs: dict[Input, None] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            inputs |= dict.fromkeys(_inputs(os.fspath(name), accepted))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    if len(inputs) > 1:
        from kg.core.terms import name_folders_of

        name_folders_of(given.path for given in inputs if given.kind == "rdf")
    return list(inputs)


def input_of(name: str | os.PathLike[str], accepted: Collection[InputKind] = KINDS) -> Input:
    """Return the one input that a name stands for.

    Raises:
        InputError: it stands for nothing, for several inputs, or for something of another kind.

    """
    inputs = inputs_of([name], accepted)
    if len(inputs) > 1:
        raise InputError([Problem(os.fspath(name), 0, 0, f"stands for {len(inputs)} inputs", "one of them")])
    return inputs[0]


def rdf_files(names: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the RDF files that some names stand for.

    Raises:
        InputError: a name stands for no RDF file; one problem for each such name.

    """
    rdf: tuple[InputKind, ...] = ("rdf",)
    return [given.path for given in inputs_of(names, rdf)]


def is_store(folder: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a store that ``kg load`` wrote to its end."""
    from pathlib import Path

    return (Path(folder) / MANIFEST).is_file() and (Path(folder) / "store").is_dir()


def folder_kind(folder: str | os.PathLike[str]) -> InputKind | None:
    """Return whether a folder as a whole is a store, a build or one of case files, or None."""
    from pathlib import Path

    path = Path(folder)
    if is_store(path) or (path / "store" / "CURRENT").is_file():
        return "store"
    if (path / DOCUMENT).is_file():
        return "cases"
    if (path / MANIFEST).is_file() and ((path / "graph.nq").is_file() or (path / "origins.tsv").is_file()):
        return "build"
    return None


def is_address(name: str) -> bool:
    """Return whether a name is the address of an endpoint."""
    return name.startswith(_SCHEMES)


def _inputs(name: str, accepted: Collection[InputKind]) -> Iterator[Input]:
    import glob
    from pathlib import Path

    if name == "-":
        yield _accepted(Input("stdin", name), accepted)
    elif is_address(name):
        yield _accepted(Input("endpoint", name), accepted)
    elif os.path.lexists(name) or not glob.has_magic(name):
        yield from _at(Path(name), accepted)
    else:
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - a pattern may be absolute
        if not matches:
            raise InputError([Problem(name, 0, 0, "no file matches the pattern")])
        for match in matches:
            yield from _at(Path(match), accepted)


def _at(path: Path, accepted: Collection[InputKind]) -> Iterator[Input]:
    if not path.exists():
        raise InputError([_missing(path)])
    if not path.is_dir():
        yield _accepted(Input(_file_kind(path, accepted), str(path)), accepted)
        return
    kind = folder_kind(path)
    if kind is not None:
        yield _accepted(Input(kind, str(path)), accepted)
        return
    inside = list(_in_folder(path, accepted))
    if not inside and (path / MANIFEST).is_file():  # a build whose other files are gone: its reader says which
        inside = [_accepted(Input("build", str(path)), accepted)]
    if not inside:
        sought = " nor ".join(words for kind, words in _IN_FOLDERS.items() if kind in accepted)
        raise InputError([Problem(str(path), 0, 0, f"the folder holds neither {sought}", _words(accepted))])
    yield from inside


def _missing(path: Path) -> Problem:
    try:
        siblings = os.listdir(path.parent)  # noqa: PTH208 - names alone
    except OSError:
        siblings = []
    near = tuple(str(path.with_name(name)) for name in near_names(path.name, siblings))
    try:
        path.stat()
        reason = os.strerror(errno.ENOENT)
    except OSError as error:  # also a circle of links, or a folder that may not be looked into
        reason = error.strerror or str(error)
    return Problem(str(path), 0, 0, f"the file cannot be read: {reason}", near=tuple(n for n in near if n != str(path)))


def _file_kind(path: Path, accepted: Collection[InputKind]) -> InputKind:
    """Return the kind of a file by its extension.

    A file with an unknown extension counts as RDF, whose reader lists the extensions that it knows.
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending in _TABLES:
        return "table"
    if ending in _TEXTS:
        return "text"
    return "rdf" if "rdf" in accepted or ending in _ALSO_RDF or "table" not in accepted else "table"


def _in_folder(folder: Path, accepted: Collection[InputKind]) -> Iterator[Input]:
    if "cases" in accepted:
        yield from (Input("cases", str(file.parent)) for file in sorted(folder.glob(f"*/{DOCUMENT}")))
    if "rdf" in accepted:
        files = sorted(file for ending in RDF_ENDINGS for file in folder.rglob(f"*.{ending}"))
        yield from (Input("rdf", str(file)) for file in files)
    if "table" in accepted:
        tables = sorted(folder.glob("*.csv")) or sorted((folder / "tables").glob("*.csv"))
        yield from (Input("table", str(file)) for file in tables if file.is_file())


def _accepted(found: Input, accepted: Collection[InputKind]) -> Input:
    if found.kind not in accepted:
        raise InputError([Problem(found.name, 0, 0, f"is {_WORDS[found.kind]}", _words(accepted))])
    return found


def _words(accepted: Collection[InputKind]) -> str:
    *others, last = (words for kind, words in _WORDS.items() if kind in accepted)
    return f"{', '.join(others)} or {last}" if others else last


def is_path(data: object) -> TypeGuard[Path | str]:
    """Return whether an argument is a path: a string or something with ``__fspath__``.

    Raises:
        InputError: it is a string of RDF rather than the name of a file, or it is bytes.

    """
    if isinstance(data, (bytes, bytearray)):
        raise InputError([Problem("data", 0, 0, "bytes were given", expected=_EXPECTED)])
    if isinstance(data, str) and _is_text(data):
        start = f"{data.strip().splitlines()[0][:40]}…" if data.strip() else "an empty string"
        raise InputError([Problem("data", 0, 0, f"a text was given instead of a path: {start}", expected=_EXPECTED)])
    return isinstance(data, str) or hasattr(data, "__fspath__")


def _is_text(data: str) -> bool:
    return not data.strip() or "\n" in data or data.lstrip().startswith(("<", "@prefix", "@base", "PREFIX ", "BASE "))


def quads_of(data: object) -> list[Quad]:
    """Return the statements of a graph that a program holds.

    Args:
        data: a ``Store`` or ``Dataset`` of pyoxigraph, a ``Graph`` or ``Dataset`` of rdflib, an iterable of quads or
            triples, or an object with such quads as ``quads`` (what ``kg.build`` returns, a store of motkg).

    Raises:
        InputError: it is something else, or holds something that is no statement.

    """
    if _is_rdflib(data):
        return list(_of_rdflib(data))
    held = getattr(data, "quads", data)
    if callable(held):
        held = held()
    if not isinstance(held, Iterable):
        raise InputError([Problem("data", 0, 0, f"{_kind(data)} holds no statements", expected=_EXPECTED)])
    return [_quad(statement) for statement in held]


def _is_rdflib(data: object) -> TypeGuard[rdflib.Graph]:
    rdflib_module = sys.modules.get("rdflib")  # whoever holds such a graph has imported it
    return rdflib_module is not None and isinstance(data, rdflib_module.Graph)


def _of_rdflib(graph: rdflib.Graph) -> Iterator[Quad]:
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID, ConjunctiveGraph

    from kg.core.rdflibterms import from_rdflib

    rows: Iterable[tuple[object, ...]] = (
        graph.quads((None, None, None, None))
        if isinstance(graph, ConjunctiveGraph)
        else ((*triple, None) for triple in graph)
    )
    for *triple, place in rows:
        name = getattr(place, "identifier", place)  # a graph or its name, which depends on the class
        in_default = name is None or name == DATASET_DEFAULT_GRAPH_ID
        subject, predicate, value = (from_rdflib(node) for node in triple)  # type: ignore[arg-type]
        yield Quad(subject, predicate, value, DefaultGraph() if in_default else from_rdflib(name))  # type: ignore[arg-type]


def _quad(statement: object) -> Quad:
    if isinstance(statement, Quad):
        return statement
    if isinstance(statement, Triple):
        return Quad(statement.subject, statement.predicate, statement.object)
    message = f"{_kind(statement)} is no statement"
    raise InputError([Problem("data", 0, 0, message, expected="quads or triples of pyoxigraph, or a graph of rdflib")])


def _kind(data: object) -> str:
    return f"an object of type {type(data).__name__}"
