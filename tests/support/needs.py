"""What some tests need beside Python packages: what a skipped test says about it, and the line that ends a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEDIES: Final = {
    "the source documents": "MOTKG_SOURCES=FOLDER names them; motkg may not ship them",
    "the W3C SHACL suite": "MOTKG_W3C_SHACL=FOLDER names its tests",
    "the W3C SPARQL suite": "MOTKG_W3C_SPARQL=FOLDER names its tests of SPARQL 1.1",
    "the W3C SPARQL 1.2 suite": "MOTKG_W3C_SPARQL12=FOLDER names its tests",
    "Java": "Debian: default-jdk-headless",
    "Virtuoso": "Debian: virtuoso-opensource-7",
    "Fuseki": "downloaded by the first run with a network",
    "morph-kgc": "MOTKG_MORPH_KGC=PYTHON names the Python of an environment that holds it",
}
_REASON: Final = re.compile(r"missing: ([^(]+) \(")


def missing(name: str) -> str:
    """Return why a test skips without one of ``REMEDIES``."""
    return f"missing: {name} ({REMEDIES[name]})"


def missing_line(reasons: Iterable[str]) -> str:
    """Return the line that names all that was missing, by the reasons of skipped tests; empty if nothing was."""
    names = [match[1] for match in map(_REASON.search, reasons) if match]
    told = [f"{name} ({remedy})" for name, remedy in REMEDIES.items() if name in names]
    return f"missing (tests skipped: {len(names)}): {', '.join(told)}" if told else ""
