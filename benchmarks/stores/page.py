"""The page of results, from what the engines did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from queries import QUERIES

if TYPE_CHECKING:
    from run import Run


def page(runs: list[Run], machine: str) -> str:
    """Gives the text of ``results.md``."""
    lines = [
        "# Stores, side by side", "",
        "Written by `python benchmarks/stores/run.py`: the network of `generate.py`, the questions of `queries.py`, all engines in one",
        f"run on {machine}. The machine had other work, so trust the ratios.", "",
        "Oxigraph is asked directly and by motkg in turn on the same open store; least of up to seven times. *first* is the first time",
        "that motkg is asked: it reads and rewrites the query then, and counts. `>` means ended at the deadline. Rows and values are",
        "compared with those of Oxigraph asked directly (by motkg where that has no answer): **other** marks an answer that differs.",
        "`=` marks questions that motkg hands to the engine as they are written: there the ratio shows how far to trust the others.", "",
        "## Loading", "",
        "| statements | engine | seconds | thousand statements a second | peak MB | disk MB |", "|---:|---|---:|---:|---:|---:|",
        *(f"| {run.triples:,} | {run.engine} | {run.load:.2f} | {run.triples / run.load / 1000:.0f} | {run.peak:.0f} | {_disk(run)} |"
          for run in runs if not math.isnan(run.load)), "",
    ]  # fmt: skip
    for size in dict.fromkeys(run.triples for run in runs):
        lines += _answers(size, [run for run in runs if run.triples == size and not math.isnan(run.load)])
    notes = [(run, name, answer["error"]) for run in runs for name, answer in run.answers.items() if "error" in answer]
    if notes:
        lines += ["## What an engine cannot do", "", *(f"- {run.engine}, {run.triples:,}, {name}: {error}" for run, name, error in notes)]
    return "\n".join(lines).rstrip() + "\n"


def _disk(run: Run) -> str:
    return f"{run.disk:.0f}" if run.disk else "none"


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
    direct = answer["direct"]["least"] if "direct" in answer else 1000 * answer.get("late", math.nan)
    more = "" if "direct" in answer else "> "
    ratio = direct / ours["least"]
    written = f"{more}{ratio:.2f}" if ratio < 10 else f"{more}{ratio:,.0f}"  # noqa: PLR2004 - digits that say something
    same = "" if ours.get("rewritten", True) else " ="
    return [_cell(answer, "direct", known), _cell(answer, "motkg", known), written + same, f"{ours['first']:.2f}"]


def _cell(answer: dict[str, Any], way: str, known: dict[str, Any] | None) -> str:
    if way not in answer:
        return f"> {1000 * answer['late']:,.0f}" if "late" in answer else "cannot" if "error" in answer else ""
    mine = answer[way]
    same = not known or (mine["rows"], mine["digest"]) == (known["rows"], known["digest"])
    return f"{mine['least']:,.2f}" + ("" if same else f" **other** ({mine['rows']})")
