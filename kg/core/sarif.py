"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show at the lines of a change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.core.finding import Severity
from kg.core.resources import VERSION
from kg.core.terms import BASE, file_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.core.finding import Finding

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says. ``severity`` is that of its findings, if all have the same."""

    summary: str
    severity: Severity | None = None
    description: str = ""
    help: str = ""
    help_address: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding with what only SARIF tells of it.

    ``characters`` are the offsets in the file where it begins and ends, ``kind`` is the kind of what it is about,
    ``fingerprint`` has a name with its version, and a value that stays when lines move.
    """

    finding: Finding
    characters: tuple[int, int] | None = None
    kind: str = ""
    fingerprint: tuple[str, str] | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def write(tool: str, entries: Iterable[Entry], rules: Mapping[str, Rule], *, complete: bool = True) -> str:
    """Write one run of a tool.

    ``rules`` must have the rule of every entry. A run is not ``complete`` if some input was not read.
    """
    order = {name: index for index, name in enumerate(rules)}
    driver = {
        "name": tool,
        "semanticVersion": VERSION,
        "informationUri": BASE,
        "rules": [_rule(name, rule) for name, rule in rules.items()],
    }
    results = [_result(entry, order[entry.finding.rule]) for entry in entries]
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    if not complete:
        run["invocations"] = [{"executionSuccessful": False}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def escaped(text: str) -> str:
    """Return the plain text message that a viewer shows as ``text``.

    Braces are doubled, or ``{0}`` would be a placeholder (section 3.11.5). Brackets and backslashes get a backslash
    where ``](`` would make an embedded link of data (section 3.11.6); elsewhere brackets stand for themselves.
    """
    text = text.replace("{", "{{").replace("}", "}}")
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text


def _message(text: str) -> dict[str, str]:
    return {"text": escaped(text)}


def _rule(name: str, rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {"id": name, "shortDescription": _message(rule.summary)}
    if rule.description:
        written["fullDescription"] = _message(rule.description)
    if rule.severity is not None:
        written["defaultConfiguration"] = {"level": _LEVELS[rule.severity]}
    if rule.help_address:
        written["helpUri"] = rule.help_address
    if rule.help:
        written["help"] = _message(rule.help)
    return written


def _result(entry: Entry, index: int) -> dict[str, Any]:
    finding = entry.finding
    fix = f" Fix: {finding.hint}." if finding.hint else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": _message(finding.message + fix),
    }
    if location := _location(entry):
        result["locations"] = [location]
    if entry.fingerprint:
        result["partialFingerprints"] = dict([entry.fingerprint])
    if finding.accepted:
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    if entry.properties:
        result["properties"] = dict(entry.properties)
    return result


def _location(entry: Entry) -> dict[str, Any]:
    place, about = entry.finding.place, entry.finding.about
    location: dict[str, Any] = {}
    if place.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": file_reference(place.file)}}
        if place.line:
            physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
            if entry.characters and entry.characters[1] > entry.characters[0]:
                start, end = entry.characters
                physical["region"] |= {"charOffset": start, "charLength": end - start}
        location["physicalLocation"] = physical
    if about:
        location["logicalLocations"] = [{"fullyQualifiedName": about} | ({"kind": entry.kind} if entry.kind else {})]
    if place.cell:
        location["message"] = _message(f"cell {place.cell}")
    return location
