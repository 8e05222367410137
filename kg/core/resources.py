"""What is installed: the version, and the data files of motkg (ontology, cases, queries).

Only this module locates the data files. In the wheel they lie inside the package under ``data``; in a checkout they lie
at the top of the repository.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as typing has it; every command starts here, and most need neither typing nor pathlib
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Final

VERSION: Final = "0.1.0"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
_INSTALLED = os.path.join(_PACKAGE, "data")
_TOP = _INSTALLED if os.path.isdir(_INSTALLED) else os.path.dirname(_PACKAGE)
_BUILDING_FOLDERS = ("columns", "core", "evidence", "loaders", "pipeline", "reason")


def _path(*parts: str) -> Path:
    from pathlib import Path

    return Path(*parts)


def data_file(*parts: str) -> str:
    """Return the path of a file or folder below those that hold the ontology and the queries."""
    return os.path.join(_TOP, *parts)


def ontology_dir() -> Path:
    """Return the folder that holds ``motkg.ttl``, the schemes, the shapes and the context of case files."""
    return _path(_TOP, "ontology")


def rule_layers() -> list[Path]:
    """Return the folders of rules in the order of application: each sees what the ones before it derived."""
    folders = (path for path in (ontology_dir() / "rules").iterdir() if path.is_dir())
    return sorted(folders, key=lambda path: int(path.name.partition("-")[0]))


def shape_files() -> list[Path]:
    """Return the files of the shapes for data; those for the ontology itself stand apart."""
    return sorted(path for path in (ontology_dir() / "shapes").glob("*.ttl") if path.stem != "ontology")


def queries_dir() -> Path:
    """Return the folder that holds the catalogue of queries, one ``.rq`` file each."""
    return _path(_TOP, "queries")


def cases_dir() -> Path:
    """Return the folder that holds one folder of case files for each shipped document."""
    return _path(_PACKAGE, "cases")


def shipped_documents() -> list[Path]:
    """Return the folders of the documents that motkg ships, by name."""
    return sorted(path.parent for path in cases_dir().glob("*/document.yaml"))


def input_files(documents: Iterable[Path]) -> dict[str, Path]:
    """Return every file that a build of these documents reads, by a name that does not depend on where it lies."""
    ontology = ontology_dir()
    named = {
        f"ontology/{path.relative_to(ontology).as_posix()}": path for path in ontology.rglob("*") if path.is_file()
    }
    for folder in documents:
        named |= {
            f"{folder.name}/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()
        }
    return {name: named[name] for name in sorted(named)}


def building_code() -> dict[str, Path]:
    """Return the modules whose change may change a built graph.

    An index made by other code is thus not used in place of the current one.
    """
    package = _path(_PACKAGE)
    modules = [path for part in _BUILDING_FOLDERS for path in (package / part).rglob("*.py")]
    return {path.relative_to(package).as_posix(): path for path in sorted(modules)}


def graph_inputs() -> tuple[str, ...]:
    """Return the files and folders that the shipped graph is built from, including the code that builds it."""
    inside = (os.path.join(_PACKAGE, name) for name in (*_BUILDING_FOLDERS, "cases"))
    return (*inside, os.path.join(_TOP, "ontology"))


def file_hashes(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each file, in hexadecimal."""
    import hashlib

    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
