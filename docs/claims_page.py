"""Every claim of the shipped documents read aloud, by document and section, to be read beside the documents."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import kg
from kg.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLAIMS: Final = """
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?document ?title ?claim ?kind ?name ?section ?start ?end WHERE {
  ?claim a motkg:Claim ; rdfs:label ?name ; motkg:statedAt ?span .
  VALUES ?kind {
    motkg:CausalClaim motkg:AssociationClaim motkg:ComparativeClaim motkg:Recommendation motkg:DefinitionClaim
    motkg:DescriptiveClaim motkg:Claim
  }
  ?claim a ?kind .
  ?span oa:hasSource ?document ; motkg:section ?section ; oa:hasSelector ?selector .
  ?selector oa:start ?start ; oa:end ?end .
  ?document rdfs:label ?title .
  FILTER(LANG(?name) = "en" && LANG(?title) = "en")
}
ORDER BY ?title ?start ?end ?claim
"""
_PARTS: Final = """
SELECT ?claim ?part ?value WHERE {
  VALUES ?part { motkg:subject motkg:object motkg:relation motkg:polarity motkg:modality motkg:quantifier motkg:wording
    motkg:criterion motkg:middle motkg:aim motkg:stage motkg:emphasizes motkg:inRegion motkg:ofPopulation motkg:forForm
    motkg:addressedTo motkg:advancedBy motkg:reportedBy motkg:speechAct motkg:duringPeriod motkg:about motkg:reason
    motkg:prominence
    cito:containsAssertionFrom }
  ?claim a motkg:Claim ; ?part ?thing .
  OPTIONAL { ?thing rdfs:label|skos:prefLabel ?label . FILTER(LANG(?label) = "en") }
  OPTIONAL { ?thing dcterms:title ?workTitle }
  BIND(COALESCE(STR(?label), STR(?workTitle), STR(?thing)) AS ?value)
}
ORDER BY ?claim ?part ?value
"""
_WITHOUT_OBJECT: Final = frozenset({"occurs", "increases", "decreases"})

Parts = dict[str, list[str]]


def page() -> str:
    """Return the page of all claims."""
    graph = kg.open()
    parts: dict[str, Parts] = defaultdict(lambda: defaultdict(list))
    for row in graph.query(_PARTS):
        value, found = printable(str(row["value"])), parts[str(row["claim"])][str(row["part"]).rpartition("/")[2]]
        if value not in found:
            found.append(value)
    documents: dict[str, dict[str, dict[str, tuple[str, str, list[str]]]]] = {}
    for row in sorted(graph.query(_CLAIMS), key=lambda found: str(found["kind"]).endswith("/Claim")):
        claims = documents.setdefault(str(row["title"]), {})
        kind = str(row["kind"]).rpartition("/")[2]
        key = str(row["claim"])
        where = next((section for section, held in claims.items() if key in held), str(row["section"]))
        told = claims.setdefault(where, {}).setdefault(key, (kind, str(row["name"]), []))
        span = f"{row['start']}–{row['end']}"  # noqa: RUF001 - as places are written
        if span not in told[2]:
            told[2].append(span)
    lines = [
        "# Claims, read aloud",
        "",
        (
            "Every claim of the shipped documents as the graph holds it, by document and section, with the characters "
            "where it stands. Made by `docs/generate.py`, to be read beside the documents: what a sentence here says "
            "must be what the document says there."
        ),
    ]
    for title in sorted(documents):
        lines += ["", f"## {title}"]
        for section, held in sorted(documents[title].items(), key=lambda item: _first(item[1])):
            lines += ["", f"### Section {section}", ""]
            told_here = sorted(held.items(), key=lambda item: (_start(item[1][2]), item[0]))
            lines += [
                f"- {sentence(kind, name, parts[key])} [{', '.join(spans)}]" for key, (kind, name, spans) in told_here
            ]
    return "\n".join(lines) + "\n"


def _start(spans: list[str]) -> int:
    return min(int(span.partition("–")[0]) for span in spans)  # noqa: RUF001 - as places are written


def _first(held: dict[str, tuple[str, str, list[str]]]) -> int:
    return min(_start(spans) for _, _, spans in held.values())


def sentence(kind: str, name: str, parts: Parts) -> str:
    """Return a claim in one sentence: what is related how, who says so, where it holds, and with how much force."""
    says = f"{'say' if len(parts['advancedBy']) > 1 else 'says'} {_and(parts['advancedBy'])}"
    if parts["reportedBy"]:
        says += f" (told by {_and(parts['reportedBy'])})"
    where = "".join(
        f", {word} {_and(parts[part])}"
        for part, word in (
            ("stage", "at"),
            ("inRegion", "in"),
            ("duringPeriod", "during"),
            ("ofPopulation", "of"),
            ("forForm", "for"),
            ("addressedTo", "to"),
        )
        if parts[part]
    )
    return f"{_upper(_proposition(kind, name, parts))}, {says}{where}{_force(parts)}"


def _proposition(kind: str, name: str, parts: Parts) -> str:
    relation = "".join(parts["relation"])
    denied = "denied" in parts["polarity"]
    subjects, objects = _and(parts["subject"]), _and(parts["object"])
    if not relation:
        topics = _and(parts["about"])
        return f"*{name}*" + (f", about {topics}" if topics else "") + "".join(f" ({text})" for text in parts["reason"])
    if kind == "Recommendation":
        aim = f" for the sake of {_and(parts['aim'])}" if parts["aim"] else ""
        return f"{objects or name} {'is advised against' if denied else 'is recommended'}{aim}"
    said = f"{subjects or 'it'} **{relation}** {objects}".rstrip()
    if relation not in _WITHOUT_OBJECT and not objects:
        said += " what the text says"
    if parts["criterion"]:
        said += f" in {_and(parts['criterion'])}"
    if parts["middle"]:
        said += f", with {_and(parts['middle'])} in between"
    return f"it is denied that {said}" if denied else said


def _force(parts: Parts) -> str:
    words = [word for word in parts["modality"] if word != "is so"] + [
        word for word in parts["wording"] if word != "plain"
    ]
    words += parts["quantifier"] + parts["prominence"] + [word for word in parts["speechAct"] if word != "asserts"]
    if parts["emphasizes"]:
        words.append(f"above all {_and(parts['emphasizes'])}")
    if parts["containsAssertionFrom"]:
        words.append(f"taken from {_and(parts['containsAssertionFrom'])}")
    return f" ({'; '.join(words)})" if words else ""


def _and(names: Iterable[str]) -> str:
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
