"""Keys that are proposed from data: one column, else the smallest combination that is no accident."""

from __future__ import annotations

import itertools
import random
import re
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.infer import infer
from mesh_workbench.model.contract import ContractProposal

DAYS = [date(2013, 1, 1) + timedelta(days=n) for n in range(60)]


def key_of(proposal: ContractProposal) -> list[str]:
    return [item.name for item in parse(proposal.text).contract.schema_[0].key()]


def test_a_pair_is_proposed_with_what_chance_would_have_made_of_it_and_only_warns() -> None:
    grid = list(itertools.product(["EWR", "JFK", "LGA"], DAYS))
    data = pa.table(
        {"origin": [a for a, _ in grid], "day": [b for _, b in grid], "flights": [n % 40 for n in range(180)]}
    )
    proposal = infer("delays", data)
    assert key_of(proposal) == ["origin", "day"]
    told = re.fullmatch(
        r"no two of 180 rows have the same origin and day; by chance more than (\d+) pairs of rows would",
        proposal.evidence["delays.primaryKey"],
    )
    assert told
    assert 10 <= int(told[1]) <= 90  # 89.5 would, by numbers of values that are estimated here
    assert proposal.confidence["delays.primaryKey"] == 0.9945
    [promise] = [one for one in proposal.promises if one.kind == "primary_key"]
    assert (promise.severity, promise.words) == ("warning", "origin and day together identify a row")
    assert "delays.origin.enum" in proposal.evidence  # a part of a key still holds few values


def test_three_columns_are_a_key_only_when_no_two_are() -> None:
    rows = list(itertools.product(["A", "B", "C"], range(1, 13), range(1, 11)))
    carrier, month, line = (list(column) for column in zip(*rows, strict=True))
    three = pa.table({"carrier": carrier, "month": month, "line": line, "total": [n % 97 for n in range(360)]})
    assert key_of(infer("x", three)) == ["carrier", "month", "line"]
    two = three.append_column("order", pa.array([f"{c}{m}" for c, m in zip(carrier, month, strict=True)]))
    assert key_of(infer("x", two)) == ["line", "order"]
    one = two.append_column("booking_id", pa.array(range(360)))
    assert key_of(infer("x", one)) == ["booking_id"]


def test_numbers_that_are_not_named_like_a_key_are_a_part_of_it_only_when_nothing_else_is() -> None:
    rows = list(itertools.product(["A", "B", "C"], range(60), range(1, 4)))
    data = {
        "carrier": [carrier for carrier, _, _ in rows],
        "flight": [flight for _, flight, _ in rows],
        "month": [month for _, _, month in rows],
    }
    assert key_of(infer("x", pa.table(data))) == ["carrier", "flight", "month"]
    data |= {"slot": [f"s{flight}" for _, flight, _ in rows]}
    assert key_of(infer("x", pa.table(data))) == ["carrier", "month", "slot"]


@pytest.mark.parametrize("seed", range(20))
def test_what_does_not_repeat_by_accident_is_no_key(seed: int) -> None:
    dice = random.Random(seed)
    pairs = dice.sample(list(itertools.product(range(60), range(80))), 40)
    data = {
        "code": [f"c{a}" for a, _ in pairs],
        "number": [b for _, b in pairs],
        "hour": [dice.randrange(24) for _ in pairs],
    }
    assert key_of(infer("x", pa.table(data))) == []


def test_few_rows_show_no_key_of_several_columns_and_make_the_promise_of_one_a_warning() -> None:
    few = pa.table({"origin": ["A", "A", "B", "B"], "day": [1, 2, 1, 2]})
    assert key_of(infer("x", few)) == []
    named = infer("x", pa.table({"plane_id": ["a", "b", "c"]}))
    severities = {promise.kind: promise.severity for promise in named.promises}
    assert (severities["primary_key"], severities["required"], severities["logical_type"]) == (
        "warning", "warning", "error",
    )  # fmt: skip
    assert named.confidence["x.primaryKey"] == 0.8
    many = infer("x", pa.table({"plane_id": [f"N{n}" for n in range(40)]}))
    assert [one.severity for one in many.promises if one.kind in ("primary_key", "required")] == ["error", "error"]
    assert key_of(infer("x", pa.table({"plane_id": ["a"]}))) == []


