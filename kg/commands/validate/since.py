"""The data of a validation, and what takes the place of a full run when only changes since a base are to be validated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.commands.validate.data import sources_of
from kg.commands.validate.filechanges import TooMuchError
from kg.commands.validate.sincerevision import SinceRevision, require_revision
from kg.commands.validate.sincestate import Patch, since_files, since_patch
from kg.commands.validate.state import is_state, open_state
from kg.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.commands.validate.data import Data
    from kg.commands.validate.run import Validate
    from kg.commands.validate.shapes import GivenShapes
    from kg.shacl.engine import Engine

__all__ = ["Patch", "data_since"]


def data_since(  # noqa: PLR0913 - each says another thing about one run
    base: str,
    named: Sequence[str],
    given: GivenShapes,
    read: Callable[[], Data],
    *,
    engine: Engine = "auto",
    syntax: str = "",
    with_ontology: bool = False,
    patch: Patch | None = None,
) -> tuple[Data, Validate | None]:
    """Return the data, and the validation of what changed since ``base``: a state, or a git revision.

    ``read`` reads the data that ``named`` names. Where a full run is due there is no other validation: builds, case
    files and standard input are always validated whole, as is what changed so much that this is estimated to be
    cheaper, and what has no earlier report by the same shapes, engine and version. The report is the same in any case.

    Raises:
        InputError: the base is neither a state nor a revision, a file cannot be read, or a patch has no state to go
            with.

    """
    state = open_state(Path(base)) if is_state(Path(base)) else None
    if patch:
        if state is None or named:
            wanted = "--since with a folder that --save-state wrote, and no DATA"
            raise InputError([Problem("--added, --removed", 0, 0, "the statements change the data of a state", wanted)])
        since = since_patch(state, given, engine, patch)
        return since.data, since.validate
    sources = sources_of(named, syntax)
    if state is not None and sources is not None and engine != "pyshacl":
        try:
            since = since_files(state, given, engine, sources, with_ontology=with_ontology)
        except TooMuchError:
            return read(), None
        return since.data, since.validate
    if sources is None and state is None:
        require_revision(base, Path.cwd())
    data = read()
    if sources is None or state is not None or data.statements is not None:
        return data, None
    return data, SinceRevision(base, data, given, engine).validate
