"""Validate data that is named, or that a program holds, and show the report: :func:`kg.validate`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from kg.columns import columns_of_quads
from kg.commands.validate.run import check, read_data
from kg.core.errors import QueryError, near_names
from kg.core.inputs import is_path, quads_of
from kg.core.origin import Statements
from kg.core.terms import BASE, CLOSURE
from kg.core.text import TextInNotebooks
from kg.shacl.data import Data, read_ontology
from kg.shacl.givenshapes import GivenShapes, read_given_shapes, shipped_shapes
from kg.shacl.report.forms import FORMATS, render
from kg.shacl.report.report import Report
from kg.shacl.shapes.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Literal, TypeAlias

    from kg.core.inputs import HeldStatements
    from kg.pipeline.building import Build
    from kg.shacl.engine import Engine

    DataSource: TypeAlias = "Path | str | Sequence[Path | str] | Build | HeldStatements"
    ShapesSource: TypeAlias = "Path | str | Iterable[Path | str] | Shapes"


@dataclass(frozen=True)
class ValidationReport(Report, TextInNotebooks):
    """A report that prints as text for people, in notebooks too; ``shapes`` add advice to each result."""

    shapes: Shapes | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, report: Report, shapes: Shapes) -> ValidationReport:
        """Return a report together with the shapes that it is about."""
        return cls(**{part.name: getattr(report, part.name) for part in fields(Report)}, shapes=shapes)

    def render(self, form: str = "human") -> str:
        """Return the report as ``human`` text, ``turtle``, ``json``, ``sarif``, ``junit``, ``github`` or ``html``.

        Raises:
            QueryError: there is no such format.

        """
        if form not in FORMATS:
            raise QueryError(
                f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
            )
        return render(self, form, shapes=self.shapes)

    def __str__(self) -> str:
        return self.render()


def validate(  # noqa: PLR0913 - each chooses another thing, by name
    data: DataSource | None = None,
    *,
    shapes: ShapesSource | None = None,
    engine: Engine = "auto",
    with_ontology: bool | None = None,
    allowed: Collection[str] = (),
    strict: bool = False,
    focus: Collection[str] = (),
    only: Collection[str] = (),
    infer: Literal["rdfs", "owlrl"] | None = None,
) -> ValidationReport:
    """Validate data against SHACL shapes.

    Args:
        data: a path, a pattern such as ``firms/*.ttl`` or a list of them: RDF files, folders of case files, a build, or
            a store of ``kg load``. Also what ``kg.build`` returned, a graph of rdflib, a store of pyoxigraph, or an
            iterable of quads or triples. The shipped graph where it is left out.
        shapes: files or folders of shapes, or what ``kg.shacl.load_shapes`` returned; the shapes that motkg ships where
            they are left out.
        engine: ``auto`` and ``columnar`` run on columns and leave to pySHACL what columns cannot do; ``pyshacl`` leaves
            it everything; ``sparql`` answers what an endpoint with the data would.
        with_ontology: whether RDF is read together with motkg's ontology; by default it is with the shipped shapes.
        allowed: kinds of concern that do not make the report fail: keys of ``kg.shacl.CONCERNS``.
        strict: whether names of the shapes that occur nowhere in the data count, although other shapes had focus nodes.
        focus: IRIs of focus nodes to validate, instead of all.
        only: IRIs of shapes to apply, instead of all; together with ``focus``, whatever their targets are.
        infer: validate the data with what follows from it by RDFS (``rdfs``) or OWL 2 RL (``owlrl``).

    Returns:
        The report. It prints as text, also in notebooks; ``report.conforms`` is true where no shape is violated, and
        ``report.fails()`` also counts concerns, such as a target that matches nothing.

    Raises:
        InputError: a file cannot be read, or the shapes cannot be run.
        StoreError: the folder of a build or a store is damaged, or a shape needs pySHACL, which is not installed.

    Example:
        >>> report = kg.validate()
        >>> report.conforms, report.results
        (True, ())

    """
    given = _given(shapes)
    beside = given.shipped if with_ontology is None else with_ontology
    source = read_source(data, with_ontology=beside)
    if focus or only or infer:
        from kg.commands.validate.part import part_of, with_inference

        source = with_inference(source, infer) if infer else source
        given = part_of(given, source, focus=focus, shapes=only)
    report = check(source, given, engine=engine, allowed=allowed, strict=strict)
    return ValidationReport.of(report, given.shapes)


def read_source(
    data: DataSource | None, *, with_ontology: bool = True, stdin: bytes | None = None, syntax: str = ""
) -> Data:
    """Read the data that names stand for, or that a program holds; the shipped graph where there is none.

    Args:
        data: what :func:`validate` takes.
        with_ontology: whether RDF is read together with motkg's ontology, which builds and case files hold.
        stdin: the content of standard input, which the name ``-`` stands for.
        syntax: the ending of a syntax, such as ``ttl``, for files and standard input, whatever the names say.

    Raises:
        InputError: a name stands for no file, or a file cannot be read.
        StoreError: the folder of a build or a store is damaged.

    """
    names = _names(data)
    if names is not None:
        return read_data(names, with_ontology=with_ontology, stdin=stdin, syntax=syntax)
    return _held(data, with_ontology=with_ontology and not hasattr(data, "base"))  # a build has a base


def _given(shapes: ShapesSource | None) -> GivenShapes:
    if shapes is None:
        return shipped_shapes()
    if isinstance(shapes, Shapes):
        return GivenShapes(shapes, (), ())
    paths = [shapes] if isinstance(shapes, (str, os.PathLike)) else shapes
    return read_given_shapes([Path(path) for path in paths])


def _names(data: DataSource | None) -> list[str | os.PathLike[str]] | None:
    """Return the names in an argument that is a path or a list of paths, or None where it holds statements."""
    if data is None:
        return []
    if is_path(data):
        return [data]
    if isinstance(data, (list, tuple)) and data and all(isinstance(name, str) or is_path(name) for name in data):
        return list(data)
    return None


def _held(data: object, *, with_ontology: bool) -> Data:
    """Return the statements of a program as data under motkg's own base, without what was derived by closing."""
    quads, origins, base = quads_of(data), getattr(data, "origins", {}), str(getattr(data, "base", BASE))
    if base != BASE:
        from kg.pipeline.reading import moved

        quads, origins = moved(quads, origins, base, BASE)
    own = [quad for quad in quads if quad.graph_name != CLOSURE]
    ontology = read_ontology() if with_ontology else Statements()
    together = list(dict.fromkeys((*ontology.quads, *own)))
    return Data(
        columns_of_quads(together),
        together,
        {**ontology.origins, **origins},
        base=base,
        empty=not own,
        given=True,
        beside=with_ontology,
    )
