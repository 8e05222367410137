"""From sources to a graph: load → derive → close → validate → write."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad

from kg.builds import read_manifest, read_quads
from kg.errors import StoreError
from kg.evidence.audit import Place, audit_graph
from kg.evidence.audit.statements import anomalies, statistics
from kg.evidence.corrections import derive_corrections
from kg.evidence.statistics import derive_statistics
from kg.loaders import load_cases, load_ontology
from kg.loaders.statements import Origin
from kg.loaders.vocabulary import Vocabulary
from kg.publish.atomic import whole_folder
from kg.reason.closure import TYPE, closure
from kg.reason.rules import apply_rules
from kg.resources import file_hashes, input_files, ontology_dir, rule_layers
from kg.terms import BASE, expand, rebase, term
from kg.validate import load_shapes, validate
from kg.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Triple

    from kg.evidence.audit import Audit
    from kg.validate import Report

    Progress = Callable[[str], None]

FORMAT: Final = 1
DERIVED: Final = NamedNode(f"{BASE}graph/derived")
CLOSURE: Final = NamedNode(f"{BASE}graph/closure")
ANOMALIES: Final = NamedNode(f"{BASE}graph/anomalies")
PROVENANCE: Final = NamedNode(f"{BASE}graph/provenance")


@dataclass(frozen=True)
class Build:
    """A built graph: its statements in order, where each was read, what went in, and whether the shapes hold."""

    quads: list[Quad]
    origins: dict[Quad, Origin]
    inputs: dict[str, str]
    report: Report
    base: str = BASE
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stated:
    """What some documents and the ontology say, what rules derive from it and what an audit finds, before closing and validating."""

    quads: list[Quad]
    origins: dict[Quad, Origin]
    inputs: dict[str, str]
    audit: Audit


def state(documents: Sequence[Path], *, progress: Progress = lambda _: None) -> Stated:
    """Loads some documents, each the folder of its case files, together with the ontology, and derives what follows by rules.

    Raises:
        InputError: a file cannot be read; it holds the problems of all files.
        ReasonerError: a rule holds what cannot be run.

    """
    progress(f"loading the ontology and {len(documents)} documents")
    ontology = load_ontology(ontology_dir())
    cases = load_cases(documents, Vocabulary.of(ontology.quads))
    inputs = file_hashes(input_files(documents))
    asserted = [*ontology.quads, *cases.quads]
    asserted += _provenance(asserted, inputs)
    progress(f"deriving from {len(asserted):,} statements")
    links, *grading = rule_layers()
    computed = [*derive_statistics(cases.quads), *derive_corrections(cases.quads)]
    derived = _in_graph([*apply_rules(asserted, [links]), *computed], DERIVED)
    progress("auditing what is printed")
    origins = {**ontology.origins, **cases.origins}
    outcome = audit_graph([*asserted, *derived], places_of(cases.origins))
    audited = [*_in_graph(statistics(outcome), DERIVED), *_in_graph(anomalies(outcome), ANOMALIES)]
    progress("grading the evidence")
    stated = [*asserted, *derived, *audited]
    return Stated([*stated, *_in_graph(apply_rules(stated, grading), DERIVED)], origins, inputs, outcome)


def places_of(origins: Mapping[Quad, Origin]) -> dict[str, Place]:
    """Gives where each thing is stated first, by IRI: file, line, column and cell."""
    places: dict[str, Place] = {}
    for quad, origin in origins.items():
        if isinstance(quad.subject, NamedNode) and quad.subject.value not in places:
            places[quad.subject.value] = Place(origin.file, origin.line, origin.column, origin.cell)
    return places


def build(documents: Sequence[Path], *, base: str = BASE, progress: Progress = lambda _: None) -> Build:
    """Builds the graph of some documents, each the folder of its case files, together with the ontology.

    Raises:
        InputError: a file cannot be read; it holds the problems of all files.
        ReasonerError: the ontology or a rule holds what the closure cannot do.

    """
    stated = state(documents, progress=progress)
    progress("closing under OWL 2 RL")
    closed = _in_graph(closure(stated.quads), CLOSURE)
    progress(f"validating {len(stated.quads):,} statements")
    origins = stated.origins
    report = validate(stated.quads, load_shapes(shape_files()), origins=origins)
    quads = sorted({*stated.quads, *closed}, key=str)
    if base != BASE:
        quads, origins = _moved(quads, origins, BASE, base)
    counts = Counter(quad.graph_name.value.removeprefix(base) for quad in quads if isinstance(quad.graph_name, NamedNode))
    return Build(quads, origins, stated.inputs, report, base, dict(sorted(counts.items())))


def shape_files() -> list[Path]:
    """Gives the files of the shapes for data; those for the ontology itself stand apart."""
    return sorted(path for path in (ontology_dir() / "shapes").glob("*.ttl") if path.stem != "ontology")


def read_statements(folder: Path) -> tuple[list[Quad], dict[Quad, Origin], str]:
    """Reads the statements of a build without its closure, where each was read, and the base that it was published under.

    A graph under another base is given under the project's own, which shapes and queries speak of.

    Raises:
        StoreError: the folder holds no build.

    """
    manifest = read_manifest(folder)
    quads = read_quads(folder, manifest)
    origins = read_origins(folder, quads)
    if manifest.base != BASE:
        quads, origins = _moved(quads, origins, manifest.base, BASE)
    return [quad for quad in quads if quad.graph_name != CLOSURE], origins, manifest.base


def read_origins(folder: Path, quads: Sequence[Quad]) -> dict[Quad, Origin]:
    """Reads where each statement of a build was read; ``quads`` are those of its ``graph.nq``, in its order.

    Raises:
        StoreError: the file is missing or has not one line for each statement.

    """
    path = folder / "origins.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    if len(lines) != len(quads):
        raise StoreError(f"{path} has {len(lines)} lines for {len(quads)} statements; build it again")
    fields = (line.split("\t") for line in lines)
    return {quad: Origin(f[0], int(f[1]), int(f[2]), f[3]) for quad, f in zip(quads, fields, strict=True) if f[0]}


def write(built: Build, folder: Path) -> None:
    """Writes ``graph.nq``, ``origins.tsv`` and ``manifest.json`` into a folder that appears whole or not at all.

    Line *i* of ``origins.tsv`` says where the statement on line *i* of ``graph.nq`` was read. The same input gives the same
    bytes. A folder in the way is replaced only when a build wrote it.

    Raises:
        StoreError: the folder cannot be written, or holds something else.

    """
    refuse_foreign(folder)
    ordered = sorted((f"{quad} .\n", quad) for quad in built.quads)
    outputs = {
        "graph.nq": "".join(line for line, _ in ordered).encode(),
        "origins.tsv": "".join(_place(built.origins.get(quad)) for _, quad in ordered).encode(),
    }
    manifest = {
        "format": FORMAT,
        "motkg": VERSION,
        "base": built.base,
        "conforms": built.report.conforms,
        "statements": built.counts,
        "inputs": built.inputs,
        "outputs": {name: {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()} for name, text in outputs.items()},
    }
    with whole_folder(folder) as building:
        for name, text in outputs.items():
            (building / name).write_bytes(text)
        (building / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _place(origin: Origin | None) -> str:
    return f"{origin.file}\t{origin.line}\t{origin.column}\t{origin.cell}\n" if origin else "\n"


def refuse_foreign(folder: Path) -> None:
    """Refuses to take the place of a file, or of a folder that no build wrote.

    Raises:
        StoreError: it is one.

    """
    if folder.is_file():
        raise StoreError(f"{folder} is a file; name a folder for the build")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise StoreError(f"{folder} holds files that no build wrote; name another folder, or empty it first")


def _in_graph(triples: Iterable[Triple], graph: NamedNode) -> list[Quad]:
    return [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]


def _provenance(quads: Iterable[Quad], inputs: dict[str, str]) -> list[Quad]:
    """Says of each graph which files it was read from, and of each file its hash."""
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    stated: list[Quad] = []
    for iri in sorted(graphs | {DERIVED.value, CLOSURE.value, ANOMALIES.value}):
        graph, slug = NamedNode(iri), iri.rpartition("/")[2]
        stated += [
            Quad(graph, TYPE, expand("prov:Entity"), PROVENANCE),
            Quad(graph, term("generatedBy"), Literal(f"motkg {VERSION}"), PROVENANCE),
        ]
        files = [name for name in inputs if name.startswith(f"{slug}/")]
        stated += [Quad(graph, expand("prov:wasDerivedFrom"), _input(name), PROVENANCE) for name in files]
    for name, digest in inputs.items():
        stated += [
            Quad(_input(name), TYPE, expand("prov:Entity"), PROVENANCE),
            Quad(_input(name), term("fileName"), Literal(name), PROVENANCE),
            Quad(_input(name), term("sha256"), Literal(digest), PROVENANCE),
        ]
    return stated


def _input(name: str) -> NamedNode:
    return NamedNode(f"{BASE}id/input/{name}")


def _moved(quads: Iterable[Quad], origins: dict[Quad, Origin], old: str, new: str) -> tuple[list[Quad], dict[Quad, Origin]]:
    """Gives statements and origins with every IRI below the old base put below the new one."""

    def move(node: object) -> object:
        return NamedNode(rebase(node.value, new, old)) if isinstance(node, NamedNode) else node

    moved = {q: Quad(move(q.subject), move(q.predicate), move(q.object), move(q.graph_name)) for q in quads}  # type: ignore[arg-type]
    return sorted(moved.values(), key=str), {moved[quad]: origin for quad, origin in origins.items() if quad in moved}
