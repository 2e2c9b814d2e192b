"""Numbers fit into the width that the contract promises."""

from __future__ import annotations

import re

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class NumberFormat:
    name = "number_format"
    description = (
        "i8 to i128 and u8 to u128: each whole number is in the range of that width. f32, f64: the column's type is "
        "no wider, or holds whole numbers or decimals that are measured as such."
    )
    example = "logicalTypeOptions: {format: i32}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        wanted, kind = str(promise.says), shape.columns[promise.column]
        match = re.fullmatch(r"([iuf])(8|16|32|64|128)", wanted)
        if match is None or wanted in ("f8", "f16", "f128"):
            return Declined(f"{wanted!r} is not a format of numbers in ODCS", refused=True)
        if not kind.is_number:
            return Declined(f"{promise.column} is {kind.name} and holds no numbers")
        bits = int(match[2])
        if match[1] == "f":
            kept = kind.family != "float" or kind.bits <= bits
            reason = "" if kept else f"{promise.column} is {kind.name}, which is wider than {wanted}."
            return Known(kept, kind.name, wanted, reason)
        low = 0 if match[1] == "u" else -(2 ** (bits - 1))
        high = 2**bits - 1 if match[1] == "u" else 2 ** (bits - 1) - 1
        narrower = kind.bits < bits and low < 0
        if kind.family == "integer" and (narrower or (kind.bits <= bits and kind.signed == (low < 0))):
            return Known(True, kind.name, wanted)
        name = quoted(promise.column)
        if kind.family == "float":
            # 2^n is exact in a float and 2^n - 1 is not: compare with the first number that is too large.
            return Breaking(
                f"(isnan({name}) OR {name} < ? OR {name} >= ?)", (float(low), float(high + 1)), (promise.column,)
            )
        wide = f"CAST({name} AS DOUBLE)" if kind.family == "decimal" or kind.bits == 128 else name
        if bits == 128:
            return Breaking(f"{name} < 0" if low == 0 else "FALSE", (), (promise.column,))
        return Breaking(f"({wide} < ? OR {wide} > ?)", (low, high), (promise.column,), between=True)
