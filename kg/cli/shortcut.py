"""The plain command lines of ``kg query``, read without click, which takes longer to import than most queries take to be answered.

A name, parameters and the options that shape what is printed are understood; all else, and every error, is left to the command
line proper, so that its words are the only ones.
"""

from __future__ import annotations

import os
import re
from typing import Final

from kg.errors import KGError

_NAME: Final = re.compile(r"\w[\w-]*")
_VALUED: Final = {"-f": "form", "--format": "form", "--lang": "lang", "--graph": "graph"}
# The other options of `kg.cli.query`: with them nothing here is plain.
OTHERS: Final = frozenset(
    {"--store", "--endpoint", "--data", "--timeout", "--memory", "--explain-plan", "-o", "--output", "--chart", "-h", "--help"}
)
FLAG: Final = "--evidence"
_COMPLETION: Final = "_KG_COMPLETE"  # with it the shell asks for what may follow


def read(arguments: list[str]) -> tuple[str, dict[str, str], dict[str, str], bool] | None:
    """Gives the query, the values of its parameters, the options, and whether evidence is wanted; None where a line is not plain."""
    if not arguments or not _NAME.fullmatch(arguments[0]) or _COMPLETION in os.environ:
        return None
    values: dict[str, str] = {}
    options: dict[str, str] = {}
    evidence = False
    waiting = arguments[:0:-1]
    while waiting:
        word = waiting.pop()
        if word == FLAG:
            evidence = True
            continue
        name, equals, value = word.partition("=")
        if name in OTHERS or name == FLAG or (not name.startswith("--") and (name not in _VALUED or equals)) or not name.strip("-"):
            return None
        if not equals and (not waiting or waiting[-1].startswith("-")):
            return None
        given, key = (options, _VALUED[name]) if name in _VALUED else (values, name.removeprefix("--"))
        if key in given:
            return None
        given[key] = value if equals else waiting.pop()
    return arguments[0], values, options, evidence


def answered(arguments: list[str], place: str | None) -> int | None:
    """Answers a plain command line and gives the exit code; None where nothing has been printed and click must read the line."""
    line = read(arguments)
    if line is None:
        return None
    from pathlib import Path  # noqa: PLC0415 - of no use for other lines

    from kg.cli.asking import Request, run  # noqa: PLC0415 - as above

    query, values, options, evidence = line
    graph = Path(options["graph"]) if "graph" in options else None
    try:
        return run(Request(query, values, graph, form=options.get("form", ""), lang=options.get("lang", "en"), evidence=evidence), place)
    except KGError:
        return None