def test_floats_long_texts_columns_with_gaps_and_unique_columns_are_no_parts_of_a_key() -> None:
    grid = list(itertools.product(range(10), range(60)))
    group, place = [a for a, _ in grid], [b for _, b in grid]
    table = {
        "group": group,
        "place_f": [float(b) for b in place],
        "place_long": [f"{b:070}" for b in place],
        "place_gap": [None if n == 300 else b for n, b in enumerate(place)],
        "remark": [f"r{n * 7919 % 600}" for n in range(600)],
    }
    assert key_of(infer("x", pa.table(table))) == []
    assert key_of(infer("x", pa.table({**table, "place_no": place}))) == ["group", "place_no"]


def test_a_first_column_that_is_no_identifier_is_a_key_only_when_its_values_would_repeat() -> None:
    measured = random.Random(1).sample(range(10**9), 100)
    assert key_of(infer("x", pa.table({"revenue": measured}))) == []
    numbered = infer("x", pa.table({"row": random.Random(1).sample(range(100), 100)}))
    assert key_of(numbered) == ["row"]
    daily = infer("x", pa.table({"day": DAYS, "total": [1] * 60}))
    assert key_of(daily) == ["day"]
    assert [one.severity for one in daily.promises if one.kind == "primary_key"] == ["warning"]


def test_other_columns_that_are_named_like_keys_are_proposed_to_be_unique() -> None:
    data = pa.table(
        {
            "plane_id": list(range(40)),
            "serial_no": [None, *(f"S{n}" for n in range(39))],
            "airline_code": ["AA", "UA"] * 20,
            "weight": list(range(40)),
        }
    )
    proposal = infer("planes", data)
    assert key_of(proposal) == ["plane_id"]
    unique = {one.id: one.severity for one in proposal.promises if one.kind == "unique"}
    assert unique == {"planes.serial_no.unique": "warning"}
    assert proposal.evidence["planes.serial_no.unique"] == "no value twice in 39 values"


def test_the_same_rows_give_the_same_proposal_and_so_does_another_order() -> None:
    grid = list(itertools.product(["A", "B", "C"], DAYS, ["x", "y"]))
    moments = [datetime(2013, 1, 1) + timedelta(hours=n % 50) for n in range(360)]
    shuffled = grid.copy()
    random.Random(1).shuffle(shuffled)
    keys = set()
    for rows in (grid, grid, shuffled, grid[::-1]):
        origin, day, kind = zip(*rows, strict=True)
        keys.add(tuple(key_of(infer("x", pa.table({"at": moments, "origin": origin, "day": day, "kind": kind})))))
    assert keys == {("origin", "day", "kind")}


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(2, 12), st.integers(1, 9), st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_proposed_combination_identifies_every_row_and_none_of_its_columns_is_needless(
    a: int, b: int, c: int, gone: int, dice: random.Random
) -> None:
    rows = list(itertools.product(range(a), range(b), range(c)))
    dice.shuffle(rows)
    rows = rows[: len(rows) - gone] or rows
    columns = {name: list(values) for name, values in zip("xyz", zip(*rows, strict=True), strict=True)}
    columns["noise"] = [dice.randrange(20) for _ in rows]
    key = key_of(infer("t", pa.table(columns)))
    if key:
        assert len(set(zip(*(columns[name] for name in key), strict=True))) == len(rows)
        for fewer in itertools.combinations(key, len(key) - 1):
            assert len(set(zip(*(columns[name] for name in fewer), strict=True))) < len(rows)


def test_a_thousand_columns_are_inferred_from() -> None:
    dice = random.Random(1)
    texts = {f"t{n}": [dice.choice("abc") for _ in range(500)] for n in range(48)}
    numbers = {f"n{n}": [dice.randrange(50) for _ in range(500)] for n in range(950)}
    grid = list(itertools.product(range(25), range(20)))
    data = pa.table({**texts, **numbers, "store_id": [a for a, _ in grid], "line": [b for _, b in grid]})
    proposal = infer("wide", data)
    assert key_of(proposal) == ["store_id", "line"]
    assert len(proposal.evidence) == len(proposal.promises) > 3000
