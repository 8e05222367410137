"""The page of results, from what the engines did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from queries import QUERIES

if TYPE_CHECKING:
    from records import Run

_ROUND: Final = 10  # a ratio above has no digits after the point
_HEAD: Final = """\
# Stores, side by side

Written by `python benchmarks/stores/run.py`: the network of `generate.py`, the questions of `queries.py`. The engines
that were not measured in the same run are told by *Loading*, where each has its day and machine; compare those by
orders of magnitude.

Oxigraph is asked directly and by motkg on the same open store: each once, then in rounds of direct, motkg, motkg,
direct, at least three of them and until each way was asked for 3 s or both for 20 s. Times are medians.
*direct / motkg* is the median of the ratios of neighbours, with its quartiles: above 1, motkg is faster. *same text*
stands where motkg hands the question to the engine as it is written, from the second time on with its prefixes written
out: what such a ratio differs from 1 by is noise. *first* is the first time that motkg is asked: it reads and rewrites
the question then, and counts; what counting costs when it is asked again is added where it is a millisecond or more.
Once per process motkg also makes its parser ready, which took up to {reading:.0f} ms and is in none of these figures. A
store on disk is put in order by the engine, which can double what it takes there, and read through once before it is
asked anything; *disk* is as loaded. The load average says how busy the machine was. `>` means ended at the deadline.
Rows and values are compared with those of Oxigraph asked directly (by motkg where that has no answer): **other**
marks an answer that differs.
"""


def page(runs: list[Run]) -> str:
    """Return the text of ``results.md``."""
    lines = [
        *_HEAD.format(reading=max((run.reading for run in runs), default=0)).splitlines(), "",
        "## Loading", "",
        (
            "| statements | engine | seconds | put in order in | thousand statements a second | peak MB | disk MB | "
            "measured on |"
        ),
        "|---:|---|---:|---:|---:|---:|---:|---|",
        *(f"| {run.triples:,} | {run.engine} | {run.load:.2f} | {_or_none(run.optimised, 2)}"
          f" | {run.triples / run.load / 1000:.0f} | {run.peak:.0f} | {_or_none(run.disk, 0)}"
          f" | {run.day}, {run.machine} |" for run in runs), "",
    ]  # fmt: skip
    for size in dict.fromkeys(run.triples for run in runs):
        lines += _answers(size, [run for run in runs if run.triples == size])
    notes: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for name, answer in run.answers.items():
            if "error" in answer:
                notes.setdefault((f"{run.engine}, {run.triples:,}", answer["error"]), []).append(name)
    if notes:
        lines += [
            "## What an engine did not answer",
            "",
            *(f"- {run}, {', '.join(names)}: {error}" for (run, error), names in notes.items()),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _or_none(number: float, digits: int) -> str:
    return f"{number:.{digits}f}" if number else "none"


def _answers(size: int, runs: list[Run]) -> list[str]:
    embedded = [run for run in runs if run.engine.startswith("oxigraph")]
    peers = [run for run in runs if run not in embedded]
    titles = [title for run in embedded for title in (f"{run.engine}, direct", "by motkg", "direct / motkg", "first")]
    lines = [
        f"## Answers at {size:,} statements, milliseconds", "",
        f"| question | rows | {' | '.join([*titles, *(run.engine for run in peers)])} |",
        f"|---|---:|{'---:|' * (len(titles) + len(peers))}",
    ]  # fmt: skip
    for name in QUERIES:
        known = _reference(embedded, name)
        cells = [cell for run in embedded for cell in _pair(run.answers.get(name, {}), known)]
        cells += [_cell(run.answers.get(name, {}), "direct", known) for run in peers]
        lines.append(f"| {name} | {known['rows'] if known else ''} | {' | '.join(cells)} |")
    return [*lines, ""]


def _reference(runs: list[Run], name: str) -> dict[str, Any] | None:
    for way in ("direct", "motkg"):
        for run in runs:
            if way in run.answers.get(name, {}):
                found: dict[str, Any] = run.answers[name][way]
                return found
    return None


def _pair(answer: dict[str, Any], known: dict[str, Any] | None) -> list[str]:
    ours = answer.get("motkg")
    if not ours:
        return [_cell(answer, "direct", known), "", "", ""]
    again = answer.get("settled", 0)
    first = f"{ours['first']:,.2f}" + (f" + {again:.0f}" if again >= 1 else "")
    return [_cell(answer, "direct", known), _cell(answer, "motkg", known), _ratio(answer), first]


def _ratio(answer: dict[str, Any]) -> str:
    same = ", same text" if answer.get("same text") else ""
    if "ratio" in answer:
        low, middle, high = map(_number, answer["ratio"])
        return f"{middle} ({low}–{high}){same}"
    return f"> {_number(answer['late'] / answer['motkg']['median'])}{same}" if "late" in answer else ""


def _number(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < _ROUND else f"{ratio:,.0f}"


def _cell(answer: dict[str, Any], way: str, known: dict[str, Any] | None) -> str:
    if way not in answer:
        return f"> {answer['late']:,.0f}" if "late" in answer else "none" if "error" in answer else ""
    mine = answer[way]
    same = not known or (mine["rows"] == known["rows"] and mine["digest"] in {None, known["digest"]})
    return f"{mine['median']:,.2f}" + ("" if same else f" **other** ({mine['rows']})")
