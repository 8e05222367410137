"""Reading a text file that people wrote: bounded in size, UTF-8, without characters that hide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_LINE: Final = 1_000_000
MAX_FILE: Final = 64_000_000

_BOM: Final = b"\xef\xbb\xbf"
_FOREIGN_BOMS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
# Control characters, lone carriage returns, the line separators that YAML counts as line ends but editors do not, BOMs
# inside the text, and non-characters.
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")


def read_text(path: Path, name: str) -> str:
    """Return the text of a UTF-8 file without its byte order mark; line ends stay as they are.

    ``name`` is how the file is called in messages. At most one line beyond the limits is held in memory.

    Raises:
        InputError: the file cannot be opened, is larger than 64 MB, has a line over 1 MB, is not UTF-8, or holds a
            control character. Columns count characters.

    """
    raw = _read_bytes(path, name)
    for bom, encoding in _FOREIGN_BOMS.items():
        if raw.startswith(bom):
            raise InputError(
                [Problem(name, 1, 1, f"the file begins with the byte order mark of {encoding}", expected="UTF-8")]
            )
    raw = raw.removeprefix(_BOM)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = position(raw[: error.start].decode("utf-8"), None)
        message = f"byte 0x{raw[error.start]:02X} at offset {error.start} is not UTF-8"
        raise InputError([Problem(name, line, column, message, expected="a file saved as UTF-8")]) from error
    problems = [
        Problem(
            name,
            *position(text, hit.start()),
            f"character U+{ord(hit[0]):04X} may not stand in a text file",
            expected="printable text",
        )
        for hit in _HIDDEN.finditer(text)
    ]
    if problems:
        raise InputError(problems[:10])
    return text


def position(text: str, offset: int | None) -> tuple[int, int]:
    """Return line and column, both from 1, of a character offset (``None``: the end of the text)."""
    end = len(text) if offset is None else offset
    return text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)


def _read_bytes(path: Path, name: str) -> bytes:
    lines: list[bytes] = []
    size = 0
    try:
        with path.open("rb") as stream:
            while line := stream.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise InputError(
                        [
                            Problem(
                                name,
                                len(lines) + 1,
                                1,
                                f"the line is longer than {MAX_LINE:,} bytes",
                                expected="shorter lines",
                            )
                        ]
                    )
                lines.append(line)
                size += len(line)
                if size > MAX_FILE:
                    raise InputError(
                        [
                            Problem(
                                name,
                                len(lines),
                                1,
                                f"the file is larger than {MAX_FILE:,} bytes",
                                expected="several smaller files",
                            )
                        ]
                    )
    except OSError as error:
        raise InputError([Problem(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error
    return b"".join(lines)
