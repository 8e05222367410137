"""Contexts that JSON-LD names come from a folder of the user, and from nowhere else."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat

from kg.core.contexts import FOLDER, contexts_key
from kg.core.rdfreading import parse_rdf, problem_of

if TYPE_CHECKING:
    from pathlib import Path

SHOP = "https://shop.example/context"


@pytest.fixture
def contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


def keep(folder: Path, place: str, context: object) -> None:
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"@context": context}), encoding="utf-8")


def stated(text: str) -> set[str]:
    return {str(quad) for quad in parse_rdf(io.BytesIO(text.encode()), RdfFormat.JSON_LD, "http://b/")}


def failure(text: str) -> str:
    with pytest.raises(SyntaxError) as caught:
        stated(text)
    return str(problem_of("f.jsonld", RdfFormat.JSON_LD, caught.value))


def test_without_a_folder_the_message_names_the_context_and_where_it_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    assert failure(f'{{"a": 1,\n  "@context": ["{SHOP}"]}}') == (
        f"f.jsonld:2:16: the file asks for the context {SHOP}, and nothing is fetched; expected the context in the file "
        "itself, or as DIR/shop.example/context.jsonld, with kg --contexts DIR"
    )


@pytest.mark.parametrize(
    "context", [f'"{SHOP}"', f'["{SHOP}"]', f'[{{"b": "urn:b"}}, "{SHOP}"]', r'"https:\/\/shop.example/context"']
)
def test_a_context_of_the_folder_takes_the_place_of_its_name(contexts: Path, context: str) -> None:
    # the base of a context that is named does not count: JSON-LD 1.1 API, section 4.1.2
    keep(contexts, "shop.example/context.jsonld", [{"@base": "http://other/"}, {"name": "urn:name"}])
    assert stated(f'{{"@context": {context}, "@id": "x", "name": ["{SHOP}", "@context"]}}') == {
        f'<http://b/x> <urn:name> "{SHOP}"',
        '<http://b/x> <urn:name> "@context"',
    }


def test_contexts_name_others_relative_to_themselves(contexts: Path) -> None:
    keep(
        contexts, "shop.example/context.jsonld", ["more", {"part": {"@id": "urn:part", "@context": "/of/part.jsonld"}}]
    )
    keep(contexts, "shop.example/more.jsonld", {"name": "urn:name"})
    keep(contexts, "shop.example/of/part.jsonld", {"size": "urn:size"})
    text = f'{{"@context": "{SHOP}", "@id": "x", "name": "n", "part": {{"@id": "y", "size": "1"}}}}'
    assert stated(text) == {
        '<http://b/x> <urn:name> "n"',
        "<http://b/x> <urn:part> <http://b/y>",
        '<http://b/y> <urn:size> "1"',
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"@context": "../../etc/passwd"}', "the context ../../etc/passwd"),
        ('{"@context": "https://a.example/../../x"}', "the context https://a.example/../../x"),
        ('{"@context": "file:///etc/passwd"}', "the context file:///etc/passwd"),
        (f'{{"@context": {{"@import": "{SHOP}"}}}}', "imports the context"),
        ('{"@context": "https://shop.example/circle"}', "names itself"),
        ('{"@context": "https://shop.example/bad"}', "cannot be read"),
        ('{"@context": "https://shop.example/none"}', "has no member @context"),
    ],
)
def test_what_cannot_be_had_is_refused(contexts: Path, text: str, message: str) -> None:
    keep(contexts, "shop.example/context.jsonld", {"name": "urn:name"})
    keep(contexts, "shop.example/circle.jsonld", "https://shop.example/circle")
    (contexts / "shop.example" / "bad.jsonld").write_text("{", encoding="utf-8")
    (contexts / "shop.example" / "none.jsonld").write_text("{}", encoding="utf-8")
    assert message in failure(text)
    assert failure(text).startswith("f.jsonld:1:")


def test_another_content_of_the_folder_has_another_key(contexts: Path) -> None:
    keep(contexts, "a.example/c.jsonld", {"name": "urn:name"})
    before = contexts_key()
    keep(contexts, "a.example/c.jsonld", {"name": "urn:other-name"})
    assert before != contexts_key() != ""


def test_a_context_whose_key_is_escaped_is_refused_in_words() -> None:
    assert "the file asks for a context, and nothing is fetched" in failure(f'{{"@\\u0063ontext": "{SHOP}"}}')


def test_many_contexts_are_bounded(contexts: Path) -> None:
    keep(contexts, "shop.example/context.jsonld", {"name": f"urn:{'x' * (1 << 22)}"})
    text = ", ".join([f'{{"@context": "{SHOP}"}}'] * 20)
    assert failure(f"[{text}]").endswith("the contexts that are named take more than 64 MB")


def test_a_broken_document_is_told_by_the_parser(contexts: Path) -> None:  # noqa: ARG001 - a folder is named
    assert failure('{"@context": {"a": "urn:a"}, "a": 1').startswith("f.jsonld:1:36: not JSON-LD: ")
