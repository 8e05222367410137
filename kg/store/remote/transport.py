"""HTTP requests in bounded time and size, retried where that is safe, redirected only within a server.

`Transport` sends a `Request`; the `Response` is read through a `Body`, a stream that ends in time, within its size, and
whole, or raises.
"""

from __future__ import annotations

import io
import random
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import requests
import urllib3

from kg.core.errors import LimitError, StoreError
from kg.core.resources import VERSION
from kg.store.remote.credentials import checked_address, credentials_for, origin, preemptive, wanted

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from requests.auth import AuthBase
    from typing_extensions import Buffer


_BEGINNING: Final = 1 << 13
_PIECE: Final = 1 << 16
_GZIP: Final = 16 + zlib.MAX_WBITS


class Body(io.RawIOBase):
    """Reads a body, unpacked if it came packed.

    ``timeout`` is in seconds that are spent waiting for the server: whoever reads slowly does not use it up, and a
    server that sends a little now and then does. What goes wrong is also kept, since parsers that read from here wrap
    errors in their own.
    """

    def __init__(self, raw: urllib3.BaseHTTPResponse, source: str, timeout: float, largest: int) -> None:
        super().__init__()
        self._raw = raw
        self._packed = (
            zlib.decompressobj(_GZIP) if raw.headers.get("Content-Encoding", "").lower() in {"gzip", "x-gzip"} else None
        )
        self._source = source
        self._timeout = timeout
        self._waited = 0.0
        self._largest = largest
        self._read = 0
        self.failure: LimitError | StoreError | None = None

    def readable(self) -> bool:
        """Return true: the stream can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what is there, and wait only if nothing is.

        Raises:
            LimitError: the body takes too long, or is too large.
            StoreError: it breaks off.

        """
        view = memoryview(buffer)
        piece = self._piece(min(len(view), _PIECE))
        view[: len(piece)] = piece
        return len(piece)

    def beginning(self) -> bytes:
        """Return up to 8 KiB from here, and nothing where the rest cannot be read."""
        parts = bytearray()
        try:
            while len(parts) < _BEGINNING and (piece := self._piece(_BEGINNING - len(parts))):
                parts += piece
        except (LimitError, StoreError):
            pass
        return bytes(parts)

    def _piece(self, size: int) -> bytes:
        piece = self._sent(size) if self._packed is None else self._unpacked(self._packed, size)
        self._read += len(piece)
        if self._read > self._largest:
            raise self._failed(LimitError(f"{self._source}: the answer is larger than {self._largest:,} bytes"))
        return piece

    def _unpacked(self, packed: zlib._Decompress, size: int) -> bytes:
        while not packed.eof:
            sent = packed.unconsumed_tail or self._sent(size)
            try:
                piece = packed.decompress(sent, size)
            except zlib.error as error:
                raise self._broken(error) from error
            if piece:
                return piece
            if not sent:
                raise self._broken("its gzip has no end")
        return b""

    def _sent(self, size: int) -> bytes:
        before = time.monotonic()
        try:
            piece = bytes(self._raw.read1(size, decode_content=False))
        except urllib3.exceptions.TimeoutError as error:
            raise self._failed(self._late()) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._broken(error) from error
        self._waited += time.monotonic() - before
        if self._waited > self._timeout:
            raise self._failed(self._late())
        return piece

    def _broken(self, why: object) -> LimitError | StoreError:
        return self._failed(StoreError(f"{self._source}: the answer broke off: {why}", endpoint=self._source))

    def _late(self) -> LimitError:
        return LimitError(f"{self._source}: no whole answer within {self._timeout:g} s")

    def _failed(self, error: LimitError | StoreError) -> LimitError | StoreError:
        self.failure = error
        return error


TIMEOUT: Final = 60.0
LARGEST: Final = 1 << 32
_ATTEMPTS: Final = 3
_FIRST_WAIT: Final = 0.2
_BUSY: Final = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_MOVED: Final = (301, 302, 303, 307, 308)
_SAME_METHOD: Final = (307, 308)
_MOST_REDIRECTS: Final = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``again`` says whether sending it twice does the same as sending it once (RFC 9110, 9.2.2)."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A response whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    kind: str
    body: Body

    @property
    def stream(self) -> IO[bytes]:
        """The body for parsers, who ask for it by the older name of its interface."""
        return self.body  # type: ignore[return-value]

    def words(self) -> str:
        """Return the beginning of the body as text, whatever it holds."""
        return self.body.beginning().decode(errors="replace")


