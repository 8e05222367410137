"""Parse terms: variables, IRIs through base and prefixes, literals, blank nodes [108-109, 129-138].

`Cursor` holds the position in the tokens, `TermParser` reads terms there. Relative IRIs are resolved by RFC 3986,
section 5.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import near_names
from kg.core.terms import RDF, XSD
from kg.sparql.nodes import BlankNode, Iri, Literal, Variable
from kg.sparql.tokens import IRI_CHARACTERS, KEYWORDS, Source, Token, is_label, is_local, is_name, is_prefix, tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.core.errors import QueryError
    from kg.sparql.nodes import Span


DEEPEST: Final = 64  # levels of brackets; each costs several frames of Python's stack, which holds a thousand


class Cursor:
    """The tokens of a query and the one that comes next."""

    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.tokens = tokenise(text)
        self.index = 0
        self.token = self.tokens[0]
        self.kind = self.token.kind
        self.depth = 0

    def advance(self) -> Token:
        """Step over the token that comes next, and return it."""
        token = self.token
        if token.kind != "END":
            self.index += 1
            self.token = self.tokens[self.index]
            self.kind = self.token.kind
        return token

    def accept(self, kind: str) -> bool:
        """Step over a token if it is of that kind, and return whether it was."""
        if self.kind == kind:
            self.advance()
            return True
        return False

    def expect(self, kind: str, expected: str) -> Token:
        """Step over a token that must be of that kind.

        Raises:
            QueryError: another token stands there; ``expected`` says in words what belongs there.

        """
        if self.kind != kind:
            raise self.unexpected(expected)
        return self.advance()

    def following(self, ahead: int = 1) -> str:
        """Return the kind of a token further on."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)].kind

    def enter(self) -> None:
        """Go one level of brackets down.

        Raises:
            QueryError: that is deeper than the parser goes.

        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"brackets are nested more than {DEEPEST} deep", self.here())

    def leave(self) -> None:
        """Come back from a level of brackets."""
        self.depth -= 1

    def here(self) -> Span:
        """Return the span of the token that comes next."""
        return self.source.span(self.token.start, self.token.end)

    def since(self, start: int) -> Span:
        """Return the span from an offset to the end of the last token stepped over."""
        return self.source.span(start, self.tokens[self.index - 1].end if self.index else start)

    def unexpected(self, expected: str) -> QueryError:
        """Return the error for the token that comes next, with the likely slip behind it."""
        from kg.sparql.slips import explain

        return explain(self.source, self.tokens, self.index, expected)

    def wrong(self, message: str, span: Span, hint: str = "", near: tuple[str, ...] = ()) -> QueryError:
        """Return the error for a stretch of the text that is well-formed but wrong."""
        from kg.sparql.tokens import error

        return error(self.source, span, message, hint=hint, near=near)


# RFC 3986, appendix B
_PARTS: Final = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)


def is_absolute(iri: str) -> bool:
    """Return whether an IRI names its scheme."""
    return _split(iri)[0] is not None


def is_reference(iri: str) -> bool:
    """Return whether an IRI is absolute, or relative without a colon before its first slash (section 4.2)."""
    return is_absolute(iri) or ":" not in re.split(r"[/?#]", iri, maxsplit=1)[0]


def resolve(base: str, reference: str) -> str:
    """Return the IRI that a reference means beside a base."""
    scheme, authority, path, query, fragment = _split(reference)
    if scheme is not None:
        return reference
    base_scheme, base_authority, base_path, base_query, _ = _split(base)
    if authority is not None:
        path = _without_dots(path)
    else:
        if not path:
            path, query = base_path, base_query if query is None else query
        elif path.startswith("/"):
            path = _without_dots(path)
        else:
            folder = "/" if base_authority is not None and not base_path else base_path[: base_path.rfind("/") + 1]
            path = _without_dots(folder + path)
        authority = base_authority
    text = f"{base_scheme}:" if base_scheme is not None else ""
    text += f"//{authority}" if authority is not None else ""
    text += path
    text += f"?{query}" if query is not None else ""
    return text + (f"#{fragment}" if fragment is not None else "")


def _split(iri: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    found = _PARTS.fullmatch(iri)
    scheme, authority, path, query, fragment = found.groups() if found else (None, None, iri, None, None)
    return scheme, authority, path or "", query, fragment


def _without_dots(path: str) -> str:
    """Remove the segments ``.`` and ``..`` from a path (section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


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
            if "--" in language:
                if language.partition("--")[2] not in {"ltr", "rtl"}:
                    raise self.wrong(f"@{language} has no base direction: ltr or rtl", self.since(token.start))
                return Literal(self.since(token.start), value, f"{RDF}dirLangString", language)
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
