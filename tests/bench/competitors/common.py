"""What the scripts share: they are given a folder of data, and print how long the check took and what it says."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
ORDERS = sorted(str(path) for path in (FOLDER / "orders").glob("*.parquet"))
CUSTOMERS = [str(path) for path in (FOLDER / "customers").glob("*.parquet")]
STATUS = ["new", "paid", "packed", "shipped", "returned"]
CURRENCY = ["EUR", "USD", "GBP", "CHF", "JPY", "SEK"]
EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
COUNTRY = "^[A-Z]{2}$"
NOT_NULL = ["order_id", "customer_id", "placed_at", "day", "amount", "email"]
AT_LEAST = {"amount": 0, "tax": 0, "quantity": 1, "discount": 0}
AT_MOST = {"amount": 10_000, "quantity": 100, "discount": 1}


def measure(package: str, check: Callable[[], dict[str, bool]]) -> None:
    """Runs `check` (rule to whether it is kept) once, from files to verdicts, imports aside."""
    began = time.perf_counter()
    verdicts = check()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"version": version(package), "seconds": seconds, "peak_mb": peak, "verdicts": verdicts}
    sys.stdout.write("\n" + json.dumps(told) + "\n")
