"""Prepare the text of a query for the embedded engine, so that running it again costs one look-up in a table.

`Prepared` respells what the engine reads otherwise than the grammar and adds known prefixes. From the second run on,
`in_full` writes prefixed names out, so that the engine has no prologue to read. The parser of ``kg.sparql`` could do
that too, but it takes longer to load than thousands of answers gain. So `in_full` reads no more of a query than where
names begin and end, and returns every text unchanged that it is not sure of.
"""

from __future__ import annotations

import functools
import os
import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, QueryBoolean

from kg.core import cache
from kg.core.terms import prefixes
from kg.store.protocol import names_graphs, refuse_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad, QuerySolutions, QueryTriples, Store

    from kg.sparql.nodes import Iri, Literal
    from kg.store.embedded.overlaps import Overlaps
    from kg.store.embedded.rewriter import Rewriter


APART: Final = "apart"
"""A file in the folder of an index whose graphs share no statement; the engine leaves alone what it does not know."""
_SKIPPED: Final = r"""<[^<>"{}|^`\\\x00-\x20]*+>
| \"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*+\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*+'''
| "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+'
| \#[^\r\n]*+
| [?$]\w+ | _:[\w.-]+ | @[A-Za-z-]+
| [+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"""
_PREFIX: Final = r"[A-Za-z](?:[\w.-]{0,254}[\w-])?"
_PROLOGUE_WORDS: Final = {"PREFIX", "BASE"}
_UNSURE: Final = "\\%"  # what may go on with a name: an escape


