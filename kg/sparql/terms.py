"""Terms: variables, IRIs through base and prefixes, literals, blank nodes [108-109, 129-138]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import near_names
from kg.sparql.cursor import Cursor
from kg.sparql.iris import is_absolute, is_reference, resolve
from kg.sparql.names import is_label, is_local, is_name, is_prefix
from kg.sparql.nodes import BlankNode, Iri, Literal, Variable
from kg.sparql.tokens import IRI_CHARACTERS, KEYWORDS, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.core.errors import QueryError
    from kg.sparql.tree import Span

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
NUMBERS: Final = {"INTEGER": f"{XSD}integer", "DECIMAL": f"{XSD}decimal", "DOUBLE": f"{XSD}double"}
IRI_STARTS: Final = frozenset({"IRIREF", "PNAME", "NAMESPACE"})
LITERAL_STARTS: Final = frozenset({"STRING", "TRUE", "FALSE", *NUMBERS})
TERM_STARTS: Final = frozenset({"VAR", "NIL", "ANON", "LABEL"}) | IRI_STARTS | LITERAL_STARTS

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LOCAL_ESCAPE: Final = re.compile(r"\\([^uU])")
_CHARACTERS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "\\": "\\", '"': '"', "'": "'"}
_LAST_CODEPOINT: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


class TermParser(Cursor):
    """Reads terms. ``known`` gives the prefixes that need no declaration, asked only when one is undeclared."""

    def __init__(self, text: str, base: str | None, known: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(text)
        self.base = base
        self.prefixes: dict[str, str] = {}
        self._known = known
        self._names: dict[str, str] = {}

    def variable(self, expected: str = "a variable") -> Variable:
        """Read a variable [108]."""
        token = self.expect("VAR", expected)
        name = token.text[1:]
        if "\\" in name:
            name = self._decoded(token, 1, len(token.text))
            if not is_name(name):
                raise self.wrong(f"'{name}' cannot be the name of a variable", self.since(token.start))
        return Variable(self.since(token.start), name)

    def iri(self, expected: str = "an IRI") -> Iri:
        """Read an IRI in angle brackets or by its prefix [136]."""
        if self.kind not in IRI_STARTS:
            raise self.unexpected(expected)
        token = self.advance()
        span = self.since(token.start)
        value = self._names.get(token.text)
        if value is None:
            value = self._reference(token, span) if token.kind == "IRIREF" else self._expanded(token, span)
            self._names[token.text] = value
        return Iri(span, value, token.text)

    def _reference(self, token: Token, span: Span) -> str:
        value = self._decoded(token, 1, len(token.text) - 1)
        if not is_reference(value):
            raise self.wrong(
                f"{token.text} is not an IRI", span, hint="what stands before the first ':' is no scheme such as https"
            )
        if self.base is not None:
            value = resolve(self.base, value)
        if self.base is None and not is_absolute(value):
            raise self.wrong(
                f"{token.text} is a relative IRI, and the query has no base",
                span,
                hint="write the whole IRI, or BASE <…> first",
            )
        return self._checked(value, span)

    def _expanded(self, token: Token, span: Span) -> str:
        prefix, _, local = token.text.partition(":")
        if "\\" in prefix:
            prefix = self._decoded(token, 0, len(prefix))
        if "\\" in local:
            local = _LOCAL_ESCAPE.sub(r"\1", local) if _LOCAL_ESCAPE.search(local) else local
            local = self._unescaped_name(local, span)
        namespace = self.prefixes.get(prefix)
        if namespace is None:
            namespace = self._known().get(prefix)
        if namespace is None:
            raise self.undeclared(prefix, span)
        return self._checked(namespace + local, span)

    def _unescaped_name(self, local: str, span: Span) -> str:
        """Resolve codepoint escapes of a local name.

        What comes out must be characters that the name could have held as they are.
        """

        def character(found: re.Match[str]) -> str:
            made = _codepoint(found[1] or found[2] or "")
            if made is None or not is_local(f"a{made}a"):
                raise self.wrong(f"{found[0]} cannot stand in a prefixed name", span)
            return made

        return _ESCAPE.sub(character, local)

    def _checked(self, value: str, span: Span) -> str:
        try:
            NamedNode(value)
        except ValueError as error:
            raise self.wrong(f"<{value}> is not an IRI", span, hint=str(error)) from None
        return value

    def undeclared(self, prefix: str, span: Span) -> QueryError:
        """Return the error for a prefix that is neither declared nor known, with the nearest that are."""
        known = {**self._known(), **self.prefixes}
        near = tuple(f"{name}:" for name in near_names(prefix, (name for name in known if name)))
        if self.source.text[span.start - 1 : span.start] == "<":
            opening = self.source.span(span.start - 1, span.start)
            return self.wrong(
                "the IRI that begins here is not closed, or holds a character that none may",
                opening,
                hint="add the closing '>'",
            )
        if prefix.upper() in KEYWORDS:
            return self.wrong(
                f"prefix '{prefix}:' is not declared", span, hint=f"no colon stands after the keyword {prefix.upper()}"
            )
        if prefix in {"http", "https", "urn", "mailto"}:
            return self.wrong("an IRI stands in angle brackets", span, hint=f"write <{prefix}:…>")
        return self.wrong(
            f"prefix '{prefix}:' is not declared",
            span,
            hint=f"declare it before the query: PREFIX {prefix}: <…>",
            near=near,
        )

    def literal(self) -> Literal:
        """Read a literal [129, 130, 134]."""
        token = self.advance()
        if token.kind in NUMBERS:
            return Literal(self.since(token.start), token.text, NUMBERS[token.kind], "")
        if token.kind != "STRING":
            return Literal(self.since(token.start), token.kind.lower(), f"{XSD}boolean", "")
        value = self.text_of(token)
        if self.kind == "LANGTAG":
            language = self.advance().text[1:]
            return Literal(self.since(token.start), value, f"{RDF}langString", language)
        if self.accept("^^"):
            datatype = self.iri("the IRI of the datatype after '^^'").value
            return Literal(self.since(token.start), value, datatype, "")
        return Literal(self.since(token.start), value, f"{XSD}string", "")

    def term(self) -> Iri | Literal | BlankNode:
        """Read a term other than a variable; the caller has seen that one begins here [109]."""
        if self.kind in IRI_STARTS:
            return self.iri()
        if self.kind in LITERAL_STARTS:
            return self.literal()
        token = self.advance()
        span = self.since(token.start)
        if token.kind == "NIL":
            return Iri(span, f"{RDF}nil", token.text)
        label = "" if token.kind == "ANON" else self._decoded(token, 2, len(token.text))
        if label and not is_label(label):
            raise self.wrong(f"'{label}' cannot be the label of a blank node", span)
        return BlankNode(span, label)

    def text_of(self, token: Token) -> str:
        """Return what a string says, its quotes and escapes resolved."""
        quotes = 3 if token.text.startswith(('"""', "'''")) else 1
        return self._decoded(token, quotes, len(token.text) - quotes)

    def _decoded(self, token: Token, start: int, end: int) -> str:
        """Resolve the escapes in a stretch of a token; escapes for quotes and line ends belong to strings only."""
        text = token.text[start:end]
        if "\\" not in text:
            return text

        def character(found: re.Match[str]) -> str:
            made = _CHARACTERS.get(found[3]) if found[3] else _codepoint(found[1] or found[2])
            if made is None or (token.kind == "IRIREF" and not IRI_CHARACTERS.fullmatch(made)):
                at = token.start + start + found.start()
                span = self.source.span(at, at + len(found[0]))
                what = "no character" if found[3] is None else "no escape"
                raise self.wrong(
                    f"{found[0]} is {what} that may stand here",
                    span,
                    hint=r"escapes are \t \n \r \b \f \" \' \\ \uXXXX",
                )
            return made

        return _ESCAPE.sub(character, text)

    def prefix_name(self) -> str:
        """Read a prefix with its colon, as a declaration has it, and return it without [140]."""
        token = self.expect("NAMESPACE", "a prefix that ends in ':', such as 'ex:'")
        prefix = self._decoded(token, 0, len(token.text) - 1)
        if not is_prefix(prefix):
            raise self.wrong(f"'{prefix}' cannot be a prefix", self.since(token.start))
        return prefix


def _codepoint(digits: str) -> str | None:
    """Return the character of a codepoint escape, if there is one."""
    number = int(digits, 16)
    return chr(number) if number <= _LAST_CODEPOINT and number not in _SURROGATES else None
