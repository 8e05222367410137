"""The version of motkg, as its package says it too."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
