"""What ``kg build`` writes, read back: its manifest and its statements."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, parse

from kg.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Quad


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build says of itself: the base of its IRIs, and the SHA-256 of ``graph.nq``."""

    base: str
    digest: str


def read_manifest(folder: Path) -> Manifest:
    """Reads the manifest of a build and sees that its files are there in the size that it tells.

    Raises:
        StoreError: there is no manifest, it is not one, or a file is missing or of another size.

    """
    path = folder / "manifest.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(str(content["base"]), str(content["outputs"]["graph.nq"]["sha256"]))
        sizes = {name: int(about["bytes"]) for name, about in content["outputs"].items()}
    except OSError as error:
        raise StoreError(f"{folder} holds no build: {path.name}: {error.strerror}; `kg build -o {folder}` makes one") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path} is not the manifest of a build") from error
    for name, size in sizes.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != size:
            raise _changed(folder, name)
    return manifest


def read_quads(folder: Path, manifest: Manifest) -> list[Quad]:
    """Reads the statements of a build as they were written, in the order of the file.

    Raises:
        StoreError: the file is not the one that the manifest describes.

    """
    text = (folder / "graph.nq").read_bytes()
    if hashlib.sha256(text).hexdigest() != manifest.digest:
        raise _changed(folder, "graph.nq")
    return list(parse(text, format=RdfFormat.N_QUADS))


def is_store(folder: Path) -> bool:
    """Tells whether a folder is a store that ``kg load`` wrote."""
    return (folder / "manifest.json").is_file() and (folder / "store").is_dir()


def read_store_manifest(folder: Path) -> dict[str, Any]:
    """Reads the manifest of a store that ``kg load`` wrote: its base, whether it stands alone, and its loads.

    Raises:
        StoreError: it cannot be read, or is not one.

    """
    path = folder / "manifest.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["kind"] != "store" or not {"base", "alone", "loads"} <= content.keys():
            raise StoreError(f"{path} is not the manifest of a store")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is not the manifest of a store") from error
    return content


def _changed(folder: Path, name: str) -> StoreError:
    return StoreError(f"{folder / name} is not the file that {folder / 'manifest.json'} describes; build it again")
