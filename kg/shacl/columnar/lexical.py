"""Literals by the column: which are well formed, and which of two comes first.

Most are decided without a Python object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc
from pyoxigraph import Literal

from kg.columns.arrays import unique, unique_pairs
from kg.columns.arrow import chosen, flags, numbers
from kg.columns.terms import Kind
from kg.shacl.columnar.datatypes import comparison, well_formed
from kg.shacl.nodes import XSD

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask, Positions
    from kg.columns.terms import Terms

NO_ORDER: Final = 2
"""What :meth:`Literals.compare` gives for two terms of which SPARQL cannot say which comes first."""

_DAY: Final = "-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_CLOCK: Final = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_CERTAIN: Final = {
    "integer": "^[+-]?[0-9]+$",
    "nonNegativeInteger": r"^\+?[0-9]+$",
    "positiveInteger": r"^\+?[1-9][0-9]*$",
    "int": "^-?[0-9]{1,9}$",
    "long": "^-?[0-9]{1,18}$",
    "decimal": r"^[+-]?[0-9]+(\.[0-9]*)?$",
    "double": r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$",
    "float": r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$",
    "boolean": "^(true|false|0|1)$",
    "gYear": "^[0-9]{4}$",
    "gYearMonth": "^[0-9]{4}-(0[1-9]|1[0-2])$",
    "date": f"^[0-9]{{4}}{_DAY}$",
    "dateTime": rf"^[0-9]{{4}}{_DAY}{_CLOCK}(\.[0-9]+)?Z?$",
    "string": "",
}
"""Expressions that only well-formed texts match; texts that do not match are judged one by one."""

_NUMBERS: Final = frozenset({"integer", "nonNegativeInteger", "positiveInteger", "int", "long", "decimal", "double"})
_NUMBER: Final = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"
_KEYS: Final = (
    ("date", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"),
    ("dateTime", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}$"),
    ("dateTime", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z$"),
)
_UNCERTAIN: Final = 1e-9
_FEW = 16
"""Below this number, judging literals one by one is faster."""


class Literals:
    """What the validator knows about the literals of a dictionary."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def of_datatype(self, ids: Ids, datatype: str) -> Mask:
        """Describe which terms are literals of a datatype."""
        named = np.array([name == datatype for name in self._terms.datatypes] + [False], np.bool_)
        return np.asarray(named[self._terms.endings[ids]])

    def well_formed(self, ids: Ids, datatype: str) -> Mask:
        """Describe which literals, all of one datatype and in ascending order, have a text of its lexical space."""
        name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
        certain = np.zeros(len(ids), np.bool_)
        if name in _CERTAIN and len(ids) >= _FEW:
            certain = _matching(self._terms.written(ids), _CERTAIN[name])
        unsure = np.flatnonzero(~certain)
        nodes = self._terms.nodes(ids[unsure].tolist())
        certain[unsure] = [isinstance(node, Literal) and well_formed(node) for node in nodes]
        return certain

    def compare(self, left: Ids, right: Ids) -> NDArray[np.int8]:
        """Return -1, 0 or 1 as each left term is less than, equal to or greater than the right one, or ``NO_ORDER``."""
        if not len(left):
            return np.empty(0, np.int8)
        pairs = unique_pairs(left, right)
        found = self._compare_distinct(*pairs)
        keys = (left.astype(np.int64) << 32) | right
        distinct = (pairs[0].astype(np.int64) << 32) | pairs[1]
        return np.asarray(found[np.searchsorted(distinct, keys)])

    def _compare_distinct(self, left: Ids, right: Ids) -> NDArray[np.int8]:
        found = np.full(len(left), NO_ORDER, np.int8)
        kinds = self._terms.kinds
        both = np.flatnonzero((kinds[left] == Kind.LITERAL) & (kinds[right] == Kind.LITERAL))
        if not len(both):
            return found
        decided = self._decide(left, right, both, found) if len(both) >= _FEW else np.zeros(len(both), np.bool_)
        rest = both[~decided]
        nodes = zip(self._terms.nodes(left[rest].tolist()), self._terms.nodes(right[rest].tolist()), strict=True)
        for row, (a, b) in zip(rest.tolist(), nodes, strict=True):
            order = comparison(a, b) if isinstance(a, Literal) and isinstance(b, Literal) else None
            found[row] = NO_ORDER if order is None else order
        return found

    def _decide(self, left: Ids, right: Ids, both: Positions, found: NDArray[np.int8]) -> Mask:
        """Write down the orders that numbers standing for the literals decide, and tell of which pairs."""
        first, second = left[both], right[both]
        distinct = unique(np.concatenate((first, second)))
        families, values, exact = self._keys(distinct)
        one, two = np.searchsorted(distinct, first), np.searchsorted(distinct, second)
        difference = values[one] - values[two]
        margin = np.where(
            exact[one] & exact[two], 0.0, _UNCERTAIN * np.maximum(np.abs(values[one]), np.abs(values[two]))
        )
        decided = (families[one] == families[two]) & (families[one] > 0)
        decided &= (np.abs(difference) > margin) | (exact[one] & exact[two])
        found[both[decided]] = np.sign(difference[decided]).astype(np.int8)
        return np.asarray(decided)

    def _keys(self, ids: Ids) -> tuple[NDArray[np.int8], NDArray[np.float64], Mask]:
        """Return each literal a family (0: none) and a number in the order of the family.

        ``exact`` where the number is the value itself.
        """
        families = np.zeros(len(ids), np.int8)
        values = np.zeros(len(ids), np.float64)
        exact = np.zeros(len(ids), np.bool_)
        codes = self._terms.endings[ids]
        for code in unique(codes).tolist():
            datatype = self._terms.datatypes[code]
            name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
            rows = np.flatnonzero(codes == code)
            forms = (
                [(1, _NUMBER)]
                if name in _NUMBERS
                else [(n, form) for n, (kind, form) in enumerate(_KEYS, 2) if kind == name]
            )
            if forms:
                rows = rows[self.well_formed(ids[rows], datatype)]
            for family, form in forms:
                texts = self._terms.written(ids[rows])
                fits = _matching(texts, form)
                digits = texts if family == 1 else pc.replace_substring_regex(texts, "[^0-9]", "")
                decided = rows[fits]
                some = chosen(texts, np.flatnonzero(fits))
                families[decided] = family
                unsigned = pc.replace_substring_regex(chosen(digits, np.flatnonzero(fits)), r"^\+", "")
                values[decided] = numbers(pc.cast(unsigned, "float64"))
                exact[decided] = family > 1 or ~_matching(some, r"\.")
        return families, values, exact


def _matching(texts: pa.StringArray, pattern: str) -> Mask:
    return flags(pc.match_substring_regex(texts, pattern))
