"""Sizes of samples against one another, against rates, and against the answers that other tables leave out."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.checks.figures import NEAREST, feasible_counts
from kg.evidence.audit.checks.sums import no_answer
from kg.evidence.audit.facts import VALUE
from kg.evidence.audit.model import Certainty, Finding, Note, Statistic, listed, slug_of
from kg.evidence.audit.tables import CORRELATION, COUNT, PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

MOST_ROWS: Final = 10
"""Rows of a table among which groups are looked for: 2^10 of them."""
SUBJECTS: Final = ("stage", "surveyItem", "factor")
"""What a row or column can be about.

A coefficient and an unanswered question belong together when they share one of these.
"""


def audit_samples(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding | Note]:
    """Yield contradictory sizes of samples, rates and groups.

    These are samples larger than what they are drawn from, sizes printed in two ways, and rates and groups that do not
    follow from the sizes.
    """
    yield from _unstated(tables)
    yield from _parents(facts)
    yield from _twice(facts)
    yield from _rates(facts)
    yield from _groups(facts, tables)


def _unstated(tables: Sequence[Table]) -> Iterator[Note]:
    alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for table in tables:
        sizes = tuple(sorted({cell.size for cell in table.cells if cell.size}))
        if sizes and not table.size_stated:
            alike.setdefault((table.document, sizes), []).append(f"'{table.name}'")
    for (document, sizes), names in alike.items():
        size = listed([*map(str, sizes)])
        yield Note(
            document,
            f"No sample size is printed with the table, and N = {size} is taken from the survey: {listed(names)}.",
        )


def _parents(facts: Facts) -> Iterator[Finding]:
    for sample in facts.of_type(term("Sample")):
        parent = facts.node(sample, term("drawnFrom"))
        size = facts.number(sample, term("sampleSize"))
        whole = facts.number(parent, term("sampleSize")) if parent else None
        if parent and size is not None and whole is not None and size > whole:
            yield Finding(
                kind="sample-size-mismatch",
                check="comparison-of-sizes",
                certainty=Certainty.CERTAIN,
                target=facts.target(sample, parent),
                slug=f"part/{facts.slug(sample)}",
                name=f"{facts.name(sample)} are more than those they are drawn from",
                printed=f"{size} of {whole}",
                expected=f"at most {whole}",
                how="A part is not larger than the whole.",
                reason="both sizes are printed",
            )


def _twice(facts: Facts) -> Iterator[Finding]:
    """Compare observations of one quantity that are printed with different values.

    Observations of one quantity have the same measure, thing, sample and period.
    """
    keys = (term("measure"), term("about"), term("sample"), term("period"))
    groups: dict[tuple[object, ...], list[NamedNode]] = defaultdict(list)
    for node in facts.of_type(term("CountObservation"), term("ShareObservation")):
        if facts.nodes(node, term("about")) and not facts.node(node, term("responseOption")):
            groups[tuple(tuple(sorted(map(str, facts.nodes(node, key)))) for key in keys)].append(node)
    for nodes in groups.values():
        values = {facts.number(node, VALUE) for node in nodes}
        if len(values) > 1:
            printed = [facts.text(node, term("printedValue")) for node in nodes]
            yield Finding(
                kind="conflicting-figures",
                check="comparison-of-figures",
                certainty=Certainty.PROBABLE,
                target=facts.target(*nodes),
                slug=f"twice/{facts.slug(nodes[0])}",
                name=f"{facts.name(nodes[0])} is printed with different values",
                printed=listed(printed),
                expected="one value",
                how="Both figures are of the same quantity, thing and sample.",
                reason="they may stand for different times",
            )
    for node in facts.subjects(term("measure"), expand("measure:sample-size")):
        sample = facts.node(node, term("sample"))
        size, value = (facts.number(sample, term("sampleSize")) if sample else None), facts.number(node, VALUE)
        if sample and size is not None and value is not None and size != value:
            yield Finding(
                kind="sample-size-mismatch",
                check="comparison-of-sizes",
                certainty=Certainty.CERTAIN,
                target=facts.target(node, sample),
                slug=f"size/{facts.slug(node)}",
                name=f"The size of '{facts.name(sample)}' is printed as {value} and as {size}",
                printed=f"N = {value}",
                expected=f"N = {size}",
                how="One sample has one size.",
                reason="both sizes are printed",
            )


def _rates(facts: Facts) -> Iterator[Finding | Note]:
    for rate in facts.subjects(term("measure"), expand("measure:response-rate")):
        about, value = facts.node(rate, term("about")), facts.number(rate, VALUE)
        if about is None or value is None:
            continue
        counted = {
            name: next(
                (
                    node
                    for node in facts.subjects(term("about"), about)
                    if expand(f"measure:{name}") in facts.nodes(node, term("measure"))
                ),
                None,
            )
            for name in ("number-surveyed", "number-responding")
        }
        asked, answered = counted["number-surveyed"], counted["number-responding"]
        if asked is None or answered is None:
            continue
        sent, returned = facts.number(asked, VALUE) or Decimal(0), facts.number(answered, VALUE) or Decimal(0)
        if not sent:
            continue
        share = (100 * returned / sent).quantize(Decimal("0.01"))
        step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
        statistic = Statistic(
            slug=f"share-of-count/{facts.slug(rate)}",
            method="share-of-count",
            name=f"{returned} of {sent}, in per cent",
            value=share,
            inputs=(asked, answered),
        )
        if int(returned) in feasible_counts(value, step, int(sent), NEAREST):
            yield Note(
                facts.document(rate),
                f"Response rate: {returned} of {sent} is {share}%, as printed ({value}%).",
                (statistic,),
            )
        else:
            yield Finding(
                kind="share-mismatch",
                check="share-of-count",
                certainty=Certainty.CERTAIN,
                target=facts.target(rate, asked, answered),
                slug=f"rate/{facts.slug(rate)}",
                name=f"The response rate is not {returned} out of {sent}",
                printed=f"{facts.text(rate, term('printedValue'))}",
                expected=f"{share}%",
                how=f"{returned} / {sent} = {share}%.",
                reason="rate, sent and returned are printed",
                statistics=(statistic,),
            )


def _groups(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding | Note]:
    """Look for the rows of a table on a whole sample that add up, column by column, to the sizes of its parts.

    Where the same rows give the size of every part, the sizes follow from the table; where they give all but one of
    three or more, that one is doubtful. A part belongs to a column when both name the same concept.
    """
    for table in tables:
        columns = dict(table.lines("columns"))
        found = {label: part for label, cells in columns.items() if (part := _part(facts, cells)) is not None}
        if len(found) < 2 or any(  # noqa: PLR2004
            cell.measure != PERCENT or not cell.size for label in found for cell in columns[label]
        ):
            continue
        sizes = {label: int(facts.number(part, term("sampleSize")) or 0) for label, part in found.items()}
        rows = sorted({cell.row for cell in table.cells})
        if len(rows) > MOST_ROWS:
            continue
        best = _best_rows(rows, columns, sizes)
        if best:
            yield from _group_outcome(facts, table, columns=columns, parts=found, sizes=sizes, best=best)


def _part(facts: Facts, cells: Sequence[Cell]) -> NamedNode | None:
    """Return the one part of a column's sample that names a concept which all cells of the column name, too."""
    whole = facts.node(cells[0].node, term("sample"))
    concepts = [
        {
            value
            for predicate in facts.predicates(cell.node)
            for value in facts.nodes(cell.node, predicate)
            if "/concept/" in value.value
        }
        for cell in cells
    ]
    common = set.intersection(*concepts)
    parts = [
        part
        for part in (facts.subjects(term("drawnFrom"), whole) if whole else ())
        if facts.number(part, term("sampleSize")) is not None
        and any(value in common for predicate in facts.predicates(part) for value in facts.nodes(part, predicate))
    ]
    return parts[0] if len(parts) == 1 else None


