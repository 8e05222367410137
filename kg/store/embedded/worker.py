"""The process of a limited query: open a store, answer requests on standard input, and end when that closes.

Requests and answers are described in `kg.store.embedded.limited`, the other side.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse

from kg.core.errors import KGError
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from typing import IO, BinaryIO


class _Frames:
    """A binary stream that writes pieces, each after its length; an empty one ends the result."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def write(self, piece: bytes) -> int:
        """Write one piece."""
        if piece:
            self._output.write(struct.pack(">I", len(piece)) + piece)
        return len(piece)

    def flush(self) -> None:
        """Pass on what was written."""
        self._output.flush()

    def end(self, **status: object) -> None:
        """End an answer, and tell of an error."""
        self._output.write(struct.pack(">I", 0))
        self.write(json.dumps(status).encode())
        self.flush()


def main() -> None:
    """Answer until standard input ends."""
    output = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # whatever a library prints does not go between the answers
    frames = _Frames(output)
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    try:
        store = _opened(json.loads(requests.get()))
    except KGError as error:
        frames.end(error="store", message=str(error))
        return
    frames.end(ready=True)
    while True:
        _answer(store, json.loads(requests.get()), frames)


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Read requests until standard input ends; then end the process, even while a query runs."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _opened(start: dict[str, Any]) -> EmbeddedStore:
    if "folder" in start:
        store = EmbeddedStore.read_only(Path(start["folder"]))
    else:
        store = EmbeddedStore.of(parse(path=start["quads"], format=RdfFormat.N_QUADS))
    if start["memory"]:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + int(start["memory"])
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return store


def _answer(store: EmbeddedStore, request: dict[str, str], frames: _Frames) -> None:
    output = cast("IO[bytes]", frames)  # the engine only writes and flushes
    try:
        answer = store.evaluated(request["query"])
        if isinstance(answer, QueryBoolean):
            frames.write(b"boolean")
            frames.write(b"true" if answer else b"false")
        elif isinstance(answer, QuerySolutions):
            frames.write(b"solutions")
            answer.serialize(output, QueryResultsFormat.TSV)
        else:
            frames.write(b"triples")
            answer.serialize(output, RdfFormat.N_TRIPLES)
        frames.end()
    except MemoryError:
        frames.end(error="memory")
    except KGError as error:
        frames.end(error="query", message=str(error))
    except (OSError, ValueError, SyntaxError, RuntimeError) as error:
        frames.end(error="store", message=str(error))


if __name__ == "__main__":
    try:
        main()
    finally:
        # The thread that listens holds standard input, which Python would want to close before it ends.
        if (fault := sys.exc_info()[1]) is not None:
            sys.stderr.write(f"{type(fault).__name__}: {fault}\n")
        os._exit(1)
