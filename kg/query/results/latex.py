"""A table for LaTeX, ruled by the package booktabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.query.results.cells import numeric_columns, readable

if TYPE_CHECKING:
    from kg.store.protocol import Solutions, Term

_ESCAPES: Final = str.maketrans({
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
    "\r": None,
    "\n": " ",
    "\t": " ",
})  # fmt: skip


def to_latex(solutions: Solutions) -> str:
    r"""Return a ``tabular`` to be put into a document; numbers are set flush right.

    The first comment names the packages it needs: booktabs for the rules, textcomp and T1 for straight quotes.
    """
    columns = "".join("r" if numeric else "l" for numeric in numeric_columns(solutions))
    head = " & ".join(name.replace("_", " ").translate(_ESCAPES) for name in solutions.variables)
    lines = [
        r"% needs \usepackage[T1]{fontenc}, \usepackage{textcomp} and \usepackage{booktabs}; Japanese needs LuaLaTeX with luatexja",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        rf"{head} \\",
        r"\midrule",
        *(rf"{' & '.join(map(_cell, row))} \\" for row in solutions.rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _cell(term: Term | None) -> str:
    text = readable(term).translate(_ESCAPES).replace("--", "-{}-").replace("--", "-{}-")
    # a star or bracket at the start of a line would be an argument of the line end before it
    return f"{{{text[0]}}}{text[1:]}" if text.startswith(("[", "*")) else text
