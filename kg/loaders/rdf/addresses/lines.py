"""Statements of N-Triples and N-Quads with their lines; only the lines about wanted subjects are read closely."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Final

from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from kg.loaders.rdf.addresses.turtle import Stated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_HEAD: Final = re.compile(rb"[ \t]*((?:<[^>]*>|_:\S+))[ \t]*<[^>]*>[ \t]*")


def line_statements(content: BinaryIO, wanted: Collection[object]) -> Iterator[tuple[int, Stated]]:
    """Yield line numbers and statements.

    When a blank node is wanted every line counts, because names go by first mention.

    Raises:
        SyntaxError: a line that is read closely breaks the syntax.

    """
    subjects = {str(node).encode() for node in wanted if isinstance(node, NamedNode)}
    everything = any(isinstance(node, BlankNode) for node in wanted)
    for number, line in enumerate(content, 1):
        if not everything and line.lstrip().split(b">", 1)[0] + b">" not in subjects and b"\\" not in line:
            continue
        head = _HEAD.match(line)
        if head is None:
            continue
        subject_at, object_at = (len(line[:offset].decode()) for offset in (head.start(1), head.end()))
        for quad in parse(line, format=RdfFormat.N_QUADS, rename_blank_nodes=False):
            if isinstance(quad.subject, NamedNode | BlankNode) and not hasattr(quad.object, "predicate"):
                yield number, Stated(quad.subject, quad.predicate, quad.object, subject_at, object_at)
