"""What results have in common: they print as text, and a notebook shows the same text."""

from __future__ import annotations


class TextInNotebooks:
    """A result that a notebook shows as its text; markup in the data stays text."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"
