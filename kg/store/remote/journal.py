"""A journal of a load: how many chunks have arrived, for the same input at the same place only."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from kg.core.atomic import whole_file
from kg.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


class Journal:
    """A small file that a load leaves behind when it is interrupted; without a path it remembers nothing.

    Raises:
        StoreError: the file is the journal of another load, or none.

    """

    def __init__(self, path: Path | None, identity: str) -> None:
        self.path = path
        self.done = 0
        self._identity = sha256(identity.encode()).hexdigest()
        if path is not None and path.exists():
            self.done = self._read(path)

    def add(self, done: int) -> None:
        """Note that so many chunks have arrived."""
        self.done = done
        if self.path is None:
            return
        try:
            with whole_file(self.path) as building:
                building.write_text(json.dumps({"load": self._identity, "chunks": done}), encoding="utf-8")
        except StoreError as error:
            raise StoreError(f"the journal {self.path} cannot be written: {error}") from error

    def remove(self) -> None:
        """End the journal."""
        self.done = 0
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _read(self, path: Path) -> int:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            identity, done = str(content["load"]), int(content["chunks"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is no journal of a load; name another file") from error
        if identity != self._identity:
            raise StoreError(
                f"{path} is the journal of another load, or its files have changed; remove it to begin again"
            )
        return done
