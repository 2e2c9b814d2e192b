"""Great Expectations over a pandas frame."""

from __future__ import annotations

import common
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd


def check() -> dict[str, bool]:
    frame = pd.concat([pd.read_parquet(path) for path in common.ORDERS], ignore_index=True)
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    low, high = pd.Timestamp(2024, 1, 1, tz="UTC"), pd.Timestamp(2030, 1, 1, tz="UTC")
    rules = {
        **{f"{name}.required": gxe.ExpectColumnValuesToNotBeNull(column=name) for name in common.NOT_NULL},
        "order_id.unique": gxe.ExpectColumnValuesToBeUnique(column="order_id"),
        "duplicateValues": gxe.ExpectCompoundColumnsToBeUnique(column_list=["store", "ticket"]),
        **{
            f"{name}.minimum": gxe.ExpectColumnValuesToBeBetween(column=name, min_value=value)
            for name, value in common.AT_LEAST.items()
        },
        **{
            f"{name}.maximum": gxe.ExpectColumnValuesToBeBetween(column=name, max_value=value)
            for name, value in common.AT_MOST.items()
        },
        "placed_at.minimum": gxe.ExpectColumnValuesToBeBetween(column="placed_at", min_value=low),
        "placed_at.maximum": gxe.ExpectColumnValuesToBeBetween(column="placed_at", max_value=high),
        "shipped_at.nullValues": gxe.ExpectColumnValuesToNotBeNull(column="shipped_at", mostly=0.8),
        "status.enum": gxe.ExpectColumnValuesToBeInSet(column="status", value_set=common.STATUS),
        "currency.enum": gxe.ExpectColumnValuesToBeInSet(column="currency", value_set=common.CURRENCY),
        "country.pattern": gxe.ExpectColumnValuesToMatchRegex(column="country", regex=common.COUNTRY),
        "email.pattern": gxe.ExpectColumnValuesToMatchRegex(column="email", regex=common.EMAIL),
        "note.maxLength": gxe.ExpectColumnValueLengthsToBeBetween(column="note", max_value=200),
        "rowCount": gxe.ExpectTableRowCountToBeBetween(min_value=1_001),
    }
    suite = gx.ExpectationSuite(name="orders", expectations=list(rules.values()))
    results = batch.validate(suite, result_format="BOOLEAN_ONLY")
    found = {}
    for name, rule in rules.items():
        wanted = rule.configuration
        for result in results.results:
            seen = result.expectation_config
            same = {key: value for key, value in seen.kwargs.items() if key != "batch_id"}
            if seen.type == wanted.type and all(same.get(key) == value for key, value in wanted.kwargs.items()):
                found[name] = bool(result.success)
    return found


common.measure("great_expectations", check)
