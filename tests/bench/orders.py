"""Orders to check: 16 columns, as many rows as wanted, in files as our storage writes them, and their contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mesh_workbench.storage.parquet import write_staged

CUSTOMERS = 1_000_000
STORES = 500
STATUS = ["new", "paid", "packed", "shipped", "returned"]
CURRENCY = ["EUR", "USD", "GBP", "CHF", "JPY", "SEK"]
COUNTRY = ["DE", "FR", "US", "GB", "CH", "JP", "SE", "IT", "ES", "NL", "BE", "AT", "PL", "CZ", "DK", "NO", "FI", "PT"]
EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
_PIECE = 5_000_000
_FIRST = 1_704_067_200_000_000  # 2024-01-01, microseconds

SCAN = """SELECT sum(order_id), sum(store), sum(ticket), sum(customer_id), sum(epoch_us(placed_at)),
    sum(epoch_us(shipped_at)), sum(day - DATE '2024-01-01'), sum(amount), sum(tax), sum(quantity), sum(discount),
    sum(length(status)), sum(length(country)), sum(length(currency)), sum(length(email)), sum(length(note))"""
"""The bare scan: every column is read, decoded and aggregated once; nothing here can be answered from footers."""


def write(folder: Path, rows: int) -> tuple[list[Path], Path]:
    """`rows` orders in files of at most 5,000,000, and the customers to whom they point."""
    files: list[Path] = []
    tickets = np.zeros(STORES, dtype=np.int64)
    for start in range(0, rows, _PIECE):
        piece = _orders(start, min(_PIECE, rows - start), tickets)
        files += write_staged(piece, folder / "orders").paths
    ids = np.random.default_rng(7).permutation(CUSTOMERS).astype(np.int64) + 1
    customers = write_staged(pa.table({"customer_id": ids}), folder / "customers").paths[0]
    return files, customers


def _orders(start: int, rows: int, tickets: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Table:
    chance = np.random.default_rng(start + 1)
    store = chance.integers(0, STORES, rows)
    order = np.argsort(store, kind="stable")
    counts = np.bincount(store, minlength=STORES)
    position = np.empty(rows, dtype=np.int64)
    position[order] = np.arange(rows) - np.repeat(np.cumsum(counts) - counts, counts)
    ticket = position + tickets[store]
    tickets += counts
    customer = chance.integers(1, CUSTOMERS + 1, rows)
    placed = _FIRST + (np.arange(start, start + rows) * 1_000_000) + chance.integers(0, 500_000_000, rows)
    shipped = pa.array(placed + chance.integers(0, 10**12, rows), mask=chance.random(rows) < 0.1)
    amount = chance.integers(0, 1_000_000, rows)
    domain = np.array(["example.com", "mail.example.org", "post.example.net"])[chance.integers(0, 3, rows)]
    words = np.array([f"{one} {other}" for one in ("call", "leave", "ring", "gift for") for other in
                      ("before noon", "at the door", "the neighbour", "no. ")])  # fmt: skip
    note = np.char.add(words[chance.integers(0, len(words), rows)], chance.integers(0, 10**6, rows).astype(str))
    email = np.char.add(np.char.add(np.char.add("user.", customer.astype(str)), "@"), domain)
    columns = {
        "order_id": pa.array(np.arange(start + 1, start + rows + 1)),
        "store": pa.array(store.astype(np.int32)),
        "ticket": pa.array(ticket.astype(np.int32)),
        "customer_id": pa.array(customer),
        "placed_at": pa.array(placed).cast(pa.timestamp("us", "UTC")),
        "shipped_at": shipped.cast(pa.timestamp("us", "UTC")),
        "day": pa.array((placed // 86_400_000_000).astype(np.int32)).cast(pa.date32()),
        "amount": _money(amount, 12),
        "tax": _money(amount // 5, 10),
        "quantity": pa.array(chance.integers(1, 101, rows).astype(np.int32)),
        "discount": pa.array(np.round(chance.random(rows) * 0.5, 3)),
        "status": _among(STATUS, chance, rows),
        "country": _among(COUNTRY, chance, rows),
        "currency": _among(CURRENCY, chance, rows),
        "email": pa.array(email),
        "note": pa.array(note, mask=chance.random(rows) < 0.4),
    }
    return pa.table(columns)


def _money(cents: np.ndarray[Any, np.dtype[np.int64]], digits: int) -> pa.Array:
    """Decimals of two places from whole cents, without going through text or floats."""
    wide = np.zeros((len(cents), 2), dtype=np.int64)
    wide[:, 0] = cents
    return pa.Array.from_buffers(pa.decimal128(digits, 2), len(cents), [None, pa.py_buffer(wide)])


def _among(words: list[str], chance: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(np.array(words)[chance.integers(0, len(words), rows)])


def lint_contract(columns: int) -> str:
    """A contract with that many columns, each with a type, bounds and a quality rule."""
    rule = {"metric": "nullValues", "mustBe": 0}
    properties = [
        {"name": f"c{number}", "logicalType": "integer", "required": True, "description": "One of many.",
         "logicalTypeOptions": {"minimum": 0, "maximum": 10}, "quality": [rule]}
        for number in range(columns)
    ]  # fmt: skip
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "wide", "version": "1.0.0", "status": "active"}
    return json.dumps({**head, "schema": [{"name": "wide", "properties": properties}]}, indent=1)


def contract(only: str = "") -> str:
    """25 rules on top of columns and types; two of them uniqueness, one a foreign key. Or those of one column."""

    def column(name: str, kind: str, options: dict[str, Any] | None = None, **says: Any) -> dict[str, Any]:
        return {"name": name, "logicalType": kind, **({"logicalTypeOptions": options} if options else {}), **says}

    properties = [
        column("order_id", "integer", {"format": "i64"}, required=True, unique=True),
        column("store", "integer"),
        column("ticket", "integer"),
        column("customer_id", "integer", {"format": "i64"}, required=True,
               relationships=[{"to": "customers.customer_id"}]),
        column("placed_at", "timestamp", {"minimum": "2024-01-01T00:00:00Z", "maximum": "2030-01-01T00:00:00Z"},
               required=True),
        column("shipped_at", "timestamp", quality=[{"metric": "nullValues", "unit": "percent", "mustBeLessThan": 20}]),
        column("day", "date", required=True),
        column("amount", "number", {"minimum": 0, "maximum": 10_000}, required=True),
        column("tax", "number", {"minimum": 0}),
        column("quantity", "integer", {"minimum": 1, "maximum": 100}),
        column("discount", "number", {"minimum": 0, "maximum": 1}),
        column("status", "string", enum=[{"value": word} for word in STATUS]),
        column("country", "string", {"pattern": "^[A-Z]{2}$"}),
        column("currency", "string", enum=[{"value": word} for word in CURRENCY]),
        column("email", "string", {"pattern": EMAIL}, required=True),
        column("note", "string", {"maxLength": 200}),
    ]  # fmt: skip
    pair = {"metric": "duplicateValues", "arguments": {"properties": ["store", "ticket"]}, "mustBe": 0}
    table = {
        "name": "orders",
        "physicalType": "table",
        "properties": [item for item in properties if only in ("", item["name"])],
        "quality": [{"metric": "rowCount", "mustBeGreaterThan": 1_000}, *([] if only else [pair])],
    }
    customers = {"name": "customers", "properties": [column("customer_id", "integer", {"format": "i64"})]}
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "orders", "version": "1.0.0", "status": "active"}
    return json.dumps({**head, "schema": [table, customers]})


def write_broken(folder: Path, rows: int = 20_000) -> None:
    """Orders that break every rule but the row count, each in a row or two of its own."""
    files, _ = write(folder, rows)
    table = pq.read_table(files[0])
    early, late = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2031))
    breaks: dict[str, dict[int, Any]] = {
        "order_id": {1: table["order_id"][0].as_py(), 2: None},
        "store": {5: table["store"][6].as_py()},
        "ticket": {5: table["ticket"][6].as_py()},
        "customer_id": {7: 2 * CUSTOMERS, 8: None},
        "placed_at": {9: None, 10: early, 11: late},
        "shipped_at": dict.fromkeys(range(0, rows, 3)),
        "day": {12: None},
        "amount": {13: None, 14: Decimal("-0.01"), 15: Decimal("10000.01")},
        "tax": {16: Decimal("-0.01")},
        "quantity": {17: 0, 18: 101},
        "discount": {19: -0.1, 20: 1.1},
        "status": {21: "odd"},
        "country": {22: "de"},
        "currency": {23: "XXX"},
        "email": {24: None, 25: "nobody"},
        "note": {26: "x" * 201},
    }
    columns = []
    for field in table.schema:
        values = table[field.name].to_pylist()
        for row, value in breaks[field.name].items():
            values[row] = value
        columns.append(pa.array(values, field.type))
    files[0].unlink()
    write_staged(pa.Table.from_arrays(columns, schema=table.schema), folder / "orders")
