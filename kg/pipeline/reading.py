"""What ``kg build`` writes, read back: its manifest, its statements, and where each was read."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from struct import Struct, error
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.core import cache
from kg.core.errors import StoreError
from kg.core.origin import Origin
from kg.core.terms import BASE, CLOSURE, rebase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build says of itself: the base of its IRIs, and the SHA-256 of ``graph.nq``."""

    base: str
    digest: str


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a build and check that its files have the sizes that it states.

    Raises:
        StoreError: there is no manifest, it is not one, or a file is missing or of another size.

    """
    path = folder / "manifest.json"
    try:
        from kg.core.nesting import parse_json

        content = parse_json(path.read_text(encoding="utf-8"))
        manifest = Manifest(str(content["base"]), str(content["outputs"]["graph.nq"]["sha256"]))
        sizes = {name: int(about["bytes"]) for name, about in content["outputs"].items()}
    except OSError as error:
        raise StoreError(
            f"{folder} holds no build: {path.name}: {error.strerror}; `kg build -o {folder}` makes one"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is not the manifest of a build") from error
    for name, size in sizes.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != size:
            raise _changed(folder, name)
    return manifest


def read_quads(folder: Path, manifest: Manifest) -> list[Quad]:
    """Read the statements of a build as they were written, in the order of the file.

    Raises:
        StoreError: the file is not the one that the manifest describes.

    """
    import hashlib

    text = (folder / "graph.nq").read_bytes()
    if hashlib.sha256(text).hexdigest() != manifest.digest:
        raise _changed(folder, "graph.nq")
    return list(parse(text, format=RdfFormat.N_QUADS))


def read_statements(folder: Path) -> tuple[list[Quad], dict[Quad, Origin], str]:
    """Read the statements of a build without its closure.

    They come with the place where each was read, and the base that the build was published under. A graph under another
    base is given under the project's own, which shapes and queries speak of.

    Raises:
        StoreError: the folder holds no build.

    """
    manifest = read_manifest(folder)
    quads = read_quads(folder, manifest)
    origins = read_origins(folder, quads)
    if manifest.base != BASE:
        quads, origins = moved(quads, origins, manifest.base, BASE)
        quads.sort(key=str)
    return [quad for quad in quads if quad.graph_name != CLOSURE], origins, manifest.base


def read_origins(folder: Path, quads: Sequence[Quad]) -> dict[Quad, Origin]:
    """Read where each statement of a build was read; ``quads`` are those of its ``graph.nq``, in its order.

    Raises:
        StoreError: the file is missing or has not one line for each statement.

    """
    path = folder / "origins.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"{path} is not as kg build wrote it; build it again") from error
    if len(lines) != len(quads):
        raise StoreError(f"{path} has {len(lines)} lines for {len(quads)} statements; build it again")
    fields = (line.split("\t") for line in lines)
    try:
        return {quad: Origin(f[0], int(f[1]), int(f[2]), f[3]) for quad, f in zip(quads, fields, strict=True) if f[0]}
    except (ValueError, IndexError) as error:
        raise StoreError(f"{path} is not as kg build wrote it; build it again") from error


def moved(
    quads: Iterable[Quad], origins: Mapping[Quad, Origin], old: str, new: str
) -> tuple[list[Quad], dict[Quad, Origin]]:
    """Return statements and origins with every IRI below the old base put below the new one."""
    renamed = {quad: moved_quad(quad, old, new) for quad in quads}
    return list(renamed.values()), {renamed[quad]: origin for quad, origin in origins.items() if quad in renamed}


def moved_quad(quad: Quad, old: str, new: str) -> Quad:
    """Return a statement with every IRI below the old base put below the new one."""
    return Quad(*(NamedNode(rebase(node.value, new, old)) if isinstance(node, NamedNode) else node for node in quad))


def read_store_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a store that ``kg load`` wrote: its base, whether it stands alone, and its loads.

    Raises:
        StoreError: it cannot be read, or is not one.

    """
    path = folder / "manifest.json"
    try:
        from kg.core.nesting import parse_json

        content: dict[str, Any] = parse_json(path.read_text(encoding="utf-8"))
        if content["kind"] != "store" or not {"base", "alone", "loads"} <= content.keys():
            raise StoreError(f"{path} is not the manifest of a store")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is not the manifest of a store") from error
    return content


def _changed(folder: Path, name: str) -> StoreError:
    return StoreError(f"{folder / name} is not the file that {folder / 'manifest.json'} describes; build it again")


_HEAD: Final = Struct("<16sI")  # what the file is, and the number of records
_KIND: Final = b"motkg origins 1\n"
_RECORD: Final = Struct("<16sIIIHIH")  # hash, line, column; offset and length of the file's name, and of the cell's
_HASH: Final = 16  # bytes


class OriginTable:
    """The origins of the statements of a graph, in the file that ``write_origins`` wrote.

    Raises:
        StoreError: the file cannot be read, or is not such a table.

    """

    def __init__(self, path: Path | str) -> None:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - it may be a text
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            kind, count = _HEAD.unpack_from(self._content)
        except (OSError, ValueError, error) as reason:
            raise StoreError(f"{path} is no table of origins: {reason}") from reason
        self._count = int(count)
        self._names = _HEAD.size + self._count * _RECORD.size
        if kind != _KIND or self._names > len(self._content):
            raise StoreError(f"{path} is no table of origins")

    def __len__(self) -> int:
        """Return the number of statements with an origin."""
        return self._count

    def origin(self, quad: Quad) -> Origin | None:
        """Return where a statement was read, if that is known."""
        wanted = _hash(quad)
        place = bisect_left(range(self._count), wanted, key=self._hash_at)
        if place == self._count or self._hash_at(place) != wanted:
            return None
        _, line, column, *names = _RECORD.unpack_from(self._content, _HEAD.size + place * _RECORD.size)
        return Origin(self._name(*names[:2]), line, column, self._name(*names[2:]))

    def _hash_at(self, place: int) -> bytes:
        start = _HEAD.size + place * _RECORD.size
        return self._content[start : start + _HASH]

    def _name(self, offset: int, length: int) -> str:
        start = self._names + offset
        return self._content[start : start + length].decode()


def write_origins(path: Path, origins: Mapping[Quad, Origin]) -> None:
    """Write a table of origins; those that name a file of the ontology alone get the line and column of the statement.

    Raises:
        OSError: the file cannot be written.

    """
    from kg.loaders.rdf.addresses import Located

    located = Located(origins)
    places = {quad: located.origin(quad) or origin for quad, origin in origins.items()}
    names: dict[str, tuple[int, int]] = {}
    written = bytearray()
    for name in chain.from_iterable((origin.file, origin.cell) for origin in places.values()):
        if name not in names:
            names[name] = len(written), len(name.encode())
            written += name.encode()
    records = sorted(
        _RECORD.pack(_hash(quad), origin.line, origin.column, *names[origin.file], *names[origin.cell])
        for quad, origin in places.items()
    )
    path.write_bytes(_HEAD.pack(_KIND, len(records)) + b"".join(records) + written)


def _hash(quad: Quad) -> bytes:
    return bytes.fromhex(cache.key(str(quad)))