def _best_rows(
    rows: Sequence[int], columns: Mapping[str, Sequence[Cell]], sizes: Mapping[str, int]
) -> tuple[set[int], list[str]] | None:
    """Return the rows that explain the most parts, with the columns that they do not explain.

    Nothing when they explain too few.
    """
    best: tuple[set[int], list[str]] | None = None
    for count in range(1, len(rows)):
        for chosen in combinations(rows, count):
            missed = [label for label, size in sizes.items() if not _makes(columns[label], set(chosen), size)]
            if best is None or len(missed) < len(best[1]):
                best = set(chosen), missed
    if best is None or len(best[1]) > 1 or (best[1] and len(sizes) < 3):  # noqa: PLR2004 - one of two proves nothing
        return None
    return best


def _counted(cells: Sequence[Cell], rows: set[int]) -> tuple[int, int]:
    counts = [feasible_counts(cell.value, cell.step, cell.sample, NEAREST) for cell in cells if cell.row in rows]
    if not all(counts):
        return 1, 0
    return sum(few[0] for few in counts), sum(many[-1] for many in counts)


def _makes(cells: Sequence[Cell], rows: set[int], size: int) -> bool:
    least, most = _counted(cells, rows)
    return least <= size <= most


def _group_outcome(  # noqa: PLR0913 - what one comparison of a table with its parts knows
    facts: Facts,
    table: Table,
    *,
    columns: Mapping[str, Sequence[Cell]],
    parts: Mapping[str, NamedNode],
    sizes: Mapping[str, int],
    best: tuple[set[int], list[str]],
) -> Iterator[Finding | Note]:
    rows, missed = best
    cells = next(iter(columns.values()))
    names = listed([f"'{cell.row_label}'" for cell in cells if cell.row in rows])
    statistics = tuple(
        Statistic(
            slug=f"implied-size/{table.slug}/{slug_of(label)}",
            method="feasible-count",
            name=f"members of '{facts.name(part)}' by '{table.name}'",
            value=Decimal(_counted(columns[label], rows)[0]),
            inputs=tuple(cell.node for cell in columns[label] if cell.row in rows),
        )
        for label, part in parts.items()
    )
    fitting = listed([f"{sizes[label]} ({label})" for label in parts if label not in missed])
    text = f"The rows {names} of '{table.name}' make {fitting} respondents, the printed sizes of the groups"
    if not missed:
        yield Note(table.document, f"{text}.", statistics)
        return
    label = missed[0]
    least, most = _counted(columns[label], rows)
    made = f"{least}" if least == most else f"{least} to {most}"
    yield Finding(
        kind="sample-size-mismatch",
        check="feasible-count",
        certainty=Certainty.PROBABLE,
        target=facts.target(parts[label], *(cell.node for cell in columns[label] if cell.row in rows)),
        slug=f"group/{facts.slug(parts[label])}",
        name=f"The size of '{facts.name(parts[label])}' does not follow from '{table.name}'",
        printed=f"N = {sizes[label]}",
        expected=f"N = {made}",
        how=f"{text}; for '{label}' they make {made}.",
        reason="the groups may be formed in another way",
        statistics=statistics,
    )


