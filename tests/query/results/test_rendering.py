from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from kg import sparql
from kg.core.errors import QueryError
from kg.core.resources import queries_dir
from kg.query.catalogue.catalogue import Catalogue
from kg.query.catalogue.rendering import body_of, default_values, markdown_of, parameter_lines, render_catalogue

if TYPE_CHECKING:
    from kg.graph.graph import Graph

CATALOGUE = tuple(Catalogue(queries_dir()))


def test_text_has_each_query_below_its_topic() -> None:
    lines = render_catalogue(CATALOGUE, "text").splitlines()
    topics = [line for line in lines if not line.startswith(" ")]
    assert topics == sorted({query.topic for query in CATALOGUE})
    assert [line.split()[0] for line in lines if line.startswith(" ")] == [query.name for query in CATALOGUE]


def test_json_has_everything_that_a_form_needs() -> None:
    found = {record["name"]: record for record in json.loads(render_catalogue(CATALOGUE, "json"))}
    assert found.keys() == {query.name for query in CATALOGUE}
    assert found["factors-at-stage"]["parameters"] == [
        {
            "name": "stage",
            "description": "the stage",
            "required": False,
            "type": "motkg:Stage",
            "scheme": "scheme:stage",
            "default": ["stage:commercialization"],
        },
        {
            "name": "language",
            "description": "the language in which factors are named",
            "required": False,
            "datatype": "xsd:string",
            "enumerate": ["en", "ja"],
            "default": ["en"],
        },
    ]
    level = found["multiple-testing"]["parameters"][0]
    assert (level["minimum"], level["maximum"], level["default"]) == ("0", "1", ["0.05"])
    assert found["factors-at-stage"]["columns"][0]["name"] == "rank"
    assert found["factors-at-stage"]["questions"] == [3]


def test_the_command_that_markdown_shows_asks_for_the_default(graph: Graph) -> None:
    for query in CATALOGUE:
        words = shlex.split(markdown_of(query).partition("```sh\n")[2].partition("\n```")[0])
        assert words[:3] == ["kg", "query", query.name]
        values = {name.removeprefix("--"): value for name, value in zip(words[3::2], words[4::2], strict=True)}
        assert values.keys() == {name for name, held in default_values(query).items() if any(held)}
        assert sparql.parse(graph.text(query.name, values)) == sparql.parse(query.text)


def test_markdown_holds_the_text_of_the_query() -> None:
    for query in CATALOGUE:
        assert f"```sparql\n{body_of(query)}```" in markdown_of(query)
        assert "#+" not in markdown_of(query)


def test_a_line_says_what_a_parameter_takes_and_is_without_a_value() -> None:
    assert parameter_lines(Catalogue(queries_dir())["multiple-testing"]) == [
        "level  level of significance (xsd:decimal from 0 to 1; default 0.05)"
    ]
    assert parameter_lines(Catalogue(queries_dir())["factors-at-stage"])[1] == (
        "language  the language in which factors are named (xsd:string: en, ja; default en)"
    )


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(QueryError) as caught:
        render_catalogue(CATALOGUE, "jason")
    assert caught.value.near == ("json",)
