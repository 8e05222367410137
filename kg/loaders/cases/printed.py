"""Numbers as documents print them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

CELL: Final = re.compile(
    r"(?P<number>-?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?P<percent>%?)(?P<stars>\*{0,3})(?: ?\((?P<word>[^()]+)\))?",
)
_PERCENT: Final = re.compile(r"\s+per ?cent$")


def number_in(text: str) -> Decimal | None:
    """Return the number that a printed form in digits says, or nothing where it says more, less or in words."""
    form = CELL.fullmatch(_PERCENT.sub("%", text))
    return Decimal(form["number"].replace(",", "")) if form else None
