"""A process that is killed at its n-th operation on files, without a process."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPERATIONS = {
    "open",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
}
_EXCHANGE = "ctypes.dlopen"
_state: dict[str, object] = {"armed": False}
_operations: list[str] = []


class Killed(BaseException):
    """The process is dead: nothing that it does afterwards, cleaning up included, reaches the disk."""


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _state["armed"]:
        return
    if event != _EXCHANGE:
        if event not in _OPERATIONS:
            return
        path = arguments[0]
        inside = isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(str(_state["below"]))
        relative = (
            event != "open" and isinstance(path, str | bytes) and not Path(os.fsdecode(path)).is_absolute()
        )  # of shutil.rmtree
        if not inside and not relative:
            return
    _operations.append(event)
    if _state["only"] in {None, event}:
        _state["left"] = int(str(_state["left"])) - 1
    if int(str(_state["left"])) < 0:
        _state.setdefault("first", f"{event} {arguments[0]}")
        raise Killed(_state["first"])


@contextmanager
def killed_at(operation: int, below: Path, only: str | None = None) -> Iterator[None]:
    """Let each operation on files below a folder from the n-th on fail, so that the disk stays as a kill leaves it.

    The n-th is that of all operations, or ``only`` of those of a name.
    """
    if "hooked" not in _state:
        sys.addaudithook(_watch)
        _state["hooked"] = True
    _state.pop("first", None)
    _state.update(armed=True, left=operation, only=only, below=str(below))
    try:
        yield
    finally:
        _state["armed"] = False


@contextmanager
def recorded(below: Path) -> Iterator[list[str]]:
    """Let all operations on files below a folder be carried out, and give a list that holds their names afterwards."""
    names: list[str] = []
    _operations.clear()
    with killed_at(sys.maxsize, below):
        yield names
    names += _operations
