"""Write the reference of the Python functions from their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

import kg
from kg.commands.advise import AdviceReport
from kg.commands.audit import AuditReport
from kg.commands.describe import Description
from kg.commands.explain import Explanations
from kg.commands.lint import LintReport
from kg.commands.load.targets import LoadResult
from kg.commands.queries import QueryList
from kg.commands.reason import ConsistencyReport, Inference
from kg.commands.validate.function import ValidationReport
from kg.commands.verify_sources import SourceReport
from kg.pipeline.building import Build
from kg.query.results.result import Result, Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS: Final[tuple[type, ...]] = (
    kg.Graph,
    Result,
    Statements,
    Build,
    AdviceReport,
    AuditReport,
    ConsistencyReport,
    Description,
    Explanations,
    Inference,
    LintReport,
    LoadResult,
    QueryList,
    SourceReport,
    ValidationReport,
)
_INTRODUCTION: Final = """\
`import kg` loads nothing else; each function is loaded when it is first used. Results are frozen, print as the
commands do, and show themselves in notebooks.
"""
_SECTION: Final = re.compile(r"^(Args|Attributes|Returns|Raises|Example):$", re.MULTILINE)
_ITEM: Final = re.compile(r"^    (\w+): ", re.MULTILINE)
_CODE: Final = re.compile(r"``([^`]+)``")


def page() -> str:
    """Return the page: the functions of ``kg``, and then what they return."""
    functions = [name for name in kg.__all__ if inspect.isfunction(getattr(kg, name))]
    errors = [name for name in kg.__all__ if name.endswith("Error")]
    parts = [
        "# Python\n\nMade from the docstrings by `docs/generate.py`.\n",
        _INTRODUCTION,
        f"All errors are a `kg.KGError`: {', '.join(f'`kg.{name}`' for name in errors if name != 'KGError')}.\n",
        *(_function(f"kg.{name}", getattr(kg, name)) for name in functions),
        "# What the functions return\n",
        *map(_class, RESULTS),
    ]
    return "\n".join(parts)


def _function(name: str, function: Callable[..., object]) -> str:
    return f"## {name}\n\n```python\n{_signature(name, function)}\n```\n\n{_markdown(inspect.getdoc(function) or '')}"


def _class(cls: type) -> str:
    lines = [f"## {cls.__name__}\n\n{_markdown(inspect.getdoc(cls) or '')}"]
    members = [
        f"- `{name}{_arguments(member)}`: {_first_sentence(member)}" for name, member in _members(cls) if member.__doc__
    ]
    return "\n".join([*lines, *([*members, ""] if members else [])])


def _members(cls: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(cls).items():
        if not name.startswith("_") and (inspect.isfunction(member) or hasattr(member, "__get__")):
            yield name, member


def _arguments(member: object) -> str:
    if not inspect.isfunction(member):
        return ""
    signature = inspect.signature(member)
    shown = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
        if name != "self"
    ]
    return str(signature.replace(parameters=shown, return_annotation=inspect.Signature.empty))


def _first_sentence(member: object) -> str:
    summary = " ".join((inspect.getdoc(member) or "").partition("\n\n")[0].split())
    return _CODE.sub(r"`\1`", summary)


def _signature(name: str, function: Callable[..., object]) -> str:
    signature = inspect.signature(function)
    lines, starred = [], False
    for parameter in signature.parameters.values():
        starred = starred or parameter.kind is inspect.Parameter.VAR_POSITIONAL
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            lines.append("    *,\n")
            starred = True
        star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is inspect.Parameter.empty else f" = {_literal(parameter.default)}"
        lines.append(f"    {star}{parameter.name}: {parameter.annotation}{default},\n")
    return f"{name}(\n{''.join(lines)}) -> {signature.return_annotation}"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _markdown(docstring: str) -> str:
    text, *sections = _SECTION.split(docstring)
    parts = [_paragraphs(text)]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        if title == "Example":
            example = inspect.cleandoc(body)
            parts.append(f"```python\n{example}\n```\n")
        elif title == "Returns":
            parts.append(f"Returns: {_paragraphs(inspect.cleandoc(body))}")
        else:
            head = "" if title in {"Args", "Attributes"} else "Raises:\n\n"
            parts.append(f"{head}{_items(body, 'kg.' if title == 'Raises' else '')}")
    return "\n".join(parts)


def _paragraphs(text: str) -> str:
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
    return _CODE.sub(r"`\1`", "\n\n".join(paragraphs)) + "\n"


def _items(body: str, prefix: str) -> str:
    _, *pieces = _ITEM.split(body)
    return "".join(
        f"- `{prefix}{name}`: {_paragraphs(about)}" for name, about in zip(pieces[::2], pieces[1::2], strict=True)
    )
