"""The rules of OWL 2 RL: their names and tables, and what each says in words.

The names and tables are those of OWL 2 Profiles (W3C, 2012), section 4.3. Three parts of the package apply them, and
each takes its names from here: ``kg.reason.closure`` on columns, ``kg.reason.instore`` as queries over a store, and
``kg.reason.proofs`` backwards, from a conclusion to its premises.

Left out everywhere are the rules that only say what holds of everything (eq-ref, prp-ap, cls-thing, cls-nothing1,
scm-cls, scm-op, scm-dp), and those for datatypes (dt-*), which are the business of shapes.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class OwlRule(NamedTuple):
    """A rule of OWL 2 RL.

    Attributes:
        name: its name in the standard, such as ``cax-sco``.
        table: the number of its table there, 4 to 9.
        words: what it says.
        by_queries: whether ``kg.reason.instore`` applies it to the statements of a store; the closure in memory applies
            each rule of the table.
        forbids: whether its conclusion is *false*: the statements contradict each other. ``kg.reason.proofs`` reads
            all other rules backwards.

    """

    name: str
    table: int
    words: str
    by_queries: bool = False
    forbids: bool = False


_DIFFERENT: Final = "things that are all different are not the same"
_NO_VALUE: Final = "members of the class have no such value"
_ONE_VALUE: Final = "members of the class have at most one value"
_EQUIVALENT_CLASSES: Final = "equivalent classes have the same members"
_EQUIVALENT_PROPERTIES: Final = "the properties are equivalent"
_INVERSE: Final = "the properties are inverse to each other"

RULES: Final = {
    rule.name: rule
    for rule in (
        OwlRule("eq-sym", 4, "what is the same is the same the other way round"),
        OwlRule("eq-trans", 4, "what is the same as the same thing is the same"),
        OwlRule("eq-rep-s", 4, "what is said of a thing holds under its other names"),
        OwlRule("eq-rep-p", 4, "what a property says, its other names say"),
        OwlRule("eq-rep-o", 4, "what is said about a thing holds under its other names"),
        OwlRule("eq-diff1", 4, "what is different is not the same", forbids=True),
        OwlRule("eq-diff2", 4, _DIFFERENT, forbids=True),
        OwlRule("eq-diff3", 4, _DIFFERENT, forbids=True),
        OwlRule("prp-dom", 5, "whatever has the property is in its domain", by_queries=True),
        OwlRule("prp-rng", 5, "whatever the property leads to is in its range", by_queries=True),
        OwlRule("prp-fp", 5, "a functional property leads to one thing only"),
        OwlRule("prp-ifp", 5, "an inverse functional property comes from one thing only"),
        OwlRule("prp-irp", 5, "an irreflexive property leads from nothing to itself", forbids=True),
        OwlRule("prp-symp", 5, "the property is symmetric", by_queries=True),
        OwlRule("prp-asyp", 5, "an asymmetric property never holds both ways", forbids=True),
        OwlRule("prp-trp", 5, "the property is transitive", by_queries=True),
        OwlRule("prp-spo1", 5, "a property implies the property above it", by_queries=True),
        OwlRule("prp-spo2", 5, "a chain of properties implies a property", by_queries=True),
        OwlRule("prp-eqp1", 5, _EQUIVALENT_PROPERTIES, by_queries=True),
        OwlRule("prp-eqp2", 5, _EQUIVALENT_PROPERTIES, by_queries=True),
        OwlRule("prp-pdw", 5, "disjoint properties never hold between the same things", forbids=True),
        OwlRule("prp-adp", 5, "properties that are all disjoint never hold between the same things", forbids=True),
        OwlRule("prp-inv1", 5, _INVERSE, by_queries=True),
        OwlRule("prp-inv2", 5, _INVERSE, by_queries=True),
        OwlRule("prp-key", 5, "members of the class that share the key are the same"),
        OwlRule("prp-npa1", 5, "the statement is denied", forbids=True),
        OwlRule("prp-npa2", 5, "the statement is denied", forbids=True),
        OwlRule("cls-nothing2", 6, "nothing is in the empty class", forbids=True),
        OwlRule("cls-int1", 6, "whatever is in all parts is in the intersection", by_queries=True),
        OwlRule("cls-int2", 6, "whatever is in the intersection is in each part", by_queries=True),
        OwlRule("cls-uni", 6, "whatever is in a part is in the union", by_queries=True),
        OwlRule("cls-com", 6, "nothing is in a class and its complement", forbids=True),
        OwlRule("cls-svf1", 6, "whatever has such a value is in the class", by_queries=True),
        OwlRule("cls-svf2", 6, "whatever has any value is in the class", by_queries=True),
        OwlRule("cls-avf", 6, "members of the class have only such values", by_queries=True),
        OwlRule("cls-hv1", 6, "members of the class have this value", by_queries=True),
        OwlRule("cls-hv2", 6, "whatever has this value is in the class", by_queries=True),
        OwlRule("cls-maxc1", 6, _NO_VALUE, forbids=True),
        OwlRule("cls-maxc2", 6, _ONE_VALUE),
        OwlRule("cls-maxqc1", 6, _NO_VALUE, forbids=True),
        OwlRule("cls-maxqc2", 6, _NO_VALUE, forbids=True),
        OwlRule("cls-maxqc3", 6, "members of the class have at most one such value"),
        OwlRule("cls-maxqc4", 6, _ONE_VALUE),
        OwlRule("cls-oo", 6, "the class lists its members", by_queries=True),
        OwlRule("cax-sco", 7, "members of a class are members of the class above it", by_queries=True),
        OwlRule("cax-eqc1", 7, _EQUIVALENT_CLASSES, by_queries=True),
        OwlRule("cax-eqc2", 7, _EQUIVALENT_CLASSES, by_queries=True),
        OwlRule("cax-dw", 7, "disjoint classes have no member in common", forbids=True),
        OwlRule("cax-adc", 7, "classes that are all disjoint have no member in common", forbids=True),
        OwlRule("scm-sco", 9, "a class lies below what lies above its superclass"),
        OwlRule("scm-eqc1", 9, "equivalent classes lie below each other"),
        OwlRule("scm-eqc2", 9, "classes that lie below each other are equivalent"),
        OwlRule("scm-spo", 9, "a property lies below what lies above its superproperty"),
        OwlRule("scm-eqp1", 9, "equivalent properties lie below each other"),
        OwlRule("scm-eqp2", 9, "properties that lie below each other are equivalent"),
        OwlRule("scm-dom1", 9, "a class above the domain is a domain"),
        OwlRule("scm-dom2", 9, "a property below another has its domain"),
        OwlRule("scm-rng1", 9, "a class above the range is a range"),
        OwlRule("scm-rng2", 9, "a property below another has its range"),
        OwlRule("scm-hv", 9, "the same value by a narrower property makes a narrower class"),
        OwlRule("scm-svf1", 9, "some value in a narrower class makes a narrower class"),
        OwlRule("scm-svf2", 9, "some value by a narrower property makes a narrower class"),
        OwlRule("scm-avf1", 9, "only values in a narrower class make a narrower class"),
        OwlRule("scm-avf2", 9, "only such values by a wider property make a narrower class"),
        OwlRule("scm-int", 9, "an intersection lies below each of its parts"),
        OwlRule("scm-uni", 9, "each part lies below the union"),
    )
}
"""Each rule by its name, in the order of the standard."""


def words(name: str) -> str:
    """Return what a rule says; the empty text for a name that is not one of ``RULES``."""
    return RULES[name].words if name in RULES else ""
