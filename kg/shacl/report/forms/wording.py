"""The wording that every form of a report shares: nodes, shapes, severities, messages and concerns in words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import did_you_mean
from kg.core.terms import SH, XSD, as_turtle, compact, declared_prefixes
from kg.core.text import printable
from kg.shacl.nodes import path_text

if TYPE_CHECKING:
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Concern, EmptyTarget, Result


KINDS_IN_WORDS: Final = {
    "empty-target": ("target that matches nothing", "何にも一致しないターゲット"),
    "no-shapes": ("nothing to check with", "検証に使えるシェイプがない"),
    "empty-data": ("nothing to check", "検証するデータがない"),
    "unknown-shacl-term": ("unknown SHACL term", "SHACLにない語"),
    "unknown-name": ("name that neither data nor ontology knows", "データにもオントロジーにもない名前"),
    "undeclared-term": ("term that its vocabulary does not declare", "語彙で宣言されていない語"),
    "ill-formed-shape": ("ill-formed shape", "構文規則に反するシェイプ"),
    "unsupported-part": ("part of shapes that is passed over", "対応していないため飛ばした部分"),
    "unread-import": ("import that was not read", "読み込まれていないインポート"),
    "unchecked-data": ("data that was not checked", "検証されなかったデータ"),
    "unreadable-input": ("input that cannot be read", "読み取れない入力"),
    "rewritten-literals": ("literals that the server rewrites", "サーバーが書き換えるリテラル"),
}
"""Each kind of concern in English and Japanese."""

_LONGEST: Final = 240
"""Characters of a literal that are shown; a page of text helps nobody who looks for a fault."""


def compact_node(node: Node) -> str:
    """Write a node on one line: a CURIE, a ``_:`` name, or a literal, which is cut short if it is long."""
    return _compact_node(node, declared_prefixes())


@lru_cache(maxsize=1 << 16)
def _compact_node(node: Node, _declared: tuple[tuple[str, str], ...]) -> str:
    if isinstance(node, NamedNode):
        return compact(node.value)
    if isinstance(node, Literal):
        text = node.value if len(node.value) <= _LONGEST else f"{node.value[:_LONGEST]}…"
        if node.language:
            return f'"{printable(text)}"@{node.language}'
        kind = "" if node.datatype.value == f"{XSD}string" else f"^^{compact(node.datatype.value)}"
        return f'"{printable(text)}"{kind}'
    return as_turtle(node)


def one_line(text: str) -> str:
    """Join the lines of a text, such as a message in triple quotes."""
    return printable(" ".join(part.strip() for part in text.strip().splitlines()))


def shape_name(result: Result) -> str:
    """Return the name of the shape of a result; a shape without a name is named after its path."""
    unnamed = isinstance(result.shape, BlankNode)
    return compact_node(result.shape) if not unnamed else path_text(result.path) if result.path is not None else "shape"


def severity(result: Result) -> str:
    """Return the severity by its SHACL name, or the CURIE of a custom one."""
    iri = result.severity.value
    return iri.removeprefix(SH) if iri.startswith(SH) else compact(iri)


def component(result: Result) -> str:
    """Return the parameter of a constraint component, such as ``sh:minCount``, or the CURIE of a custom one."""
    iri = result.component.value
    if not iri.startswith(SH):
        return compact(iri)
    name = iri.removeprefix(SH).removesuffix("ConstraintComponent")
    return "sh:sparql" if name == "SPARQL" else f"sh:{name[:1].lower()}{name[1:]}"


def message(result: Result, language: str = "en") -> str:
    """Return the message in a language, else without one, else in any, else a general one."""
    for wanted in (language, None):
        for text in result.messages:
            if text.language == wanted or (wanted and (text.language or "").startswith(f"{wanted}-")):
                return text.value
    if result.messages:
        return result.messages[0].value
    return f"{component(result)} は満たされていません" if language == "ja" else f"{component(result)} does not hold"


def concern_text(concern: Concern, language: str = "en") -> str:
    """Return a concern on one line, with suggestions."""
    kind = KINDS_IN_WORDS[concern.kind][language == "ja"]
    text = concern.message if concern.message.startswith(kind) else f"{kind}: {concern.message}"
    if not concern.near:
        return text
    if language == "ja":
        return f"{text}(もしかして: {'、'.join(concern.near)})"
    return f"{text}; {did_you_mean(concern.near)}"


def target_text(target: EmptyTarget) -> str:
    """Return an empty target as its shape states it."""
    return f"{compact_node(target.shape)}: sh:{target.kind} {compact_node(target.term)}"
