"""Credentials for a server, from the environment or from netrc.

They are never taken from an address, and never sent to another server.

``KG_ENDPOINT_TOKEN`` is a bearer token; ``KG_ENDPOINT_USER`` and ``KG_ENDPOINT_PASSWORD`` are a name and a password;
``KG_ENDPOINT_ORIGIN``, as in ``https://example.org``, keeps these three to that one server.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.utils import get_netrc_auth

from kg.core.errors import QueryError, StoreError

if TYPE_CHECKING:
    from requests import PreparedRequest


@dataclass(frozen=True, slots=True)
class Credentials:
    """A bearer token, or a user with a password; neither shows in a representation."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class Bearer(AuthBase):
    """Puts a bearer token into a request (RFC 6750)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def origin(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address (RFC 6454)."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)


def checked_address(address: str) -> str:
    """Return the address of an endpoint, after a look whether it is one.

    Raises:
        QueryError: it is no http or https URL, or it holds a name or a password, which would end up in histories and
            logs.

    """
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        parts = urlsplit("")
    if "@" in parts.netloc:
        hint = "set KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or write a line for the host into netrc"
        raise QueryError(f"the address of the endpoint at '{parts.hostname}' holds a user or a password", hint=hint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise QueryError(f"'{address}' is not the address of an endpoint", hint="write an http or https URL")
    return address


def credentials_for(address: str) -> Credentials | None:
    """Return who we are to the server at an address, if anybody: what the environment says, else what netrc says."""
    user, password, token = (os.environ.get(f"KG_ENDPOINT_{name}", "") for name in ("USER", "PASSWORD", "TOKEN"))
    only = os.environ.get("KG_ENDPOINT_ORIGIN", "")
    if (user or token) and (not only or origin(only) == origin(address)):
        return Credentials(token=token) if token else Credentials(user, password)
    found = get_netrc_auth(address)
    return Credentials(*found) if found else None


def preemptive(credentials: Credentials | None, address: str) -> AuthBase | None:
    """Return what goes with the first request: a token; a password waits until the server says how it wants it.

    Raises:
        StoreError: the token would travel unencrypted to another machine.

    """
    if credentials is None or not credentials.token:
        return None
    _refuse_unencrypted("a bearer token", address)
    return Bearer(credentials.token)


def wanted(credentials: Credentials, challenge: str, address: str) -> AuthBase | None:
    """Return what the server asks for with its header WWW-Authenticate, or ``None`` where that is something else.

    Raises:
        StoreError: the password would travel unencrypted to another machine.

    """
    schemes = challenge.lower()
    if not credentials.user:
        return None
    if "digest" in schemes:
        return HTTPDigestAuth(credentials.user, credentials.password)
    if "basic" in schemes:
        _refuse_unencrypted("a password", address)
        return HTTPBasicAuth(credentials.user.encode(), credentials.password.encode())
    return None


def _refuse_unencrypted(what: str, address: str) -> None:
    if urlsplit(address).scheme != "https" and not _loopback(urlsplit(address).hostname or ""):
        raise StoreError(
            f"{address}: {what} is not sent over plain http to another machine; use https", endpoint=address
        )


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
