"""Write a report as one self-contained HTML page in English and Japanese, readable without colour or script."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg.core.text import counted, markup
from kg.shacl.nodes import path_text
from kg.shacl.report.forms.advice import Adviser
from kg.shacl.report.forms.wording import (
    compact_node,
    component,
    concern_text,
    message,
    severity,
    target_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes

_SEVERITIES: Final = {"violation": "違反", "warning": "警告", "info": "情報"}
_RANKS: Final = {"violation": 0, "warning": 1, "info": 2}
_NOTHING: Final = "<td>-</td>"
_STYLE: Final = """\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; font-weight: 600; padding-block: .5rem; }
th, td { text-align: start; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid; \
overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
code { font-size: .95em; }
section { border-inline-start: .3rem solid; padding-inline-start: 1rem; margin-block: 2rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }"""


def write(report: Report, *, shapes: Shapes | None = None, labels: Mapping[Node, str] | None = None) -> str:
    """Write the page: the outcome, concerns about the run, then a section for each group of results."""
    outcome = ("Conforms", "適合") if report.conforms else ("Does not conform", "不適合")
    groups: dict[tuple[int, str, str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        groups[_RANKS[result.level], compact_node(result.shape), component(result), message(result)].append(result)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{outcome[0]}: SHACL validation report</title>",
        f"<style>\n{_STYLE}\n</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#results">Skip to the results</a>',
        "<header>",
        f"<h1>{_both(*outcome)}</h1>",
        *_summary(report),
        "</header>",
        "<main>",
        *_concerns(report),
        '<div id="results">',
    ]
    advisers = Adviser(shapes), Adviser(shapes, "ja")
    for number, (_, results) in enumerate(sorted(groups.items()), 1):
        parts += _group(number, results, advisers, labels or {})
    return "\n".join([*parts, "</div>", *_notes(report), "</main>", "</body>", "</html>"]) + "\n"


def _both(english: str, japanese: str) -> str:
    return f'{markup(english)} <span lang="ja">/ {markup(japanese)}</span>'


def _summary(report: Report) -> Iterator[str]:
    count, nodes = len(report.results), report.own_focus_nodes
    engine = f"{report.engine} engine at {report.server}" if report.server else f"{report.engine} engine"
    english = f"{counted(count, 'result')} from {counted(nodes, 'focus node')}, checked with the {engine}."
    yield (
        f'<p>{markup(english)}<br><span lang="ja">対象ノード{nodes:,}件、結果{count:,}件。検証: '
        f"{markup(engine)}。</span></p>"
    )
    if report.accepted:
        accepted = counted(report.accepted, "result")
        yield (
            f'<p>{accepted} accepted by the baseline. <span lang="ja">基準により容認: '
            f"{report.accepted:,}件。</span></p>"
        )
    if report.figures:
        figures = report.figures
        english = f"{figures.statements:,} statements; load {figures.load:.2f} s, validation {figures.validate:.2f} s"
        memory = f", peak memory {figures.memory / 1e6:,.0f} MB" if figures.memory else ""
        yield f"<p>{markup(english + memory)}.</p>"


def _concerns(report: Report) -> Iterator[str]:
    refused = [concern for concern in report.concerns if not concern.allowed]
    if not refused:
        return
    yield (
        f'<section aria-labelledby="run"><h2 id="run">{_both("About the run itself", "検証そのものについて")}</h2><ul>'
    )
    for concern in refused:
        at = f"<code>{markup(str(concern.origin))}</code>: " if concern.origin else ""
        yield (
            f"<li>{at}{markup(concern_text(concern))}<br><span "
            f'lang="ja">{markup(concern_text(concern, "ja"))}</span></li>'
        )
    yield "</ul></section>"


def _group(
    number: int, results: list[Result], advisers: tuple[Adviser, Adviser], labels: Mapping[Node, str]
) -> Iterator[str]:
    first = results[0]
    heading = _both(f"{severity(first)}: {message(first)}", f"{_SEVERITIES[first.level]}: {message(first, 'ja')}")
    yield f'<section aria-labelledby="group-{number}"><h2 id="group-{number}">{heading}</h2>'
    caption = _both(counted(len(results), "result"), f"{len(results):,}件")
    yield (
        f'<div class="scroll"><table><caption>{markup(compact_node(first.shape))}, {markup(component(first))}: '
        f"{caption}</caption>"
    )
    titles = (("Where", "場所"), ("Focus node", "対象"), ("Path", "パス"), ("Value", "値"), ("What to do", "対処"))
    head = "".join(f'<th scope="col">{_both(*title)}</th>' for title in titles)
    yield f"<thead><tr>{head}</tr></thead><tbody>"
    for result in results:
        yield f"<tr>{''.join(_cells(result, advisers, labels))}</tr>"
    yield "</tbody></table></div></section>"


def _cells(result: Result, advisers: tuple[Adviser, Adviser], labels: Mapping[Node, str]) -> Iterator[str]:
    label = f"{markup(labels[result.focus])}<br>" if result.focus in labels else ""
    yield f"<td><code>{markup(str(result.origin))}</code></td>" if result.origin else _NOTHING
    yield f'<th scope="row">{label}<code>{markup(compact_node(result.focus))}</code></th>'
    yield f"<td><code>{markup(path_text(result.path))}</code></td>" if result.path is not None else _NOTHING
    yield f"<td><code>{markup(compact_node(result.value))}</code></td>" if result.value is not None else _NOTHING
    english, japanese = (adviser.advice(result) for adviser in advisers)
    yield f'<td>{markup(english)}<br><span lang="ja">{markup(japanese)}</span></td>' if english else _NOTHING


def _notes(report: Report) -> Iterator[str]:
    allowed = [
        concern_text(concern)
        for concern in report.concerns
        if concern.allowed and not concern.expected and concern.kind != "empty-target"
    ]
    told = {(concern.shape, concern.term) for concern in report.concerns if concern.expected or not concern.allowed}
    notes = {
        ("Allowed", "容認したもの"): allowed,
        ("Names of the shapes that the data does not use", "データが使っていないシェイプの名前"): [
            concern_text(concern) for concern in report.concerns if concern.expected
        ],
        ("Targets that match nothing, allowed here", "一致しないターゲット(容認)"): [
            target_text(target) for target in report.empty_targets if (target.shape, target.term) not in told
        ],
        ("Shapes that pySHACL validated", "pySHACLが検証したシェイプ"): [
            f"{compact_node(delegation.shape)}: {delegation.reason}" for delegation in report.delegated
        ],
    }
    for title, lines in notes.items():
        if lines:
            items = "".join(f"<li>{markup(line)}</li>" for line in lines)
            yield f"<details><summary>{_both(*title)} ({len(lines):,})</summary><ul>{items}</ul></details>"
