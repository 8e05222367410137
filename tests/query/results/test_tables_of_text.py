"""The table of the terminal, Markdown and LaTeX."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt
from pyoxigraph import Literal, NamedNode
from rich.cells import cell_len

from kg.query.results import readable, render, tables
from kg.query.results.tables import to_table
from kg.store.protocol import Solutions

STAGE = "https://w3id.org/motkg/concept/stage/commercialization"
XSD = "http://www.w3.org/2001/XMLSchema#"

LATEX = r"""% needs \usepackage[T1]{fontenc}, \usepackage{textcomp} and \usepackage{booktabs}; Japanese needs LuaLaTeX with luatexja
\begin{tabular}{lll}
\toprule
thing & text & n \\
\midrule
\textless{}http://example.org/a?b=c\&d\textgreater{} & comma, \textquotedbl{}quote\textquotedbl{} & 0.50 \\
\_:b1 & two lines and tab\textbackslash{} & 007 \\
stage:commercialization & 事業化 &  \\
 & @ & 1.0E3 \\
true &  & 2026-01-31 \\
\bottomrule
\end{tabular}
""".replace(
    "@",
    r"\textless{}b\textgreater{} \textbar{} \$5\_\% \#\{x\}\textasciicircum{}\textasciitilde{} "
    r"\textquotesingle{}q\textquotesingle{} -{}-",
)


def numbers(*texts: str) -> Solutions:
    integer = NamedNode(f"{XSD}integer")
    return Solutions(("name", "n"), tuple((Literal(f"row {text}"), Literal(text, datatype=integer)) for text in texts))


def test_latex_escapes_every_special_character(tricky: Solutions) -> None:
    assert render(tricky, "latex") == LATEX


def test_latex_sets_numbers_flush_right_and_guards_the_start_of_a_line() -> None:
    assert r"\begin{tabular}{lr}" in render(numbers("1"), "latex")
    starred = Solutions(("mark",), ((Literal("*** significant"),), (Literal("[sic]"),), (Literal("a---b"),)))
    lines = render(starred, "latex").splitlines()
    assert lines[5:8] == [r"{*}** significant \\", r"{[}sic] \\", r"a-{}-{}-b \\"]


def test_markdown_shows_the_values_and_no_marks(tricky: Solutions) -> None:
    marks = (Literal("**bold** _it_ `code` [a](b) ~~x~~ &lt; <i> a|b"), Literal("1*2*3"), Literal("\\|"))
    solutions = Solutions(tricky.variables, (*tricky.rows, marks))
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(render(solutions, "markdown"))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html, re.DOTALL)
    shown = [
        unescape(re.sub(r"</?a[^>]*>", "", cell.replace("<br>", "\n").replace("&lt;br&gt;", "\n"))).strip()
        for cell in cells
    ]
    wanted = [
        readable(term).strip("<>") if isinstance(term, NamedNode) else readable(term)
        for row in solutions.rows
        for term in row
    ]
    assert shown == [text.replace("\t", " ").replace("\r", " ").strip() for text in wanted]


def test_markdown_sets_numbers_flush_right() -> None:
    assert render(numbers("1", "20"), "markdown") == "| name | n |\n| --- | ---: |\n| row 1 | 1 |\n| row 20 | 20 |\n"


def test_a_label_stands_beside_its_iri() -> None:
    solutions = Solutions(("stage",), ((NamedNode(STAGE),), (NamedNode("http://example.org/x"),)))
    lines = to_table(solutions, labels={STAGE: "事業化"}).splitlines()
    assert lines[2:] == ["事業化 (stage:commercialization)", "<http://example.org/x>"]


def test_japanese_takes_two_columns_a_character() -> None:
    solutions = Solutions(("a", "b"), ((Literal("事業化"), Literal("|")), (Literal("abcdef"), Literal("|"))))
    rows = to_table(solutions).splitlines()[2:]
    assert rows == ["事業化   |", "abcdef   |"]


def test_characters_are_as_wide_as_rich_takes_them_to_be() -> None:
    drawn = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x400), 0x3000, 0x4E8B, 0xFF21)]
    assert [tables._columns(character) for character in drawn] == [cell_len(character) for character in drawn]


def by_rich(solutions: Solutions, width: int) -> str:
    table = tables._empty_table()
    for name, numeric in zip(solutions.variables, tables.numeric_columns(solutions), strict=True):
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in solutions.rows:
        table.add_row(*(tables._cell(term, {}) for term in row))
    return tables._drawn(table, width)


def test_what_fits_is_drawn_as_rich_draws_it(tricky: Solutions) -> None:
    empty = Solutions(("a", "long name"), ())
    for solutions in (tricky, numbers("007", "12345"), empty, Solutions(("one",), ((Literal("事業化\nß"),), (None,)))):
        text = to_table(solutions)
        width = max(map(cell_len, text.splitlines()))
        assert text == to_table(solutions, width) == by_rich(solutions, width)
        assert to_table(solutions, width + 9) == text


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_nothing_is_wider_than_the_terminal_and_nothing_is_lost(width: int, tricky: Solutions) -> None:
    long = Solutions(("first", "second"), ((Literal("word " * 30), Literal("事業化への段階" * 10)),))
    for solutions in (long, tricky):
        text = to_table(solutions, width)
        assert max(map(cell_len, text.splitlines())) <= width
        for sign in "業化段#|":
            assert text.count(sign) == sum(readable(term).count(sign) for row in solutions.rows for term in row)


def test_too_many_columns_for_the_terminal_become_blocks() -> None:
    names = tuple(f"column{number}" for number in range(12))
    solutions = Solutions(
        names, (tuple(Literal(f"value {number}") for number in range(12)), (Literal("only"), *[None] * 11))
    )
    lines = to_table(solutions, 60).splitlines()
    assert lines[0] == "row 1"
    assert lines[1].split() == ["column0", "value", "0"]
    assert lines[-2:] == ["row 2", "column0   only"] or lines[-1].split() == ["column0", "only"]
    assert to_table(solutions, 300).splitlines()[0].split() == list(names)


def test_control_characters_cannot_command_the_terminal() -> None:
    text = to_table(Solutions(("x",), ((Literal("\x1b[2J\x07\x9b1mred\x7f\u202e"),),)))
    assert text.splitlines()[-1] == r"\u001B[2J\u0007\u009B1mred\u007F\u202E"


def test_numbers_are_flush_right_and_kept_as_written() -> None:
    lines = to_table(numbers("007", "12345")).splitlines()[2:]
    assert [line[-5:] for line in lines] == ["  007", "12345"]
