"""A document's folder to statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem
from kg.core.origin import Statements
from kg.loaders.cases.casefile import read_casefile
from kg.loaders.cases.context import shipped_context
from kg.loaders.cases.draft import Draft, read_spans
from kg.loaders.cases.table import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kg.loaders.cases.context import Context
    from kg.loaders.ontology import Vocabulary

DOCUMENT_FILE: Final = "document.yaml"
SPANS_FILE: Final = "spans.csv"

_SLUG: Final = re.compile(r"[a-z0-9-]+")


def load_folder(
    folder: Path, vocabulary: Vocabulary, *, known_ids: Collection[str] = (), context: Context | None = None
) -> Statements:
    """Load the case files and survey tables of one document.

    ``known_ids`` are the IRIs of things of other documents that this one may refer to.

    Raises:
        InputError: something is wrong; all problems of all files of the folder at once.

    """
    draft = read_document(folder, vocabulary, context=context)
    draft.check_references(known_ids, draft.unread)
    if draft.problems:
        raise InputError(draft.problems)
    return draft.statements


def load_cases(
    folders: Iterable[Path], vocabulary: Vocabulary, *, known_ids: Collection[str] = (), context: Context | None = None
) -> Statements:
    """Load several documents that may refer to each other's things.

    Raises:
        InputError: something is wrong; all problems of all folders at once.

    """
    drafts = [read_document(folder, vocabulary, context=context) for folder in folders]
    known = {*known_ids, *(iri for draft in drafts for iri in draft.defined)}
    unread = {beginning for draft in drafts for beginning in draft.unread}
    for draft in drafts:
        draft.check_references(known, unread)
    problems = [problem for draft in drafts for problem in draft.problems]
    if problems:
        raise InputError(problems)
    return Statements.merged(draft.statements for draft in drafts)


def read_document(
    folder: Path, vocabulary: Vocabulary, *, context: Context | None = None, with_hashes: bool = True
) -> Draft:
    """Read all files of a folder into a draft; problems are noted in it and references not yet checked.

    ``with_hashes=False`` leaves ``spans.csv`` alone, as for writing it anew.
    """
    folder = folder.absolute()
    draft = Draft(folder.name, vocabulary, context or shipped_context(), None)
    if not _SLUG.fullmatch(folder.name):
        draft.problems.append(
            Problem(
                folder.name, 0, 0, "the folder's name is not a slug", expected="lower-case letters, digits and hyphens"
            )
        )
    if not (folder / DOCUMENT_FILE).is_file():
        draft.problems.append(
            Problem(
                f"{folder.name}/{DOCUMENT_FILE}",
                0,
                0,
                "the file is missing",
                expected=f"a folder of case files with a {DOCUMENT_FILE}",
            )
        )
        draft.unread.add(draft.base)
        return draft
    if with_hashes and (folder / SPANS_FILE).exists():
        try:
            draft.hashes = read_spans(folder / SPANS_FILE, f"{folder.name}/{SPANS_FILE}")
        except InputError as error:
            draft.problems.extend(error.problems)
    for path in sorted(folder.glob("*.yaml"), key=lambda path: (path.name != DOCUMENT_FILE, path.name)):
        try:
            read_casefile(path, f"{folder.name}/{path.name}", draft)
        except InputError as error:
            draft.problems.extend(error.problems)
            draft.unread.add(draft.base)
    for path in sorted(folder.glob("*.yml")):
        draft.problems.append(
            Problem(f"{folder.name}/{path.name}", 0, 0, "the file is not read", expected="a name that ends in .yaml")
        )
    _read_tables(folder, draft)
    return draft


def _read_tables(folder: Path, draft: Draft) -> None:
    tables = folder / "tables"
    prefix = f"{folder.name}/tables"
    for stem in sorted({path.stem for path in tables.glob("*") if path.suffix in {".csv", ".yaml"}}):
        before = len(draft.problems)
        missing = [f"{stem}{suffix}" for suffix in (".csv", ".yaml") if not (tables / f"{stem}{suffix}").is_file()]
        for name in missing:
            draft.problems.append(
                Problem(
                    f"{prefix}/{name}",
                    0,
                    0,
                    "the file is missing",
                    expected="a table (.csv) and its description (.yaml)",
                )
            )
        if not missing:
            try:
                read_table(tables / stem, f"{prefix}/{stem}", draft)
            except InputError as error:
                draft.problems.extend(error.problems)
        if len(draft.problems) > before:
            draft.unread |= {f"{draft.base}{kind}/{stem}" for kind in ("table", "observation", "cell")}
