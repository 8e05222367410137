"""From sources to a graph: load → derive → close → validate → write."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad, parse

from kg.core.atomic import FolderKind, whole_folder
from kg.core.origin import Statements
from kg.core.resources import VERSION, file_hashes, input_files, ontology_dir, rule_layers, shape_files
from kg.core.terms import ANOMALIES, BASE, CLOSURE, CROSSWALK, DERIVED, PROVENANCE, RDF_TYPE, expand, term
from kg.core.text import TextInNotebooks
from kg.evidence.audit import audit_graph
from kg.evidence.audit.model import anomalies, statistics
from kg.evidence.statistics import derive_corrections, derive_statistics
from kg.loaders import load_cases, load_ontology
from kg.loaders.crosswalk import CROSSWALK_FILE, SAME_AS, load_crosswalk
from kg.loaders.ontology import Vocabulary
from kg.reason.closure import closure_of
from kg.reason.rules import apply_rules
from kg.shacl import read_shapes, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Triple

    from kg.core.origin import Origin
    from kg.evidence.audit import Audit
    from kg.reason import Justification
    from kg.shacl import Report

    Progress = Callable[[str], None]

FORMAT: Final = 1
FIRST_LAYER_AFTER_AUDIT: Final = "5-doubts"
"""The first rules that see what the audit found; what those before it derive is audited."""


def build_files(folder: Path) -> list[str] | None:
    """Return the names of the files of a build; None for a folder that is none."""
    try:
        from kg.core.nesting import parse_json

        outputs = parse_json((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ["manifest.json", *outputs] if isinstance(outputs, dict) and "graph.nq" in outputs else None


BUILD: Final = FolderKind("build", build_files)


@dataclass(frozen=True, repr=False)
class Build(TextInNotebooks):
    """A built graph: its statements in order, where each was read, what went in, and whether the shapes hold."""

    quads: list[Quad]
    origins: dict[Quad, Origin]
    inputs: dict[str, str]
    report: Report
    base: str = BASE
    counts: dict[str, int] = field(default_factory=dict)
    contradictions: tuple[Justification, ...] = ()

    def __str__(self) -> str:
        """Return the number of statements of each graph, and whether the shapes hold."""
        lines = [f"{len(self.quads):,} statements under {self.base}"]
        lines += [f"  {name}: {count:,}" for name, count in self.counts.items()]
        results = len(self.report.results)
        lines.append("conforms" if self.report.conforms else f"does not conform: {results:,} validation results")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Build: {len(self.quads)} statements, conforms: {self.report.conforms}>"


@dataclass(frozen=True)
class Stated:
    """The state of a build before closing and validating.

    It has what some documents and the ontology say, what rules derive from it and what an audit finds.
    """

    quads: list[Quad]
    origins: dict[Quad, Origin]
    inputs: dict[str, str]
    audit: Audit


def state(documents: Sequence[Path], *, progress: Progress = lambda _: None) -> Stated:
    """Load some documents together with the ontology, and derive what follows by rules.

    Each document is the folder of its case files.

    Raises:
        InputError: a file cannot be read; it holds the problems of all files.
        ReasonerError: a rule holds what cannot be run.

    """
    progress(f"loading the ontology and {len(documents)} document{'' if len(documents) == 1 else 's'}")
    ontology = load_ontology(ontology_dir())
    cases = load_cases(documents, Vocabulary.of(ontology.quads))
    crosswalk = load_crosswalks(documents, [*ontology.quads, *cases.quads])
    inputs = file_hashes(input_files(documents))
    asserted = [*ontology.quads, *cases.quads, *crosswalk.quads]
    asserted += _provenance(asserted, inputs)
    progress(f"deriving from {len(asserted):,} statements")
    layers = rule_layers()
    audited_at = [layer.name for layer in layers].index(FIRST_LAYER_AFTER_AUDIT)
    before, grading = layers[:audited_at], layers[audited_at:]
    computed = [*derive_statistics(cases.quads), *derive_corrections(cases.quads)]
    derived = _in_graph([*apply_rules(asserted, before), *computed], DERIVED)
    progress("auditing what is printed")
    origins = {**ontology.origins, **cases.origins, **crosswalk.origins}
    outcome = audit_graph([*asserted, *derived], places_of(cases.origins))
    audited = [*_in_graph(statistics(outcome), DERIVED), *_in_graph(anomalies(outcome), ANOMALIES)]
    progress("grading the evidence")
    stated = [*asserted, *derived, *audited]
    return Stated([*stated, *_in_graph(apply_rules(stated, grading), DERIVED)], origins, inputs, outcome)


def load_crosswalks(documents: Sequence[Path], stated: Iterable[Quad]) -> Statements:
    """Read the crosswalk that motkg ships and those of the documents."""
    known = {quad.subject.value for quad in stated if isinstance(quad.subject, NamedNode)}
    names = {folder.name for folder in documents}
    files = {f"{folder.name}/{CROSSWALK_FILE}": folder / CROSSWALK_FILE for folder in (ontology_dir(), *documents)}
    return Statements.merged(load_crosswalk(path, name, known, names) for name, path in files.items() if path.is_file())


def places_of(origins: Mapping[Quad, Origin]) -> dict[str, Origin]:
    """Return where each thing is stated first, by IRI: file, line, column and cell."""
    places: dict[str, Origin] = {}
    for quad, origin in origins.items():
        if isinstance(quad.subject, NamedNode) and quad.subject.value not in places:
            places[quad.subject.value] = origin
    return places


def build(documents: Sequence[Path], *, base: str = BASE, progress: Progress = lambda _: None) -> Build:
    """Build the graph of some documents, each the folder of its case files, together with the ontology.

    Raises:
        InputError: a file cannot be read; it holds the problems of all files.
        ReasonerError: the ontology or a rule holds what the closure cannot do.

    """
    stated = state(documents, progress=progress)
    progress("closing under OWL 2 RL")
    whole = closure_of(stated.quads)
    # That things are one and the same is looked at for contradictions only: the closure repeats for the one all that is
    # said of the other, so that each answer would have two rows.
    apart = [quad for quad in stated.quads if quad.predicate != SAME_AS or quad.graph_name != CROSSWALK]
    closure = whole if len(apart) == len(stated.quads) else closure_of(apart)
    closed = _in_graph(sorted(closure.derived(), key=str), CLOSURE)
    contradictory: tuple[Justification, ...] = ()
    if whole.contradictions():
        from kg.reason.justification import contradictions

        contradictory = tuple(contradictions(stated.quads, whole))
    progress(f"validating {len(stated.quads):,} statements")
    origins = stated.origins
    shapes = (quad for file in shape_files() for quad in parse(path=file, rename_blank_nodes=True))
    report = validate(stated.quads, read_shapes(shapes), origins=origins)
    quads: Iterable[Quad] = {*stated.quads, *closed}
    if base != BASE:
        from kg.pipeline.reading import moved

        quads, origins = moved(quads, origins, BASE, base)
    quads = sorted(quads, key=str)
    counts = Counter(
        quad.graph_name.value.removeprefix(base) for quad in quads if isinstance(quad.graph_name, NamedNode)
    )
    return Build(quads, origins, stated.inputs, report, base, dict(sorted(counts.items())), contradictory)


def write(built: Build, folder: Path) -> None:
    """Write ``graph.nq``, ``origins.tsv`` and ``manifest.json`` into a folder that appears whole or not at all.

    Line *i* of ``origins.tsv`` says where the statement on line *i* of ``graph.nq`` was read. The same input gives the
    same bytes. A folder in the way is replaced only when a build wrote it.

    Raises:
        StoreError: the folder cannot be written, or holds something else.

    """
    outputs = {
        "graph.nq": "".join(f"{quad} .\n" for quad in built.quads).encode(),
        "origins.tsv": "".join(_place(built.origins.get(quad)) for quad in built.quads).encode(),
    }
    manifest = {
        "format": FORMAT,
        "motkg": VERSION,
        "base": built.base,
        "conforms": built.report.conforms,
        "statements": built.counts,
        "inputs": built.inputs,
        "outputs": {
            name: {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()} for name, text in outputs.items()
        },
    }
    with whole_folder(folder, BUILD) as building:
        for name, text in outputs.items():
            (building / name).write_bytes(text)
        (building / "manifest.json").write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _place(origin: Origin | None) -> str:
    return f"{origin.file}\t{origin.line}\t{origin.column}\t{origin.cell}\n" if origin else "\n"


def _in_graph(triples: Iterable[Triple], graph: NamedNode) -> list[Quad]:
    return [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]


def _provenance(quads: Iterable[Quad], inputs: dict[str, str]) -> list[Quad]:
    """Say of each graph which files it was read from, and of each file its hash."""
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    stated: list[Quad] = []
    for iri in sorted(graphs | {DERIVED.value, CLOSURE.value, ANOMALIES.value}):
        graph, slug = NamedNode(iri), iri.rpartition("/")[2]
        stated += [
            Quad(graph, RDF_TYPE, expand("prov:Entity"), PROVENANCE),
            Quad(graph, term("generatedBy"), Literal(f"motkg {VERSION}"), PROVENANCE),
        ]
        whole = iri == CROSSWALK.value
        files = [name for name in inputs if (name.endswith(CROSSWALK_FILE) if whole else name.startswith(f"{slug}/"))]
        stated += [Quad(graph, expand("prov:wasDerivedFrom"), _input(name), PROVENANCE) for name in files]
    for name, digest in inputs.items():
        stated += [
            Quad(_input(name), RDF_TYPE, expand("prov:Entity"), PROVENANCE),
            Quad(_input(name), term("fileName"), Literal(name), PROVENANCE),
            Quad(_input(name), term("sha256"), Literal(digest), PROVENANCE),
        ]
    return stated


def _input(name: str) -> NamedNode:
    return NamedNode(f"{BASE}id/input/{name}")
