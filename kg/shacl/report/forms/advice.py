"""What to do about a result, in words made from the constraint that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode

from kg.shacl.nodes import SH
from kg.shacl.report.forms.words import compact_node
from kg.shacl.shapes.paths import path_text

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result
    from kg.shacl.shapes.paths import Path
    from kg.shacl.shapes.shapes import Constraint, Shapes

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
    """Says what to do about results; what is said about all values of one constraint is put into words once."""

    def __init__(self, shapes: Shapes | None, language: str = "en") -> None:
        self._shapes = shapes
        self._language = language
        self._said: dict[tuple[Node, NamedNode, Path | None], str] = {}

    def advice(self, result: Result) -> str:
        """Describe what to do, or nothing for a constraint that no general advice fits, such as a SPARQL-based one."""
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
