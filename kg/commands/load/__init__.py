"""What ``kg load`` does: joins the loaders of tables and files with the store that they fill."""

from __future__ import annotations

from kg.commands.load.request import Loaded, Request
from kg.commands.load.run import load

__all__ = ["Loaded", "Request", "load"]
