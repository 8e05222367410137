"""Contexts that a text of JSON-LD names: taken from a folder of the user, and never fetched.

The context of ``https://example.org/a/context`` is ``example.org/a/context.jsonld`` in the folder that KG_CONTEXTS
names.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from kg.core.errors import RdfTextError
from kg.core.nesting import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = "KG_CONTEXTS"
"""The environment variable that names the folder; ``kg --contexts`` sets it."""
_MOST: Final = 1 << 26
_DEEPEST: Final = 16
_MAY_NAME: Final = re.compile(rb'context"\s*:\s*["\[]|"@import"')
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}:,]', re.DOTALL)


def _place_in(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def contexts_key() -> str:
    """Return what tells one content of the folder from another; nothing where no folder is named."""
    folder = os.environ.get(FOLDER, "")
    if not folder:
        return ""
    files = sorted(path for path in Path(folder).rglob("*.json*") if path.is_file())
    return repr([(str(path), (state := path.stat()).st_size, state.st_mtime_ns, state.st_ino) for path in files])


class _Named(NamedTuple):
    """A string that names a context, by its place; whether it is imported into another context, or stands in a list."""

    start: int
    end: int
    name: str
    imported: bool
    listed: bool


def with_contexts(content: bytes) -> bytes:
    """Return a document of JSON-LD with the contexts that it names in their places; its lines stay lines.

    Raises:
        RdfTextError: the folder of the user does not have one, or they are too large.

    """
    if not _MAY_NAME.search(content):
        return content
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content  # the parser says where it is not UTF-8
    return _completed(text, "", ()).encode()


def _completed(text: str, base: str, within: tuple[str, ...]) -> str:
    parts: list[str] = []
    end = length = 0
    for named in _named(text):
        try:
            context = _context(urljoin(base, named.name), named.imported, within)
        except RdfTextError as error:
            raise RdfTextError(str(error.msg), *_place_in(text, named.start), error.expected) from error
        length += len(context)
        if length > _MOST:
            message = f"the contexts that are named take more than {_MOST >> 20} MB"
            raise RdfTextError(message, *_place_in(text, named.start))
        parts += [text[end : named.start], context if named.listed else f"[{context}]"]
        end = named.end
    return "".join([*parts, text[end:]])


def _named(text: str) -> Iterator[_Named]:
    """Yield the strings that name contexts: values of ``@context``, in lists too, and of ``@import`` in a context."""
    inside: list[tuple[bool, bool]] = []  # of each open bracket: whether it is an object, and whether it is a context
    key = ""
    awaits_key = False
    for match in _TOKEN.finditer(text):
        word = match[0]
        is_object, is_context = inside[-1] if inside else (False, False)
        if word in "{[":
            of_context = key == "@context" if is_object else is_context
            inside.append((word == "{", of_context))
            key, awaits_key = "", word == "{"
        elif word in "}]":
            if inside:
                inside.pop()
            key, awaits_key = "", False
        elif word == ",":
            key, awaits_key = "", is_object
        elif word != ":":
            if awaits_key:
                key, awaits_key = _string(word), False
            elif (key == "@context") if is_object else is_context:
                yield _Named(*match.span(), _string(word), imported=False, listed=not is_object)
            elif is_object and is_context and key == "@import":
                yield _Named(*match.span(), _string(word), imported=True, listed=False)


def _string(word: str) -> str:
    try:
        return str(parse_json(word, strict=False))
    except ValueError:  # an escape that JSON does not know: the parser says so
        return ""


def _context(iri: str, imported: bool, within: tuple[str, ...]) -> str:  # noqa: FBT001 - a part of what is named
    """Return the items of a context as a list of JSON has them, without its brackets."""
    folder = os.environ.get(FOLDER, "")
    place = _place(iri)
    expected = (
        f"the context in the file itself, or as {Path(folder or 'DIR') / place}" if place else "the context in the file"
    )
    expected += "" if folder or not place else ", with kg --contexts DIR"
    if imported:
        raise RdfTextError(f"the file imports the context {iri} into another, which is not supported", 0, 0, expected)
    if iri in within or len(within) > _DEEPEST:
        raise RdfTextError(f"the context {iri} names itself, or others too deeply", 0, 0, expected)
    if not folder or not place or not (Path(folder) / place).is_file():
        raise RdfTextError(f"the file asks for the context {iri}, and nothing is fetched", 0, 0, expected)
    file = Path(folder) / place
    try:
        document = parse_json(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, OSError) as error:
        raise RdfTextError(f"the context {iri} in {file} cannot be read: {error}", 0, 0, "JSON") from error
    context = document.get("@context") if isinstance(document, dict) else None
    if context is None:
        raise RdfTextError(f"{file} has no member @context", 0, 0, "a document of JSON-LD with a context")
    # the base of a context that is named is not the base of who names it (JSON-LD 1.1 API, section 4.1.2, step 5.6)
    contexts: list[object] = [
        {name: value for name, value in one.items() if name != "@base"} if isinstance(one, dict) else one
        for one in (context if isinstance(context, list) else [context])
    ]
    items = json.dumps(contexts or [{}])
    if not any(isinstance(one, str) for one in contexts) and '"@context"' not in items and '"@import"' not in items:
        return items[1:-1]
    written = _completed(f'{{"@context": {items}}}', iri, (*within, iri))
    return written[len('{"@context": [') : -len("]}")]


def _place(iri: str) -> str:
    """Return the path of a context below the folder; nothing where it would lead elsewhere."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return ""
    steps = [parts.netloc, *parts.path.split("/")] if parts.netloc else parts.path.split("/")
    steps = [quote(step, safe="@+~") for step in steps if step]
    if parts.query:
        steps.append(quote(parts.query, safe=""))
    if not steps or any(step in {".", ".."} for step in steps) or parts.scheme not in {"", "http", "https"}:
        return ""
    path = "/".join(steps)
    return path if path.endswith((".jsonld", ".json")) else f"{path}.jsonld"
