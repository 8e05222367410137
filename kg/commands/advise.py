"""Say what the evidence points firms to: what ``kg advise`` does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.advice import Advice
from kg.advice import advise as advise_firms
from kg.core.errors import QueryError, near_names
from kg.core.text import TextInNotebooks
from kg.graph import open_graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.graph.opening import GraphSource

MOST: Final = 5


@dataclass(frozen=True)
class AdviceReport(TextInNotebooks):
    """The advice for each firm of a file, in the order of the file."""

    firms: tuple[Advice, ...]

    def __iter__(self) -> Iterator[Advice]:
        return iter(self.firms)

    def __len__(self) -> int:
        return len(self.firms)

    @property
    def complete(self) -> bool:
        """Whether the evidence points every firm to something."""
        return all(advice.pointers for advice in self.firms)

    def render(self, form: str = "text", *, most: int | None = MOST) -> str:
        """Return the advice as ``text``, ``markdown`` or ``json``.

        Args:
            form: the format.
            most: how many things of each part to show, None for all; JSON always holds all.

        Raises:
            QueryError: there is no such format.

        """
        from kg.advice.model import FORMATS

        if form not in FORMATS:
            raise QueryError(
                f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
            )
        return FORMATS[form](self.firms, sys.maxsize if most is None else most)

    def __str__(self) -> str:
        return self.render()


def advise(file: Path | str, *, firm: str = "", graph: GraphSource | None = None) -> AdviceReport:
    """Say what a graph's evidence points firms to, by their stage, obstacles, practices and partners.

    Nothing is advised without evidence; each thing has its grade, its sources and what limits them.

    Args:
        file: a case file that describes firms.
        firm: the id or name of one firm of the file; all firms where it is empty.
        graph: what ``kg.open`` takes, or a graph that it returned; the shipped graph where it is left out.

    Raises:
        InputError: the file cannot be read, holds unknown words, or describes no such firm; all problems at once.
        StoreError: the graph cannot be opened.

    Example:
        >>> report = kg.advise("my-firm.yaml")
        >>> report.complete, report.firms[0].pointers[0].name, report.firms[0].pointers[0].grade
        (True, 'certified public accountant', 'weak')

    """
    return AdviceReport(advise_firms(open_graph(graph), file, firm=firm))
