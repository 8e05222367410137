"""What ``kg build`` writes, read back: its manifest, its statements and where they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.core.errors import StoreError
from kg.core.nesting import parse_json
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
    """Read the statements of a build without its closure, where each was read, and the base that it was published under.

    A graph under another base is given under the project's own, which shapes and queries speak of.

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
    if len(lines) != len(quads):
        raise StoreError(f"{path} has {len(lines)} lines for {len(quads)} statements; build it again")
    fields = (line.split("\t") for line in lines)
    return {quad: Origin(f[0], int(f[1]), int(f[2]), f[3]) for quad, f in zip(quads, fields, strict=True) if f[0]}


def moved(
    quads: Iterable[Quad], origins: Mapping[Quad, Origin], old: str, new: str
) -> tuple[list[Quad], dict[Quad, Origin]]:
    """Return statements and origins with every IRI below the old base put below the new one."""
    renamed = {quad: moved_quad(quad, old, new) for quad in quads}
    return list(renamed.values()), {renamed[quad]: origin for quad, origin in origins.items() if quad in renamed}


def moved_quad(quad: Quad, old: str, new: str) -> Quad:
    """Return a statement with every IRI below the old base put below the new one."""
    return Quad(*(NamedNode(rebase(node.value, new, old)) if isinstance(node, NamedNode) else node for node in quad))


def build_files(folder: Path) -> list[str] | None:
    """Return the names of the files of a build; None for a folder that is none."""
    try:
        outputs = parse_json((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ["manifest.json", *outputs] if isinstance(outputs, dict) and "graph.nq" in outputs else None


def read_store_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a store that ``kg load`` wrote: its base, whether it stands alone, and its loads.

    Raises:
        StoreError: it cannot be read, or is not one.

    """
    path = folder / "manifest.json"
    try:
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
