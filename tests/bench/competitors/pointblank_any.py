"""pointblank over Polars or DuckDB; the second argument says which."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import common
import pointblank as pb

UTC = dt.UTC


def table() -> object:
    if sys.argv[2] == "polars":
        import polars as pl

        return pl.read_parquet(common.ORDERS)
    import ibis

    return ibis.duckdb.connect().read_parquet(common.ORDERS, table_name="orders")


def _polars(name: str) -> Any:
    import polars as pl

    return pl.col(name)


def check() -> dict[str, bool]:
    data = table()
    plan = pb.Validate(data)
    names = []

    def add(name: str, step: pb.Validate) -> pb.Validate:
        names.append(name)
        return step

    for name in common.NOT_NULL:
        plan = add(f"{name}.required", plan.col_vals_not_null(name))
    plan = add("order_id.unique", plan.rows_distinct("order_id"))
    plan = add("duplicateValues", plan.rows_distinct(["store", "ticket"]))
    # over Polars, col_vals_ge and col_vals_le fail on decimals: they ask for is_nan
    by_hand = ("amount", "tax") if sys.argv[2] == "polars" else ()
    for name, value in common.AT_LEAST.items():
        step = plan.col_vals_expr(_polars(name) >= value) if name in by_hand else None
        plan = add(f"{name}.minimum", step or plan.col_vals_ge(name, value, na_pass=True))
    for name, value in common.AT_MOST.items():
        step = plan.col_vals_expr(_polars(name) <= value) if name in by_hand else None
        plan = add(f"{name}.maximum", step or plan.col_vals_le(name, value, na_pass=True))
    low, high = dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2030, 1, 1, tzinfo=UTC)
    plan = add("placed_at.minimum", plan.col_vals_ge("placed_at", low, na_pass=True))
    plan = add("placed_at.maximum", plan.col_vals_le("placed_at", high, na_pass=True))
    plan = add("status.enum", plan.col_vals_in_set("status", common.STATUS))
    plan = add("currency.enum", plan.col_vals_in_set("currency", common.CURRENCY))
    plan = add("country.pattern", plan.col_vals_regex("country", common.COUNTRY, na_pass=True))
    plan = add("email.pattern", plan.col_vals_regex("email", common.EMAIL, na_pass=True))
    if sys.argv[2] == "polars":
        import polars as pl

        ids = pl.read_parquet(common.CUSTOMERS)["customer_id"]
        known = pl.col("customer_id").is_in(ids.implode())
        plan = add("customer_id.relationship", plan.col_vals_expr(known))
        short = pl.col("note").is_null() | (pl.col("note").str.len_chars() <= 200)
        plan = add("note.maxLength", plan.col_vals_expr(short))
    else:
        # a foreign key can be said only as a set of a million values, so this one goes without
        plan = add("note.maxLength", plan.col_vals_regex("note", r"^.{0,200}$", na_pass=True))
    plan = plan.interrogate(collect_extracts=False, collect_tbl_checked=False)
    passed = plan.all_passed()
    if passed:
        return {"all": True}
    return {names[number - 1]: bool(kept) for number, kept in _steps(plan).items()}


def _steps(plan: pb.Validate) -> dict[int, bool | None]:
    return {int(step.i): step.all_passed for step in plan.validation_info if step.i is not None}


common.measure("pointblank", check)
