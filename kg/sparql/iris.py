"""Relative IRIs against a base: reference resolution of RFC 3986, section 5.2."""

from __future__ import annotations

import re
from typing import Final

# RFC 3986, appendix B
_PARTS: Final = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)


def is_absolute(iri: str) -> bool:
    """Return whether an IRI names its scheme."""
    return _split(iri)[0] is not None


def is_reference(iri: str) -> bool:
    """Return whether an IRI is absolute, or relative without a colon before its first slash (section 4.2)."""
    return is_absolute(iri) or ":" not in re.split(r"[/?#]", iri, maxsplit=1)[0]


def resolve(base: str, reference: str) -> str:
    """Return the IRI that a reference means beside a base."""
    scheme, authority, path, query, fragment = _split(reference)
    if scheme is not None:
        return reference
    base_scheme, base_authority, base_path, base_query, _ = _split(base)
    if authority is not None:
        path = _without_dots(path)
    else:
        if not path:
            path, query = base_path, base_query if query is None else query
        elif path.startswith("/"):
            path = _without_dots(path)
        else:
            folder = "/" if base_authority is not None and not base_path else base_path[: base_path.rfind("/") + 1]
            path = _without_dots(folder + path)
        authority = base_authority
    text = f"{base_scheme}:" if base_scheme is not None else ""
    text += f"//{authority}" if authority is not None else ""
    text += path
    text += f"?{query}" if query is not None else ""
    return text + (f"#{fragment}" if fragment is not None else "")


def _split(iri: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    found = _PARTS.fullmatch(iri)
    scheme, authority, path, query, fragment = found.groups() if found else (None, None, iri, None, None)
    return scheme, authority, path or "", query, fragment


def _without_dots(path: str) -> str:
    """Take the segments ``.`` and ``..`` out of a path (section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)
