"""Advice on what to do about a result, made from its constraint, its value and what the data says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import did_you_mean, near_names
from kg.core.terms import RDF, SH, XSD, as_turtle, compact
from kg.shacl.columnar.columngraph import split
from kg.shacl.columnar.literals import comparison, well_formed
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.wording import compact_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.shacl.nodes import Node, Path
    from kg.shacl.report.report import Result
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes


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
        if self._language == "en" and (special := self._special(result)):
            return special
        key = result.shape, result.component, result.path
        if (form := self._said.get(key)) is None:
            form = self._said[key] = self._form(result)
        return form.replace(_VALUE, _as_written(result.focus if result.value is None else result.value)) if form else ""

    def _form(self, result: Result) -> str:
        name = _component(result)
        form = (_JAPANESE if self._language == "ja" else _ENGLISH).get(name)
        shape = self._shapes.by_node.get(result.shape) if self._shapes else None
        if form is None or shape is None:
            return ""
        stated = _stated(shape, name)
        return form.format(**_parts(result, stated[0], self._language)) if len(stated) == 1 else ""

    def _special(self, result: Result) -> str:
        """Return advice that depends on the value and not only on the constraint, or an empty text."""
        name = _component(result)
        shape = self._shapes.by_node.get(result.shape) if self._shapes and name in _SPECIAL else None
        if shape is None or result.value is None:
            return ""
        stated = _stated(shape, name)
        return _SPECIAL[name](result, result.value, stated[0], shape, self._shapes) if len(stated) == 1 else ""


def _component(result: Result) -> str:
    return result.component.value.removeprefix(SH).removesuffix("ConstraintComponent")


def _stated(shape: Shape, component: str) -> list[Constraint]:
    return [constraint for constraint in shape.constraints if constraint.component == component]


def _parts(result: Result, constraint: Constraint, language: str) -> dict[str, object]:
    separator = "、" if language == "ja" else ", "

    def listed(nodes: tuple[str, ...]) -> str:
        return separator.join([*nodes[:_SHOWN], *(["…"] if len(nodes) > _SHOWN else [])])

    return {
        "path": path_text(result.path) if result.path is not None else "",
        "value": _VALUE,
        "terms": listed(tuple(map(_as_written, constraint.terms))),
        "shapes": listed(tuple(_shape_name(node, language) for node in constraint.shapes)),
        "limit": constraint.limit,
        "pattern": constraint.pattern,
        "flags": constraint.flags,
    }


def _shape_name(node: Node, language: str) -> str:
    if isinstance(node, BlankNode):
        return "内側のシェイプ" if language == "ja" else "a shape written inside it"
    return compact_node(node)


# Advice that depends on the value

_PLAIN: Final = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}
"""The datatypes that Turtle writes without quotes, and the forms of which it does."""
_EXAMPLES: Final = {
    "integer": "a whole number such as 12",
    "nonNegativeInteger": "a whole number from 0 on",
    "positiveInteger": "a whole number from 1 on",
    "decimal": "a number such as 0.5",
    "double": "a number such as 1.5E3",
    "float": "a number such as 1.5E3",
    "boolean": "true or false",
    "date": "a date such as 2001-12-31",
    "dateTime": "a date and time such as 2001-12-31T23:59:00Z",
    "time": "a time such as 23:59:00",
    "gYear": "a year such as 2001",
    "gYearMonth": "a year and month such as 2001-12",
    "duration": "a duration such as P1Y6M",
}
_ALIKE: Final = 0.7


def _as_written(node: Node) -> str:
    """Return a node as Turtle writes it, numbers and truth values without quotes."""
    plain = _PLAIN.get(node.datatype.value) if isinstance(node, Literal) else None
    return node.value if isinstance(node, Literal) and plain and plain.fullmatch(node.value) else compact_node(node)


def _datatype(_result: Result, value: Node, constraint: Constraint, _shape: Shape, _shapes: Shapes | None) -> str:
    wanted = constraint.terms[0]
    if not isinstance(wanted, NamedNode):
        return ""
    name = compact(wanted.value)
    if not isinstance(value, Literal):
        return f"write a literal of type {name} instead of {compact_node(value)}"
    if wanted.value == f"{RDF}langString":
        return f'add the tag of its language to {compact_node(value)}, as in "…"@en'
    better = Literal(value.value, datatype=wanted)
    if value.datatype != wanted and well_formed(better):
        is_tagged = f"{compact_node(value)} has a language; " if value.language else ""
        return f"{is_tagged}write {_as_written(better)} instead of {_as_written(value)}"
    example = _EXAMPLES.get(wanted.value.removeprefix(XSD)) if wanted.value.startswith(XSD) else None
    return f"write {example} instead of {_as_written(value)}" if example else ""


def _class(result: Result, value: Node, constraint: Constraint, _shape: Shape, _shapes: Shapes | None) -> str:
    wanted, name = compact_node(constraint.terms[0]), compact_node(value)
    if isinstance(value, Literal):
        return f"replace {_as_written(value)} by an instance of {wanted}"
    if result.hint is None or not result.hint.unknown:
        return f"state that {name} is an instance of {wanted} ({name} a {wanted}), or use another value"
    told = f"the data says nothing about {name}"
    if result.hint.near:
        return f"{told}; {did_you_mean(map(compact_node, result.hint.near))}"
    return f"{told}: state that it is an instance of {wanted}, or use another value"


def _in(_result: Result, value: Node, constraint: Constraint, _shape: Shape, _shapes: Shapes | None) -> str:
    known = {_text_of(term): term for term in constraint.terms}
    folded = {text.casefold(): term for text, term in known.items()}
    text = _text_of(value)
    same = folded.get(text.casefold())
    near = [same] if same is not None else [known[name] for name in near_names(text, known, cutoff=_ALIKE)]
    more = f" (one of {len(constraint.terms)})" if len(constraint.terms) > 1 else ""
    return (
        f"did you mean {' or '.join(map(compact_node, near))}{more} instead of {compact_node(value)}?" if near else ""
    )


def _range(_result: Result, value: Node, constraint: Constraint, _shape: Shape, _shapes: Shapes | None) -> str:
    limit = constraint.terms[0]
    if not isinstance(limit, Literal) or (isinstance(value, Literal) and comparison(value, limit) is not None):
        return ""
    return f"give a value that can be compared with {_as_written(limit)} instead of {_as_written(value)}"


def _text_of(node: Node) -> str:
    return node.value if isinstance(node, Literal | NamedNode) else as_turtle(node)


def _closed(result: Result, _value: Node, _constraint: Constraint, shape: Shape, shapes: Shapes | None) -> str:
    if not isinstance(result.path, NamedNode) or shapes is None:
        return ""
    paths = [shapes.by_node[node].path for constraint in _stated(shape, "Property") for node in constraint.shapes]
    allowed = [split(path.value) for path in paths if isinstance(path, NamedNode)]
    namespace, local = split(result.path.value)
    near = near_names(local, [name for space, name in allowed if space == namespace], cutoff=_ALIKE)
    if not near:
        return ""
    question = did_you_mean(compact(namespace + name) for name in near)
    return f"{question} If not, remove {compact_node(result.path)}, or allow the property in the shape"


_SPECIAL: Final[dict[str, Callable[[Result, Node, Constraint, Shape, Shapes | None], str]]] = {
    "Datatype": _datatype,
    "Class": _class,
    "In": _in,
    "Closed": _closed,
    **dict.fromkeys(("MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"), _range),
}
