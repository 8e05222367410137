"""Prefixes and IRIs: the one place that turns a CURIE into an IRI and back."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pyoxigraph import NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.namespaces import BASE, ONTOLOGY
from kg.core.resources import data_file

_PREFIX_LINE: Final = r"(?m)^@prefix\s+([\w-]*):\s*<([^>]*)>\s*\."
_BASE: Final = r"https?://[^\s<>\"{}|^`\\/]+/([^\s<>\"{}|^`\\]*/)?"
CURIE: Final = re.compile(r"[\w-]+:[^\s/]\S*")
SCHEMES: Final = ("http://", "https://", "urn:")
"""How an IRI begins that is written without angle brackets."""
_LOCAL = re.compile(r"[\w]([\w.-]*[\w-])?")


@cache
def prefixes() -> dict[str, str]:
    """Return every known prefix with its namespace, as ``ontology/prefixes.ttl`` lists them."""
    with open(data_file("ontology", "prefixes.ttl"), encoding="utf-8") as file:
        return dict(re.findall(_PREFIX_LINE, file.read()))


def expand(curie: str) -> NamedNode:
    """Turn a CURIE such as ``stage:commercialization`` into its IRI.

    Raises:
        QueryError: the text is not a CURIE or its prefix is unknown.

    """
    prefix, colon, local = curie.partition(":")
    if not colon:
        raise QueryError(f"'{curie}' is not a CURIE", hint="write prefix:name, for example stage:commercialization")
    if prefix not in prefixes():
        raise QueryError(f"unknown prefix '{prefix}:'", near=near_names(prefix, prefixes()))
    return NamedNode(prefixes()[prefix] + local)


def written_iri(text: str, base: str = BASE) -> str:
    """Return the IRI that a person writes in full, in angle brackets or as a CURIE, which below motkg's base stands for one below ``base``.

    The empty text is given where it looks like none; what looks like one may still hold characters that no IRI has.
    """
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    prefix = bare.partition(":")[0]
    if CURIE.fullmatch(bare) and prefix in prefixes():
        return rebase(prefixes()[prefix] + bare[len(prefix) + 1 :], base)
    return bare if bare != text or bare.startswith(SCHEMES) else ""


@cache
def _namespaces() -> list[tuple[str, str]]:
    return sorted(((iri, prefix) for prefix, iri in prefixes().items()), key=lambda pair: -len(pair[0]))


def compact(iri: str) -> str:
    """Turn an IRI into the shortest CURIE that a Turtle parser reads back, or return it in angle brackets."""
    for namespace, prefix in _namespaces():
        if iri.startswith(namespace) and _LOCAL.fullmatch(local := iri[len(namespace) :]):
            return f"{prefix}:{local}"
    return f"<{iri}>"


def rebase(iri: str, new: str, old: str = BASE) -> str:
    """Return an IRI below the old base under the new one; every other IRI stays as it is."""
    return new + iri[len(old) :] if iri.startswith(old) else iri


def term(local: str) -> NamedNode:
    """Return the IRI of a term of the motkg ontology by its local name."""
    return NamedNode(ONTOLOGY + local)


def checked_base(base: str) -> str:
    """Return a base IRI that a publisher chose, after a look whether IRIs can be made from it.

    Raises:
        QueryError: it is not an absolute http or https IRI that ends in a slash.

    """
    if not re.fullmatch(_BASE, base):
        raise QueryError(f"'{base}' cannot be a base IRI", hint="write an absolute http or https IRI that ends in /")
    return base


def file_reference(file: str) -> str:
    """Return a file as reports refer to it: relative to the working folder where it lies below that, else as a ``file:`` IRI."""
    from pathlib import Path
    from urllib.parse import quote

    path = Path(file)
    if not path.is_absolute():
        return quote(path.as_posix())
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.as_uri()