def audit_answered(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the tables of coefficients whose sample size contradicts missing answers.

    The size leaves no room for the answers that are missing in other tables of the sample. Whoever left one of two
    questions unanswered cannot enter their correlation. The missing answers of both may come from the same respondents
    or from different ones; the fewest that must be missing are the greater of the two numbers.
    """
    missing = _missing(facts, tables)
    for table in tables:
        bounds: dict[NamedNode, tuple[int, int]] = {}
        inputs: dict[NamedNode, None] = {}
        for cell in (cell for cell in table.cells if cell.measure == CORRELATION and cell.size):
            sample = facts.node(cell.node, term("sample"))
            gone = [missing[sample, about] for about in _about(facts, cell) if sample and (sample, about) in missing]
            if gone:
                bounds[cell.node] = (
                    cell.sample - sum(count for count, _ in gone),
                    cell.sample - max(count for count, _ in gone),
                )
                inputs |= {node: None for _, node in gone}
        if bounds:
            yield _finding(table, bounds, tuple(inputs))


def _about(facts: Facts, cell: Cell) -> list[NamedNode]:
    return [value for name in SUBJECTS for value in facts.nodes(cell.node, term(name))]


def _missing(facts: Facts, tables: Sequence[Table]) -> Mapping[tuple[NamedNode, NamedNode], tuple[int, NamedNode]]:
    """Return the largest number of missing answers that a table prints, by sample and subject.

    For a printed share, count the smallest number that it can stand for.
    """
    found: dict[tuple[NamedNode, NamedNode], tuple[int, NamedNode]] = {}
    for table in tables:
        for cell in table.cells:
            sample = facts.node(cell.node, term("sample"))
            if sample is None or not no_answer(table.across(cell)):
                continue
            count = _count(cell)
            for about in _about(facts, cell):
                if count > found.get((sample, about), (0, cell.node))[0]:
                    found[sample, about] = count, cell.node
    return found


def _count(cell: Cell) -> int:
    if cell.measure == COUNT:
        return int(cell.value)
    counts = feasible_counts(cell.value, cell.step, cell.size, NEAREST) if cell.measure == PERCENT and cell.size else ()
    return counts[0] if counts else 0


def _finding(table: Table, bounds: Mapping[NamedNode, tuple[int, int]], inputs: tuple[NamedNode, ...]) -> Finding:
    size = listed([str(number) for number in sorted({cell.sample for cell in table.cells if cell.node in bounds})])
    most = [high for _, high in bounds.values()]
    least = min(low for low, _ in bounds.values())
    printed = listed([str(number) for number in sorted(set(most))], most=4)
    statistic = Statistic(
        slug=f"answered/{table.slug}",
        method="answers-given",
        name=f"most respondents that every coefficient of '{table.name}' can rest on",
        value=Decimal(min(most)),
        inputs=inputs,
    )
    return Finding(
        kind="sample-size-mismatch",
        check="answers-given",
        certainty=Certainty.POSSIBLE,
        target=table.target(),
        slug=f"answered/{table.slug}",
        name=f"Coefficients of '{table.name}' cannot all rest on {size} respondents, as some did not answer",
        printed=f"N = {size}",
        expected=f"at most {printed} pairs, depending on the coefficient",
        how=f"Other tables of the sample print missing answers on what {len(bounds)} of the {len(table.cells)} "
        "coefficients are about. Whoever left a question unanswered has no pair: "
        f"{min(most)} to {max(most)} pairs at most, and {least} at least, when nobody left two unanswered.",
        reason="the source does not say how missing answers were treated, nor that the coefficients are of these "
        "questions",
        statistics=(statistic,),
    )
