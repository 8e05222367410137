"""How things inside things get their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.loaders.cases.positions import Scalar

if TYPE_CHECKING:
    from kg.loaders.cases.positions import Mapping

_SLUG: Final = re.compile(r"(?:.*[/:])?([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class NestingRule:
    """The id is ``<parent>/<path>/<names>``.

    Each entry of ``identified_by`` gives one name: the slug of the value of the first of its words that is there. The
    first name must be there, the others may be missing.
    """

    path: str
    identified_by: tuple[tuple[str, ...], ...] = ()

    def name(self, node: Mapping, alternatives: tuple[str, ...]) -> str | None:
        """Return the slug of the reference that one of the words holds."""
        for word in alternatives:
            value = node.get(word)
            if isinstance(value, Scalar) and (match := _SLUG.fullmatch(value.value)):
                return match[1]
        return None


NESTED: Final = {
    "participation": NestingRule("participation", (("participant",),)),
    "formation": NestingRule("formation"),
    "announcement": NestingRule("announcement"),
    "requiresElement": NestingRule("element", (("technology",),)),
    "facesFactor": NestingRule("assessment", (("factor",), ("stage",))),
    "engagesIn": NestingRule("engagement", (("practice",),)),
    "cooperatesWith": NestingRule("cooperation", (("provider", "specialist"),)),
}
