"""Check case files against the documents that they were taken from: what ``kg verify-sources`` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.core.resources import shipped_documents
from kg.core.text import TextInNotebooks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.loaders.documents.sourcetext import Finding


@dataclass(frozen=True)
class SourceReport(TextInNotebooks):
    """What differs between case files and documents.

    Attributes:
        findings: by the name of the folder of case files, each with its file, line and column.
        rewritten: the folders whose ``spans.csv`` was written anew.

    """

    findings: Mapping[str, tuple[Finding, ...]]
    rewritten: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether everything is as printed."""
        return not any(self.findings.values())

    def __str__(self) -> str:
        lines: list[str] = []
        for name, findings in self.findings.items():
            lines += [f"{name}: wrote spans.csv"] if name in self.rewritten else []
            lines += map(str, findings)
            lines.append(f"{name}: {len(findings) or 'no'} finding{'s' * (len(findings) != 1)}")
        return "".join(f"{line}\n" for line in lines)


def verify_sources(directory: Path | str, *folders: Path | str, rewrite: bool = False) -> SourceReport:
    """Check every span, table cell and printed number against documents, and list numbers that nothing accounts for.

    Args:
        directory: the folder that holds the text files of the documents.
        folders: folders of case files; the shipped documents where there are none.
        rewrite: write ``spans.csv`` of each folder anew from the documents, and then check.

    Raises:
        InputError: a folder or a document cannot be read.

    Example:
        >>> report = kg.verify_sources("documents", "my-study")
        >>> report.clean
        True

    """
    from kg.loaders.documents.sources import uncovered_numerals, write_spans
    from kg.loaders.documents.sources import verify_sources as verify_folder

    texts = Path(directory)
    findings: dict[str, tuple[Finding, ...]] = {}
    rewritten: list[str] = []
    for folder in map(Path, folders) if folders else shipped_documents():
        if rewrite:
            write_spans(folder, texts)
            rewritten.append(folder.name)
        findings[folder.name] = (*verify_folder(folder, texts), *uncovered_numerals(folder, texts))
    return SourceReport(MappingProxyType(findings), tuple(rewritten))
