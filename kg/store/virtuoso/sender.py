"""Sends queries to Virtuoso in the forms of its answers that lose least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.errors import StoreError
from kg.store.remote import answers
from kg.store.virtuoso.jsonresults import read_json, read_rdf_json

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from kg.store.protocol import Solutions
    from kg.store.remote.store import EndpointStore
    from kg.store.remote.transport import Response


class Sender:
    """Asks one endpoint."""

    def __init__(self, store: EndpointStore) -> None:
        self._store = store

    def rows(self, text: str) -> tuple[Solutions, int | None]:
        """Return the rows that come back, and the limit at which they were cut off, if they were."""
        with self._store.asked(text, "SELECT") as response:
            answer = _read(response, self._store.endpoint)
            limit = answers.row_limit(response)
        if isinstance(answer, bool):
            raise StoreError(
                f"{self._store.endpoint}: the answer is not one to SELECT", endpoint=self._store.endpoint, status=200
            )
        return answer, limit

    def truth(self, text: str) -> bool:
        """Return the answer to ASK."""
        with self._store.asked(text, "ASK") as response:
            return read_truth(response, self._store.endpoint)

    def description(self, text: str) -> list[Triple]:
        """Return the answer to DESCRIBE."""
        with self._store.asked(text, "DESCRIBE", "application/rdf+json") as response:
            return list(dict.fromkeys(read_rdf_json(response.body.read(), self._store.endpoint)))


def read_truth(response: Response, source: str) -> bool:
    """Return the answer to ASK, which Virtuoso 7 may write as a table of one number.

    Raises:
        StoreError: it is no such answer.

    """
    answer = _read(response, source)
    if isinstance(answer, bool):
        return answer
    raise StoreError(f"{source}: the answer is not one to ASK", endpoint=source, status=response.status)


def _read(response: Response, source: str) -> Solutions | bool:
    answers.check_rows(response, source)
    with answers.whole(response, source):
        return read_json(response.body.read(), source)
