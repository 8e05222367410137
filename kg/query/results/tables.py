"""Tables for people: drawn for the terminal, in Markdown, in LaTeX, with labels beside IRIs.

Where the terminal is too narrow for a table, its texts are wrapped, or each row is one short block. Markdown is GitHub
Flavored Markdown; LaTeX uses the rules of the package booktabs.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import QueryError
from kg.core.text import printable_lines
from kg.query.results.answers import numeric_columns, readable
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rich.table import Table

    from kg.store.protocol import QuadStore, Term


NARROWEST_COLUMN: Final = 11  # average, separator included; in narrower columns words fall apart
_GAP: Final = "   "
_FIRST_COMBINING: Final = "\u0300"  # all printable characters before it take one column


def to_table(solutions: Solutions, width: int = 0, labels: Mapping[str, str] | None = None) -> str:
    """Draw a table with lines.

    Args:
        solutions: what to draw.
        width: how many columns the terminal has, 0 for as wide as the table needs. Too long values are wrapped.
        labels: what to write before the CURIE of an IRI, by IRI.

    """
    if not solutions.variables:
        return f"({len(solutions.rows)} rows without columns)\n"
    cells = [[_cell(term, labels or {}) for term in row] for row in solutions.rows]
    rows = [[text.split("\n") for text in row] for row in (solutions.variables, *cells)]
    widths = [max(_columns(line) for row in rows for line in row[column]) for column in range(len(solutions.variables))]
    if not width or sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
        return _unwrapped(rows, widths, numeric_columns(solutions))
    if width < NARROWEST_COLUMN * len(widths):
        return _blocks(solutions.variables, cells, width)
    table = _empty_table()
    for name, numeric in zip(solutions.variables, numeric_columns(solutions), strict=True):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    return _drawn(table, width)


def _cell(term: Term | None, labels: Mapping[str, str]) -> str:
    text = readable(term).expandtabs()
    if isinstance(term, NamedNode) and term.value in labels:
        text = f"{labels[term.value]} ({text})"
    return printable_lines(text.replace("\r\n", "\n"))


def _columns(line: str) -> int:
    """Return the number of columns of a terminal that a line takes."""
    if max(line, default="") < _FIRST_COMBINING:
        return len(line)
    from rich.cells import cell_len

    return cell_len(line)


def _unwrapped(rows: list[list[list[str]]], widths: list[int], numeric: list[bool]) -> str:
    """Draw the table that rich draws where nothing needs to be wrapped, without waiting for it.

    Each cell is a list of lines.
    """
    lines = []
    for row in rows:
        for height in range(max(map(len, row))):
            texts = [cell[height] if height < len(cell) else "" for cell in row]
            blanks = [" " * (width - _columns(text)) for text, width in zip(texts, widths, strict=True)]
            lines.append(
                _GAP.join(
                    b + t if right else t + b for t, b, right in zip(texts, blanks, numeric, strict=True)
                ).rstrip()
            )
    lines.insert(1, "─" * (sum(widths) + len(_GAP) * (len(widths) - 1)))
    return "".join(f"{line}\n" for line in lines)


def _blocks(names: tuple[str, ...], cells: list[list[str]], width: int) -> str:
    """Return each row as a block of names and values; unbound values are left out."""
    blocks = []
    for number, row in enumerate(cells, 1):
        table = _empty_table(head=False)
        table.add_column(no_wrap=True, min_width=max(map(len, names)))
        table.add_column(overflow="fold")
        for name, text in zip(names, row, strict=True):
            if text:
                table.add_row(name, text)
        blocks.append(f"row {number}\n{_drawn(table, width)}")
    return "\n".join(blocks) or f"{', '.join(names)}\n"


def _empty_table(*, head: bool = True) -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD if head else None, show_edge=False, pad_edge=not head, show_header=head)


def _drawn(table: Table, width: int) -> str:
    from rich.console import Console

    out = io.StringIO()
    Console(
        force_jupyter=False, file=out, width=width, highlight=False, markup=False, emoji=False, color_system=None
    ).print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])


_MARKS: Final = "\\`*_[]<|~&"
_MARKDOWN_ESCAPES: Final = str.maketrans({**{mark: f"\\{mark}" for mark in _MARKS}, "\r": " ", "\n": "<br>", "\t": " "})


def to_markdown(solutions: Solutions) -> str:
    """Return a table whose cells show the values as they are: what Markdown would read as a mark is escaped."""
    rules = ["---:" if numeric else "---" for numeric in numeric_columns(solutions)]
    lines = [
        [name.translate(_MARKDOWN_ESCAPES) for name in solutions.variables],
        rules,
        *(list(map(_markdown_cell, row)) for row in solutions.rows),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _markdown_cell(term: Term | None) -> str:
    text = readable(term)
    if isinstance(term, NamedNode) and text.startswith("<"):
        return text.replace("|", "%7C")  # a link as Markdown writes it
    return _plain_lines(text).translate(_MARKDOWN_ESCAPES)


def _plain_lines(text: str) -> str:
    """Return a text whose only character that is not seen is the line break."""
    return printable_lines(text.replace("\r\n", "\n").replace("\r", " ").expandtabs(1))


_LATEX_ESCAPES: Final = str.maketrans({
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "\n": " ",
    "\t": " ",
})  # fmt: skip


def to_latex(solutions: Solutions) -> str:
    r"""Return a ``tabular`` to be put into a document; numbers are set flush right.

    The first comment names the packages it needs: booktabs for the rules, textcomp and T1 for straight quotes.
    """
    columns = "".join("r" if numeric else "l" for numeric in numeric_columns(solutions))
    head = " & ".join(name.replace("_", " ").translate(_LATEX_ESCAPES) for name in solutions.variables)
    lines = [
        (
            r"% needs \usepackage[T1]{fontenc}, \usepackage{textcomp} and \usepackage{booktabs}; Japanese needs "
            r"LuaLaTeX with luatexja"
        ),
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        rf"{head} \\",
        r"\midrule",
        *(rf"{' & '.join(map(_latex_cell, row))} \\" for row in solutions.rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _latex_cell(term: Term | None) -> str:
    text = _plain_lines(readable(term).replace("\r", "")).translate(_LATEX_ESCAPES)
    text = text.replace("--", "-{}-").replace("--", "-{}-")
    # a star or bracket at the start of a line would be an argument of the line end before it
    return f"{{{text[0]}}}{text[1:]}" if text.startswith(("[", "*")) else text


ENGLISH: Final = "en"
_AT_ONCE: Final = 200
_TAG: Final = "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
_LABELS: Final = """
SELECT ?thing (MIN(STR(?text)) AS ?label) WHERE {
  VALUES ?thing { %s }
  ?thing rdfs:label|skos:prefLabel ?text FILTER(LCASE(LANG(?text)) = "%s")
}
GROUP BY ?thing
"""


def labels_of(terms: Iterable[Term | None], store: QuadStore, language: str = ENGLISH) -> dict[str, str]:
    """Return the label of each IRI among the terms that has one in the language, by IRI.

    Raises:
        QueryError: the language is no language tag.

    """
    if not re.fullmatch(_TAG, language):
        raise QueryError(f"'{language}' is no language tag", hint="write one such as en, ja or pt-BR")
    iris = sorted({term.value for term in terms if isinstance(term, NamedNode)})
    found: dict[str, str] = {}
    for start in range(0, len(iris), _AT_ONCE):
        some = " ".join(f"<{iri}>" for iri in iris[start : start + _AT_ONCE])
        answer = store.query(_LABELS % (some, language.lower()))
        for thing, label in answer.rows if isinstance(answer, Solutions) else ():
            if thing is not None and label is not None:
                found[str(getattr(thing, "value", thing))] = str(getattr(label, "value", label))
    return found


def labels_in(language: str, labels: Callable[[str], dict[str, str]]) -> tuple[dict[str, str], str]:
    """Return labels in a language, with a note for the reader when none is in it.

    Where the language has no label, the English one is used.

    ``labels`` gives the labels of what is shown, by IRI, in a language.
    """
    english = labels(ENGLISH)
    if language == ENGLISH:
        return english, ""
    wanted = labels(language)
    if wanted:
        return english | wanted, ""
    instead = "; English labels are shown" if english else ""
    return english, f"nothing here has a label in the language '{language}'{instead}"
