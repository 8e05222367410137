"""``kg plan``."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.planning import Estimate


_MOST = 1e15  # more than anybody has
_DEAREST = 1e9


@click.command("plan")
@click.option("--triples", required=True, help="how many triples the graph will have, such as 5e7 or 1000000000")
@click.option(
    "--price-per-hour", type=click.FloatRange(0, _DEAREST), help="what one machine costs in an hour, in any currency"
)
@click.option("-f", "--format", "form", type=click.Choice(["table", "json"]), default="table", help="how to print it")
def command(triples: str, price_per_hour: float | None, form: str) -> None:
    """Estimate what a larger graph needs, engine by engine, from measured loads."""
    from kg.planning import advise, estimate, read_curve
    from kg.planning.advice import this_machine
    from kg.planning.words import megabytes

    number = _number(triples)
    if price_per_hour is not None and math.isnan(price_per_hour):
        raise click.BadParameter("nan is not a price", param_hint="'--price-per-hour'")
    measured = read_curve()
    estimates = estimate(number, measured, price_per_hour)
    machine = this_machine()
    advice = advise(number, estimates, machine)
    if form == "json":
        content = {"triples": number, "machine": asdict(machine), "advice": advice.sentence, "engines": [
            {**asdict(each), "machine_hours": each.load.value / 3600, "on_this_machine": advice.fits[each.engine]} for each in estimates
        ]}  # fmt: skip
        click.echo(json.dumps(content, indent=2))
        return
    sizes = [each.triples for each in measured]
    asked, least, most = f"{number:,.0f} triple{'s' * (number != 1)}", min(sizes), max(sizes)
    click.echo(f"{asked}; measured from {least:,} to {most:,}; four loads in five lie within the brackets")
    click.echo(f"this machine: {megabytes(machine.memory)} of memory, {megabytes(machine.disk)} of disk free\n")
    rows = [_row(each, advice.fits[each.engine]) for each in estimates]
    cost = "cost of loading" if price_per_hour is not None else "machine-hours of loading"
    _print([("engine", "load time", "memory", "disk", cost, "extrapolated", "on this machine"), *rows])
    click.echo(f"\n{advice.sentence}")


def _number(text: str) -> float:
    from kg.core.errors import QueryError

    try:
        number = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        number = math.nan
    if not (1 <= number <= _MOST and number.is_integer()):
        raise QueryError(
            f"'{text}' is no number of triples", hint="write a whole number from 1 to 1e15, such as 5e7 or 1000000000"
        )
    return number


def _row(each: Estimate, fits: str) -> tuple[str, ...]:
    from kg.planning.words import bracket, needs

    hours = each.load.value / 3600
    cost = bracket(each.cost, lambda value: f"{value:,.2f}") if each.cost else f"{hours:.3g}"
    beyond = f"{each.beyond:,.0f} times" if each.beyond > 1 else "no"
    return each.engine, *needs(each), cost, beyond, fits


def _print(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
