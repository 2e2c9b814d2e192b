"""pandera: a schema over a Polars frame, all errors collected."""

from __future__ import annotations

import datetime as dt

import common
import pandera.polars as pa
import polars as pl

UTC = dt.UTC


def check() -> dict[str, bool]:
    orders = pl.read_parquet(common.ORDERS)
    ids = pl.read_parquet(common.CUSTOMERS)["customer_id"]
    when = pl.Datetime("us", "UTC")

    def known(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key).is_in(ids.implode()))

    low = {name: pa.Check.ge(value, name="minimum") for name, value in common.AT_LEAST.items()}
    high = {name: pa.Check.le(value, name="maximum") for name, value in common.AT_MOST.items()}

    def column(kind: object, name: str, *checks: pa.Check, **options: object) -> pa.Column:
        bounds = [limits[name] for limits in (low, high) if name in limits]
        return pa.Column(kind, [*bounds, *checks], nullable=name not in common.NOT_NULL, **options)

    schema = pa.DataFrameSchema(
        {
            "order_id": column(pl.Int64, "order_id", unique=True),
            "customer_id": column(pl.Int64, "customer_id", pa.Check(known, name="relationship")),
            "placed_at": column(
                when, "placed_at",
                pa.Check.ge(dt.datetime(2024, 1, 1, tzinfo=UTC), name="minimum"),
                pa.Check.le(dt.datetime(2030, 1, 1, tzinfo=UTC), name="maximum"),
            ),
            "shipped_at": column(when, "shipped_at"),
            "day": column(pl.Date, "day"),
            "amount": column(pl.Decimal(12, 2), "amount"),
            "tax": column(pl.Decimal(10, 2), "tax"),
            "quantity": column(pl.Int32, "quantity"),
            "discount": column(pl.Float64, "discount"),
            "status": column(pl.String, "status", pa.Check.isin(common.STATUS, name="enum")),
            "country": column(pl.String, "country", pa.Check.str_matches(common.COUNTRY, name="pattern")),
            "currency": column(pl.String, "currency", pa.Check.isin(common.CURRENCY, name="enum")),
            "email": column(pl.String, "email", pa.Check.str_matches(common.EMAIL, name="pattern")),
            "note": column(pl.String, "note", pa.Check.str_length(max_value=200, name="maxLength")),
        },
        checks=[
            pa.Check(lambda data: data.lazyframe.select(pl.len() > 1_000), name="rowCount"),
            pa.Check(
                lambda data: data.lazyframe.select(pl.col("shipped_at").is_null().mean() < 0.2), name="nullValues"
            ),
        ],
        unique=["store", "ticket"],
    )  # fmt: skip
    try:
        schema.validate(orders, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return dict(_verdict(error) for error in errors.schema_errors)
    return {"all": True}


def _verdict(error: object) -> tuple[str, bool]:
    column = getattr(error.schema, "name", None)  # type: ignore[attr-defined]
    check = error.check  # type: ignore[attr-defined]
    name = getattr(check, "name", None) or str(check)
    words = {"not_nullable": "required", "field_uniqueness": "unique", "multiple_fields_uniqueness": "duplicateValues"}
    name = words.get(name, name)
    if name == "nullValues":
        return "shipped_at.nullValues", False
    return (f"{column}.{name}" if column else name), False


common.measure("pandera", check)