class Transport:
    """Sends requests to one server.

    ``timeout`` is in seconds of waiting for the server, ``largest`` in bytes of an answer.
    """

    def __init__(self, address: str, timeout: float = TIMEOUT, largest: int = LARGEST) -> None:
        self.address = checked_address(address)
        self.timeout = timeout
        self.largest = largest
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"motkg/{VERSION}"
        self._session.headers["Accept-Encoding"] = "gzip"
        self._session.auth = _nobody  # else requests looks into netrc for every host by itself
        self._credentials = credentials_for(address)
        self._auth = preemptive(self._credentials, address)

    @property
    def known(self) -> bool:
        """Return whether there are credentials for the server."""
        return self._credentials is not None

    @contextmanager
    def send(self, request: Request) -> Generator[Response]:
        """Send a request, and return the response to read while the block lasts.

        Raises:
            LimitError: the server does not answer in time, or its answer is too large.
            StoreError: it cannot be reached, or sends elsewhere.

        """
        clock = time.monotonic() + self.timeout
        with self._translated(self.timeout):
            response = self._following(request, clock)
        with response:
            body = Body(response.raw, self.address, self.timeout, self.largest)
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            yield Response(response.status_code, response.headers, kind, body)

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def _following(self, request: Request, clock: float) -> requests.Response:
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._trying(request, clock)
            if response.status_code not in _MOVED or "Location" not in response.headers:
                return response
            target = urljoin(request.url, response.headers["Location"])
            response.close()
            if not _same_server(request.url, target):
                scheme, host, port = origin(target)
                message = (
                    f"{self.address}: the server sends elsewhere, to {scheme}://{host}:{port}; give that address if "
                    "you trust it"
                )
                raise StoreError(message, endpoint=self.address, status=response.status_code)
            if request.method != "GET" and response.status_code not in _SAME_METHOD:
                message = (
                    f"{self.address}: the server has moved what was to be written, to {target.partition('?')[0]}; give "
                    "that address"
                )
                raise StoreError(message, endpoint=self.address, status=response.status_code)
            request = Request(request.method, target, request.headers, request.body, request.again)
        raise StoreError(f"{self.address}: more than {_MOST_REDIRECTS} redirects", endpoint=self.address)

    def _trying(self, request: Request, clock: float) -> requests.Response:
        for attempt in range(1, _ATTEMPTS + 1):
            last = attempt == _ATTEMPTS or not request.again
            wait = _FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads the load, guards nothing
            try:
                response = self._authorized(request, clock)
            except requests.ConnectTimeout:
                raise
            except requests.ConnectionError:
                if last or time.monotonic() + wait > clock:
                    raise
            else:
                wait = _seconds(response.headers.get("Retry-After", ""), wait)
                if response.status_code not in _BUSY or last or time.monotonic() + wait > clock:
                    return response
                response.close()
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _authorized(self, request: Request, clock: float) -> requests.Response:
        response = self._once(request, self._auth, clock)
        challenge = response.headers.get("WWW-Authenticate", "")
        if response.status_code != HTTPStatus.UNAUTHORIZED or self._credentials is None or self._auth is not None:
            return response
        auth = wanted(self._credentials, challenge, self.address)
        if auth is None:
            return response
        response.close()
        self._auth = auth
        return self._once(request, auth, clock)

    def _once(self, request: Request, auth: AuthBase | None, clock: float) -> requests.Response:
        left = max(clock - time.monotonic(), 0.001)
        return self._session.request(
            request.method,
            request.url,
            data=request.body,
            headers=dict(request.headers),
            auth=auth or _nobody,
            timeout=(left, left),
            allow_redirects=False,
            stream=True,
        )

    @contextmanager
    def _translated(self, timeout: float) -> Generator[None]:
        try:
            yield
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise LimitError(f"{self.address}: no answer within {timeout:g} s") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise StoreError(f"{self.address}: {_reason(error)}", endpoint=self.address) from error


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add nothing to a request."""
    return request


def _same_server(one: str, other: str) -> bool:
    """Return whether two addresses are of one server, or the second is the encrypted door of the first."""
    (scheme, host, port), (new_scheme, new_host, new_port) = origin(one), origin(other)
    encrypted = (scheme, port, new_scheme, new_port) == ("http", 80, "https", 443)
    return host == new_host and (encrypted or (scheme, port) == (new_scheme, new_port))


def _seconds(header: str, otherwise: float) -> float:
    return float(header) if header.isdecimal() else otherwise


def _reason(error: BaseException) -> str:
    """Return the message of the innermost error, which is the system's."""
    seen: Any = error
    while (inner := getattr(seen, "reason", None) or seen.__cause__ or seen.__context__) and isinstance(
        inner, BaseException
    ):
        seen = inner
    return str(seen) or type(seen).__name__
