"""The triples of a basic graph pattern, its paths taken apart, in forms that the embedded engine answers rightly.

A path is taken apart as section 18.2.2.4 does: ``^p`` is p from the other end, ``p/q`` two paths that meet in a
variable of their own, ``p|q`` the union of both (18.4), ``!(p|^q)`` the union of its two directions. What is left are
triples, and paths that lead to each node once (``*``, ``+``, ``?``). A pattern of such parts over a set of triples has
each solution once as soon as no variable is left out, so DISTINCT over all of them makes a set of a list.

A path that may have length zero leads from a term to that term, whether it is a node or not (18.4, ZeroLengthPath).

Where a path begins, the engine expects a resource, although the path may begin at a literal: by length zero, or
backwards. It then compares with ``=`` as with ``sameTerm``. Beside a branch that matches nothing and takes any term
there, it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from kg.core.terms import RDF, XSD
from kg.sparql.nodes import (
    NOWHERE,
    Bind,
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Collection,
    Exists,
    Filter,
    Group,
    In,
    Iri,
    Literal,
    Modifiers,
    Node,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    PropertyObjects,
    Row,
    Selection,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    TripleTerm,
    Unary,
    Union,
    Values,
    Variable,
    transform,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.sparql.nodes import GraphNode, Path, Pattern, Verb
    from kg.sparql.variables import Names

NO_MODIFIERS: Final = Modifiers(NOWHERE, (), (), (), None, None)
_End = Variable | Iri | Literal | TripleTerm


class _Atom(NamedTuple):
    """A triple, or a path between two ends."""

    subject: _End
    verb: Verb
    value: _End


class Reading(NamedTuple):
    """Where a basic graph pattern is read, and what its solutions are for.

    ``repeats`` says whether a statement with a predicate, or any for None, may stand in several graphs; ``is_node``
    whether a term is certainly a node of the graph. The number of solutions may matter (``counts``), and the query may
    compare values with ``=``, ``!=`` or IN (``compares``). ``graph`` is the variable of the GRAPH around, if any.
    """

    repeats: Callable[[str | None], bool]
    is_node: Callable[[Iri | Literal], bool]
    counts: bool
    compares: bool
    graph: Variable | None


class Run:
    """The triples of one basic graph pattern.

    Args:
        blocks: the triples, in the order of the text.
        names: where variables come from.
        reading: where they are read.

    """

    def __init__(self, blocks: tuple[TriplesBlock, ...], names: Names, reading: Reading) -> None:
        self._blocks = blocks
        self._names = names
        self._repeats, self._is_node, self._counts, self._compares, self._graph = reading
        self._apart_from_graphs = reading._replace(graph=None)
        self._blank: dict[str, Variable] = {}

    def variables(self) -> set[str]:
        """Return the names of the variables of the text."""
        return {node.name for block in self._blocks for node in walk(block) if isinstance(node, Variable)}

    def rewritten(self) -> tuple[Pattern, ...]:
        """Return the patterns, or the blocks themselves where the engine does them right."""
        if not any(
            self._departs(part) for block in self._blocks for triples in block.triples for part in _verbs(triples)
        ):
            return self._blocks
        atoms = [atom for block in self._blocks for triples in block.triples for atom in self._atoms(triples)]
        return self._patterns(atoms)

    # --- whether there is anything to do -----------------------------------------------------------------------------

    def _departs(self, part: tuple[GraphNode, Verb, GraphNode]) -> bool:
        subject, verb, value = part
        if isinstance(verb, Variable):
            return self._counts and self._repeats(None)
        if isinstance(verb, Iri):
            return self._counts and self._repeats(verb.value)
        return (
            (self._counts and self._path_departs(verb))
            or self._ends_departs(subject, verb, value)
            or self._is_taken_for_a_resource(subject, verb)
            or self._repeats_in_graphs(verb)
        )

    def _path_departs(self, path: Path) -> bool:
        """Return whether the engine may count the solutions of a path otherwise."""
        match path:
            case Iri(_, value):
                return self._repeats(value)
            case PathInverse(_, inner):
                return self._path_departs(inner)
            case PathSequence(_, paths):
                return any(map(self._path_departs, paths))
            case PathAlternative():
                return True
            case PathNegated():
                return True  # with both ends known the engine looks for one property only
        return False

    def _ends_departs(self, subject: GraphNode, path: Path, value: GraphNode) -> bool:
        """Return whether a path may have length zero at a constant that may be no node."""
        return may_be_empty(path) and any(
            isinstance(end, Iri | Literal) and not self._is_node(end) for end in (subject, value)
        )

    def _is_taken_for_a_resource(self, subject: GraphNode, path: Path) -> bool:
        """Return whether the engine would compare the start of a path as a resource, although it may be a literal."""
        return self._compares and isinstance(subject, Variable) and _begins_at_literal(path)

    def _repeats_in_graphs(self, path: Path) -> bool:
        """Return whether the engine may count a path between known ends more than once, graphs taken in turn.

        It does so where ``+`` leads to a node in several ways.
        """
        return (
            self._counts
            and self._graph is not None
            and any(isinstance(node, PathRepeat) and node.modifier == "+" for node in walk(path))
        )

    # --- triples -----------------------------------------------------------------------------------------------------

    def _atoms(self, triples: TriplesSameSubject) -> Iterator[_Atom]:
        subject, nested = self._end(triples.subject)
        yield from nested
        yield from self._of(subject, triples.properties)

    def _of(self, subject: _End, properties: Sequence[PropertyObjects]) -> Iterator[_Atom]:
        for each in properties:
            for node in each.objects:
                value, nested = self._end(node)
                yield _Atom(subject, each.verb, value)
                yield from nested

    def _end(self, node: GraphNode) -> tuple[_End, list[_Atom]]:
        """Return a node with variables for blank nodes, and the triples inside it."""
        match node:
            case BlankNode(_, label):
                fresh = self._blank.get(label) if label else None
                fresh = fresh or self._names.fresh()
                if label:
                    self._blank[label] = fresh
                return fresh, []
            case BlankNodeProperties(_, properties):
                inside = self._names.fresh()
                return inside, list(self._of(inside, properties))
            case Collection(_, items):
                return self._list(items)
            case TripleTerm():
                return self._term(node), []
        return node, []

    def _term(self, term: TripleTerm) -> TripleTerm:
        """Return a triple term with variables for its blank nodes."""

        def variable(node: Node) -> Node:
            return self._end(node)[0] if isinstance(node, BlankNode) else node

        return transform(term, variable)

    def _list(self, items: Sequence[GraphNode]) -> tuple[_End, list[_Atom]]:
        places = [self._names.fresh() for _ in items]
        atoms: list[_Atom] = []
        for index, item in enumerate(items):
            value, nested = self._end(item)
            rest = places[index + 1] if index + 1 < len(places) else iri(f"{RDF}nil")
            atoms += [_Atom(places[index], iri(f"{RDF}first"), value), *nested]
            atoms.append(_Atom(places[index], iri(f"{RDF}rest"), rest))
        return places[0], atoms

    # --- patterns ----------------------------------------------------------------------------------------------------

    def _patterns(self, atoms: Sequence[_Atom]) -> tuple[Pattern, ...]:
        """Return what the parts of a pattern become: what is counted together, and unions beside it."""
        together: list[_Atom] = []
        beside: list[Pattern] = []
        for atom in atoms:
            for part in self._apart(*atom):
                if isinstance(part, _Atom):
                    together.append(part)
                else:
                    beside.append(part)
        return (*self._together(together), *beside)

    def _apart(self, subject: _End, verb: Verb, value: _End) -> Iterator[_Atom | Pattern]:
        match verb:
            case PathInverse(_, inner):
                yield from self._apart(value, inner, subject)
            case PathSequence(_, paths):
                between = [self._names.fresh() for _ in paths[1:]]
                for path, start, end in zip(paths, (subject, *between), (*between, value), strict=True):
                    yield from self._apart(start, path, end)
            case PathAlternative(_, paths) if self._counts:
                yield Union(NOWHERE, tuple(Group(NOWHERE, self._patterns([_Atom(subject, p, value)])) for p in paths))
            case PathNegated(_, properties) if self._counts:
                yield from self._negated(subject, properties, value)
            case Variable() | Iri():
                yield _Atom(subject, verb, value)
            case _:
                yield from self._set(subject, verb, value)

    def _negated(
        self, subject: _End, properties: Sequence[Iri | PathInverse], value: _End
    ) -> Iterator[_Atom | Pattern]:
        forward = tuple(each for each in properties if isinstance(each, Iri))
        turned = (each.path for each in properties if isinstance(each, PathInverse))
        backward = tuple(each for each in turned if isinstance(each, Iri))
        ways = [
            (start, PathNegated(NOWHERE, names), end)
            for start, names, end in ((subject, forward, value), (value, backward, subject))
            if names
        ]
        if len(ways) == 1:
            yield _Atom(*ways[0])
        else:
            yield Union(NOWHERE, tuple(Group(NOWHERE, self._patterns([_Atom(*way)])) for way in ways))

    def _set(self, subject: _End, path: Path, value: _End) -> Iterator[_Atom | Pattern]:
        """Yield a path that leads to each node once, with what length zero adds at a term that may be no node."""
        terms = [end for end in (subject, value) if isinstance(end, Iri | Literal)]
        variables = [end for end in (subject, value) if isinstance(end, Variable)]
        atom = _Atom(subject, path, value)
        branches = [Group(NOWHERE, (_block([atom]),))]
        if may_be_empty(path) and terms and not all(map(self._is_node, terms)):
            if variables:
                (term,), (variable,) = terms, variables
                here = Values(NOWHERE, (variable,), (Row(NOWHERE, (term,)),))
                elsewhere = Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "SAMETERM", (variable, term)))
                further = Group(NOWHERE, (_block([atom]), Filter(NOWHERE, elsewhere)))
                branches = [Group(NOWHERE, (here,)), further]
            elif subject == value:
                return
        if self._is_taken_for_a_resource(subject, path):
            branches.append(Group(NOWHERE, (nothing(subject),)))
        if self._repeats_in_graphs(path):
            yield self._to_an_end_of_its_own(subject, path, value)
        elif len(branches) > 1:
            yield Union(NOWHERE, tuple(branches))
        else:
            yield atom

    def _to_an_end_of_its_own(self, subject: _End, path: Path, value: _End) -> Group:
        """Return a path with a variable that nothing else knows for an end, which gets the value of that end after it.

        The other end is a term if one of the two is, since a path of length zero begins there.
        """
        free = self._names.fresh()
        turned = isinstance(subject, Variable) and not isinstance(value, Variable)
        atom, end = (_Atom(free, path, value), subject) if turned else (_Atom(subject, path, free), value)
        whole = Run((_block([atom]),), self._names, self._apart_from_graphs).rewritten()
        if isinstance(end, Variable) and subject != value:
            return Group(NOWHERE, (*whole, Bind(NOWHERE, free, end)))
        return Group(NOWHERE, (*whole, Filter(NOWHERE, BuiltInCall(NOWHERE, "SAMETERM", (free, end)))))

    def _together(self, atoms: Sequence[_Atom]) -> tuple[Pattern, ...]:
        if not atoms:
            return ()
        if not self._counts:
            return (_block(atoms),)
        filters: list[Pattern] = []
        triples = []
        for atom in atoms:
            if isinstance(atom.verb, PathNegated):  # its variable tells apart what it finds twice by two properties
                verb = self._names.fresh()
                others = tuple(each for each in atom.verb.properties if isinstance(each, Iri))
                filters.append(Filter(NOWHERE, In(NOWHERE, verb, others, negated=True)))
                triples.append(atom._replace(verb=verb))
            else:
                triples.append(atom)
        if not any(self._atom_repeats(atom) for atom in atoms):
            return (_block(triples), *filters)
        group = Group(NOWHERE, (_block(triples), *filters))
        parts = (node for triple in triples for part in triple for node in walk(part))
        variables = dict.fromkeys(node for node in parts if isinstance(node, Variable))
        if not variables:
            return (Filter(NOWHERE, Exists(NOWHERE, group, negated=False)),)
        selection = Selection(NOWHERE, "DISTINCT", tuple(variables))
        return (Group(NOWHERE, (SubSelect(NOWHERE, selection, group, NO_MODIFIERS, None),)),)

    def _atom_repeats(self, atom: _Atom) -> bool:
        if isinstance(atom.verb, Iri):
            return self._repeats(atom.verb.value)
        return isinstance(atom.verb, Variable | PathNegated) and self._repeats(None)


def _verbs(triples: TriplesSameSubject) -> Iterator[tuple[GraphNode, Verb, GraphNode]]:
    """Yield each verb with its ends, those inside brackets too."""
    yield from _inside(triples.subject)
    for each in triples.properties:
        for node in each.objects:
            yield triples.subject, each.verb, node
            yield from _inside(node)


def _inside(node: GraphNode) -> Iterator[tuple[GraphNode, Verb, GraphNode]]:
    if isinstance(node, BlankNodeProperties):
        yield from _verbs(TriplesSameSubject(NOWHERE, BlankNode(NOWHERE, ""), node.properties))
    elif isinstance(node, Collection):
        for item in node.items:
            yield BlankNode(NOWHERE, ""), iri(f"{RDF}first"), item
            yield BlankNode(NOWHERE, ""), iri(f"{RDF}rest"), BlankNode(NOWHERE, "")
            yield from _inside(item)


def may_be_empty(path: Path) -> bool:
    """Return whether a path leads from any term to that term, be it a node or not.

    The middle of a sequence is a variable, which is a node: a sequence does not.
    """
    match path:
        case PathRepeat(_, inner, modifier):
            return modifier != "+" or may_be_empty(inner)
        case PathInverse(_, inner):
            return may_be_empty(inner)
        case PathAlternative(_, paths):
            return any(map(may_be_empty, paths))
    return False


def _begins_at_literal(path: Path) -> bool:
    """Return whether the first end of a path may be a literal."""
    match path:
        case PathInverse(_, inner):
            return _ends_at_literal(inner)
        case PathSequence(_, paths):
            return _begins_at_literal(paths[0])
        case PathAlternative(_, paths):
            return any(map(_begins_at_literal, paths))
        case PathNegated(_, properties):
            return any(isinstance(each, PathInverse) for each in properties)
        case PathRepeat(_, inner, modifier):
            return modifier != "+" or _begins_at_literal(inner)
    return False


def _ends_at_literal(path: Path) -> bool:
    """Return whether the last end of a path may be a literal."""
    match path:
        case PathInverse(_, inner):
            return _begins_at_literal(inner)
        case PathSequence(_, paths):
            return _ends_at_literal(paths[-1])
    return True


def nothing(value: GraphNode) -> TriplesBlock:
    """Return a triple that no statement matches, since its subject is a literal."""
    return _block([_Atom(Literal(NOWHERE, "", f"{XSD}string", ""), iri(f"{RDF}value"), cast("_End", value))])


def _block(atoms: Sequence[_Atom]) -> TriplesBlock:
    return TriplesBlock(
        NOWHERE,
        tuple(
            TriplesSameSubject(NOWHERE, atom.subject, (PropertyObjects(NOWHERE, atom.verb, (atom.value,)),))
            for atom in atoms
        ),
    )


def iri(value: str) -> Iri:
    """Return the node of an IRI."""
    return Iri(NOWHERE, value, f"<{value}>")
