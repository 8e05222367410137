"""When to move: what the estimates mean for this machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.planning.estimates import Estimate

LONGEST_LOAD: Final = 24 * 3600.0
WITHOUT_THINKING: Final = 10_000_000
_FAR: Final = 10


@dataclass(frozen=True, slots=True)
class Machine:
    """Megabytes of memory, and of free disk where the user's files lie; 0 where the system does not tell."""

    memory: float
    disk: float


@dataclass(frozen=True, slots=True)
class Advice:
    """For each engine whether it fits this machine and what is in the way, and one sentence on what to do."""

    fits: dict[str, str]
    sentence: str


def this_machine() -> Machine:
    """Look at the machine that this process runs on."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    except (AttributeError, ValueError, OSError):
        memory = 0.0
    return Machine(memory, shutil.disk_usage(Path.home()).free / 1e6)


def advise(triples: float, estimates: Sequence[Estimate], machine: Machine) -> Advice:
    """Compare estimates with a machine, by the upper end of each interval where it is known to matter."""
    fits = {each.engine: _in_the_way(each, machine) for each in estimates}
    good = [each for each in estimates if fits[each.engine] in {"fits", "may fit"}]
    embedded = next((each for each in good if each.engine == "oxigraph disk"), None)
    if triples <= WITHOUT_THINKING and embedded:
        return Advice(fits, "Stay: the embedded store takes this on this machine.")
    if embedded and fits[embedded.engine] == "fits":
        sentence = "Stay as long as questions are look-ups and paths; aggregates over everything grow with the graph."
    elif good:
        names = " or ".join(each.engine for each in good)
        sentence = (
            f"On this machine only {names} may hold it: load into it and ask with --endpoint where it is a server."
        )
    else:
        sentence = "Move to a larger machine or to several: the same queries, shapes and rules run on a remote endpoint (--endpoint)."
    if any(each.beyond > _FAR for each in estimates):
        sentence += " This is far beyond what was measured: load a tenth first and look."
    return Advice(fits, sentence)


def _in_the_way(each: Estimate, machine: Machine) -> str:
    pairs = [("memory", each.memory, machine.memory), ("load time", each.load, LONGEST_LOAD)]
    if each.disk:
        pairs.append(("disk", each.disk, machine.disk))
    short = [name for name, needed, there in pairs if there and needed.value > there]
    doubtful = [name for name, needed, there in pairs if there and needed.high > there]
    if short:
        return f"too much {' and '.join(short)}"
    return "may fit" if doubtful else "fits"
