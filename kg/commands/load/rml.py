"""Tables by a mapping in RML, through morph-kgc.

morph-kgc needs older releases of what motkg stands on, so it lives in an environment of its own and is called as a
program; the setting ``MOTKG_MORPH_KGC`` names the Python of that environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from pathlib import Path

PYTHON: Final = "MOTKG_MORPH_KGC"
_LAST: Final = 600


def is_rml(map_file: Path | None) -> bool:
    """Return whether a map is a mapping in RML, by its name."""
    return map_file is not None and map_file.suffix == ".ttl"


def translated(map_file: Path, folder: Path) -> Path:
    """Run a mapping; gives the N-Triples that it makes, in ``folder``. The mapping itself names its tables.

    Raises:
        StoreError: morph-kgc is not there.
        InputError: it refuses the mapping or a table; the message has its last words.

    """
    if not map_file.is_file():
        raise InputError([Problem(str(map_file), 0, 0, "there is no such file")])
    python = os.environ.get(PYTHON) or sys.executable
    if shutil.which(python) is None:
        raise StoreError(f"{PYTHON} names no Python: {python}")
    output, settings = folder / "rml.nt", folder / "rml.ini"
    settings.write_text(
        f"[CONFIGURATION]\noutput_file: {output}\noutput_format: N-TRIPLES\nlogging_level: ERROR\n[data]\nmappings: {map_file.resolve()}\n",
        encoding="utf-8",
    )
    ran = subprocess.run(  # noqa: S603 - the user's own program, without a shell
        [python, "-W", "ignore", "-m", "morph_kgc", str(settings)],
        capture_output=True,
        text=True,
        check=False,
        cwd=map_file.parent or ".",
    )
    if "No module named" in ran.stderr and "morph_kgc" in ran.stderr:
        raise StoreError(
            f"RML needs morph-kgc: install it in an environment of its own and set {PYTHON} to that environment's Python"
        )
    if ran.returncode or not output.is_file():
        raise InputError(
            [Problem(str(map_file), 0, 0, f"morph-kgc cannot run the mapping: {ran.stderr.strip()[-_LAST:]}")]
        )
    return output
