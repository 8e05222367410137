"""Read a shapes graph into a typed model, and check it against the syntax rules of SHACL.

``kg.shacl.shapes.shapes`` is the model (:class:`Shapes`, ``Shape``, ``Constraint``); :func:`read_shapes` refuses a
graph that cannot be run, :func:`examine_shapes` returns what can be run together with concerns about the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.shacl.shapes.reading import examine_shapes, load_shapes, read_shapes
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes, Target

__all__ = ["Constraint", "Shape", "Shapes", "Target", "examine_shapes", "load_shapes", "read_shapes"]

_MODULES: Final = {
    "Constraint": "kg.shacl.shapes.shapes",
    "Shape": "kg.shacl.shapes.shapes",
    "Shapes": "kg.shacl.shapes.shapes",
    "Target": "kg.shacl.shapes.shapes",
    "examine_shapes": "kg.shacl.shapes.reading",
    "load_shapes": "kg.shacl.shapes.reading",
    "read_shapes": "kg.shacl.shapes.reading",
}

__getattr__ = lazy_names(__name__, _MODULES)
