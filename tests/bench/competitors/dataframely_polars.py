"""dataframely: a schema over a lazy Polars frame."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import common
import dataframely as dy
import polars as pl

UTC = dt.UTC


class Orders(dy.Schema):
    order_id = dy.Int64(unique=True)
    store = dy.Int32(nullable=True)
    ticket = dy.Int32(nullable=True)
    customer_id = dy.Int64()
    placed_at = dy.Datetime(
        min=dt.datetime(2024, 1, 1, tzinfo=UTC), max=dt.datetime(2030, 1, 1, tzinfo=UTC), time_zone="UTC"
    )
    shipped_at = dy.Datetime(nullable=True, time_zone="UTC")
    day = dy.Date()
    amount = dy.Decimal(12, 2, min=Decimal(0), max=Decimal(10_000))
    tax = dy.Decimal(10, 2, nullable=True, min=Decimal(0))
    quantity = dy.Int32(nullable=True, min=1, max=100)
    discount = dy.Float64(nullable=True, min=0, max=1)
    status = dy.String(nullable=True, check=lambda column: column.is_in(common.STATUS))
    country = dy.String(nullable=True, regex=common.COUNTRY)
    currency = dy.String(nullable=True, check=lambda column: column.is_in(common.CURRENCY))
    email = dy.String(regex=common.EMAIL)
    note = dy.String(nullable=True, max_length=200)

    @dy.rule()
    def pair(cls) -> pl.Expr:  # noqa: N805
        return pl.struct("store", "ticket").is_unique()

    @dy.rule()
    def shipped(cls) -> pl.Expr:  # noqa: N805
        return pl.col("shipped_at").is_null().mean() < 0.2

    @dy.rule()
    def rows(cls) -> pl.Expr:  # noqa: N805
        return pl.len() > 1_000


NAMES = {
    "pair": "duplicateValues", "shipped": "shipped_at.nullValues", "rows": "rowCount", "min": "minimum",
    "max": "maximum", "nullability": "required", "regex": "pattern", "check": "enum", "max_length": "maxLength",
}  # fmt: skip


def check() -> dict[str, bool]:
    orders, customers = pl.scan_parquet(common.ORDERS), pl.scan_parquet(common.CUSTOMERS)
    known = orders.filter(pl.col("customer_id").is_not_null()).join(customers, on="customer_id", how="anti")
    found = {"customer_id.relationship": known.select(pl.len()).collect(engine="streaming").item() == 0}
    if Orders.is_valid(orders):
        return found | {"all": True}
    _, failure = Orders.filter(orders.collect())
    broken = failure.counts()
    for name in broken:
        column, _, rule = name.rpartition("|")
        word = NAMES.get(rule, rule)
        found[f"{column}.{word}" if column else word] = False
    return found


common.measure("dataframely", check)