@functools.cache
def _name_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a token and of a declared prefix, compiled only when a text is asked for a second time."""
    token = re.compile(
        rf"(?P<skipped>{_SKIPPED})|(?P<name>(?P<prefix>{_PREFIX})?:(?P<local>[\w:][\w:-]*(?:\.+[\w:-]+)*)?)|(?P<word>\w+)",
        re.ASCII | re.VERBOSE | re.DOTALL,
    )
    declaration = re.compile(
        rf"(?:\s|\#[^\r\n]*[\r\n])*PREFIX\s+({_PREFIX})?:\s*<([A-Za-z][\w+.-]*:[^<>\"{{}}|^`\\\x00-\x20]*)>",
        re.ASCII | re.IGNORECASE,
    )
    return token, declaration


def in_full(text: str) -> str:
    """Return the same query with all IRIs in full and no prologue.

    Return the text unchanged where that needs more than a simple scan.
    """
    if not text.isascii() or "\\u" in text or "\\U" in text:
        return text
    declared, start = _declared(text)
    parts: list[str] = []
    done = start
    for token in _name_patterns()[0].finditer(text, start):
        if token["word"] and token["word"].upper() in _PROLOGUE_WORDS:
            return text
        if token["name"] is None:
            continue
        prefix = token["prefix"] or ""
        namespace = declared.get(prefix) or prefixes().get(prefix)
        before, after = text[token.start() - 1 : token.start()], text[token.end() : token.end() + 1]
        if namespace is None or before == "<" or (after and after in _UNSURE):
            return text
        parts += text[done : token.start()], f"<{namespace}{token['local'] or ''}>"
        done = token.end()
    return "".join([*parts, text[done:]])


def _declared(text: str) -> tuple[dict[str, str], int]:
    """Return the prefixes that a text declares at its head, and where the last declaration ends."""
    declared: dict[str, str] = {}
    end = 0
    declaration = _name_patterns()[1]
    while match := declaration.match(text, end):
        declared[match[1] or ""] = match[2]
        end = match.end()
    return declared, end


_NAME: Final = re.compile(r"(?<![\w-])([\w-]*+):(?!//)")
# What the engine may read otherwise than the grammar (see kg.sparql.spelling): a name with dots in two places, a
# codepoint escape, true and false in capitals, a variable that GROUP BY renames. A sign of it loads the tokeniser,
# which finds out.
_INSIDE: Final = r"""[^\s<>"'(){}\[\];,/|^?.\\"""  # of a local name; what else there is stands behind a backslash
_GROUP_BY: Final = r"(?i:GROUP)(?:\s|\#[^\r\n]*+[\r\n])*+(?i:BY)"
_ODD: Final = re.compile(
    rf""":(?:{_INSIDE}:]|\\.)*\.+(?:{_INSIDE}]|\\.)+\. | \\[uU] | (?!true|false)(?i:true|false)
    | {_GROUP_BY}(?:(?!{_GROUP_BY})[^{{}}])*?\((?:\s|\#[^\r\n]*[\r\n])*[?$][^\s()]+[\s\#]""",
    re.VERBOSE,
)
# What may be a pattern that the engine answers otherwise than the Recommendation (see kg.store.embedded.conforming) in
# any store: alternatives, paths that may have length zero or go backwards, negated properties, joined texts, options
# with groups or BIND inside, inner queries.
_OTHERWISE: Final = re.compile(
    r"""(?<!\|)\|(?!\|) | [\w>)]\s*\*(?!\s*(?:\{|(?:WHERE|FROM)\b(?!:))) | [\w>)]\s*\?(?!\w)
    | !\s*(?:[\w.-]*:|[<^]|\(\s*(?:[<^]|a\b|[\w.-]*:))
    | \)\s*\+ | \bOPTIONAL\s*\{[^{}]*(?:\{|\bBIND\b) | \{\s*SELECT\b(?!\s*(?:(?:DISTINCT|REDUCED)\s*)?\*)
    | \bGROUP_CONCAT\s*\(\s*(?:DISTINCT\b\s*)?[?$]""",
    re.VERBOSE | re.IGNORECASE,
)
# What may be an expression that the engine gives no value (see kg.store.embedded.functions): regular expressions, and
# numbers of so many digits that a sum or product of them goes beyond 64 bits.
_VALUELESS: Final = re.compile(r"\bREGEX\b|\bREPLACE\b|[0-9]{9}", re.IGNORECASE)
_COMMENT_LINES: Final = re.compile(r"^[ \t]*#[^\r\n]*", re.MULTILINE)
_EXISTS: Final = re.compile(r"\bEXISTS\b", re.IGNORECASE)
_KEPT: Final = "conforming"
_GRAPH: Final = re.compile(r"\bGRAPH\s*[?$]", re.IGNORECASE)
_DECLARED: Final = re.compile(r"(?:\s|#[^\r\n]*+)*+PREFIX\s+([\w-]*):\s*<[^<>\s]*>", re.IGNORECASE)


class Graphs:
    """The graphs of a store that does not change meanwhile, as far as the solutions of a query depend on them."""

    def __init__(self, store: Store, folder: Path | str | None) -> None:
        self._store = store
        self._folder = folder

    @cached_property
    def may_share(self) -> bool:
        """Whether graphs may share a statement, as far as this is known without looking at statements.

        A store with one graph shares nothing; an index of graphs that share nothing says so by a file in its folder.
        """
        if self._folder is not None and os.path.exists(os.path.join(self._folder, APART)):  # noqa: PTH110, PTH118 - pathlib takes longer to load
            return False
        named = sum(1 for _ in islice(self._store.named_graphs(), 2))
        return named > 1 or (named > 0 and next(self._in_default(), None) is not None)

    def _in_default(self) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, None, DefaultGraph())

    @cached_property
    def _state(self) -> str:
        """What tells apart the states of a store on disk, and of the code that rewrites; empty where it may change."""
        code = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes longer to load
        return (cache.fingerprint([os.fspath(self._folder), code]) or "") if self._folder is not None else ""

    def name_of(self, text: str) -> str:
        """Return the name under which the cache keeps what is asked for a text; empty where it keeps nothing."""
        return cache.key(self._state, text) if self._state else ""

    @cached_property
    def _overlaps(self) -> Overlaps:
        from kg.store.embedded.overlaps import Overlaps

        return Overlaps(self._store, self._folder)

    def repeats(self, predicate: str | None) -> bool:
        """Return whether a statement with a predicate, or any for None, stands in several graphs."""
        return self.may_share and self._overlaps.repeats(predicate)

    def named_graphs(self, most: int) -> list[str] | None:
        """Return the names of the named graphs; None where there are more than ``most``, or one has no IRI."""
        graphs = list(islice(self._store.named_graphs(), most + 1))
        names = [graph.value for graph in graphs if isinstance(graph, NamedNode)]
        return names if len(names) == len(graphs) <= most else None

    def has_value(self, expression: str) -> bool:
        """Return whether the engine gives an expression of constants a value."""
        answer = self._store.query(f"ASK {{ BIND({expression} AS ?x) FILTER(BOUND(?x)) }}")
        return isinstance(answer, QueryBoolean) and bool(answer)

    def is_node(self, term: Iri | Literal) -> bool:
        """Return whether a term is certainly subject or object of a statement."""
        return self._overlaps.is_node(term)


