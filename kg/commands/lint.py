"""Find faults of queries without running them: what ``kg lint`` does."""

from __future__ import annotations

from dataclasses import dataclass
from os import fspath
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.core.errors import QueryError, near_names
from kg.core.text import TextInNotebooks
from kg.graph import open_graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kg.graph.opening import GraphSource
    from kg.query.lint import Finding

FORMATS = ("human", "json", "sarif")


@dataclass(frozen=True)
class LintReport(TextInNotebooks):
    """The findings of each query, in the order of its text.

    Attributes:
        findings: by the name of the query: the path of its file, or ``query`` for a text.

    """

    findings: Mapping[str, tuple[Finding, ...]]

    @property
    def clean(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return not any(finding.counts for findings in self.findings.values() for finding in findings)

    def render(self, form: str = "human") -> str:
        """Return the findings as ``human`` text, ``json`` or ``sarif``.

        Raises:
            QueryError: there is no such format.

        """
        from kg.query.lint.renderings import render

        if form not in FORMATS:
            raise QueryError(
                f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
            )
        return render(self.findings, form)

    def __str__(self) -> str:
        return self.render()


def lint(
    *queries: Path | str,
    catalogue: bool = False,
    graph: GraphSource | None = None,
    data: Sequence[Path | str] | Path | str = (),
    endpoint: str | None = None,
    stdin: str | None = None,
) -> LintReport:
    """Find faults of queries that can be seen without running them: unknown terms, unbound variables, cross products.

    Args:
        queries: files of queries, or the texts of queries.
        catalogue: check the queries that motkg ships, too.
        graph: what ``kg.open`` takes, or a graph that it returned, whose terms the queries are checked against; the
            shipped graph where it is left out.
        data: RDF files whose terms the queries are checked against instead.
        endpoint: the address of a SPARQL endpoint whose terms the queries are checked against instead.
        stdin: the text that the name ``-`` among ``queries`` stands for.

    Raises:
        QueryError: there is nothing to check.
        InputError: a file cannot be read.
        StoreError: the graph cannot be opened.

    Example:
        >>> report = kg.lint("SELECT ?firm { ?firm a motkg:Frim }")
        >>> report.clean, report.findings["query"][-1].rule, report.findings["query"][-1].near
        (False, 'unknown-term', ('motkg:Firm',))

    """
    from kg.query.lint import Linter

    if not queries and not catalogue:
        raise QueryError("there is nothing to check", hint="name a file or a query, or the catalogue")
    texts = dict(_named(fspath(query), stdin) for query in queries)
    opened = open_graph(graph, data=data, endpoint=endpoint)
    if catalogue:
        texts |= {f"queries/{query.topic}/{query.name}.rq": query.text for query in opened.catalogue}
    linter = Linter(opened.store, opened.base)
    return LintReport(MappingProxyType({name: tuple(linter.lint(text)) for name, text in texts.items()}))


def _named(query: str, stdin: str | None) -> tuple[str, str]:
    """Return the name and the text of a query."""
    if query == "-" and stdin is not None:
        return "stdin", stdin
    if "{" in query and not query.endswith(".rq"):
        return "query", query
    from kg.query.catalogue.catalogue import read_text

    return query, read_text(query)
