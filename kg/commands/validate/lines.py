"""Lines of statements in N-Triples and N-Quads, from the order in which they were read: no file is looked at again."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from kg.core.origin import Origin
from kg.loaders.rdf.addresses import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from kg.columns import FileStatements
    from kg.shacl.nodes import Node

    LineNow = Callable[[int, int, int], int | None]


def places_by_line(
    found: FileStatements, names: Sequence[str], subjects: Collection[Node], now: LineNow | None = None
) -> Places:
    """Find where the statements about some subjects stand, in those files of which every line is a statement.

    ``names`` are the files. ``now`` gives the line, from 0, on which a line of a file that begins with some row stands
    by now, or nothing.
    """
    terms = found.terms
    terms.look_up(subjects)
    ids = [position for node in subjects if (position := terms.find(node)) is not None and position < terms.size]
    places = Places()
    if not ids or not any(found.by_line):
        return places
    rows = found.about(np.array(sorted(ids), np.int32))
    columns = [found.rows[place][rows].tolist() for place in range(3)]
    nodes = [terms.nodes(column) for column in columns]
    texts = {position: terms.texts[position].as_py().decode() for position in {*columns[0], *columns[1]}}
    for row, subject, predicate, value, s, p in zip(rows.tolist(), *nodes, columns[0], columns[1], strict=True):
        number = bisect_right(found.bounds, row) - 1
        if not found.by_line[number]:
            continue
        line: int | None = row - found.bounds[number]
        if now is not None and line is not None:
            line = now(number, line, found.bounds[number])
        if line is None:
            continue
        prefix = len(f"f{number + 1}.") if found.named_apart and texts[s].startswith("_:") else 0
        column = len(texts[s]) - prefix + len(texts[p]) + 3
        places.subjects.setdefault(subject, Origin(names[number], line + 1, 1))
        if (subject, predicate, value) not in places.triples:
            places.triples[subject, predicate, value] = places.predicates[subject, predicate] = Origin(
                names[number], line + 1, column
            )
    return places
