"""Makes a register of invented firms, as Parquet and as CSV: the same one for the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ("basic-research", "product-development", "commercialization")
FACTORS = ("funding", "human-resources", "motivation", "corporate-culture")
SEVERITIES = ("serious", "very-serious", "somewhat-serious")


def register(count: int) -> pl.DataFrame:
    """Return a table with a row for each firm."""
    random = np.random.default_rng(count)
    number = pl.Series("number", np.arange(count))
    return pl.DataFrame(
        {
            "code": (number + 1_000_000).cast(pl.String),
            "name": pl.select(pl.format('Firm "{}" of Kyoto', number)).to_series(),
            "ja": pl.select(pl.format("企業{}号", number)).to_series(),
            "register": pl.select(pl.format("T{}", number * 7 + 13)).to_series(),
            "stage": np.array(STAGES)[random.integers(0, len(STAGES), count)],
            "factor": np.array(FACTORS)[random.integers(0, len(FACTORS), count)],
            "severity": np.array(SEVERITIES)[random.integers(0, len(SEVERITIES), count)],
            "affiliate": pl.Series(random.integers(0, count, count) + 1_000_000).cast(pl.String),
        }
    )


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """Write the register of so many firms; gives its Parquet and its CSV file."""
    frame = register(count)
    parquet, csv = folder / f"firms-{count}.parquet", folder / f"firms-{count}.csv"
    frame.write_parquet(parquet)
    frame.write_csv(csv)
    return parquet, csv
