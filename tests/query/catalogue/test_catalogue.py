from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.core.errors import InputError, QueryError
from kg.query.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """#+ summary: How many things there are
#+ questions: [1, 2]
#+ parameters:
#+   kind: {type: "motkg:Stage", description: which kind}
#+ columns:
#+   n: number of things
SELECT (COUNT(*) AS ?n) WHERE {
  VALUES ?kind { <http://example.org/k> }
  ?s ?p ?kind
}
"""


def catalogue(folder: Path, text: str) -> Catalogue:
    (folder / "things").mkdir()
    (folder / "things" / "count.rq").write_text(text, encoding="utf-8")
    return Catalogue(folder)


def test_a_header_is_read_whole(tmp_path: Path) -> None:
    query = catalogue(tmp_path, GOOD)["count"]
    assert (query.topic, query.name, query.summary) == ("things", "count", "How many things there are")
    assert query.questions == (1, 2)
    assert query.parameters["kind"].type == "motkg:Stage"
    assert query.columns == {"n": "number of things"}


def test_a_query_is_found_with_and_without_its_topic(tmp_path: Path) -> None:
    found = catalogue(tmp_path, GOOD)
    assert found["things/count"] == found["count"]
    assert "other/count" not in found


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(QueryError) as caught:
        catalogue(tmp_path, GOOD)["cuont"]
    assert caught.value.near == ("count",)


BROKEN = {
    "no header": ("SELECT * WHERE { ?s ?p ?o }", 1, "has no header"),
    "unknown key": ("#+ summary: x\n#+ colums: {n: y}\nASK {}", 2, "unknown key 'colums'"),
    "no summary": ("#+ tags: [a]\nASK {}", 1, "no summary"),
    "not yaml": ("#+ summary: x\n#+ tags: [a\nASK {}", 3, "not YAML"),
    "date that does not exist": ("#+ summary: 2020-99-99\nASK {}", 1, "not YAML"),
    "forbidden character": ("#+ summary: \x01\nASK {}", 1, "not YAML"),
    "deep lists": (f"#+ summary: x\n#+ tags: {'[' * 40_000}\nASK {{}}", 2, "nested deeper than 32 levels"),
    "deep block": (f"#+ summary: x\n#+ tags:\n#+ {'- ' * 40_000}\nASK {{}}", 3, "nested deeper than 32 levels"),
    "key of the second parameter": (
        GOOD.replace("#+ columns:", "#+   more: {type: x, min: 1}\n#+ columns:"),
        5,
        "unknown key 'min'",
    ),
    "parameter without a line": (GOOD.replace("VALUES ?kind", "VALUES ?other"), 4, "no line VALUES ?kind"),
    "parameter that is no mapping": (
        GOOD.replace('{type: "motkg:Stage", description: which kind}', "motkg:Stage"),
        4,
        "needs keys",
    ),
    "parameter of an unknown datatype": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:sting"'),
        4,
        "cannot be of datatype 'xsd:sting'",
    ),
    "literals of a scheme": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:string", scheme: "scheme:stage"'),
        4,
        "are in no scheme",
    ),
    "limit of a text": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:string", minimum: 1'),
        4,
        "is no number and has no minimum",
    ),
    "limit that is no number": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:integer", maximum: many'),
        4,
        "'maximum' of parameter",
    ),
    "enumeration that is no list": (
        GOOD.replace('type: "motkg:Stage"', 'type: "motkg:Stage", enumerate: all'),
        4,
        "no list of values",
    ),
    "word that YAML takes for a truth value": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:string", enumerate: [no, sv]'),
        4,
        "put it in quotes",
    ),
    "enumeration of another datatype": (
        GOOD.replace('type: "motkg:Stage"', 'datatype: "xsd:integer", enumerate: [1, two]'),
        4,
        "'two', which parameter 'kind' should allow",
    ),
    "type that is no text": (GOOD.replace('type: "motkg:Stage"', "type: [motkg]"), 4, "is no text"),
    "requirement that is no truth value": (
        GOOD.replace('type: "motkg:Stage"', 'type: "motkg:Stage", required: 1'),
        4,
        "neither true nor false",
    ),
    "parameter without a type": (GOOD.replace('type: "motkg:Stage", ', ""), 4, "either a type or a datatype"),
}


@pytest.mark.parametrize(("text", "line", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_told_by_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        catalogue(tmp_path, text)["count"]
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.line == line


def test_a_header_nested_too_deeply_is_told_by_column(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        catalogue(tmp_path, f"#+ summary: x\n#+ tags: {'[' * 33}{']' * 33}\nASK {{}}")["count"]
    assert (
        caught.value.problems[0].column == len("#+ tags: ") + 32
    )  # the mapping is the first level, so the 32nd bracket is one too many
