"""The version of motkg, as its package says it too."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which takes longer to import than Python takes to start
if TYPE_CHECKING:
    from typing import Final

VERSION: Final = "0.1.0"
