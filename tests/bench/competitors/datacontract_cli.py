"""datacontract-cli, through its Python interface; the second argument is the contract."""

from __future__ import annotations

import sys
from pathlib import Path

import common
from datacontract.data_contract import DataContract

WORDS = {
    "field_required": "required", "field_unique": "unique", "field_minimum": "minimum", "field_maximum": "maximum",
    "field_null_values": "nullValues", "field_enum": "enum", "field_regex": "pattern", "row_count": "rowCount",
    "field_max_length": "maxLength", "model_duplicate_values": "duplicateValues", "field_is_present": "exists",
    "field_relationships": "relationship",
}  # fmt: skip


def check() -> dict[str, bool]:
    run = DataContract(data_contract_str=Path(sys.argv[2]).read_text(encoding="utf-8"), server="local").test()
    found = {}
    for one in run.checks or []:
        if one.model not in (None, "orders"):
            continue
        word = WORDS.get(str(one.type), str(one.type))
        name = f"{one.field}.{word}" if one.field else word
        kept = getattr(one.result, "value", one.result)
        if kept in ("passed", "failed"):
            found[name] = found.get(name, True) and kept == "passed"
        else:
            sys.stderr.write(f"{name}: {kept} {one.reason}\n")
    return found


common.measure("datacontract-cli", check)