class Prepared:
    """A prepared query: ``ask`` runs it. ``settled`` says whether the text would be prepared in the same way again.

    Raises:
        QueryError: the query would call another service, or has a word of a data set clause and is no query.

    """

    __slots__ = ("_sent", "_store", "_union", "ask", "names", "settled", "text")

    def __init__(self, store: Store, text: str, rewriter: Rewriter | None, graphs: Graphs | None = None) -> None:
        refuse_services(text)
        self._store = store
        self._union = not names_graphs(text)
        meant = text if graphs is None else _conformed(text, graphs, union=self._union)
        self.text = rewriter.rewritten(meant) if rewriter else meant
        self.settled = rewriter is None or rewriter.settled(meant)
        self.names: tuple[str, ...] = ()
        self._sent = as_read(self.text)
        self.ask = self._asking(self._sent)

    def _asking(self, text: str) -> Callable[[], QueryBoolean | QuerySolutions | QueryTriples]:
        query, union, known = self._store.query, self._union, _undeclared(text)
        if known:
            return lambda: query(text, use_default_graph_as_union=union, prefixes=known)
        return lambda: query(text, use_default_graph_as_union=union)

    def hasten(self) -> None:
        """Make asking faster, which pays when it is done more than once; the engine must have taken the text before."""
        self.ask = self._asking(in_full(self._sent))

    def named(self, answer: QuerySolutions) -> tuple[str, ...]:
        """Return the names of the columns, which the text decides, and keeps them in ``names``."""
        self.names = tuple(variable.value for variable in answer.variables)
        return self.names


def _conformed(text: str, graphs: Graphs, *, union: bool) -> str:
    """Return a query whose solutions the engine counts as the Recommendation counts those of ``text``."""
    code = _COMMENT_LINES.sub("", text)
    checked = _VALUELESS.search(code) is not None
    signs = checked or _OTHERWISE.search(code) or _names_graph_inside(code) or _has_exists_inside(code)
    if not (signs or graphs.may_share) and union:
        return text
    name = graphs.name_of(text)
    held = cache.read(_KEPT, name) if name else None
    if held is not None:
        return held.decode()
    better = _read_and_conformed(text, graphs, checked=checked)
    if name:
        cache.write(_KEPT, name, better.encode())
    return better


def _read_and_conformed(text: str, graphs: Graphs, *, checked: bool) -> str:
    from kg.core.errors import QueryError
    from kg.sparql import parse, write
    from kg.store.embedded.conforming import conformed

    try:
        query = parse(text)
    except QueryError:
        return text  # the engine takes more than SPARQL 1.1, and says itself what it does not take
    if checked:
        from kg.store.embedded.functions import refuse_valueless

        refuse_valueless(text, query, graphs.has_value)
    better = conformed(query, graphs)
    return text if better is query else write(better)


def _names_graph_inside(text: str) -> bool:
    """Return whether the group of GRAPH with a variable may name the variable, or does not begin with a triple."""
    if not _GRAPH.search(text):
        return False
    braces: list[str] = []
    pending = ""
    for token in _graph_tokens().finditer(text):
        if token["graph"]:
            pending = token["graph"]
            if token["part"]:
                return True
        elif token["brace"] == "{":
            braces.append(pending)
            pending = ""
        elif token["brace"] and braces:
            braces.pop()
        elif (token["by_itself"] and any(braces)) or (token["variable"] and token["variable"] in braces):
            return True
    return False


def _has_exists_inside(text: str) -> bool:
    """Return whether an EXISTS may stand in a group inside another."""
    found = _EXISTS.search(text)
    return found is not None and text.count("{", 0, found.start()) > 1


@functools.cache
def _graph_tokens() -> re.Pattern[str]:
    start = r"[{#}]|VALUES|BIND|OPTIONAL|SELECT|MINUS|GRAPH|FILTER"
    return re.compile(
        rf"\bGRAPH\s*[?$](?P<graph>\w+)(?:\s*(?=\{{\s*(?P<part>{start})))?|"
        rf"[?$](?P<variable>\w+)|(?P<brace>[{{}}])|(?P<by_itself>\b(?:MINUS|SELECT|VALUES|BIND)\b)|{_SKIPPED}",
        re.IGNORECASE | re.VERBOSE | re.DOTALL,
    )


def as_read(text: str) -> str:
    """Return a text in the spelling that the engine reads as the grammar does."""
    if not _ODD.search(text):
        return text
    from kg.sparql.spelling import spelt

    return spelt(text).text


def placed(text: str, message: str) -> str:
    """Return a message of the engine on a text that ``as_read`` gave, with its place in the text that was typed."""
    if not _ODD.search(text):
        return message
    from kg.sparql.spelling import spelt

    return spelt(text).message(message)


def _undeclared(text: str) -> dict[str, str]:
    """Return the known prefixes that may be in a text and are not declared at its head.

    Reading all prefixes would cost the engine more than a look-up.
    """
    declared, place = set(), 0
    while match := _DECLARED.match(text, place):
        declared.add(match[1])
        place = match.end()
    unknown = set(_NAME.findall(text, place)) - declared
    known = prefixes() if unknown else {}
    return {name: known[name] for name in unknown & known.keys()}
