"""A report for people at a terminal, and the wording that every form of a report shares.

Results are grouped by what is wrong, each with advice made from its constraint and the place of the statement.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import did_you_mean
from kg.core.terms import SH, XSD, compact
from kg.core.text import counted, printable, printable_lines
from kg.shacl.nodes import path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.shacl.nodes import Node, Path
    from kg.shacl.report.report import Concern, EmptyTarget, Report, Result
    from kg.shacl.shapes.shapes import Constraint, Shapes


KINDS_IN_WORDS: Final = {
    "empty-target": ("target that matches nothing", "何にも一致しないターゲット"),
    "no-shapes": ("nothing to check with", "検証に使えるシェイプがない"),
    "empty-data": ("nothing to check", "検証するデータがない"),
    "unknown-shacl-term": ("unknown SHACL term", "SHACLにない語"),
    "unknown-name": ("name that neither data nor ontology knows", "データにもオントロジーにもない名前"),
    "undeclared-term": ("term that its vocabulary does not declare", "語彙で宣言されていない語"),
    "ill-formed-shape": ("ill-formed shape", "構文規則に反するシェイプ"),
    "unread-import": ("import that was not read", "読み込まれていないインポート"),
    "unchecked-data": ("data that was not checked", "検証されなかったデータ"),
    "unreadable-input": ("input that cannot be read", "読み取れない入力"),
    "rewritten-literals": ("literals that the server rewrites", "サーバーが書き換えるリテラル"),
}
"""Each kind of concern in English and Japanese."""

_LONGEST: Final = 240
"""Characters of a literal that are shown; a page of text helps nobody who looks for a fault."""


@lru_cache(maxsize=1 << 16)
def compact_node(node: Node) -> str:
    """Write a node on one line: a CURIE, a ``_:`` name, or a literal, which is cut short if it is long."""
    if isinstance(node, NamedNode):
        return compact(node.value)
    if isinstance(node, Literal):
        text = node.value if len(node.value) <= _LONGEST else f"{node.value[:_LONGEST]}…"
        if node.language:
            return f'"{printable(text)}"@{node.language}'
        kind = "" if node.datatype.value == f"{XSD}string" else f"^^{compact(node.datatype.value)}"
        return f'"{printable(text)}"{kind}'
    return str(node)


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


_ENGLISH: Final = {
    "MinCount": "give at least {limit} of {path}",
    "MaxCount": "keep at most {limit} of {path}",
    "Class": "take {value} from the class {terms}, or say that it is one",
    "Datatype": "write {value} as a well-formed {terms}",
    "NodeKind": "replace {value} by a node of kind {terms}",
    "MinExclusive": "give a value above {terms} instead of {value}",
    "MinInclusive": "give a value of at least {terms} instead of {value}",
    "MaxExclusive": "give a value below {terms} instead of {value}",
    "MaxInclusive": "give a value of at most {terms} instead of {value}",
    "MinLength": "write at least {limit} characters instead of {value}",
    "MaxLength": "write at most {limit} characters instead of {value}",
    "Pattern": "write {value} so that it matches /{pattern}/{flags}",
    "LanguageIn": "tag {value} with one of the languages {terms}",
    "UniqueLang": "keep one value of {path} for each language",
    "Equals": "give {path} and {terms} the same values; they differ in {value}",
    "Disjoint": "take {value} out of {path} or out of {terms}",
    "LessThan": "make {value} less than every value of {terms}",
    "LessThanOrEquals": "make {value} at most as great as every value of {terms}",
    "HasValue": "add {terms} to {path}",
    "In": "use one of {terms} instead of {value}",
    "Closed": "remove {path} from it, or allow the property in the shape",
    "Node": "make {value} conform to {shapes}",
    "Not": "change {value} so that it no longer conforms to {shapes}",
    "And": "make {value} conform to all of {shapes}",
    "Or": "make {value} conform to one of {shapes}",
    "Xone": "make {value} conform to exactly one of {shapes}",
    "QualifiedMinCount": "give at least {limit} of {path} that conform to {shapes}",
    "QualifiedMaxCount": "keep at most {limit} of {path} that conform to {shapes}",
}
_JAPANESE: Final = {
    "MinCount": "{path} の値を{limit}個以上与えてください",
    "MaxCount": "{path} の値を{limit}個以下にしてください",
    "Class": "{value} をクラス {terms} のものにしてください",
    "Datatype": "{value} を正しい {terms} として書いてください",
    "NodeKind": "{value} を種別 {terms} のノードに置き換えてください",
    "MinExclusive": "{value} の代わりに {terms} より大きい値を与えてください",
    "MinInclusive": "{value} の代わりに {terms} 以上の値を与えてください",
    "MaxExclusive": "{value} の代わりに {terms} より小さい値を与えてください",
    "MaxInclusive": "{value} の代わりに {terms} 以下の値を与えてください",
    "MinLength": "{value} を{limit}文字以上で書いてください",
    "MaxLength": "{value} を{limit}文字以下で書いてください",
    "Pattern": "{value} を /{pattern}/{flags} に合う形で書いてください",
    "LanguageIn": "{value} に {terms} のいずれかの言語タグを付けてください",
    "UniqueLang": "{path} の値は言語ごとに一つにしてください",
    "Equals": "{path} と {terms} の値を同じにしてください({value} が異なります)",
    "Disjoint": "{value} を {path} か {terms} のどちらかから外してください",
    "LessThan": "{value} を {terms} のどの値よりも小さくしてください",
    "LessThanOrEquals": "{value} を {terms} のどの値以下にもしてください",
    "HasValue": "{path} に {terms} を加えてください",
    "In": "{value} の代わりに {terms} のいずれかを使ってください",
    "Closed": "{path} を取り除くか、シェイプで許可してください",
    "Node": "{value} を {shapes} に適合させてください",
    "Not": "{value} が {shapes} に適合しないように直してください",
    "And": "{value} を {shapes} のすべてに適合させてください",
    "Or": "{value} を {shapes} のいずれかに適合させてください",
    "Xone": "{value} を {shapes} のちょうど一つに適合させてください",
    "QualifiedMinCount": "{shapes} に適合する {path} の値を{limit}個以上与えてください",
    "QualifiedMaxCount": "{shapes} に適合する {path} の値を{limit}個以下にしてください",
}
_SHOWN: Final = 6
_VALUE: Final = "\0"
"""Stands for the value in words about a constraint; no IRI, name or pattern holds it."""


class Adviser:
    """Advise what to do about results. The advice for each constraint is worded once and reused."""

    def __init__(self, shapes: Shapes | None, language: str = "en") -> None:
        self._shapes = shapes
        self._language = language
        self._said: dict[tuple[Node, NamedNode, Path | None], str] = {}

    def advice(self, result: Result) -> str:
        """Return what to do about a result, or an empty text for constraints without general advice, such as SPARQL."""
        key = result.shape, result.component, result.path
        if (form := self._said.get(key)) is None:
            form = self._said[key] = self._form(result)
        return (
            form.replace(_VALUE, compact_node(result.focus if result.value is None else result.value)) if form else ""
        )

    def _form(self, result: Result) -> str:
        name = result.component.value.removeprefix(SH).removesuffix("ConstraintComponent")
        form = (_JAPANESE if self._language == "ja" else _ENGLISH).get(name)
        shape = self._shapes.by_node.get(result.shape) if self._shapes else None
        if form is None or shape is None:
            return ""
        stated = [constraint for constraint in shape.constraints if constraint.component == name]
        return form.format(**_parts(result, stated[0], self._language)) if len(stated) == 1 else ""


def _parts(result: Result, constraint: Constraint, language: str) -> dict[str, object]:
    separator = "、" if language == "ja" else ", "

    def listed(nodes: tuple[str, ...]) -> str:
        return separator.join([*nodes[:_SHOWN], *(["…"] if len(nodes) > _SHOWN else [])])

    return {
        "path": path_text(result.path) if result.path is not None else "",
        "value": _VALUE,
        "terms": listed(tuple(map(compact_node, constraint.terms))),
        "shapes": listed(tuple(_shape_name(node, language) for node in constraint.shapes)),
        "limit": constraint.limit,
        "pattern": constraint.pattern,
        "flags": constraint.flags,
    }


def _shape_name(node: Node, language: str) -> str:
    if isinstance(node, BlankNode):
        return "内側のシェイプ" if language == "ja" else "a shape written inside it"
    return compact_node(node)


_RANKS: Final = {"violation": 0, "warning": 1, "info": 2}
_TARGETS_NAMED: Final = 3


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write the outcome, the groups of results, and the concerns about the run."""
    lines = [_outcome(report)]
    groups: dict[tuple[int, str, str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        groups[_RANKS[result.level], compact_node(result.shape), component(result), message(result)].append(result)
    for (_, _, _, text), results in sorted(groups.items()):
        lines += ["", f"{_heading(results[0])} ({len(results)}): {one_line(text)}"]
        lines += _body(results, shapes, labels or {})
    lines += _about_the_run(report)
    return "".join(f"{printable_lines(line)}\n" for line in lines)


def _outcome(report: Report) -> str:
    server = f" at {report.server}" if report.server else ""
    checked = f"{counted(report.own_focus_nodes, 'focus node')} checked with the {report.engine} engine{server}"
    refused = sum(not concern.allowed for concern in report.concerns)
    doubts = f", {counted(refused, 'concern')} about the run" if refused else ""
    if report.conforms:
        return f"conforms{' as far as it was checked' if refused else ''}: {checked}{doubts}"
    return f"does not conform: {counted(len(report.results), 'result')}, {checked}{doubts}"


def _heading(result: Result) -> str:
    shape = "" if isinstance(result.shape, BlankNode) else f" {compact_node(result.shape)}"
    return f"{severity(result)}{shape}"


def _body(results: list[Result], shapes: Shapes | None, labels: Mapping[Node, str]) -> Iterator[str]:
    adviser = Adviser(shapes)
    advices = [adviser.advice(result) for result in results]
    shared = advices[0] if len(set(advices)) == 1 else ""
    if shared:
        yield f"  fix: {shared}"
    for result, own in zip(results, advices, strict=True):
        yield f"  {_result_line(result, labels)}" + (f"; fix: {own}" if own and not shared else "")


def _result_line(result: Result, labels: Mapping[Node, str]) -> str:
    focus = compact_node(result.focus)
    if result.focus in labels:
        focus = f"{labels[result.focus]} ({focus})"
    parts = [f"{result.origin}: {focus}" if result.origin else focus]
    if result.path is not None:
        parts.append(path_text(result.path))
    if result.value is not None and result.value != result.focus:
        parts.append(compact_node(result.value))
    return " ".join(parts)


def _about_the_run(report: Report) -> Iterator[str]:
    refused = [concern for concern in report.concerns if not concern.allowed]
    if refused:
        yield from ("", "about the run itself:")
        yield from (f"  {_concern_line(concern)}" for concern in refused)
    allowed = [concern for concern in report.concerns if concern.allowed and concern.kind != "empty-target"]
    if allowed:
        yield from ("", "allowed:")
        yield from (f"  {_concern_line(concern)}" for concern in allowed)
    yield from _empty_targets(report)
    if report.delegated:
        yield from ("", "shapes that pySHACL validated:")
        yield from (f"  {compact_node(delegation.shape)}: {delegation.reason}" for delegation in report.delegated)
    if report.accepted or report.settled:
        settled = f"; {report.settled:,} of its entries no longer occur" if report.settled else ""
        yield from ("", f"the baseline accepts {counted(report.accepted, 'result')}{settled}")
    if report.figures:
        figures = report.figures
        yield ""
        memory = f", peak memory {figures.memory / 1e6:,.0f} MB" if figures.memory else ""
        took = f"load {figures.load:.2f} s, validation {figures.validate:.2f} s"
        yield f"{counted(figures.statements, 'statement')}: {took}{memory}"


def _empty_targets(report: Report) -> Iterator[str]:
    """Name a few of the targets that match nothing where that is allowed."""
    told = {(concern.shape, concern.term) for concern in report.concerns if not concern.allowed}
    empty = [target for target in report.empty_targets if (target.shape, target.term) not in told]
    if empty:
        named = ", ".join(map(target_text, empty[:_TARGETS_NAMED])) + (", …" if len(empty) > _TARGETS_NAMED else "")
        is_one = len(empty) == 1
        yield from (
            "",
            (
                f"{counted(len(empty), 'target')} {'matches' if is_one else 'match'} nothing, which is allowed here: "
                f"{named}"
            ),
        )


def _concern_line(concern: Concern) -> str:
    text = concern_text(concern)
    return f"{concern.origin}: {text}" if concern.origin else text
