"""What is written into stores: statements of files and iterators, and updates that fetch nothing from the network.

`statements` reads a file or passes quads on; `refuse_fetching` refuses updates that would read other addresses.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from kg.core.errors import InputError, Problem, QueryError
from kg.core.inputs import syntax_of_file, unwrapped
from kg.core.rdfreading import naming_long_tokens, parse_rdf, problem_of, refuse_bombs_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def statements(
    source: Iterable[Quad] | Path, graph: str | None = None, syntax: RdfFormat | None = None
) -> Iterator[Quad]:
    """Yield quads, or those of a file, one after the other; ``graph`` takes those of the default graph.

    Raises:
        InputError: the file cannot be read, with the line where that is known.

    """
    quads = _of_file(source, syntax) if isinstance(source, Path) else source
    name = None if graph is None else NamedNode(graph)
    for quad in quads:
        in_default = name is not None and isinstance(quad.graph_name, DefaultGraph)
        yield Quad(quad.subject, quad.predicate, quad.object, name) if in_default else quad


def _of_file(path: Path, syntax: RdfFormat | None) -> Iterator[Quad]:
    form = syntax or syntax_of_file(path)
    if form is None:
        raise InputError(
            [
                Problem(
                    str(path),
                    0,
                    0,
                    f"no syntax of RDF has the ending '{path.suffix}'",
                    ".nt, .nq, .ttl, .trig, .rdf, .owl or .jsonld",
                )
            ]
        )
    refuse_bombs_in(path, form)
    try:
        with naming_long_tokens(str(path)), unwrapped(path.open("rb")) as content:
            yield from parse_rdf(content, form, path.resolve().as_uri())
    except SyntaxError as error:
        raise InputError([problem_of(str(path), form, error)]) from error
    except (OSError, EOFError, ValueError) as error:
        raise InputError([Problem(str(path), 0, 0, str(error))]) from error


def has_blank_node(quad: Quad) -> bool:
    """Return whether a statement holds a blank node, in a triple term too."""
    return any(
        isinstance(term, BlankNode) or (isinstance(term, Triple) and "_:" in str(term))
        for term in (quad.subject, quad.object)
    )


def is_blank_line(line: bytes) -> bool:
    """Return whether a line of N-Quads, as Oxigraph writes it, holds a blank node, without parsing the line."""
    subject, _, rest = line.split(b" ", 2)
    return b"_:" in (subject[:2], rest[:2]) or (b"<<" in (subject[:2], rest[:2]) and b"_:" in line)


def refuse_fetching(text: str) -> None:
    """Refuse an update that would read other addresses, which engines do for LOAD and SERVICE.

    Raises:
        QueryError: it has one of them, or a character that stands nowhere in an update, or brackets too deep.

    """
    from kg.sparql.size import refuse_large
    from kg.sparql.tokens import Source, tokenise

    refuse_large(text, len(text))  # data may be as long as it is

    for token in tokenise(text):
        word = token.text.upper()
        if (token.kind == "WORD" and word == "LOAD") or token.kind in {"SERVICE", "BAD", "UNCLOSED"}:
            span = Source(text).span(token.start, token.end)
            fetches = token.kind not in {"BAD", "UNCLOSED"}
            message = (
                f"{word} would read from another address" if fetches else f"'{token.text}' stands nowhere in an update"
            )
            hint = "fetch the file yourself and load it" if fetches else ""
            raise QueryError(
                f"line {span.line}, column {span.column}: {message}",
                hint=hint,
                line=span.line,
                column=span.column,
                token=token.text,
            )
