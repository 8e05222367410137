"""What ``kg load`` does: joins the loaders of tables and files with the store that they fill."""

from __future__ import annotations

from kg.loading.request import Loaded, Request
from kg.loading.run import load

__all__ = ["Loaded", "Request", "load"]
