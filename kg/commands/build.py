"""Build a graph from case files: what ``kg build`` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.core.errors import ContradictionError
from kg.core.inputs import is_path
from kg.core.resources import shipped_documents
from kg.core.terms import BASE, checked_base
from kg.pipeline.building import BUILD, write
from kg.pipeline.building import build as build_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.pipeline.building import Build


def build(
    *sources: Path | str,
    output: Path | str | None = None,
    with_shipped: bool = False,
    base: str = "",
    progress: Callable[[str], None] | None = None,
) -> Build:
    """Build a graph: read case files, derive statements, compute the closure, validate, and write it if asked to.

    Args:
        sources: folders of case files; without any, the documents that motkg ships are built.
        output: the folder to write, which appears whole or not at all; without it nothing is written.
        with_shipped: build the shipped documents too, so that ``sources`` may refer to their things.
        base: the base IRI to publish under, which ends in ``/``; ``https://w3id.org/motkg/`` where it is empty.
        progress: called with a line of text at the beginning of each step.

    Returns:
        The statements in order, with the places where they were read, and the report of the validation. ``kg.open``
        opens it. A build whose data breaks a shape is written all the same; ``report.conforms`` says so.

    Raises:
        InputError: a file cannot be read; the error holds the problems of all files.
        QueryError: the base is not an absolute http or https IRI that ends in a slash.
        ReasonerError: the ontology or a rule cannot be processed.
        ContradictionError: the statements contradict each other; nothing is written.
        StoreError: the output cannot be written, or holds files that no build wrote.

    Example:
        >>> built = kg.build()
        >>> built.report.conforms
        True
        >>> kg.open(built).ask("ASK { ?claim a motkg:Claim }")
        True

    """
    tell = progress or (lambda _: None)
    chosen_base = checked_base(base) if base else BASE
    target = None if output is None else Path(output)
    if target is not None:
        BUILD.refuse_foreign(target)
    named = [Path(source) for source in sources if is_path(source)]
    built = build_documents(
        [*(shipped_documents() if with_shipped or not named else ()), *named], base=chosen_base, progress=tell
    )
    if built.contradictions:
        raise ContradictionError(_in_words(built))
    if target is not None:
        write(built, target)
        tell(f"wrote {len(built.quads):,} statements to {target}")
    return built


def _in_words(built: Build) -> str:
    """Return which statements of a build contradict each other, and where they stand."""
    from kg.commands.reason import justifications_in_words, labels_of
    from kg.loaders.rdf.addresses import Located

    involved = {statement for each in built.contradictions for statement in each.statements}
    located = Located({quad: place for quad, place in built.origins.items() if quad.triple in involved})
    places = {
        quad.triple: place for quad in built.origins if quad.triple in involved and (place := located.origin(quad))
    }
    lines = justifications_in_words(built.contradictions, labels_of(built.quads), places)
    head = "nothing is built: these statements cannot all be true, found by OWL 2 RL"
    return "\n".join((head, *lines))
