"""Files that hold a query."""

from __future__ import annotations

from pathlib import Path

from kg.core.errors import QueryError, near_names


def read_text(name: str) -> str:
    """Read a file with a query, a byte order mark left out.

    Raises:
        QueryError: there is no such file, with the nearest names of its folder; or it cannot be read, or is not UTF-8.

    """
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
