"""Accept the known results of a project, so that only new ones fail a run."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.core.errors import InputError, Problem
from kg.core.nesting import parse_json
from kg.shacl.nodes import path_text

if TYPE_CHECKING:
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result

FORM: Final = "motkg validation baseline"
_PARTS: Final = ("focusNode", "path", "value", "component", "shape")

Entry = tuple[str, str, str, str, str]


def write_baseline(report: Report) -> str:
    """Return a baseline that accepts every result of a report, as JSON in a stable order."""
    counts = Counter(map(entry_of, report.results))
    entries = [dict(zip(_PARTS, entry, strict=True)) | {"count": count} for entry, count in sorted(counts.items())]
    return json.dumps({"form": FORM, "version": 1, "accepted": entries}, ensure_ascii=False, indent=1) + "\n"


def read_baseline(text: str, file: str) -> Counter[Entry]:
    """Read how many results of each kind are accepted.

    Raises:
        InputError: the text is no baseline.

    """
    try:
        content = parse_json(text)
        accepted = {FORM: content["accepted"]}[content["form"]]
        return Counter({_entry(item): int(item["count"]) for item in accepted})
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem(file, 0, 0, "is no baseline of kg validate", "a file that --write-baseline wrote")
        raise InputError([problem]) from error


def accepting(report: Report, accepted: Counter[Entry]) -> Report:
    """Return the report without its accepted results, which it counts, as well as entries that no longer occur."""
    left = Counter(accepted)
    kept: list[Result] = []
    for result in report.results:
        entry = entry_of(result)
        if left[entry] > 0:
            left[entry] -= 1
        else:
            kept.append(result)
    taken = len(report.results) - len(kept)
    return replace(
        report,
        conforms=not kept,
        results=tuple(kept),
        accepted=taken,
        settled=sum(count > 0 for count in left.values()),
    )


def entry_of(result: Result) -> Entry:
    """Return what identifies a result across runs; blank nodes, whose names change, are all the same."""
    path = path_text(result.path) if result.path is not None else ""
    return _name(result.focus), path, _name(result.value), _name(result.component), _name(result.shape)


def _name(node: Node | None) -> str:
    return "" if node is None else "_:" if isinstance(node, BlankNode) else str(node)


def _entry(item: dict[str, str]) -> Entry:
    focus, path, value, component, shape = (item[part] for part in _PARTS)
    return focus, path, value, component, shape
