"""The distinct terms of a file: most are seen to be well formed and canonical at once, the others are parsed one by one."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import RdfFormat, parse

from kg.columns.arrow import chosen, flags
from kg.columns.terms import text_of

_PATH: Final = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*"
_IRI: Final = rf"<(?:https?://[A-Za-z0-9.\-]+(?::[0-9]{{1,5}})?(?:/{_PATH})?(?:\?{_PATH})?(?:#{_PATH})?|urn:[a-z0-9]+:[A-Za-z0-9]{_PATH})>"
_TEXT: Final = r'"[^"\\\x00-\x1f\x7f\x{FFFE}\x{FFFF}]*"'
_PLAIN: Final = rf"^(?:{_IRI}|_:[A-Za-z0-9]+|{_TEXT}(?:@[a-z]{{2,3}}|\^\^{_IRI})?)$"
_NEVER_WRITTEN: Final = (
    "^^<http://www.w3.org/2001/XMLSchema#string>",
    "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>",
    "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString>",
)


class IllFormedError(Exception):
    """A term that is none; a parser of the whole file says where it stands."""


def canonical_texts(texts: pa.BinaryArray) -> dict[int, str]:
    """Return the positions of terms that are not written in the canonical form of N-Triples, each with that form.

    Raises:
        IllFormedError: one of them is no term.

    """
    try:
        readable = texts.cast(pa.string())
    except pa.ArrowInvalid as error:
        raise IllFormedError(str(error)) from error
    plain = flags(pc.match_substring_regex(readable, _PLAIN))
    for ending in _NEVER_WRITTEN:
        plain &= ~flags(pc.ends_with(readable, ending))
    others = np.flatnonzero(~plain)
    if not len(others):
        return {}
    written = chosen(readable, others).to_pylist()
    document = "".join(f"<x:x> <x:x> {text} .\n" for text in written)
    try:
        parsed = [text_of(quad.object) for quad in parse(document, RdfFormat.N_TRIPLES)]
    except SyntaxError as error:
        raise IllFormedError(str(error)) from error
    if len(parsed) != len(written):
        raise IllFormedError("a term is followed by something else")
    pairs = zip(others.tolist(), written, parsed, strict=True)
    return {position: canonical for position, text, canonical in pairs if text != canonical}
