"""The terms of RDF, RDFS and OWL that the rules of OWL 2 RL speak of, and their positions in a dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from kg.columns.graph import Terms

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TYPE: Final = NamedNode(RDF + "type")

_RDF_NAMES: Final = ("type", "first", "rest", "nil")
_RDFS_NAMES: Final = ("subClassOf", "subPropertyOf", "domain", "range", "Literal")
_OWL_PROPERTIES: Final = (
    *("equivalentClass", "equivalentProperty", "inverseOf", "propertyChainAxiom", "hasKey", "sameAs", "differentFrom"),
    *(
        "intersectionOf",
        "unionOf",
        "complementOf",
        "oneOf",
        "onProperty",
        "onClass",
        "someValuesFrom",
        "allValuesFrom",
        "hasValue",
    ),
    *(
        "maxCardinality",
        "maxQualifiedCardinality",
        "disjointWith",
        "propertyDisjointWith",
        "members",
        "distinctMembers",
    ),
    *("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue"),
)
_OWL_CLASSES: Final = (
    *(
        "SymmetricProperty",
        "TransitiveProperty",
        "FunctionalProperty",
        "InverseFunctionalProperty",
        "IrreflexiveProperty",
    ),
    *("AsymmetricProperty", "Thing", "Nothing", "AllDisjointClasses", "AllDisjointProperties", "AllDifferent"),
)
NODES: Final = {name: NamedNode(RDF + name) for name in _RDF_NAMES}
NODES.update({name: NamedNode(RDFS + name) for name in _RDFS_NAMES})
NODES.update({name: NamedNode(OWL + name) for name in (*_OWL_PROPERTIES, *_OWL_CLASSES)})

# What makes the rules themselves: a new statement with one of these means that the axioms are to be read again.
SCHEMA_PROPERTIES: Final = (
    *("first", "rest"),
    *_RDFS_NAMES[:4],
    *(name for name in _OWL_PROPERTIES if name not in {"sameAs", "differentFrom"}),
)
SCHEMA_CLASSES: Final = tuple(name for name in _OWL_CLASSES if name.endswith("Property"))


def positions(terms: Terms) -> dict[str, int]:
    """Return the positions of all these terms by their local names.

    The dictionary was made to include :data:`NODES`.
    """
    return {name: terms.position(node) for name, node in NODES.items()}
